//! Sets of characters as Python's `re` has them: ranges, categories, complements, letters of either case.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::syntax::Case;
use crate::text::unicode::{is_space, is_word};

/// Characters, by their numbers. Half of a surrogate pair may be in it, and is in no text.
#[derive(Clone, Debug)]
pub(super) struct CharSet {
    negative: bool,
    /// Sorted and apart, after [`finish`](Self::finish).
    ranges: Vec<(u32, u32)>,
    categories: Vec<Category>,
    case: Case,
    /// The ASCII characters in it, each a bit.
    ascii: u128,
}

/// `\w`, `\s`, `\d`, and their complements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Category {
    pub(super) kind: char,
    pub(super) negative: bool,
    pub(super) ascii: bool,
}

impl Category {
    pub(super) fn contains(self, c: char) -> bool {
        let inside = match (self.kind, self.ascii) {
            ('w', true) => c.is_ascii_alphanumeric() || c == '_',
            ('w', false) => is_word(c),
            ('s', true) => matches!(c, ' ' | '\t'..='\r'),
            ('s', false) => is_space(c),
            (_, true) => c.is_ascii_digit(),
            (_, false) => c.general_category() == GeneralCategory::DecimalNumber,
        };
        inside != self.negative
    }
}

impl CharSet {
    /// The set that these ranges and categories, the complement if `negative`, stand for.
    pub(super) fn new(negative: bool, ranges: Vec<(u32, u32)>, categories: Vec<Category>, case: Case) -> Self {
        let mut set = CharSet { negative, ranges, categories, case, ascii: 0 };
        set.finish();
        let inside = (0..128).filter(|&code| set.finds(char::from(code)));
        set.ascii = inside.fold(0, |ascii, code| ascii | 1 << code);
        set
    }

    pub(super) fn one(c: u32, case: Case) -> Self {
        CharSet::new(false, vec![(c, c)], Vec::new(), case)
    }

    /// `.`: all but the line break, or all.
    pub(super) fn any(line_break: bool) -> Self {
        let none = if line_break { Vec::new() } else { vec![(0x0a, 0x0a)] };
        CharSet::new(true, none, Vec::new(), Case::Exact)
    }

    /// Adds the other cases of what is in it, and joins the ranges.
    fn finish(&mut self) {
        let mut all = self.ranges.clone();
        match self.case {
            Case::Exact => {}
            Case::IgnoreAscii => {
                for (capital, small) in (b'A'..=b'Z').zip(b'a'..=b'z').map(|(a, b)| (u32::from(a), u32::from(b))) {
                    let has = |c| self.ranges.iter().any(|&(low, high)| (low..=high).contains(&c));
                    if has(capital) || has(small) {
                        all.extend([(capital, capital), (small, small)]);
                    }
                }
            }
            Case::Ignore => {
                let cases = &*CASES;
                for &(low, high) in &self.ranges {
                    let from = cases.members.partition_point(|&(c, _)| c < low);
                    let inside = cases.members[from..].iter().take_while(|&&(c, _)| c <= high);
                    all.extend(inside.flat_map(|&(_, group)| &cases.groups[group]).map(|&c| (c, c)));
                }
            }
        }
        all.sort_unstable();
        self.ranges.clear();
        for (low, high) in all {
            match self.ranges.last_mut() {
                Some((_, end)) if low <= end.saturating_add(1) => *end = high.max(*end),
                _ => self.ranges.push((low, high)),
            }
        }
    }

    /// Whether a category is in it that is of ASCII, or of Unicode.
    pub(super) fn has_category_of(&self, ascii: bool) -> bool {
        self.categories.iter().any(|category| category.ascii == ascii)
    }

    #[inline]
    pub(super) fn contains(&self, c: char) -> bool {
        if c.is_ascii() { (self.ascii >> u32::from(c)) & 1 == 1 } else { self.finds(c) }
    }

    /// [`contains`](Self::contains), looked up in ranges and categories.
    fn finds(&self, c: char) -> bool {
        let code = u32::from(c);
        let place = self.ranges.partition_point(|&(_, high)| high < code);
        let in_range = self.ranges.get(place).is_some_and(|&(low, _)| low <= code);
        let in_category = || {
            let c = match self.case {
                Case::Exact => c,
                Case::IgnoreAscii => c.to_ascii_lowercase(),
                Case::Ignore => lower(c),
            };
            self.categories.iter().any(|category| category.contains(c))
        };
        (in_range || in_category()) != self.negative
    }
}

/// The lower case, where Python's `re` looks at it: of one character, one.
fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Whether a character is its own lower case.
pub(super) fn is_lower_case(code: u32) -> bool {
    char::from_u32(code).is_none_or(|c| lower(c) == c)
}

/// Whether a group's text is the same as another, as `re` compares it for a reference to the group: by lower case.
pub(super) fn same(a: char, b: char, case: Case) -> bool {
    match case {
        Case::Exact => a == b,
        Case::IgnoreAscii => a.eq_ignore_ascii_case(&b),
        Case::Ignore => lower(a) == lower(b),
    }
}

/// The letters that differ in case alone.
struct Cases {
    groups: Vec<Vec<u32>>,
    /// Each letter, ascending, and its group.
    members: Vec<(u32, usize)>,
}

/// Two letters are the same to `(?i)` if their lower cases are, or these have the same upper case.
static CASES: LazyLock<Cases> = LazyLock::new(|| {
    let mut by_upper: HashMap<String, Vec<u32>> = HashMap::new();
    let cased = |c: char| !c.to_lowercase().eq([c]) || !c.to_uppercase().eq([c]);
    for c in ('\0'..=char::MAX).filter(|&c| cased(c)) {
        by_upper.entry(lower(c).to_uppercase().collect()).or_default().push(u32::from(c));
    }
    let mut groups: Vec<Vec<u32>> = by_upper.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_unstable();
    let members = groups.iter().enumerate().flat_map(|(group, letters)| letters.iter().map(move |&c| (c, group)));
    let mut members: Vec<(u32, usize)> = members.collect();
    members.sort_unstable();
    Cases { groups, members }
});
