//! The dashboard, asked over HTTP as a browser asks it, and by a browser.
#![cfg(feature = "dashboard")]
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

mod browser;
mod clients;
mod graphs;
mod http;
mod opening;
mod page;
mod runs;
mod security;
mod webdriver;

use std::net::SocketAddr;

use chunkfit::Runtime;
use chunkfit::diagnostics::Dashboard;

/// A dashboard at a free port, and a runtime of two threads that reports to it.
fn open() -> (Dashboard, Runtime, SocketAddr) {
    let dashboard = Dashboard::options().serve("127.0.0.1:0").unwrap();
    let address = dashboard.address();
    let runtime = Runtime::new().threads(2).watched_by(&dashboard);
    (dashboard, runtime, address)
}
