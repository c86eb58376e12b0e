//! Sets of labels to a column for every class.

use std::fmt::Display;
use std::marker::PhantomData;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::categories::{Category, CategorySets, HandleUnknown};
use super::classes::{Classes, check_classes, learn_classes};
use crate::data::{Float, check_model_bytes};
use crate::error::{Error, Result};
use crate::estimator::{LearnRows, Model, TransformRows, kind, linfa_traits};

/// Gives every class a column that is 1 where the row's set of labels has that class and else 0
/// (scikit-learn's `MultiLabelBinarizer`).
///
/// From vectors or arrays of sets (anything whose reference iterates over labels: `Vec`, `BTreeSet`,
/// …; a label that comes twice counts once) to dense rows. Unlike there, an unknown label is an
/// error by default.
///
/// ```
/// use chunkfit::estimator::{LearnRows, TransformRows};
/// use chunkfit::preprocessing::MultiLabelBinarizer;
/// use linfa::ParamGuard;
///
/// let topics = vec![vec!["oil", "trade"], vec![], vec!["gold"]];
/// let params = MultiLabelBinarizer::params().check()?;
/// let state = params.learn(&topics)?;
/// let binarizer = LearnRows::<Vec<Vec<&str>>>::finish(&params, state)?;
/// assert_eq!(binarizer.classes(), ["gold", "oil", "trade"]);
/// assert_eq!(binarizer.transform_rows(&topics)?.row(0).to_vec(), [0.0, 1.0, 1.0]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "L: Category + Deserialize<'de>, F: Deserialize<'de>"))]
pub struct MultiLabelBinarizer<L, F> {
    params: MultiLabelBinarizerValidParams<L, F>,
    classes: Classes<L>,
}

/// What a [`MultiLabelBinarizer`] is to do. Defaults are scikit-learn's, but for `handle_unknown`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MultiLabelBinarizerParams<L, F>(MultiLabelBinarizerValidParams<L, F>);

/// The parameters of a [`MultiLabelBinarizer`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MultiLabelBinarizerValidParams<L, F> {
    classes: Option<Vec<L>>,
    handle_unknown: HandleUnknown,
    #[serde(skip)]
    element: PhantomData<F>,
}

impl<L> MultiLabelBinarizer<L, f64> {
    /// The default parameters, with values of type `f64`.
    pub fn params() -> MultiLabelBinarizerParams<L, f64> {
        let (classes, handle_unknown) = (None, HandleUnknown::Error);
        MultiLabelBinarizerParams(MultiLabelBinarizerValidParams { classes, handle_unknown, element: PhantomData })
    }
}

impl<L: Category, F> MultiLabelBinarizer<L, F> {
    /// The classes, in the order of their columns (scikit-learn's `classes_`).
    pub fn classes(&self) -> &[L] {
        self.classes.as_slice()
    }

    /// The names of the classes, in the order of their columns, as [`OneVsRest`](crate::linear::OneVsRest) and tables of
    /// scores take them.
    pub fn class_names(&self) -> Vec<String>
    where
        L: Display,
    {
        self.classes().iter().map(L::to_string).collect()
    }

    /// Whether each row has each class, shape (rows, classes): targets of [`OneVsRest`](crate::linear::OneVsRest).
    ///
    /// ```
    /// use chunkfit::estimator::LearnRows;
    /// use chunkfit::preprocessing::MultiLabelBinarizer;
    /// use linfa::ParamGuard;
    /// use ndarray::array;
    ///
    /// let topics = vec![vec!["oil", "trade"], vec![], vec!["gold"]];
    /// let params = MultiLabelBinarizer::params().check()?;
    /// let binarizer = LearnRows::<Vec<Vec<&str>>>::finish(&params, params.learn(&topics)?)?;
    /// let targets = binarizer.indicators(&topics)?;
    /// assert_eq!(targets, array![[false, true, true], [false, false, false], [true, false, false]]);
    /// assert_eq!(binarizer.inverse_transform(targets.view())?, topics);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::UnknownLabel`](crate::ErrorKind::UnknownLabel), with the row, unless it is ignored.
    pub fn indicators<'a, S>(&self, rows: S) -> Result<Array2<bool>>
    where
        S: IntoIterator<IntoIter: ExactSizeIterator, Item: IntoIterator<Item = &'a L>>,
    {
        self.marked(rows.into_iter(), true)
    }

