//! One case: a cluster of its own, some fits, and what they left behind.

use std::fmt;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::processes::Cluster;
use crate::tables::{self, Format};
use crate::{corpus, recipes};

/// What varies.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// In all partitions together.
    pub rows: usize,
    pub partitions: usize,
    /// Of all executors: of one, or of two that have half of them each.
    pub slots: usize,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Measured {
    pub case: Case,
    /// From the start of the client's process to its end.
    pub seconds: f64,
    /// The same without a cluster.
    pub in_process_seconds: f64,
    /// What the executors kept for others, of one fit.
    pub shuffled_bytes: u64,
    pub model_bytes: u64,
}

pub fn case(case: Case, words: usize, runs: usize, folder: &Path) -> Measured {
    let folder = folder.join(format!("{}-{}-{}", case.rows, case.partitions, case.slots));
    std::fs::create_dir_all(&folder).unwrap();
    let parts = corpus::parts(case.partitions, case.rows.div_ceil(case.partitions), words);
    let input = tables::write(&parts, Format::Parquet, &folder);
    drop(parts);
    let recipe = recipes::write(&recipes::binary(), &folder);
    let (executors, slots) = if case.slots == 1 { (1, 1) } else { (2, case.slots / 2) };
    let cluster = Cluster::start(executors, slots);

    let fit = |scheduler: Option<&str>, model: &Path| -> f64 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chunkfit-ballista"));
        command.arg("fit").arg("--input").arg(input.join("*.parquet")).args(["--format", "parquet"]);
        command.args(["--text", "text", "--label", "label", "--timeout", "600"]);
        command.arg("--recipe").arg(&recipe).arg("--model").arg(model);
        if let Some(url) = scheduler {
            command.args(["--scheduler", url]);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{case:?}: {}", String::from_utf8_lossy(&output.stderr));
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        said["seconds"].as_f64().unwrap()
    };
    let url = cluster.url();
    let (far, near) = (folder.join("far.safetensors"), folder.join("near.safetensors"));
    // Warms the system's cache of files, and is what the sizes are taken of.
    fit(Some(&url), &far);
    let shuffled_bytes = cluster.work_folders().iter().map(|folder| size(folder)).sum();
    let times = |of: &dyn Fn() -> f64| median((0..runs.max(1)).map(|_| of()).collect());
    let seconds = times(&|| fit(Some(&url), &far));
    let in_process_seconds = times(&|| fit(None, &near));
    let model = std::fs::read(&far).unwrap();
    assert!(model == std::fs::read(&near).unwrap(), "{case:?}: the cluster's model is that of one process");
    Measured { case, seconds, in_process_seconds, shuffled_bytes, model_bytes: model.len() as u64 }
}

/// The bytes of all files below a folder.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { size(&path) } else { path.metadata().map_or(0, |file| file.len()) }).sum()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The seconds of one more of what varies, by least squares.
pub fn slope(points: &[Measured], of: fn(&Case) -> usize) -> f64 {
    let n = points.len() as f64;
    let x = points.iter().map(|found| of(&found.case) as f64).sum::<f64>() / n;
    let y = points.iter().map(|found| found.seconds).sum::<f64>() / n;
    let apart = |found: &Measured| of(&found.case) as f64 - x;
    let over: f64 = points.iter().map(|found| apart(found) * (found.seconds - y)).sum();
    over / points.iter().map(|found| apart(found).powi(2)).sum::<f64>()
}

impl Measured {
    /// What a partition hands on.
    pub fn shuffled_each(&self) -> f64 {
        self.shuffled_bytes as f64 / self.case.partitions as f64
    }

    pub fn json(&self) -> Value {
        json!({
            "rows": self.case.rows, "partitions": self.case.partitions, "slots": self.case.slots, "seconds": self.seconds,
            "in_process_seconds": self.in_process_seconds, "shuffled_bytes": self.shuffled_bytes,
            "shuffled_bytes_a_partition": self.shuffled_each(), "model_bytes": self.model_bytes,
        })
    }
}

/// A row of the table.
impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measured { case, seconds, in_process_seconds, shuffled_bytes, model_bytes } = self;
        write!(
            f,
            "| {} | {} | {} | {seconds:.2} | {in_process_seconds:.2} | {:.0} | {:.1} | {:.0} |",
            case.rows,
            case.partitions,
            case.slots,
            self.shuffled_each() / 1e3,
            *shuffled_bytes as f64 / 1e6,
            *model_bytes as f64 / 1e3
        )
    }
}
