//! Patterns for an automaton: those parts of Python's syntax that mean the same to fancy-regex are written in its own.

use super::syntax::{Anchor, Item, Repetition, Sequence, width};

/// What the pattern will be used on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Haystack {
    /// ASCII text, where all agree on `\b` and a pattern with it needs no backtracking.
    Ascii,
    Any,
}

/// The pattern in the syntax of fancy-regex; `None` where it has something that may not mean the same there.
pub(super) fn translate(items: &Sequence, haystack: Haystack) -> Option<String> {
    let mut out = String::new();
    sequence(items, haystack, &mut out)?;
    Some(out)
}

fn sequence(items: &Sequence, haystack: Haystack, out: &mut String) -> Option<()> {
    items.iter().try_for_each(|one| item(one, haystack, out))
}

fn item(item: &Item, haystack: Haystack, out: &mut String) -> Option<()> {
    match item {
        Item::One(set) => *out += &set.class()?,
        Item::At(anchor) => *out += &assertion(*anchor, haystack),
        Item::Branch(branches) => {
            *out += "(?:";
            for (i, branch) in branches.iter().enumerate() {
                *out += if i > 0 { "|" } else { "" };
                sequence(branch, haystack, out)?;
            }
            *out += ")";
        }
        Item::Group(group, body) => {
            *out += if group.is_some() { "(" } else { "(?:" };
            sequence(body, haystack, out)?;
            *out += ")";
        }
        Item::Repeat { min, max, kind, body } => {
            // A round that matches nothing, and one that never comes, are where engines differ.
            if *max == Some(0) || width(body, &[]).0 == 0 || *kind == Repetition::Possessive {
                return None;
            }
            *out += "(?:";
            sequence(body, haystack, out)?;
            *out += ")";
            *out += &match (min, max) {
                (0, None) => "*".to_owned(),
                (1, None) => "+".to_owned(),
                (_, None) => format!("{{{min},}}"),
                (_, Some(max)) => format!("{{{min},{max}}}"),
            };
            *out += if *kind == Repetition::Lazy { "?" } else { "" };
        }
        Item::Atomic(_) | Item::Look { .. } | Item::Reference(..) | Item::Conditional(..) => return None,
    }
    Some(())
}

fn assertion(anchor: Anchor, haystack: Haystack) -> String {
    match anchor {
        Anchor::Start => r"\A".into(),
        Anchor::LineStart => "(?m:^)".into(),
        Anchor::End => r"\z".into(),
        Anchor::LastLineEnd => r"(?=\n?\z)".into(),
        Anchor::LineEnd => "(?m:$)".into(),
        Anchor::Boundary { negative, .. } if haystack == Haystack::Ascii => {
            if negative {
                r"\B".into()
            } else {
                r"\b".into()
            }
        }
        Anchor::Boundary { negative, ascii } => {
            let word = if ascii { "a-zA-Z0-9_" } else { r"\p{L}\p{N}_" };
            match negative {
                false => format!("(?:(?<=[{word}])(?![{word}])|(?<![{word}])(?=[{word}]))"),
                true => format!("(?:(?<=[{word}])(?=[{word}])|(?<![{word}])(?![{word}]))"),
            }
        }
    }
}
