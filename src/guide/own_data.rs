//! Own data: records of your own types, from files to examples, with an identity for caches and checkpoints.
//!
//! A struct that serde reads is all that a source asks for. There are two ways on.
//!
//! # Records to examples
//!
//! An estimator takes features and a label. A function of a record gives both: `[x, y]` is a dense row, a `String` is a
//! document ([`FeatureValues`](crate::data::FeatureValues)). The struct needs `Deserialize` and no impl.
//!
//! ```
//! use chunkfit::prelude::*;
//! use chunkfit::sources::Csv;
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Customer {
//!     age: f64,
//!     fee: Option<f64>, // empty in some rows
//!     left: bool,
//! }
//!
//! # let place = tempfile::tempdir()?;
//! # let file = place.path().join("customers.csv");
//! # std::fs::write(&file, "age,fee,left\n34,9.5,true\n51,,false\n29,4,true\n62,12,false\n")?;
//! let customers = Csv::open(&file)?.records::<Customer>()?;
//! let columns = |c: Customer| ([c.age, c.fee.unwrap_or(0.0)], c.left);
//! let examples = customers.examples("columns", columns).chunks();
//! let fit = Pipeline::new(StandardScaler::params(), Chained::new(SgdClassifier::params()).epochs(10)).fit(&examples);
//! assert!(Runtime::new().compute(fit.score(&examples))? > 0.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A function that may fail goes into [`try_examples`](crate::sources::Reading::try_examples), whose errors name the row.
//! Bad records, whose fields serde cannot read, are left to [`BadRecords`](crate::sources::BadRecords).
//!
//! # Records as rows
//!
//! To split, filter, sample, describe or write records, have chunks of them: `Vec<Record<T>>`. [`Record`](crate::data::Record)
//! knows size and form of any struct that serde reads and writes. Beside labels, in a [`DatasetBase`](linfa::DatasetBase),
//! records are an `Array1<Record<T>>`: linfa does not take a `Vec`. A transformer of your own, such as a
//! [`FunctionTransformer`](crate::preprocessing::FunctionTransformer), makes numbers of them within a pipeline, so that
//! a search can vary it and every fold learns what it learns from its own rows.
//!
//! ```
//! use chunkfit::data::Record;
//! use chunkfit::prelude::*;
//! use chunkfit::preprocessing::FunctionTransformer;
//! use chunkfit::sources::JsonLines;
//! use ndarray::{Array1, Array2};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, Serialize, Deserialize)]
//! struct Visit {
//!     page: String,
//!     seconds: f64,
//!     bought: bool,
//! }
//!
//! fn seconds(cap: &f64, visits: &Array1<Record<Visit>>) -> Result<Array2<f64>, Error> {
//!     Ok(Array2::from_shape_fn((visits.len(), 1), |(i, _)| visits[i].seconds.min(*cap)))
//! }
//!
//! # let place = tempfile::tempdir()?;
//! # let file = place.path().join("visits.jsonl");
//! # let line = |seconds: f64| format!("{{\"page\": \"shop\", \"seconds\": {seconds}, \"bought\": {}}}\n", seconds > 60.0);
//! # std::fs::write(&file, (0..40).map(|i| line(f64::from(i * 3))).collect::<String>())?;
//! let visits = JsonLines::open(&file)?.records::<Record<Visit>>()?.chunks();
//! let shop = visits.filter("shop", |visit| visit.page == "shop");
//! let examples = shop.examples("label", |visit| (visit.clone(), visit.bought));
//! let (train, test) = train_test_split(&examples, 0.25, 42);
//! let capped = FunctionTransformer::with_params("seconds", 1, 300.0, seconds);
//! let scaled = Pipeline::steps(capped).then(StandardScaler::params());
//! let fit = scaled.estimator(Summed::new(LogisticRegression::params())).fit(&train);
//! assert!(Runtime::new().compute(fit.score(&test))? > 0.8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A type with an impl of [`Footprint`](crate::data::Footprint) is a row without `Record` around it; labels and keys of types
//! of your own need that impl.
//!
//! # Identity: caches, checkpoints, sinks
//!
//! A chunk cache, a checkpoint and the receipts of a sink know a chunk by what it was made of. Files are known by their
//! state; a closure is known in this process only, for nothing tells whether the next build of the program has the same
//! one. So say it, by a version that you raise when the function changes:
//!
//! | in place of | write |
//! |---|---|
//! | `.map("columns", f)` | `.map_versioned("columns", 1, f)` |
//! | `.examples("columns", f)` | `.examples_versioned("columns", 1, f)` |
//! | a closure that captures `limit` | `.map_keyed("columns", Key::of("columns 1").params(&limit).finish(), f)` |
//! | `.with_column("fare", f)` | `.with_column_keyed("fare", Key::of("fare 1").finish(), f)` |
//! | `Chunks::from_memory(…)`, `Chunks::from_fn(…)` | the same and `.identified(("numbers", 1))` |
//!
//! Without it results are the same. A chunk cache then holds nothing that depends on the closure, which is among the run's
//! [warnings](crate::graph::Summary::warnings) with the code to write; a checkpoint and a sink refuse it
//! ([`NotLasting`](crate::ErrorKind::NotLasting)).
//!
//! ```
//! use chunkfit::graph::ChunkCache;
//! use chunkfit::prelude::*;
//! use chunkfit::sources::Csv;
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Story {
//!     title: String,
//!     body: String,
//!     topic: String,
//! }
//!
//! fn text(story: Story) -> (String, String) {
//!     (format!("{} {}", story.title, story.body), story.topic)
//! }
//!
//! # let place = tempfile::tempdir()?;
//! # let file = place.path().join("stories.csv");
//! # std::fs::write(&file, "title,body,topic\nOil,up,oil\nTea,down,tea\n")?;
//! let runtime = Runtime::new().chunk_cache(ChunkCache::new(place.path().join("cache")));
//! let words = Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params()));
//! let stories = || Csv::open(&file)?.records::<Story>();
//!
//! let run = runtime.run(words.fit(&stories()?.examples("text", text).chunks()))?;
//! assert!(run.summary.warnings[0].message.contains(".examples_versioned(\"text\", 1, …)"));
//!
//! let run = runtime.run(words.fit(&stories()?.examples_versioned("text", 1, text).chunks()))?;
//! assert_eq!((run.summary.cached(), run.summary.warnings.len()), (1, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
