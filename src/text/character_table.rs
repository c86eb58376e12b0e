//! What becomes of a character, looked up.

use std::sync::OnceLock;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::word_mask::Case;

/// What becomes of every character below 2^16: asking the Unicode tables takes a search for each.
///
/// Most text has characters of few pages, so that each is made when its first character is met.
pub(super) struct CharacterTable {
    case: Case,
    pages: [OnceLock<[Entry; PAGE]>; (1 << 16) / PAGE],
}

const PAGE: usize = 256;

/// What becomes of one character.
///
/// The lowest three bytes are its UTF-8; then come, from bit 24 on, its length in bytes, whether it is a
/// word's, and whether more has to be known than the character alone.
#[derive(Clone, Copy)]
pub(super) struct Entry(u32);

const WORD: u32 = 1 << 26;
const ODD: u32 = 1 << 27;

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
        CharacterTable { case, pages: [const { OnceLock::new() }; (1 << 16) / PAGE] }
    }

    /// Of the character with this code.
    #[inline]
    pub(super) fn get(&self, code: u16) -> Entry {
        let (page, place) = (usize::from(code) / PAGE, usize::from(code) % PAGE);
        self.pages[page].get_or_init(|| self.page(page))[place]
    }

    #[cold]
    fn page(&self, page: usize) -> [Entry; PAGE] {
        let code = |place: usize| char::from_u32((page * PAGE + place) as u32);
        std::array::from_fn(|place| code(place).map_or(Entry(ODD), |c| Entry::new(c, self.case)))
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
        Entry(u32::from_le_bytes(bytes) | (length << 24) | word)
    }

    /// Whether the other answers do not count: the character becomes several, or what it becomes depends
    /// on those around it.
    #[inline]
    pub(super) fn is_odd(self) -> bool {
        self.0 & ODD != 0
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
