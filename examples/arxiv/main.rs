//! From raw files to a classifier: in which main categories of arXiv is a paper?
//!
//!     cargo run --release --bin arxiv --features arxiv
//!
//! Reads arXiv's metadata, JSON lines, file by file and in parallel: the words of the abstracts become
//! tokens, the categories one-hot main categories, and every input file one output file. Then learns
//! from the output files, all categories in one pass, and scores a fifth of the papers that was held
//! out. Finds the files in `--data`, or in the folder `arxiv` of the folder that `CHUNKFIT_DATA` names;
//! else makes do with a few made-up papers.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/label_table.rs"]
mod label_table;
mod papers;
mod sample;
mod taxonomy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs};

use chunkfit::combine::ChainedLabels;
use chunkfit::datasets::reuters::DATA_VARIABLE;
use chunkfit::linear::{Averaging, ClassWeight, OneVsRest};
use chunkfit::metrics::Average;
use chunkfit::prelude::*;
use chunkfit::preprocessing::VarianceThreshold;
use clap::Parser;
use label_table::label_table;
use linfa::DatasetBase;
use ndarray::Array2;
use papers::{Example, Paper, Prepared, prepare, read_lines};
use serde_json::json;
use taxonomy::GROUPS;

#[derive(Parser)]
#[command(about = "From arXiv's raw metadata to a classifier of papers")]
struct Args {
    /// The directory that holds the .jsonl or .json files.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where the preprocessed files go. Default: a folder among the system's temporary ones.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The paper that is shown before and after; else the first one.
    #[arg(long, default_value = "0704.0304", value_name = "ID")]
    show: String,
    /// Threads; 0 is one a core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// What the split and the orders of the rows depend on.
    #[arg(long, default_value_t = 42, value_name = "N")]
    seed: u64,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    common::exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), Error> {
    let out = args.out.clone().unwrap_or_else(|| env::temp_dir().join("chunkfit-arxiv"));
    fs::create_dir_all(&out).map_err(|error| Error::io("create", &out, error))?;
    let made_up = tempfile::tempdir().map_err(|error| Error::io("create", "a temporary folder", error))?;
    let inputs = locate(args.data.as_deref(), made_up.path())?;

    let started = Instant::now();
    let runtime = Runtime::new().threads(args.threads).progress(true);
    let outputs: Vec<PathBuf> = inputs.iter().map(|input| out.join(input.file_name().unwrap_or_default())).collect();
    let prepared = runtime.compute(preprocess(&inputs, &outputs, &args.show))?;
    show(&inputs, &prepared)?;

    // Groups of which there is no paper at all are left out.
    let total = |group: usize| prepared.iter().map(|file| file.counts[group]).sum::<usize>();
    let groups: Vec<usize> = (0..GROUPS.len()).filter(|&group| total(group) > 0).collect();
    println!("\nWrote {} files to {}; learning {} main categories.\n", outputs.len(), out.display(), groups.len());
    let (train, test) = train_test_split(&examples(&outputs, &groups)?, 0.2, args.seed);
    let words = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false).norm(None).dtype::<f32>();
    // Small categories would be passed over if their own papers did not count more, as in the example
    // `reuters_topics`.
    let weights = ClassWeight::ByLabel(vec![(true, 4.0)]);
    let svm = SgdClassifier::params().average(Averaging::From(1)).class_weight(weights).seed(args.seed);
    let each_group = ChainedLabels::new(OneVsRest::params(svm), groups.len()).epochs(10);
    let rarity = TfidfTransformer::params().sublinear_tf(true);
    let fit = Pipeline::steps(words).then(rarity).then(VarianceThreshold::params()).estimator(each_group).fit(&train);
    let (counts, margins, n_train) =
        runtime.compute((fit.label_counts(&test), fit.decision_function(&test), train.n_rows()))?;
    let seconds = started.elapsed().as_secs_f64();

    let names = groups.iter().enumerate().map(|(label, &group)| (GROUPS[group].0, label));
    println!("{}", label_table(["main category", "papers"], names, &counts));
    println!("{n_train} papers to train on, {} to test on.", counts.n_rows());
    if args.json {
        let margins: Vec<f64> = margins.iter().flatten().map(|&margin| f64::from(margin)).collect();
        let report = json!({
            "train": n_train,
            "test": counts.n_rows(),
            "labels": counts.n_labels(),
            "micro_f1": counts.mean_f1(Average::Micro),
            "macro_f1": counts.mean_f1(Average::Macro),
            "seconds": seconds,
            "peak_rss_mb": common::peak_rss_mb(),
            // Of the bits of every test paper's decision values.
            "digest": common::digest(&margins),
        });
        println!("{report}");
    } else {
        println!("{seconds:.2} seconds in all");
    }
    Ok(())
}

