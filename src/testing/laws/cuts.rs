//! The same model wherever chunks end.

use super::Law;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::model::same_answers;
use crate::testing::outcome::{On, Outcome};
use crate::testing::subject::{Cuts, Subject};

pub(super) const LAW: Law = Law {
    name: "cuts",
    statement: "the same rows, cut into other chunks, give the same model up to rounding; averages of models aside, of which \
                each is the model of its chunk",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let runtime = Runtime::new().threads(2);
    let whole = Block::whole(subject.blocks())?;
    for way in subject.ways().iter().filter(|way| way.cuts == Cuts::DoNotMatter) {
        let expected = way.fit(&runtime, std::slice::from_ref(&whole)).on(way.name)?;
        for size in [1, 5] {
            let found = way.fit(&runtime, &whole.cut(size)).on(format!("{} in chunks of {size}", way.name))?;
            same_answers(&found, &expected, subject.blocks(), subject.tolerance)
                .on(format!("{} in chunks of {size}, and in one", way.name))?;
        }
    }
    Ok(())
}
