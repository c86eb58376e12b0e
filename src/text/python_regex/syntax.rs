//! The syntax tree of a pattern of Python's `re`.

use super::char_set::CharSet;

/// Items one after the other.
pub(super) type Sequence = Vec<Item>;

/// What a pattern is made of.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// One character of a set.
    One(CharSet),
    At(Anchor),
    /// The first of these that leads to a match.
    Branch(Vec<Sequence>),
    /// A capturing group, numbered from 1, or one that only groups.
    Group(Option<usize>, Sequence),
    Repeat {
        min: u32,
        /// None is without end.
        max: Option<u32>,
        kind: Repetition,
        body: Sequence,
    },
    /// Once it has matched, it is not tried in another way.
    Atomic(Sequence),
    Look {
        /// Behind, by how many characters, or ahead.
        behind: Option<usize>,
        negative: bool,
        body: Sequence,
    },
    /// What a group has matched.
    Reference(usize, Case),
    /// The first sequence where the group has matched, else the second.
    Conditional(usize, Sequence, Sequence),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repetition {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// `\A`, and `^` without `(?m)`.
    Start,
    /// `^` with `(?m)`.
    LineStart,
    /// `\Z`.
    End,
    /// `$` without `(?m)`: at the end, and before a line break that ends the text.
    LastLineEnd,
    /// `$` with `(?m)`.
    LineEnd,
    /// `\b` and `\B`.
    Boundary { negative: bool, ascii: bool },
}

/// Which characters are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Exact,
    /// The letters of ASCII, whatever their case.
    IgnoreAscii,
    /// All letters, whatever their case.
    Ignore,
}

/// How many characters a sequence can match, at least and at most; counts beyond what there can be are the highest.
pub(super) fn width(items: &[Item], groups: &[Option<(u64, u64)>]) -> (u64, u64) {
    let add = |(low, high): (u64, u64), (l, h): (u64, u64)| (low.saturating_add(l), high.saturating_add(h));
    let either = |(low, high): (u64, u64), (l, h): (u64, u64)| (low.min(l), high.max(h));
    items.iter().fold((0, 0), |sum, item| {
        let own = match item {
            Item::One(_) => (1, 1),
            Item::At(_) | Item::Look { .. } => (0, 0),
            Item::Branch(branches) => {
                branches.iter().map(|branch| width(branch, groups)).reduce(either).unwrap_or_default()
            }
            Item::Group(_, body) | Item::Atomic(body) => width(body, groups),
            Item::Repeat { min, max, body, .. } => {
                let (low, high) = width(body, groups);
                let high = match max {
                    _ if high == 0 => 0,
                    None => u64::MAX,
                    Some(max) => high.saturating_mul(u64::from(*max)),
                };
                (low.saturating_mul(u64::from(*min)), high)
            }
            Item::Reference(group, _) => groups.get(*group).copied().flatten().unwrap_or_default(),
            Item::Conditional(_, yes, no) => either(width(yes, groups), width(no, groups)),
        };
        add(sum, own)
    })
}