/// The input files, sorted; made-up ones in that folder if there are none.
fn locate(directory: Option<&Path>, made_up: &Path) -> Result<Vec<PathBuf>, Error> {
    let of_variable = || env::var_os(DATA_VARIABLE).filter(|value| !value.is_empty());
    let named = directory.map(Path::to_owned).or_else(|| of_variable().map(|data| PathBuf::from(data).join("arxiv")));
    let Some(folder) = named else {
        println!("Using a few made-up papers: their scores cannot be compared with anyone's.");
        println!("For real ones name the folder of arXiv's metadata, JSON lines, with --data DIR.");
        return sample::write_sample(made_up);
    };
    let unreadable = |error| Error::io("read directory", &folder, error);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == "jsonl" || ending == "json") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        let wanted = format!("file *.jsonl of arXiv's metadata in {}", folder.display());
        return Err(Error::new(ErrorKind::NoFiles { wanted }).in_file(&folder));
    }
    println!("Reading {} files in {}.", files.len(), folder.display());
    Ok(files)
}

/// Every input file made ready, in parallel.
fn preprocess(inputs: &[PathBuf], outputs: &[PathBuf], shown: &str) -> Chunks<Prepared> {
    let files: Vec<(PathBuf, PathBuf)> = inputs.iter().cloned().zip(outputs.iter().cloned()).collect();
    let shown = shown.to_owned();
    Chunks::from_fn("preprocess", files.len(), move |c| prepare(&files[c].0, &files[c].1, &shown))
}

/// Shows one paper as it was and as it has become.
fn show(inputs: &[PathBuf], prepared: &[Prepared]) -> Result<(), Error> {
    let wanted = prepared.iter().zip(inputs).find_map(|(file, input)| Some((input, file.shown?)));
    let any = || prepared.iter().zip(inputs).find(|(file, _)| file.n_papers > 0).map(|(_, input)| (input, 0));
    let Some((input, row)) = wanted.or_else(any) else { return Ok(()) };
    let paper: Paper = read_lines(input)?.swap_remove(row);
    let example = paper.to_example()?;
    let groups = GROUPS.iter().zip(&example.one_hot);
    let one_hot: Vec<String> = groups.map(|((name, _), has)| format!("{name} {has}")).collect();
    println!("\nPaper {}: {}", paper.id, paper.title.split_whitespace().collect::<Vec<_>>().join(" "));
    println!("  abstract    {} ...", first_words(paper.summary.split_whitespace()));
    println!("  categories  {}", paper.categories);
    println!("becomes");
    println!("  tokens      {} ... ({} in all)", first_words(&example.tokens), example.tokens.len());
    println!("  one-hot     {}", one_hot.join(", "));
    Ok(())
}

fn first_words<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> String {
    let first: Vec<String> = words.into_iter().take(12).map(|word| word.as_ref().to_owned()).collect();
    first.join(" ")
}

/// The preprocessed files as examples: their tokens, and which of these groups they are in.
fn examples(files: &[PathBuf], groups: &[usize]) -> Result<Chunks<DatasetBase<Text, Array2<bool>>>, Error> {
    let papers = Chunks::from_files("read", files, read_lines::<Example>)?;
    let groups = groups.to_vec();
    Ok(papers.map("label", move |papers| {
        let tokens: Text = papers.iter().map(|paper| paper.tokens.join(" ")).collect();
        let is_in = |(i, k): (usize, usize)| papers[i].one_hot[groups[k]] == 1;
        DatasetBase::new(tokens, Array2::from_shape_fn((papers.len(), groups.len()), is_in))
    }))
}
