//! `--dashboard`: a page in the browser that follows the runs of an example (feature `dashboard`).

#[cfg(feature = "dashboard")]
use chunkfit::diagnostics::Dashboard;
use chunkfit::prelude::*;

#[derive(clap::Args)]
pub struct DashboardArgs {
    /// Serve a page that follows the run live, at 127.0.0.1:8787 or this address; it stays until Ctrl-C. Takes
    /// `--features dashboard` of cargo.
    #[arg(long = "dashboard", value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "127.0.0.1:8787")]
    address: Option<String>,
}

/// An open dashboard, or none.
pub struct OpenDashboard {
    #[cfg(feature = "dashboard")]
    dashboard: Option<Dashboard>,
}

impl DashboardArgs {
    /// Opens the dashboard, if it is asked for; the runtime's runs report to it.
    #[cfg(feature = "dashboard")]
    pub fn open(&self, runtime: &mut Runtime) -> Result<OpenDashboard, Error> {
        let dashboard = self.address.as_ref().map(|address| runtime.dashboard(address)).transpose()?;
        if let Some(dashboard) = &dashboard {
            eprintln!("Follow the run at {}", dashboard.url());
        }
        Ok(OpenDashboard { dashboard })
    }

    /// Refuses to open a dashboard.
    #[cfg(not(feature = "dashboard"))]
    pub fn open(&self, _: &mut Runtime) -> Result<OpenDashboard, Error> {
        match &self.address {
            Some(address) => {
                let expected = "nothing, or an example that was built with `cargo run --features dashboard`";
                Err(Error::parameter("--dashboard", address, expected))
            }
            None => Ok(OpenDashboard {}),
        }
    }
}

impl OpenDashboard {
    /// Keeps the page until the process is ended by Ctrl-C, if there is one.
    pub fn stay(&self) {
        #[cfg(feature = "dashboard")]
        if let Some(dashboard) = &self.dashboard {
            eprintln!("The dashboard stays at {} until Ctrl-C.", dashboard.url());
            loop {
                std::thread::park();
            }
        }
    }
}
