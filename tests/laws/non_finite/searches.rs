//! Scores that steer: searches, cross-validation, early stopping.

use chunkfit::combine::EarlyStopping;
use chunkfit::estimator::Evaluate;
use chunkfit::linear::{LinearRegression, SgdRegressor};
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{KFold, TrainScores, cross_validate};
use chunkfit::prelude::*;
use chunkfit::testing::{Block, chunks, dataset};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};

use super::{ODD, blocks, with_value};

type Data<Y> = Chunks<DatasetBase<Array2<f64>, Array1<Y>>>;

fn compute<C: chunkfit::graph::Compute>(handle: C) -> Result<C::Output, Error> {
    Runtime::new().threads(2).compute(handle)
}

/// Each fold has the value among its train rows or among its test rows: none has a score.
#[test]
fn a_search_finds_no_scores_in_rows_that_are_no_numbers() {
    let runtime = Runtime::new().threads(2);
    let scorers = [Scorer::Accuracy];
    for odd in ODD {
        let classes: Data<usize> = chunks(&with_value((1, 3, 1), odd));
        let bayes = Averaged::new(GaussianNb::params());
        let without = TrainScores::Without;
        let error = cross_validate(&runtime, &bayes, &classes, KFold::new(3), scorers.clone(), without).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NoCandidate { .. }), "{error}");
        let values: Data<f64> = chunks(&with_value((1, 3, 1), odd));
        let sgd = Chained::new(SgdRegressor::params());
        let error = cross_validate(&runtime, &sgd, &values, KFold::new(3), [Scorer::R2], without).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NoCandidate { .. }), "{error}");
    }
}

/// The blocks, the last of which is held out.
fn held_out_last() -> EarlyStopping {
    EarlyStopping::default().validation_fraction(1.0 / 3.0)
}

#[test]
fn early_stopping_refuses_held_out_rows_that_are_no_numbers() {
    let classifier = |blocks: &[Block]| {
        let data: Data<usize> = chunks(blocks);
        compute(Chained::new(SgdClassifier::params()).epochs(3).early_stopping(held_out_last()).fit(&data)).map(drop)
    };
    let regressor = |blocks: &[Block]| {
        let data: Data<f64> = chunks(blocks);
        compute(Chained::new(SgdRegressor::params()).epochs(3).early_stopping(held_out_last()).fit(&data)).map(drop)
    };
    assert!(classifier(&blocks()).is_ok() && regressor(&blocks()).is_ok());
    for odd in ODD {
        for found in [classifier(&with_value((2, 4, 1), odd)), regressor(&with_value((2, 4, 1), odd))] {
            let error = found.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::NonFinite { column: 1 }, "{error}");
            assert_eq!((error.place().chunk, error.place().row), (Some(2), Some(4)), "{error}");
        }
        let mut truth = blocks();
        truth[2].value[5] = odd;
        let error = regressor(&truth).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidTarget { .. }), "{error}");
        assert_eq!((error.place().chunk, error.place().row), (Some(2), Some(5)), "{error}");
    }
    // R² of a single row is no number, and would end every training early.
    let mut single = blocks();
    let x = single[2].x.select(ndarray::Axis(0), &[0]);
    single[2] = Block::new(x, Array1::ones(1), Array1::ones(1));
    let error = regressor(&single).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UndefinedScore { .. }), "{error}");
    assert!(classifier(&single).is_ok());
}

/// The counts that early stopping reads its score from.
#[test]
fn tallies_of_validation_refuse_them() {
    let classes: DatasetBase<Array2<f64>, Array1<usize>> = dataset(&blocks()[0]);
    let values: DatasetBase<Array2<f64>, Array1<f64>> = dataset(&blocks()[0]);
    let of_classes = SgdClassifier::params().fit(&classes).unwrap();
    let of_values = SgdRegressor::params().fit(&values).unwrap();
    let bad = with_value((0, 5, 2), f64::NAN);
    let one = of_classes.tally(&dataset::<Array2<f64>, Array1<usize>>(&bad[0]), &[Scorer::Accuracy]);
    let two = of_values.tally(&dataset::<Array2<f64>, Array1<f64>>(&bad[0]), &[Scorer::R2]);
    for error in [one.map(drop).unwrap_err(), two.map(drop).unwrap_err()] {
        assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 2 }, Some(5)));
    }
}

/// Models of a fold that are scored on others' rows, where only these have such values.
#[test]
fn residuals_beyond_what_a_float_can_hold_are_an_error() {
    let data: DatasetBase<Array2<f64>, Array1<f64>> = dataset(&blocks()[0]);
    let fit = Lazy::value(LinearRegression::params().fit(&data).unwrap());
    let mut large = blocks();
    large[1].value[2] = 1e200;
    let data: Data<f64> = chunks(&large);
    let error = compute(fit.residuals(&data)).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NonFiniteResult { what: "squared error" });
    assert_eq!((error.place().chunk, error.place().row), (Some(1), Some(2)));
}
