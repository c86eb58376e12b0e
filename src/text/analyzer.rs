//! Text analysis: a document to the names (words, n-grams) that are counted.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::stop_words::StopWordSet;
use super::token_pattern::{ShortestWord, TokenPattern};
use super::unicode::{StripAccents, is_space, lower_into, strip_accents_into};
use super::word_mask::{Case, WordMask};
use super::word_scan::WordScan;
use crate::error::{Error, Result};

/// What is counted (scikit-learn's `analyzer`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Analyzer {
    /// Tokens, and sequences of tokens joined by a space.
    #[default]
    Word,
    /// Sequences of characters, across words; a run of white space counts as one space.
    Char,
    /// Sequences of characters within words, each word padded with a space on either side.
    CharWb,
}

/// How many units are joined, at least and at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NgramRange {
    pub(super) min: usize,
    pub(super) max: usize,
}

impl NgramRange {
    pub(super) fn check(self) -> Result<()> {
        if self.min == 0 || self.min > self.max {
            let expected = "a smallest and a largest number of units, 1 <= smallest <= largest";
            return Err(Error::parameter("ngram_range", (self.min, self.max), expected));
        }
        Ok(())
    }

    /// Every position and length of an n-gram of `units` units.
    #[inline]
    fn for_each(self, units: usize, mut each: impl FnMut(Range<usize>)) {
        for n in self.min..=self.max.min(units) {
            for start in 0..=units - n {
                each(start..start + n);
            }
        }
    }
}

/// The units that n-grams are made of.
#[derive(Clone, Debug)]
pub(super) enum Units {
    Words { pattern: TokenPattern, stop_words: Option<StopWordSet> },
    Chars,
    CharsOfWords,
}

/// Everything between a decoded document and its names, ready to use.
#[derive(Clone, Debug)]
pub(super) struct DocumentAnalyzer {
    pub(super) case: Case,
    pub(super) strip_accents: Option<StripAccents>,
    pub(super) units: Units,
    pub(super) ngrams: NgramRange,
}

/// Buffers that serve document after document.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    mask: WordMask,
    ascii: Vec<u8>,
    scan: WordScan,
    lowered: String,
    stripped: String,
    ngrams: NgramScratch,
}

#[derive(Clone, Debug, Default)]
struct NgramScratch {
    tokens: Vec<Range<usize>>,
    /// The tokens of a document with a space after each: every n-gram of words is a slice of it.
    joined: Vec<u8>,
    /// Text with its white space collapsed, or a padded word.
    text: String,
    /// Where each character begins, and the end.
    offsets: Vec<usize>,
}

impl DocumentAnalyzer {
    /// Calls `name` with every name in the document, as often as it occurs, in no particular order:
    /// some text, and where the name stands in it.
    #[inline]
    pub(super) fn for_each(
        &self,
        document: &str,
        scratch: &mut Scratch,
        name: impl FnMut(&[u8], Range<usize>),
    ) -> Result<()> {
        match &self.units {
            Units::Words { pattern: TokenPattern::Words(shortest), stop_words } => {
                if document.is_ascii() {
                    self.for_each_ascii_word(document.as_bytes(), *shortest, stop_words.as_ref(), scratch, name);
                } else {
                    self.for_each_word(document, *shortest, stop_words.as_ref(), scratch, name);
                }
            }
            Units::Words { pattern: TokenPattern::Regex(regex), stop_words } => {
                let Scratch { ngrams, lowered, stripped, .. } = scratch;
                let text = self.normalized(document, lowered, stripped);
                ngrams.tokens.clear();
                regex.for_each(text, |token| ngrams.tokens.push(token))?;
                self.word_ngrams(text.as_bytes(), stop_words.as_ref(), ngrams, name);
            }
            Units::Chars => {
                let Scratch { ngrams, lowered, stripped, .. } = scratch;
                self.char_ngrams(self.normalized(document, lowered, stripped), ngrams, name);
            }
            Units::CharsOfWords => {
                let Scratch { ngrams, lowered, stripped, .. } = scratch;
                self.char_ngrams_of_words(self.normalized(document, lowered, stripped), ngrams, name);
            }
        }
        Ok(())
    }

