//! Rows that are read from files, and predictions that are written: the file is named, and none is written of rows that
//! were not predicted.

use std::fs;

use chunkfit::combine::IntoFit;
use chunkfit::linear::{Loss, OneVsRest, SgdRegressor};
use chunkfit::prelude::*;
use chunkfit::sinks::{Predictions, Sink, Table};
use chunkfit::sources::{IndexBase, Svmlight};
use chunkfit::testing::{Block, TestTargets, chunks};
use linfa::DatasetBase;
use ndarray::{Array1, Array2};

use super::{ODD, PLACES, blocks, of_two_widths, with_value};

type Data<T> = Chunks<DatasetBase<Array2<f64>, T>>;

fn compute<C: chunkfit::graph::Compute>(handle: C) -> Result<C::Output, Error> {
    Runtime::new().threads(2).compute(handle)
}

/// Writes the tables as JSON lines and as CSV; an error leaves no file of its rows.
fn write(tables: &Chunks<Table>) -> Result<(), Error> {
    let place = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().threads(2);
    let (json, csv) = (place.path().join("json"), place.path().join("csv"));
    let written = [
        Sink::json_lines(&json).rewrite().write(tables, &runtime).map(drop),
        Sink::csv(&csv).rewrite().write(tables, &runtime).map(drop),
    ];
    for (outcome, folder) in written.into_iter().zip([json, csv]) {
        let files = fs::read_dir(folder).map_or(0, |files| {
            let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
            names.filter(|name| !name.starts_with('.') && !name.starts_with('_')).count()
        });
        // In memory, each chunk has a file; those before the bad one may have been written.
        assert!(if outcome.is_ok() { files == 3 } else { files < 3 }, "{files} {outcome:?}");
        outcome?;
    }
    Ok(())
}

fn obey<T: TestTargets>(what: &str, tables: impl Fn(&Data<T>) -> Chunks<Table>)
where
    DatasetBase<Array2<f64>, T>: chunkfit::data::Chunk,
{
    let outcome = |blocks: &[Block]| write(&tables(&chunks(blocks)));
    outcome(&blocks()).unwrap();
    for place in PLACES {
        for odd in ODD {
            let error = outcome(&with_value(place, odd)).expect_err(what);
            assert_eq!(error.kind(), &ErrorKind::NonFinite { column: place.2 }, "{what}: {error}");
            assert_eq!((error.place().chunk, error.place().row), (Some(place.0), Some(place.1)), "{what}: {error}");
        }
    }
    for more in [true, false] {
        let error = outcome(&of_two_widths(more)).expect_err(what);
        assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what: "columns", .. }), "{what}: {error}");
    }
}

#[test]
fn predictions_of_rows_that_cannot_be_predicted_are_not_written() {
    let classifier = Chained::new(SgdClassifier::params().loss(Loss::LogLoss));
    let classes: Data<Array1<usize>> = chunks(&blocks());
    let fit = compute(classifier.fit(&classes)).unwrap().into_fit();
    obey::<Array1<usize>>("labels", |data| Predictions::of(&fit, data).tables().clone());
    obey::<Array1<usize>>("decision values", |data| Predictions::of(&fit, data).decision_values().tables().clone());
    obey::<Array1<usize>>("probabilities", |data| Predictions::of(&fit, data).probabilities().tables().clone());
    let values: Data<Array1<f64>> = chunks(&blocks());
    let fit = compute(Chained::new(SgdRegressor::params()).fit(&values)).unwrap().into_fit();
    obey::<Array1<f64>>("values", |data| Predictions::of(&fit, data).tables().clone());
    let labels: Data<Array2<bool>> = chunks(&blocks());
    let fit = compute(Chained::new(OneVsRest::params(SgdClassifier::params())).fit(&labels)).unwrap().into_fit();
    obey::<Array2<bool>>("several labels", |data| Predictions::of_labels(&fit, data, ["a", "b"]).tables().clone());
}

/// NaN is read from files as it is written there.
#[test]
fn the_file_of_the_row_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.svm"), "0 1:1 2:0.5\n1 1:2\n").unwrap();
    fs::write(folder.path().join("b.svm"), "1 1:1\n0 2:nan\n0 1:-inf\n").unwrap();
    let rows = Svmlight::open(folder.path()).unwrap().rows_and_labels::<f64, usize>(3, IndexBase::Zero).unwrap();
    let good: Chunks<DatasetBase<Csr<f64>, Array1<usize>>> = chunks(&blocks());
    let fit = Chained::new(SgdClassifier::params().loss(Loss::LogLoss)).fit(&good);
    let data = rows.chunks();
    for error in [
        compute(fit.predict::<_, _, Array1<usize>>(&data)).map(drop).unwrap_err(),
        compute(fit.score(&data)).map(drop).unwrap_err(),
        compute(fit.decision_function(&data)).map(drop).unwrap_err(),
        compute(fit.probability_loss(&data)).map(drop).unwrap_err(),
    ] {
        let place = error.place();
        assert_eq!(error.kind(), &ErrorKind::NonFinite { column: 2 }, "{error}");
        assert_eq!((place.chunk, place.row), (Some(1), Some(1)), "{error}");
        assert!(place.file.as_ref().is_some_and(|file| file.ends_with("b.svm")), "{error}");
    }
}