    /// The set of labels of every row, in the order of the columns (scikit-learn's `inverse_transform`), of predictions of
    /// shape (rows, classes).
    ///
    /// # Errors
    /// Another number of columns than classes (kind `ShapeMismatch`).
    pub fn inverse_transform(&self, indicators: ArrayView2<'_, bool>) -> Result<Vec<Vec<L>>> {
        if indicators.ncols() != self.classes().len() {
            return Err(Error::shape("columns", self.classes().len(), indicators.ncols()));
        }
        let labels = |row: ArrayView1<'_, bool>| {
            let present = self.classes().iter().zip(row).filter(|(_, has)| **has);
            present.map(|(label, _)| label.clone()).collect()
        };
        Ok(indicators.rows().into_iter().map(labels).collect())
    }

    /// A matrix with `mark` where the row has the class, and else the default.
    fn marked<'a, A: Copy + Default>(
        &self,
        rows: impl ExactSizeIterator<Item = impl IntoIterator<Item = &'a L>>,
        mark: A,
    ) -> Result<Array2<A>> {
        let shape = (rows.len(), self.classes().len());
        check_model_bytes("MultiLabelBinarizer", &[(shape.0, "rows"), (shape.1, "labels")], size_of::<A>())?;
        let mut marks = Array2::default(shape);
        for (i, labels) in rows.enumerate() {
            for label in labels {
                if let Some(class) = self.classes.find(label, i, self.params.handle_unknown)? {
                    marks[(i, class)] = mark;
                }
            }
        }
        Ok(marks)
    }
}

impl<L, F> MultiLabelBinarizerParams<L, F> {
    /// The classes, in the order of their columns; by default they are found, and sorted
    /// (scikit-learn's `classes`).
    pub fn classes(mut self, classes: Vec<L>) -> Self {
        self.0.classes = Some(classes);
        self
    }

    /// What is done with a label that is not known, by default [`HandleUnknown::Error`].
    /// scikit-learn ignores it, with a warning.
    pub fn handle_unknown(mut self, handle_unknown: HandleUnknown) -> Self {
        self.0.handle_unknown = handle_unknown;
        self
    }

    /// The same with values of type `G`, `f32` or `f64`.
    pub fn dtype<G: Float>(self) -> MultiLabelBinarizerParams<L, G> {
        let MultiLabelBinarizerValidParams { classes, handle_unknown, .. } = self.0;
        MultiLabelBinarizerParams(MultiLabelBinarizerValidParams { classes, handle_unknown, element: PhantomData })
    }
}

linfa_traits!(
    {L: Category, F: Float} "MultiLabelBinarizer": MultiLabelBinarizerParams<L, F>, MultiLabelBinarizerValidParams<L, F>, MultiLabelBinarizer<L, F>
);

impl<L: Category, F: Float> MultiLabelBinarizerValidParams<L, F> {
    fn validate(&self) -> Result<()> {
        check_classes(&self.classes)
    }
}

macro_rules! of_sets {
    ($($sets:ty),*) => {
        $(
            impl<L: Category, F: Float, S> LearnRows<$sets> for MultiLabelBinarizerValidParams<L, F>
            where
                for<'a> &'a S: IntoIterator<Item = &'a L>,
            {
                type State = CategorySets<L>;
                type Learned = MultiLabelBinarizer<L, F>;

                fn learn(&self, rows: &$sets) -> Result<Self::State> {
                    self.learn_weighted(rows, None)
                }

                fn learn_weighted(&self, rows: &$sets, sample_weight: Option<&[f64]>) -> Result<Self::State> {
                    learn_classes(rows.iter(), sample_weight, &self.classes)
                }

                fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
                    a.merge(b)
                }

                fn finish(&self, state: Self::State) -> Result<Self::Learned> {
                    let classes = Classes::finish(state, &self.classes, "MultiLabelBinarizer")?;
                    Ok(MultiLabelBinarizer { params: self.clone(), classes })
                }
            }

            impl<L: Category, F: Float, S> TransformRows<$sets> for MultiLabelBinarizer<L, F>
            where
                for<'a> &'a S: IntoIterator<Item = &'a L>,
            {
                type Output = Array2<F>;
                const NAME: &'static str = "binarize";

                /// # Errors
                /// [`ErrorKind::UnknownLabel`](crate::ErrorKind::UnknownLabel), with the row, unless it
                /// is ignored.
                fn transform_rows(&self, rows: &$sets) -> Result<Array2<F>> {
                    self.marked(rows.iter(), F::one())
                }
            }
        )*
    };
}

of_sets!(Vec<S>, Array1<S>);

impl<L: Category, F: Float> Model for MultiLabelBinarizer<L, F> {
    type Kind = kind::Transformer;
}
