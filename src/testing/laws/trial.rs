//! Laws about one capability, which are tried where the estimator's types are known.

use crate::testing::capability::Capability;
use crate::testing::outcome::{On, Outcome};
use crate::testing::subject::Subject;

/// Holds the subject to all that is claimed of this capability; nothing where nothing is.
pub(super) fn hold(subject: &Subject, capability: Capability) -> Outcome {
    for trial in subject.trials.iter().filter(|trial| trial.capability == capability) {
        (trial.hold)(&subject.blocks).on(trial.what)?;
    }
    Ok(())
}
