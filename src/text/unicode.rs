//! Characters as Python sees them.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::character_table::{CharacterTable, is_letter_or_number};
use super::word_mask::Case;

/// How accents are removed (scikit-learn's `strip_accents`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
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
    u16::try_from(c).map_or_else(|_| is_letter_or_number(c), |code| CharacterTable::of(Case::Keep).get(code).is_word())
}

/// Python's `str.isspace` and `\s`: Unicode's white space and the four ASCII separators.
#[inline]
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

/// Appends `text` in lower case, as Python's `str.lower` has it.
pub(super) fn lower_into(text: &str, out: &mut String) {
    let table = CharacterTable::of(Case::Lower);
    let mut at = 0;
    while at < text.len() {
        let ascii = text[at..].bytes().position(|byte| !byte.is_ascii()).unwrap_or(text.len() - at);
        let start = out.len();
        out.push_str(&text[at..at + ascii]);
        out[start..].make_ascii_lowercase();
        at += ascii;
        for c in text[at..].chars().take_while(|c| !c.is_ascii()) {
            match u16::try_from(c) {
                Ok(code) if table.get(code).is(c) => out.push(c),
                _ if c == 'Σ' => out.push(lower_sigma(text, at)),
                _ => out.extend(c.to_lowercase()),
            }
            at += c.len_utf8();
        }
    }
}

/// What the capital sigma at this byte of the text becomes: ς at the end of a word, else σ.
pub(super) fn lower_sigma(text: &str, at: usize) -> char {
    let is_letter = |c: char| c.is_ascii_alphabetic() || (('Α'..='ω').contains(&c) && c.is_alphabetic());
    if text[at..].chars().nth(1).is_some_and(is_letter) {
        return 'σ';
    }
    // The standard library knows; it looks no further than to a letter or a space on either side.
    let decides = |c: char| is_letter(c) || c.is_ascii_whitespace();
    let start = text[..at].char_indices().rev().find(|&(_, c)| decides(c)).map_or(0, |(start, _)| start);
    let last = text[at..].char_indices().skip(1).find(|&(_, c)| decides(c));
    let end = last.map_or(text.len(), |(offset, c)| at + offset + c.len_utf8());
    let before = text[start..at].to_lowercase().len();
    text[start..end].to_lowercase()[before..].chars().next().unwrap_or('σ')
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
        fn piecewise_lower_case_is_the_whole_texts(text in "[a-zA-ZÀ-ÿΑ-ωİŉẞ東 .\u{301}]{0,30}([Σσaʰ\u{301}\u{387}']{0,4} ?){0,6}") {
            let mut out = String::from("before");
            lower_into(&text, &mut out);
            prop_assert_eq!(&out["before".len()..], text.to_lowercase());
        }
    }
}
