//! Steps made of a model file, by the kinds that are written in it.

use serde_json::Value;

use super::any_label::AnyLabel;
use super::around::around;
use super::groups::Groups;
use super::kinds::loader;
use super::step::Step;
use crate::error::{Error, ErrorKind, Result};
use crate::persist::Part;

/// A step with the name of its kind and, of a classifier, its classes in the order of their numbers.
pub(super) struct Loaded {
    pub(super) kind: String,
    pub(super) step: Box<dyn Step>,
    pub(super) classes: Vec<AnyLabel>,
}

/// The deepest nesting of kinds that is followed: a file that was forged may have any.
const DEEPEST: usize = 64;

/// All steps of a model, first to last.
pub(super) fn steps(kind: &str, part: &Part<'_>) -> Result<Vec<Loaded>> {
    let (mut kind, mut part, mut steps) = (kind.to_owned(), part.clone(), Vec::new());
    while let ("FittedPipeline", Some((transformer, model))) = (name_of(&kind), two_of(&kind)) {
        if steps.len() == DEEPEST {
            return Err(unknown(&kind));
        }
        steps.push(single(transformer, &part.field("transformer"))?);
        part = part.field("model");
        kind = model.to_owned();
    }
    steps.push(single(&kind, &part)?);
    Ok(steps)
}

/// A step that is no pipeline.
pub(super) fn single(kind: &str, part: &Part<'_>) -> Result<Loaded> {
    if let ("GroupModels", Some(model)) = (name_of(kind), inside_of(kind)) {
        return Ok(Loaded { kind: kind.to_owned(), step: Box::new(Groups::load(model, part)?), classes: Vec::new() });
    }
    let (part, classes) = if is_classifier(kind) { numbered(part)? } else { (part.clone(), Vec::new()) };
    Ok(Loaded { kind: kind.to_owned(), step: nested(kind, &part, 0)?, classes })
}

/// A step, or one around another, whose labels are numbers.
fn nested(kind: &str, part: &Part<'_>, depth: usize) -> Result<Box<dyn Step>> {
    if let Some((load, _)) = loader(kind) {
        return load(part);
    }
    let inner = inside_of(kind).filter(|_| depth < DEEPEST).ok_or_else(|| unknown(kind))?;
    let inner = nested(inner, &part.field("model"), depth + 1)?;
    around(name_of(kind), part, inner)?.ok_or_else(|| unknown(kind))
}

/// True for classifiers, and for what is around one.
fn is_classifier(kind: &str) -> bool {
    let innermost = std::iter::successors(Some(kind), |kind| inside_of(kind)).last().unwrap_or(kind);
    loader(innermost).is_some_and(|(_, is_classifier)| is_classifier)
}

/// The error of a kind that is not of this crate.
fn unknown(kind: &str) -> Error {
    let problem = format!(
        "it holds a model of kind {kind}, and the loader knows the kinds of this crate alone: load it by its own type, as \
         `MyModel::load(file)` or `FittedPipeline::<…, MyModel>::load(file)`"
    );
    Error::new(ErrorKind::Malformed { format: "model file", problem })
}

/// `A` of `A<B, C>`.
fn name_of(kind: &str) -> &str {
    kind.split('<').next().unwrap_or(kind)
}

/// `B, C` of `A<B, C>`.
fn inside_of(kind: &str) -> Option<&str> {
    kind.split_once('<')?.1.strip_suffix('>')
}

/// `B` and `C` of `A<B, C>`.
fn two_of(kind: &str) -> Option<(&str, &str)> {
    let inside = inside_of(kind)?;
    let mut depth = 0_usize;
    for (at, character) in inside.char_indices() {
        match character {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return Some((inside[..at].trim(), inside[at + 1..].trim())),
            _ => {}
        }
    }
    None
}

/// The name of the fields that hold labels.
const CLASSES: &str = "classes";

/// The part of a classifier with the numbers of its labels in their place, and the labels.
fn numbered<'a>(part: &Part<'a>) -> Result<(Part<'a>, Vec<AnyLabel>)> {
    let mut lists = Vec::new();
    find_classes(part, part.value(), &mut lists)?;
    let classes = lists.into_iter().max_by_key(Vec::len).unwrap_or_default();
    let mut value = part.value().clone();
    number_classes(part, &mut value, &classes)?;
    Ok((part.with(value), classes))
}

/// All lists of labels in a structure.
fn find_classes(part: &Part<'_>, value: &Value, lists: &mut Vec<Vec<AnyLabel>>) -> Result<()> {
    let Some(fields) = value.as_object() else { return Ok(()) };
    for (name, field) in fields {
        match labels_of(part, name, field)? {
            Some(labels) => lists.push(labels),
            None => find_classes(part, field, lists)?,
        }
    }
    Ok(())
}

fn number_classes(part: &Part<'_>, value: &mut Value, classes: &[AnyLabel]) -> Result<()> {
    let Some(fields) = value.as_object_mut() else { return Ok(()) };
    for (name, field) in fields {
        match labels_of(part, name, field)? {
            Some(labels) => {
                let number = |label: &AnyLabel| classes.iter().position(|class| class == label);
                // One that is not among them has a number that no check lets pass.
                let numbers = labels.iter().map(|label| number(label).unwrap_or(usize::MAX).into());
                *field = Value::Array(numbers.collect());
            }
            None => number_classes(part, field, classes)?,
        }
    }
    Ok(())
}

/// The labels in a field, if it holds a list of them.
fn labels_of(part: &Part<'_>, name: &str, field: &Value) -> Result<Option<Vec<AnyLabel>>> {
    let is_list = field.is_array() || field.get("$tensor").is_some();
    if name != CLASSES || !is_list { Ok(None) } else { part.with(field.clone()).read().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_taken_apart() {
        let kind = "FittedPipeline<HashingVectorizer, FittedPipeline<TfidfTransformer, Calibrated<SgdClassifier>>>";
        assert_eq!(name_of(kind), "FittedPipeline");
        let (first, rest) = two_of(kind).unwrap();
        assert_eq!((first, rest), ("HashingVectorizer", "FittedPipeline<TfidfTransformer, Calibrated<SgdClassifier>>"));
        assert_eq!(two_of(rest).unwrap().1, "Calibrated<SgdClassifier>");
        assert_eq!(inside_of("Calibrated<SgdClassifier>"), Some("SgdClassifier"));
        assert_eq!((two_of("KMeans"), inside_of("KMeans<"), inside_of("A>")), (None, None, None));
    }
}
