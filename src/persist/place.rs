//! Paths of tensors: where in a value a part of it is.

use std::fmt;

/// A path of fields and numbers, e.g. `model.blocks.0.weights`. Steps are linked, not joined: only the
/// places of tensors become text, not those of every number.
#[derive(Clone, Copy)]
pub(super) struct TensorPath<'a> {
    parent: Option<&'a TensorPath<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Number(usize),
}

impl<'a> TensorPath<'a> {
    pub(super) fn root(name: &'a str) -> Self {
        TensorPath { parent: None, step: Step::Field(name) }
    }

    pub(super) fn field(&'a self, name: &'a str) -> Self {
        TensorPath { parent: Some(self), step: Step::Field(name) }
    }

    pub(super) fn number(&'a self, number: usize) -> Self {
        TensorPath { parent: Some(self), step: Step::Number(number) }
    }
}

impl fmt::Display for TensorPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}.")?;
        }
        match self.step {
            Step::Field(name) => f.write_str(name),
            Step::Number(number) => write!(f, "{number}"),
        }
    }
}
