//! A session on a scheduler, with a timeout, and with queries that are sent again when the scheduler went away.

use std::time::{Duration, Instant};

use ballista::prelude::SessionContextExt;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::address;
use crate::session;

/// How queries are run: where, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct ClientOptions {
    /// The scheduler of the cluster; without it everything runs in this process
    #[arg(long, value_name = "URL")]
    pub scheduler: Option<String>,
    /// How long all of it may take, in seconds
    #[arg(long, default_value_t = 3600, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
    /// How often to submit a query again whose scheduler went away
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub resubmit: u32,
}

impl Default for ClientOptions {
    fn default() -> Self {
        ClientOptions { scheduler: None, timeout: 3600, resubmit: 3 }
    }
}

/// Runs work on sessions, as [`ClientOptions`] say.
#[derive(Clone, Debug)]
pub struct Client {
    options: ClientOptions,
    scheduler: Option<(String, u16)>,
    until: Instant,
}

/// How long to wait between two looks for a scheduler.
const PAUSE: Duration = Duration::from_millis(250);

impl Client {
    /// The time runs from now on.
    ///
    /// # Errors
    /// The scheduler's address does not parse.
    pub fn new(options: ClientOptions) -> Result<Self> {
        let scheduler = options.scheduler.as_deref().map(address::parse).transpose()?;
        let until = Instant::now() + Duration::from_secs(options.timeout);
        Ok(Client { options, scheduler, until })
    }

    /// A session on the cluster, or in this process. It knows the functions of this crate.
    ///
    /// # Errors
    /// The scheduler does not answer while there is time.
    pub async fn session(&self) -> Result<SessionContext> {
        let Some((host, port)) = &self.scheduler else {
            return Ok(context(SessionContext::new_with_config(session::config())));
        };
        self.wait_for_scheduler(host, *port).await?;
        let state = SessionStateBuilder::new_with_default_features().with_config(remote_config()).build();
        Ok(context(SessionContext::remote_with_state(&format!("df://{host}:{port}"), state).await?))
    }

    /// Runs some work on a session, and again on a new one if the scheduler went away meanwhile. `what` names it in errors.
    ///
    /// # Errors
    /// Those of the work; the time is over; the scheduler went away too often.
    pub async fn run<T>(&self, what: &str, work: impl AsyncFn(SessionContext) -> Result<T>) -> Result<T> {
        let attempts = async {
            let mut submitted = 0;
            loop {
                let context = self.session().await?;
                let error = match work(context).await {
                    Ok(found) => return Ok(found),
                    Err(error) => error,
                };
                if !self.went_away(&error).await {
                    return Err(error);
                }
                submitted += 1;
                if submitted > self.options.resubmit {
                    return Err(error.context(format!(
                        "{what}: the scheduler went away {submitted} times, and the query with it; see what ends it, or \
                         raise --resubmit"
                    )));
                }
                let more = self.options.resubmit - submitted;
                log::warn!("{what}: the scheduler went away ({error}); submitting again, {more} times more at most");
                tokio::time::sleep(PAUSE).await;
            }
        };
        let left = self.until.saturating_duration_since(Instant::now());
        tokio::time::timeout(left, attempts).await.unwrap_or_else(|_| {
            let seconds = self.options.timeout;
            Err(DataFusionError::Execution(format!(
                "{what}: not done within {seconds} s; raise --timeout, or see whether executors are there \
                 and alive"
            )))
        })
    }

    /// Whether the scheduler, or an executor that held the result, was lost. Ballista's errors are text by then.
    async fn went_away(&self, error: &DataFusionError) -> bool {
        let Some((host, port)) = &self.scheduler else { return false };
        connect(host, *port).await.is_err() || tells_of_a_loss(&error.to_string())
    }

    async fn wait_for_scheduler(&self, host: &str, port: u16) -> Result<()> {
        loop {
            let Err(why) = connect(host, port).await else { return Ok(()) };
            if Instant::now() + PAUSE >= self.until {
                return Err(DataFusionError::Configuration(format!(
                    "no scheduler at {host}:{port}: {why}; start one with `chunkfit-ballista scheduler`"
                )));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// With the functions, which a session on a cluster loses when it is made.
fn context(context: SessionContext) -> SessionContext {
    session::register(&context);
    context
}

/// Notices in time that the machine of a scheduler is gone: Ballista asks every five minutes.
fn remote_config() -> SessionConfig {
    session::config().set_u64("ballista.client.grpc_http2_keepalive_interval_seconds", 10)
}

async fn connect(host: &str, port: u16) -> Result<(), String> {
    match tokio::time::timeout(Duration::from_secs(5), tokio::net::TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

/// What a job that failed says is not taken for it, whatever it says: it was the scheduler who told.
fn tells_of_a_loss(error: &str) -> bool {
    const SIGNS: [&str; 6] = [
        "Stream closed without job completing",
        "transport error",
        "tcp connect error",
        "error reading a body from connection",
        "h2 protocol error",
        "GrpcConnectionError",
    ];
    let is_of_a_job = error.split("Job ").skip(1).any(|rest| rest.contains(" failed: "));
    !is_of_a_job && SIGNS.iter().any(|sign| error.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::atomic::{AtomicU32, Ordering};

    fn nobody() -> String {
        format!("df://127.0.0.1:{}", address::free_port(IpAddr::V4(Ipv4Addr::LOCALHOST)).unwrap())
    }

    #[tokio::test]
    async fn nothing_hangs_longer_than_the_timeout() {
        let client = Client::new(ClientOptions { timeout: 1, ..ClientOptions::default() }).unwrap();
        let started = Instant::now();
        let result: Result<()> = client.run("a query", async |_| std::future::pending().await).await;
        let error = result.unwrap_err().to_string();
        assert!(error.contains("a query") && error.contains("--timeout"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[tokio::test]
    async fn a_scheduler_that_is_not_there_is_named() {
        let client = Client::new(ClientOptions { scheduler: Some(nobody()), timeout: 1, resubmit: 0 }).unwrap();
        let error = client.session().await.err().unwrap().to_string();
        assert!(error.contains("no scheduler at 127.0.0.1"), "{error}");
    }

    #[tokio::test]
    async fn an_error_in_this_process_is_not_tried_again() {
        let tries = AtomicU32::new(0);
        let client = Client::new(ClientOptions::default()).unwrap();
        let work = async |_| -> Result<()> {
            tries.fetch_add(1, Ordering::Relaxed);
            Err(DataFusionError::Execution("transport error".to_owned()))
        };
        assert!(client.run("a query", work).await.is_err());
        assert_eq!(tries.into_inner(), 1);
    }

    #[test]
    fn a_failed_job_is_no_lost_scheduler() {
        assert!(tells_of_a_loss("Execution error: Stream closed without job completing"));
        assert!(!tells_of_a_loss("Execution error: Job abc failed: transport error"));
        assert!(!tells_of_a_loss("Execution error: column text not found"));
    }
}
