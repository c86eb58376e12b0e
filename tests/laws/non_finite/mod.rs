//! NaN and infinite values, unknown labels and other numbers of columns are refused by every model and every way to use it.

mod composites;
mod in_memory;
mod listed;
mod searches;
mod sinks;

use chunkfit::{Error, ErrorKind};
use ndarray::{Array1, Array2, Axis, concatenate};

use crate::estimators::{Block, Learner, Learns, Model, N_FEATURES, blocks, estimators};

/// What no feature and no target is.
const ODD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// Block, row and column: the first, a later row, a later block's row that is its last.
const PLACES: [(usize, usize, usize); 3] = [(0, 0, 1), (0, 5, 0), (2, 13, N_FEATURES - 1)];

/// The blocks with another value at a place.
fn with_value((block, row, column): (usize, usize, usize), value: f64) -> Vec<Block> {
    let mut blocks = blocks();
    blocks[block].x[(row, column)] = value;
    blocks
}

/// Rows with one column more, or one less.
fn of_other_width(x: &Array2<f64>, more: bool) -> Array2<f64> {
    let columns = x.columns().into_iter().take(N_FEATURES - 1);
    match more {
        true => concatenate(Axis(1), &[x.view(), Array2::ones((x.nrows(), 1)).view()]).unwrap(),
        false => Array2::from_shape_fn((x.nrows(), columns.len()), |place| x[place]),
    }
}

/// The last block has another number of columns.
fn of_two_widths(more: bool) -> Vec<Block> {
    let mut blocks = blocks();
    blocks[2].x = of_other_width(&blocks[2].x, more);
    blocks
}

/// The error names the value by its chunk, row and column.
fn assert_names((block, row, column): (usize, usize, usize), found: Result<Vec<f64>, Error>, what: &str) {
    let Err(error) = found else { panic!("{what}: {found:?}") };
    assert_eq!(error.kind(), &ErrorKind::NonFinite { column }, "{what}: {error}");
    assert_eq!((error.place().chunk, error.place().row), (Some(block), Some(row)), "{what}: {error}");
}

fn is_model(learner: &Learner) -> bool {
    learner.ways.iter().all(|(way, _)| *way != "learn")
}

/// Every learner but those that only transform, fitted in every way; or in one way.
fn for_each_model(all_ways: bool, mut law: impl FnMut(&Learner, &str, &Model)) {
    let mut n_models = 0;
    for learner in estimators() {
        for (way, fit) in learner.ways.iter().take(if all_ways { usize::MAX } else { 1 }) {
            let model = fit(&blocks()).unwrap();
            law(&learner, &format!("{} by {way}", learner.name), &model);
            n_models += 1;
        }
    }
    assert!(n_models >= 60, "{n_models}");
}

/// The uses of a model that the law of rows holds for: transformers have one of their own.
fn uses<'a>(
    learner: &'a Learner,
    model: &'a Model,
) -> impl Iterator<Item = &'a (&'static str, crate::estimators::UseBlocks)> {
    model.uses.iter().filter(|(name, _)| is_model(learner) || *name == "predict")
}

#[test]
fn values_that_are_no_numbers_are_refused_in_every_use() {
    for_each_model(false, |learner, what, model| {
        for (name, apply) in uses(learner, model) {
            for place in PLACES {
                for odd in ODD {
                    assert_names(place, apply(&with_value(place, odd)), &format!("{what}, {name}, {odd}"));
                }
            }
        }
    });
}

#[test]
fn they_are_refused_however_the_model_was_fitted() {
    for_each_model(true, |learner, what, model| {
        for (name, apply) in uses(learner, model) {
            assert_names(PLACES[2], apply(&with_value(PLACES[2], f64::NAN)), &format!("{what}, {name}"));
        }
    });
}

