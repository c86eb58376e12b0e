//! Compact linear classifier: coefficients in the columns that its rows touched only.

use linfa::Label;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::data::checked::checked_when_read;
use crate::data::{Float, check_model_bytes, float_computation};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::LinearClassifier;

/// A linear classifier fitted on one chunk, in the columns the chunk touched.
///
/// A file of some hundred documents touches some 15,000 of 2^18 hashed columns: averaging needs no
/// more than those. `coef` holds one boundary after the other, each as long as `columns`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct CompactFit<L> {
    pub(crate) classes: Vec<L>,
    pub(crate) n_features: usize,
    pub(crate) columns: Vec<u32>,
    pub(crate) coef: Vec<f64>,
    pub(crate) intercept: Vec<f64>,
}

checked_when_read!(CompactFit<L>, serialize: [L: Serialize], deserialize: [L: Label + Deserialize<'de>]);

impl<L: Label> CompactFit<L> {
    fn check_read(&self) -> Result<()> {
        let CompactFit { classes, n_features, columns, coef, intercept } = self.clone();
        // One class has no boundary to anything.
        if let ([_], [], [], [_]) = (&classes[..], &columns[..], &coef[..], &intercept[..]) {
            return Ok(());
        }
        CompactFit::from_parts(classes, n_features, columns, coef, intercept).map(drop)
    }
}

impl<L: Label> CompactFit<L> {
    /// Of the sorted `classes` (two or more), over `columns` (ascending, each below `n_features`):
    /// `coef` boundary by boundary, one `intercept` a boundary. Two classes have one boundary, more
    /// have one each.
    ///
    /// # Errors
    /// Fewer than two classes, classes or columns that do not ascend, or parts that do not fit each other.
    pub fn from_parts(
        classes: Vec<L>,
        n_features: usize,
        columns: Vec<u32>,
        coef: Vec<f64>,
        intercept: Vec<f64>,
    ) -> Result<Self> {
        if classes.len() < 2 || !classes.windows(2).all(|pair| pair[0] < pair[1]) {
            return Err(Error::parameter("classes", &classes, "two or more labels, sorted and distinct"));
        }
        let ascending = columns.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || columns.last().is_some_and(|&last| last as usize >= n_features) {
            let range = columns.first().zip(columns.last());
            return Err(Error::parameter("columns", range, format!("ascending columns below {n_features}")));
        }
        let boundaries = if classes.len() == 2 { 1 } else { classes.len() };
        if coef.len() != boundaries * columns.len() {
            return Err(Error::shape("coefficients", boundaries * columns.len(), coef.len()));
        }
        if intercept.len() != boundaries {
            return Err(Error::shape("intercepts", boundaries, intercept.len()));
        }
        Ok(CompactFit { classes, n_features, columns, coef, intercept })
    }

    /// The coefficients of `linear` in these columns (ascending).
    ///
    /// # Errors
    /// A classifier of one class, or columns that do not ascend or that it does not have.
    pub fn from_linear<F: Float>(linear: &LinearClassifier<F, L>, columns: Vec<u32>) -> Result<Self> {
        let n_features = linear.coef().ncols();
        if columns.iter().any(|&j| j as usize >= n_features) {
            return Err(Error::parameter("columns", columns.last(), format!("ascending columns below {n_features}")));
        }
        let wide = crate::data::wide;
        let rows = linear.coef().rows();
        let coef = rows.into_iter().flat_map(|row| columns.iter().map(move |&j| wide(row[j as usize]))).collect();
        let intercept = linear.intercept().iter().map(|&b| wide(b)).collect();
        Self::from_parts(linear.classes().to_vec(), n_features, columns, coef, intercept)
    }

    /// Refuses numbers beyond what floats hold.
    pub(crate) fn check_finite(&self, estimator: &'static str) -> Result<()> {
        match self.coef.iter().chain(&self.intercept).all(|weight| weight.is_finite()) {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Diverged { estimator })),
        }
    }

    /// The classifier with all its columns; those not touched are 0.
    ///
    /// # Errors
    /// [`ErrorKind::Diverged`]: a number that `F` cannot hold.
    pub fn into_linear<F: Float>(self) -> Result<LinearClassifier<F, L>> {
        self.into_linear_of("the linear classifier")
    }

    /// The same, of this estimator.
    pub(crate) fn into_linear_of<F: Float>(self, estimator: &'static str) -> Result<LinearClassifier<F, L>> {
        let numbers = (estimator, self.n_features, &self.columns[..], &self.coef[..], &self.intercept[..]);
        let (coef, intercept) = F::run::<Spread<'_>>(numbers)?;
        LinearClassifier::from_parts(self.classes, coef, intercept)
    }

    /// The same numbers for other labels: as many, sorted and distinct.
    pub(crate) fn relabelled<M>(self, classes: Vec<M>) -> CompactFit<M> {
        let CompactFit { n_features, columns, coef, intercept, .. } = self;
        CompactFit { classes, n_features, columns, coef, intercept }
    }
}

/// An estimator's name, the number of all columns, and columns, coefficients and intercepts as in a [`CompactFit`].
type Numbers<'a> = (&'static str, usize, &'a [u32], &'a [f64], &'a [f64]);

float_computation!(Spread<'a>(Numbers<'a>) -> Result<(Array2<F>, Array1<F>)> = spread_all);

/// The coefficients in all columns, and the intercepts.
fn spread_all<F: Float>(numbers: Numbers<'_>) -> Result<(Array2<F>, Array1<F>)> {
    let (estimator, n_features, columns, coef, intercept) = numbers;
    let holds = |number: &f64| crate::data::wide(F::cast(*number)).is_finite();
    if !coef.iter().chain(intercept).all(holds) {
        return Err(Error::new(ErrorKind::Diverged { estimator }));
    }
    let shape = [(intercept.len(), "classes"), (n_features, "columns")];
    check_model_bytes("LinearClassifier", &shape, size_of::<F>())?;
    let coef = spread(n_features, columns, coef, intercept.len());
    Ok((coef, intercept.iter().map(|&b| F::cast(b)).collect()))
}

/// Rows of values in some columns as a matrix of all columns.
pub(crate) fn spread<F: Float>(n_features: usize, columns: &[u32], values: &[f64], rows: usize) -> Array2<F> {
    let mut dense = Array2::zeros((rows, n_features));
    for (k, mut row) in dense.rows_mut().into_iter().enumerate() {
        for (&j, &v) in columns.iter().zip(&values[k * columns.len()..]) {
            row[j as usize] = F::cast(v);
        }
    }
    dense
}
