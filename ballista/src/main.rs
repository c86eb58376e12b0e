//! `chunkfit-ballista`: a cluster's processes and its client in one binary, so that versions and codecs match.
//!
//! `scheduler` and `executor` make up the cluster; `fit` and `predict` use it, or do the same in this process. See the
//! README beside this crate for how to start them, and for what each setting is for.

mod cli;

use std::process::ExitCode;

use chunkfit_ballista::cluster::ready::Ready;
use chunkfit_ballista::cluster::{Executor, ExecutorOptions, Scheduler, SchedulerOptions, address, executor, limits};
use clap::{Parser, Subcommand};
use datafusion::error::{DataFusionError, Result};

#[derive(Parser)]
#[command(
    name = "chunkfit-ballista",
    version,
    about = "Averaged models on DataFusion, in process and on a Ballista cluster"
)]
struct Args {
    #[command(subcommand)]
    command: Command,
    /// What to log on stderr: off, error, warn, info, debug, trace
    #[arg(long, global = true, default_value = "warn", value_name = "LEVEL", value_parser = cli::logger::level)]
    log_level: log::LevelFilter,
    /// End when stdin is closed: for programs that start this one, and may end in any way
    #[arg(long, global = true)]
    stop_on_eof: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Plans queries, and hands out their tasks. Says on stdout, as a line of JSON, when it is ready
    Scheduler(SchedulerOptions),
    /// Runs tasks for a scheduler. Says on stdout, as a line of JSON, when it is ready
    Executor(ExecutorOptions),
    /// Fits a recipe on files. Says on stdout, as a line of JSON, what was done
    Fit(Box<cli::fit::FitOptions>),
    /// Writes the predictions of a model for files. Says on stdout, as a line of JSON, what was done
    Predict(Box<cli::predict::PredictOptions>),
}

fn main() -> ExitCode {
    let args = Args::parse();
    cli::logger::start(args.log_level);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(limits::STACK_BYTES)
        .build()
        .map_err(DataFusionError::IoError);
    let done = runtime.and_then(|runtime| {
        let done = runtime.block_on(async {
            tokio::select! {
                done = run(args.command) => done,
                () = cli::eof::of_stdin(), if args.stop_on_eof => Ok(()),
            }
        });
        // What is left are connections of others, which end with the process.
        runtime.shutdown_background();
        done
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chunkfit-ballista: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<()> {
    match command {
        Command::Scheduler(options) => {
            warn(options.host);
            let scheduler = Scheduler::bind(&options).await?;
            Ready::new("scheduler", scheduler.address(), 0).tell();
            tokio::select! {
                served = scheduler.serve() => served,
                () = executor::ended() => Ok(()),
            }
        }
        Command::Executor(options) => {
            warn(options.host);
            let executor = Executor::new(options)?;
            let slots = executor.slots();
            executor.run(|address| Ready::new("executor", address, slots).tell()).await
        }
        Command::Fit(options) => cli::fit::run(&options).await,
        Command::Predict(options) => cli::predict::run(&options).await,
    }
}

fn warn(host: std::net::IpAddr) {
    if let Some(warning) = address::warning(host) {
        eprintln!("chunkfit-ballista: {warning}");
    }
}
