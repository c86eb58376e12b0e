//! Models around a classifier: calibrated ones, and those with a threshold of their own.

use ndarray::Array2;
use serde_json::Value;

use super::rows::{Layout, Width};
use super::step::{Classified, Facts, Role, Step};
use crate::calibration::{Calibrated, Thresholded, most_probable};
use crate::error::{Error, Result};
use crate::estimator::Wanted;
use crate::persist::Part;

/// A calibrated classifier.
struct CalibratedStep {
    inner: Box<dyn Step>,
    /// Without the model inside.
    calibrated: Calibrated<(), usize>,
}

/// A classifier of two classes with a threshold.
struct ThresholdedStep {
    inner: Box<dyn Step>,
    /// Without the model inside.
    thresholded: Thresholded<(), usize>,
}

/// A step around another one, of a part without the model inside: `null` stands in its place.
pub(super) fn around(name: &str, part: &Part<'_>, inner: Box<dyn Step>) -> Result<Option<Box<dyn Step>>> {
    let mut outside = part.value().clone();
    if let Some(fields) = outside.as_object_mut() {
        fields.insert("model".to_owned(), Value::Null);
    }
    let outside = part.with(outside);
    Ok(match name {
        "Calibrated" => Some(Box::new(CalibratedStep { inner, calibrated: outside.read()? })),
        "Thresholded" => Some(Box::new(ThresholdedStep { inner, thresholded: outside.read()? })),
        _ => None,
    })
}

impl Step for CalibratedStep {
    fn facts(&self) -> Facts {
        Facts { role: Role::Classifier, ..self.inner.facts() }
    }

    fn classify(&self, rows: &Layout<'_>, _: Wanted) -> Result<Classified> {
        let decision = decision(&*self.inner, rows, Wanted::default())?;
        let probabilities = self.calibrated.probabilities(&decision)?;
        let labels = probabilities.rows().into_iter().map(most_probable).collect();
        // As those of the model in its own type of floats.
        let narrow = self.facts().width.or(rows.width()) == Some(Width::F32);
        let probabilities = if narrow { probabilities.mapv(|value| f64::from(value as f32)) } else { probabilities };
        Ok(Classified { labels, decision: Some(decision), probabilities: Some(probabilities) })
    }
}

impl Step for ThresholdedStep {
    fn facts(&self) -> Facts {
        Facts { role: Role::Classifier, ..self.inner.facts() }
    }

    fn classify(&self, rows: &Layout<'_>, wanted: Wanted) -> Result<Classified> {
        let outputs = self.inner.classify(rows, Wanted { decision: true, ..wanted })?;
        let decision = outputs.decision.as_ref().ok_or_else(no_decision)?;
        Ok(Classified { labels: self.thresholded.numbers(decision)?, ..outputs })
    }
}

fn decision(inner: &dyn Step, rows: &Layout<'_>, wanted: Wanted) -> Result<Array2<f64>> {
    inner.classify(rows, Wanted { decision: true, ..wanted })?.decision.ok_or_else(no_decision)
}

fn no_decision() -> Error {
    Error::shape("columns of decision values", 1, 0)
}
