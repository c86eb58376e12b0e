//! What is to be learned, as binary or multiclass problems over shared text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chunkfit::data::{Chunk, ClassLabel, Footprint};
use chunkfit::datasets::reuters::{self, DATA_VARIABLE, Labelled};
use chunkfit::graph::{Key, Task};
use chunkfit::linear::LogisticRegressionParams;
use chunkfit::metrics::{Average, ConfusionMatrix};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::Array1;
use serde::Deserialize;

use super::files;
use super::taxonomy::{GROUPS, group_of};

/// Problems over the same rows.
pub struct Problems {
    pub title: String,
    pub problems: Vec<Box<dyn Problem>>,
    pub train: Lazy<usize>,
    pub test: Lazy<usize>,
}

/// Something to be learned by a logistic regression.
pub trait Problem {
    /// The average after so many rounds.
    fn averaged(&self, alpha: f64, weighting: Weighting, rounds: usize) -> Lazy<Point>;

    /// The fit of all rows.
    fn full(&self, alpha: f64) -> Lazy<Point>;
}

/// What a model is worth; or several, of which the means count.
#[derive(Clone, Default)]
pub struct Point {
    models: usize,
    objective: f64,
    accuracy: f64,
    /// The F1 of several classes; of yes and no, what it is made of.
    macro_f1: Option<f64>,
    true_positives: usize,
    predicted: usize,
    support: usize,
}

impl Point {
    pub fn objective(&self) -> f64 {
        self.objective / self.models as f64
    }

    pub fn accuracy(&self) -> f64 {
        self.accuracy / self.models as f64
    }

    /// Of yes and no the F1 of yes, over all models together; of more classes their mean.
    pub fn f1(&self) -> f64 {
        self.macro_f1.unwrap_or(2.0 * self.true_positives as f64 / (self.predicted + self.support).max(1) as f64)
    }

    pub fn merge(self, other: Self) -> Self {
        Point {
            models: self.models + other.models,
            objective: self.objective + other.objective,
            accuracy: self.accuracy + other.accuracy,
            macro_f1: self.macro_f1.or(other.macro_f1),
            true_positives: self.true_positives + other.true_positives,
            predicted: self.predicted + other.predicted,
            support: self.support + other.support,
        }
    }
}

/// How the counts of a kind of labels become a point.
trait Scored: ClassLabel + Chunk {
    fn score(counts: &ConfusionMatrix<Self>, point: &mut Point);
}

impl Scored for bool {
    fn score(counts: &ConfusionMatrix<bool>, point: &mut Point) {
        point.true_positives = counts.get(&true, &true);
        (point.predicted, point.support) = (counts.predicted(&true), counts.support(&true));
    }
}

impl Scored for String {
    fn score(counts: &ConfusionMatrix<String>, point: &mut Point) {
        point.macro_f1 = Some(counts.mean_f1(Average::Macro));
    }
}

/// Text with one label a row, split.
struct Labels<L> {
    train: Chunks<DatasetBase<Text, Array1<L>>>,
    test: Chunks<DatasetBase<Text, Array1<L>>>,
}

impl<L: Scored> Labels<L> {
    fn point(
        &self,
        alpha: f64,
        fit: impl FitChunks<Examples<L>, Fit = Lazy<LogisticRegression<f64, L>>>,
    ) -> Lazy<Point> {
        let words = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
        let fit = Pipeline::new(words, fit).fit(&self.train);
        let (loss, counts, model) = (fit.probability_loss(&self.train), fit.confusion(&self.test), fit.inner());
        let key = Key::of("point").params(&alpha).input(loss.key()).input(counts.key()).input(model.key()).finish();
        model.zip2(&loss, &counts, Task::new("point", key), move |model, loss, counts| {
            let squares: f64 = model.coef().iter().map(|w| w * w).sum();
            let mut point = Point {
                models: 1,
                objective: loss.log_loss() + 0.5 * alpha * squares,
                accuracy: counts.accuracy(),
                ..Point::default()
            };
            L::score(counts, &mut point);
            Ok(point)
        })
    }
}

/// Hashed words with one label a row.
type Examples<L> = DatasetBase<Csr<f64>, Array1<L>>;

impl<L: Scored> Problem for Labels<L> {
    fn averaged(&self, alpha: f64, weighting: Weighting, rounds: usize) -> Lazy<Point> {
        self.point(alpha, Averaged::new(logistic(alpha)).weighting(weighting).rounds(rounds))
    }

    fn full(&self, alpha: f64) -> Lazy<Point> {
        self.point(alpha, Summed::new(logistic(alpha).tol(1e-9)))
    }
}

fn logistic<L>(alpha: f64) -> LogisticRegressionParams<L> {
    LogisticRegression::params().alpha(alpha)
}

/// Problems over examples of which every fifth is held out.
fn split<L: Scored>(title: &str, tasks: Vec<Chunks<DatasetBase<Text, Array1<L>>>>) -> Problems {
    let labels: Vec<Labels<L>> =
        tasks.iter().map(|examples| every_nth_split(examples, 5)).map(|(train, test)| Labels { train, test }).collect();
    let (train, test) = (labels[0].train.n_rows(), labels[0].test.n_rows());
    let problems = labels.into_iter().map(|labels| Box::new(labels) as Box<dyn Problem>).collect();
    Problems { title: title.to_owned(), problems, train, test }
}

