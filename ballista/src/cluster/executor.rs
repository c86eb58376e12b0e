//! The process that runs tasks.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ballista_core::ids::new_instance_id;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_executor::executor_server::TERMINATING;
use ballista_executor::health::ExecutorHealth;
use datafusion::error::{DataFusionError, Result};
use tempfile::TempDir;

use super::scheduler::outward;
use super::{address, limits};
use crate::codec::{LogicalCodec, PhysicalCodec};
use crate::session;

/// How an executor is to be run.
#[derive(Clone, Debug, PartialEq, clap::Args)]
pub struct ExecutorOptions {
    /// The scheduler to work for
    #[arg(long, default_value = "df://127.0.0.1:50050", value_name = "URL")]
    pub scheduler: String,
    /// The address to listen on. Others than loopback can be reached by anyone: nothing asks who connects
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "IP")]
    pub host: IpAddr,
    /// The port from which others fetch results (Arrow Flight); 0 is a free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub port: u16,
    /// The port on which the scheduler hands out tasks; 0 is a free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub grpc_port: u16,
    /// The name under which the others reach this process, if it is not the address from which it connects
    #[arg(long, value_name = "NAME")]
    pub external_host: Option<String>,
    /// How many tasks run at a time; 0 is one a core
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub slots: usize,
    /// The folder for partial results, which has to exist and is not emptied. By default a temporary one, removed at the end
    #[arg(long, value_name = "DIR")]
    pub work_dir: Option<PathBuf>,
    /// How often to tell the scheduler that this process lives, in seconds; well below its executor timeout
    #[arg(long, default_value_t = limits::HEARTBEAT_SECONDS, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub heartbeat: u64,
    /// How long to wait for a scheduler that does not answer, in seconds: at the start, and when it went away
    #[arg(long, default_value_t = 60, value_name = "S")]
    pub connect_timeout: u64,
    /// How long running tasks may take once the process is told to end, in seconds; then it ends without them, and others
    /// do them again
    #[arg(long, default_value_t = 30, value_name = "S")]
    pub grace: u64,
}

impl Default for ExecutorOptions {
    fn default() -> Self {
        ExecutorOptions {
            scheduler: "df://127.0.0.1:50050".to_owned(),
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            grpc_port: 0,
            external_host: None,
            slots: 0,
            work_dir: None,
            heartbeat: limits::HEARTBEAT_SECONDS,
            connect_timeout: 60,
            grace: 30,
        }
    }
}

/// An executor that is ready to be run.
#[derive(Debug)]
pub struct Executor {
    options: ExecutorOptions,
    scheduler: (String, u16),
    work_dir: PathBuf,
    /// Removes the folder with itself.
    _temporary: Option<TempDir>,
}

impl Executor {
    /// Checks the options, and makes the folder.
    ///
    /// # Errors
    /// The scheduler's address does not parse, the folder does not exist or cannot be made.
    pub fn new(options: ExecutorOptions) -> Result<Self> {
        let scheduler = address::parse(&options.scheduler)?;
        let (work_dir, temporary) = match &options.work_dir {
            Some(folder) if folder.is_dir() => (folder.clone(), None),
            Some(folder) => {
                let what = format!("the work folder {} does not exist; make it first", folder.display());
                return Err(DataFusionError::Configuration(what));
            }
            None => {
                let made = tempfile::Builder::new().prefix("chunkfit-executor-").tempdir();
                let made = made.map_err(DataFusionError::IoError)?;
                (made.path().to_owned(), Some(made))
            }
        };
        Ok(Executor { options, scheduler, work_dir, _temporary: temporary })
    }

    /// How many tasks run at a time.
    pub fn slots(&self) -> usize {
        match self.options.slots {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            slots => slots,
        }
    }

    /// Works until the process is told to end (SIGTERM, ctrl-c), or the scheduler is away for too long. Running tasks
    /// are finished first, if the grace lasts. `ready` is called with the address of its results when it has registered.
    ///
    /// # Errors
    /// The scheduler does not answer in time, or ports are taken.
    pub async fn run(&self, ready: impl Fn(SocketAddr)) -> Result<()> {
        let mut asked = tokio::spawn(ended());
        let mut told = false;
        loop {
            tokio::select! {
                _ = &mut asked => return Ok(()),
                found = self.wait_for_scheduler() => found?,
            }
            let (config, address) = self.config()?;
            let health = config.health.clone();
            // Ballista listens for the signals as well: it tells the scheduler, and finishes what runs.
            let work = start_executor_process(Arc::new(config));
            tokio::pin!(work);
            let announce = async {
                while !health.is_ready() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                if !told {
                    ready(address);
                }
                told = true;
                std::future::pending::<()>().await;
            };
            tokio::select! {
                done = &mut work => done.map_err(outward)?,
                () = announce => (),
                _ = &mut asked => {
                    let grace = Duration::from_secs(self.options.grace);
                    let in_time = tokio::time::timeout(grace, &mut work).await;
                    if in_time.is_err() {
                        log::warn!("tasks are left unfinished");
                    }
                    return in_time.unwrap_or(Ok(())).map_err(outward);
                }
            }
            // Both hear the signal; Ballista may be done first.
            if asked.is_finished() {
                return Ok(());
            }
            // After five heartbeats without an answer Ballista ends its part. A scheduler that was started
            // again finds this process ready for it, unless it stays away.
            log::warn!("the scheduler does not answer: waiting for it");
            TERMINATING.store(false, Ordering::Release);
        }
    }

