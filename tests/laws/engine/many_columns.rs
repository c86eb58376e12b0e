//! As many columns as can be numbered, of which few have values: refused by name where there is no room for them, by every
//! learner, in a process that may take 6 GB.

use std::process::Command;

use chunkfit::Result;
use chunkfit::cluster::{KMeans, MiniBatchKMeans};
use chunkfit::decomposition::TruncatedSvd;
use chunkfit::estimator::LearnRows;
use chunkfit::estimator::{FitAverage, Weighting};
use chunkfit::linear::{LinearRegression, PoissonRegressor, SgdOneClassSvm, SgdRegressor};
use chunkfit::prelude::*;
use chunkfit::preprocessing::VarianceThreshold;
use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, array};

use super::in_time;

/// Set in the process that may take little.
const INSIDE: &str = "CHUNKFIT_TEST_MANY_COLUMNS";

fn rows() -> Csr<f64> {
    let most = u32::MAX;
    Csr::new(most as usize, vec![0, 1, 2, 3], vec![7, most - 1, 9], vec![1.0, 2.0, 3.0]).unwrap()
}

fn classes() -> DatasetBase<Csr<f64>, Array1<bool>> {
    DatasetBase::new(rows(), array![true, false, true])
}

fn values() -> DatasetBase<Csr<f64>, Array1<f64>> {
    DatasetBase::new(rows(), array![1.0, 2.0, 2.5])
}

fn learned<P: ParamGuard<Error = Error>>(params: P) -> Result<()>
where
    P::Checked: LearnRows<Csr<f64>>,
{
    let params = params.check()?;
    params.finish(params.learn(&rows())?).map(drop)
}

type Learner = (&'static str, fn() -> Result<()>);

fn learners() -> Vec<Learner> {
    macro_rules! all {
        ($($name:literal: $fit:expr),* $(,)?) => { vec![$(($name, || $fit.map(drop))),*] };
    }
    all![
        "SgdClassifier": SgdClassifier::params().fit(&classes()),
        "LogisticRegression": LogisticRegression::params().fit(&classes()),
        "MultinomialNb": MultinomialNb::params().fit(&classes()),
        "BernoulliNb": BernoulliNb::params().fit(&classes()),
        "ComplementNb": ComplementNb::params().fit(&classes()),
        "LinearRegression": LinearRegression::params().fit(&values()),
        "PoissonRegressor": PoissonRegressor::params().fit(&values()),
        "SgdRegressor": SgdRegressor::params().fit(&values()),
        "SgdOneClassSvm": SgdOneClassSvm::params().fit(&values()),
        "SgdRegressor, a chunk": SgdRegressor::params().fit_state(&values(), Weighting::Samples),
        "LogisticRegression, a chunk": LogisticRegression::params().fit_state(&classes(), Weighting::Samples),
        "KMeans": KMeans::params().n_clusters(2).fit(&values()),
        "MiniBatchKMeans": MiniBatchKMeans::params().n_clusters(2).fit(&values()),
        "TruncatedSvd": learned(TruncatedSvd::params()),
        "TfidfTransformer": learned(TfidfTransformer::params()),
        "StandardScaler": learned(StandardScaler::params().with_mean(false)),
        "MaxAbsScaler": learned(MaxAbsScaler::params()),
        "VarianceThreshold": learned(VarianceThreshold::params()),
    ]
}

/// Does nothing but in the process that the other test begins.
#[test]
fn refused_inside() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    for (name, fit) in learners() {
        let error = in_time(name, fit).expect_err(name);
        let ErrorKind::ModelTooLarge { shape, .. } = error.kind() else { panic!("{name}: {error}") };
        assert!(shape.contains("4294967295 columns"), "{name}: {error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn as_many_columns_as_can_be_numbered_are_refused() {
    let program = std::env::current_exe().unwrap();
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -v 6000000 && exec \"$0\" --exact engine::many_columns::refused_inside"]).arg(program);
    let output = limited.env(INSIDE, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
