//! Rows of one class.

use ndarray::Array1;

use super::Law;
use crate::error::ErrorKind;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::model::same_answers;
use crate::testing::outcome::{On, Outcome, ensure, refused};
use crate::testing::rows::TargetKind;
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "one class",
    statement: "rows that are all of one class are refused with kind `OneClass`, unless a chunk of another class follows; \
                estimators that learn from rows alone learn from them",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let runtime = Runtime::new().threads(2);
    let of_class = |block: &Block, class| Block { class: Array1::from_elem(block.n_rows(), class), ..block.clone() };
    let one: Vec<Block> = subject.blocks().iter().map(|block| of_class(block, 1)).collect();
    if subject.takes_weights && matches!(subject.targets(), TargetKind::Classes | TargetKind::TwoClasses) {
        one_with_weight(subject)?;
    }
    for way in subject.learning_ways() {
        match (subject.targets(), way.fit(&runtime, &one)) {
            (TargetKind::None | TargetKind::Values, Ok(found)) => {
                let expected = way.fit(&runtime, subject.blocks()).on(way.name)?;
                // Targets that are not looked at change nothing; the values are the same.
                same_answers(&found, &expected, subject.blocks(), 0.0).on(way.name)?;
            }
            (TargetKind::None | TargetKind::Values, Err(error)) => return Err(error.into()),
            // The labels of a row are each there or not: all alike is a matter of each label.
            (TargetKind::Labels, _) => {}
            (_, Ok(model)) if way.name == "partial_fit" => {
                let used = model.uses().iter().find(|used| used.name == "predict");
                let found = used.map(|used| used.ask(&runtime, &one)).transpose().on(way.name)?;
                let numbers = found.unwrap_or_default();
                ensure!(numbers.windows(2).all(|pair| pair[0] == pair[1]), "{}: {numbers:?}", way.name);
            }
            (_, Ok(_)) => ensure!(false, "{} learns one class", way.name),
            (_, Err(error)) => {
                ensure!(matches!(error.kind(), ErrorKind::OneClass { .. }), "{}: {error}", way.name);
            }
        }
    }
    Ok(())
}

/// Rows of other classes that have no weight are absent.
fn one_with_weight(subject: &Subject) -> Outcome {
    let runtime = Runtime::new().threads(2);
    let weigh = |block: &Block| block.weighted(|i| f32::from(u8::from(block.class[i] == 1)));
    let blocks: Vec<Block> = subject.blocks().iter().map(weigh).collect();
    for way in subject.learning_ways().iter().filter(|way| way.name != "partial_fit") {
        let what = format!("{} of one class, the others having no weight", way.name);
        let error = refused(way.fit(&runtime, &blocks), &what, "learned")?;
        ensure!(matches!(error.kind(), ErrorKind::OneClass { .. }), "{what}: {error}");
    }
    Ok(())
}
