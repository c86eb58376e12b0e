//! What a fit on a cluster costs by the number of partitions and of slots, on this machine.
//!
//!     cargo bench --profile cluster -p chunkfit-ballista --bench scale -- --svg scale.svg --json scale.json
//!
//! Made-up documents as Parquet, the same rows cut into 1 to 256 files, fitted by executors that have 1 to 8 slots in all.
//! Writes the figures as a table; and as JSON and a picture, if asked to. Slots beyond the machine's cores tell what they
//! cost, not what they would gain elsewhere.
#![allow(clippy::unwrap_used)] // a measurement that cannot be made ends

#[path = "../../tests/common/corpus.rs"]
mod corpus;
mod forecast;
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
use forecast::{Costs, PARTITIONS_A_SLOT};
use measure::{Case, Measured, slope};
use serde_json::json;

#[derive(Parser)]
struct Args {
    /// How many documents in all.
    #[arg(long, default_value_t = 256_000, value_name = "N")]
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

const PARTITIONS: [usize; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const SLOTS: [usize; 4] = [1, 2, 4, 8];
/// Of all rows, on one slot.
const SHARES: [f64; 3] = [0.25, 0.5, 0.75];

fn main() {
    let args = Args::parse();
    // What stays the same while something else varies.
    let fixed = Case { rows: args.rows, partitions: 16, slots: 2 };
    let by_partitions = PARTITIONS.map(|partitions| Case { partitions, ..fixed });
    let by_slots = SLOTS.map(|slots| Case { slots, ..fixed });
    let by_rows = SHARES.map(|share| Case { rows: (share * args.rows as f64) as usize, slots: 1, ..fixed });
    println!("{} documents of {} words; seconds are medians of {}.\n", args.rows, args.words, args.runs);
    println!("| rows | partitions | slots | fit, s | in process, s | shuffled a partition, KB | all, MB | model, KB |");
    println!("|---|---|---|---|---|---|---|---|");
    let folder = tempfile::tempdir().unwrap();
    let measured = |case: Case| {
        let found = measure::case(case, args.words, args.runs, folder.path());
        println!("{found}");
        found
    };
    let by_partitions: Vec<Measured> = by_partitions.into_iter().map(measured).collect();
    let by_slots: Vec<Measured> = by_slots.into_iter().map(measured).collect();
    let mut by_rows: Vec<Measured> = by_rows.into_iter().map(measured).collect();
    by_rows.extend(by_slots.iter().filter(|found| found.case.slots == 1).cloned());
    let all = || by_partitions.iter().chain(&by_slots).chain(&by_rows[..SHARES.len()]);
    // With fewer the slots are not all busy to the end.
    let enough = PARTITIONS_A_SLOT as usize * fixed.slots;
    let busy: Vec<_> = by_partitions.iter().filter(|found| found.case.partitions >= enough).cloned().collect();
    let costs = Costs {
        row: slope(&by_rows, |case| case.rows),
        partition: slope(&busy, |case| case.partitions),
        state_bytes: by_partitions.iter().map(Measured::shuffled_each).fold(0.0, f64::max),
    };
    println!(
        "\nOne row more costs {:.2} µs on one slot, one partition more {:.1} ms.",
        costs.row * 1e6,
        costs.partition * 1e3
    );
    println!("\n{}", costs.table());
    if let Some(file) = &args.svg {
        std::fs::write(file, picture::draw(&by_partitions, &by_slots, &costs)).unwrap();
    }
    if let Some(file) = &args.json {
        let cores = std::thread::available_parallelism().unwrap().get();
        let cases: Vec<_> = all().map(Measured::json).collect();
        let report = json!({
            "cores": cores, "rows": args.rows, "words": args.words, "runs": args.runs,
            "forecast": costs.json(), "cases": cases,
        });
        std::fs::write(file, serde_json::to_string_pretty(&report).unwrap() + "\n").unwrap();
    }
}
