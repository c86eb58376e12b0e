//! Labels to a column for every class.

use std::marker::PhantomData;

use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::categories::{Category, CategorySets, HandleUnknown};
use super::classes::{Classes, check_classes, learn_classes};
use crate::data::checked::checked_when_read;
use crate::data::{Float, check_model_bytes};
use crate::error::{Error, Result};
use crate::estimator::{LearnRows, Model, TransformRows, kind, linfa_traits};

/// Gives every class a column that is `pos_label` where the label is that class and else `neg_label`
/// (scikit-learn's `LabelBinarizer`).
///
/// From one label a row to dense rows. Of two classes only the second has a column, as there. Unlike
/// there, an unknown label is an error by default, and classes can be declared.
///
/// ```
/// use chunkfit::estimator::{LearnRows, TransformRows};
/// use chunkfit::preprocessing::LabelBinarizer;
/// use linfa::ParamGuard;
/// use ndarray::array;
///
/// let params = LabelBinarizer::params().check()?;
/// let binarizer = params.finish(params.learn(&array!["no", "yes", "maybe"])?)?;
/// assert_eq!(binarizer.classes(), ["maybe", "no", "yes"]);
/// assert_eq!(binarizer.transform_rows(&array!["yes"])?, array![[0.0, 0.0, 1.0]]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", bound(deserialize = "L: Category + Deserialize<'de>, F: Deserialize<'de>"))]
pub struct LabelBinarizer<L, F> {
    params: LabelBinarizerValidParams<L, F>,
    classes: Classes<L>,
}

checked_when_read!(LabelBinarizer<L, F>, serialize: [L: Serialize, F: Serialize], deserialize: [L: Category + Deserialize<'de>, F: Deserialize<'de>]);

/// What a [`LabelBinarizer`] is to do. Defaults are scikit-learn's, but for `handle_unknown`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelBinarizerParams<L, F>(LabelBinarizerValidParams<L, F>);

/// The parameters of a [`LabelBinarizer`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelBinarizerValidParams<L, F> {
    classes: Option<Vec<L>>,
    neg_label: f64,
    pos_label: f64,
    handle_unknown: HandleUnknown,
    #[serde(skip)]
    element: PhantomData<F>,
}

impl<L> LabelBinarizer<L, f64> {
    /// The default parameters, with values of type `f64`.
    pub fn params() -> LabelBinarizerParams<L, f64> {
        LabelBinarizerParams(LabelBinarizerValidParams {
            classes: None,
            neg_label: 0.0,
            pos_label: 1.0,
            handle_unknown: HandleUnknown::Error,
            element: PhantomData,
        })
    }
}

impl<L: Category, F> LabelBinarizer<L, F> {
    /// The classes, in the order of their columns (scikit-learn's `classes_`).
    pub fn classes(&self) -> &[L] {
        self.classes.as_slice()
    }

    /// Refuses parts that do not fit together, as a file may have them.
    fn check_read(&self) -> Result<()> {
        let LabelBinarizerValidParams { neg_label, pos_label, .. } = &self.params;
        if !(neg_label.is_finite() && pos_label.is_finite() && neg_label < pos_label) {
            return Err(Error::parameter("values", (neg_label, pos_label), "two numbers, the smaller one first"));
        }
        Ok(())
    }
}

impl<L, F> LabelBinarizerParams<L, F> {
    /// The classes; by default they are found, and sorted.
    pub fn classes(mut self, classes: Vec<L>) -> Self {
        self.0.classes = Some(classes);
        self
    }

    /// The value for other classes and for the label's own, in this order; the first must be smaller.
    /// By default 0 and 1 (scikit-learn's `neg_label` and `pos_label`).
    pub fn values(mut self, neg_label: f64, pos_label: f64) -> Self {
        (self.0.neg_label, self.0.pos_label) = (neg_label, pos_label);
        self
    }

    /// What is done with a label that is not known, by default [`HandleUnknown::Error`].
    /// scikit-learn ignores it.
    pub fn handle_unknown(mut self, handle_unknown: HandleUnknown) -> Self {
        self.0.handle_unknown = handle_unknown;
        self
    }

    /// The same with values of type `G`, `f32` or `f64`.
    pub fn dtype<G: Float>(self) -> LabelBinarizerParams<L, G> {
        let LabelBinarizerValidParams { classes, neg_label, pos_label, handle_unknown, .. } = self.0;
        let element = PhantomData;
        LabelBinarizerParams(LabelBinarizerValidParams { classes, neg_label, pos_label, handle_unknown, element })
    }
}

linfa_traits!({L: Category, F: Float} "LabelBinarizer": LabelBinarizerParams<L, F>, LabelBinarizerValidParams<L, F>, LabelBinarizer<L, F>);

impl<L: Category, F: Float> LabelBinarizerValidParams<L, F> {
    fn validate(&self) -> Result<()> {
        let (low, high) = (self.neg_label, self.pos_label);
        let is_held = |value: f64| F::cast(value).is_finite();
        if !(is_held(low) && is_held(high) && low < high) {
            return Err(Error::parameter("values", (low, high), "two numbers, the smaller one first"));
        }
        check_classes(&self.classes)
    }
}

impl<L: Category, F: Float> LearnRows<Array1<L>> for LabelBinarizerValidParams<L, F> {
    type State = CategorySets<L>;
    type Learned = LabelBinarizer<L, F>;

    fn learn(&self, labels: &Array1<L>) -> Result<Self::State> {
        self.learn_weighted(labels, None)
    }

    fn learn_weighted(&self, labels: &Array1<L>, sample_weight: Option<&[f64]>) -> Result<Self::State> {
        learn_classes(labels.iter().map(|label| [label]), sample_weight, &self.classes)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    fn finish(&self, state: Self::State) -> Result<LabelBinarizer<L, F>> {
        let classes = Classes::finish(state, &self.classes, "LabelBinarizer")?;
        Ok(LabelBinarizer { params: self.clone(), classes })
    }
}

impl<L: Category, F: Float> TransformRows<Array1<L>> for LabelBinarizer<L, F> {
    type Output = Array2<F>;
    const NAME: &'static str = "binarize";

    /// # Errors
    /// [`ErrorKind::UnknownLabel`](crate::ErrorKind::UnknownLabel), with the row, unless it is ignored.
    fn transform_rows(&self, labels: &Array1<L>) -> Result<Array2<F>> {
        let LabelBinarizerValidParams { neg_label, pos_label, handle_unknown, .. } = self.params;
        let few = self.classes().len() <= 2;
        let width = if few { 1 } else { self.classes().len() };
        check_model_bytes("LabelBinarizer", &[(labels.len(), "rows"), (width, "classes")], size_of::<F>())?;
        let mut rows = Array2::from_elem((labels.len(), width), F::cast(neg_label));
        for (i, label) in labels.iter().enumerate() {
            match self.classes.find(label, i, handle_unknown)? {
                Some(class) if !few => rows[(i, class)] = F::cast(pos_label),
                Some(1) => rows[(i, 0)] = F::cast(pos_label),
                _ => {}
            }
        }
        Ok(rows)
    }
}

impl<L: Category, F: Float> Model for LabelBinarizer<L, F> {
    type Kind = kind::Transformer;
}
