//! Principal axes, chunk after chunk.

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::{Fit, FitWith};
use linfa::{Float, ParamGuard};
use linfa_linalg::svd::{SVDInto, SvdSort};
use ndarray::{Array1, Array2, Axis, Slice, concatenate};
use serde::{Deserialize, Serialize};

use super::principal_axes::{PrincipalAxes, moments};
use super::symmetric::flip_sign;
use crate::data::{check_model_bytes, wide};
use crate::error::{Error, Result};
use crate::linear::FeatureRows;
use crate::preprocessing::{TransformRows, check_columns, check_rows};

/// Principal component analysis that learns chunk after chunk and remembers no more than the axes
/// (scikit-learn's `IncrementalPCA`, after Ross et al. 2008).
///
/// Dense rows, in `f32` and `f64`; sums run in `f64`. Memory is that of one chunk and the axes, whatever
/// the number of columns, where [`Pca`](super::Pca) holds a square of all columns.
///
/// What a chunk has beyond the axes is forgotten with it, so the result depends on where chunks end and
/// on their order: a little if the axes left out vary little, not at all (up to rounding) if as many are
/// kept as there are columns. [`Pca`](super::Pca) does not depend on it.
///
/// ```
/// use chunkfit::decomposition::IncrementalPca;
/// use chunkfit::prelude::*;
/// use linfa::DatasetBase;
/// use ndarray::array;
///
/// let rows = [array![[1.0, 1.0], [2.0, 2.1]], array![[3.0, 2.9], [4.0, 4.0]]];
/// let chunks = Chunks::from_memory(rows.map(DatasetBase::from));
/// let fit = Chained::new(IncrementalPca::params().n_components(1)).fit(&chunks);
/// let (pca, projected) = Runtime::new().compute((&fit, fit.transform(&chunks)))?;
/// assert!(pca.axes().explained_variance_ratio()[0] > 0.99);
/// assert_eq!(projected[1].records.dim(), (2, 1));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncrementalPca {
    params: IncrementalPcaValidParams,
    axes: PrincipalAxes,
    /// The sum of the squared distances from the mean, of all columns.
    squares: Array1<f64>,
}

/// What an [`IncrementalPca`] is to do. Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncrementalPcaParams(IncrementalPcaValidParams);

/// The parameters of an [`IncrementalPca`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncrementalPcaValidParams {
    n_components: Option<usize>,
    whiten: bool,
}

impl IncrementalPca {
    /// The default parameters.
    pub fn params() -> IncrementalPcaParams {
        IncrementalPcaParams(IncrementalPcaValidParams { n_components: None, whiten: false })
    }

    /// What was learned so far.
    pub fn axes(&self) -> &PrincipalAxes {
        &self.axes
    }

    /// Refuses parts that do not fit together, as a file may have them.
    #[cfg(feature = "persist")]
    pub(crate) fn check_parts(&self) -> Result<()> {
        self.axes.check_parts()?;
        check_columns(self.axes.mean.len(), self.squares.len())
    }
}

