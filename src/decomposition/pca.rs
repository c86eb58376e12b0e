//! Principal axes of all rows.

use ndarray::{Array1, Array2, Axis, Slice};
use serde::{Deserialize, Serialize};

use super::centred_rows::{CentredRows, Means};
use super::principal_axes::{PrincipalAxes, variance};
use super::symmetric::{all_eigenpairs, flip_sign};
use crate::data::{Figure, Float, check_model_bytes};
use crate::error::{Error, Result};
use crate::estimator::{
    LearnRows, Model, TransformRows, check_columns, check_overflow, check_rows, kind, linfa_traits,
};

/// Principal component analysis by the covariance of all rows (scikit-learn's
/// `PCA(svd_solver="covariance_eigh")`).
///
/// Dense rows, in `f32` and `f64`; sums run in `f64`. Covariances of chunks merge, so it learns in one
/// pass, in parallel, and the result is that of all rows together up to rounding, wherever chunks end. It
/// holds a square of all columns for every chunk in flight; for thousands of columns there are
/// [`IncrementalPca`](super::IncrementalPca) and [`TruncatedSvd`](super::TruncatedSvd). Variances
/// below about 1e-15 of the largest are rounding errors.
///
/// ```
/// use chunkfit::decomposition::Pca;
/// use chunkfit::prelude::*;
/// use ndarray::array;
///
/// let chunks = Chunks::from_memory([array![[1.0, 1.0], [2.0, 2.1]], array![[3.0, 2.9], [4.0, 4.0]]]);
/// let fit = Preprocess::new(Pca::params().n_components(1)).fit(&chunks);
/// let (pca, projected) = Runtime::new().compute((&fit, fit.transform(&chunks)))?;
/// assert!(pca.axes().explained_variance_ratio()[0] > 0.99);
/// assert_eq!(projected[1].dim(), (2, 1));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pca {
    params: PcaValidParams,
    axes: PrincipalAxes,
}

/// What a [`Pca`] is to do. Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PcaParams(PcaValidParams);

/// The parameters of a [`Pca`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PcaValidParams {
    n_components: Option<usize>,
    whiten: bool,
}

impl Pca {
    /// The default parameters.
    pub fn params() -> PcaParams {
        PcaParams(PcaValidParams { n_components: None, whiten: false })
    }

    /// What was learned.
    pub fn axes(&self) -> &PrincipalAxes {
        &self.axes
    }
}

impl PcaParams {
    /// How many axes to keep: 1 or more, no more than columns and than rows; `None`, the default, for the
    /// smaller of these two (scikit-learn's `n_components`).
    pub fn n_components(mut self, n_components: impl Into<Option<usize>>) -> Self {
        self.0.n_components = n_components.into();
        self
    }

    /// Whether transformed columns are divided by their standard deviations, by default false
    /// (scikit-learn's `whiten`).
    pub fn whiten(mut self, whiten: bool) -> Self {
        self.0.whiten = whiten;
        self
    }
}

linfa_traits!({} "Pca": PcaParams, PcaValidParams, Pca);

impl PcaValidParams {
    fn validate(&self) -> Result<()> {
        match self.n_components {
            Some(0) => Err(Error::parameter("n_components", 0, "1 or more, or None")),
            _ => Ok(()),
        }
    }
}

/// The number, the weight, the mean and the products of the distances from the mean of some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    n_rows: usize,
    weight: f64,
    means: Means,
    /// Shape (columns, columns).
    products: Array2<f64>,
}

impl<F: Float> LearnRows<Array2<F>> for PcaValidParams {
    type State = Scatter;
    type Learned = Pca;

    fn learn(&self, rows: &Array2<F>) -> Result<Scatter> {
        self.learn_weighted(rows, None)
    }

    fn learn_weighted(&self, rows: &Array2<F>, sample_weight: Option<&[f64]>) -> Result<Scatter> {
        let columns = rows.ncols();
        check_model_bytes("Pca", &[(columns, "columns"), (columns, "columns")], size_of::<f64>())?;
        let CentredRows { n_rows, weight, means, rows } = CentredRows::of(rows, sample_weight)?;
        Ok(Scatter { n_rows, weight, means, products: rows.t().dot(&rows) })
    }

    fn merge(a: Scatter, b: Scatter) -> Result<Scatter> {
        if a.n_rows == 0 || b.n_rows == 0 {
            return Ok(if a.n_rows == 0 { b } else { a });
        }
        check_columns(a.means.high.len(), b.means.high.len())?;
        let (n, m) = (a.weight, b.weight);
        let apart = a.means.to(&b.means);
        let means = a.means.plus(&(&apart * (m / (n + m))));
        let apart = apart.insert_axis(Axis(1));
        let products = a.products + b.products + apart.dot(&apart.t()) * (n * (m / (n + m)));
        Ok(Scatter { n_rows: a.n_rows + b.n_rows, weight: n + m, means, products })
    }

    fn figures(&self, learned: &Pca) -> Vec<Figure> {
        learned.axes.figures()
    }

    /// # Errors
    /// More components than rows or columns (kind `InvalidParameter`, name `n_components`); squares that are beyond
    /// what a float can hold (`Overflow`, with the column).
    fn finish(&self, state: Scatter) -> Result<Pca> {
        check_rows(state.n_rows, "Pca")?;
        let most = state.n_rows.min(state.means.high.len());
        let n_components = self.n_components.unwrap_or(most);
        if n_components > most {
            let expected = format!("at most {most}, the number of rows and of columns");
            return Err(Error::parameter("n_components", n_components, expected));
        }
        let diagonal = state.products.diag().to_vec();
        let sums = state.products.sum_axis(Axis(0)).to_vec();
        check_overflow("Pca", &[&state.means.high.to_vec(), &diagonal, &sums])?;
        let (squares, vectors) = all_eigenpairs("Pca", state.products)?;
        // Below zero by rounding only.
        let squares = Array1::from_vec(squares).mapv(|square| square.max(0.0));
        let (kept, left_out) = squares.view().split_at(Axis(0), n_components);
        // With fewer rows than columns, the last ones are no directions of the rows.
        let left_out = left_out.slice_axis(Axis(0), Slice::from(..most - n_components));
        let mut components = vectors.slice_axis(Axis(1), Slice::from(..n_components)).t().to_owned();
        components.rows_mut().into_iter().for_each(flip_sign);
        let axes = PrincipalAxes {
            n_rows: state.n_rows,
            mean: state.means.high,
            components,
            singular_values: kept.mapv(f64::sqrt),
            total_variance: variance(squares.sum(), state.weight),
            noise_variance: left_out.mean().map_or(0.0, |square| variance(square, state.weight)),
            weight: (state.weight != state.n_rows as f64).then_some(state.weight),
        };
        axes.check_overflow("Pca", &diagonal)?;
        axes.check_weight()?;
        Ok(Pca { params: self.clone(), axes })
    }
}

impl<F: Float> TransformRows<Array2<F>> for Pca {
    type Output = Array2<F>;
    const NAME: &'static str = "project";

    fn transform_rows(&self, rows: &Array2<F>) -> Result<Array2<F>> {
        self.axes.project("Pca", rows, self.params.whiten)
    }
}

impl Model for Pca {
    type Kind = kind::Transformer;
}
