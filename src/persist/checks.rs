//! Checks of a model that was loaded: no NaN or infinite numbers, and weights of the right size.

use super::Persist;
use super::file::AsSaved;
use super::tensors::{Numbers, Tensors};
use super::writer::{TakeApart, take_apart};
use crate::error::{Error, ErrorKind, Result};

/// Refuses a model with a NaN or infinite number in it, for kinds whose training makes none: all of its parts are
/// looked at, whatever they are called.
pub(crate) fn check_finite<M: Persist>(model: &M) -> Result<()> {
    check_parts(&AsSaved(model))
}

fn check_parts(model: &dyn TakeApart) -> Result<()> {
    let mut tensors = Tensors::new();
    take_apart(model, "model", &mut tensors)
        .map_err(|error| malformed(format!("the model does not serialize: {error}")))?;
    for (name, tensor) in &tensors {
        let bad = match &tensor.numbers {
            Numbers::F32(numbers) => numbers.iter().position(|number| !number.is_finite()),
            Numbers::F64(numbers) => numbers.iter().position(|number| !number.is_finite()),
            Numbers::I64(_) | Numbers::U64(_) => None,
        };
        if let Some(place) = bad {
            let problem =
                format!("the number at place {place} of {name} is NaN or infinite, and training makes no such");
            return Err(malformed(problem));
        }
    }
    Ok(())
}

fn malformed(problem: String) -> Error {
    Error::new(ErrorKind::Malformed { format: "model", problem })
}

/// Refuses weights that are not of the model's classes and columns.
pub(crate) fn check_whole(is_whole: bool) -> Result<()> {
    let problem = "the weights are not those of so many classes and columns".to_owned();
    if is_whole { Ok(()) } else { Err(Error::new(ErrorKind::InvalidMatrix { problem })) }
}
