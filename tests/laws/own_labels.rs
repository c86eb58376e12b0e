//! Labels of a type of one's own, an enum that serializes, through all that there is: as good as numbers.

use std::fs;
use std::path::{Path, PathBuf};

use chunkfit::calibration::{Calibration, ThresholdRule};
use chunkfit::combine::{EarlyStopping, IntoFit, PerGroup};
use chunkfit::data::{ClassLabel, Footprint};
use chunkfit::estimator::{Classes, Evaluate, Persist};
use chunkfit::graph::Compute;
use chunkfit::linear::{Loss, NearestCentroid};
use chunkfit::metrics::{ClassTally, Scorer};
use chunkfit::model_selection::{Grid, Search, StratifiedKFold};
use chunkfit::prelude::*;
use chunkfit::sinks::{Predictions, Sink};
use linfa::{DatasetBase, Label};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Mail {
    #[default]
    Ham,
    Spam,
    Scam,
}

impl Label for Mail {}

impl Footprint for Mail {}

const MAILS: [Mail; 3] = [Mail::Ham, Mail::Spam, Mail::Scam];

/// A chunk with the labels by their numbers, or as they are.
trait Labelled: ClassLabel + Footprint {
    fn of(number: usize) -> Self;
}

impl Labelled for Mail {
    fn of(number: usize) -> Self {
        MAILS[number]
    }
}

impl Labelled for usize {
    fn of(number: usize) -> Self {
        number
    }
}

type Data<L> = Chunks<DatasetBase<Array2<f64>, Array1<L>>>;

/// Some chunks of rows of `n` classes, named so that a checkpoint knows them again.
fn data<L: Labelled>(n: usize) -> Data<L> {
    data_until(n, usize::MAX)
}

/// The same; the chunk of this number and those behind it cannot be made.
fn data_until<L: Labelled>(n: usize, end: usize) -> Data<L> {
    let chunk = move |c: usize| {
        if c >= end {
            return Err(Error::parameter("chunk", c, "another one"));
        }
        let x = Array2::from_shape_fn((24, 3), |(i, j)| ((i * 31 + j * 17 + c * 7 + i * i * j) % 13) as f64 / 6.0);
        let y =
            x.rows().into_iter().map(|row| L::of(((row.sum() / 1.4) as usize).saturating_sub(1).min(n - 1))).collect();
        Ok(DatasetBase::new(x, y))
    };
    Chunks::from_fn("own labels", 5, chunk).identified(("own labels", n))
}

fn compute<C: Compute>(handles: C) -> C::Output {
    Runtime::new().threads(2).compute(handles).unwrap()
}

/// The scores of a fit, and the model after it was saved, loaded and made a fit again.
fn scores<M, L>(fit: &Lazy<M>, data: &Data<L>) -> Vec<f64>
where
    M: Evaluate<DatasetBase<Array2<f64>, Array1<L>>, Tally = ClassTally<L>> + Persist + Clone,
    M: IntoFit<Fit = Lazy<M>>,
    L: Labelled,
{
    let (model, accuracy, confusion) = compute((fit, fit.score(data), fit.confusion(data)));
    let again = M::from_bytes(&model.to_bytes(&model.training()).unwrap()).unwrap().into_fit();
    vec![accuracy, confusion.accuracy(), compute(again.score(data))]
}

