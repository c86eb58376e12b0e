//! Peak memory and time of reading and learning, by the format of the file, the memory limit and the number of threads.
//!
//!     cargo bench -p chunkfit-benches --bench memory                     # 11 formats × 6 limits × 3 threads, half an hour
//!     cargo bench -p chunkfit-benches --bench memory -- --mb 128 --limits 64,256 --threads 1,2
//!     cargo bench -p chunkfit-benches --bench memory -- --large 20       # 20 GB of Parquet and of gzip under 300 MiB;
//!                                                                        # 33 GB of disk space, not in CI
//!
//! Every cell is a process of its own that reads a file, hashes its text to 2^20 columns (an svmlight file has the columns
//! already) and learns from one chunk after the other. All cells of a format have learned the same, or the benchmark fails.
//! The files are of made-up documents; each is written before its cells and removed after them. The whole table goes to
//! `benches/results/memory.json` and `memory.md`, that of files of 20 GB or more to `memory_large.*`; a part of the table, or
//! one of smaller files, is printed only.

#[path = "../../tests/files/memory/cell.rs"]
mod cell;
#[path = "../../tests/files/memory/formats.rs"]
mod formats;
mod learn;
mod table;

use std::path::{Path, PathBuf};
use std::process::Command;

use cell::Outcome;
use clap::Parser;
use formats::{Corpus, FORMATS};
use table::{Cell, Report};

#[derive(Clone, Parser)]
struct Args {
    /// MB of content in each file: lines before they are compressed, text in a table.
    #[arg(long, default_value_t = MB)]
    mb: u64,
    /// The formats, separated by commas; default: all.
    #[arg(long, value_delimiter = ',')]
    formats: Vec<String>,
    /// Memory limits in MiB; default: 64 to 2048. Speed at 128 is compared with that at 2048 where both are there.
    #[arg(long, value_delimiter = ',')]
    limits: Vec<usize>,
    /// Numbers of threads; default: 1, 2 and 4.
    #[arg(long, value_delimiter = ',')]
    threads: Vec<usize>,
    /// MiB of a file in a chunk; 0 is the library's default.
    #[arg(long, default_value_t = 0.0)]
    chunk_mib: f64,
    /// The number of times that the limits whose speeds are compared are measured, in turns; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// In place of the table, Parquet and gzip of so many GB of content, each read once, by default on two threads under
    /// 300 MiB. Disk space, of one after the other: for the Parquet file seven tenths of it; for gzip two thirds for
    /// the file, and all of it where it is decompressed to a temporary folder (TMPDIR).
    #[arg(long, value_name = "GB", conflicts_with_all = ["mb", "formats"])]
    large: Option<f64>,
    /// The folder that the files are written to, by its absolute path. Default: a folder for temporary files.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// One cell: format, file, limit in MiB, number of threads.
    #[arg(long, hide = true, num_args = 4)]
    cell: Option<Vec<String>>,
    #[arg(long, hide = true)]
    bench: bool,
}

/// MB of content in the files of the whole table, its limits in MiB and its numbers of threads.
const MB: u64 = 512;
const LIMITS: [usize; 6] = [64, 128, 256, 512, 1024, table::WIDE];
const THREADS: [usize; 3] = [1, 2, 4];

/// GB of content in large files whose results are written.
const LARGE: f64 = 20.0;

/// More documents than compressors look back.
const DOCUMENTS: usize = 12_000;
const WORDS: usize = 130;

fn main() {
    let mut args = Args::parse();
    let chunk_bytes = (args.chunk_mib * f64::from(1 << 20)) as u64;
    if let Some(cell) = &args.cell {
        let [format, file, limit, threads] = cell.as_slice() else { unreachable!("clap counts them") };
        let number = |text: &str| text.parse::<usize>().expect("a parent passes numbers");
        let format = formats::named(format).expect("a parent passes known formats");
        cell::report(|| learn::learn(format, Path::new(file), chunk_bytes, number(limit), number(threads)));
        return;
    }
    let name = args.written_as();
    args.complete();
    let report = measure(&args);
    println!("\n{report}");
    if let Some(name) = name {
        report.write(name);
    }
    report.assert_equal_results();
}

