//! One row, one of two, and no row at all.

use super::Law;
use crate::error::{Error, ErrorKind};
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::subject::{Subject, Way};

pub(super) const LAW: Law = Law {
    name: "one row",
    statement: "of one row, or of two, a fit is a model whose answers are finite, or an error that says why; of no rows it is \
                an error of kind `NoRows`",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let first = &subject.blocks()[0];
    for way in subject.learning_ways() {
        for rows in [&[0][..], &[0, 1], &[2, 2]] {
            fit_or_refuse(way, &[first.select(rows)]).on(format!("{} of rows {rows:?}", way.name))?;
        }
        for none in [vec![first.empty()], vec![first.empty(), first.empty()]] {
            match way.fit(&Runtime::new().threads(1), &none) {
                // A chain refuses it in the end; a model that has learned nothing yet may be given more.
                Ok(_) => ensure!(way.name == "partial_fit", "{} of no rows gives a model", way.name),
                Err(error) => ensure!(matches!(error.kind(), ErrorKind::NoRows { .. }), "{}: {error}", way.name),
            }
        }
    }
    Ok(())
}

/// Whether the error is about the rows or the parameters, and not about the program.
pub(super) fn is_refusal(error: &Error) -> bool {
    !matches!(error.kind(), ErrorKind::Panicked { .. } | ErrorKind::NonFiniteResult { .. } | ErrorKind::Estimator)
}

/// A model whose answers are finite or refusals, or a refusal.
pub(super) fn fit_or_refuse(way: &Way, blocks: &[Block]) -> Outcome {
    let runtime = Runtime::new().threads(1);
    let model = match way.fit(&runtime, blocks) {
        Ok(model) => model,
        Err(error) => {
            ensure!(is_refusal(&error), "{error}");
            return Ok(());
        }
    };
    for used in model.uses().iter().filter(|used| !used.looks_at_targets) {
        match used.ask(&runtime, blocks) {
            Ok(numbers) => ensure!(numbers.iter().all(|x| x.is_finite()), "{}: {numbers:?}", used.name),
            Err(error) => ensure!(is_refusal(&error), "{}: {error}", used.name),
        }
    }
    Ok(())
}
