//! What the examples share.

use std::process::ExitCode;

use chunkfit::Error;

/// Tells an error as a sentence on standard error.
pub fn exit_code(result: Result<(), Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.full_message());
            ExitCode::FAILURE
        }
    }
}

/// The most memory this process ever held, in MiB, where the system tells.
pub fn peak_rss_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// A hash of the bits of some numbers.
pub fn digest<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    numbers.into_iter().for_each(|x| hash.update(x.to_le_bytes()));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
