//! Principal axes, chunk after chunk.

use linfa::ParamGuard;
use linfa::dataset::{DatasetBase, Records};
use linfa::traits::{Fit, FitWith};
use ndarray::{Array1, Array2, Axis, Slice, concatenate};
use serde::{Deserialize, Serialize};

use super::centred_rows::{CentredRows, Means};
use super::principal_axes::{PrincipalAxes, variance};
use super::symmetric::{flip_sign, singular_pairs};
use crate::data::{Float, Identified, checked::checked_when_read};
use crate::data::{check_model_bytes, checked_weights};
use crate::error::{Error, Result};
use crate::estimator::{Model, TransformRows, check_columns, check_numbers, check_overflow, check_rows, kind};

const NAME: &str = "IncrementalPca";

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
#[serde(remote = "Self")]
pub struct IncrementalPca {
    params: IncrementalPcaValidParams,
    axes: PrincipalAxes,
    /// The sum of the squared distances from the mean, of all columns.
    squares: Array1<f64>,
    /// The digits of the mean beyond those of a float.
    #[serde(default)]
    mean_rest: Array1<f64>,
}

checked_when_read!(IncrementalPca, serialize: [], deserialize: []);

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
    fn check_read(&self) -> Result<()> {
        check_columns(self.axes.mean.len(), self.squares.len())?;
        if !self.mean_rest.is_empty() {
            check_columns(self.axes.mean.len(), self.mean_rest.len())?;
        }
        check_numbers("squares", &self.squares.to_vec(), |squares| squares >= 0.0 && squares.is_finite())?;
        check_numbers("mean_rest", &self.mean_rest.to_vec(), f64::is_finite)
    }

    /// What is known of all rows so far.
    fn sums(&self) -> Sums {
        let high = self.axes.mean.clone();
        // A file of an earlier version has no more digits of the mean.
        let low = if self.mean_rest.is_empty() { Array1::zeros(high.len()) } else { self.mean_rest.clone() };
        let (n_rows, weight) = (self.axes.n_rows, self.axes.weight());
        Sums { n_rows, weight, means: Means { high, low }, squares: self.squares.clone() }
    }

    /// The rows so far as the axes tell of them, the new ones, and one for what lies between the two means.
    fn stack(&self, chunk: &CentredRows) -> Array2<f64> {
        let Sums { weight: old, means, .. } = self.sums();
        let new = chunk.weight;
        let before = &self.axes.components * &self.axes.singular_values.view().insert_axis(Axis(1));
        let between = (means.to(&chunk.means) * (-(old / (old + new) * new).sqrt())).insert_axis(Axis(0));
        concatenate![Axis(0), before, chunk.rows, between]
    }
}

/// The number, the weight, the mean and the sum of the squared distances from it of all columns of some rows.
struct Sums {
    n_rows: usize,
    weight: f64,
    means: Means,
    squares: Array1<f64>,
}

