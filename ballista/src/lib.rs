//! chunkfit's [`Averaged`](chunkfit::combine::Averaged) as an aggregate function of Apache DataFusion: in this process,
//! and on a cluster of Ballista, with the same result to the last bit.
//!
//! For data or users that outgrow one machine; the estimators are the core's, and so are the models. What is fitted
//! is a [`Recipe`]: a vectorizer and a learner as plain data, which travels in the plan. A chunk is a file, or a
//! partition
//! of a query.
//!
//! ```
//! use chunkfit::linear::LogisticRegression;
//! use chunkfit::text::HashingVectorizer;
//! use chunkfit_ballista::table::{Format, register_files};
//! use chunkfit_ballista::{Columns, Recipe, session};
//! use datafusion::prelude::SessionContext;
//!
//! # #[tokio::main]
//! # async fn main() -> datafusion::error::Result<()> {
//! # let folder = tempfile::tempdir()?;
//! # for (name, lines) in [("a", [("oil prices rise", true), ("rain in spain", false)]), ("b", [("oil and gas", true), ("a fine day", false)])] {
//! #     let lines = lines.map(|(text, label)| format!("{{\"text\": \"{text}\", \"label\": {label}}}\n"));
//! #     std::fs::write(folder.path().join(format!("{name}.jsonl")), lines.concat())?;
//! # }
//! # let stories = format!("{}/", folder.path().display());
//! # let models = format!("file://{}/models", folder.path().display());
//! let context = SessionContext::new_with_config(session::config());
//! session::register(&context); // predict, decision_function, predict_proba, score
//! let stories = register_files(&context, "stories", &stories, Format::JsonLines).await?; // one file, one chunk
//!
//! let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
//! let recipe = Recipe::new(text, LogisticRegression::<f64, bool>::params())?;
//! let model = recipe.fit_frame(&stories, &Columns::new("text", "label")).await?;
//!
//! let model = model.put(&session::stores(&context.state()), &models).await?; // where executors find it
//! let query = format!("SELECT score('{model}', text, label) FROM stories");
//! context.sql(&query).await?.show().await?;
//! # Ok(())
//! # }
//! ```
//!
//! On a cluster the context is made by `SessionContext::remote_with_state`, and all else stays. In SQL a fit is
//! `SELECT customer, fit(text, label, chunk) FROM stories GROUP BY customer`, once
//! [`fit_udaf`]`("fit", recipe)` is registered.
//!
//! # Parts
//!
//! - [`Recipe`], [`FrameFit`], [`FrameModel`], [`Columns`]: what is fitted, over what, and the outcome; further rounds.
//! - [`table`]: tables whose rows know their chunk.
//! - [`functions`]: what there is in queries.
//! - [`model`]: models in queries, by reference or as bytes.
//! - [`frame`]: a `DataFrame` as chunks of the local engine, and back.
//! - [`files`]: results as files, one a partition.
//! - [`session`]: the settings that the same bits need.
//! - [`codec`]: plans on their way. [`cluster`]: the processes of a cluster.
//!
//! # The same bits
//!
//! A chunk's rows are fitted together and in their order, whoever has them. The states of the chunks are merged in one
//! tree over the chunks' numbers, in whatever order they arrive ([`chunkfit::distributed`]). So a model does not
//! depend on the number of partitions, threads or machines; only on which rows are which chunk. What would break this
//! (rows of a chunk in two places, a fit that was begun anew) is found out, and is an error.

pub mod cluster;
pub mod codec;
mod error;
pub mod files;
pub mod frame;
pub mod functions;
mod label;
mod learn;
pub mod model;
mod recipe;
mod runtime;
pub mod session;
pub mod table;

pub use frame::{Columns, FrameFit, FrameModel};
pub use functions::fit_udaf;
pub use label::{AnyLabel, Int, LabelKind};
pub use learn::Step;
pub use recipe::{IntoLearner, Learner, Recipe};
