//! Neural nets over chunks: a net of any framework, trained chunk by chunk or in parallel with averaged weights.
//!
//! This crate has no neural nets. A net of candle, burn, tch or of your own becomes an estimator by the contracts of
//! [`estimator`](crate::estimator), and then everything works with it that works with the others: epochs over data
//! larger than memory, progress, checkpoints, early stopping, searches, scores, predictions into files.
//!
//! # The contract
//!
//! A whole one, with a net of one hidden layer that is written by hand in place of a framework:
//!
//! ```
//! use chunkfit::data::{Codec, Identified};
//! use chunkfit::estimator::{
//!     AverageRounds, ByMixing, FitAverage, FitAverageFrom, Model, PartialFit, Persist, Weighting, kind,
//! };
//! use chunkfit::graph::Figure;
//! use chunkfit::linfa::{DatasetBase, traits::PredictInplace};
//! use chunkfit::ndarray::{Array1, Array2, Axis};
//! use chunkfit::prelude::*;
//! use serde::{Deserialize, Serialize};
//!
//! type Rows = DatasetBase<Array2<f64>, Array1<f64>>;
//!
//! /// The parameters: the estimator. Equal ones are one estimator, which is fitted once.
//! #[derive(Clone, Serialize)]
//! struct NetParams {
//!     units: usize,
//!     learning_rate: f64,
//! }
//!
//! impl Identified for NetParams {
//!     const NAME: &'static str = "docs::Net";
//! }
//!
//! /// The model in training: weights, the state of the optimizer, the last loss. A copy shares nothing with it.
//! #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
//! struct Net {
//!     weights: Array2<f64>,
//!     output: Array1<f64>,
//!     momentum: (Array2<f64>, Array1<f64>),
//!     loss: f64,
//! }
//!
//! impl NetParams {
//!     fn begin(&self, columns: usize) -> Net {
//!         // Of a seed, so that every fit begins with the same weights.
//!         let weights = Array2::from_shape_fn((columns, self.units), |(i, j)| ((7 * i + 3 * j) as f64).sin());
//!         let output = Array1::zeros(self.units);
//!         Net { momentum: (Array2::zeros(weights.dim()), output.clone()), weights, output, loss: 0.0 }
//!     }
//!
//!     /// One step: forward, backward, and the optimizer.
//!     fn step(&self, mut net: Net, rows: &Rows) -> Net {
//!         let hidden = rows.records.dot(&net.weights).mapv_into(f64::tanh);
//!         let error = (hidden.dot(&net.output) - &rows.targets) / rows.targets.len() as f64;
//!         net.loss = error.dot(&error) * rows.targets.len() as f64;
//!         let slopes = hidden.mapv(|h| 1.0 - h * h) * &net.output * error.view().insert_axis(Axis(1));
//!         net.momentum.0 = net.momentum.0 * 0.9 + rows.records.t().dot(&slopes);
//!         net.momentum.1 = net.momentum.1 * 0.9 + hidden.t().dot(&error);
//!         net.weights.scaled_add(-self.learning_rate, &net.momentum.0);
//!         net.output.scaled_add(-self.learning_rate, &net.momentum.1);
//!         net
//!     }
//! }
//!
//! /// Chunk after chunk. A chunk is a batch.
//! impl PartialFit<Array2<f64>, Array1<f64>> for NetParams {
//!     type Model = Net;
//!
//!     fn partial_fit(&self, net: Option<Net>, rows: &Rows) -> Result<Net, Error> {
//!         Ok(self.step(net.unwrap_or_else(|| self.begin(rows.records.ncols())), rows))
//!     }
//!
//!     /// For checkpoints.
//!     fn codec(&self) -> Option<Codec<Net>> {
//!         Some(Codec::serialized())
//!     }
//!
//!     /// For the report and the dashboard.
//!     fn figures(&self, net: &Net) -> Vec<Figure> {
//!         vec![Figure::new("loss", net.loss)]
//!     }
//! }
//!
//! /// All chunks in parallel, and their weights averaged by rows.
//! impl FitAverage<Array2<f64>, Array1<f64>> for NetParams {
//!     type State = Option<(Net, f64)>;
//!     type Model = Net;
//!
//!     fn fit_state(&self, rows: &Rows, weighting: Weighting) -> Result<Self::State, Error> {
//!         self.fit_state_from(&self.begin(rows.records.ncols()), rows, weighting)
//!     }
//!
//!     fn merge(a: Self::State, b: Self::State) -> Result<Self::State, Error> {
//!         let (Some((a, rows)), Some((b, more))) = (&a, &b) else { return Ok(a.or(b)) };
//!         let (of_a, of_b) = (rows / (rows + more), more / (rows + more));
//!         let matrix = |a: &Array2<f64>, b: &Array2<f64>| a * of_a + b * of_b;
//!         let vector = |a: &Array1<f64>, b: &Array1<f64>| a * of_a + b * of_b;
//!         let net = Net {
//!             weights: matrix(&a.weights, &b.weights),
//!             output: vector(&a.output, &b.output),
//!             momentum: (matrix(&a.momentum.0, &b.momentum.0), vector(&a.momentum.1, &b.momentum.1)),
//!             loss: a.loss * of_a + b.loss * of_b,
//!         };
//!         Ok(Some((net, rows + more)))
//!     }
//!
//!     fn finish(&self, state: Self::State) -> Result<Net, Error> {
//!         state.map(|(net, _)| net).ok_or_else(|| Error::new(ErrorKind::NoRows { estimator: "Net" }))
//!     }
//! }
//!
//! /// In each further round every chunk learns on from the average.
//! impl FitAverageFrom<Array2<f64>, Array1<f64>> for NetParams {
//!     fn fit_state_from(&self, net: &Net, rows: &Rows, _: Weighting) -> Result<Self::State, Error> {
//!         Ok(Some((self.step(net.clone(), rows), rows.targets.len() as f64)))
//!     }
//! }
//!
//! impl AverageRounds<Array2<f64>, Array1<f64>> for NetParams {
//!     type Way = ByMixing;
//! }
//!
//! impl PredictInplace<Array2<f64>, Array1<f64>> for Net {
//!     fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<f64>) {
//!         y.assign(&x.dot(&self.weights).mapv_into(f64::tanh).dot(&self.output));
//!     }
//!
//!     fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
//!         Array1::zeros(x.nrows())
//!     }
//! }
//!
//! impl Model for Net {
//!     type Kind = kind::Regressor;
//! }
//!
//! impl Persist for Net {
//!     fn kind() -> String {
//!         "Net".into()
//!     }
//! }
//!
//! let chunk = |c: usize| {
//!     let x = Array2::from_shape_fn((64, 2), |(i, j)| ((c * 64 + i) as f64 * (0.37 + j as f64)).sin());
//!     let y = x.rows().into_iter().map(|x| (2.0 * x[0]).sin() - x[1]).collect();
//!     Ok(DatasetBase::new(x, y))
//! };
//! let batches = Chunks::from_fn("batch", 8, chunk);
//! let net = NetParams { units: 16, learning_rate: 0.05 };
//! let chained = Chained::new(net.clone()).epochs(20).fit(&batches);
//! let averaged = Averaged::new(net).rounds(200).fit(&batches);
//! let (r2_chained, r2_averaged) = (chained.score(&batches), averaged.score(&batches));
//! let (net, r2_chained, r2_averaged) = Runtime::new().compute((chained, r2_chained, r2_averaged))?;
//! assert!(r2_chained > 0.9 && r2_averaged > 0.9, "{r2_chained} {r2_averaged}");
//! assert_eq!(Net::from_bytes(&net.to_bytes(&net.training())?)?, net);
//! # Ok::<(), Error>(())
//! ```
//!
//! # With a framework
//!
//! - **The model is plain arrays.** Variables of frameworks are shared: a clone of candle's `Var` is the same memory,
//!   and an optimizer that changes it changes the model of the step before, too. `partial_fit` makes variables of the
//!   arrays, takes the gradients, and hands back arrays; copying them costs next to nothing beside the gradients.
//! - **The state of the optimizer is part of the model.** Adam without its moments is another training after each
//!   checkpoint. candle's own `AdamW` hides them; Adam itself is three lines over arrays.
//! - **Numbers drawn at random follow from a seed in the parameters**, and in the model if they go on from chunk to
//!   chunk (dropout).
//! - **Threads.** A task may use rayon: it gets the threads of the run. So that the bits do not depend on their number,
//!   a batch is cut into parts of a fixed size, whose gradients are added in order; products within a part take one
//!   thread.
//! - **Batches.** A chunk of one batch is one step: [`Chunks::rechunk`](crate::Chunks::rechunk) brings files of any size
//!   to batches. Or let `partial_fit` make a step for every batch of a chunk.
//! - **Kind.** A net that predicts numbers is a [`Regressor`](crate::estimator::kind::Regressor), one that predicts
//!   labels a [`Classifier`](crate::estimator::kind::Classifier) that implements
//!   [`Classify`](crate::estimator::Classify).
//! - **Tests.** `Examples::<Rows, Targets>::new().estimator(params).chained().average().rounds().check()` of the
//!   [conformance suite](../../testing/index.html) holds a net to the laws of all estimators.
//!
//! # An LSTM autoencoder
//!
//! The package `examples/neural_net` of the repository trains one in candle: rows of 10 features, sequences of 50 rows,
//! LSTM layers of 100 and 40 units and a dense layer that reconstruct the sequences, mean absolute error, Adam. 10,000
//! rows of [`Classification`](crate::datasets::synthetic::Classification) are made in chunks of 10 and brought to
//! batches of 128 sequences by [`Chunks::rechunk`](crate::Chunks::rechunk):
//!
//! ```sh
//! cargo run --release -p chunkfit-neural-net -- --svg loss.svg --scores scores --model autoencoder.safetensors
//! ```
//!
//! Its LSTM layer is one operation of candle over whole sequences, forward and backward; Adam is one over arrays.
//! Held-out sequences, of which every tenth has its columns in reverse order, are scored by the model that was loaded
//! from its file: the spoiled ones all have larger scores than the others (area under the ROC curve 1.0), and a sink
//! writes them as CSV.
//!
//! **Loss.** The same network in Keras 3 (TensorFlow) on the same rows, 50 epochs without shuffling:
//!
//! | | chained | Keras |
//! |---|---|---|
//! | loss after 50 epochs, mean of five seeds | 0.491 | 0.464 |
//!
//! From the weights that Keras drew, this net has Keras' losses: within 0.07 % in every epoch of all five seeds. Each
//! side draws its own by the same rules, which is where the difference of the means comes from: 6 %, where seeds of one
//! side differ by more (0.41 to 0.51). With rounds, an epoch is one step of every chunk's own and an average of the
//! weights: 50 of them are 50 steps, where the chain takes 100.
//!
//! <p></p>
#![doc = include_str!("neural_net.svg")]
//!
//! **Time** of 50 epochs, in turns on two idle cores; medians of five (`examples/neural_net/compare.py`):
//!
//! | | chained | Keras, fed by a dask array |
//! |---|---|---|
//! | wall time of `fit` | 3.1 s | 7.0 s |
//! | CPU time | 5.7 s (the whole process) | 8.8 s (`fit` alone) |
//!
//! **Memory**, with a limit of 16 MiB for chunks:
//!
//! | rows | in chunks of | epochs | peak memory of the process |
//! |---|---|---|---|
//! | 10,000 | 10 | 50 | 95 MiB |
//! | 1,000,000 | 1,000 | 1 | 98 MiB |
//! | 1,000,000 | 10 | 1 | 282 MiB |
//!
//! In the last, the graph of 100,000 chunks takes some 2 KB a chunk: chunks of 10 rows are for the example only,
//! [`chunk_size`](super::chunk_size) says which are better.
//!
//! # Different from Keras and dask
//!
//! | Keras fed by a dask array | here |
//! |---|---|
//! | `model.fit(X_dask, …)` makes one array of all chunks in memory before the first step (`np.asarray`) | batches are made while others are learned from, and dropped; a memory limit holds |
//! | `enable_op_determinism` for the same bits from run to run | the same bits on any number of threads, with any memory limit |
//! | `ModelCheckpoint` saves weights or a model, at the end of an epoch | [`Runtime::checkpoint`](crate::Runtime::checkpoint) goes on after any batch, to the bits of a run that was not interrupted |
//! | `History` | the model's own losses; [`PartialFit::figures`](crate::estimator::PartialFit::figures) in the report and on the dashboard |
//! | `EarlyStopping(monitor="val_loss")` | [`Chained::early_stopping`](crate::combine::Chained::early_stopping) on held-out rows |
//! | `tf.distribute`: gradients averaged in every step | [`Averaged`](crate::combine::Averaged) with rounds: weights averaged after every round |
//! | the rows that do not fill a sequence are cut off beforehand, over all chunks | the rows of a batch that do not fill a sequence are dropped; 6,400 rows are 128 sequences |