    /// The document in the case, and with the accents, that are asked for.
    fn normalized<'a>(&self, document: &'a str, lowered: &'a mut String, stripped: &'a mut String) -> &'a str {
        let mut text = document;
        if self.case == Case::Lower {
            lowered.clear();
            lower_into(text, lowered);
            text = lowered;
        }
        if let Some(how) = self.strip_accents {
            stripped.clear();
            strip_accents_into(text, how, stripped);
            text = stripped;
        }
        text
    }

    /// Lower-casing and finding the words are one pass over the bytes, and ASCII has no accents.
    fn for_each_ascii_word(
        &self,
        document: &[u8],
        shortest: ShortestWord,
        stop_words: Option<&StopWordSet>,
        scratch: &mut Scratch,
        mut name: impl FnMut(&[u8], Range<usize>),
    ) {
        let Scratch { mask, ascii, ngrams, .. } = scratch;
        mask.mark_ascii(document, self.case, ascii);
        if stop_words.is_none() && self.ngrams.max == 1 {
            mask.for_each(document.len(), |token| {
                if shortest.admits(&ascii[token.clone()]) {
                    name(ascii, token);
                }
            });
        } else {
            ngrams.tokens.clear();
            mask.for_each(document.len(), |token| {
                if shortest.admits(&ascii[token.clone()]) {
                    ngrams.tokens.push(token);
                }
            });
            self.word_ngrams(ascii, stop_words, ngrams, name);
        }
    }

    /// The same of any document.
    fn for_each_word(
        &self,
        document: &str,
        shortest: ShortestWord,
        stop_words: Option<&StopWordSet>,
        scratch: &mut Scratch,
        mut name: impl FnMut(&[u8], Range<usize>),
    ) {
        let Scratch { scan, lowered, stripped, ngrams, .. } = scratch;
        let (text, case) = match self.strip_accents {
            // Stripping comes after lower-casing.
            Some(_) => (self.normalized(document, lowered, stripped), Case::Keep),
            None => (document, self.case),
        };
        if stop_words.is_none() && self.ngrams.max == 1 {
            scan.for_each(text, case, |text, token| {
                if shortest.admits(&text[token.clone()]) {
                    name(text, token);
                }
            });
        } else {
            ngrams.tokens.clear();
            scan.for_each(text, case, |text, token| {
                if shortest.admits(&text[token.clone()]) {
                    ngrams.tokens.push(token);
                }
            });
            self.word_ngrams(scan.text(), stop_words, ngrams, name);
        }
    }

    /// The n-grams of `scratch.tokens`, stop words left out first.
    fn word_ngrams(
        &self,
        text: &[u8],
        stop_words: Option<&StopWordSet>,
        scratch: &mut NgramScratch,
        mut name: impl FnMut(&[u8], Range<usize>),
    ) {
        let NgramScratch { tokens, joined, .. } = scratch;
        if let Some(stop_words) = stop_words {
            tokens.retain(|token| !stop_words.contains(&text[token.clone()]));
        }
        if self.ngrams.max == 1 {
            tokens.iter().for_each(|token| name(text, token.clone()));
            return;
        }
        joined.clear();
        for token in tokens.iter_mut() {
            let start = joined.len();
            joined.extend_from_slice(&text[token.clone()]);
            *token = start..joined.len();
            joined.push(b' ');
        }
        self.ngrams.for_each(tokens.len(), |units| name(joined, tokens[units.start].start..tokens[units.end - 1].end));
    }

    fn char_ngrams(&self, document: &str, scratch: &mut NgramScratch, mut name: impl FnMut(&[u8], Range<usize>)) {
        let NgramScratch { text, offsets, .. } = scratch;
        text.clear();
        collapse_spaces(document, text);
        let characters = mark_offsets(text, offsets);
        self.ngrams.for_each(characters, |units| name(text.as_bytes(), offsets[units.start]..offsets[units.end]));
    }

    fn char_ngrams_of_words(
        &self,
        document: &str,
        scratch: &mut NgramScratch,
        mut name: impl FnMut(&[u8], Range<usize>),
    ) {
        let NgramScratch { text, offsets, .. } = scratch;
        for word in document.split(is_space).filter(|word| !word.is_empty()) {
            text.clear();
            text.push(' ');
            text.push_str(word);
            text.push(' ');
            let characters = mark_offsets(text, offsets);
            self.ngrams.for_each(characters, |units| name(text.as_bytes(), offsets[units.start]..offsets[units.end]));
            // A word shorter than n counts whole, but once for all n; at n = its length it was an
            // n-gram already.
            if characters < self.ngrams.min {
                name(text.as_bytes(), 0..text.len());
            }
        }
    }
}

/// Appends `text` with a space in place of every run of two or more white space characters. One
/// alone stays what it is, a tab or a line break.
fn collapse_spaces(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(is_space) {
        out.push_str(&rest[..at]);
        let after = rest[at..].trim_start_matches(is_space);
        let run = &rest[at..rest.len() - after.len()];
        out.push_str(if run.chars().nth(1).is_some() { " " } else { run });
        rest = after;
    }
    out.push_str(rest);
}

