//! Token patterns: the regular expression of what counts as a token.

use super::python_regex::PythonRegex;
use crate::error::Result;

/// scikit-learn's default: words of two characters or more.
pub(super) const DEFAULT_TOKEN_PATTERN: &str = r"(?u)\b\w\w+\b";

/// A token pattern, ready to use.
#[derive(Clone, Debug)]
pub(super) enum TokenPattern {
    /// Whole words, found without a regular expression.
    Words(ShortestWord),
    /// Anything else.
    Regex(Box<PythonRegex>),
}

/// How many characters make a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShortestWord {
    One,
    Two,
}

impl TokenPattern {
    /// # Errors
    /// A pattern that Python's `re` refuses, or one with more than one capturing group.
    pub(super) fn new(pattern: &str) -> Result<Self> {
        match pattern.strip_prefix("(?u)").unwrap_or(pattern) {
            r"\b\w\w+\b" | r"\b\w{2,}\b" => Ok(TokenPattern::Words(ShortestWord::Two)),
            r"\b\w+\b" | r"\w+" => Ok(TokenPattern::Words(ShortestWord::One)),
            _ => Ok(TokenPattern::Regex(Box::new(PythonRegex::new(pattern)?))),
        }
    }
}

impl ShortestWord {
    /// Whether a run of word characters is long enough.
    #[inline]
    pub(super) fn admits(self, word: &[u8]) -> bool {
        match self {
            ShortestWord::One => true,
            // More bytes than its first character has.
            ShortestWord::Two => word.len() > 1 && (word.len() > 4 || word.len() > leading_length(word[0])),
        }
    }
}

/// How many bytes the UTF-8 character has that begins with this byte.
fn leading_length(first: u8) -> usize {
    match first {
        0..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0.. => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_is_not_two() {
        for word in ["a", "é", "東", "𝒳"] {
            assert!(ShortestWord::One.admits(word.as_bytes()) && !ShortestWord::Two.admits(word.as_bytes()));
        }
        for word in ["ab", "aé", "éa", "東京", "𝒳a", "abcde"] {
            assert!(ShortestWord::Two.admits(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn the_usual_patterns_need_no_regular_expression() {
        for pattern in [DEFAULT_TOKEN_PATTERN, r"(?u)\b\w+\b", r"\b\w\w+\b"] {
            assert!(matches!(TokenPattern::new(pattern), Ok(TokenPattern::Words(_))), "{pattern}");
        }
        assert!(matches!(TokenPattern::new(r"\w\w"), Ok(TokenPattern::Regex(_))));
    }
}
