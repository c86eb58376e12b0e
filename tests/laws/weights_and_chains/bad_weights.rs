//! Weights that are negative, NaN, infinite, or not one a row are refused by every learner however it is fitted.

use chunkfit::ErrorKind;
use ndarray::Array1;

use super::{learners, weighted};
use crate::estimators::blocks;

#[test]
fn bad_weights_are_refused_with_their_row() {
    for bad in [-1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -f32::MIN_POSITIVE] {
        let mut blocks = blocks();
        blocks[1] = weighted(&blocks[1], |i| if i == 4 { bad } else { 1.0 });
        for block in [0, 2] {
            blocks[block] = weighted(&blocks[block], |_| 1.0);
        }
        for learner in learners() {
            for (way, fit) in &learner.ways {
                let name = format!("{} by {way} with {bad}", learner.name);
                let Err(error) = fit(&blocks) else { panic!("{name} is learned from") };
                assert!(matches!(error.kind(), ErrorKind::InvalidParameter { .. }), "{name}: {error}");
                let of_all = matches!(*way, "fit" | "concatenate");
                let row = if of_all { blocks[0].class.len() + 4 } else { 4 };
                assert_eq!(error.place().row, Some(row), "{name}: {error}");
            }
        }
    }
}

#[test]
fn weights_that_are_not_one_a_row_are_refused() {
    let mut blocks = blocks();
    blocks.truncate(1);
    for n in [1, 11, 13] {
        blocks[0].weights = Some(Array1::ones(n));
        for learner in learners() {
            // All rows in one data set are put together before anybody learns.
            for (way, fit) in learner.ways.iter().filter(|(way, _)| !matches!(*way, "fit" | "concatenate")) {
                let Err(error) = fit(&blocks) else { panic!("{} by {way} takes {n} weights", learner.name) };
                assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { .. }), "{} by {way}: {error}", learner.name);
            }
        }
    }
}
