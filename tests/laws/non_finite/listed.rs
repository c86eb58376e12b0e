//! Rows with NaN that were labelled and counted as right.

use chunkfit::estimator::{Classes, DecisionFunction, Evaluate, PredictProba, TryPredict};
use chunkfit::linear::{LinearRegression, Loss, PoissonRegressor, SgdRegressor};
use chunkfit::metrics::{ClassTally, ValueTally};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, array};

type Rows<Y> = DatasetBase<Array2<f64>, Array1<Y>>;

const LABELS: [usize; 4] = [0, 1, 1, 0];

fn learned<Y: Clone>(y: [Y; 4]) -> Rows<Y> {
    DatasetBase::new(array![[-1.0], [1.0], [2.0], [-2.0]], Array1::from(y.to_vec()))
}

fn asked() -> Array2<f64> {
    array![[f64::NAN], [2.0], [f64::INFINITY]]
}

fn assert_refused<T: std::fmt::Debug>(found: Result<T, Error>, chunk: Option<usize>, row: usize) {
    let error = found.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NonFinite { column: 0 }, "{error}");
    assert_eq!((error.place().chunk, error.place().row), (chunk, Some(row)), "{error}");
}

fn compute<C: chunkfit::graph::Compute>(handle: C) -> Result<C::Output, Error> {
    Runtime::new().threads(2).compute(handle)
}

/// In memory, over one chunk, and where the one bad row is in a later chunk.
fn classifies<M>(model: M)
where
    M: PredictInplace<Array2<f64>, Array1<usize>> + DecisionFunction<Array2<f64>> + PredictProba<Array2<f64>>,
    M: Classes<usize> + Evaluate<DatasetBase<Array2<f64>, Array1<usize>>, Tally = ClassTally<usize>> + Clone,
{
    assert_refused(model.try_predict(&asked()), None, 0);
    assert_refused(model.decision_function(&asked()), None, 0);
    assert_refused(model.predict_proba(&asked()), None, 0);
    assert_eq!(model.try_predict(&array![[2.0]]).unwrap(), array![1]);
    let one = Chunks::from_memory([DatasetBase::new(asked(), array![0usize, 1, 1])]);
    let later = Chunks::from_memory([
        DatasetBase::new(array![[2.0], [1.0]], array![1usize, 1]),
        DatasetBase::new(array![[-2.0], [f64::INFINITY]], array![0usize, 1]),
    ]);
    let fit = Lazy::value(model);
    for (data, chunk, row) in [(&one, Some(0), 0), (&later, Some(1), 1)] {
        assert_refused(compute(fit.predict::<_, _, Array1<usize>>(data)), chunk, row);
        assert_refused(compute(fit.score(data)), chunk, row);
        assert_refused(compute(fit.confusion(data)), chunk, row);
        assert_refused(compute(fit.decision_function(data)), chunk, row);
        assert_refused(compute(fit.predict_proba(data)), chunk, row);
        assert_refused(compute(fit.probability_loss(data)), chunk, row);
    }
    assert_eq!(compute(fit.score(&Chunks::from_memory([learned(LABELS)]))).unwrap(), 1.0);
}

#[test]
fn classifiers_refuse_them() {
    classifies(SgdClassifier::params().loss(Loss::LogLoss).fit(&learned(LABELS)).unwrap());
    classifies(LogisticRegression::params().fit(&learned(LABELS)).unwrap());
    classifies(GaussianNb::params().fit(&learned(LABELS)).unwrap());
}

fn regresses<M>(model: M)
where
    M: PredictInplace<Array2<f64>, Array1<f64>>,
    M: Evaluate<DatasetBase<Array2<f64>, Array1<f64>>, Tally = ValueTally>,
{
    assert_refused(model.try_predict(&asked()), None, 0);
    assert!(model.try_predict(&array![[2.0]]).unwrap()[0].is_finite());
    let fit = Lazy::value(model);
    let data = Chunks::from_memory([DatasetBase::new(asked(), array![0.0, 1.0, 1.0])]);
    assert_refused(compute(fit.predict::<_, _, Array1<f64>>(&data)), Some(0), 0);
    assert_refused(compute(fit.residuals(&data)), Some(0), 0);
}

#[test]
fn regressors_refuse_them() {
    let data = learned(LABELS.map(|label| label as f64));
    regresses(LinearRegression::params().fit(&data).unwrap());
    regresses(PoissonRegressor::params().fit(&data).unwrap());
    regresses(SgdRegressor::params().fit(&data).unwrap());
}

/// A coefficient of 0 does not make an infinite value harmless.
#[test]
fn a_coefficient_of_zero_hides_nothing() {
    let model =
        chunkfit::linear::LinearClassifier::from_parts(vec![0usize, 1], array![[1.0, 0.0]], array![0.0]).unwrap();
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let stored = Csr::new(2, vec![0, 1, 2], vec![0, 1], vec![1.0, odd]).unwrap();
        let found: Result<Array1<usize>, Error> = model.try_predict(&stored);
        let error = found.unwrap_err();
        assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 1 }, Some(1)));
    }
}

/// Finite features, and an exponential that is not: scikit-learn gives infinity, here it is said.
#[test]
fn a_mean_beyond_what_a_float_can_hold_is_an_error() {
    let data = learned([1.0, 4.0, 8.0, 0.5]);
    let model = PoissonRegressor::params().alpha(0.0).fit(&data).unwrap();
    let error = model.try_predict(&array![[1.0], [2000.0]]).unwrap_err();
    assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFiniteResult { what: "prediction" }, Some(1)));
    assert_eq!(model.try_predict(&array![[-5000.0]]).unwrap(), array![0.0]);
}