/// What is finite may be more than a float can hold when it is multiplied: an error, or numbers.
#[test]
fn no_infinity_comes_out_of_large_numbers() {
    for_each_model(false, |learner, what, model| {
        for (name, apply) in uses(learner, model) {
            for large in [1e20, 1e38, 1e155, -1e200, 1e300, f64::MAX] {
                match apply(&with_value(PLACES[2], large)) {
                    Ok(numbers) => {
                        assert!(numbers.iter().all(|x| x.is_finite()), "{what}, {name}, {large}: {numbers:?}");
                    }
                    Err(error) => {
                        assert!(
                            !matches!(error.kind(), ErrorKind::Panicked { .. }),
                            "{what}, {name}, {large}: {error}"
                        );
                        assert_eq!(error.place().chunk, Some(2), "{what}, {name}, {large}: {error}");
                    }
                }
            }
        }
    });
}

#[test]
fn other_numbers_of_columns_are_refused_in_every_use() {
    for_each_model(true, |learner, what, model| {
        for (name, apply) in uses(learner, model) {
            for more in [true, false] {
                let error = apply(&of_two_widths(more)).unwrap_err();
                let found = if more { N_FEATURES + 1 } else { N_FEATURES - 1 };
                let expected = ErrorKind::ShapeMismatch { what: "columns", expected: N_FEATURES, found };
                assert_eq!((error.kind(), error.place().chunk), (&expected, Some(2)), "{what}, {name}: {error}");
            }
        }
    });
}

/// Uses that do not look at targets. All others do, those that are yet to come as well.
const BLIND: [&str; 6] =
    ["predict", "decision_function", "predict_proba", "calibrated predict_proba", "transform", "thresholded predict"];

#[test]
fn labels_never_seen_are_refused_wherever_labels_are_looked_at() {
    let mut blocks = blocks();
    blocks[2].class[4] = 7;
    let mut n_uses = 0;
    for_each_model(true, |learner, what, model| {
        for (name, apply) in model.uses.iter().filter(|_| learner.learns == Learns::Classes) {
            let found = apply(&blocks);
            if BLIND.contains(name) {
                assert!(found.is_ok(), "{what}, {name}");
                continue;
            }
            let error = found.unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::UnknownLabel { label, .. } if label == "7"),
                "{what}, {name}: {error}"
            );
            assert_eq!((error.place().chunk, error.place().row), (Some(2), Some(4)), "{what}, {name}: {error}");
            n_uses += 1;
        }
    });
    assert!(n_uses >= 4 * 7 * 3, "{n_uses}");
}

#[test]
fn true_values_that_are_no_numbers_are_refused_wherever_values_are_looked_at() {
    let mut n_uses = 0;
    for_each_model(true, |learner, what, model| {
        for (name, apply) in model.uses.iter().filter(|_| learner.learns == Learns::Values) {
            for odd in ODD {
                let mut blocks = blocks();
                blocks[1].value[6] = odd;
                let found = apply(&blocks);
                if BLIND.contains(name) {
                    assert!(found.is_ok(), "{what}, {name}");
                    continue;
                }
                let error = found.unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::InvalidTarget { .. }), "{what}, {name}: {error}");
                assert_eq!((error.place().chunk, error.place().row), (Some(1), Some(6)), "{what}, {name}: {error}");
                n_uses += 1;
            }
        }
    });
    assert!(n_uses >= 4 * 5 * 3 * 3, "{n_uses}");
}

/// No rows are none to refuse.
#[test]
fn chunks_without_rows_change_no_result() {
    let mut with_empty = blocks();
    let none = Block {
        x: Array2::zeros((0, N_FEATURES)),
        class: Array1::default(0),
        value: Array1::default(0),
        ..blocks()[0].clone()
    };
    with_empty.insert(1, none);
    for_each_model(false, |learner, what, model| {
        for (name, apply) in uses(learner, model) {
            assert_eq!(apply(&with_empty).unwrap(), apply(&blocks()).unwrap(), "{what}, {name}");
        }
    });
}