impl Sums {
    /// Those of some more rows, too.
    fn with(self, chunk: &CentredRows) -> Self {
        let (old, new) = (self.weight, chunk.weight);
        let apart = self.means.to(&chunk.means);
        let spread = &apart * &apart * (old * (new / (old + new)));
        Sums {
            n_rows: self.n_rows.saturating_add(chunk.n_rows),
            weight: old + new,
            means: self.means.plus(&(apart * (new / (old + new)))),
            squares: self.squares + chunk.squares() + spread,
        }
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

impl Identified for IncrementalPcaParams {
    const NAME: &'static str = NAME;
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
    /// The axes after one more chunk (scikit-learn's `partial_fit`). A chunk of no rows leaves a model as it is.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`](crate::ErrorKind::NoRows), to begin with; another number of columns than before
    /// (`ShapeMismatch`); a NaN or infinite value (`NonFinite`); values whose squares are beyond what a float can hold
    /// (`Overflow`); more components than columns, or than rows of the first chunk (`InvalidParameter`, name
    /// `n_components`).
    pub fn partial_fit<F: Float>(&self, model: Option<IncrementalPca>, rows: &Array2<F>) -> Result<IncrementalPca> {
        self.partial_fit_weighted(model, rows, None)
    }

    /// The same, each row counting `sample_weight` times, as if it were there so often. Rows of weight 0 count as
    /// absent; a chunk of nothing else leaves a model as it is.
    ///
    /// # Errors
    /// As [`partial_fit`](Self::partial_fit); weights that are not one for each row (`ShapeMismatch`); a weight that is
    /// negative, NaN or infinite (`InvalidParameter`, name `sample_weight`).
    pub fn partial_fit_weighted<F: Float>(
        &self,
        model: Option<IncrementalPca>,
        rows: &Array2<F>,
        sample_weight: Option<&[f64]>,
    ) -> Result<IncrementalPca> {
        if let Some(model) = &model {
            check_columns(model.axes.mean.len(), rows.ncols())?;
        }
        match model {
            Some(model) if rows.nrows() == 0 => return Ok(model),
            _ => check_rows(rows.nrows(), NAME)?,
        }
        let chunk = CentredRows::of(rows, sample_weight)?;
        match model {
            Some(model) if chunk.n_rows == 0 => return Ok(model),
            _ => check_rows(chunk.n_rows, NAME)?,
        }
        let n_components = self.n_components_of(model.as_ref(), &chunk.rows)?;
        // The rows, the axes so far, and what the singular value decomposition makes of them.
        let stacked = chunk.n_rows + n_components + 1;
        let shape = [(stacked, "rows and components"), (rows.ncols(), "columns")];
        check_model_bytes(NAME, &shape, 3 * size_of::<f64>())?;
        let sums = match &model {
            None => Sums {
                n_rows: chunk.n_rows,
                weight: chunk.weight,
                squares: chunk.squares(),
                means: chunk.means.clone(),
            },
            Some(model) => model.sums().with(&chunk),
        };
        check_overflow(NAME, &[&sums.means.high.to_vec(), &sums.squares.to_vec()])?;
        let stack = match &model {
            None => chunk.rows.clone(),
            Some(model) => model.stack(&chunk),
        };
        let (singular_values, vectors) = singular_pairs(NAME, stack)?;
        let mut components = vectors.slice_axis(Axis(0), Slice::from(..n_components)).to_owned();
        components.rows_mut().into_iter().for_each(flip_sign);
        let (singular_values, left_out) = singular_values.view().split_at(Axis(0), n_components);
        // As there: the rows that count are those of the chunk.
        let all_kept = [chunk.n_rows, rows.ncols()].contains(&n_components);
        let noise = left_out.mapv(|value| variance(value * value, sums.weight)).mean().filter(|_| !all_kept);
        let axes = PrincipalAxes {
            n_rows: sums.n_rows,
            mean: sums.means.high,
            components,
            singular_values: singular_values.to_owned(),
            total_variance: variance(sums.squares.sum(), sums.weight),
            noise_variance: noise.unwrap_or(0.0),
            weight: (sums.weight != sums.n_rows as f64).then_some(sums.weight),
        };
        axes.check_overflow(NAME, &sums.squares.to_vec())?;
        Ok(IncrementalPca { params: self.clone(), axes, squares: sums.squares, mean_rest: sums.means.low })
    }

    /// How many axes to keep.
    fn n_components_of(&self, model: Option<&IncrementalPca>, rows: &Array2<f64>) -> Result<usize> {
        let before = model.map(|model| model.axes.components.dim());
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

/// One more chunk; see [`partial_fit_weighted`](IncrementalPcaValidParams::partial_fit_weighted).
impl<'a, F: Float, T> FitWith<'a, Array2<F>, T, Error> for IncrementalPcaValidParams {
    type ObjectIn = Option<IncrementalPca>;
    type ObjectOut = IncrementalPca;

    fn fit_with(&self, model: Self::ObjectIn, chunk: &'a DatasetBase<Array2<F>, T>) -> Result<IncrementalPca> {
        self.partial_fit_weighted(model, &chunk.records, checked_weights(chunk)?.as_deref())
    }
}

/// All rows of one data set as one chunk, by which the axes are exact.
impl<F: Float, T> Fit<Array2<F>, T, Error> for IncrementalPcaValidParams {
    type Object = IncrementalPca;

    fn fit(&self, dataset: &DatasetBase<Array2<F>, T>) -> Result<IncrementalPca> {
        check_rows(dataset.records.nsamples(), NAME)?;
        let model = self.fit_with(None, dataset)?;
        model.axes.check_weight().map(|()| model)
    }
}

impl<F: Float> TransformRows<Array2<F>> for IncrementalPca {
    type Output = Array2<F>;
    const NAME: &'static str = "project";

    fn transform_rows(&self, rows: &Array2<F>) -> Result<Array2<F>> {
        self.axes.project(NAME, rows, self.params.whiten)
    }
}

impl Model for IncrementalPca {
    type Kind = kind::Transformer;
}
