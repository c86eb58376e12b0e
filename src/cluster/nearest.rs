//! Nearest centres: prediction and distances, for every model of centres.

use linfa::dataset::Records;
use ndarray::Array2;

use super::centers::Centers;
use crate::data::{FeatureRow, FeatureRows, Float, RowsView, float_computation, wide, with_rows};
use crate::error::Result;

/// Centres, and what is nearest to which, for a model that has `centers`.
macro_rules! nearest_center {
    ($model:ident) => {
        crate::data::checked::checked_when_read!($model, serialize: [], deserialize: []);

        impl $model {
            /// The centres: shape (clusters, columns) (scikit-learn's `cluster_centers_`).
            pub fn cluster_centers(&self) -> ndarray::ArrayView2<'_, f64> {
                self.centers.view()
            }

            /// The sum of the squared distances of rows from their nearest centres (scikit-learn's
            /// `inertia_`, and `score` with the other sign).
            ///
            /// # Errors
            /// A number of columns other than in training; a NaN or infinite value; a sum that is beyond what a float
            /// can hold (kind `Overflow`).
            pub fn inertia<X: crate::data::FeatureRows>(&self, x: &X) -> crate::error::Result<f64> {
                self.check_rows(x)?;
                let compiled = crate::data::CompiledRows::of(x)?;
                let (_, squares) = crate::cluster::nearest::assign(compiled.view(), &self.centers);
                let inertia = squares.iter().sum::<f64>();
                if inertia.is_finite() { Ok(inertia) } else { Err(self.overflow(x, None)) }
            }

            /// The error of a distance of a row, or of all rows, that is beyond what a float can hold.
            fn overflow<X: crate::data::FeatureRows>(&self, x: &X, row: Option<usize>) -> crate::Error {
                let column = crate::cluster::nearest::largest_column(x, row);
                crate::Error::new(crate::ErrorKind::Overflow { estimator: stringify!($model), column })
            }

            /// Refuses parts that do not fit together, as a file may have them.
            fn check_read(&self) -> crate::error::Result<()> {
                self.centers.check_parts(&self.counts)
            }

            fn check_rows<X: crate::data::FeatureRows>(&self, x: &X) -> crate::error::Result<()> {
                crate::estimator::check_columns(self.centers.n_features(), x.nfeatures())?;
                crate::cluster::nearest::check_finite(crate::data::CompiledRows::of(x)?.view())
            }
        }

        /// The number of each row's nearest centre.
        ///
        /// # Panics
        /// When the number of columns differs from training, or a value is NaN or infinite;
        /// [`TryPredict`](crate::estimator::TryPredict) and everything lazy report it as an error instead.
        impl<X: crate::data::FeatureRows> linfa::traits::PredictInplace<X, ndarray::Array1<usize>> for $model {
            fn predict_inplace(&self, x: &X, y: &mut ndarray::Array1<usize>) {
                let mut assign = || -> crate::error::Result<()> {
                    self.check_rows(x)?;
                    crate::estimator::check_targets(x.nsamples(), y.len())?;
                    let compiled = crate::data::CompiledRows::of(x)?;
                    let (clusters, _) = crate::cluster::nearest::assign(compiled.view(), &self.centers);
                    y.iter_mut().zip(clusters).for_each(|(own, cluster)| *own = cluster);
                    Ok(())
                };
                crate::estimator::settle(assign());
            }

            fn default_target(&self, x: &X) -> ndarray::Array1<usize> {
                ndarray::Array1::zeros(x.nsamples())
            }
        }

        impl<X: crate::data::FeatureRows> crate::estimator::AssignClusters<X> for $model {
            fn assign_clusters(&self, x: &X) -> crate::error::Result<crate::estimator::Assignment> {
                self.check_rows(x)?;
                let compiled = crate::data::CompiledRows::of(x)?;
                let (clusters, squares) = crate::cluster::nearest::assign(compiled.view(), &self.centers);
                if let Some(i) = squares.iter().position(|square| !square.is_finite()) {
                    return Err(self.overflow(x, Some(i)).at_row(i));
                }
                let clusters = ndarray::Array1::from_vec(clusters);
                let squared_distances = ndarray::Array1::from_vec(squares);
                Ok(crate::estimator::Assignment { clusters, squared_distances })
            }
        }

        /// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
        impl<F: crate::data::Float> linfa::traits::Predict<&crate::data::Csr<F>, ndarray::Array1<usize>> for $model {
            fn predict(&self, x: &crate::data::Csr<F>) -> ndarray::Array1<usize> {
                let mut clusters = linfa::traits::PredictInplace::default_target(self, x);
                linfa::traits::PredictInplace::predict_inplace(self, x, &mut clusters);
                clusters
            }
        }

        /// The distance of each row from each centre: shape (rows, clusters).
        impl<X: crate::data::FeatureRows> crate::estimator::TransformRows<X> for $model {
            type Output = ndarray::Array2<X::Elem>;
            const NAME: &'static str = "measure distances";

            fn transform_rows(&self, x: &X) -> crate::error::Result<Self::Output> {
                self.check_rows(x)?;
                let shape = [(x.nsamples(), "rows"), (self.centers.n_clusters(), "clusters")];
                crate::data::check_model_bytes("distances", &shape, size_of::<X::Elem>())?;
                let compiled = crate::data::CompiledRows::of(x)?;
                let (all, odd) = crate::cluster::nearest::distances(compiled.view(), &self.centers);
                if let Some(i) = odd {
                    return Err(self.overflow(x, Some(i)).at_row(i));
                }
                Ok(all)
            }
        }
    };
}

