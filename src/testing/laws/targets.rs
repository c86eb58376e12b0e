//! Targets that are no numbers.

use super::Law;
use crate::error::ErrorKind;
use crate::graph::Runtime;
use crate::testing::outcome::{On, Outcome, ensure, refused};
use crate::testing::rows::TargetKind;
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "targets",
    statement: "a value to learn or to score by that is NaN or infinite is refused with kind `InvalidTarget` and the row",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    if subject.targets() != TargetKind::Values {
        return Ok(());
    }
    let runtime = Runtime::new().threads(2);
    for way in subject.ways() {
        let model = way.fit(&runtime, subject.blocks()).on(way.name)?;
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut blocks = subject.blocks().to_vec();
            blocks[1].value[6] = odd;
            let what = format!("{} of {odd}", way.name);
            let error = refused(way.fit(&runtime, &blocks), &what, "learned")?;
            let is_target = matches!(error.kind(), ErrorKind::InvalidTarget { .. });
            ensure!(is_target && error.place().row.is_some(), "{what}: {error}");
            for used in model.uses() {
                let what = format!("{}, {} of {odd}", way.name, used.name);
                match used.ask(&runtime, &blocks) {
                    Ok(_) => ensure!(!used.looks_at_targets, "{what}: answered"),
                    Err(error) => {
                        ensure!(matches!(error.kind(), ErrorKind::InvalidTarget { .. }), "{what}: {error}");
                        ensure!((error.place().chunk, error.place().row) == (Some(1), Some(6)), "{what}: {error}");
                    }
                }
            }
        }
    }
    Ok(())
}
