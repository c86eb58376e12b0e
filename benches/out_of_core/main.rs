//! Learning out of core: time and memory by the size of the data, of chunks, and of the memory limit.
//!
//!     cargo bench -p chunkfit-benches --bench out_of_core -- --sizes 0.5,5,20 --folder DIR --python PYTHON
//!
//! Every figure is of a process of its own, the example `out_of_core`, on documents that it made beforehand.
//! With a Python that has scikit-learn, its loop (`benches/peers/out_of_core.py`) runs beside on the smallest
//! size, alternately. Results go to `benches/results`.

mod measure;
mod picture;

use std::path::PathBuf;
use std::{env, fs};

use clap::Parser;
use measure::{Measured, Setting};
use serde_json::{Value, json};

#[derive(Parser)]
struct Args {
    /// Sizes of the data in GB, the smallest first.
    #[arg(long, value_delimiter = ',', default_values_t = [0.1, 0.5])]
    sizes: Vec<f64>,
    /// How often each is measured; the median counts. Sizes above 2 GB are measured once.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Where the data lies. Default: a folder for temporary files.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// A Python with scikit-learn.
    #[arg(long)]
    python: Option<PathBuf>,
    /// Do not measure the curves by size of chunks and memory limit.
    #[arg(long)]
    no_curves: bool,
    #[arg(long, hide = true)]
    bench: bool,
}

/// Sizes of chunks in MiB.
const CHUNKS: [f64; 8] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

/// Limits in MiB, for three epochs over the smallest size.
const LIMITS: [f64; 6] = [48.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

/// What a process may map at most, in MiB, where the system can hold it to that.
const CAP: u64 = 512;

fn main() {
    let args = Args::parse();
    let folder = args.folder.clone().unwrap_or_else(|| env::temp_dir().join("chunkfit-out-of-core"));
    // The working directory is that of the package, not the caller's; better now than after an hour.
    if let Some(python) = args.python.as_deref().filter(|python| !python.is_file()) {
        panic!("--python {}: no such file; name it by its absolute path", python.display());
    }
    measure::build();
    let results = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("results");
    fs::create_dir_all(&results).expect("the folder of results can be made");

    println!("| GB | seconds | MB/s | peak MB | from the cache, s |");
    println!("|---|---|---|---|---|");
    let base = |size| Setting::new(&folder, size);
    let mut scale = Vec::new();
    for &size in &args.sizes {
        let found = base(size).median(if size > 2.0 { 1 } else { args.runs });
        println!("| {:.2} {found}", found.bytes / 1e9);
        scale.push(json!({ "gb": size, "measured": found }));
    }
    let smallest = args.sizes[0];
    let capped = base(smallest).capped(CAP).median(1);
    println!("| {:.2}, at most {CAP} MiB mapped {capped}", capped.bytes / 1e9);

    let peer = args.python.as_deref().map(|python| base(smallest).without_cache().beside(python, args.runs));
    if let Some(peer) = &peer {
        println!(
            "\nscikit-learn on {smallest} GB: {:.1} s, here {:.2} s: {:.1} times",
            peer.peer, peer.ours, peer.ratio
        );
    }
    let machine = format!("{} cores", std::thread::available_parallelism().map_or(0, usize::from));
    let mut report =
        json!({ "machine": machine, "scale": scale, "capped": { "mib": CAP, "measured": capped }, "peer": peer });
    let result = results.join("out_of_core.json");
    write(&result, &format!("{report:#}\n"));
    if !args.no_curves {
        let by_chunk = CHUNKS.map(|mib| (mib, base(smallest).without_cache().chunk_mib(mib).median(args.runs)));
        let epochs = |mib| base(smallest).epochs(3).memory_limit_mib(mib);
        let by_limit = LIMITS.map(|mib| (mib, epochs(mib).without_cache().median(args.runs)));
        let cached = LIMITS.map(|mib| (mib, epochs(mib).median(args.runs)));
        show("chunk", &by_chunk);
        show("limit, three epochs", &by_limit);
        show("limit, three epochs, with a cache", &cached);
        let guide = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../src/guide");
        write(&guide.join("chunk_size.svg"), &picture::by_chunk_size(&by_chunk));
        write(&guide.join("memory_limit.svg"), &picture::by_memory_limit(&by_limit, &cached));
        report["curves"] = json!({
            "gb": smallest,
            "chunk_size": points(&by_chunk),
            "memory_limit_three_epochs": points(&by_limit),
            "memory_limit_three_epochs_with_cache": points(&cached),
        });
        write(&result, &format!("{report:#}\n"));
    }
}

fn show(what: &str, points: &[(f64, Measured)]) {
    println!("\n| MiB ({what}) | seconds | MB/s | peak MB | again, s |\n|---|---|---|---|---|");
    points.iter().for_each(|(mib, found)| println!("| {mib} {found}"));
}

/// A curve, point by point.
fn points(curve: &[(f64, Measured)]) -> Vec<Value> {
    curve.iter().map(|(mib, found)| json!({ "mib": mib, "measured": found })).collect()
}

fn write(file: &PathBuf, text: &str) {
    fs::write(file, text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    println!("\nWritten: {}", file.display());
}