/// The column of the largest value of some row, or of all rows.
pub(super) fn largest_column<X: FeatureRows>(x: &X, row: Option<usize>) -> usize {
    let rows = row.map_or(0..x.nsamples(), |row| row..row + 1);
    let mut largest = (0, 0.0);
    for i in rows {
        x.feature_row(i).for_each(|column, value| {
            let value = wide(value).abs();
            if value > largest.1 {
                largest = (column, value);
            }
        });
    }
    largest.0
}

/// The number of the nearest centre of each row, and the squared distance from it.
pub(super) fn assign<'a, F: Float>(rows: RowsView<'a, F>, centers: &'a Centers) -> (Vec<usize>, Vec<f64>) {
    F::run::<Assign<'_>>((rows, centers))
}

/// The distances of rows from all centres, and the first row of which one is not finite.
pub(super) fn distances<'a, F: Float>(rows: RowsView<'a, F>, centers: &'a Centers) -> (Array2<F>, Option<usize>) {
    F::run::<Distances<'_>>((rows, centers))
}

/// Refuses NaN and infinite values.
pub(super) fn check_finite<F: Float>(rows: RowsView<'_, F>) -> Result<()> {
    F::run::<CheckFinite<'_>>(rows)
}

float_computation!(Assign<'a>((RowsView<'a, F>, &'a Centers)) -> (Vec<usize>, Vec<f64>) = assign_rows);
float_computation!(Distances<'a>((RowsView<'a, F>, &'a Centers)) -> (Array2<F>, Option<usize>) = all_distances);
float_computation!(CheckFinite<'a>(RowsView<'a, F>) -> Result<()> = finite_rows);

fn finite_rows<F: Float>(rows: RowsView<'_, F>) -> Result<()> {
    with_rows!(rows, x => x.check_finite())
}

fn assign_rows<F: Float>((rows, centers): (RowsView<'_, F>, &Centers)) -> (Vec<usize>, Vec<f64>) {
    with_rows!(rows, x => {
        let mut distances = vec![0.0; centers.n_clusters()];
        (0..x.nsamples()).map(|i| centers.nearest(x, i, &mut distances)).unzip()
    })
}

fn all_distances<F: Float>((rows, centers): (RowsView<'_, F>, &Centers)) -> (Array2<F>, Option<usize>) {
    with_rows!(rows, x => {
        let mut all = Array2::zeros((x.nsamples(), centers.n_clusters()));
        let mut distances = vec![0.0; centers.n_clusters()];
        for (i, mut row) in all.rows_mut().into_iter().enumerate() {
            centers.distances(x, i, &mut distances);
            row.iter_mut().zip(&distances).for_each(|(own, &distance)| *own = F::cast(distance));
            if row.iter().any(|distance| !wide(*distance).is_finite()) {
                return (all, Some(i));
            }
        }
        (all, None)
    })
}

pub(super) use nearest_center;
