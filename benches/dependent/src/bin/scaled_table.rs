//! Numbers from a CSV file, scaled, to a probability and a decision: which customers will leave?

use std::fmt::Write;
use std::path::{Path, PathBuf};

use chunkfit::calibration::{Calibration, ThresholdRule};
use chunkfit::prelude::*;
use chunkfit::sources::Csv;
use serde::Deserialize;

const SEED: u64 = 42;

#[derive(Deserialize)]
struct Customer {
    age: f64,
    months: f64,
    monthly_fee: f64,
    calls: f64,
    left: bool,
}

fn main() -> Result<(), Error> {
    let file = make_up(&std::env::temp_dir())?;
    let customers = Csv::open(&file)?.chunk_bytes(32 << 10).records::<Customer>()?;
    let columns = |c: Customer| ([c.age, c.months, c.monthly_fee, c.calls], c.left);
    let examples = customers.examples("columns", columns).chunks();
    let (train, rest) = train_test_split(&examples, 0.5, SEED);
    let (held_out, test) = train_test_split(&rest, 0.5, SEED);

    let regression = Summed::new(LogisticRegression::params().alpha(1e-4));
    let fit = Pipeline::new(StandardScaler::params(), regression).fit(&train);
    let calibrated = fit.calibrated(&held_out, Calibration::Isotonic);
    let thresholded = fit.thresholded(&held_out, ThresholdRule::FBeta(1.0));
    let (before, after) = (fit.probability_loss(&test), calibrated.probability_loss(&test));
    let (model, threshold, confusion, before, after) =
        Runtime::new().compute((&fit, &thresholded, thresholded.confusion(&test), before, after))?;

    for (name, weight) in ["age", "months", "monthly_fee", "calls"].iter().zip(model.model.coef().row(0)) {
        println!("{name:12} {weight:8.3}");
    }
    println!("Log loss {:.4}, calibrated {:.4}.", before.log_loss(), after.log_loss());
    println!("Warned from a decision value of {:.3} on:\n{confusion}", threshold.threshold().value());
    Ok(())
}

/// Writes a file of customers.
fn make_up(folder: &Path) -> Result<PathBuf, Error> {
    let mut state = SEED;
    let mut draw = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let mut table = "age,months,monthly_fee,calls,left\n".to_owned();
    for _ in 0..8000 {
        let (age, months, fee) = (18.0 + 60.0 * draw(), 120.0 * draw() * draw(), 5.0 + 70.0 * draw());
        let calls = (9.0 * draw() * draw()).floor();
        let score = 0.04 * fee + 0.7 * calls - 0.03 * months - 0.01 * age - 2.0;
        let left = draw() < if score > 0.0 { 0.8 } else { 0.1 };
        writeln!(table, "{age:.0},{months:.1},{fee:.2},{calls},{left}").expect("text takes all");
    }
    let file = folder.join("chunkfit-customers.csv");
    std::fs::write(&file, table).map_err(|error| Error::io("write", &file, error))?;
    Ok(file)
}
