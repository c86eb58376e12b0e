//! A column for every category.

use std::marker::PhantomData;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::categories::{Category, CategorySets, HandleUnknown};
use super::column_encoder::{ColumnCategories, Declared, check_categories, learn_categories, unknown};
use crate::data::{Csr, CsrBuilder, Float};
use crate::error::Result;
use crate::estimator::{LearnRows, Model, TransformRows, kind, linfa_traits};

/// Gives every category of every column a column of its own, which is 1 where the category is and
/// else 0 (scikit-learn's `OneHotEncoder`).
///
/// From dense columns of categories of one type to sparse rows. The categories of a column stand side
/// by side, sorted if they were found, in the order given if they were declared. There is no `drop`,
/// and rare categories are not put together.
///
/// ```
/// use chunkfit::estimator::TransformRows;
/// use chunkfit::preprocessing::OneHotEncoder;
/// use linfa::DatasetBase;
/// use linfa::traits::Fit;
/// use ndarray::array;
///
/// let encoder = OneHotEncoder::params().fit(&DatasetBase::from(array![["oslo", "x"], ["bonn", "x"]]))?;
/// assert_eq!(encoder.transform_rows(&array![["oslo", "x"]])?.to_dense(), array![[0.0, 1.0, 1.0]]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "L: Category + Deserialize<'de>, F: Deserialize<'de>"))]
pub struct OneHotEncoder<L, F> {
    params: OneHotEncoderValidParams<L, F>,
    categories: ColumnCategories<L>,
}

/// What a [`OneHotEncoder`] is to do. Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneHotEncoderParams<L, F>(OneHotEncoderValidParams<L, F>);

/// The parameters of a [`OneHotEncoder`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneHotEncoderValidParams<L, F> {
    categories: Declared<L>,
    handle_unknown: HandleUnknown,
    #[serde(skip)]
    element: PhantomData<F>,
}

impl<L> OneHotEncoder<L, f64> {
    /// The default parameters, with values of type `f64`.
    pub fn params() -> OneHotEncoderParams<L, f64> {
        let (categories, handle_unknown) = (None, HandleUnknown::Error);
        OneHotEncoderParams(OneHotEncoderValidParams { categories, handle_unknown, element: PhantomData })
    }
}

impl<L: Category, F> OneHotEncoder<L, F> {
    /// The categories of every column, in the order of the columns that they get (scikit-learn's
    /// `categories_`).
    pub fn categories(&self) -> impl ExactSizeIterator<Item = &[L]> {
        self.categories.iter()
    }

    /// The number of columns that come out.
    pub fn n_features_out(&self) -> usize {
        self.categories.iter().map(<[L]>::len).sum()
    }
}

impl<L, F> OneHotEncoderParams<L, F> {
    /// The categories of every column; by default they are found (scikit-learn's `categories`).
    pub fn categories(mut self, categories: Vec<Vec<L>>) -> Self {
        self.0.categories = Some(categories);
        self
    }

    /// What is done with a category that is not known, by default [`HandleUnknown::Error`]
    /// (scikit-learn's `handle_unknown`).
    pub fn handle_unknown(mut self, handle_unknown: HandleUnknown) -> Self {
        self.0.handle_unknown = handle_unknown;
        self
    }

    /// The same with values of type `G`, `f32` or `f64` (scikit-learn's `dtype`).
    pub fn dtype<G: Float>(self) -> OneHotEncoderParams<L, G> {
        let OneHotEncoderValidParams { categories, handle_unknown, .. } = self.0;
        OneHotEncoderParams(OneHotEncoderValidParams { categories, handle_unknown, element: PhantomData })
    }
}

linfa_traits!({L: Category, F: Float} "OneHotEncoder": OneHotEncoderParams<L, F>, OneHotEncoderValidParams<L, F>, OneHotEncoder<L, F>);

impl<L: Category, F: Float> OneHotEncoderValidParams<L, F> {
    fn validate(&self) -> Result<()> {
        check_categories(&self.categories)
    }
}

impl<L: Category, F: Float> LearnRows<Array2<L>> for OneHotEncoderValidParams<L, F> {
    type State = CategorySets<L>;
    type Learned = OneHotEncoder<L, F>;

    /// # Errors
    /// [`ErrorKind::UnknownCategory`](crate::ErrorKind::UnknownCategory) for one that was not declared.
    fn learn(&self, rows: &Array2<L>) -> Result<Self::State> {
        self.learn_weighted(rows, None)
    }

    fn learn_weighted(&self, rows: &Array2<L>, sample_weight: Option<&[f64]>) -> Result<Self::State> {
        learn_categories(rows, sample_weight, &self.categories, self.handle_unknown == HandleUnknown::Error)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    fn finish(&self, state: Self::State) -> Result<OneHotEncoder<L, F>> {
        let categories = ColumnCategories::finish(state, &self.categories, "OneHotEncoder")?;
        Ok(OneHotEncoder { params: self.clone(), categories })
    }
}

impl<L: Category, F: Float> TransformRows<Array2<L>> for OneHotEncoder<L, F> {
    type Output = Csr<F>;
    const NAME: &'static str = "encode";

    /// # Errors
    /// [`ErrorKind::UnknownCategory`](crate::ErrorKind::UnknownCategory), with the row, unless it is
    /// ignored.
    fn transform_rows(&self, rows: &Array2<L>) -> Result<Csr<F>> {
        let starts: Vec<usize> = self
            .categories
            .iter()
            .scan(0, |next, categories| {
                *next += categories.len();
                Some(*next - categories.len())
            })
            .collect();
        let mut encoded = CsrBuilder::with_capacity(self.n_features_out(), rows.nrows(), rows.len())?;
        let mut ended = 0;
        self.categories.for_each(rows, |row, column, code| {
            while ended < row {
                encoded.end_row()?;
                ended += 1;
            }
            match code {
                Some(code) => encoded.push((starts[column] + code) as u32, F::one()),
                None if self.params.handle_unknown == HandleUnknown::Error => return Err(unknown(rows, row, column)),
                None => {}
            }
            Ok(())
        })?;
        (ended..rows.nrows()).try_for_each(|_| encoded.end_row())?;
        Ok(encoded.finish())
    }
}

impl<L: Category, F: Float> Model for OneHotEncoder<L, F> {
    type Kind = kind::Transformer;
}
