//! Where the time goes on the way from the files of Reuters-21578 to scores, and how far each step is from the least
//! it could take.
//!
//!     cargo bench -p chunkfit-benches --bench account
//!
//! One thread does what the row `reuters` of the comparison with peers does; the run itself tells how long it was busy
//! with what. Beside each step stands the time of the simplest loop that meets the same numbers once: no program that
//! looks at all of them takes less by much. The result goes to `benches/results/account.md`.

#[path = "common/collection.rs"]
mod collection;

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use chunkfit::data::{Csr, Rows, Text};
use chunkfit::datasets::reuters::Source;
use chunkfit::graph::Summary;
use chunkfit::prelude::*;
use chunkfit::text::HashingVectorizerParams;
use linfa::ParamGuard;

const RUNS: usize = 9;

/// What runs of one thread and of two took.
struct Runs {
    /// The run of one thread of median length: its seconds, and what it did.
    one: (f64, Summary),
    /// The median of two threads, in seconds.
    two: f64,
    /// The median of how many times as fast two threads were as one just before.
    ratio: f64,
}

/// A step of the run: the names of its tasks, and the least it could take.
struct Step {
    what: &'static str,
    tasks: &'static [&'static str],
    /// What the simplest loop does, and its seconds.
    least: (&'static str, f64),
}

fn main() {
    let files = collection::files();
    let paths: Vec<&Path> = files.files.iter().filter_map(path).collect();
    if paths.is_empty() {
        println!("Reuters-21578 is not there: name the folder that holds it in CHUNKFIT_DATA");
        return;
    }
    let runs = Runs::in_turns();
    let bytes: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).expect("a file that was found")).collect();
    let texts = texts();
    let rows = vectorized(&texts);
    let products = ("multiplying every row with weights", seconds(|| dot_products(&rows)));
    let steps = [
        Step {
            what: "reading and parsing the files",
            tasks: &["parse"],
            least: ("reading them, and looking for every `<`", seconds(|| read_and_scan(&paths))),
        },
        Step {
            what: "hashing their words",
            tasks: &["vectorize"],
            least: ("lower-casing the text byte by byte, counting letters and digits", seconds(|| lower_case(&texts))),
        },
        Step { what: "chained SGD", tasks: &["partial_fit"], least: products },
        Step { what: "averaged logistic regression", tasks: &["fit", "merge", "finish"], least: products },
    ];
    let table = table(&steps, &runs, bytes.iter().map(Vec::len).sum());
    print!("{table}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/account.md");
    fs::write(&file, table).expect("the folder of results is there");
}

/// As the row `reuters`: its seconds, and what it did.
fn end_to_end(threads: usize) -> (f64, Summary) {
    let started = Instant::now();
    let (train, test) = every_nth_split(&collection::examples(&collection::files()), 5);
    let chained = Pipeline::new(text(), Chained::new(SgdClassifier::params().shuffle(false))).fit(&train);
    let logistic = LogisticRegression::params().c(1.0).penalize_intercept(true);
    let averaged = Pipeline::new(text(), Averaged::new(logistic).weighting(Weighting::Uniform)).fit(&train);
    let run = Runtime::new().threads(threads).run((chained.confusion(&test), averaged.confusion(&test)));
    let run = run.expect("stories are learned");
    assert!(run.values.0.accuracy() > 0.95, "{}", run.values.0.accuracy());
    (started.elapsed().as_secs_f64(), run.summary)
}

fn text() -> HashingVectorizerParams<f64> {
    HashingVectorizer::params().n_features(1 << 18).alternate_sign(false)
}

impl Runs {
    /// One thread and two in turns: what else the machine does befalls both.
    fn in_turns() -> Self {
        let pairs = (0..RUNS).map(|_| (end_to_end(1), end_to_end(2).0));
        let (one, two): (Vec<_>, Vec<_>) = pairs.unzip();
        let ratios = one.iter().zip(&two).map(|((one, _), two)| one / two).collect();
        Self { ratio: median(ratios, |&x| x), two: median(two, |&x| x), one: median(one, |run| run.0) }
    }
}

