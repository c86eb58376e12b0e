//! Options of a dashboard.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use tokio::runtime;

use super::{Dashboard, server};
use crate::error::{Error, ErrorKind, Result};

/// The options of a [`Dashboard`] that is to be opened: made by [`Dashboard::options`], used by
/// [`serve`](Self::serve).
///
/// ```
/// use chunkfit::diagnostics::Dashboard;
/// let dashboard = Dashboard::options().past_runs(3).serve("127.0.0.1:0")?;
/// assert!(dashboard.address().ip().is_loopback());
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DashboardOptions {
    pub(super) allow_cancel: bool,
    pub(super) allow_remote: bool,
    pub(super) hosts: Vec<String>,
    pub(super) past_runs: usize,
}

impl DashboardOptions {
    pub(super) fn new() -> Self {
        DashboardOptions { allow_cancel: false, allow_remote: false, hosts: Vec::new(), past_runs: 20 }
    }

    /// The page has a button that cancels a run, or not. Default no. A run that is cancelled fails with
    /// [`ErrorKind::Cancelled`]. Other sites' pages cannot press it.
    pub fn allow_cancel(mut self, allow: bool) -> Self {
        self.allow_cancel = allow;
        self
    }

    /// Addresses other than loopback ones are allowed, so that other machines may connect, or not. Default no: whoever
    /// can connect sees everything, and nothing is encrypted.
    pub fn allow_remote(mut self, allow: bool) -> Self {
        self.allow_remote = allow;
        self
    }

    /// A further host name, without port, by which browsers may ask for the page, such as that of a proxy. `localhost`,
    /// and addresses in digits that lead here, are allowed always. Requests by other names are refused, lest another
    /// site's page read this one by a name of its own (DNS rebinding).
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into());
        self
    }

    /// The number of runs that are over and stay to be chosen from, at least 1. Default 20. The oldest go earlier where
    /// all together take more than some 64 MB.
    pub fn past_runs(mut self, runs: usize) -> Self {
        self.past_runs = runs;
        self
    }

    /// Opens the dashboard at an address: IP address or host name, and port; port 0 is a free one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`] where the address is none, is in use, is not this machine's, or is not
    /// loopback and [`allow_remote`](Self::allow_remote) is off; [`ErrorKind::Io`] where threads cannot be started.
    pub fn serve(&self, address: &str) -> Result<Dashboard> {
        let wrong = |expected: &str| Error::parameter("address", address, expected);
        let addresses: Vec<SocketAddr> = address
            .to_socket_addrs()
            .map_err(|error| wrong("an IP address and a port, such as 127.0.0.1:8787 or [::1]:0").caused_by(error))?
            .collect();
        if !self.allow_remote && !addresses.iter().all(|address| address.ip().is_loopback()) {
            return Err(wrong(
                "a loopback address, such as 127.0.0.1:8787; with allow_remote(true) other machines may connect, too, \
                 and see everything",
            ));
        }
        let cannot = |error| Error::new(ErrorKind::Io { action: "start the dashboard" }).caused_by(error);
        let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build().map_err(cannot)?;
        let context = runtime.enter();
        let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in addresses {
            match server::listen(address) {
                Ok(listener) => {
                    drop(context);
                    return Dashboard::start(self, listener, runtime);
                }
                Err(error) => refused = error,
            }
        }
        Err(wrong(remedy(&refused)).caused_by(refused))
    }
}

/// The remedy for an address that is refused so.
fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => "a port that no other program listens at; port 0 is a free one",
        io::ErrorKind::PermissionDenied => "a port that this user may open, such as 8787; port 0 is a free one",
        _ => "an address of this machine, such as 127.0.0.1:8787",
    }
}
