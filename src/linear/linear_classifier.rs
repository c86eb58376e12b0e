//! Linear classifier: classes, coefficients, intercepts.

use linfa::Label;
use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::data::{
    ClassLabel, CompiledRows, Csr, FeatureRow, FeatureRows, Float, RowsView, check_model_bytes, check_values,
    float_computation, labels, wide, with_rows,
};
use crate::error::{Error, Result};
use crate::estimator::{ClassOutputs, Classes, Classify, DecisionFunction, Model, Wanted, kind, settle, write_labels};

/// A linear classifier: the class is read off `x · coefᵀ + intercept`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearClassifier<F, L> {
    classes: Vec<L>,
    coef: Array2<F>,
    intercept: Array1<F>,
}

impl<F: Float, L: Label> LinearClassifier<F, L> {
    /// A classifier from its parts: sorted distinct `classes`; `coef` of shape (1, columns) for one
    /// or two classes, else (classes, columns); one `intercept` a row of `coef`.
    ///
    /// # Errors
    /// No class, unsorted or repeated classes, or shapes that do not fit them.
    pub fn from_parts(classes: Vec<L>, coef: Array2<F>, intercept: Array1<F>) -> Result<Self> {
        // Row slices are what the inner loops read. Training hands its weights over here after every
        // chunk, so those that lie row by row already are not copied.
        let coef = if coef.is_standard_layout() { coef } else { coef.as_standard_layout().into_owned() };
        let model = LinearClassifier { classes, coef, intercept };
        model.check()?;
        Ok(model)
    }

    /// Refuses parts that do not fit together.
    pub(crate) fn check(&self) -> Result<()> {
        let LinearClassifier { classes, coef, intercept } = self;
        if classes.is_empty() || !classes.windows(2).all(|pair| pair[0] < pair[1]) {
            return Err(Error::parameter("classes", classes, "one or more labels, sorted and distinct"));
        }
        let rows = Self::boundaries(classes.len());
        if coef.nrows() != rows {
            return Err(Error::shape("rows of coef", rows, coef.nrows()));
        }
        if intercept.len() != rows {
            return Err(Error::shape("intercepts", rows, intercept.len()));
        }
        Ok(())
    }

    /// The number of decision boundaries of so many classes: one up to two classes, else one a class.
    pub fn boundaries(n_classes: usize) -> usize {
        labels::n_boundaries(n_classes)
    }

    /// The sorted classes.
    pub fn classes(&self) -> &[L] {
        &self.classes
    }

    /// The coefficients: shape (1, columns) for two classes, else (classes, columns).
    pub fn coef(&self) -> &Array2<F> {
        &self.coef
    }

    /// The intercepts, one a row of [`coef`](Self::coef).
    pub fn intercept(&self) -> &Array1<F> {
        &self.intercept
    }

    /// The classes, coefficients and intercepts, by value.
    pub fn into_parts(self) -> (Vec<L>, Array2<F>, Array1<F>) {
        (self.classes, self.coef, self.intercept)
    }

    fn check_columns<X: FeatureRows<Elem = F>>(&self, x: &X) -> Result<()> {
        if x.nfeatures() != self.coef.ncols() {
            return Err(Error::shape("columns", self.coef.ncols(), x.nfeatures()));
        }
        Ok(())
    }
}

float_computation!(Margins<'a>((RowsView<'a, F>, &'a Array2<F>, &'a Array1<F>)) -> Result<Array2<F>> = margins);

