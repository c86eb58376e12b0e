//! Averages that are merged in another order are equal to rounding.

use super::Law;
use crate::graph::Runtime;
use crate::testing::model::same_answers;
use crate::testing::outcome::{On, Outcome};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "trees",
    statement: "an average whose parts were merged in another order, from the last to the first, is the same up to rounding",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let (Some(merged), Some(way)) = (&subject.other_tree, subject.ways().iter().find(|way| way.name == "average"))
    else {
        return Ok(());
    };
    let runtime = Runtime::new().threads(2);
    let (expected, found) = (way.fit(&runtime, subject.blocks())?, merged(&runtime, subject.blocks())?);
    same_answers(&found, &expected, subject.blocks(), subject.tolerance).on("merged from the last to the first")
}
