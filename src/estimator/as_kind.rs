//! Adaptors for models of other crates: linfa's, for one.

use std::ops::Deref;

use linfa::dataset::{AsSingleTargets, DatasetBase, Records};
use linfa::traits::PredictInplace;
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::evaluate::{Evaluate, evaluate_values};
use super::partial_fit::PartialFit;
use super::try_predict::TryPredict;
use crate::data::{ClassLabel, Codec, Figure, Float, Shared, checked_weights};
use crate::error::Result;
use crate::metrics::{ClassTally, Problem, Scorer, ValueTally};

macro_rules! adaptor {
    ($(#[$doc:meta])* $adaptor:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $adaptor<T>(pub T);

        impl<T> Deref for $adaptor<T> {
            type Target = T;

            fn deref(&self) -> &T {
                &self.0
            }
        }

        /// An estimator around which this stands, chunk by chunk.
        impl<P, R, T> PartialFit<R, T> for $adaptor<P>
        where
            P: PartialFit<R, T, Model: 'static>,
            R: Records,
        {
            type Model = $adaptor<P::Model>;

            fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
                self.0.partial_fit(model.map(|model| model.0), chunk).map($adaptor)
            }

            fn check_end(&self, model: &Self::Model) -> Result<()> {
                self.0.check_end(&model.0)
            }

            fn figures(&self, model: &Self::Model) -> Vec<Figure> {
                self.0.figures(&model.0)
            }

            fn codec(&self) -> Option<Codec<Self::Model>> {
                let (encoder, decoder) = (self.0.codec()?, self.0.codec()?);
                let encode = move |model: &Self::Model| encoder.encode(&model.0);
                Some(Codec::new(encode, move |bytes| decoder.decode(bytes).map($adaptor)))
            }
        }

        impl<M: PredictInplace<R, Y>, R: Records, Y> PredictInplace<R, Y> for $adaptor<M> {
            fn predict_inplace(&self, x: &R, y: &mut Y) {
                self.0.predict_inplace(x, y);
            }

            fn default_target(&self, x: &R) -> Y {
                self.0.default_target(x)
            }
        }
    };
}

adaptor! {
    /// A classifier of another crate: around its model, it is scored by the labels that it predicts; around its
    /// estimator, or around a combinator of it, it gives such models.
    ///
    /// ```
    /// use chunkfit::combine::EarlyStopping;
    /// use chunkfit::estimator::{AsClassifier, Linfa};
    /// use chunkfit::linfa::DatasetBase;
    /// use chunkfit::ndarray::array;
    /// use chunkfit::prelude::*;
    /// use linfa_bayes::GaussianNb;
    ///
    /// let chunk = |shift: f64| DatasetBase::new(array![[shift], [4.0 + shift], [1.0 - shift]], array![false, true, false]);
    /// let chunks = Chunks::from_memory([chunk(0.0), chunk(0.1), chunk(0.3)]);
    /// let fit = AsClassifier(Chained::linfa(GaussianNb::params())).fit(&chunks);
    /// assert_eq!(Runtime::new().compute(fit.score(&chunks))?, 1.0);
    ///
    /// let chain = Chained::opaque(AsClassifier(Linfa::new(GaussianNb::params()))).epochs(9);
    /// let fit = chain.early_stopping(EarlyStopping::default().n_iter_no_change(2)).fit(&chunks);
    /// assert_eq!(Runtime::new().compute(fit.score(&chunks))?, 1.0);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// Such a model does not tell its classes: a label that training never saw counts as wrong, and scorers of decision
    /// values and probabilities are errors when they are computed.
    AsClassifier
}

adaptor! {
    /// A regressor of another crate: around its model, it is scored by the numbers that it predicts; around its
    /// estimator, or around a combinator of it, it gives such models.
    ///
    /// ```
    /// use chunkfit::estimator::AsRegressor;
    /// use chunkfit::linfa::DatasetBase;
    /// use chunkfit::ndarray::array;
    /// use chunkfit::prelude::*;
    /// use linfa_linear::LinearRegression;
    ///
    /// let chunk = |shift: f64| DatasetBase::new(array![[shift], [1.0 + shift]], array![2.0 * shift, 2.0 + 2.0 * shift]);
    /// let chunks = Chunks::from_memory([chunk(0.0), chunk(0.5)]);
    /// let fit = AsRegressor(Concatenated::opaque(LinearRegression::new())).fit(&chunks);
    /// assert!(Runtime::new().compute(fit.score(&chunks))? > 0.999);
    /// # Ok::<(), Error>(())
    /// ```
    AsRegressor
}

/// By the labels that it predicts.
impl<M, R, T, L> Evaluate<DatasetBase<R, T>> for AsClassifier<M>
where
    M: PredictInplace<R, Array1<L>> + Shared,
    R: Records,
    T: AsSingleTargets<Elem = L>,
    L: ClassLabel,
{
    type Tally = ClassTally<L>;
    type Seen = ();
    const PROBLEM: Problem = Problem::Classification { n_classes: None };
    const DEFAULT_SCORER: Scorer = Scorer::Accuracy;

    fn check(scorer: &Scorer) -> Result<()> {
        scorer.check_problem(<Self as Evaluate<DatasetBase<R, T>>>::PROBLEM)?;
        scorer.check_labels::<L>()
    }

    fn tally(&self, rows: &DatasetBase<R, T>, _: &[Scorer]) -> Result<ClassTally<L>> {
        let predicted = self.0.try_predict(&rows.records)?;
        let mut tally = ClassTally::default();
        let truth = rows.targets.as_single_targets();
        tally.count_labels_weighted(truth.iter(), predicted.iter(), checked_weights(rows)?.as_deref())?;
        Ok(tally)
    }
}

/// By the numbers that it predicts.
impl<M, R, T, F> Evaluate<DatasetBase<R, T>> for AsRegressor<M>
where
    M: PredictInplace<R, Array1<F>> + Shared,
    R: Records,
    T: AsSingleTargets<Elem = F>,
    F: Float,
{
    type Tally = ValueTally;
    type Seen = ();
    const PROBLEM: Problem = Problem::Regression;
    const DEFAULT_SCORER: Scorer = Scorer::R2;

    fn tally(&self, rows: &DatasetBase<R, T>, scorers: &[Scorer]) -> Result<ValueTally> {
        evaluate_values(&self.0, rows, scorers)
    }
}
