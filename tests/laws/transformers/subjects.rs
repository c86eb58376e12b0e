//! Every learned transformer, clusterer and decomposition of numbers, and every way to learn and to use each.

use std::sync::LazyLock;

use chunkfit::cluster::{Init, KMeans, MiniBatchKMeans};
use chunkfit::data::{Csr, Norm};
use chunkfit::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use chunkfit::estimator::PartialFit;
use chunkfit::estimator::{LearnRows, TransformRows};
use chunkfit::linear::SgdRegressor;
use chunkfit::prelude::*;
use chunkfit::preprocessing::VarianceThreshold;
use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis, array};

pub type Dense = DatasetBase<Array2<f64>, Array1<f64>>;

/// How a transformer is learned, and how it transforms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// From one data set, by linfa's `fit`.
    Memory,
    /// From chunks, by the engine.
    Chunks,
    /// From parts, merged by hand; or one after the other by `partial_fit`, where parts do not merge.
    Parts,
    /// In a pipeline, with another step.
    Pipeline,
}

pub const WAYS: [Way; 4] = [Way::Memory, Way::Chunks, Way::Parts, Way::Pipeline];

/// Learns from some rows, transforms others, and gives all numbers that come out.
type Learn = dyn Fn(&Dense, &Array2<f64>, Way) -> Result<Vec<f64>, Error> + Send + Sync;

/// A transformer with its parameters.
pub struct Subject {
    pub name: &'static str,
    pub learn: Box<Learn>,
}

/// Rows of either kind, made of dense ones.
trait Kind {
    fn of(dense: &Array2<f64>) -> Self;
    fn numbers(&self) -> Vec<f64>;
}

impl Kind for Array2<f64> {
    fn of(dense: &Array2<f64>) -> Self {
        dense.clone()
    }

    fn numbers(&self) -> Vec<f64> {
        self.iter().copied().collect()
    }
}

impl Kind for Csr<f64> {
    fn of(dense: &Array2<f64>) -> Self {
        Csr::from_dense(dense).unwrap()
    }

    fn numbers(&self) -> Vec<f64> {
        self.to_dense().numbers()
    }
}

/// The same rows as another kind of records.
fn as_kind<R: Kind + linfa::dataset::Records>(data: &Dense) -> DatasetBase<R, Array1<f64>> {
    DatasetBase::new(R::of(&data.records), data.targets.clone()).with_weights(data.weights.clone())
}

/// Rows and weights in chunks of so many rows. Where there are not as many weights as rows, the last chunk has them
/// wrong.
pub fn chunks_of(data: &Dense, size: usize) -> Vec<Dense> {
    let (n, given) = (data.records.nrows(), data.weights.len());
    let part = |start: usize| {
        let end = (start + size).min(n);
        let rows: Vec<usize> = (start..end).collect();
        let last = if end == n { given } else { end.min(given) };
        let weights = (start.min(last)..last).map(|i| data.weights[i]).collect();
        DatasetBase::new(data.records.select(Axis(0), &rows), data.targets.select(Axis(0), &rows)).with_weights(weights)
    };
    (0..n).step_by(size).map(part).collect()
}

fn weights_of<R>(part: &DatasetBase<R, Array1<f64>>) -> Option<Vec<f64>>
where
    R: linfa::dataset::Records,
{
    (!part.weights.is_empty()).then(|| part.weights.iter().map(|&weight| f64::from(weight)).collect())
}

const CHUNK: usize = 7;

/// One that is learned in passes over all rows.
macro_rules! learned {
    ($name:literal, $rows:ty, $params:expr) => {
        Subject {
            name: $name,
            learn: Box::new(|data, probe, way| {
                let params = $params;
                let parts: Vec<DatasetBase<$rows, Array1<f64>>> = chunks_of(data, CHUNK).iter().map(as_kind).collect();
                let probe = <$rows>::of(probe);
                let targets = Array1::<f64>::zeros(linfa::dataset::Records::nsamples(&probe));
                let probes = Chunks::from_memory([DatasetBase::new(probe.clone(), targets)]);
                let chunks = Chunks::from_memory(parts.clone());
                match way {
                    Way::Memory => {
                        let learned = params.fit(&as_kind::<$rows>(data))?;
                        Ok(TransformRows::<$rows>::transform_rows(&learned, &probe)?.numbers())
                    }
                    Way::Parts => {
                        let params = params.check()?;
                        let mut learned = None;
                        for _ in 0..LearnRows::<$rows>::n_passes(&params) {
                            let mut states = Vec::new();
                            for part in &parts {
                                let (rows, weights) = (&part.records, weights_of(part));
                                states.push(match &learned {
                                    None => params.learn_weighted(rows, weights.as_deref())?,
                                    Some(so_far) => params.learn_again_weighted(so_far, rows, weights.as_deref())?,
                                });
                            }
                            let mut states = states.into_iter();
                            let first = states.next().unwrap();
                            let merged = states.try_fold(first, |a, b| merged(&params, &parts[0].records, a, b))?;
                            learned = Some(match &learned {
                                None => LearnRows::<$rows>::finish(&params, merged)?,
                                Some(so_far) => LearnRows::<$rows>::finish_again(&params, so_far, merged)?,
                            });
                        }
                        Ok(TransformRows::<$rows>::transform_rows(&learned.unwrap(), &probe)?.numbers())
                    }
                    Way::Chunks => {
                        let fit = Preprocess::new(params).fit(&chunks);
                        let transformed = Runtime::new().threads(2).compute(fit.transform(&probes))?;
                        Ok(transformed[0].records.numbers())
                    }
                    Way::Pipeline => {
                        let fit = Pipeline::new(params, Chained::new(SgdRegressor::params())).fit(&chunks);
                        let transformed = Runtime::new().threads(1).compute(fit.examples(&probes))?;
                        Ok(transformed[0].records.numbers())
                    }
                }
            }),
        }
    };
}