    /// Ballista has a wait of its own, which never ends.
    async fn wait_for_scheduler(&self) -> Result<()> {
        let (host, port) = &self.scheduler;
        let until = Instant::now() + Duration::from_secs(self.options.connect_timeout);
        loop {
            let connected = tokio::net::TcpStream::connect((host.as_str(), *port));
            let why = match tokio::time::timeout(Duration::from_secs(5), connected).await {
                Ok(Ok(_)) => return Ok(()),
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer".to_owned(),
            };
            if Instant::now() >= until {
                let seconds = self.options.connect_timeout;
                return Err(DataFusionError::Configuration(format!(
                    "no scheduler at {host}:{port} for {seconds} s: {why}; start one, or set --scheduler"
                )));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn config(&self) -> Result<(ExecutorProcessConfig, SocketAddr)> {
        let ExecutorOptions { host, port, grpc_port, external_host, heartbeat, .. } = &self.options;
        let chosen = |port: u16| if port == 0 { address::free_port(*host) } else { Ok(port) };
        let (port, grpc_port) = (chosen(*port)?, chosen(*grpc_port)?);
        let config = ExecutorProcessConfig {
            executor_id: new_instance_id(),
            bind_host: host.to_string(),
            external_host: external_host.clone(),
            port,
            grpc_port,
            scheduler_host: self.scheduler.0.clone(),
            scheduler_port: self.scheduler.1,
            vcores: self.slots(),
            work_dir: Some(self.work_dir.to_string_lossy().into_owned()),
            grpc_max_decoding_message_size: limits::MESSAGE_BYTES,
            grpc_max_encoding_message_size: limits::MESSAGE_BYTES,
            executor_heartbeat_interval_seconds: *heartbeat,
            // No pool of memory: under pressure it makes grouped aggregates give out early what they have, which is another
            // model. The states themselves are checked before a fit.
            memory_pool_size: Some(0),
            override_config_producer: Some(Arc::new(session::config)),
            override_logical_codec: Some(Arc::new(LogicalCodec::default())),
            override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
            health: ExecutorHealth::new(),
            ..ExecutorProcessConfig::default()
        };
        Ok((config, SocketAddr::new(*host, port)))
    }
}

/// Until the process is told to end.
pub async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => (),
                _ = tokio::signal::ctrl_c() => (),
            }
            return;
        }
    }
    // Without signals there is nothing to wait for.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: ExecutorOptions,
    }

    #[test]
    fn the_defaults_of_the_command_line_are_those_of_the_type() {
        assert_eq!(Line::parse_from(["x"]).options, ExecutorOptions::default());
    }

    #[test]
    fn limits_and_slots_reach_ballista() {
        let executor = Executor::new(ExecutorOptions { slots: 3, heartbeat: 2, ..ExecutorOptions::default() }).unwrap();
        let (config, address) = executor.config().unwrap();
        assert_eq!((config.vcores, config.executor_heartbeat_interval_seconds), (3, 2));
        assert_eq!([config.grpc_max_decoding_message_size, config.grpc_max_encoding_message_size], [1 << 30; 2]);
        assert_eq!(config.memory_pool_size, Some(0), "unbounded");
        assert_eq!(config.port, address.port());
        assert_ne!(config.port, config.grpc_port);
    }

    #[test]
    fn a_temporary_folder_is_removed_and_a_given_one_is_kept() {
        let executor = Executor::new(ExecutorOptions::default()).unwrap();
        let folder = executor.work_dir.clone();
        assert!(folder.is_dir());
        drop(executor);
        assert!(!folder.exists());

        let given = tempfile::tempdir().unwrap();
        let options = ExecutorOptions { work_dir: Some(given.path().to_owned()), ..ExecutorOptions::default() };
        drop(Executor::new(options.clone()).unwrap());
        assert!(given.path().is_dir());
        given.close().unwrap();
        assert!(Executor::new(options).unwrap_err().to_string().contains("make it first"));
    }

    #[tokio::test]
    async fn a_scheduler_that_is_not_there_is_named_in_time() {
        let port = address::free_port(IpAddr::V4(Ipv4Addr::LOCALHOST)).unwrap();
        let scheduler = format!("df://127.0.0.1:{port}");
        let options = ExecutorOptions { scheduler, connect_timeout: 0, ..ExecutorOptions::default() };
        let error = Executor::new(options).unwrap().run(|_| ()).await.unwrap_err().to_string();
        assert!(error.contains(&port.to_string()) && error.contains("start one"), "{error}");
    }
}
