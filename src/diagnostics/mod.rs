//! Seeing what ran: reports, pictures and traces of runs (feature `diagnostics`).
//!
//! - [`Report`]: one HTML file that needs nothing else: threads over time, CPU and memory, time by
//!   kind of task, what was shared, the graph, and tables of the caller's.
//! - `Dashboard` (feature `dashboard`): a page in the browser that follows runs live.
//! - [`Explanation::svg`](crate::graph::Explanation::svg): a picture of a graph, before or after
//!   it ran. (Its Graphviz source, [`dot`](crate::graph::Explanation::dot), needs no feature.)
//! - [`Profile::chrome_trace`](crate::graph::Profile::chrome_trace): a run as a trace that opens in
//!   <https://ui.perfetto.dev>.
//!
//! ```
//! use chunkfit::diagnostics::Report;
//! use chunkfit::{Chunks, Runtime};
//! let chunks = Chunks::from_fn("count", 3, |c| Ok(vec![c; 10]));
//! let sums = chunks.map("sum", |chunk| chunk.iter().sum::<usize>());
//! let run = Runtime::new().profile(true).run(&sums)?;
//! let sums = run.values.iter().enumerate().map(|(c, sum)| [c, *sum].map(|n| n.to_string()));
//! let page = Report::new("Three sums").run(&run).table("Sums", ["chunk", "sum"], sums).to_html();
//! assert!(page.contains("Three sums"));
//! # Ok::<(), chunkfit::Error>(())
//! ```

mod colours;
#[cfg(feature = "dashboard")]
mod dashboard;
mod drawing;
mod file;
mod layout;
mod overview;
mod report;
mod run_view;
mod time;
mod trace;

#[cfg(feature = "dashboard")]
pub use dashboard::Dashboard;
#[cfg(feature = "dashboard")]
pub use dashboard::DashboardOptions;
pub use report::Report;
