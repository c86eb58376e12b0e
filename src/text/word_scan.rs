//! Finding the words of any text, and lower-casing it on the way.

use std::ops::Range;

use super::character_table::CharacterTable;
use super::unicode::{is_word, lower_sigma};
use super::word_mask::{Case, edges_of, mark_block};

/// A pass over text in UTF-8; its buffers serve document after document.
///
/// The lengths of words and, in many languages, of characters are hard to foresee, and a branch on either
/// costs more than what it saves: so there is none but on what goes in runs, ASCII and the longer characters.
#[derive(Clone, Debug, Default)]
pub(super) struct WordScan {
    /// The text, in the case that was asked for; what follows it is left over from others.
    text: Vec<u8>,
    /// Where words begin and end, [`EDGES`] of them: kept, for clearing them would take a short document as long as
    /// scanning it.
    edges: Vec<usize>,
}

/// How many bytes of ASCII are taken at once.
const BLOCK: usize = 32;

/// How many characters are taken at once where not all is ASCII.
const RUN: usize = 8;

/// What is looked at for either: no character of a run has more than four bytes.
const WINDOW: usize = BLOCK + 4;

/// After how many steps the words found so far are handed on.
const STEPS: usize = 64;

/// How many edges these steps can find.
const EDGES: usize = STEPS * BLOCK;

impl WordScan {
    /// Calls `each` with the text, in the case asked for, and the byte range of every word, in order. At
    /// least 16 bytes can be read from the start of each.
    #[inline]
    pub(super) fn for_each(&mut self, document: &str, case: Case, each: impl FnMut(&[u8], Range<usize>)) {
        // No character's lower case is longer by more than half; and it is written a window at a time.
        let room = document.len() + document.len() / 2 + WINDOW;
        if self.text.len() < room {
            self.text.resize(room, 0);
        }
        self.edges.resize(EDGES, 0);
        match case {
            Case::Lower => self.scan::<true>(document, each),
            Case::Keep => self.scan::<false>(document, each),
        }
    }

    /// The text of the last document.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    fn scan<const LOWER: bool>(&mut self, document: &str, mut each: impl FnMut(&[u8], Range<usize>)) {
        let table = CharacterTable::of(if LOWER { Case::Lower } else { Case::Keep });
        let (bytes, text) = (document.as_bytes(), &mut self.text[..]);
        let edges: &mut [usize; EDGES] = self.edges.first_chunk_mut().expect("there is room for all");
        let (mut read, mut written) = (0, 0);
        let (mut start, mut in_word) = (0, false);
        // Whether the last character was a word's.
        let mut inside = false;
        while read < bytes.len() {
            // All that changes in this loop is a number of its own, so that it stays in a register.
            let mut found = 0;
            for _ in 0..STEPS {
                let rest = &bytes[read..];
                let end;
                let window = match rest.first_chunk() {
                    Some(window) => window,
                    None if rest.is_empty() => break,
                    None => {
                        end = padded(rest);
                        &end
                    }
                };
                let out = text[written..].first_chunk_mut::<WINDOW>().expect("there is room for all");
                if let (Some(block), Some(out)) = (rest.first_chunk(), out.first_chunk_mut())
                    && block.is_ascii()
                {
                    let words = mark_block::<LOWER, BLOCK>(block, out);
                    let mut ends = edges_of(words, u64::from(inside)) & ((1 << BLOCK) - 1);
                    while ends != 0 {
                        edges[found] = written + ends.trailing_zeros() as usize;
                        found += 1;
                        ends &= ends - 1;
                    }
                    inside = words >> (BLOCK - 1) & 1 == 1;
                    (read, written) = (read + BLOCK, written + BLOCK);
                    continue;
                }
                let (mut taken, mut given) = (0, 0);
                for _ in 0..RUN {
                    let (code, length) = first_character(four(window, taken));
                    let entry = table.get(code);
                    if length == 4 || entry.is_odd() || taken >= rest.len() {
                        break;
                    }
                    out[given % BLOCK..][..4].copy_from_slice(&entry.bytes());
                    edges[found] = written + given;
                    found += usize::from(entry.is_word() != inside);
                    inside = entry.is_word();
                    (taken, given) = (taken + length, given + entry.length());
                }
                (read, written) = (read + taken, written + given);
                if taken == 0 {
                    let (characters, length) = odd_character::<LOWER>(document, read);
                    for c in characters.into_iter().flatten() {
                        edges[found] = written;
                        found += usize::from(is_word(c) != inside);
                        inside = is_word(c);
                        written += c.encode_utf8(&mut text[written..]).len();
                    }
                    read += length;
                }
            }
            for &edge in &edges[..found] {
                if in_word {
                    each(text, start..edge);
                }
                (start, in_word) = (edge, !in_word);
            }
        }
        if in_word {
            each(text, start..written);
        }
    }
}

