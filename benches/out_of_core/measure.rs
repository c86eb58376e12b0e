//! Runs of the example, each a process of its own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;
use serde_json::Value;

/// What is run.
#[derive(Clone)]
pub struct Setting {
    folder: PathBuf,
    size: f64,
    options: Vec<String>,
    /// What the process may map, in MiB.
    cap: Option<u64>,
}

/// What came of it: the medians of several runs.
#[derive(Clone, Copy, Serialize)]
pub struct Measured {
    pub bytes: f64,
    pub seconds: f64,
    pub mb_per_s: f64,
    pub peak_rss_mb: f64,
    pub second_epoch_seconds: Option<f64>,
    pub accuracy: f64,
}

/// A peer on the same work.
#[derive(Serialize)]
pub struct Pair {
    /// Median seconds.
    pub ours: f64,
    pub peer: f64,
    /// The median of the ratios of runs one after the other.
    pub ratio: f64,
    pub accuracy: [f64; 2],
}

/// Builds the example by cargo's release profile, as these benchmarks are.
pub fn build() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let example = ["build", "--release", "-p", "chunkfit-examples", "--bin", "out_of_core"];
    let status = Command::new(cargo).args(example).status();
    assert!(status.expect("cargo can be run").success(), "the example does not build");
}

/// The example's program: it lies in `release`, this benchmark in `release/deps`.
fn example() -> PathBuf {
    let this = std::env::current_exe().expect("a benchmark knows its own file");
    let release = this.parent().and_then(Path::parent).expect("benchmarks lie in release/deps");
    release.join(format!("out_of_core{}", std::env::consts::EXE_SUFFIX))
}

impl Setting {
    pub fn new(folder: &Path, size: f64) -> Self {
        Setting { folder: folder.to_owned(), size, options: Vec::new(), cap: None }
    }

    fn with(mut self, option: &str, value: impl fmt::Display) -> Self {
        self.options.extend([option.to_owned(), value.to_string()]);
        self
    }

    pub fn without_cache(self) -> Self {
        self.with("--cache-gib", 0)
    }

    pub fn chunk_mib(self, mib: f64) -> Self {
        // Large chunks need more room than the default gives.
        self.with("--chunk-mib", mib).with("--memory-limit-mib", 512)
    }

    pub fn memory_limit_mib(self, mib: f64) -> Self {
        self.with("--memory-limit-mib", mib)
    }

    pub fn epochs(self, n: usize) -> Self {
        self.with("--epochs", n)
    }

    /// Holds the process to so many MiB of mapped memory (`ulimit -v`).
    pub fn capped(mut self, mib: u64) -> Self {
        self.cap = Some(mib);
        self
    }

    fn arguments(&self) -> Vec<String> {
        let folder = self.folder.display().to_string();
        let fixed = ["--generate", &self.size.to_string(), "--folder", &folder, "--threads", "2", "--json"];
        fixed.iter().map(ToString::to_string).chain(self.options.iter().cloned()).collect()
    }

    fn run(&self) -> Value {
        let mut command = match self.cap {
            None => Command::new(example()),
            Some(mib) => {
                let mut shell = Command::new("sh");
                shell.arg("-c").arg(format!("ulimit -v {}; exec \"$0\" \"$@\"", mib << 10)).arg(example());
                shell
            }
        };
        last_line(command.args(self.arguments()))
    }

    /// The medians of so many runs, all of which have learned the same.
    pub fn median(&self, runs: usize) -> Measured {
        // Makes the data, and reads it into the system's cache as far as it goes.
        let first = self.run();
        let runs: Vec<Value> = (0..runs.max(1)).map(|_| self.run()).collect();
        assert!(runs.iter().all(|run| run["digest"] == first["digest"]), "equal runs give equal models");
        let of = |name: &str| median(runs.iter().filter_map(|run| run[name].as_f64()).collect());
        let known = |name: &str| of(name).unwrap_or(f64::NAN);
        Measured {
            bytes: known("bytes"),
            seconds: known("seconds"),
            mb_per_s: known("mb_per_s"),
            peak_rss_mb: known("peak_rss_mb"),
            second_epoch_seconds: of("second_epoch_seconds"),
            accuracy: known("accuracy"),
        }
    }

    /// Runs the example and scikit-learn's loop in turns.
    pub fn beside(&self, python: &Path, runs: usize) -> Pair {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/out_of_core.py");
        let data = self.folder.join(format!("documents-{}-gb", self.size));
        let pairs: Vec<[Value; 2]> =
            (0..runs.max(1)).map(|_| [self.run(), last_line(Command::new(python).arg(&script).arg(&data))]).collect();
        for [ours, theirs] in &pairs {
            assert_eq!(ours["rows"], theirs["rows"], "both learn from the same documents");
        }
        let of = |side: usize, name: &str| -> Vec<f64> {
            pairs.iter().filter_map(|pair| pair[side][name].as_f64()).collect()
        };
        let (ours, peer) = (of(0, "seconds"), of(1, "seconds"));
        let ratios = ours.iter().zip(&peer).map(|(ours, peer)| peer / ours).collect();
        let middle = |values| median(values).unwrap_or(f64::NAN);
        let accuracy = [0, 1].map(|side| middle(of(side, "accuracy")));
        Pair { ours: middle(ours), peer: middle(peer), ratio: middle(ratios), accuracy }
    }
}

fn last_line(command: &mut Command) -> Value {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(text.lines().last().unwrap_or_default()).expect("the last line is JSON")
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The cells of a row but the first.
impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {:.2} | {:.0} | {:.0} | ", self.seconds, self.mb_per_s, self.peak_rss_mb)?;
        match self.second_epoch_seconds {
            Some(seconds) => write!(f, "{seconds:.2} |"),
            None => f.write_str("– |"),
        }
    }
}
