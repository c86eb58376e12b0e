//! More log lines than memory holds: learns their levels in one pass, within a limit, and reports on the run.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use chunkfit::diagnostics::Report;
use chunkfit::graph::ChunkCache;
use chunkfit::linear::Loss;
use chunkfit::prelude::*;
use chunkfit::sources::JsonLines;

const SEED: u64 = 42;

fn main() -> Result<(), Error> {
    let folder = std::env::temp_dir().join("chunkfit-logs");
    let logs = JsonLines::open(make_up(&folder)?)?.chunk_bytes(256 << 10);
    let (train, test) = every_nth_split(&logs.text_and_label::<String>("message", "level")?.chunks(), 10);

    let text = HashingVectorizer::params().n_features(1 << 18).dtype::<f32>();
    let sgd = SgdClassifier::params().loss(Loss::LogLoss).seed(SEED);
    let fit = Pipeline::new(text, Chained::new(sgd).epochs(2)).fit(&train);
    let runtime = Runtime::new()
        .memory_limit(64 << 20)
        .chunk_cache(ChunkCache::new(folder.join("cache")).max_bytes(1 << 30))
        .profile(true);
    let run = runtime.run((&fit, fit.confusion(&test)))?;

    let (_, confusion) = &run.values;
    println!("{confusion}");
    for warning in &run.summary.warnings {
        println!("warning: {warning}");
    }
    let scores = confusion.labels().into_iter().map(|level| {
        let numbers = [confusion.precision(&level), confusion.recall(&level)].map(|score| format!("{score:.3}"));
        [level].into_iter().chain(numbers).collect::<Vec<_>>()
    });
    let page = folder.join("report.html");
    Report::new("Levels of log lines")
        .run(&run)
        .table("Scores", ["level", "precision", "recall"], scores)
        .write(&page)?;
    let seconds = run.summary.elapsed.as_secs_f64();
    let (lines, loaded) = (run.summary.rows("vectorize"), run.summary.loaded());
    println!("{lines} lines in {seconds:.2} s, {loaded} chunks from the cache; see {}.", page.display());
    Ok(())
}

/// Writes files of log lines, if they are not there yet.
fn make_up(folder: &Path) -> Result<PathBuf, Error> {
    std::fs::create_dir_all(folder).map_err(|error| Error::io("create the folder", folder, error))?;
    let mut state = 7_usize;
    let mut draw = move |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    for day in 1..=4 {
        let file = folder.join(format!("day-{day}.jsonl"));
        if file.exists() {
            continue;
        }
        let mut lines = String::new();
        for _ in 0..5000 {
            let (level, said) = [
                ("INFO", ["connection opened", "retry scheduled", "cache refreshed"]),
                ("WARN", ["slow query", "retry scheduled", "request failed"]),
                ("ERROR", ["connection lost", "request failed", "disk full"]),
            ][draw(3)];
            let (said, host, millis) = (said[draw(3)], draw(40), draw(3000));
            writeln!(lines, r#"{{"level":"{level}","message":"host-{host}: {said} after {millis} ms"}}"#)
                .expect("text takes all");
        }
        std::fs::write(&file, lines).map_err(|error| Error::io("write", &file, error))?;
    }
    Ok(folder.join("*.jsonl"))
}
