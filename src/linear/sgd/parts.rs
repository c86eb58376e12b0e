//! SGD models made of coefficients that came from elsewhere.
//!
//! scikit-learn's `coef_init`, `intercept_init` and `offset_init`: training that goes on from such a model begins
//! with these coefficients and with nothing else. No step was taken, no row was seen, no average has begun, and
//! no gradient was summed up.

use linfa::Label;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, aview1};

use super::classifier::model::SgdClassifier;
use super::descent::Loss;
use super::descent::train::History;
use super::kernel::boundaries::BoundarySet;
use super::kernel::lanes::Lanes;
use super::one_class::SgdOneClassSvm;
use super::one_vs_rest::OneVsRest;
use super::regressor::model::SgdRegressor;
use crate::data::{Float, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::{LinearClassifier, LinearRegressor};

/// What all of them can be told besides.
macro_rules! steps_before {
    ($model:ident, [$($label:ident)?]) => {
        impl<F: Float $(, $label: Label)?> $model<F $(, $label)?> {
            /// The same model, when its schedule goes on with step `t`, a finite number of 1 or more: one more than the
            /// number of steps that were taken elsewhere (scikit-learn's `t_`). From parts it is 1, so that the first
            /// steps are as long as those of a model that knows nothing.
            ///
            /// # Errors
            /// [`ErrorKind::InvalidParameter`] for another `t`.
            pub fn with_t(mut self, t: f64) -> Result<Self> {
                if !(t >= 1.0 && t.is_finite()) {
                    return Err(Error::parameter("t", t, "a finite number of 1 or more"));
                }
                self.history.t = t;
                Ok(self)
            }
        }
    };
}

steps_before!(SgdClassifier, [L]);
steps_before!(SgdRegressor, []);
steps_before!(SgdOneClassSvm, []);
steps_before!(OneVsRest, []);

impl<F: Float, L: Label> SgdClassifier<F, L> {
    /// A model of sorted distinct `classes`; `coef` of shape (1, columns) for one or two classes, else (classes,
    /// columns), with a column or more; one `intercept` a row of `coef`.
    ///
    /// It predicts, and `partial_fit` goes on from it: with these classes and no others, from step 1
    /// ([`with_t`](Self::with_t)), with no rows counted
    /// ([`ClassWeight::Balanced`](super::ClassWeight::Balanced) weighs by those to come), and averages what it learns
    /// from then on.
    ///
    /// # Errors
    /// Those of [`LinearClassifier::from_parts`]; [`ErrorKind::NonFinite`] naming the first column with a coefficient
    /// that is NaN or infinite; [`ErrorKind::InvalidParameter`] for such an intercept, and for no column.
    pub fn from_parts(classes: Vec<L>, coef: Array2<F>, intercept: Array1<F>) -> Result<Self> {
        let linear = LinearClassifier::from_parts(classes, coef, intercept)?;
        check(linear.coef().view(), linear.intercept().view())?;
        Ok(Self::from_linear(&linear, History::new(Loss::Hinge)))
    }

    /// The same model, when it was trained with this loss, on which depends what its
    /// [probabilities](crate::estimator::PredictProba) are. From parts it is [`Loss::Hinge`], which has none; what is
    /// learned later has the loss of the parameters.
    pub fn with_loss(mut self, loss: Loss) -> Self {
        self.history.loss = loss;
        self
    }

    /// A model in training that has these coefficients.
    pub(super) fn from_linear(linear: &LinearClassifier<F, L>, history: History) -> Self {
        let lanes = Lanes::of_coefficients(linear.coef().view(), linear.intercept().view());
        SgdClassifier::new(linear.classes().to_vec(), BoundarySet::of_lanes(lanes), history)
    }
}

impl<F: Float> SgdRegressor<F> {
    /// A model of one coefficient a column, of which there is one or more, and the intercept.
    ///
    /// It predicts, and `partial_fit` goes on from it: from step 1 ([`with_t`](Self::with_t)), and averages what it
    /// learns from then on.
    ///
    /// # Errors
    /// Those of [`LinearRegressor::from_parts`]; [`ErrorKind::InvalidParameter`] for no column.
    pub fn from_parts(coef: Array1<F>, intercept: F) -> Result<Self> {
        let linear = LinearRegressor::from_parts(coef, intercept)?;
        check_columns(linear.coef().len())?;
        Ok(Self::from_linear(&linear, History::new(Loss::SquaredError)))
    }

    /// A model in training that has these coefficients.
    pub(super) fn from_linear(linear: &LinearRegressor<F>, history: History) -> Self {
        let coef = linear.coef().view().insert_axis(Axis(0));
        SgdRegressor::new(Lanes::of_coefficients(coef, aview1(&[linear.intercept()])), history)
    }
}

impl<F: Float> SgdOneClassSvm<F> {
    /// A model of one coefficient a column, of which there is one or more, and the [`offset`](Self::offset).
    ///
    /// It predicts, and `partial_fit` goes on from it: from step 1 ([`with_t`](Self::with_t)), and averages what it
    /// learns from then on.
    ///
    /// # Errors
    /// [`ErrorKind::NonFinite`] naming the first column whose coefficient is NaN or infinite;
    /// [`ErrorKind::InvalidParameter`] for such an offset, and for no column.
    pub fn from_parts(coef: Array1<F>, offset: F) -> Result<Self> {
        if !wide(offset).is_finite() {
            return Err(Error::parameter("offset", offset, "a finite number"));
        }
        let linear = LinearRegressor::from_parts(coef, F::zero())?;
        check_columns(linear.coef().len())?;
        let coef = linear.coef().view().insert_axis(Axis(0));
        let mut lanes = Lanes::of_coefficients(coef, aview1(&[linear.intercept()]));
        let (block, lane) = lanes.find_mut(0);
        block.lanes[lane].intercept = 1.0 - wide(offset);
        Ok(SgdOneClassSvm::new(lanes, History::new(Loss::Hinge)))
    }
}

impl<F: Float> OneVsRest<F> {
    /// A model of `coef` of shape (labels, columns), one or more of each, and one `intercept` a label.
    ///
    /// It predicts, and `partial_fit` goes on from it: with as many labels, from step 1
    /// ([`with_t`](Self::with_t)), and averages what it learns from then on.
    ///
    /// # Errors
    /// [`ErrorKind::ShapeMismatch`] for intercepts that are not one a label; [`ErrorKind::NonFinite`] naming the first
    /// column with a coefficient that is NaN or infinite; [`ErrorKind::InvalidParameter`] for such an intercept, and for
    /// no label or no column.
    pub fn from_parts(coef: Array2<F>, intercept: Array1<F>) -> Result<Self> {
        if coef.nrows() == 0 {
            return Err(Error::parameter("labels", 0, "one label or more"));
        }
        if intercept.len() != coef.nrows() {
            return Err(Error::shape("intercepts", coef.nrows(), intercept.len()));
        }
        check(coef.view(), intercept.view())?;
        Ok(OneVsRest::new(Lanes::of_coefficients(coef.view(), intercept.view()), History::new(Loss::Hinge)))
    }
}

/// Refuses numbers that training could not go on from.
fn check<F: Float>(coef: ArrayView2<'_, F>, intercept: ArrayView1<'_, F>) -> Result<()> {
    check_columns(coef.ncols())?;
    if let Some(((_, column), _)) = coef.indexed_iter().find(|(_, weight)| !wide(**weight).is_finite()) {
        return Err(Error::new(ErrorKind::NonFinite { column }));
    }
    match intercept.iter().find(|intercept| !wide(**intercept).is_finite()) {
        Some(intercept) => Err(Error::parameter("intercept", intercept, "a finite number")),
        None => Ok(()),
    }
}

/// A model without columns is one that has learned nothing.
fn check_columns(columns: usize) -> Result<()> {
    if columns == 0 { Err(Error::parameter("coef", "[]", "a column or more")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use linfa::traits::{Fit, FitWith, Predict};
    use linfa::{DatasetBase, ParamGuard};
    use ndarray::array;

    use super::*;
    use crate::estimator::{DecisionFunction, FitAverage, PredictProba, Weighting};
    use crate::linear::{Averaging, SgdClassifierParams, SgdClassifierValidParams};

    fn rows(seed: usize) -> Array2<f64> {
        Array2::from_shape_fn((40, 5), |(i, j)| ((i * 37 + j * 59 + i * i * (j + seed)) % 97) as f64 / 48.5 - 1.0)
    }

    fn labels(x: &Array2<f64>, n: usize) -> Array1<usize> {
        x.rows().into_iter().map(|row| 2 * row.iter().take(n - 1).filter(|x| **x > 0.1).count()).collect()
    }

    /// What goes on from parts is what goes on from the model, but for the last digits: its weights have a scale.
    fn assert_close(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) {
        assert_eq!(a.dim(), b.dim());
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-10 * (1.0 + a.abs())), "{a} {b}");
    }

    #[test]
    fn parts_of_a_classifier_have_its_decision_values_and_learn_what_it_learns() {
        let (x, next) = (rows(1), rows(2));
        for classes in [2, 3] {
            let params = SgdClassifier::params().loss(Loss::LogLoss);
            let model = params.fit(&DatasetBase::new(x.clone(), labels(&x, classes))).unwrap();
            let (sorted, coef, intercept) = model.linear().unwrap().clone().into_parts();
            let parts = SgdClassifier::from_parts(sorted, coef, intercept).unwrap();
            assert_eq!(parts.decision_function(&x).unwrap(), model.decision_function(&x).unwrap());
            assert_eq!((parts.predict(&x), parts.classes()), (model.predict(&x), model.classes()));
            assert_eq!((parts.is_fitted(), parts.n_rows_seen(), parts.t(), parts.n_iter()), (true, 0, 1.0, 0));
            assert_eq!(parts.class_counts(), vec![0; classes]);
            assert!(parts.predict_proba(&x).is_err(), "nothing is known of the loss");
            let parts = parts.with_loss(Loss::LogLoss).with_t(model.t()).unwrap();
            assert_eq!(parts.predict_proba(&x).unwrap(), model.predict_proba(&x).unwrap());

            let chunk = DatasetBase::new(next.clone(), labels(&next, classes));
            let go_on = |model, params: &SgdClassifierParams<usize>| params.fit_with(Some(model), &chunk).unwrap();
            for params in [params.clone(), params.clone().average(Averaging::From(1))] {
                let (found, expected) = (go_on(parts.clone(), &params), go_on(model.clone(), &params));
                assert_close(found.coef(), expected.coef());
                assert_eq!((found.n_rows_seen(), found.t()), (40, expected.t()));
            }
            let other = DatasetBase::new(next.clone(), Array1::from_elem(40, 7));
            assert!(matches!(params.fit_with(Some(parts), &other).unwrap_err().kind(), ErrorKind::UnknownLabel { .. }));
        }
    }

    #[test]
    fn parts_of_the_others_have_their_values_and_learn_what_they_learn() {
        let (x, next) = (rows(1), rows(2));
        let value = |x: &Array2<f64>| x.rows().into_iter().map(|row| row[0] - 2.0 * row[3]).collect::<Array1<f64>>();
        let params = SgdRegressor::params();
        let model = params.fit(&DatasetBase::new(x.clone(), value(&x))).unwrap();
        let parts = SgdRegressor::from_parts(model.coef().to_owned(), model.intercept()).unwrap();
        assert_eq!(parts.predict(&x), model.predict(&x));
        let chunk = DatasetBase::new(next.clone(), value(&next));
        let go_on = |model| params.fit_with(Some(model), &chunk).unwrap().coef().insert_axis(Axis(0)).to_owned();
        assert_close(go_on(parts.with_t(model.t()).unwrap()).view(), go_on(model).view());

        let params = SgdOneClassSvm::params();
        let model = params.fit(&DatasetBase::from(x.clone())).unwrap();
        let parts = SgdOneClassSvm::from_parts(model.coef().to_owned(), model.offset()).unwrap();
        assert_close(parts.decision_function(&x).unwrap().view(), model.decision_function(&x).unwrap().view());
        let chunk = DatasetBase::from(next.clone());
        let go_on = |model| {
            let model = params.fit_with(Some(model), &chunk).unwrap();
            (model.coef().insert_axis(Axis(0)).to_owned(), array![[model.offset()]])
        };
        let (found, expected) = (go_on(parts.with_t(model.t()).unwrap()), go_on(model));
        assert_close(found.0.view(), expected.0.view());
        assert_close(found.1.view(), expected.1.view());

        let has = |x: &Array2<f64>| Array2::from_shape_fn((40, 11), |(i, k)| x[(i, k % 5)] > 0.1 * k as f64 - 0.4);
        let params = OneVsRest::params(SgdClassifier::params());
        let model = params.fit(&DatasetBase::new(x.clone(), has(&x))).unwrap();
        let parts = OneVsRest::from_parts(model.coef().to_owned(), model.intercept().to_owned()).unwrap();
        assert_eq!(parts.decision_function(&x).unwrap(), model.decision_function(&x).unwrap());
        assert_eq!((parts.n_labels(), parts.n_features(), parts.n_rows_seen()), (11, 5, 0));
        let chunk = DatasetBase::new(next.clone(), has(&next));
        let go_on = |model| params.fit_with(Some(model), &chunk).unwrap().coef().to_owned();
        assert_close(go_on(parts.with_t(model.t()).unwrap()).view(), go_on(model).view());
    }

    #[test]
    fn an_average_goes_on_from_parts() {
        let (x, next) = (rows(1), rows(2));
        let params = SgdClassifier::params().check().unwrap();
        let parts = SgdClassifier::from_parts(vec![0, 2], array![[1.0, -1.0, 0.5, 0.0, 2.0]], array![0.25]).unwrap();
        let state = |x: &Array2<f64>| {
            let chunk = DatasetBase::new(x.clone(), labels(x, 2));
            params.fit_state_from(Some(&parts), &chunk, Weighting::Curvature).unwrap()
        };
        type Average = SgdClassifierValidParams<usize>;
        let merge = <Average as FitAverage<Array2<f64>, Array1<usize>>>::merge;
        let finish = <Average as FitAverage<Array2<f64>, Array1<usize>>>::finish;
        let merged = finish(&params, merge(state(&x), state(&next)).unwrap()).unwrap();
        assert_eq!((merged.n_rows_seen(), merged.t()), (80, 41.0));
        assert_ne!(merged.coef(), parts.coef());
    }

    #[test]
    fn parts_that_do_not_fit_are_refused_by_name() {
        let message = |error: Error| error.to_string();
        let classifier = |coef, intercept| SgdClassifier::from_parts(vec![false, true], coef, intercept).unwrap_err();
        assert!(message(classifier(array![[1.0], [2.0]], array![0.0])).contains("rows of coef"));
        assert!(message(classifier(array![[1.0]], array![0.0, 1.0])).contains("intercepts"));
        assert!(message(classifier(array![[]], array![0.0])).contains("a column or more"));
        assert_eq!(*classifier(array![[1.0, f64::NAN]], array![0.0]).kind(), ErrorKind::NonFinite { column: 1 });
        assert!(message(classifier(array![[1.0]], array![f64::INFINITY])).contains("intercept = inf"));
        let classes = SgdClassifier::from_parts(vec![true, false], array![[1.0]], array![0.0]).unwrap_err();
        assert!(message(classes).contains("sorted and distinct"));

        let regressor = |coef, intercept| SgdRegressor::from_parts(coef, intercept).unwrap_err();
        assert_eq!(*regressor(array![1.0, f64::NAN], 0.0).kind(), ErrorKind::NonFinite { column: 1 });
        assert!(message(regressor(array![1.0], f64::NAN)).contains("intercept"));
        assert!(message(regressor(array![], 0.0)).contains("a column or more"));
        assert!(message(SgdOneClassSvm::from_parts(array![1.0], f64::NAN).unwrap_err()).contains("offset"));
        assert!(message(SgdOneClassSvm::<f64>::from_parts(array![], 0.0).unwrap_err()).contains("a column or more"));

        let labels = |coef, intercept| OneVsRest::from_parts(coef, intercept).unwrap_err();
        assert!(message(labels(Array2::zeros((0, 3)), array![])).contains("one label or more"));
        assert!(message(labels(array![[1.0], [2.0]], array![0.0])).contains("intercepts"));
        assert_eq!(*labels(array![[f64::INFINITY]], array![0.0]).kind(), ErrorKind::NonFinite { column: 0 });
        let model = SgdRegressor::from_parts(array![1.0], 0.0).unwrap();
        for t in [0.0, f64::NAN, f64::INFINITY] {
            assert!(message(model.clone().with_t(t).unwrap_err()).contains("t = "));
        }
    }
}
