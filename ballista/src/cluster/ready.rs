//! Ready lines: what a process says on stdout once others can use it, for scripts to wait for.

use std::io::Write;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// One line of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// `scheduler` or `executor`.
    pub ready: String,
    /// Where it listens: of a scheduler the address for `--scheduler`.
    pub address: String,
    /// How many tasks it runs at a time; of a scheduler 0.
    pub slots: usize,
    /// Its process.
    pub pid: u32,
    /// The version of this crate.
    pub version: String,
}

impl Ready {
    /// Of this process.
    pub fn new(what: &str, address: SocketAddr, slots: usize) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Ready { ready: what.to_owned(), address: format!("df://{address}"), slots, pid: std::process::id(), version }
    }

    /// Writes the line. Whoever started the process may not listen any more, which is no reason to end.
    pub fn tell(&self) {
        let line = serde_json::to_string(self).unwrap_or_default();
        let mut out = std::io::stdout().lock();
        if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush()) {
            log::warn!("nobody reads that this process is ready: {error}");
        }
    }
}