pub fn acq(data: Option<&Path>) -> Result<Problems, Error> {
    let files = reuters::locate(data)?;
    files::announce(&files);
    let examples = files.open()?.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
    Ok(split("Reuters-21578, acquisitions", vec![examples]))
}

/// Stories that have exactly one of the ten most frequent topics.
pub fn topics(data: Option<&Path>, runtime: &Runtime) -> Result<Problems, Error> {
    let files = reuters::locate(data)?;
    files::announce(&files);
    let stories = files.open()?;
    let counts = stories.map("count topics", |stories| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        stories
            .iter()
            .flat_map(|story| story.topics())
            .for_each(|topic| *counts.entry(topic.to_owned()).or_default() += 1);
        counts.into_iter().collect::<Vec<_>>()
    });
    let mut total: BTreeMap<String, usize> = BTreeMap::new();
    runtime.compute(counts)?.into_iter().flatten().for_each(|(topic, n)| *total.entry(topic).or_default() += n);
    let mut frequent: Vec<(String, usize)> = total.into_iter().collect();
    frequent.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let frequent: Vec<String> = frequent.into_iter().take(10).map(|(topic, _)| topic).collect();
    let examples = stories.map("label", move |stories| {
        let only = |story: reuters::Story<'_>| {
            let mut topics = story.topics().filter(|topic| frequent.iter().any(|own| own == topic));
            topics.next().filter(|_| topics.next().is_none()).map(str::to_owned)
        };
        let targets: Array1<String> = stories.iter().filter_map(only).collect();
        DatasetBase::new(stories.text_where(|story| only(story).is_some()), targets)
    });
    Ok(split("Reuters-21578, ten topics", vec![examples]))
}

/// What is read of a paper.
#[derive(Clone, Deserialize)]
struct Paper {
    categories: String,
    #[serde(rename = "abstract")]
    summary: String,
}

/// One problem a main category: whether a paper is in it.
pub fn arxiv(data: Option<&Path>, runtime: &Runtime) -> Result<Problems, Error> {
    let of_variable = || std::env::var_os(DATA_VARIABLE).map(|data| PathBuf::from(data).join("arxiv"));
    let folder = data.map(Path::to_owned).or_else(of_variable);
    let wanted = "the folder of arXiv's metadata, *.jsonl, by --data DIR";
    let folder = folder.ok_or_else(|| Error::new(ErrorKind::NoFiles { wanted: wanted.into() }))?;
    let unreadable = |error| Error::io("read directory", &folder, error);
    let entries = std::fs::read_dir(&folder).map_err(unreadable)?;
    let mut files: Vec<PathBuf> =
        entries.map(|entry| Ok(entry.map_err(unreadable)?.path())).collect::<Result<_, Error>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort();
    let papers = Chunks::from_files("read", &files, |file| {
        let lines = std::fs::read_to_string(file).map_err(|error| Error::io("read", file, error))?;
        let paper = |(row, line): (usize, &str)| {
            serde_json::from_str(line).map_err(|error| {
                Error::new(ErrorKind::Malformed { format: "JSON", problem: error.to_string() }).at_row(row)
            })
        };
        lines.lines().enumerate().map(paper).collect::<Result<Vec<Paper>, Error>>().map(Papers)
    })?;
    let counts = papers.map("count", |Papers(papers)| {
        (0..GROUPS.len()).map(|group| papers.iter().filter(|paper| paper.is_in(group)).count()).collect::<Vec<_>>()
    });
    let counts = runtime.compute(counts)?;
    // Of a few papers in a few files there is next to nothing to be learned.
    let groups = (0..GROUPS.len()).filter(|&group| counts.iter().map(|counts| counts[group]).sum::<usize>() >= 20);
    let tasks = groups.map(|group| {
        papers.map("label", move |Papers(papers)| {
            let text: Text = papers.iter().map(|paper| paper.summary.as_str()).collect();
            DatasetBase::new(text, papers.iter().map(|paper| paper.is_in(group)).collect::<Array1<bool>>())
        })
    });
    let tasks: Vec<_> = tasks.collect();
    if tasks.is_empty() {
        let problem = "no main category has 20 papers or more".to_owned();
        return Err(Error::new(ErrorKind::Malformed { format: "sample of arXiv", problem }));
    }
    Ok(split(&format!("arXiv, {} main categories", tasks.len()), tasks))
}

impl Paper {
    fn is_in(&self, group: usize) -> bool {
        self.categories.split_whitespace().any(|category| group_of(category) == Some(group))
    }
}

struct Papers(Vec<Paper>);

impl Footprint for Papers {
    fn heap_bytes(&self) -> usize {
        self.0.iter().map(|paper| paper.categories.len() + paper.summary.len()).sum()
    }

    fn row_count(&self) -> usize {
        self.0.len()
    }
}