impl Args {
    /// The name of the results, unless they are of a part or of small files.
    fn written_as(&self) -> Option<&'static str> {
        let whole = self.formats.is_empty() && self.limits.is_empty() && self.threads.is_empty();
        match self.large {
            Some(gb) => (gb >= LARGE).then_some("memory_large"),
            None => (whole && self.mb >= MB && self.chunk_mib == 0.0).then_some("memory"),
        }
    }

    /// Sets what was not given.
    fn complete(&mut self) {
        let (formats, limits, threads): (Vec<&str>, &[usize], &[usize]) = match self.large {
            Some(gb) => {
                self.mb = (gb * 1e3) as u64;
                (vec!["parquet-128", "gzip"], &[300], &[2])
            }
            None => (FORMATS.map(|(name, _)| name).into(), &LIMITS, &THREADS),
        };
        if self.formats.is_empty() {
            self.formats = formats.into_iter().map(String::from).collect();
        }
        if self.limits.is_empty() {
            self.limits = limits.into();
        }
        if self.threads.is_empty() {
            self.threads = threads.into();
        }
        for name in &self.formats {
            let known = FORMATS.map(|(name, _)| name);
            assert!(known.contains(&name.as_str()), "{name}: there is no such format, only {known:?}");
        }
    }
}

fn measure(args: &Args) -> Report {
    let default = std::env::temp_dir().join(format!("chunkfit-memory-{}", std::process::id()));
    let folder = args.folder.as_ref().unwrap_or(&default);
    let corpus = Corpus::new(DOCUMENTS, WORDS).expect("documents can be made");
    let mut report = Report::new(args.mb, args.chunk_mib);
    for name in &args.formats {
        let format = formats::named(name).expect("names were looked up");
        let (file, rows) = format.write(folder, args.mb * 1_000_000, &corpus).expect("the file can be written");
        let bytes = std::fs::metadata(&file).expect("the file was written").len();
        println!(
            "\n{name}: {:.0} MB of content in a file of {:.0} MB, {rows} rows",
            args.mb as f64,
            bytes as f64 / 1e6
        );
        for &threads in &args.threads {
            for (limit_mib, outcomes) in runs(args, name, &file, threads) {
                let cell = Cell { format: name.clone(), rows, limit_mib, threads, outcomes };
                println!("limit {limit_mib} MiB, threads {threads}: peak {}", cell.line());
                report.push(cell);
            }
        }
        std::fs::remove_file(file).expect("our file can be removed");
    }
    // A folder that holds anything else stays.
    let _ = std::fs::remove_dir(folder);
    report
}

/// The outcomes for each limit: one, or one in each round for those that are compared.
fn runs(args: &Args, name: &str, file: &Path, threads: usize) -> Vec<(usize, Vec<Outcome>)> {
    let mut found: Vec<(usize, Vec<Outcome>)> = args.limits.iter().map(|&limit| (limit, Vec::new())).collect();
    let compared = table::COMPARED.iter().all(|limit| args.limits.contains(limit));
    for round in 0..args.rounds.max(1) {
        for (limit, outcomes) in &mut found {
            if round == 0 || compared && table::COMPARED.contains(limit) {
                outcomes.push(one(args, name, file, *limit, threads));
            }
        }
    }
    found
}

/// One cell, in a process of its own.
fn one(args: &Args, name: &str, file: &Path, limit: usize, threads: usize) -> Outcome {
    let mut command = Command::new(std::env::current_exe().expect("a benchmark knows its own file"));
    command.args(["--chunk-mib", &args.chunk_mib.to_string(), "--cell", name]).arg(file);
    cell::run(command.args([limit.to_string(), threads.to_string()]))
}