/// All that is learned and scored of labels of one type: numbers that must not depend on it.
fn trials<L: Labelled>() -> Vec<(&'static str, Vec<f64>)> {
    let (two, three) = (data::<L>(2), data::<L>(3));
    let sgd = || SgdClassifier::params().loss(Loss::LogLoss);
    let chained = Chained::new(sgd()).epochs(3).fit(&three);
    let calibrated = chained.calibrated(&three, Calibration::Sigmoid);
    let of_two = Chained::new(sgd()).fit(&two);
    let thresholded = of_two.thresholded(&two, ThresholdRule::FBeta(1.0));
    let stopped = Chained::new(sgd()).epochs(30).early_stopping(EarlyStopping::default().n_iter_no_change(2));
    let groups = three.group_by("by the first column", |row, _| usize::from(row[0] > 1.0));
    let per_group = Chained::new(PerGroup::new(MultinomialNb::params())).fit(&groups);
    let grid = Grid::new(MultinomialNb::params()).vary("alpha", [0.1, 10.0], |params, alpha| params.alpha(alpha));
    let search = Search::new(grid, |params| Chained::new(params.clone()));
    let search = search.folds(StratifiedKFold::new(2)).scoring([Scorer::Accuracy, Scorer::NegLogLoss]);
    let found = search.run(&Runtime::new().threads(2), &three).unwrap();
    vec![
        ("chained", scores(&chained, &three)),
        ("probability_loss", vec![compute(chained.probability_loss(&three)).log_loss()]),
        ("averaged", scores(&Averaged::new(LogisticRegression::params()).fit(&three), &three)),
        ("rounds", scores(&Averaged::new(LogisticRegression::params()).rounds(2).fit(&three), &three)),
        ("summed", scores(&Summed::new(LogisticRegression::params()).fit(&three), &three)),
        ("naive Bayes", scores(&Averaged::new(GaussianNb::params()).fit(&three), &three)),
        ("nearest centroid", scores(&Averaged::new(NearestCentroid::params()).fit(&three), &three)),
        ("stopped early", scores(&stopped.fit(&three), &three)),
        (
            "calibrated",
            vec![compute(calibrated.score(&three)), compute(calibrated.probability_loss(&three)).log_loss()],
        ),
        ("thresholded", vec![compute(thresholded.score(&two))]),
        ("per group", vec![compute(per_group.score(&groups))]),
        ("searched", found.candidates.iter().flat_map(|row| row.mean_test_scores.clone()).collect()),
    ]
}

#[test]
fn labels_of_ones_own_score_as_numbers_do() {
    let (own, numbers) = (trials::<Mail>(), trials::<usize>());
    for ((name, own), (_, numbers)) in own.iter().zip(&numbers) {
        assert_eq!(own, numbers, "{name}");
        assert!(own.iter().all(|score| score.is_finite()), "{name}: {own:?}");
    }
    let sure = own.iter().filter(|(_, scores)| scores[0] > 0.5).count();
    assert!(sure > 6, "hardly anything was learned: {own:?}");
}

/// A chain that fails half-way goes on from its checkpoint, and has the model of one that did not.
#[test]
fn chains_of_own_labels_go_on_from_a_checkpoint() {
    fn check<P>(params: P)
    where
        P: chunkfit::estimator::PartialFit<Array2<f64>, Array1<Mail>, Model: PartialEq + std::fmt::Debug>,
        P: chunkfit::data::Identified + Serialize + Clone,
    {
        let folder = tempfile::tempdir().unwrap();
        let runtime = || Runtime::new().threads(1).checkpoint(Checkpoint::new(folder.path()));
        let fit = |chunks: &Data<Mail>| Chained::new(params.clone()).fit(chunks);
        assert!(runtime().compute(fit(&data_until(3, 3))).is_err());
        let run = runtime().run(fit(&data(3))).unwrap();
        assert!(run.summary.runs("partial_fit") < 5, "{}", run.summary.runs("partial_fit"));
        assert_eq!(run.values, compute(fit(&data(3))));
    }
    check(SgdClassifier::params());
    check(GaussianNb::params());
    check(NearestCentroid::params());
}

#[test]
fn own_labels_are_written_by_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let three = data::<Mail>(3);
    let model = compute(Averaged::new(LogisticRegression::params()).fit(&three));
    assert_eq!(Classes::<Mail>::classes(&model), MAILS);
    let fit = model.into_fit();
    let expected = compute(fit.predict::<_, _, Array1<Mail>>(&three));
    let check = |folder: &Path| {
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let hidden = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with('.');
        let first = files.filter(|path| !hidden(path)).min().unwrap();
        let text = fs::read_to_string(first).unwrap();
        let label = format!("{:?}", expected[0][0]);
        assert!(text.contains(&label) && MAILS.iter().all(|mail| text.contains(&format!("{mail:?}"))), "{text}");
    };
    let runtime = Runtime::new().threads(2);
    let (csv, json) = (folder.path().join("csv"), folder.path().join("json"));
    Sink::csv(&csv).write(Predictions::of(&fit, &three).probabilities().tables(), &runtime).unwrap();
    Sink::json_lines(&json).write(Predictions::of(&fit, &three).probabilities().tables(), &runtime).unwrap();
    check(&csv);
    check(&json);
}