fn merged<P: LearnRows<R>, R>(_: &P, _: &R, a: P::State, b: P::State) -> Result<P::State, Error> {
    P::merge(a, b)
}

/// One that learns chunk after chunk.
macro_rules! chained {
    ($name:literal, $params:expr) => {
        Subject {
            name: $name,
            learn: Box::new(|data, probe, way| {
                let params = $params;
                let parts = chunks_of(data, CHUNK);
                let chunks = Chunks::from_memory(parts.clone());
                let probes =
                    Chunks::from_memory([DatasetBase::new(probe.clone(), Array1::<f64>::zeros(probe.nrows()))]);
                match way {
                    Way::Memory => Ok(params.fit(data)?.transform_rows(probe)?.numbers()),
                    Way::Parts => {
                        let mut model = None;
                        for part in &parts {
                            model = Some(params.partial_fit(model, part)?);
                        }
                        Ok(model.unwrap().transform_rows(probe)?.numbers())
                    }
                    Way::Chunks => {
                        let fit = Chained::new(params).fit(&chunks);
                        let transformed = Runtime::new().threads(2).compute(Fitted::transform(&fit, &probes))?;
                        Ok(transformed[0].records.numbers())
                    }
                    Way::Pipeline => {
                        let checked = params.check_ref()?;
                        let mut model = None;
                        for part in &parts {
                            model = Some(checked.fit_with(model, part)?);
                        }
                        Ok(model.unwrap().transform_rows(probe)?.numbers())
                    }
                }
            }),
        }
    };
}

/// Rows of three columns: where the centres of the clusters begin.
fn centres() -> Init {
    Init::Centers(array![[0.0, 1.0, 2.0], [5.0, 4.0, 3.0]])
}

pub fn subjects() -> &'static [Subject] {
    static ALL: LazyLock<Vec<Subject>> = LazyLock::new(all);
    &ALL
}

fn all() -> Vec<Subject> {
    type Sparse = Csr<f64>;
    type Rows = Array2<f64>;
    vec![
        learned!("StandardScaler", Rows, StandardScaler::params()),
        learned!("StandardScaler of sparse rows", Sparse, StandardScaler::params().with_mean(false)),
        learned!("MinMaxScaler", Rows, MinMaxScaler::params()),
        learned!("MinMaxScaler that clips", Rows, MinMaxScaler::params().clip(true)),
        learned!("MaxAbsScaler", Rows, MaxAbsScaler::params()),
        learned!("MaxAbsScaler of sparse rows", Sparse, MaxAbsScaler::params().clip(true)),
        learned!("VarianceThreshold", Rows, VarianceThreshold::params()),
        learned!("VarianceThreshold of sparse rows", Sparse, VarianceThreshold::params()),
        learned!("TfidfTransformer", Sparse, TfidfTransformer::params()),
        learned!("TfidfTransformer, L1", Sparse, TfidfTransformer::params().norm(Norm::L1.into())),
        learned!("TfidfTransformer, not smoothed", Sparse, TfidfTransformer::params().smooth_idf(false).norm(None)),
        learned!("Pca", Rows, Pca::params().n_components(2)),
        learned!("Pca that whitens", Rows, Pca::params().whiten(true)),
        learned!("TruncatedSvd", Rows, TruncatedSvd::params().n_components(2)),
        learned!("TruncatedSvd of sparse rows", Sparse, TruncatedSvd::params().n_components(2).n_iter(2)),
        learned!("KMeans", Rows, KMeans::params().n_clusters(2)),
        learned!("KMeans of sparse rows", Sparse, KMeans::params().n_clusters(2).init(Init::Random)),
        learned!("KMeans from centres", Rows, KMeans::params().init(centres())),
        chained!("MiniBatchKMeans", MiniBatchKMeans::params().init(centres()).reassignment_ratio(0.0)),
        chained!("IncrementalPca", IncrementalPca::params().n_components(3)),
        chained!("IncrementalPca that whitens", IncrementalPca::params().n_components(3).whiten(true)),
    ]
}