/// The code of the first character, of which the last 16 bits count, and how many bytes it has.
#[inline(always)]
fn first_character(bytes: u32) -> (u16, usize) {
    let [first, second, third] = [bytes & 0xff, (bytes >> 8) & 0x3f, (bytes >> 16) & 0x3f];
    // One byte or two is anyone's guess; three come in runs.
    if first < 0xe0 {
        let two = first >= 0xc0;
        let code = if two { (first & 0x1f) << 6 | second } else { first };
        (code as u16, 1 + usize::from(two))
    } else {
        (((first & 0x0f) << 12 | second << 6 | third) as u16, if first < 0xf0 { 3 } else { 4 })
    }
}

/// What the character at this byte becomes, of which the table does not know it, and how many bytes it has.
#[cold]
#[inline(never)]
fn odd_character<const LOWER: bool>(document: &str, at: usize) -> ([Option<char>; 3], usize) {
    let c = document[at..].chars().next();
    let characters = match c {
        Some('Σ') if LOWER => [Some(lower_sigma(document, at)), None, None],
        Some(c) if LOWER => {
            let mut lower = c.to_lowercase();
            [lower.next(), lower.next(), lower.next()]
        }
        _ => [c, None, None],
    };
    (characters, c.map_or(0, char::len_utf8))
}

/// The bytes from here on. No run goes beyond a block, but this the compiler does not know.
#[inline(always)]
fn four(window: &[u8; WINDOW], at: usize) -> u32 {
    let at = at % BLOCK;
    u32::from_le_bytes([window[at], window[at + 1], window[at + 2], window[at + 3]])
}

/// The end of a document, and zeros.
#[cold]
fn padded(rest: &[u8]) -> [u8; WINDOW] {
    let mut window = [0; WINDOW];
    window[..rest.len()].copy_from_slice(rest);
    window
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scanned(scan: &mut WordScan, document: &str, case: Case) -> Vec<String> {
        let mut words = vec![];
        scan.for_each(document, case, |text, word| {
            assert!(text[word.start..].len() >= 16);
            words.push(String::from_utf8(text[word].to_vec()).unwrap());
        });
        words
    }

    fn slow(document: &str) -> Vec<String> {
        document.split(|c| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    proptest! {
        /// Characters of one to four bytes; capitals whose lower case is longer, shorter, two characters or
        /// hangs on the others; ASCII in runs.
        #[test]
        fn words_are_those_of_the_slow_way(
            documents in prop::collection::vec(
                "([a-zA-Z0-9_ ,]{0,40}([À-ÿΑ-ωЀ-яıİẞȺΣΣσς\u{301}\u{387}’ʰ東京𝒳𐐀😀\u{2126}-\u{212b}]{0,9}[ .]?){0,12}){0,6}", 1..4),
        ) {
            let mut scan = WordScan::default();
            for document in &documents {
                prop_assert_eq!(scanned(&mut scan, document, Case::Keep), slow(document));
                prop_assert_eq!(scanned(&mut scan, document, Case::Lower), slow(&document.to_lowercase()));
            }
        }

        #[test]
        fn any_text_is_scanned(document in "\\PC{0,200}") {
            prop_assert_eq!(scanned(&mut WordScan::default(), &document, Case::Lower), slow(&document.to_lowercase()));
        }
    }

    #[test]
    fn there_is_room_for_the_longest_lower_case() {
        for c in ('\0'..=char::MAX).filter(|c| !c.is_ascii()) {
            let lower: usize = c.to_lowercase().map(char::len_utf8).sum();
            assert!(2 * lower <= 3 * c.len_utf8(), "{c:?}");
        }
        let document = "Ⱥ".repeat(1000);
        assert_eq!(scanned(&mut WordScan::default(), &document, Case::Lower), [document.to_lowercase()]);
    }
}
