//! Words that are left out.

use serde::{Deserialize, Serialize};

use super::murmur3::murmur3_32;

/// Words that are not counted, compared after lower-casing and accent stripping (scikit-learn's
/// `stop_words`). Used by the word analyzer only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopWords {
    /// Every word counts.
    #[default]
    None,
    /// scikit-learn's English list, [`ENGLISH_STOP_WORDS`]. It is known to be uneven; see
    /// scikit-learn's user guide before relying on it.
    English,
    /// These words.
    Custom(Vec<String>),
}

/// The stop words ready for look-up: open addressing by MurmurHash3, which on short
/// words takes a fraction of the time of the standard library's.
#[derive(Clone, Debug)]
pub(super) struct StopWordSet {
    /// A power of two, at least twice the number of words. The empty word marks a free slot.
    slots: Vec<Box<[u8]>>,
    has_empty_word: bool,
}

impl StopWordSet {
    /// `None` where there is no word to leave out.
    pub(super) fn new(words: &StopWords) -> Option<Self> {
        match words {
            StopWords::None => None,
            StopWords::English => Some(Self::from_words(ENGLISH_STOP_WORDS.iter().copied())),
            StopWords::Custom(words) => Some(Self::from_words(words.iter().map(String::as_str))),
        }
    }

    fn from_words<'a>(words: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let mut set =
            StopWordSet { slots: vec![Box::default(); (2 * words.len()).next_power_of_two()], has_empty_word: false };
        for word in words {
            if word.is_empty() {
                set.has_empty_word = true;
            } else {
                let slot = set.slot(word.as_bytes());
                set.slots[slot] = word.as_bytes().into();
            }
        }
        set
    }

    /// Whether `word` is to be left out.
    #[inline]
    pub(super) fn contains(&self, word: &[u8]) -> bool {
        if word.is_empty() { self.has_empty_word } else { !self.slots[self.slot(word)].is_empty() }
    }

    /// Where the word stands, or else the free slot where it would.
    #[inline]
    fn slot(&self, word: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = murmur3_32(word, 0) as usize & mask;
        while !self.slots[slot].is_empty() && *self.slots[slot] != *word {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

/// The English stop words of scikit-learn, sorted: a list of the Glasgow Information Retrieval Group
/// (<http://ir.dcs.gla.ac.uk/resources/linguistic_utils/stop_words>).
#[rustfmt::skip]
pub const ENGLISH_STOP_WORDS: [&str; 318] = [
    "a", "about", "above", "across", "after", "afterwards", "again", "against", "all", "almost", "alone", "along",
    "already", "also", "although", "always", "am", "among", "amongst", "amoungst", "amount", "an", "and", "another",
    "any", "anyhow", "anyone", "anything", "anyway", "anywhere", "are", "around", "as", "at", "back", "be", "became",
    "because", "become", "becomes", "becoming", "been", "before", "beforehand", "behind", "being", "below", "beside",
    "besides", "between", "beyond", "bill", "both", "bottom", "but", "by", "call", "can", "cannot", "cant", "co",
    "con", "could", "couldnt", "cry", "de", "describe", "detail", "do", "done", "down", "due", "during", "each",
    "eg", "eight", "either", "eleven", "else", "elsewhere", "empty", "enough", "etc", "even", "ever", "every",
    "everyone", "everything", "everywhere", "except", "few", "fifteen", "fifty", "fill", "find", "fire", "first",
    "five", "for", "former", "formerly", "forty", "found", "four", "from", "front", "full", "further", "get", "give",
    "go", "had", "has", "hasnt", "have", "he", "hence", "her", "here", "hereafter", "hereby", "herein", "hereupon",
    "hers", "herself", "him", "himself", "his", "how", "however", "hundred", "i", "ie", "if", "in", "inc", "indeed",
    "interest", "into", "is", "it", "its", "itself", "keep", "last", "latter", "latterly", "least", "less", "ltd",
    "made", "many", "may", "me", "meanwhile", "might", "mill", "mine", "more", "moreover", "most", "mostly", "move",
    "much", "must", "my", "myself", "name", "namely", "neither", "never", "nevertheless", "next", "nine", "no",
    "nobody", "none", "noone", "nor", "not", "nothing", "now", "nowhere", "of", "off", "often", "on", "once", "one",
    "only", "onto", "or", "other", "others", "otherwise", "our", "ours", "ourselves", "out", "over", "own", "part",
    "per", "perhaps", "please", "put", "rather", "re", "same", "see", "seem", "seemed", "seeming", "seems",
    "serious", "several", "she", "should", "show", "side", "since", "sincere", "six", "sixty", "so", "some",
    "somehow", "someone", "something", "sometime", "sometimes", "somewhere", "still", "such", "system", "take",
    "ten", "than", "that", "the", "their", "them", "themselves", "then", "thence", "there", "thereafter", "thereby",
    "therefore", "therein", "thereupon", "these", "they", "thick", "thin", "third", "this", "those", "though",
    "three", "through", "throughout", "thru", "thus", "to", "together", "too", "top", "toward", "towards", "twelve",
    "twenty", "two", "un", "under", "until", "up", "upon", "us", "very", "via", "was", "we", "well", "were", "what",
    "whatever", "when", "whence", "whenever", "where", "whereafter", "whereas", "whereby", "wherein", "whereupon",
    "wherever", "whether", "which", "while", "whither", "who", "whoever", "whole", "whom", "whose", "why", "will",
    "with", "within", "without", "would", "yet", "you", "your", "yours", "yourself", "yourselves",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_holds_its_words_and_no_other() {
        let set = StopWordSet::new(&StopWords::English).unwrap();
        assert!(ENGLISH_STOP_WORDS.iter().all(|word| set.contains(word.as_bytes())));
        assert!(ENGLISH_STOP_WORDS.is_sorted());
        for other in ["", "price", "th", "thee", "The"] {
            assert!(!set.contains(other.as_bytes()), "{other}");
        }
        let words = vec![String::new(), "café".into(), "café".into()];
        let set = StopWordSet::new(&StopWords::Custom(words)).unwrap();
        assert!(set.contains(b"") && set.contains("café".as_bytes()) && !set.contains(b"cafe"));
        assert!(!StopWordSet::new(&StopWords::Custom(vec![])).unwrap().contains(b"a"));
    }
}