/// The one in the middle.
fn median<T>(mut found: Vec<T>, by: impl Fn(&T) -> f64) -> T {
    found.sort_by(|a, b| by(a).total_cmp(&by(b)));
    found.swap_remove(found.len() / 2)
}

/// The median seconds of some runs: of what is set beside a median.
fn seconds(mut work: impl FnMut() -> u64) -> f64 {
    let mut run = || {
        let started = Instant::now();
        black_box(work());
        started.elapsed().as_secs_f64()
    };
    median((0..RUNS).map(|_| run()).collect(), |&x| x)
}

fn path(file: &Source) -> Option<&Path> {
    match file {
        Source::File(path) => Some(path),
        _ => None,
    }
}

/// The texts of all stories with a tag, file by file.
fn texts() -> Vec<Text> {
    let chunks = Runtime::new().compute(collection::examples(&collection::files())).expect("stories are read");
    chunks.iter().map(|chunk| chunk.records.clone()).collect()
}

/// Their rows.
fn vectorized(texts: &[Text]) -> Vec<Csr<f64>> {
    let vectorizer = text().check().expect("valid parameters");
    texts.iter().map(|text| vectorizer.transform_text(text).expect("plain words")).collect()
}

fn read_and_scan(paths: &[&Path]) -> u64 {
    let bytes = paths.iter().map(|path| fs::read(path).expect("a file that was found"));
    bytes.map(|bytes| memchr::memchr_iter(b'<', &bytes).count() as u64).sum()
}

fn lower_case(texts: &[Text]) -> u64 {
    let (mut lower, mut found) = (Vec::new(), 0);
    for document in texts.iter().flat_map(Text::iter) {
        lower.clear();
        lower.extend(document.bytes().map(|byte| byte.to_ascii_lowercase()));
        found += lower.iter().map(|byte| u64::from(byte.is_ascii_alphanumeric())).sum::<u64>();
    }
    found
}

fn dot_products(rows: &[Csr<f64>]) -> u64 {
    let weights = vec![1.0; 1 << 18];
    let mut positive = 0;
    for rows in rows {
        for i in 0..rows.n_rows() {
            let (columns, values) = rows.row(i);
            let margin: f64 = columns.iter().zip(values).map(|(&column, value)| weights[column as usize] * value).sum();
            positive += u64::from(margin > 0.5);
        }
    }
    positive
}

fn table(steps: &[Step], runs: &Runs, bytes: usize) -> String {
    let Runs { one: (one, summary), two, ratio } = runs;
    let mut out = String::new();
    let busy = |step: &Step| step.tasks.iter().map(|task| summary.busy(task).as_secs_f64()).sum::<f64>();
    let known: f64 = steps.iter().map(busy).sum();
    let say = "writing to a string does not fail";
    writeln!(
        out,
        "From the files of Reuters-21578 ({:.1} MB) to scores on one thread, the median of {RUNS} runs:\n",
        bytes as f64 / 1e6
    )
    .expect(say);
    writeln!(out, "| step | ms | share | the simplest loop over the same | ms | times it |").expect(say);
    writeln!(out, "|---|---|---|---|---|---|").expect(say);
    for step in steps {
        let (seconds, (loop_, least)) = (busy(step), step.least);
        let (ms, least_ms) = (seconds * 1e3, least * 1e3);
        let share = 100.0 * seconds / one;
        writeln!(out, "| {} | {ms:.1} | {share:.0} % | {loop_} | {least_ms:.1} | {:.1} |", step.what, seconds / least)
            .expect(say);
    }
    let rest = one - known;
    writeln!(out, "| all else: splits, scores, the graph | {:.1} | {:.0} % | | | |", rest * 1e3, 100.0 * rest / one)
        .expect(say);
    writeln!(out, "| in all | {:.1} | 100 % | | | |", one * 1e3).expect(say);
    writeln!(out, "\nTwo threads take {:.1} ms: {ratio:.2} times as fast, the median of pairs in turns.", two * 1e3)
        .expect(say);
    out
}
