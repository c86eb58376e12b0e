//! What becomes of fits and predictions when parts of a cluster fail, and how long it takes.
//!
//!     cargo bench --profile cluster -p chunkfit-ballista --bench faults
//!
//! Two executors with a slot each, timeouts as the binary has them. Every case ends with the very bits of an undisturbed
//! run or with an error, which is shown; anything else ends the program.
#![allow(clippy::unwrap_used)] // a measurement that cannot be made ends

#[path = "../../tests/common/corpus.rs"]
mod corpus;
#[allow(dead_code)]
#[path = "../../tests/common/faults.rs"]
mod faults;
#[allow(dead_code)]
#[path = "../../tests/common/processes.rs"]
mod processes;
#[allow(dead_code)]
#[path = "../../tests/common/tables.rs"]
mod tables;

use std::time::Duration;

use chunkfit_ballista::Columns;
use clap::Parser;
use faults::{Ground, Outcome, Running, Timing, wait_until_busy};
use processes::Cluster;

#[derive(Parser)]
struct Args {
    /// How many files, each a partition.
    #[arg(long, default_value_t = 32, value_name = "N")]
    files: usize,
    /// How many documents each has.
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    rows: usize,
    /// What cargo says to benchmarks.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What a case has to end with.
enum Expected<'a> {
    Bits(&'a [u8]),
    Error,
}

fn main() {
    let args = Args::parse();
    let ground = Ground::new(Timing::DEFAULT, args.files, args.rows);
    println!("{} files of {} documents.\n", args.files, args.rows);
    println!("| case | outcome | seconds |\n|---|---|---|");
    let model = Expected::Bits(&ground.model);
    let predicted = Expected::Bits(ground.predicted.as_bytes());
    let case = |name: &str, expected: &Expected, start: Start, fault: &dyn Fn(&mut Cluster)| {
        let mut cluster = ground.timing.cluster(2, 1);
        let running = match start {
            Start::Fit => ground.fit(&cluster),
            Start::Predict => ground.predict(&cluster),
        };
        wait_until_busy(&cluster, &running);
        // In the midst of it: some tasks are done, and some are not begun.
        std::thread::sleep(Duration::from_millis(500));
        fault(&mut cluster);
        tell(name, expected, running, &cluster);
    };
    let nothing = |_: &mut Cluster| ();
    let kill = |cluster: &mut Cluster| cluster.executors[0].kill();
    case("a fit, nothing fails", &model, Start::Fit, &nothing);
    case("predictions, nothing fails", &predicted, Start::Predict, &nothing);
    case("kill -9 of one executor in a fit", &model, Start::Fit, &kill);
    case("kill -9 of one executor in predictions", &predicted, Start::Predict, &kill);
    case("kill -9 of both in a fit, one is started again", &model, Start::Fit, &|cluster| {
        cluster.executors.iter_mut().for_each(processes::Process::kill);
        cluster.add_executor();
    });
    case("kill -9 of both in a fit, none is started again", &Expected::Error, Start::Fit, &|cluster| {
        cluster.executors.iter_mut().for_each(processes::Process::kill);
    });
    case("SIGTERM to one executor in a fit", &model, Start::Fit, &|cluster| cluster.executors[0].terminate());
    case("a third executor joins a fit", &model, Start::Fit, &Cluster::add_executor);
    case("kill -9 of the scheduler in a fit, started again", &model, Start::Fit, &Cluster::restart_scheduler);

    let cluster = ground.timing.cluster(2, 1);
    let columns = || Columns::new("text", "label");
    let wrong = |name: &str, input: &std::path::Path, columns: Columns| {
        tell(name, &Expected::Error, ground.fit_of(input, columns, cluster.url(), 3), &cluster);
    };
    wrong("a column that is not there", &ground.input, Columns::new("body", "label"));
    let file = ground.input.join("part-0001.parquet");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    wrong("a file that was cut", &ground.input, columns());
    let mut damaged = whole.clone();
    let middle = whole.len() / 3;
    damaged[middle..middle + 4000].fill(0xa5);
    std::fs::write(&file, damaged).unwrap();
    wrong("a file with 4 KB of damage", &ground.input, columns());
    std::fs::write(&file, whole).unwrap();

    let large = ground.large_model();
    println!("\nA model of {:.1} MB, by reference but for the fit:\n", large.model.len() as f64 / 1e6);
    println!("| case | outcome | seconds |\n|---|---|---|");
    let expected = Expected::Bits(large.predicted.as_bytes());
    let predict = || ground.predict_with(&cluster, &large.reference);
    tell("a fit that gives it", &Expected::Bits(&large.model), ground.fit_large(&cluster), &cluster);
    tell("predictions, the first time", &expected, predict(), &cluster);
    tell("predictions, when executors have it", &expected, predict(), &cluster);
}

#[derive(Clone, Copy)]
enum Start {
    Fit,
    Predict,
}

fn tell(name: &str, expected: &Expected, running: Running, cluster: &Cluster) {
    let Outcome { result, seconds } = running.outcome();
    let outcome = match (result, expected) {
        (Ok(found), Expected::Bits(bits)) => {
            assert!(found == *bits, "{name}: another result\n{}", cluster.logged());
            "the same bits".to_owned()
        }
        (Ok(_), Expected::Error) => panic!("{name}: a result, where an error was expected"),
        (Err(error), Expected::Bits(_)) => panic!("{name}: {error}\n{}", cluster.logged()),
        (Err(error), Expected::Error) => {
            error.to_string().lines().next().unwrap_or_default().chars().take(200).collect()
        }
    };
    println!("| {name} | {outcome} | {seconds:.1} |");
}
