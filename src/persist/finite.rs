//! The check for NaN and infinite numbers in a model that was loaded.

use serde::Serialize;

use super::tensors::{Numbers, Tensors};
use super::writer::take_apart;
use crate::error::{Error, ErrorKind, Result};

/// Refuses a model with a NaN or infinite number in it, for kinds whose training makes none: all of its parts are
/// looked at, whatever they are called.
pub(super) fn check_finite<M: Serialize>(model: &M) -> Result<()> {
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
