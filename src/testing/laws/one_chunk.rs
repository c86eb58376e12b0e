//! `partial_fit` of one chunk is `fit`.

use super::Law;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::model::same_answers;
use crate::testing::outcome::{On, Outcome};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "one chunk",
    statement: "of one chunk, every way to fit gives the model of `fit` in memory, up to rounding",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let Some((first, others)) = subject.ways().split_first() else { return Ok(()) };
    let runtime = Runtime::new().threads(1);
    let whole = [Block::whole(subject.blocks())?];
    let expected = first.fit(&runtime, &whole).on(first.name)?;
    for way in others {
        let found = way.fit(&runtime, &whole).on(way.name)?;
        same_answers(&found, &expected, &whole, subject.tolerance).on(format!("{}, and {}", way.name, first.name))?;
    }
    Ok(())
}
