//! Processes end when they are told to, and say why when they cannot start.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::processes::{Cluster, Process};

const SOON: Duration = Duration::from_secs(60);

#[test]
fn sigterm_ends_both_kinds_of_processes_and_leaves_no_folder() {
    let mut cluster = Cluster::start(1, 1);
    assert_eq!(cluster.work_folders().len(), 1);
    cluster.executors[0].terminate();
    let ended = cluster.executors[0].wait(SOON).expect("the executor ends");
    assert!(ended.success(), "{}", cluster.logged());
    assert!(cluster.work_folders().is_empty(), "the work folder is removed");

    cluster.scheduler.terminate();
    assert!(cluster.scheduler.wait(SOON).expect("the scheduler ends").success(), "{}", cluster.logged());
}

#[test]
fn processes_end_with_the_one_that_started_them() {
    let mut cluster = Cluster::start(1, 1);
    for process in cluster.executors.iter_mut().chain([&mut cluster.scheduler]) {
        process.close_stdin();
        assert!(process.wait(SOON).is_some_and(|status| status.success()));
    }
}

#[test]
fn a_port_that_is_taken_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let scheduler = Process::start(&["scheduler", "--port", "0"], &folder.path().join("log"));
    let port = scheduler.ready.address.rsplit(':').next().unwrap().to_owned();
    let second = Command::new(env!("CARGO_BIN_EXE_chunkfit-ballista"))
        .args(["scheduler", "--port", &port])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(!second.status.success() && said.contains(&port), "{said}");
}
