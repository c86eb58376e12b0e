//! Characters as Python sees them.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use serde::{Deserialize, Serialize};

/// How accents are removed (scikit-learn's `strip_accents`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StripAccents {
    /// Compatibility decomposition (NFKD), then every character that is not ASCII is dropped.
    Ascii,
    /// Compatibility decomposition (NFKD), then combining marks are dropped.
    Unicode,
}

/// Python's `\w`: a letter, a number or `_`.
///
/// That is general categories L* and N*. Rust's `char::is_alphanumeric` and the regex crate's `\w`
/// both also count marks such as Devanagari vowel signs.
#[inline]
pub(super) fn is_word(c: char) -> bool {
    look_up(&BASIC_PLANE, c).unwrap_or_else(|| is_letter_or_number(c))
}

/// [`is_word`] of every character below 2^16, a bit each: looking a category up takes a binary
/// search.
static BASIC_PLANE: LazyLock<Box<Bits>> = LazyLock::new(|| bits(|c| c == '_' || is_letter_or_number(c)));

/// Whether lower-casing changes a character below 2^16, for the same reason.
static CHANGES: LazyLock<Box<Bits>> = LazyLock::new(|| bits(|c| !c.to_lowercase().eq([c])));

type Bits = [u64; 1024];

fn bits(holds: impl Fn(char) -> bool) -> Box<Bits> {
    let mut words = Box::new([0; 1024]);
    for c in (0..1 << 16).filter_map(char::from_u32).filter(|&c| holds(c)) {
        words[c as usize / 64] |= 1 << (c as usize % 64);
    }
    words
}

#[inline]
fn look_up(bits: &Bits, c: char) -> Option<bool> {
    bits.get(c as usize / 64).map(|word| (word >> (c as usize % 64)) & 1 == 1)
}

fn is_letter_or_number(c: char) -> bool {
    matches!(c.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
}

/// Python's `str.isspace` and `\s`: Unicode's white space and the four ASCII separators.
#[inline]
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

/// Appends `text` in lower case, as Python's `str.lower` has it.
pub(super) fn lower_into(text: &str, out: &mut String) {
    // A capital sigma's lower case depends on its place in the word; the standard library knows.
    if text.contains('Σ') {
        out.push_str(&text.to_lowercase());
        return;
    }
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let start = out.len();
        out.push_str(&rest[..ascii]);
        out[start..].make_ascii_lowercase();
        rest = &rest[ascii..];
        let other = rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len());
        for c in rest[..other].chars() {
            match look_up(&CHANGES, c) {
                Some(false) => out.push(c),
                _ => out.extend(c.to_lowercase()),
            }
        }
        rest = &rest[other..];
    }
}

/// Appends `text` without its accents.
pub(super) fn strip_accents_into(text: &str, how: StripAccents, out: &mut String) {
    match how {
        // Even where nothing is to be stripped, ASCII text decomposes to itself.
        _ if text.is_ascii() => out.push_str(text),
        StripAccents::Ascii => out.extend(text.nfkd().filter(char::is_ascii)),
        StripAccents::Unicode => out.extend(text.nfkd().filter(|&c| canonical_combining_class(c) == 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_letters_and_numbers_but_not_marks() {
        for c in ['_', 'a', 'Z', '5', 'é', 'ß', '²', '½', 'Ⅷ', '東', 'ﷺ', '𝒳', '১'] {
            assert!(is_word(c), "{c:?}");
        }
        // The last four are alphanumeric to Rust or a word character to the regex crate.
        for c in [' ', '-', '\'', '😀', '\u{301}', 'ि', '‿', 'Ⓐ'] {
            assert!(!is_word(c), "{c:?}");
        }
    }

    #[test]
    fn the_table_and_the_categories_agree() {
        for c in ('\0'..=char::MAX).filter(|&c| c != '_') {
            assert_eq!(is_word(c), is_letter_or_number(c), "{c:?}");
        }
    }

    #[test]
    fn spaces_are_pythons() {
        let spaces: Vec<u32> = ('\0'..=char::MAX).filter(|&c| is_space(c)).map(u32::from).collect();
        let mut expected: Vec<u32> = (9..=13).chain(28..=32).chain([0x85, 0xa0, 0x1680]).collect();
        expected.extend((0x2000..=0x200a).chain([0x2028, 0x2029, 0x202f, 0x205f, 0x3000]));
        assert_eq!(spaces, expected);
    }

    #[test]
    fn accents_are_stripped_as_scikit_learn_does() {
        let strip = |text, how| {
            let mut out = String::new();
            strip_accents_into(text, how, &mut out);
            out
        };
        assert_eq!(strip("naïve ﬁnance 東京 ½ ß", StripAccents::Ascii), "naive finance  12 ");
        assert_eq!(strip("naïve ﬁnance 東京 ½ ß", StripAccents::Unicode), "naive finance 東京 1⁄2 ß");
    }

    proptest! {
        #[test]
        fn piecewise_lower_case_is_the_whole_texts(text in "[a-zA-ZÀ-ÿΑ-ωİŉẞ東 .\u{301}]{0,30}") {
            let mut out = String::from("before");
            lower_into(&text, &mut out);
            prop_assert_eq!(&out["before".len()..], text.to_lowercase());
        }
    }
}
