//! The optimum of some rows, from sums of squares and products or from the rows column by column.

use std::borrow::Cow;

use ndarray::{Array1, Axis};

use super::NAME;
use super::columns::{Columns, RowVector};
use super::descent::{Descended, LeastSquares, Quadratic, descend};
use super::examples::Examples;
use super::gram::Gram;
use super::params::ElasticNetValidParams;
use crate::data::{FeatureRows, check_model_bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::moments::{MOST_COLUMNS, Moments};

/// Coefficients in some columns, ascending, and the intercept.
pub(super) struct Solution {
    pub columns: Vec<u32>,
    pub coef: Vec<f64>,
    /// The mean square of each of these columns about its mean, and the mean.
    pub squares: Vec<f64>,
    pub means: Vec<f64>,
    pub target_mean: f64,
    pub intercept: f64,
    pub descended: Descended,
}

impl ElasticNetValidParams {
    /// The optimum of one or more rows.
    pub(super) fn solve<X: FeatureRows>(&self, examples: &Examples<'_, X>) -> Result<Solution> {
        let columns = examples.x.nfeatures();
        if columns <= MOST_COLUMNS.min(examples.n_rows()) {
            self.solve_moments(self.moments(examples)?)
        } else {
            self.solve_columns(examples)
        }
    }

    /// Sums of squares and products of one or more rows.
    pub(super) fn moments<X: FeatureRows>(&self, examples: &Examples<'_, X>) -> Result<Moments> {
        let columns = examples.x.nfeatures();
        check_model_bytes(NAME, &[(columns, "columns"), (columns, "columns")], size_of::<f64>())?;
        let rows = (&examples.rows[..], &examples.weights[..]);
        Moments::of_rows(examples.x, rows, 1, |row, _| examples.targets[row], NAME)
    }

    /// The optimum of rows, from their sums of squares and products.
    pub(super) fn solve_moments(&self, moments: Moments) -> Result<Solution> {
        moments.check(NAME)?;
        if moments.n_targets() != 1 {
            return Err(Error::shape("targets", 1, moments.n_targets()));
        }
        let mut moments = if self.fit_intercept { moments } else { moments.about_zero() };
        let mut gram = Gram::new(&mut moments);
        let mut coef = vec![0.0; gram.width()];
        let descended = descend(&mut gram, &self.penalty(), &mut coef, (self.max_iter, self.tol));
        let coef = Array1::from(coef);
        let (intercept, means, target_mean) = if self.fit_intercept {
            (moments.intercepts(&coef.clone().insert_axis(Axis(0)))[0], moments.mean_x.to_vec(), moments.mean_y[0])
        } else {
            (0.0, vec![0.0; coef.len()], 0.0)
        };
        let squares = (0..coef.len()).map(|j| gram.curvature(j)).collect();
        let columns = (0..coef.len() as u32).collect();
        Solution { columns, coef: coef.to_vec(), squares, means, target_mean, intercept, descended }.finite()
    }

    fn solve_columns<X: FeatureRows>(&self, examples: &Examples<'_, X>) -> Result<Solution> {
        let (means, target_mean) = self.means(examples);
        let columns = Columns::about(examples, &means);
        let errors = columns.vector(examples.targets.iter().map(|y| target_mean - y));
        let target_square = columns.mean_square(&errors);
        let mut function = OfRows { columns: &columns, errors, target_square };
        let mut coef = vec![0.0; columns.width()];
        let descended = descend(&mut function, &self.penalty(), &mut coef, (self.max_iter, self.tol));
        let squares = (0..coef.len()).map(|j| columns.square(j)).collect();
        let means: Vec<f64> = columns.numbers.iter().map(|&j| means[j as usize]).collect();
        let intercept = target_mean - means.iter().zip(&coef).map(|(mean, w)| mean * w).sum::<f64>();
        Solution { columns: columns.numbers, coef, squares, means, target_mean, intercept, descended }.finite()
    }

    /// The means that columns and targets are centred by.
    fn means<X: FeatureRows>(&self, examples: &Examples<'_, X>) -> (Vec<f64>, f64) {
        if self.fit_intercept { examples.means() } else { (vec![0.0; examples.x.nfeatures()], 0.0) }
    }
}

impl Solution {
    /// Refuses a solution beyond what floats hold.
    fn finite(self) -> Result<Self> {
        let mut numbers = self.coef.iter().chain([&self.intercept, &self.descended.gap]);
        if numbers.any(|number| !number.is_finite()) {
            return Err(Error::new(ErrorKind::Diverged { estimator: NAME }));
        }
        drop(numbers);
        Ok(self)
    }

    /// The coefficients of all columns.
    pub(super) fn spread(&self, n_features: usize) -> Array1<f64> {
        spread(n_features, &self.columns, &self.coef)
    }
}

/// These numbers in their columns, and 0 in the others.
pub(super) fn spread(n_features: usize, columns: &[u32], numbers: &[f64]) -> Array1<f64> {
    let mut all = Array1::zeros(n_features);
    columns.iter().zip(numbers).for_each(|(&j, &number)| all[j as usize] = number);
    all
}

/// Half the mean of squared errors of rows, which are kept column by column.
struct OfRows<'a> {
    columns: &'a Columns,
    /// Prediction less target.
    errors: RowVector,
    target_square: f64,
}

impl Quadratic for OfRows<'_> {
    fn width(&self) -> usize {
        self.columns.width()
    }

    fn curvature(&self, j: usize) -> f64 {
        self.columns.square(j)
    }

    fn slope(&self, j: usize) -> f64 {
        self.columns.dot(j, &self.errors)
    }

    fn step(&mut self, j: usize, by: f64) {
        self.columns.add(j, by, &mut self.errors);
    }
}

impl LeastSquares for OfRows<'_> {
    fn target_square(&self) -> f64 {
        self.target_square
    }

    fn error_square(&self, _coef: &[f64]) -> f64 {
        self.columns.mean_square(&self.errors)
    }

    fn slopes(&self) -> Cow<'_, [f64]> {
        Cow::Owned((0..self.width()).map(|j| self.slope(j)).collect())
    }
}
