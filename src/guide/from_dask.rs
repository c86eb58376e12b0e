//! Guide for users of dask, dask-ml and dask-learn: each of their names with its counterpart here.
//!
//! A collection of dask's is a lazy list of [`Chunks`] here, a lazy value a [`Lazy`] handle; a [`Runtime`] computes them. The
//! table has the names; below it each of dask's collections has a piece of code, with dask's line above ours.
//!
//! # What is different
//!
//! - **Handles never change.** `df["x"] = …` changes a collection; [`Chunks::with_column`] gives another one, and the first
//!   is as it was. Nothing that is made in a loop is overwritten, and the order of calls does not matter: what a task needs
//!   is in its graph.
//! - **Keys are made of parameters.** A task is known by a hash of its operation, its parameters and the keys of its inputs.
//!   Equal tasks run once in a run, and are known in the next process: checkpoints, caches and sinks go on where they
//!   ended. Functions passed as closures are known by their handle only, unless a [`Key`] names them; `dask.delayed` is
//!   not pure by default either.
//! - **Graphs are fixed before they run.** The number of chunks does not depend on what is in the data. There is no shuffle by
//!   value: sorting, joining and `groupby.apply` belong to a query engine.
//! - **Chunks are values of Rust types** of rows in one direction: no `meta`, no unknown divisions, no chunks along columns.
//!   Functions are compiled, and run in threads: nothing is pickled, and no lock of an interpreter is waited for.
//! - **The memory limit is that of a run in one process**, not of each worker. Chunks beyond it are dropped and made again, or
//!   read from a [chunk cache](crate::Runtime::chunk_cache); they are not spilled to disk. A chunk that cannot fit is an
//!   error, where dask pauses its worker and then restarts it.
//! - **The bits are the same** with any number of threads, any limit, and on a cluster. Partial results are merged in a fixed
//!   tree, not as they arrive.
//! - **Errors** name the file, the chunk and the row; a panic in a function of yours is an error of its task.
//!
//! # When to stay with dask, or take something else
//!
//! - Tables that are joined, sorted, pivoted or queried: a query engine (DataFusion, Polars), or dask's DataFrame.
//! - Arrays cut along several axes, as in climate and imaging: dask's Array.
//! - Functions that exist in Python only, and graphs that grow by what they find: dask's Delayed and Future.
//! - Data that fits into memory: linfa's estimators or scikit-learn, without chunks.
//! - Trees, boosting, GPUs: not here.
//!
//! # Names
//!
//! | dask | here | what differs |
//! |---|---|---|
//! | `compute`, `dask.compute(a, b)` | [`Runtime::compute`] of a handle, a tuple or a vector | of the runtime, not of the collection; several handles share their tasks |
//! | `persist` | [`Chunks::keep_in_memory`]; a kept [`Future`](crate::graph::Future) | only where it is asked for |
//! | `Bag`, `from_sequence` | [`Chunks::from_memory`], [`Chunks::from_fn`], [`Chunks::from_files`] | the unit is a chunk: a file, a block of rows |
//! | `Bag.map`, `map_partitions` | [`Chunks::map_rows`]; [`Chunks::map`], [`Chunks::try_map`] | a name for progress and errors |
//! | `Bag.filter` | [`Chunks::filter`] | none |
//! | `Bag.fold`, `reduction` | [`Chunks::fold`], [`Chunks::reduce`] | merged in a fixed tree, not as parts arrive |
//! | `Bag.foldby`, `groupby`, `frequencies` | [`Chunks::aggregate_by`], [`Chunks::value_counts`] | exact; groups are in memory, and too many of them are an error |
//! | `Bag.take` | [`Chunks::take`], [`Chunks::head`] | lazy; chunks behind the last row are not read |
//! | `Bag.flatten`, `Bag.zip` | [`Chunks::flat_map`], [`Chunks::zip`] | chunks of equal numbers of rows |
//! | `npartitions`, `repartition`, `random_sample` | [`Chunks::len`], [`Chunks::repartition`], [`Chunks::sample`] | a sample is of so many rows, the same wherever chunks end |
//! | `Array` | [`Chunks`] of `ndarray` arrays | cut by rows only; see [`arrays`](super::arrays) |
//! | arithmetic of arrays, slices, `reshape`, `transpose` | [`Chunks::map`], [`Chunks::zip`] | a function of chunks, in which `ndarray` does it |
//! | `min`, `max`, `sum`, `mean`, `dot` | [`Chunks::reduce`] | merged in a fixed tree |
//! | `rechunk`, `compute_chunk_sizes` | [`Chunks::rechunk`], [`Chunks::rechunk_bytes`], [`Chunks::counted`] | rows are counted in a run of their own, if they have to be |
//! | `DataFrame`, `read_csv`, `read_json`, `read_parquet` | [`Csv`], [`JsonLines`], `Parquet`: records of your own type | columns are fields, their types are stated; queries go to DataFusion by `chunkfit-ballista` |
//! | `from_pandas(npartitions)` | [`Chunks::from_memory`]; Arrow batches by `chunkfit::data::arrow` | as many chunks as are given |
//! | `apply(axis=1, meta)` | [`Chunks::with_column`], [`Chunks::try_with_column`] | compiled; see [`row_by_row`](super::row_by_row) |
//! | column arithmetic, `to_datetime` | the same; whole columns by [`Chunks::map`] | none is assigned in place |
//! | `head`, `describe`, `value_counts`, `sample` | [`Chunks::head`], [`Chunks::describe`], [`Chunks::value_counts`], [`Chunks::sample`] | a description holds all quantiles, from bins that merge exactly |
//! | `groupby` and aggregate | [`Chunks::aggregate_by`], [`Moments`] | exact, of any number of chunks; see above |
//! | `to_csv`, `to_json`, `to_parquet` | [`Sink`] | a whole file for every input file; what is done is skipped |
//! | `Delayed`, `delayed` | [`Lazy::source`], [`Lazy::map`], [`Lazy::zip`], [`Lazy::gather`] | a [`Task`](crate::graph::Task) has a name and a key |
//! | `Client`, `LocalCluster(n_workers, threads_per_worker, memory_limit)`, `num_workers` | [`Runtime::threads`], [`Runtime::memory_limit`], [`Runtime::session`] | threads of one process; no scheduler to start |
//! | `Future`, `submit` | [`Session::submit`](crate::graph::Session::submit), [`Future`](crate::graph::Future) | joins what runs; dropping the last handle cancels |
//! | `as_completed`, `cancel` | [`as_completed`], [`Future::cancel`](crate::graph::Future::cancel) | none |
//! | `visualize` of a graph | [`Runtime::explain`]: printed, [`dot`](crate::graph::Explanation::dot), `svg` | sizes and sharing as well; before anything runs |
//! | `ProgressBar` | [`Runtime::progress`] | rows and bytes, too |
//! | `Profiler`, `ResourceProfiler`, `visualize` of a profile | [`Runtime::profile`], `diagnostics::Report`, `chrome_trace` | one HTML file: tasks, CPU, memory, losses |
//! | `dashboard` | `Runtime::dashboard` (feature `dashboard`) | for runs and sessions, with losses and scores |
//! | schedulers: threads, processes, `distributed`; Kubernetes, YARN | one pool of threads; the crate `chunkfit-ballista` | a cluster by DataFusion and Ballista, in containers, for [`Averaged`] fits; the same bits; see [`cluster`](super::cluster) |
//! | files in S3 | `Files::in_store` (feature `object-store`) | any source of files reads from there |
//! | dask-ml `Incremental`; dask-learn `Chained` | [`Chained`] | classes need not be known; epochs, [shuffled](crate::combine::Chained::shuffle_chunks) or not, early stopping |
//! | dask-learn `Averaged` | [`Averaged`], [`Summed`] | weighted by curvature; rounds that reach the fit of all rows |
//! | dask-learn `Pipeline`, `HashingVectorizer`, `Matrix`, `from_bag` | [`Pipeline`], [`HashingVectorizer`], chunks of a data set | features and targets are one chunk, so they cannot come apart |
//! | dask-ml `ParallelPostFit` | every fit is [`Fitted`](crate::combine::Fitted); [`IntoFit`] | lazy, chunk by chunk |
//! | `GridSearchCV` of dask-learn and dask-ml | [`Search`] of a [`Grid`] | vectorized chunks are shared by all candidates |
//! | `train_test_split` | [`train_test_split`] | exact over all chunks; by label with [`stratified_split`] |
//! | `make_classification(chunks)` | [`Classification`] | other random numbers |
//! | Keras on a dask array; the `joblib` backend | an estimator of your own in [`Chained`] or [`Averaged`] | a net of any framework, as a whole program beside Keras: [`neural_net`](super::neural_net) |
//! | unit of work: files, ids | chunks of files; [`PerGroup`], [`Chunks::group_by`] | one model for each id in one pass |
//!
//! # Bag
//!
//! A chunk may be a `Vec` of anything. What dask calls a partition is a chunk.
//!
//! ```
//! use chunkfit::{Chunks, Runtime};
//!
//! // b = db.from_sequence(range(1, 7), npartitions=2)
//! let b = Chunks::from_memory([vec![1, 2, 3], vec![4, 5, 6]]);
//!
//! // b.map(lambda x: x * x).filter(lambda x: x % 2 == 1)
//! let odd = b.map_rows("square", |x| x * x).filter("odd", |x| x % 2 == 1);
//!
//! // b.map_partitions(max)
//! let largest = b.map("largest", |chunk| chunk.iter().max().copied());
//!
//! // b.count()
//! let count = b.n_rows();
//!
//! // dask.compute(odd, largest, count)
//! let (odd, largest, count) = Runtime::new().compute((odd, largest, count))?;
//! assert_eq!((odd, largest, count), (vec![vec![1, 9], vec![25]], vec![Some(3), Some(6)], 6));
//! # Ok::<(), chunkfit::Error>(())
//! ```
//!
//! A function that reads one file, over all files, as many at once as there are threads:
//!
//! ```
//! # use chunkfit::Error;
//! use chunkfit::{Chunks, Runtime};
//! # let place = tempfile::tempdir()?;
//! # let paths = ["a.txt", "b.txt"].map(|name| place.path().join(name));
//! # paths.iter().try_for_each(|path| std::fs::write(path, "one\ntwo\n"))?;
//! // db.from_sequence(paths).map(read_lines)
//! let lines = Chunks::from_files("read lines", paths, |path| {
//!     let text = std::fs::read_to_string(path).map_err(|error| Error::io("read", path, error))?;
//!     Ok(text.lines().map(String::from).collect::<Vec<_>>())
//! })?;
//! assert_eq!(Runtime::new().compute(lines.n_rows())?, 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Rows folded, grouped and looked at:
//!
//! ```
//! use chunkfit::{Chunks, Runtime};
//! let b = Chunks::from_memory([vec![1, 2, 3], vec![4, 5, 6]]);
//!
//! // b.fold(lambda total, x: total + x, add, initial=0)
//! let total = b.fold("total", 0, |total, x| total + x, |a, b| a + b);
//!
//! // b.reduction(max, max)
//! let largest = b.reduce("largest", |chunk| chunk.iter().copied().max(), |a, b| a.max(b));
//!
//! // b.foldby(lambda x: x % 2, lambda total, x: total + x, 0, add)
//! let by_parity = b.aggregate_by("parity", |x| x % 2, 0, |total, x| *total += x, |total, more| *total += more);
//!
//! // b.map(lambda x: x % 2).frequencies()
//! let frequencies = b.value_counts("parity", |x| x % 2);
//!
//! // b.take(4)
//! let first = b.head(4);
//!
//! // b.map(range).flatten()
//! let flat = b.flat_map("range", |&x| 0..x);
//!
//! // b.repartition(npartitions=3)
//! let three = b.repartition(3);
//!
//! // b.random_sample(0.5)
//! let sample = b.sample(3, 42);
//!
//! let runtime = Runtime::new();
//! assert_eq!(runtime.compute((total, largest, first))?, (21, Some(6), vec![1, 2, 3, 4]));
//! let (by_parity, frequencies) = runtime.compute((by_parity, frequencies))?;
//! assert_eq!((by_parity[&0], by_parity[&1], frequencies.get(&1)), (12, 9, 3));
//! let (flat, three, sample) = runtime.compute((flat.n_rows(), three, sample))?;
//! assert_eq!((flat, three.len(), sample.len()), (21, 3, 3));
//! # Ok::<(), chunkfit::Error>(())
//! ```
//!
//! # Array
//!
//! ```
//! use chunkfit::{Chunks, Runtime};
//! use ndarray::{Array2, Axis, array, s};
//!
//! // x = da.from_array(…, chunks=(2, 2))
//! let x = Chunks::from_memory([array![[1.0, 2.0], [3.0, 4.0]], array![[5.0, 6.0], [7.0, 8.0]]]);
//!
//! // (x + 1) / 2
//! let scaled = x.map("scale", |x| (x + 1.0) / 2.0);
//!
//! // x[:, 1:]
//! let column = scaled.map("slice", |x| x.slice(s![.., 1..]).to_owned());
//!
//! // x.mean(axis=1)
//! let means = x.map("means of rows", |x| x.mean_axis(Axis(1)));
//!
//! // x.reshape(2, 2, 2): a chunk is one sequence of two rows
//! let sequences = x.map("reshape", |x| x.clone().insert_axis(Axis(0)));
//!
//! let (columns, means, sequences) = Runtime::new().compute((column, means, sequences))?;
//! assert_eq!(columns, [array![[1.5], [2.5]], array![[3.5], [4.5]]]);
//! assert_eq!(means[1], Some(array![5.5, 7.5]));
//! assert_eq!(sequences[0].shape(), [1, 2, 2]);
//! # let _: Vec<Array2<f64>> = columns;
//! # Ok::<(), chunkfit::Error>(())
//! ```
//!
//! Sums over chunks, products, and chunks of another size:
//!
//! ```
//! use chunkfit::{Chunks, Runtime};
//! use ndarray::{Axis, array};
//! let x = Chunks::from_memory([array![[1.0, 2.0], [3.0, 4.0]], array![[5.0, 6.0], [7.0, 8.0]]]);
//! let y = x.map("square", |x| x * x);
//!
//! // x + y
//! let added = x.zip(&y, "add", |x, y| x + y);
//!
//! // x.sum(axis=0), x.min(), x.max()
//! let sum = x.reduce("sum", |x| x.sum_axis(Axis(0)), |a, b| a + b);
//! let least = x.fold("min", f64::INFINITY, |least, row| row.iter().copied().fold(least, f64::min), f64::min);
//!
//! // da.dot(x.T, y)
//! let product = x.zip(&y, "product", |x, y| x.t().dot(y)).reduce("sum", Clone::clone, |a, b| a + b);
//!
//! // x.rechunk((3, 2))
//! let threes = x.rechunk(3);
//!
//! let runtime = Runtime::new();
//! let (added, sum, least) = runtime.compute((added, sum, least))?;
//! assert_eq!((added[0][[1, 1]], sum, least), (20.0, array![16.0, 20.0], 1.0));
//! let (product, threes) = runtime.compute((product, threes))?;
//! assert_eq!((product[[0, 0]], threes[0].nrows(), threes[1].nrows()), (496.0, 3, 1));
//! # Ok::<(), chunkfit::Error>(())
//! ```
//!
//! # DataFrame
//!
//! A row is a record of your own type, or an Arrow batch is a chunk. For joins, sorting and SQL, DataFusion has the table:
//! the crate `chunkfit-ballista` fits models in its queries, here or on a cluster, and makes chunks of a `DataFrame`
//! (`ballista/README.md` in the repository).
//!
//! ```
//! use chunkfit::data::Record;
//! use chunkfit::prelude::*;
//! use chunkfit::sinks::Sink;
//! use chunkfit::sources::Csv;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, Deserialize, Serialize)]
//! struct Row {
//!     col1: i64,
//!     col2: i64,
//! }
//!
//! fn my_func(a: i64, b: i64) -> i64 {
//!     if a > b { a - b } else { b * 2 }
//! }
//!
//! # let place = tempfile::tempdir()?;
//! # let (input, out) = (place.path().join("in"), place.path().join("out"));
//! # std::fs::create_dir(&input)?;
//! # std::fs::write(input.join("a.csv"), "col1,col2\n1,2\n5,3\n")?;
//! // df = dd.read_csv("in/*.csv")
//! let df = Csv::open(&input)?.records::<Record<Row>>()?.chunks();
//!
//! // df["my_new_col"] = df.apply(lambda x: my_func(x.col1, x.col2), axis=1, meta=("my_new_col", "int"))
//! let with_new = df.with_column("my_new_col", |row| my_func(row.col1, row.col2));
//!
//! // df["sum"] = df.col1 + df.col2
//! let with_both = with_new.with_column("sum", |(row, _)| row.col1 + row.col2);
//!
//! // df = df.persist()
//! let runtime = Runtime::new();
//! let held = with_both.keep_in_memory(&runtime)?;
//!
//! // df.sum.max().compute()
//! let most = runtime.compute(held.map("max", |rows| rows.values().iter().copied().max()))?;
//! assert_eq!(most.into_iter().flatten().max(), Some(8));
//!
//! // df.to_csv("out/*.csv", index=False)
//! Sink::csv(&out).rewrite().write(&held, &runtime)?;
//! let written = std::fs::read_to_string(out.join("a.csv"))?;
//! assert_eq!(written, "col1,col2,my_new_col,sum\n1,2,4,3\n5,3,2,8\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Looking at a table, and a metric for each group of its rows:
//!
//! ```
//! use chunkfit::statistics::Moments;
//! use chunkfit::{Chunks, Runtime};
//! let df = Chunks::from_memory([vec![("ann", 3.0), ("bob", 1.0)], vec![("ann", 5.0)]]);
//! let amounts = df.map_rows("amount", |(_, amount)| *amount);
//!
//! // df.head(2), df.amount.describe(), df.customer.value_counts(), df.sample(…)
//! let looks = (df.head(2), amounts.describe(), df.value_counts("customer", |row| row.0), df.sample(2, 0));
//!
//! // df.groupby("customer").amount.mean()
//! let by_customer = df.aggregate_by(
//!     "amounts",
//!     |row| row.0,
//!     Moments::default(),
//!     |moments, row| moments.add(row.1),
//!     |moments, more| moments.merge(&more),
//! );
//!
//! let ((head, description, counts, sample), by_customer) = Runtime::new().compute((looks, by_customer))?;
//! println!("{description}\n{counts}");
//! assert_eq!((head.len(), sample.len(), counts.get(&"ann")), (2, 2, 2));
//! assert_eq!((by_customer["ann"].mean(), by_customer["bob"].mean()), (4.0, 1.0));
//! # Ok::<(), chunkfit::Error>(())
//! ```
//!
//! # Delayed
//!
//! Most graphs need no hand: sources, `map` and fits make them. A task by hand has a name, and a key by which it is known;
//! [`Key::unique`] makes it this call's.
//!
//! ```
//! use chunkfit::graph::{Key, Task};
//! use chunkfit::{Lazy, Runtime};
//!
//! let task = |name: &'static str| Task::new(name, Key::unique());
//!
//! // @delayed
//! // def inc(x): …
//! let inc = |x: &Lazy<u64>| x.map(task("inc"), |x| Ok(x + 1));
//!
//! // x, y = inc(1), inc(2); z = delayed(add)(x, y)
//! let (x, y) = (inc(&Lazy::value(1)), inc(&Lazy::value(2)));
//! let z = x.zip(&y, task("add"), |x, y| Ok(x + y));
//!
//! // total = delayed(sum)([x, y, z])
//! let total = Lazy::gather(&[x, y, z.clone()], task("sum"), |parts| Ok(parts.iter().copied().sum::<u64>()));
//!
//! // z.visualize()
//! let graph = Runtime::new().explain(&z)?;
//! assert_eq!(graph.tasks, 3);
//! println!("{graph}");
//! assert!(graph.dot_tasks().starts_with("digraph"));
//!
//! // dask.compute(z, total)
//! assert_eq!(Runtime::new().compute((z, total))?, (5, 10));
//! # Ok::<(), chunkfit::Error>(())
//! ```
//!
//! # Future, Client, LocalCluster
//!
//! ```
//! use chunkfit::graph::as_completed;
//! use chunkfit::{Chunks, Runtime};
//!
//! // client = Client(LocalCluster(n_workers=1, threads_per_worker=2, memory_limit="4GB"))
//! let session = Runtime::new().threads(2).memory_limit(4 << 30).session()?;
//!
//! // data = client.persist(data)
//! let data = Chunks::from_fn("numbers", 4, |c| Ok(vec![c; 100]));
//! let held = session.submit(data.clone()); // in memory as long as `held` is
//!
//! // futures = [client.submit(power_sum, data, n) for n in range(1, 4)]
//! let power_sum = |n| data.map("power", move |chunk| chunk.iter().map(|x| x.pow(n)).sum::<usize>());
//! let mut futures: Vec<_> = (1..4).map(|n| session.submit(power_sum(n))).collect();
//!
//! // futures.pop().cancel()
//! futures.pop().inspect(|last| last.cancel());
//!
//! // for future in as_completed(futures): …
//! for (place, sums) in as_completed(futures) {
//!     println!("{place}: {:?}", sums?);
//! }
//!
//! // data.result()
//! assert_eq!(held.wait()?.len(), 4);
//! # Ok::<(), chunkfit::Error>(())
//! ```
//!
//! # Diagnostics
//!
//! ```
//! use chunkfit::{Chunks, Runtime};
//!
//! let chunks = Chunks::from_fn("numbers", 4, |c| Ok(vec![c; 100]));
//! let sums = chunks.map("sum", |chunk| chunk.iter().sum::<usize>());
//!
//! // with ProgressBar(), Profiler() as prof, ResourceProfiler() as rprof: sums.compute(num_workers=2)
//! let run = Runtime::new().threads(2).progress(true).profile(true).run(&sums)?;
//! println!("{} tasks, {:?} in sums", run.summary.tasks(), run.summary.busy("sum"));
//! # #[cfg(feature = "diagnostics")]
//! # {
//! # let place = tempfile::tempdir()?;
//! # let file = place.path().join("report.html");
//!
//! // visualize([prof, rprof])
//! chunkfit::diagnostics::Report::new("Sums").run(&run).write(&file)?;
//!
//! // sums.visualize("graph.svg")
//! let picture = Runtime::new().explain(&sums)?.svg();
//! # assert!(picture.starts_with("<svg"));
//! # }
//! # #[cfg(feature = "dashboard")]
//! # {
//!
//! // client.dashboard_link
//! let mut runtime = Runtime::new();
//! println!("{}", runtime.dashboard("127.0.0.1:0")?.url());
//! runtime.compute(&sums)?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Learning
//!
//! dask-learn's text classifier: two models and their scores in one run, which reads and hashes every chunk once.
//!
//! ```
//! use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles};
//! use chunkfit::model_selection::{Grid, KFold, Search};
//! use chunkfit::prelude::*;
//!
//! // docs = db.from_sequence(files).map(file_to_documents).map(remove_empty_topics)
//! let stories = ReutersFiles::sample().open()?;
//! // X, y = docs.map(documents_to_X_text), dm.from_bag(docs.map(documents_to_y))
//! let data = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
//!
//! // X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
//! let (train, test) = train_test_split(&data, 0.2, 42);
//!
//! // vectorizer = HashingVectorizer(n_features=2**12)
//! let text = HashingVectorizer::params().n_features(1 << 12);
//! // Pipeline([("vect", vectorizer), ("sgd", Chained(SGDClassifier()))]).fit(X_train, y_train)
//! let chained = Pipeline::new(text.clone(), Chained::new(SgdClassifier::params())).fit(&train);
//! // Pipeline([("vect", vectorizer), ("logistic", Averaged(LogisticRegression()))]).fit(X_train, y_train)
//! let averaged = Pipeline::new(text, Averaged::new(LogisticRegression::params())).fit(&train);
//!
//! // fit1, fit2, score1, score2 = compute(fit1, fit2, score1, score2, num_workers=2)
//! let scores = (chained.score(&test), averaged.score(&test));
//! let runtime = Runtime::new().threads(2);
//! let (model, _, (score1, score2)) = runtime.compute((chained, averaged, scores))?;
//! assert!(score1 > 0.85 && score2 > 0.85);
//!
//! // ParallelPostFit(model).predict(X_test)
//! use chunkfit::combine::IntoFit;
//! let predicted = model.into_fit().predict(&test);
//! assert_eq!(runtime.compute(&predicted)?.len(), test.len());
//!
//! // GridSearchCV(pipeline, {"sgd__alpha": [1e-3, 1e-5]}, cv=2).fit(X_train, y_train)
//! let params = (HashingVectorizer::params().n_features(1 << 12), SgdClassifier::params());
//! let grid = Grid::new(params).vary("alpha", [1e-3, 1e-5], |(text, sgd), alpha| (text, sgd.alpha(alpha)));
//! let search = Search::new(grid, |(text, sgd)| Pipeline::new(text.clone(), Chained::new(sgd.clone())));
//! let found = search.folds(KFold::new(2)).fit(&runtime, &train)?;
//! println!("{}", found.results);
//! # Ok::<(), Error>(())
//! ```
//!
//! `make_classification` in chunks, learned by `Incremental`, in epochs of another order each:
//!
//! ```
//! use chunkfit::combine::PerGroup;
//! use chunkfit::datasets::synthetic::Classification;
//! use chunkfit::linear::SgdRegressor;
//! use chunkfit::prelude::*;
//! # use chunkfit::linfa::DatasetBase;
//! # use chunkfit::ndarray::{ArrayView1, array};
//!
//! // X, y = make_classification(n_samples=10000, n_features=10, n_informative=5, n_redundant=5, chunks=100)
//! let data = Classification::new(1).n_features(10).n_informative(5).n_redundant(5).chunks(100, 100)?;
//!
//! // for _ in range(5): Incremental(SGDClassifier()).partial_fit(X, y, classes=[0, 1])
//! let fit = Chained::new(SgdClassifier::params()).epochs(5).shuffle_chunks(0).fit(&data);
//! assert!(Runtime::new().compute(fit.score(&data))? > 0.6);
//!
//! // df.groupby("shop").apply(fit_one)
//! # let sales = DatasetBase::new(array![[0.0, 1.0], [1.0, 1.0], [0.0, 2.0]], array![1.0, 2.0, 3.0]);
//! # let sales = Chunks::from_memory([sales]);
//! let by_shop = sales.group_by("shop", |row: ArrayView1<f64>, _| row[0] as usize);
//! let models = Runtime::new().compute(Chained::new(PerGroup::new(SgdRegressor::params())).fit(&by_shop))?;
//! assert_eq!(models.keys().collect::<Vec<_>>(), [&0, &1]);
//! # Ok::<(), Error>(())
//! ```
//!
//!
//! [`as_completed`]: crate::graph::as_completed
//! [`Averaged`]: crate::combine::Averaged
//! [`Chained`]: crate::combine::Chained
//! [`Chunks::aggregate_by`]: crate::Chunks::aggregate_by
//! [`Chunks::counted`]: crate::Chunks::counted
//! [`Chunks::describe`]: crate::Chunks::describe
//! [`Chunks::filter`]: crate::Chunks::filter
//! [`Chunks::flat_map`]: crate::Chunks::flat_map
//! [`Chunks::fold`]: crate::Chunks::fold
//! [`Chunks::from_files`]: crate::Chunks::from_files
//! [`Chunks::from_fn`]: crate::Chunks::from_fn
//! [`Chunks::from_memory`]: crate::Chunks::from_memory
//! [`Chunks::group_by`]: crate::Chunks::group_by
//! [`Chunks::head`]: crate::Chunks::head
//! [`Chunks::keep_in_memory`]: crate::Chunks::keep_in_memory
//! [`Chunks::len`]: crate::Chunks::len
//! [`Chunks::map_rows`]: crate::Chunks::map_rows
//! [`Chunks::map`]: crate::Chunks::map
//! [`Chunks::rechunk_bytes`]: crate::Chunks::rechunk_bytes
//! [`Chunks::rechunk`]: crate::Chunks::rechunk
//! [`Chunks::reduce`]: crate::Chunks::reduce
//! [`Chunks::repartition`]: crate::Chunks::repartition
//! [`Chunks::sample`]: crate::Chunks::sample
//! [`Chunks::take`]: crate::Chunks::take
//! [`Chunks::try_map`]: crate::Chunks::try_map
//! [`Chunks::try_with_column`]: crate::Chunks::try_with_column
//! [`Chunks::value_counts`]: crate::Chunks::value_counts
//! [`Chunks::with_column`]: crate::Chunks::with_column
//! [`Chunks::zip`]: crate::Chunks::zip
//! [`Chunks`]: crate::Chunks
//! [`Classification`]: crate::datasets::synthetic::Classification
//! [`Csv`]: crate::sources::Csv
//! [`Grid`]: crate::model_selection::Grid
//! [`HashingVectorizer`]: crate::text::HashingVectorizer
//! [`IntoFit`]: crate::combine::IntoFit
//! [`JsonLines`]: crate::sources::JsonLines
//! [`Key::unique`]: crate::graph::Key::unique
//! [`Key`]: crate::graph::Key
//! [`Lazy::gather`]: crate::Lazy::gather
//! [`Lazy::map`]: crate::Lazy::map
//! [`Lazy::source`]: crate::Lazy::source
//! [`Lazy::zip`]: crate::Lazy::zip
//! [`Lazy`]: crate::Lazy
//! [`Moments`]: crate::statistics::Moments
//! [`PerGroup`]: crate::combine::PerGroup
//! [`Pipeline`]: crate::combine::Pipeline
//! [`Runtime::compute`]: crate::Runtime::compute
//! [`Runtime::explain`]: crate::Runtime::explain
//! [`Runtime::memory_limit`]: crate::Runtime::memory_limit
//! [`Runtime::profile`]: crate::Runtime::profile
//! [`Runtime::progress`]: crate::Runtime::progress
//! [`Runtime::session`]: crate::Runtime::session
//! [`Runtime::threads`]: crate::Runtime::threads
//! [`Runtime`]: crate::Runtime
//! [`Search`]: crate::model_selection::Search
//! [`Sink`]: crate::sinks::Sink
//! [`stratified_split`]: crate::chunks::stratified_split
//! [`Summed`]: crate::combine::Summed
//! [`train_test_split`]: crate::chunks::train_test_split
