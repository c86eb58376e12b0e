//! Labels that training did not see.

use super::Law;
use crate::error::ErrorKind;
use crate::graph::Runtime;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::rows::TargetKind;
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "labels",
    statement: "a label that training did not see is refused wherever labels are scored, with kind `UnknownLabel`, the chunk \
                and the row",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    if subject.targets() != TargetKind::Classes {
        return Ok(());
    }
    let runtime = Runtime::new().threads(2);
    let mut blocks = subject.blocks().to_vec();
    blocks[2].class[4] = 7;
    for way in subject.ways() {
        let model = way.fit(&runtime, subject.blocks()).on(way.name)?;
        for used in model.uses() {
            let what = format!("{}, {}", way.name, used.name);
            match used.ask(&runtime, &blocks) {
                Ok(_) => ensure!(!used.looks_at_targets, "{what}: answered"),
                Err(error) => {
                    ensure!(used.looks_at_targets, "{what} does not look at labels: {error}");
                    ensure!(matches!(error.kind(), ErrorKind::UnknownLabel { .. }), "{what}: {error}");
                    ensure!((error.place().chunk, error.place().row) == (Some(2), Some(4)), "{what}: {error}");
                }
            }
        }
    }
    Ok(())
}