/// Writes where each character begins, and the end; returns how many characters there are.
fn mark_offsets(text: &str, offsets: &mut Vec<usize>) -> usize {
    offsets.clear();
    offsets.extend(text.char_indices().map(|(at, _)| at));
    offsets.push(text.len());
    offsets.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::StopWords;
    use proptest::prelude::*;

    fn words(shortest: ShortestWord, stop_words: &StopWords) -> Units {
        Units::Words { pattern: TokenPattern::Words(shortest), stop_words: StopWordSet::new(stop_words) }
    }

    fn analyzer(units: Units, min: usize, max: usize) -> DocumentAnalyzer {
        DocumentAnalyzer { case: Case::Lower, strip_accents: None, units, ngrams: NgramRange { min, max } }
    }

    /// The names in sorted order: their order of appearance is nobody's business.
    fn names(analyze: impl FnOnce(&mut Scratch, &mut dyn FnMut(&[u8], Range<usize>))) -> Vec<String> {
        let mut names = vec![];
        let mut push = |text: &[u8], name: Range<usize>| names.push(String::from_utf8(text[name].to_vec()).unwrap());
        analyze(&mut Scratch::default(), &mut push);
        names.sort();
        names
    }

    fn analyzed(analyzer: &DocumentAnalyzer, document: &str) -> Vec<String> {
        names(|scratch, push| analyzer.for_each(document, scratch, push).unwrap())
    }

    /// One `String` a token, one a name.
    fn slow(document: &str, stop_words: &[&str], min: usize, max: usize) -> Vec<String> {
        let lower = document.to_lowercase();
        let is_word = |c: &char| super::super::unicode::is_word(*c);
        let tokens: Vec<&str> = lower
            .split(|c| !is_word(&c))
            .filter(|token| token.chars().count() >= 2 && !stop_words.contains(token))
            .collect();
        let mut names: Vec<String> = (min..=max).flat_map(|n| tokens.windows(n).map(|gram| gram.join(" "))).collect();
        names.sort();
        names
    }

    #[test]
    fn short_words_count_once_within_word_boundaries() {
        let found = analyzed(&analyzer(Units::CharsOfWords, 4, 6), "to wed");
        assert_eq!(found, [" to ", " wed", " wed ", "wed "]);
        assert_eq!(analyzed(&analyzer(Units::CharsOfWords, 5, 6), " a\x1fé"), [" a ", " é "]);
    }

    #[test]
    fn runs_of_white_space_are_one_space_and_a_single_one_stays() {
        assert_eq!(analyzed(&analyzer(Units::Chars, 3, 3), "a\tb \n c"), ["\tb ", "a\tb", "b c"]);
        assert!(analyzed(&analyzer(Units::Chars, 3, 3), "é!").is_empty());
    }

    proptest! {
        #[test]
        fn both_paths_find_what_the_slow_way_finds(
            document in "([A-Za-z0-9_]{0,18}[ .'\\x00-\\x7f]{1,2}|the |of ){0,30}",
            (min, more) in (1_usize..3, 0_usize..2),
            stop in any::<bool>(),
        ) {
            let list = if stop { StopWords::Custom(vec!["the".into(), "of".into()]) } else { StopWords::None };
            let stop_words: &[&str] = if stop { &["the", "of"] } else { &[] };
            let analyzer = analyzer(words(ShortestWord::Two, &list), min, min + more);
            let expected = slow(&document, stop_words, min, min + more);
            let stop_words = StopWordSet::new(&list);
            let fast = names(|scratch, push| {
                analyzer.for_each_ascii_word(document.as_bytes(), ShortestWord::Two, stop_words.as_ref(), scratch, push);
            });
            prop_assert_eq!(fast, &expected[..]);
            let any = names(|scratch, push| {
                analyzer.for_each_word(&document, ShortestWord::Two, stop_words.as_ref(), scratch, push);
            });
            prop_assert_eq!(any, expected);
        }

        #[test]
        fn any_text_gives_what_the_slow_way_gives(document in "([a-zÀ-ÿΑ-ωİß東𝒳\u{301}]{0,5}[ \u{85}—-]){0,20}\\PC{0,10}") {
            let analyzer = analyzer(words(ShortestWord::Two, &StopWords::None), 1, 2);
            prop_assert_eq!(analyzed(&analyzer, &document), slow(&document, &[], 1, 2));
        }
    }
}
