//! One reading of a file in a process of its own: the peak of its resident memory, its time, and its result.
//!
//! The child runs [`report`], the parent [`run`].

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use chunkfit::Error;
use serde::{Deserialize, Serialize};

/// Begins the line of a child's standard output that holds its [`Outcome`]; a test harness prints other lines.
const MARK: &str = "outcome: ";

/// The memory and time that a reading takes, and its result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// The most memory that was resident at a time, in MiB; also known of a reading that ended with an error.
    pub peak_mib: Option<f64>,
    pub seconds: f64,
    /// The result, equal for equal work, or the error.
    pub result: Result<String, String>,
}

/// Runs this command, whose process reports an outcome.
pub fn run(command: &mut Command) -> Outcome {
    let started = Instant::now();
    let done = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let lines = String::from_utf8_lossy(&done.stdout);
    let reported = lines.lines().find_map(|line| serde_json::from_str(line.strip_prefix(MARK)?).ok());
    reported.unwrap_or_else(|| {
        let said = String::from_utf8_lossy(&done.stderr);
        let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        let result = Err(format!("the process ended with {}: {last}", done.status));
        Outcome { peak_mib: None, seconds: started.elapsed().as_secs_f64(), result }
    })
}

/// Does the work, and prints what it took.
pub fn report(work: impl FnOnce() -> Result<String, Error>) {
    let started = Instant::now();
    let result = work().map_err(|error| error.full_message());
    let outcome = Outcome { peak_mib: peak_mib(), seconds: started.elapsed().as_secs_f64(), result };
    let line = serde_json::to_string(&outcome).expect("an outcome is JSON");
    // The harness may have begun a line.
    writeln!(std::io::stdout(), "\n{MARK}{line}").expect("the parent reads what its child prints");
}

/// The peak of this process's resident memory; only Linux states it.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}
