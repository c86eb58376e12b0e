//! A number for every category.

use std::marker::PhantomData;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::categories::{Category, CategorySets};
use super::column_encoder::{ColumnCategories, Declared, check_categories, learn_categories, unknown};
use crate::data::Float;
use crate::error::{Error, Result};
use crate::estimator::{LearnRows, Model, TransformRows, kind, linfa_traits};

/// Replaces every category by its number in its column (scikit-learn's `OrdinalEncoder`).
///
/// From dense columns of categories of one type to dense rows of as many columns. Categories are
/// numbered from 0, sorted if they were found, in the order given if they were declared.
///
/// ```
/// use chunkfit::estimator::TransformRows;
/// use chunkfit::preprocessing::OrdinalEncoder;
/// use linfa::DatasetBase;
/// use linfa::traits::Fit;
/// use ndarray::array;
///
/// let sizes = vec![vec!["small", "large"]];
/// let params = OrdinalEncoder::params().categories(sizes).unknown_value(Some(-1.0));
/// let encoder = params.fit(&DatasetBase::from(array![["small"]]))?;
/// assert_eq!(encoder.transform_rows(&array![["large"], ["huge"]])?, array![[1.0], [-1.0]]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "L: Category + Deserialize<'de>, F: Deserialize<'de>"))]
pub struct OrdinalEncoder<L, F> {
    params: OrdinalEncoderValidParams<L, F>,
    categories: ColumnCategories<L>,
}

/// What an [`OrdinalEncoder`] is to do. Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrdinalEncoderParams<L, F>(OrdinalEncoderValidParams<L, F>);

/// The parameters of an [`OrdinalEncoder`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrdinalEncoderValidParams<L, F> {
    categories: Declared<L>,
    unknown_value: Option<f64>,
    #[serde(skip)]
    element: PhantomData<F>,
}

impl<L> OrdinalEncoder<L, f64> {
    /// The default parameters, with values of type `f64`.
    pub fn params() -> OrdinalEncoderParams<L, f64> {
        let (categories, unknown_value) = (None, None);
        OrdinalEncoderParams(OrdinalEncoderValidParams { categories, unknown_value, element: PhantomData })
    }
}

impl<L: Category, F> OrdinalEncoder<L, F> {
    /// The categories of every column, in the order of their numbers (scikit-learn's
    /// `categories_`).
    pub fn categories(&self) -> impl ExactSizeIterator<Item = &[L]> {
        self.categories.iter()
    }
}

impl<L, F> OrdinalEncoderParams<L, F> {
    /// The categories of every column; by default they are found (scikit-learn's `categories`).
    pub fn categories(mut self, categories: Vec<Vec<L>>) -> Self {
        self.0.categories = Some(categories);
        self
    }

    /// The number of a category that is not known: none that a known one has; NaN is allowed. By
    /// default `None`: it is an error (scikit-learn's `handle_unknown` and `unknown_value`).
    pub fn unknown_value(mut self, unknown_value: Option<f64>) -> Self {
        self.0.unknown_value = unknown_value;
        self
    }

    /// The same with values of type `G`, `f32` or `f64` (scikit-learn's `dtype`).
    pub fn dtype<G: Float>(self) -> OrdinalEncoderParams<L, G> {
        let OrdinalEncoderValidParams { categories, unknown_value, .. } = self.0;
        OrdinalEncoderParams(OrdinalEncoderValidParams { categories, unknown_value, element: PhantomData })
    }
}

linfa_traits!({L: Category, F: Float} "OrdinalEncoder": OrdinalEncoderParams<L, F>, OrdinalEncoderValidParams<L, F>, OrdinalEncoder<L, F>);

impl<L: Category, F: Float> OrdinalEncoderValidParams<L, F> {
    fn validate(&self) -> Result<()> {
        check_categories(&self.categories)
    }
}

impl<L: Category, F: Float> LearnRows<Array2<L>> for OrdinalEncoderValidParams<L, F> {
    type State = CategorySets<L>;
    type Learned = OrdinalEncoder<L, F>;

    /// # Errors
    /// [`ErrorKind::UnknownCategory`](crate::ErrorKind::UnknownCategory) for one that was not declared.
    fn learn(&self, rows: &Array2<L>) -> Result<Self::State> {
        self.learn_weighted(rows, None)
    }

    fn learn_weighted(&self, rows: &Array2<L>, sample_weight: Option<&[f64]>) -> Result<Self::State> {
        learn_categories(rows, sample_weight, &self.categories, self.unknown_value.is_none())
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for an `unknown_value` that
    /// is a known category's number.
    fn finish(&self, state: Self::State) -> Result<OrdinalEncoder<L, F>> {
        let categories = ColumnCategories::finish(state, &self.categories, "OrdinalEncoder")?;
        let most = categories.iter().map(<[L]>::len).max().unwrap_or(0);
        if let Some(value) = self.unknown_value.filter(|value| (0..most).any(|code| code as f64 == *value)) {
            let expected = format!("none of 0 to {}, which are numbers of known categories", most - 1);
            return Err(Error::parameter("unknown_value", value, expected));
        }
        Ok(OrdinalEncoder { params: self.clone(), categories })
    }
}

impl<L: Category, F: Float> TransformRows<Array2<L>> for OrdinalEncoder<L, F> {
    type Output = Array2<F>;
    const NAME: &'static str = "encode";

    /// # Errors
    /// [`ErrorKind::UnknownCategory`](crate::ErrorKind::UnknownCategory), with the row, unless
    /// `unknown_value` is set.
    fn transform_rows(&self, rows: &Array2<L>) -> Result<Array2<F>> {
        let mut codes = Array2::zeros(rows.dim());
        self.categories.for_each(rows, |row, column, code| {
            let code = code.map(|code| code as f64).or(self.params.unknown_value);
            codes[(row, column)] = F::cast(code.ok_or_else(|| unknown(rows, row, column))?);
            Ok(())
        })?;
        Ok(codes)
    }
}

impl<L: Category, F: Float> Model for OrdinalEncoder<L, F> {
    type Kind = kind::Transformer;
}
