//! Averages of linfa's own logistic regression, which is fitted on dense rows.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::Fit;
use ndarray::{Array1, ArrayBase, Axis, Data, Ix2};

use super::{ChunkWeight, CompactFit, LinearState};
use crate::data::{FeatureRows, Identified, Shared};
use crate::error::{Error, Result};
use crate::estimator::{FitAverage, MergeWarning, Weighting};
use crate::linear::targets::sorted_classes;
use crate::linear::{LinearClassifier, LogisticRegression};

// linfa-logistic's float trait is private, so its models cannot be named for any float.
macro_rules! average_linfa_logistic {
    ($f:ty) => {
        impl Identified for linfa_logistic::LogisticRegression<$f> {
            const NAME: &'static str = "linfa_logistic::LogisticRegression";
        }

        /// linfa's two-class logistic regression. Like it, this takes no notice of the data set's weights.
        impl<L, D, T> FitAverage<ArrayBase<D, Ix2>, T> for linfa_logistic::LogisticRegression<$f>
        where
            L: Label + Shared,
            D: Data<Elem = $f>,
            T: AsSingleTargets<Elem = L>,
        {
            type State = LinearState<L>;
            type Model = LogisticRegression<$f, L>;

            fn fit_state(
                &self,
                chunk: &DatasetBase<ArrayBase<D, Ix2>, T>,
                weighting: Weighting,
            ) -> Result<Self::State> {
                chunk.records.check_finite()?;
                let (rows, n_features) = chunk.records.dim();
                let mut classes = sorted_classes(chunk.targets.as_single_targets().iter());
                match classes.len() {
                    0 => return Ok(LinearState::default()),
                    1 => {
                        let state = LinearState::one_class(classes.swap_remove(0), n_features, rows as f64);
                        return Ok(state.with_sample_of(chunk));
                    }
                    _ => {}
                }
                let model = self.fit(chunk).map_err(Error::from_estimator)?;
                // linfa's coefficients point to the more frequent class, this crate's to the second.
                let sign = if classes.last() == Some(&model.labels().pos.class) { 1.0 } else { -1.0 };
                let coef = (model.params() * sign).insert_axis(Axis(0));
                let intercept = Array1::from_elem(1, sign * model.intercept());
                let linear = LinearClassifier::from_parts(classes, coef, intercept)?;
                let columns: Vec<u32> = (0..n_features as u32).collect();
                let weight = match weighting {
                    Weighting::Uniform => ChunkWeight::All(1.0),
                    Weighting::Samples => ChunkWeight::All(rows as f64),
                    Weighting::Curvature => {
                        let unweighted = DatasetBase::new(chunk.records.view(), ());
                        ChunkWeight::logistic_curvature(&linear, &unweighted, &columns)?
                    }
                };
                let state = LinearState::from_fit(CompactFit::from_linear(&linear, columns)?, weight, rows as f64)?;
                Ok(state.with_sample_of(chunk))
            }

            fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
                a.merge(b)
            }

            fn finish(&self, state: Self::State) -> Result<Self::Model> {
                let warnings = state.warnings();
                let linear = state.finish("linfa's LogisticRegression")?;
                Ok(LogisticRegression::from_linear(linear).warned(warnings))
            }

            fn warnings(model: &Self::Model) -> Vec<MergeWarning> {
                model.warnings().to_vec()
            }
        }
    };
}

average_linfa_logistic!(f32);
average_linfa_logistic!(f64);
