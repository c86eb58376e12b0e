//! Classifiers that decide by the [`LinearClassifier`](super::LinearClassifier) inside of them.

/// Coefficients, classes, decision values and labels of a classifier, which are those of its field `linear`.
macro_rules! decides_by_linear {
    ($model:ident) => {
        impl<F: crate::data::Float, L: linfa::Label> $model<F, L> {
            /// The linear classifier inside.
            pub fn linear(&self) -> &$crate::linear::LinearClassifier<F, L> {
                &self.linear
            }

            /// The sorted classes.
            pub fn classes(&self) -> &[L] {
                self.linear.classes()
            }

            /// The coefficients: shape (1, columns) for two classes, else (classes, columns).
            pub fn coef(&self) -> &ndarray::Array2<F> {
                self.linear.coef()
            }

            /// The intercepts, one a row of [`coef`](Self::coef).
            pub fn intercept(&self) -> &ndarray::Array1<F> {
                self.linear.intercept()
            }
        }

        impl<F: crate::data::Float, L: linfa::Label> $crate::estimator::Classes<L> for $model<F, L> {
            fn classes(&self) -> &[L] {
                self.classes()
            }
        }

        impl<F, L, X> $crate::estimator::DecisionFunction<X> for $model<F, L>
        where
            F: crate::data::Float,
            L: linfa::Label,
            X: $crate::data::FeatureRows<Elem = F>,
        {
            fn decision_function(&self, x: &X) -> $crate::error::Result<ndarray::Array2<F>> {
                self.linear.decision_function(x)
            }
        }

        /// # Panics
        /// As [`LinearClassifier`](crate::linear::LinearClassifier): when the number of columns differs from training, and
        /// on a NaN or infinite feature.
        impl<F, L, X> linfa::traits::PredictInplace<X, ndarray::Array1<L>> for $model<F, L>
        where
            F: crate::data::Float,
            L: linfa::Label,
            X: $crate::data::FeatureRows<Elem = F>,
        {
            fn predict_inplace(&self, x: &X, y: &mut ndarray::Array1<L>) {
                self.linear.predict_inplace(x, y);
            }

            fn default_target(&self, x: &X) -> ndarray::Array1<L> {
                self.linear.default_target(x)
            }
        }

        /// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
        impl<F: crate::data::Float, L: linfa::Label> linfa::traits::Predict<&$crate::data::Csr<F>, ndarray::Array1<L>>
            for $model<F, L>
        {
            fn predict(&self, x: &$crate::data::Csr<F>) -> ndarray::Array1<L> {
                self.linear.predict(x)
            }
        }

        impl<F: crate::data::Float, L: linfa::Label> $crate::data::Footprint for $model<F, L> {
            fn heap_bytes(&self) -> usize {
                (self.coef().len() + self.intercept().len()) * size_of::<F>() + size_of_val(self.classes())
            }
        }
    };
}
pub(super) use decides_by_linear;