/// The decision values of rows, of coefficients that lie row by row.
fn margins<F: Float>((rows, coef, intercept): (RowsView<'_, F>, &Array2<F>, &Array1<F>)) -> Result<Array2<F>> {
    with_rows!(rows, x => margins_of(x, coef, intercept))
}

fn margins_of<F, X>(x: &X, coef: &Array2<F>, intercept: &Array1<F>) -> Result<Array2<F>>
where
    F: Float,
    X: FeatureRows<Elem = F>,
{
    let shape = [(x.nsamples(), "rows"), (coef.nrows(), "classes")];
    check_model_bytes("decision_function", &shape, size_of::<F>())?;
    let mut margins = Array2::zeros((x.nsamples(), coef.nrows()));
    for (k, coef) in coef.rows().into_iter().enumerate() {
        let weights = coef.to_slice().expect("from_parts stores coef row by row");
        let intercept = wide(intercept[k]);
        for i in 0..x.nsamples() {
            margins[(i, k)] = F::cast(x.feature_row(i).dot(weights) + intercept);
        }
    }
    check_values(x, margins.view(), "decision value")?;
    Ok(margins)
}

impl<F: Float, L: Label> Classes<L> for LinearClassifier<F, L> {
    fn classes(&self) -> &[L] {
        self.classes()
    }
}

impl<F: Float, L: Label, X: FeatureRows<Elem = F>> DecisionFunction<X> for LinearClassifier<F, L> {
    fn decision_function(&self, x: &X) -> Result<Array2<F>> {
        self.check_columns(x)?;
        F::run::<Margins<'_>>((CompiledRows::of(x)?.view(), &self.coef, &self.intercept))
    }
}

/// # Panics
/// `predict` panics when the number of columns differs from training, as linfa's models do, and on a NaN or infinite
/// feature; [`TryPredict`](crate::estimator::TryPredict), `decision_function` and everything lazy report it as an error instead.
impl<F: Float, L: Label, X: FeatureRows<Elem = F>> PredictInplace<X, Array1<L>> for LinearClassifier<F, L> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<L>) {
        settle(self.decision_function(x).and_then(|margins| write_labels(&self.classes, &margins, y)));
    }

    fn default_target(&self, x: &X) -> Array1<L> {
        Array1::from_elem(x.nsamples(), L::default())
    }
}

/// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
impl<F: Float, L: Label> Predict<&Csr<F>, Array1<L>> for LinearClassifier<F, L> {
    fn predict(&self, x: &Csr<F>) -> Array1<L> {
        let mut labels = self.default_target(x);
        self.predict_inplace(x, &mut labels);
        labels
    }
}

impl<F: Float, L: ClassLabel> Model for LinearClassifier<F, L> {
    type Kind = kind::Classifier;
}

impl<F: Float, L: ClassLabel, X: FeatureRows<Elem = F>> Classify<X, L> for LinearClassifier<F, L> {
    fn outputs(&self, x: &X, _: Wanted) -> Result<ClassOutputs<F>> {
        Ok(ClassOutputs::of_decision(self.classes.len(), self.decision_function(x)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use ndarray::{Array2, array};

    #[test]
    fn sparse_and_dense_rows_give_the_same_labels() {
        let x = array![[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]];
        let two = LinearClassifier::from_parts(vec!["ham", "spam"], array![[1.0, -1.0]], array![0.0]).unwrap();
        assert_eq!(two.predict(&x), array!["spam", "ham", "ham"]);
        assert_eq!(two.predict(&Csr::from_dense(&x).unwrap()), two.predict(&x));
        let coef = array![[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]];
        let three = LinearClassifier::from_parts(vec![3usize, 5, 9], coef, array![0.0, 0.0, 0.5]).unwrap();
        assert_eq!(three.predict(&x), array![3, 5, 9]);
        assert_eq!(three.decision_function(&x).unwrap().dim(), (3, 3));
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let coef = Array2::<f64>::zeros((1, 2));
        assert!(LinearClassifier::from_parts(Vec::<usize>::new(), coef.clone(), array![0.0]).is_err());
        assert!(LinearClassifier::from_parts(vec![1usize, 0], coef.clone(), array![0.0]).is_err());
        assert!(LinearClassifier::from_parts(vec![0usize, 1, 2], coef.clone(), array![0.0]).is_err());
        assert!(LinearClassifier::from_parts(vec![0usize, 1], coef.clone(), array![0.0, 1.0]).is_err());
        let model = LinearClassifier::from_parts(vec![0usize, 1], coef, array![0.0]).unwrap();
        let error = model.decision_function(&Array2::<f64>::zeros((1, 3))).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { .. }));
    }
}
