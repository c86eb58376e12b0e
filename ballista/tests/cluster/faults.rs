//! When a part of the cluster fails, or what it is given is wrong: the right model or a clear error, in time.

use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, MutexGuard};

use chunkfit_ballista::Columns;

use super::faults_ground::{Ground, Outcome, Timing, wait_until_busy};
use super::processes::Cluster;

/// These wait for timeouts, and measure nothing: one at a time, or a machine of few cores makes them time out.
fn ground() -> MutexGuard<'static, Ground> {
    static GROUND: LazyLock<Mutex<Ground>> = LazyLock::new(|| Mutex::new(Ground::new(Timing::QUICK, 12, 1500)));
    GROUND.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn columns() -> Columns {
    Columns::new("text", "label")
}

#[track_caller]
fn assert_bits(outcome: Outcome, expected: &[u8], cluster: &Cluster) {
    let found = outcome.result.unwrap_or_else(|error| panic!("{error}\n{}", cluster.logged()));
    assert!(found == expected, "another result after {:.1} s\n{}", outcome.seconds, cluster.logged());
}

#[test]
fn an_executor_that_is_killed_in_a_fit_costs_time_only() {
    let ground = ground();
    let mut cluster = ground.timing.cluster(2, 1);
    let fit = ground.fit(&cluster);
    wait_until_busy(&cluster, &fit);
    cluster.executors[0].kill();
    assert!(!fit.is_done(), "it was killed too late to matter");
    assert_bits(fit.outcome(), &ground.model, &cluster);
}

#[test]
fn an_executor_that_is_killed_in_predictions_costs_time_only() {
    let ground = ground();
    let mut cluster = ground.timing.cluster(2, 1);
    let predict = ground.predict(&cluster);
    wait_until_busy(&cluster, &predict);
    cluster.executors[1].kill();
    assert!(!predict.is_done(), "it was killed too late to matter");
    assert_bits(predict.outcome(), ground.predicted.as_bytes(), &cluster);
}

#[test]
fn a_fit_whose_scheduler_is_killed_is_submitted_again() {
    let ground = ground();
    let mut cluster = ground.timing.cluster(2, 1);
    let fit = ground.fit(&cluster);
    wait_until_busy(&cluster, &fit);
    cluster.restart_scheduler();
    assert!(!fit.is_done(), "it was killed too late to matter");
    assert_bits(fit.outcome(), &ground.model, &cluster);
}

#[test]
fn a_scheduler_that_stays_away_is_an_error_that_says_so() {
    let mut ground = ground();
    let mut cluster = ground.timing.cluster(1, 1);
    let at_most = std::mem::replace(&mut ground.timing.at_most, 10);
    let fit = ground.fit(&cluster);
    ground.timing.at_most = at_most;
    wait_until_busy(&cluster, &fit);
    cluster.scheduler.kill();
    let outcome = fit.outcome();
    let error = outcome.result.unwrap_err().to_string();
    assert!(error.contains("no scheduler at 127.0.0.1") || error.contains("not done within"), "{error}");
    assert!(outcome.seconds < 40.0, "{} s", outcome.seconds);
}

/// The ground's files, and one more with these bytes.
fn with_another_file(ground: &Ground, bytes: &[u8]) -> PathBuf {
    let folder = tempfile::Builder::new().prefix("damaged-").tempdir_in(ground.folder.path()).unwrap().keep();
    for (i, file) in std::fs::read_dir(&ground.input).unwrap().enumerate().take(3) {
        std::fs::copy(file.unwrap().path(), folder.join(format!("part-{i}.parquet"))).unwrap();
    }
    std::fs::write(folder.join("part-9.parquet"), bytes).unwrap();
    folder
}

#[test]
fn wrong_input_is_an_error_that_names_it() {
    let ground = ground();
    let cluster = ground.timing.cluster(2, 1);
    let fit = |input: &PathBuf, columns: Columns| {
        let outcome = ground.fit_of(input, columns, cluster.url(), 3).outcome();
        let error = outcome.result.expect_err("no model of damaged files").to_string();
        assert!(outcome.seconds < 60.0, "{} s: {error}", outcome.seconds);
        error
    };
    let error = fit(&ground.input, Columns::new("body", "label"));
    assert!(error.contains("`body`") && error.contains("`text`"), "{error}");
    let error = fit(&with_another_file(&ground, b"this is no Parquet"), columns());
    assert!(error.contains("part-9.parquet: ") && error.contains("Invalid Parquet"), "{error}");

    // Whole at the end, where Parquet has its footer, so that only an executor finds the damage.
    let whole = std::fs::read(ground.input.join("part-0003.parquet")).unwrap();
    let mut damaged = whole.clone();
    let middle = damaged.len() / 3;
    damaged[middle..middle + 4000].fill(0xa5);
    let error = fit(&with_another_file(&ground, &damaged), columns());
    assert!(error.contains("part-9.parquet: "), "{error}");

    // The cluster is as well as before.
    assert_bits(ground.fit(&cluster).outcome(), &ground.model, &cluster);
}
