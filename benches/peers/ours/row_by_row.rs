//! A function of every row of a table, from a CSV file to another with one more column.

use std::path::{Path, PathBuf};
use std::time::Instant;

use chunkfit::data::Footprint;
use chunkfit::prelude::*;
use chunkfit::sinks::Sink;
use chunkfit::sources::Csv;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Small enough for two threads to have some each.
const CHUNK_BYTES: u64 = 2 << 20;

#[derive(Clone, Deserialize, Serialize)]
struct Trip {
    distance: f64,
    minutes: f64,
    kind: String,
}

impl Footprint for Trip {
    fn heap_bytes(&self) -> usize {
        self.kind.capacity()
    }
}

/// A row as it was written, as far as it is looked at.
#[derive(Clone, Deserialize)]
struct Fare {
    fare: f64,
}

impl Footprint for Fare {}

/// The price of a trip.
fn fare(distance: f64, minutes: f64, kind: &str) -> f64 {
    if kind == "rail" {
        1.5 + 0.12 * distance
    } else if kind == "taxi" && minutes > 30.0 {
        3.0 + 0.5 * minutes + 0.9 * distance
    } else {
        2.0 + 0.3 * minutes
    }
}

/// `out` is a folder.
pub fn run(file: &Path, out: &PathBuf) -> Result<Value, Error> {
    let runtime = Runtime::new().threads(2);
    let started = Instant::now();
    let trips = Csv::open(file)?.chunk_bytes(CHUNK_BYTES).records::<Trip>()?.chunks();
    let fares = trips.with_column("fare", |trip| fare(trip.distance, trip.minutes, &trip.kind));
    Sink::csv(out).rewrite().write(&fares, &runtime)?;
    let seconds = started.elapsed().as_secs_f64();

    let written = Csv::open(out)?.chunk_bytes(CHUNK_BYTES).records::<Fare>()?.chunks();
    let sums = written.map("sum", |rows| (rows.len(), rows.iter().map(|row| row.fare).sum::<f64>()));
    let (rows, sum) = runtime.compute(sums)?.into_iter().fold((0, 0.0), |(n, all), (m, sum)| (n + m, all + sum));
    Ok(json!({ "seconds": seconds, "rows": rows, "sum": sum }))
}
