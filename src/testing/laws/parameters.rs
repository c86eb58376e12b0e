//! Every parameter changes something.

use super::Law;
use crate::graph::Runtime;
use crate::testing::model::same_answers;
use crate::testing::outcome::{Outcome, ensure};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "parameters",
    statement: "every parameter, changed by itself, changes the model of one way to fit at least, or makes an error of it",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let (runtime, blocks) = (Runtime::new().threads(1), subject.blocks());
    for variation in &subject.variations {
        ensure!(!variation.fields.is_empty(), "{} is as it was", variation.name);
        let mut changes = false;
        for (before, after) in variation.before.iter().zip(&variation.after) {
            changes |= match (before.fit(&runtime, blocks), after.fit(&runtime, blocks)) {
                (Ok(one), Ok(other)) => same_answers(&one, &other, blocks, 0.0).is_err() || files_differ(&one, &other)?,
                (one, other) => one.is_ok() != other.is_ok(),
            };
            if changes {
                break;
            }
        }
        ensure!(changes, "{} changes nothing", variation.name);
    }
    // An estimator that names some variations names all.
    if !subject.variations.is_empty() {
        let varied = |field: &&String| !subject.variations.iter().any(|variation| variation.fields.contains(*field));
        let missing: Vec<&String> = subject.fields.iter().filter(varied).collect();
        ensure!(missing.is_empty(), "no variation of {missing:?}");
    }
    Ok(())
}

fn files_differ(
    a: &crate::testing::TestedModel,
    b: &crate::testing::TestedModel,
) -> Result<bool, crate::testing::Violation> {
    Ok(match (a.file()?, b.file()?) {
        (Some(a), Some(b)) => a.bytes != b.bytes,
        _ => false,
    })
}