impl IncrementalPcaParams {
    /// How many axes to keep: 1 or more, no more than columns and than rows of the first chunk; `None`,
    /// the default, for the smaller of these two (scikit-learn's `n_components`).
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

/// # Errors
/// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter), naming the parameter.
impl ParamGuard for IncrementalPcaParams {
    type Checked = IncrementalPcaValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        match self.0.n_components {
            Some(0) => Err(Error::parameter("n_components", 0, "1 or more, or None")),
            _ => Ok(&self.0),
        }
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl IncrementalPcaValidParams {
    /// The axes after one more chunk, which has rows (scikit-learn's `partial_fit`).
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`](crate::ErrorKind::NoRows); another number of columns than before
    /// (`ShapeMismatch`); a NaN or infinite value (`NonFinite`); more components than columns, or than
    /// rows of the first chunk (`InvalidParameter`, name `n_components`).
    pub fn partial_fit<F: Float>(&self, model: Option<IncrementalPca>, rows: &Array2<F>) -> Result<IncrementalPca> {
        check_rows(rows.nrows(), "IncrementalPca")?;
        rows.check_finite()?;
        let rows = rows.mapv(wide);
        let n_components = self.n_components_of(model.as_ref(), &rows)?;
        // The rows, the axes so far, and what the singular value decomposition makes of them.
        let stacked = rows.nrows() + n_components + 1;
        let shape = [(stacked, "rows and components"), (rows.ncols(), "columns")];
        check_model_bytes("IncrementalPca", &shape, 3 * size_of::<f64>())?;
        let (mean, squares) = moments(&rows);
        let new = rows.nrows() as f64;
        let (n_rows, mean, squares, stack) = match &model {
            None => (rows.nrows(), mean.clone(), squares, rows.clone() - &mean),
            Some(IncrementalPca { axes, squares: squares_before, .. }) => {
                let old = axes.n_rows as f64;
                let apart = &mean - &axes.mean;
                let spread = &apart * &apart * (old * new / (old + new));
                // The rows so far as the axes tell of them, the new ones, and one for what lies between
                // the two means.
                let before = &axes.components * &axes.singular_values.view().insert_axis(Axis(1));
                let between = (&apart * (-(old / (old + new) * new).sqrt())).insert_axis(Axis(0));
                let stack = concatenate![Axis(0), before, rows.clone() - &mean, between];
                (
                    axes.n_rows + rows.nrows(),
                    &axes.mean + apart * (new / (old + new)),
                    squares_before + squares + spread,
                    stack,
                )
            }
        };
        let (_, singular_values, vectors) = stack.svd_into(false, true).map_err(Error::from_estimator)?.sort_svd_desc();
        let vectors = vectors.expect("vectors were asked for");
        let mut components = vectors.slice_axis(Axis(0), Slice::from(..n_components)).to_owned();
        components.rows_mut().into_iter().for_each(flip_sign);
        let free = n_rows as f64 - 1.0;
        let (singular_values, left_out) = singular_values.view().split_at(Axis(0), n_components);
        // As there: the rows that count are those of the chunk.
        let all_kept = [rows.nrows(), rows.ncols()].contains(&n_components);
        let noise = left_out.mapv(|value| value * value / free).mean().filter(|_| !all_kept);
        let axes = PrincipalAxes {
            n_rows,
            mean,
            components,
            singular_values: singular_values.to_owned(),
            total_variance: squares.sum() / free,
            noise_variance: noise.unwrap_or(0.0),
        };
        Ok(IncrementalPca { params: self.clone(), axes, squares })
    }

    /// How many axes to keep.
    fn n_components_of(&self, model: Option<&IncrementalPca>, rows: &Array2<f64>) -> Result<usize> {
        let before = model.map(|model| model.axes.components.dim());
        if let Some((_, columns)) = before {
            check_columns(columns, rows.ncols())?;
        }
        let most = rows.nrows().min(rows.ncols());
        match (self.n_components, before) {
            (None, None) => Ok(most),
            (None, Some((n_components, _))) => Ok(n_components),
            (Some(n_components), None) if n_components > most => {
                let expected =
                    format!("at most {most}, the columns and the rows of the first chunk: join small chunks");
                Err(Error::parameter("n_components", n_components, expected))
            }
            (Some(n_components), Some((had, _))) if n_components != had => {
                Err(Error::parameter("n_components", n_components, format!("{had}, as the model has")))
            }
            (Some(n_components), _) => Ok(n_components),
        }
    }
}

/// One more chunk; see [`partial_fit`](IncrementalPcaValidParams::partial_fit).
impl<'a, F: Float, T> FitWith<'a, Array2<F>, T, Error> for IncrementalPcaValidParams {
    type ObjectIn = Option<IncrementalPca>;
    type ObjectOut = IncrementalPca;

    fn fit_with(&self, model: Self::ObjectIn, chunk: &'a DatasetBase<Array2<F>, T>) -> Result<IncrementalPca> {
        self.partial_fit(model, &chunk.records)
    }
}

/// All rows of one data set as one chunk, by which the axes are exact.
impl<F: Float, T> Fit<Array2<F>, T, Error> for IncrementalPcaValidParams {
    type Object = IncrementalPca;

    fn fit(&self, dataset: &DatasetBase<Array2<F>, T>) -> Result<IncrementalPca> {
        check_rows(dataset.records.nsamples(), "IncrementalPca")?;
        self.partial_fit(None, &dataset.records)
    }
}

impl<F: Float> TransformRows<Array2<F>> for IncrementalPca {
    type Output = Array2<F>;
    const NAME: &'static str = "project";

    fn transform_rows(&self, rows: &Array2<F>) -> Result<Array2<F>> {
        self.axes.project(rows, self.params.whiten)
    }
}
