//! A cluster of processes on loopback, which ends with whoever started it, however that ends.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use chunkfit_ballista::cluster::ready::Ready;
use tempfile::TempDir;

/// A process of the binary that has said that it is ready.
pub struct Process {
    child: Child,
    pub ready: Ready,
    log: PathBuf,
}

impl Process {
    /// # Panics
    /// If it is not ready within two minutes: what it logged is part of the message.
    pub fn start(arguments: &[&str], log: &Path) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chunkfit-ballista"));
        command.args(arguments).arg("--stop-on-eof").stderr(File::create(log).unwrap());
        // Killed processes do not remove their work folders: they go with the folder of the cluster.
        command.env("TMPDIR", log.parent().unwrap());
        // It holds the other end of stdin, and ends with this process.
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, receiver) = mpsc::channel();
        let stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines();
            let _ = sender.send(lines.next());
            lines.for_each(drop);
        });
        let line = receiver.recv_timeout(Duration::from_secs(120));
        let mut process = Process { child, ready: Ready::new("", ([0, 0, 0, 0], 0).into(), 0), log: log.to_owned() };
        let ready = line.ok().flatten().and_then(Result::ok).and_then(|line| serde_json::from_str(&line).ok());
        match ready {
            Some(ready) => process.ready = ready,
            None => {
                process.kill();
                panic!("{arguments:?} did not get ready: {}", process.logged());
            }
        }
        process
    }

    pub fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, without waiting for what comes of it.
    pub fn terminate(&self) {
        let done = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(done.success());
    }

    /// Lets it find that nobody started it any more.
    pub fn close_stdin(&mut self) {
        drop(self.child.stdin.take());
    }

    /// How it ended, if it did in that time.
    pub fn wait(&mut self, at_most: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + at_most;
        loop {
            match self.child.try_wait().unwrap() {
                None if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
                status => return status,
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A scheduler and its executors.
pub struct Cluster {
    pub scheduler: Process,
    pub executors: Vec<Process>,
    folder: TempDir,
    scheduler_options: Vec<String>,
    executor_options: Vec<String>,
    started: usize,
}

impl Cluster {
    /// With so many executors of so many slots each.
    pub fn start(executors: usize, slots: usize) -> Cluster {
        Cluster::with(executors, slots, &[], &[])
    }

    /// The same, with further options for the processes.
    pub fn with(executors: usize, slots: usize, scheduler_options: &[&str], executor_options: &[&str]) -> Cluster {
        let folder = tempfile::Builder::new().prefix("chunkfit-cluster-").tempdir().unwrap();
        let owned = |options: &[&str]| options.iter().map(ToString::to_string).collect::<Vec<_>>();
        let scheduler_options = owned(scheduler_options);
        let mut executor_options = owned(executor_options);
        executor_options.extend(["--slots".to_owned(), slots.to_string()]);
        let scheduler = start_scheduler(0, &scheduler_options, &folder.path().join("scheduler.log"));
        let mut cluster =
            Cluster { scheduler, executors: Vec::new(), folder, scheduler_options, executor_options, started: 0 };
        (0..executors).for_each(|_| cluster.add_executor());
        cluster
    }

    /// What clients connect to.
    pub fn url(&self) -> String {
        self.scheduler.ready.address.clone()
    }

    /// One executor more.
    pub fn add_executor(&mut self) {
        self.started += 1;
        let log = self.folder.path().join(format!("executor-{}.log", self.started));
        let url = self.url();
        let mut arguments = vec!["executor", "--scheduler", &url];
        arguments.extend(self.executor_options.iter().map(String::as_str));
        let executor = Process::start(&arguments, &log);
        self.executors.push(executor);
    }

    /// Starts the scheduler again, at the same address.
    pub fn restart_scheduler(&mut self) {
        self.scheduler.kill();
        let port = self.url().rsplit(':').next().unwrap().parse().unwrap();
        self.scheduler = start_scheduler(port, &self.scheduler_options, &self.folder.path().join("scheduler-2.log"));
    }

    /// The work folders of executors.
    pub fn work_folders(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect()
    }

    /// What all processes logged, for the message of a test that fails.
    pub fn logged(&self) -> String {
        let executors = self.executors.iter().map(|executor| format!("-- executor\n{}", executor.logged()));
        format!("-- scheduler\n{}{}", self.scheduler.logged(), executors.collect::<String>())
    }
}

fn start_scheduler(port: u16, options: &[String], log: &Path) -> Process {
    let port = port.to_string();
    let mut arguments = vec!["scheduler", "--port", &port];
    arguments.extend(options.iter().map(String::as_str));
    Process::start(&arguments, log)
}
