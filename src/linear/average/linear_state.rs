//! The sums from which an average of linear classifiers is made.

use linfa::{Float, Label};
use serde::{Deserialize, Serialize};

use super::column_sums::ColumnSums;
use super::{ChunkWeight, CompactFit};
use crate::data::Footprint;
use crate::error::{Error, ErrorKind, Result};
use crate::linear::LinearClassifier;

/// What some chunks' linear classifiers sum up to; the default is that of no chunk.
///
/// Chunks need not have seen the same classes: the boundary of a class is averaged over the chunks
/// that could tell it from another. Where chunks differ in their classes, the one boundary of a
/// chunk of two classes counts as two opposite halves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearState<L> {
    /// The labels of all rows, sorted.
    labels: Vec<L>,
    n_features: Option<usize>,
    fitted: Option<Fitted<L>>,
    n_chunks: usize,
    rows: f64,
}

/// The boundaries: one for two classes, else one a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Fitted<L> {
    classes: Vec<L>,
    sums: ColumnSums,
}

impl<L> Default for LinearState<L> {
    fn default() -> Self {
        LinearState { labels: Vec::new(), n_features: None, fitted: None, n_chunks: 0, rows: 0.0 }
    }
}

impl<L: Label> LinearState<L> {
    /// One chunk, fitted on `rows` rows (or rows of this total weight).
    ///
    /// # Errors
    /// When there is not one weight a coefficient and an intercept.
    pub fn from_fit(fit: CompactFit<L>, weight: ChunkWeight, rows: f64) -> Result<Self> {
        let CompactFit { classes, n_features, columns, coef, intercept } = fit;
        let sums = ColumnSums::of_chunk(n_features, columns, coef, &intercept, weight)?;
        Ok(LinearState {
            labels: classes.clone(),
            n_features: Some(n_features),
            fitted: Some(Fitted { classes, sums }),
            n_chunks: 1,
            rows,
        })
    }

    /// One chunk whose rows all have this label: it says nothing about coefficients.
    pub fn one_class(label: L, n_features: usize, rows: f64) -> Self {
        LinearState { labels: vec![label], n_features: Some(n_features), fitted: None, n_chunks: 1, rows }
    }

    /// The labels of all rows, sorted.
    pub fn labels(&self) -> &[L] {
        &self.labels
    }

    /// The chunks that had rows.
    pub fn n_chunks(&self) -> usize {
        self.n_chunks
    }

    /// The rows of all chunks, or their total weight.
    pub fn rows(&self) -> f64 {
        self.rows
    }

    /// The state of the chunks of both. Commutative; associative up to rounding; the default state
    /// changes nothing.
    ///
    /// # Errors
    /// When they differ in their number of columns, or one has a weight a coefficient and the other
    /// has not.
    pub fn merge(self, other: Self) -> Result<Self> {
        match (self.n_features, other.n_features) {
            (Some(a), Some(b)) if a != b => return Err(Error::shape("columns", a, b)),
            _ => {}
        }
        Ok(LinearState {
            labels: union(&self.labels, &other.labels),
            n_features: self.n_features.or(other.n_features),
            fitted: match (self.fitted, other.fitted) {
                (Some(a), Some(b)) => Some(a.merge(b)?),
                (a, b) => a.or(b),
            },
            n_chunks: self.n_chunks + other.n_chunks,
            rows: self.rows + other.rows,
        })
    }

    /// The columns that any chunk touched, and how much all chunks' coefficients in them weigh, laid
    /// out as those of the [mean](Self::finish); `None` if chunks were weighed as a whole.
    pub(in crate::linear) fn total_weight(&self) -> Option<(Vec<u32>, ChunkWeight)> {
        self.fitted.clone()?.over(self.labels.clone()).sums.total_weight()
    }

    /// The mean. A class that no chunk could tell from another is known to the classifier and never
    /// predicted, unless it is the only one: then it always is.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`], naming the `estimator`, when there were no rows;
    /// [`ErrorKind::OneClass`] when there are several classes but each chunk had one.
    pub fn finish<F: Float>(self, estimator: &'static str) -> Result<LinearClassifier<F, L>> {
        self.into_fit(estimator)?.into_linear()
    }

    /// The mean in the columns that any chunk touched. It has one class where all rows have.
    pub(crate) fn into_fit(self, estimator: &'static str) -> Result<CompactFit<L>> {
        let LinearState { labels, n_features, fitted, .. } = self;
        match (fitted, labels.len()) {
            (_, 0) => Err(Error::new(ErrorKind::NoRows { estimator })),
            (None, 1) => {
                let (n_features, columns, coef) = (n_features.unwrap_or(0), Vec::new(), Vec::new());
                Ok(CompactFit { classes: labels, n_features, columns, coef, intercept: vec![0.0] })
            }
            (None, _) => {
                let labels: Vec<String> = labels.iter().map(|label| format!("{label:?}")).collect();
                let found = format!("the labels {}, each in chunks of its own", labels.join(", "));
                Err(Error::new(ErrorKind::OneClass { found }))
            }
            (Some(fitted), _) => {
                let Fitted { classes, sums } = fitted.over(labels);
                let n_features = sums.n_features();
                let (columns, coef, intercept) = sums.means();
                Ok(CompactFit { classes, n_features, columns, coef, intercept })
            }
        }
    }
}

impl<L: Label> Fitted<L> {
    fn merge(self, other: Self) -> Result<Self> {
        let classes = union(&self.classes, &other.classes);
        let (a, b) = (self.over(classes.clone()), other.over(classes));
        Ok(Fitted { classes: a.classes, sums: a.sums.merge(b.sums)? })
    }

    /// The same boundaries among more classes.
    fn over(self, classes: Vec<L>) -> Self {
        if self.classes == classes {
            return self;
        }
        let sums = if self.classes.len() == 2 { self.sums.split_pair() } else { self.sums };
        let place = |class: &L| classes.binary_search(class).expect("the classes are among the more classes");
        let places: Vec<usize> = self.classes.iter().map(place).collect();
        let sums = sums.place_rows(&places, classes.len());
        Fitted { classes, sums }
    }
}

impl<L: Label> Footprint for LinearState<L> {
    fn heap_bytes(&self) -> usize {
        size_of_val(&*self.labels) + self.fitted.as_ref().map_or(0, |fitted| fitted.sums.heap_bytes())
    }
}

/// Two sorted lists as one.
fn union<L: Label>(a: &[L], b: &[L]) -> Vec<L> {
    let mut union = a.to_vec();
    for label in b {
        if let Err(place) = union.binary_search(label) {
            union.insert(place, label.clone());
        }
    }
    union
}
