//! The process that plans queries and hands out their tasks.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::{SchedulerConfig, TaskDistributionPolicy};
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion::error::{DataFusionError, Result};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};

use super::{address, limits};
use crate::codec::{LogicalCodec, PhysicalCodec};
use crate::session;

/// How a scheduler is to be run.
#[derive(Clone, Debug, PartialEq, clap::Args)]
pub struct SchedulerOptions {
    /// The address to listen on. Others than loopback can be reached by anyone: nothing asks who connects
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "IP")]
    pub host: IpAddr,
    /// The port to listen on; 0 is a free one
    #[arg(long, default_value_t = address::SCHEDULER_PORT, value_name = "PORT")]
    pub port: u16,
    /// The name under which executors reach this process, if it is not the address it listens on
    #[arg(long, value_name = "NAME")]
    pub external_host: Option<String>,
    /// After how many seconds without a heartbeat an executor counts as dead
    #[arg(long, default_value_t = limits::EXECUTOR_TIMEOUT_SECONDS, value_name = "S", value_parser = clap::value_parser!(u64).range(2..))]
    pub executor_timeout: u64,
    /// How often to look for dead executors, in seconds
    #[arg(long, default_value_t = limits::CHECK_SECONDS, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub check_interval: u64,
    /// How long a job waits for an executor after the last one was lost, in seconds, before it fails. By default as long as
    /// the executor timeout
    #[arg(long, value_name = "S")]
    pub no_executors_grace: Option<u64>,
    /// After how many seconds the files of a finished job are removed from the executors
    #[arg(long, default_value_t = 300, value_name = "S")]
    pub keep_finished: u64,
}

impl Default for SchedulerOptions {
    fn default() -> Self {
        SchedulerOptions {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: address::SCHEDULER_PORT,
            external_host: None,
            executor_timeout: limits::EXECUTOR_TIMEOUT_SECONDS,
            check_interval: limits::CHECK_SECONDS,
            no_executors_grace: None,
            keep_finished: 300,
        }
    }
}

/// A scheduler that has its port, and does not serve yet.
pub struct Scheduler {
    listener: std::net::TcpListener,
    server: SchedulerServer<LogicalPlanNode, PhysicalPlanNode>,
    address: SocketAddr,
}

impl std::fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scheduler").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Scheduler {
    /// Takes the port. Connections wait from now on, and are answered by [`serve`](Self::serve).
    ///
    /// # Errors
    /// The port is taken, or Ballista refuses to start.
    pub async fn bind(options: &SchedulerOptions) -> Result<Self> {
        let listener = address::listen(options.host, options.port)?;
        let address = listener.local_addr().map_err(DataFusionError::IoError)?;
        let config = Arc::new(config(options, address));
        config.validate().map_err(outward)?;
        let cluster = BallistaCluster::new_from_config(&config).await.map_err(outward)?;
        let server = create_scheduler(cluster, config).await.map_err(outward)?;
        Ok(Scheduler { listener, server, address })
    }

    /// Where clients and executors of this machine reach it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the process ends, or this future is dropped.
    ///
    /// # Errors
    /// The listener fails.
    pub async fn serve(self) -> Result<()> {
        self.listener.set_nonblocking(true).map_err(DataFusionError::IoError)?;
        let listener = tokio::net::TcpListener::from_std(self.listener).map_err(DataFusionError::IoError)?;
        start_grpc_service_with_listener(listener, self.server).await.map_err(outward)
    }
}

fn config(options: &SchedulerOptions, address: SocketAddr) -> SchedulerConfig {
    let grace = options.no_executors_grace.unwrap_or(options.executor_timeout);
    SchedulerConfig {
        bind_host: address.ip().to_string(),
        bind_port: address.port(),
        external_host: options.external_host.clone().unwrap_or_else(|| address.ip().to_string()),
        // Tasks of a fit are alike: spread them, so that a lost executor takes few along and all work.
        task_distribution: TaskDistributionPolicy::RoundRobin,
        grpc_server_max_decoding_message_size: limits::MESSAGE_BYTES,
        grpc_server_max_encoding_message_size: limits::MESSAGE_BYTES,
        grpc_client_max_message_size: limits::MESSAGE_BYTES,
        executor_timeout_seconds: options.executor_timeout,
        expire_dead_executor_interval_seconds: options.check_interval,
        no_executors_grace_period_seconds: grace,
        finished_job_data_clean_up_interval_seconds: options.keep_finished,
        override_config_producer: Some(Arc::new(session::config)),
        override_logical_codec: Some(Arc::new(LogicalCodec::default())),
        override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
        ..SchedulerConfig::default()
    }
}

/// Ballista's error as the one the rest of this crate has.
pub(super) fn outward(error: ballista_core::error::BallistaError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: SchedulerOptions,
    }

    #[test]
    fn the_defaults_of_the_command_line_are_those_of_the_type() {
        assert_eq!(Line::parse_from(["x"]).options, SchedulerOptions::default());
    }

    #[test]
    fn limits_and_timeouts_reach_ballista() {
        let options = SchedulerOptions { executor_timeout: 7, check_interval: 2, ..SchedulerOptions::default() };
        let config = config(&options, ([127, 0, 0, 1], 1234).into());
        assert_eq!((config.executor_timeout_seconds, config.expire_dead_executor_interval_seconds), (7, 2));
        assert_eq!(config.no_executors_grace_period_seconds, 7, "no shorter than the timeout");
        assert_eq!(config.scheduler_endpoint(), "127.0.0.1:1234", "where executors report to");
        let limits = [
            config.grpc_server_max_decoding_message_size,
            config.grpc_server_max_encoding_message_size,
            config.grpc_client_max_message_size,
        ];
        assert_eq!(limits, [1 << 30; 3]);
    }
}
