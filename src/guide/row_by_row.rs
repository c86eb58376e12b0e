//! Row-by-row work: a function of every row of a table of any size, into a new column and a file.
//!
//! pandas says `df["fare"] = df.apply(f, axis=1)`, dask the same over partitions. Here it is
//! [`Chunks::with_column`](crate::Chunks::with_column): rows are records of your own, the function is compiled, chunks are
//! worked on by all threads within the memory limit, and nothing is read before the run begins.
//!
//! # From file to file
//!
//! ```
//! use chunkfit::data::Record;
//! use chunkfit::prelude::*;
//! use chunkfit::sinks::Sink;
//! use chunkfit::sources::Csv;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, Deserialize, Serialize)]
//! struct Trip {
//!     distance: f64,
//!     minutes: f64,
//!     kind: String,
//! }
//!
//! fn fare(distance: f64, minutes: f64, kind: &str) -> f64 {
//!     match kind {
//!         "rail" => 1.5 + 0.12 * distance,
//!         "taxi" if minutes > 30.0 => 3.0 + 0.5 * minutes + 0.9 * distance,
//!         _ => 2.0 + 0.3 * minutes,
//!     }
//! }
//!
//! # let place = tempfile::tempdir()?;
//! # let (input, out) = (place.path().join("trips"), place.path().join("fares"));
//! # std::fs::create_dir(&input)?;
//! # std::fs::write(input.join("may.csv"), "distance,minutes,kind\n10,40,taxi\n4.5,30,bus\n")?;
//! let trips = Csv::open(&input)?.records::<Record<Trip>>()?.chunks(); // nothing is read yet
//! let fares = trips.with_column("fare", |trip| fare(trip.distance, trip.minutes, &trip.kind));
//! let runtime = Runtime::new().progress(true).memory_limit(1 << 30); // a bar that counts rows
//! let report = Sink::csv(&out).rewrite().write(&fares, &runtime)?;
//!
//! assert_eq!((report.written(), report.rows()), (1, 2));
//! let written = std::fs::read_to_string(out.join("may.csv"))?;
//! assert_eq!(written, "distance,minutes,kind,fare\n10.0,40.0,taxi,32.0\n4.5,30.0,bus,11.0\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - **Sources** are [`Csv`](crate::sources::Csv), [`JsonLines`](crate::sources::JsonLines), Parquet and Arrow; each has
//!   `records`. Large files are cut between records, so that one file keeps all threads busy.
//! - **Rows** may be of any container, not only records: of a data set the function is given the row's features and target.
//! - **Sinks** write the record's fields by their names, then the new column. There is one output file for every input file.
//!   A value is a boolean, a number, a string, an enum without fields, or an `Option` of such:
//!   [`Tabular`](crate::sinks::Tabular) has the rules.
//! - **A missing cell** is an `Option`: `None` where a CSV field is empty or JSON has `null`, and it is written so. A field
//!   that is empty where the record has no `Option` is a bad record, which [`BadRecords`](crate::sources::BadRecords) may
//!   skip.
//!
//! # Beside its peers
//!
//! The function above over a CSV file of 1,000,000 rows (16 MB), from the file to a file with one more column, on two
//! idle cores: medians of five runs in turns, the ratio that of each pair.
//!
//! | | ours | theirs | ratio | their peak memory |
//! |---|---|---|---|---|
//! | pandas 3.1, `apply(axis=1)` | 196 ms | 13.0 s | 66 × | 429 MB |
//! | dask 2026.8, `apply(axis=1, meta=…)`, 2 processes | 203 ms | 12.6 s | 63 × | 259 MB a process |
//! | Polars 2.1, `map_elements` of a struct | 201 ms | 554 ms | 2.7 × | 222 MB |
//! | Polars 2.1, `map_rows` | 204 ms | 401 ms | 2.0 × | 243 MB |
//! | Polars 2.1, expressions | 200 ms | 122 ms | 0.61 × | 222 MB |
//!
//! Ours holds 52 MB, and 55 MB for ten times as many rows: its memory is that of some chunks. The function is short, so that
//! most of the time is reading and writing CSV, at which Polars is faster; it calls the function of Python's row by row on one
//! thread. Where a function can be written in Polars' expressions and the table fits into memory, take these.
//! `python3 benches/peers/run.py --only rows-pandas,rows-dask,rows-polars-elements,rows-polars-rows,rows-polars-expressions`
//! measures anew.
//!
//! # A function that can fail
//!
//! [`try_with_column`](crate::Chunks::try_with_column) takes a function that gives a `Result` with an error of any type. The
//! run ends with an error that names the file, the chunk, the row within it and the column.
//!
//! ```
//! use chunkfit::{Chunks, Runtime};
//! let answers = Chunks::from_memory([vec!["1", "2"], vec!["3", "many"]]);
//! let numbers = answers.try_with_column("number", |text| text.parse::<u32>());
//! let error = Runtime::new().compute(numbers).unwrap_err();
//! assert_eq!(
//!     error.full_message(),
//!     "the function failed on a row (chunk 1, row 1, task column number): invalid digit found in string"
//! );
//! ```
//!
//! To go on after bad rows, let the function give an `Option`: the cell is missing then.
//!
//! # Several columns
//!
//! A column that needs another one comes after it: its row is the pair of the row as it was and the value. Columns that do
//! not need each other are computed side by side by [`with_columns`](crate::Chunks::with_columns), a task each, and do not
//! wait for each other. They are of one type, as a loop makes them.
//!
//! ```
//! use chunkfit::{Chunks, Runtime};
//! let numbers = Chunks::from_memory([vec![2.0, 3.0], vec![4.0]]);
//!
//! // One after the other: the second is computed from the first.
//! let squares = numbers.with_column("square", |x| x * x);
//! let ratios = squares.with_column("ratio", |(x, square)| square / x);
//!
//! // Side by side, in a loop: each closure has its own `n`, and every column is kept.
//! let mut columns = Vec::new();
//! for n in 1..=3 {
//!     columns.push((format!("times {n}"), move |x: &f64| x * f64::from(n)));
//! }
//! let multiples = numbers.with_columns(columns);
//!
//! let (ratios, multiples) = Runtime::new().compute((ratios.gather(), multiples.gather()))?;
//! assert_eq!(ratios.values(), [2.0, 3.0, 4.0]);
//! assert_eq!(multiples.names(), ["times 1", "times 2", "times 3"]);
//! assert_eq!(multiples.column(2).copied().collect::<Vec<_>>(), [6.0, 9.0, 12.0]);
//! # Ok::<(), chunkfit::Error>(())
//! ```
//!
//! In dask a function that is applied in a loop sees the loop's last value of what it captures by name, and columns are lost
//! unless each is persisted. Here a closure moves what it captures, handles never change once they are made, and the order
//! in which tasks run follows from what they are made of, not from the order of the calls.
//!
//! # Held only if asked
//!
//! Rows go through a run chunk by chunk, and are gone when the sink has written them. A second run computes the column
//! again. To use it often, ask for it to be held, in memory or on disk:
//!
//! ```
//! use chunkfit::{Chunks, Runtime};
//! let runtime = Runtime::new();
//! let squares = Chunks::from_fn("numbers", 3, |c| Ok(vec![c, c + 1])).with_column("square", |x| x * x);
//! let held = squares.keep_in_memory(&runtime)?; // dask's `persist`: these chunks are not computed again
//! assert_eq!(runtime.compute(held.map("sum", |rows| rows.values().iter().sum::<usize>()))?, [1, 5, 13]);
//! # Ok::<(), chunkfit::Error>(())
//! ```
//!
//! On disk: [`Chunks::cached`](crate::Chunks::cached) with [`Runtime::chunk_cache`](crate::Runtime::chunk_cache), or a sink
//! and a source.
//!
//! # Runs that go on where the last one ended
//!
//! A closure is known in its own process only, so that a sink has to `rewrite` all files. Named by a
//! [`Key`](crate::graph::Key), the function is known in the next run as well: files that are there, and whose input and
//! function have not changed, are skipped, also after `kill -9`.
//!
//! ```
//! # use chunkfit::data::Footprint;
//! # use chunkfit::prelude::*;
//! # use chunkfit::sinks::Sink;
//! # use chunkfit::sources::JsonLines;
//! # use serde::{Deserialize, Serialize};
//! use chunkfit::graph::Key;
//! # #[derive(Clone, Deserialize, Serialize)]
//! # struct Visit { pages: u32 }
//! # impl Footprint for Visit {}
//! # let place = tempfile::tempdir()?;
//! # let (input, out) = (place.path().join("visits"), place.path().join("scored"));
//! # std::fs::create_dir(&input)?;
//! # std::fs::write(input.join("a.jsonl"), "{\"pages\":3}\n")?;
//! let write = |weight: f64| {
//!     let visits = JsonLines::open(&input)?.records::<Visit>()?.chunks();
//!     // Raise the version when the function is written anew; name all that it captures.
//!     let key = Key::of("score of a visit, version 1").params(&weight).finish();
//!     let score = move |visit: &Visit| Ok::<_, Error>(weight * f64::from(visit.pages));
//!     Sink::json_lines(&out).write(&visits.with_column_keyed("score", key, score), &Runtime::new())
//! };
//! assert_eq!((write(0.5)?.skipped(), write(0.5)?.skipped(), write(2.0)?.skipped()), (0, 1, 0));
//! assert_eq!(std::fs::read_to_string(out.join("a.jsonl"))?, "{\"pages\":3,\"score\":6.0}\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Other ways
//!
//! - **Whole columns at once**, as vectorized pandas does: [`Chunks::map`](crate::Chunks::map) is given a chunk; arithmetic of
//!   `ndarray` on it is one loop over memory.
//! - **A metric for each group of rows**, a customer's visits say: [`Chunks::aggregate_by`](crate::Chunks::aggregate_by).
//! - **One value in place of the row**: [`Chunks::map_rows`](crate::Chunks::map_rows). Fewer rows:
//!   [`Chunks::filter`](crate::Chunks::filter).
//! - **Expressions, joins, windows**: a query engine. DataFusion is one call away by the crate `chunkfit-ballista`; Polars'
//!   expressions are faster than any function of a row, as the table shows, as long as the function can be written in them
//!   and the table fits into memory.
