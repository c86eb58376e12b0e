//! Chunks without rows change nothing.

use super::Law;
use crate::graph::Runtime;
use crate::testing::model::same_answers;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "empty chunk",
    statement: "a chunk without rows, before, between or after the others, changes no fit and no answer",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let (runtime, blocks) = (Runtime::new().threads(2), subject.blocks());
    for (w, way) in subject.ways().iter().enumerate() {
        let expected = way.fit(&runtime, blocks).on(way.name)?;
        for place in 0..=blocks.len() {
            let mut with_empty = blocks.to_vec();
            with_empty.insert(place, blocks[0].empty());
            // `partial_fit` itself has no rows to begin with.
            if !(way.name == "partial_fit" && place == 0) {
                let found = way.fit(&runtime, &with_empty).on(format!("{}, empty chunk {place}", way.name))?;
                // Of more chunks, other neighbours are merged.
                let tolerance = if way.merges() { subject.tolerance } else { 0.0 };
                same_answers(&found, &expected, blocks, tolerance).on(format!("{}, empty chunk {place}", way.name))?;
            }
            // Answers are those of the model, however it was fitted, and wherever the chunk is.
            let asked = if w == 0 && place == 1 { expected.uses() } else { &[] };
            for used in asked {
                let what = format!("{} {}, empty chunk {place}", way.name, used.name);
                let (found, expected) = (used.ask(&runtime, &with_empty).on(&what)?, used.ask(&runtime, blocks)?);
                ensure!(found == expected, "{what}: another answer");
            }
        }
    }
    Ok(())
}
