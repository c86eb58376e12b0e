//! Arrays over chunks: `dask.array`'s constructs, each in a line.
//!
//! A dask array that is cut by rows is here a list of chunks, each an [`Array2`] or [`Array1`]: [`Chunks<Array2<f64>>`](crate::Chunks).
//! Operations on a block are `ndarray`'s; those over all blocks are [`map`](crate::Chunks::map), [`zip`](crate::Chunks::zip),
//! [`reduce`](crate::Chunks::reduce) and [`rechunk`](crate::Chunks::rechunk). All of it is lazy, and in bounded memory: [`Runtime::compute`](crate::Runtime::compute)
//! runs it. Arrays cut by columns as well are not here: a chunk holds whole rows.
//!
//! Sums run in a fixed tree over the chunks, so that they have the same bits for any number of threads; other chunks of the
//! same rows may give others in the last bits. To sum rows in an order of their own, [`rechunk`](crate::Chunks::rechunk) first.
//!
//! The lines below are one program, and what it asserts holds. `x` has 10 rows of 3 columns in chunks of 4, 4 and 2 rows:
//!
//! ```
//! use chunkfit::data::RowSet;
//! use chunkfit::graph::{Key, Task};
//! use chunkfit::prelude::*;
//! use ndarray::{Array2, Array3, Axis, array, s};
//!
//! let runtime = Runtime::new();
//! let all = Array2::from_shape_fn((10, 3), |(i, j)| (3 * i + j) as f64);
//! let x = Chunks::from_memory([all.clone()]).rechunk(4);
//!
//! // Making arrays: da.ones((1000, 3), chunks=100), da.from_array, da.from_delayed.
//! let ones = Chunks::from_fn("ones", 10, |_| Ok(Array2::<f64>::ones((100, 3)))).with_row_counts([100; 10]);
//! let given = Chunks::from_memory([array![[1.0, 2.0, 3.0]], array![[4.0, 5.0, 6.0]]]);
//!
//! // Shapes: x.chunks, len(x), x.compute_chunk_sizes().
//! assert_eq!(x.row_counts(), Some(vec![4, 4, 2]));
//! assert_eq!(runtime.compute(x.n_rows())?, 10);
//! assert_eq!(ones.map("same", Clone::clone).counted(&runtime)?.row_counts(), Some(vec![100; 10]));
//!
//! // Elementwise: 2 * x + 1, da.sqrt(x), x.astype("f4"), da.where(x > 5, x, 0).
//! let y = x.map("2 x + 1", |x| 2.0 * x + 1.0);
//! let root = x.map("sqrt", |x| x.mapv(f64::sqrt));
//! let single = x.map("f32", |x| x.mapv(|x| x as f32));
//! let some = x.map("where", |x| x.mapv(|x| if x > 5.0 { x } else { 0.0 }));
//!
//! // Elementwise arithmetic of two lists: x + y, x * y, da.maximum(x, y).
//! let sum = x.zip(&y, "x + y", |x, y| x + y);
//! let product = x.zip(&y, "x * y", |x, y| x * y);
//! let larger = x.zip(&y, "maximum", |x, y| ndarray::Zip::from(x).and(y).map_collect(|&x, &y| f64::max(x, y)));
//! assert_eq!(runtime.compute(sum.gather())?, 3.0 * &all + 1.0);
//!
//! // Sums over everything: x.sum(), x.mean(), x.max().
//! let total = x.reduce("sum", |x| x.sum(), |a, b| a + b);
//! let mean = x.reduce("mean", |x| (x.sum(), x.len()), |a, b| (a.0 + b.0, a.1 + b.1));
//! let most = x.reduce("max", |x| x.fold(f64::NEG_INFINITY, |most, &x| most.max(x)), f64::max);
//! let (total, (sum, n), most) = runtime.compute((total, mean, most))?;
//! assert_eq!((total, sum / n as f64, most), (435.0, 14.5, 29.0));
//!
//! // By columns, axis=0: one row for all chunks.
//! let sums = x.reduce("column sums", |x| x.sum_axis(Axis(0)), |a, b| a + b);
//! let means = x.reduce("column means", |x| (x.sum_axis(Axis(0)), x.nrows()), |a, b| (a.0 + b.0, a.1 + b.1));
//! let means = means.map(Task::new("divide", Key::unique()), |(sums, n)| Ok(sums / *n as f64));
//! assert_eq!(runtime.compute((sums, &means))?, (array![135.0, 145.0, 155.0], array![13.5, 14.5, 15.5]));
//!
//! // By rows, axis=1: one number a row, in the same chunks.
//! let row_sums = x.map("row sums", |x| x.sum_axis(Axis(1)));
//! let row_means = x.map("row means", |x| x.sum_axis(Axis(1)) / x.ncols() as f64);
//! assert_eq!(runtime.compute(row_sums.head(2))?, array![3.0, 12.0]);
//!
//! // Broadcasting of what was made of all rows: x - x.mean(axis=0).
//! let centred = Chunks::from_lazies(x.iter().map(|x| {
//!     means.zip(x, Task::new("centre", Key::unique()), |means, x| Ok(x - means))
//! }));
//! assert_eq!(runtime.compute(centred.reduce("sum", |x| x.sum(), |a, b| a + b))?, 0.0);
//!
//! // Slices of rows: x[:5], as a value or as chunks; x[3:8]; x[6:].
//! let five = x.head(5);
//! let first = x.take(5);
//! let middle = Chunks::from_lazies(x.take(8).rechunk(3).iter().skip(1).cloned());
//! let rest = Chunks::from_lazies(x.rechunk(6).iter().skip(1).cloned());
//! assert_eq!(runtime.compute(middle.gather())?, all.slice(s![3..8, ..]));
//! assert_eq!(runtime.compute((five, rest.gather()))?.1, all.slice(s![6.., ..]));
//!
//! // Every third row, x[::3]; rows by their numbers, x[[2, 5, 9]]; rows that fulfil a condition, x[x[:, 0] > 9].
//! let thirds = x.rechunk(3 * 100).map("x[::3]", |x| x.slice(s![..;3, ..]).to_owned());
//! let rows = x.carry("row numbers", Key::unique(), 0, |before, x| {
//!     let first = *before;
//!     *before += x.nrows();
//!     Ok(RowSet::of(x.nrows(), |i| [2, 5, 9].contains(&(first + i))))
//! });
//! let by_number = x.select(&rows);
//! let large = x.filter("x[0] > 9", |row| row[0] > 9.0);
//! assert_eq!(runtime.compute(thirds.gather())?, all.slice(s![..;3, ..]));
//! assert_eq!(runtime.compute(by_number.gather())?, all.select(Axis(0), &[2, 5, 9]));
//! assert_eq!(runtime.compute(large.n_rows())?, 6);
//!
//! // Slices of columns: x[:, 1:], x[:, [2, 0]], x[:, 1].
//! let columns = x.map("x[:, 1:]", |x| x.slice(s![.., 1..]).to_owned());
//! let picked = x.map("x[:, [2, 0]]", |x| x.select(Axis(1), &[2, 0]));
//! let column = x.map("x[:, 1]", |x| x.column(1).to_owned());
//! assert_eq!(runtime.compute(column.head(3))?, array![1.0, 4.0, 7.0]);
//!
//! // Products: x @ w; x.T @ x and x.T @ y, whose sums over rows are sums over chunks.
//! let w = array![[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]];
//! let projected = x.map("x @ w", move |x| x.dot(&w));
//! let gram = x.reduce("x.T @ x", |x| x.t().dot(x), |a, b| a + b);
//! let moment = x.zip(&y, "x.T @ y", |x, y| x.t().dot(y)).reduce("sum", Clone::clone, |a, b| a + b);
//! assert_eq!(runtime.compute((gram, moment))?, (all.t().dot(&all), all.t().dot(&(2.0 * &all + 1.0))));
//!
//! // x.T: each chunk becomes a block of columns; whole, where it fits into memory.
//! let blocks = x.map("transpose", |x| x.t().to_owned());
//! let transposed = x.gather().map(Task::new("transpose", Key::unique()), |x: &Array2<f64>| Ok(x.t().to_owned()));
//! assert_eq!(runtime.compute(&blocks)?[2].dim(), (3, 2));
//!
//! // Below each other, da.concatenate([x, y]); side by side, axis=1; as one more axis, da.stack([x, y], axis=1).
//! let below = x.concat(&y);
//! let beside = x.zip(&y, "beside", |x, y| ndarray::concatenate![Axis(1), *x, *y]);
//! let stacked = x.zip(&y, "stack", |x, y| ndarray::stack![Axis(1), *x, *y]);
//! assert_eq!(runtime.compute(beside.head(1))?.dim(), (1, 6));
//! assert_eq!(runtime.compute(stacked)?[0].dim(), (4, 2, 3));
//!
//! // Other chunks: x.rechunk((5, -1)), x.rechunk(block_size_limit=…), x.repartition.
//! let fives = x.rechunk(5);
//! let small = x.rechunk_bytes(100);
//! let three = x.repartition(3);
//! assert_eq!(three.row_counts(), Some(vec![3, 3, 4]));
//!
//! // Sequences of 2 rows each, two sequences a batch: x.rechunk(4).reshape(-1, 2, 3). Rows that are left over go.
//! let sequences = x.rechunk(2 * 2).try_map("sequences", |x| -> Result<Array3<f64>, Error> {
//!     let n = x.nrows() / 2;
//!     let whole = x.slice(s![..2 * n, ..]).to_owned();
//!     whole.into_shape_with_order((n, 2, 3)).map_err(Error::from_estimator)
//! });
//! assert_eq!(runtime.compute(&sequences)?[0].index_axis(Axis(0), 1), all.slice(s![2..4, ..]));
//!
//! // Kept in memory, x.persist(); all of it as one array, x.compute().
//! let kept = y.keep_in_memory(&runtime)?;
//! assert_eq!(runtime.compute(kept.gather())?.dim(), (10, 3));
//! # let array2 = [root, some, product, larger, columns, picked, projected, large, first, below, fives, small, given, ones];
//! # array2.iter().try_for_each(|list| runtime.compute(list).map(drop))?;
//! # runtime.compute((single, row_means, transposed))?;
//! # Ok::<(), Error>(())
//! ```
//!
//! # Linear algebra
//!
//! | dask.array | here |
//! |---|---|
//! | `da.linalg.lstsq(x, y)` | [`LinearRegression`](crate::linear::LinearRegression) in [`Averaged`](crate::combine::Averaged): the exact solution in one pass |
//! | `da.linalg.svd_compressed(x, k)` | [`TruncatedSvd`](crate::decomposition::TruncatedSvd) in [`Preprocess`](crate::combine::Preprocess) |
//! | `da.linalg.svd(x)`, `da.cov(x)` of centred rows | [`Pca`](crate::decomposition::Pca), for rows of a few thousand columns |
//! | `da.linalg.norm(x)` | `x.reduce("norm", \|x\| x.fold(0.0, \|sum, x\| sum + x * x), \|a, b\| a + b)`, then its root |
//! | `da.linalg.solve`, `inv`, `cholesky` | of a small matrix such as `xᵀx`, in one task: `gram.map(task, …)` with `linfa-linalg` or LAPACK |
//!
//! [`Array1`]: ndarray::Array1
//! [`Array2`]: ndarray::Array2
