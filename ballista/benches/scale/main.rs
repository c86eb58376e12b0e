//! What a fit on a cluster costs by the number of partitions and of slots, on this machine.
//!
//!     cargo bench -p chunkfit-ballista --bench scale -- --svg scale.svg --json scale.json
//!
//! Made-up documents as Parquet, the same rows cut into 1 to 64 files, fitted by executors that have 1 to 8 slots in all.
//! Writes the figures as a table; and as JSON and a picture, if asked to. Slots beyond the machine's cores tell what they
//! cost, not what they would gain elsewhere.
#![allow(clippy::unwrap_used)] // a measurement that cannot be made ends

#[path = "../../tests/common/corpus.rs"]
mod corpus;
mod measure;
mod picture;
#[allow(dead_code)]
#[path = "../../tests/common/processes.rs"]
mod processes;
#[path = "../../tests/common/recipes.rs"]
mod recipes;
#[allow(dead_code)]
#[path = "../../tests/common/tables.rs"]
mod tables;

use std::path::PathBuf;

use clap::Parser;
use measure::{Case, Measured};
use serde_json::json;

#[derive(Parser)]
struct Args {
    /// How many documents in all.
    #[arg(long, default_value_t = 64_000, value_name = "N")]
    rows: usize,
    /// How many words each has in the mean.
    #[arg(long, default_value_t = 60, value_name = "N")]
    words: usize,
    /// How often each case is run; the median counts.
    #[arg(long, default_value_t = 3, value_name = "N")]
    runs: usize,
    /// Write a picture to this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write the figures to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// What cargo says to benchmarks.
    #[arg(long, hide = true)]
    bench: bool,
}

const PARTITIONS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
const SLOTS: [usize; 4] = [1, 2, 4, 8];
/// What stays the same while the other varies.
const FIXED: Case = Case { partitions: 16, slots: 2 };

fn main() {
    let args = Args::parse();
    let by_partitions = PARTITIONS.map(|partitions| Case { partitions, ..FIXED });
    let by_slots = SLOTS.map(|slots| Case { slots, ..FIXED });
    println!("{} documents of {} words; seconds are medians of {}.\n", args.rows, args.words, args.runs);
    println!("| partitions | slots | fit, s | in process, s | shuffled a partition, KB | all, MB | model, KB |");
    println!("|---|---|---|---|---|---|---|");
    let folder = tempfile::tempdir().unwrap();
    let measured = |case: Case| {
        let found = measure::case(case, args.rows, args.words, args.runs, folder.path());
        println!("{found}");
        found
    };
    let by_partitions: Vec<Measured> = by_partitions.into_iter().map(measured).collect();
    let by_slots: Vec<Measured> = by_slots.into_iter().map(measured).collect();
    let all = || by_partitions.iter().chain(&by_slots);
    let line = measure::per_partition(&by_partitions);
    println!("\nOne partition more costs {:.1} ms on two slots.", line * 1e3);
    if let Some(file) = &args.svg {
        std::fs::write(file, picture::draw(&by_partitions, &by_slots)).unwrap();
    }
    if let Some(file) = &args.json {
        let cores = std::thread::available_parallelism().unwrap().get();
        let cases: Vec<_> = all().map(Measured::json).collect();
        let report = json!({
            "cores": cores, "rows": args.rows, "words": args.words, "runs": args.runs,
            "seconds_a_partition": line, "cases": cases,
        });
        std::fs::write(file, serde_json::to_string_pretty(&report).unwrap() + "\n").unwrap();
    }
}
