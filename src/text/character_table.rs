//! Lookup table of characters: UTF-8 in lower case or as it is, and whether each is part of a word.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::word_mask::Case;

/// What becomes of every character below 2^16: asking the Unicode tables takes a search for each.
///
/// Most text has characters of few pages, so that each page is made when its first character is met. Whoever meets it
/// at the same time makes the same.
pub(super) struct CharacterTable {
    case: Case,
    /// As [`Entry`]s; 0 for those not made yet.
    entries: [AtomicU32; 1 << 16],
}

const PAGE: u16 = 256;

/// What becomes of one character.
///
/// The lowest three bytes are its UTF-8; then come, from bit 24 on, its length in bytes, whether it is a
/// word's, whether that is all there is to know, and whether there is more: whatever is made has one of the two.
#[derive(Clone, Copy)]
pub(super) struct Entry(u32);

const WORD: u32 = 1 << 26;
const PLAIN: u32 = 1 << 27;
const ODD: u32 = 1 << 28;

static LOWERED: CharacterTable = CharacterTable::new(Case::Lower);
static KEPT: CharacterTable = CharacterTable::new(Case::Keep);

impl CharacterTable {
    pub(super) fn of(case: Case) -> &'static Self {
        match case {
            Case::Lower => &LOWERED,
            Case::Keep => &KEPT,
        }
    }

    const fn new(case: Case) -> Self {
        CharacterTable { case, entries: [const { AtomicU32::new(0) }; 1 << 16] }
    }

    /// Of the character with this code.
    #[inline]
    pub(super) fn get(&self, code: u16) -> Entry {
        // An entry is whole in itself: nothing else has to be seen with it.
        let entry = Entry(self.entries[usize::from(code)].load(Relaxed));
        if entry.is_odd() { self.look_up(code) } else { entry }
    }

    /// Of a character that is odd, or not made yet.
    #[cold]
    #[inline(never)]
    fn look_up(&self, code: u16) -> Entry {
        let entry = &self.entries[usize::from(code)];
        if entry.load(Relaxed) == 0 {
            let first = code - code % PAGE;
            for code in first..=first + (PAGE - 1) {
                let entry = char::from_u32(code.into()).map_or(Entry(ODD), |c| Entry::new(c, self.case));
                self.entries[usize::from(code)].store(entry.0, Relaxed);
            }
        }
        Entry(entry.load(Relaxed))
    }
}

impl Entry {
    fn new(c: char, case: Case) -> Self {
        let mut lower = c.to_lowercase();
        let becomes = match (case, lower.next(), lower.next()) {
            (Case::Keep, ..) => c,
            // A capital sigma's lower case depends on its place in the word.
            (Case::Lower, Some(lower), None) if c != 'Σ' && lower < '\u{1_0000}' => lower,
            _ => return Entry(ODD),
        };
        let mut bytes = [0; 4];
        let length = becomes.encode_utf8(&mut bytes).len() as u32;
        let word = if becomes == '_' || is_letter_or_number(becomes) { WORD } else { 0 };
        Entry(u32::from_le_bytes(bytes) | (length << 24) | word | PLAIN)
    }

    /// Whether the other answers do not count: the character becomes several, or what it becomes depends
    /// on those around it.
    #[inline]
    pub(super) fn is_odd(self) -> bool {
        self.0 & PLAIN == 0
    }

    /// Whether what it becomes is a letter, a number or `_`.
    #[inline]
    pub(super) fn is_word(self) -> bool {
        self.0 & WORD != 0
    }

    /// Whether it becomes this character.
    pub(super) fn is(self, c: char) -> bool {
        let mut bytes = [0; 4];
        c.encode_utf8(&mut bytes);
        !self.is_odd() && self.0 & 0xff_ffff == u32::from_le_bytes(bytes)
    }

    /// The UTF-8 of what it becomes: as many bytes as it is long, and others.
    #[inline]
    pub(super) fn bytes(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }

    /// The bytes of what it becomes: 1 to 3.
    #[inline]
    pub(super) fn length(self) -> usize {
        (self.0 >> 24 & 3) as usize
    }
}

/// General categories L* and N*.
pub(super) fn is_letter_or_number(c: char) -> bool {
    matches!(c.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
}
