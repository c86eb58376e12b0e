//! Finding the words of an ASCII document, 64 bytes at a time.

use std::ops::Range;

/// An ASCII document's word bytes as a bit mask; made once and used again for every document.
#[derive(Clone, Debug, Default)]
pub(super) struct WordMask(Vec<u64>);

/// Upper case or as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// Lower-case the ASCII letters.
    Lower,
    /// Change nothing.
    Keep,
}

impl WordMask {
    /// Marks the words of an ASCII document and writes it, lower-cased if asked, to `out`, followed
    /// by 16 zeros so that the last words can be hashed as fast as the others.
    pub(super) fn mark_ascii(&mut self, document: &[u8], case: Case, out: &mut Vec<u8>) {
        self.0.clear();
        out.clear();
        out.resize(document.len() + 16, 0);
        let out = &mut out[..document.len()];
        match case {
            Case::Lower => self.mark_blocks::<true>(document, out),
            Case::Keep => self.mark_blocks::<false>(document, out),
        }
    }

    fn mark_blocks<const LOWER: bool>(&mut self, document: &[u8], out: &mut [u8]) {
        let mut blocks = document.chunks_exact(64);
        let mut outs = out.chunks_exact_mut(64);
        for (block, out) in blocks.by_ref().zip(outs.by_ref()) {
            if let (Some(block), Some(out)) = (block.first_chunk(), out.first_chunk_mut()) {
                self.0.push(mark_block::<LOWER, 64>(block, out));
            }
        }
        let rest = blocks.remainder();
        if !rest.is_empty() {
            let (mut block, mut lower) = ([0; 64], [0; 64]);
            block[..rest.len()].copy_from_slice(rest);
            self.0.push(mark_block::<LOWER, 64>(&block, &mut lower));
            outs.into_remainder().copy_from_slice(&lower[..rest.len()]);
        }
    }

    /// Calls `each` with the byte range of every word, in order.
    #[inline]
    pub(super) fn for_each(&self, document_length: usize, mut each: impl FnMut(Range<usize>)) {
        let (mut start, mut last_bit) = (None, 0);
        for (block, &word) in self.0.iter().enumerate() {
            let mut edges = edges_of(word, last_bit);
            last_bit = word >> 63;
            while edges != 0 {
                let at = 64 * block + edges.trailing_zeros() as usize;
                edges &= edges - 1;
                start = match start {
                    None => Some(at),
                    Some(begin) => {
                        each(begin..at);
                        None
                    }
                };
            }
        }
        if let Some(begin) = start {
            each(begin..document_length);
        }
    }
}

#[inline]
fn is_ascii_word(byte: u8) -> bool {
    // Bytes above 127 come out false: the bit set by folding never makes them a letter.
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    letter | digit | (byte == b'_')
}

/// A bit where a word begins or has just ended; `last_bit` is the one before.
#[inline]
pub(super) fn edges_of(words: u64, last_bit: u64) -> u64 {
    words ^ ((words << 1) | last_bit)
}

/// The mask of 64 ASCII bytes or fewer, a multiple of 8, and the bytes in lower case if asked.
///
/// Both loops compile to vector instructions: the first works on 16 bytes at once, the second
/// gathers eight marks with one multiplication.
#[inline]
pub(super) fn mark_block<const LOWER: bool, const N: usize>(block: &[u8; N], out: &mut [u8; N]) -> u64 {
    let mut marks = [0_u8; N];
    for i in 0..N {
        let byte = block[i];
        let upper = byte.wrapping_sub(b'A') < 26;
        out[i] = if LOWER { byte | (u8::from(upper) << 5) } else { byte };
        marks[i] = u8::from(is_ascii_word(byte));
    }
    let mut mask = 0;
    for (i, eight) in marks.chunks_exact(8).enumerate() {
        let eight = eight.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
        mask |= (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * i);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::unicode::is_word;
    use proptest::prelude::*;

    fn spans(mask: &WordMask, length: usize) -> Vec<Range<usize>> {
        let mut spans = vec![];
        mask.for_each(length, |span| spans.push(span));
        spans
    }

    /// Character by character.
    fn slow(text: &str) -> Vec<Range<usize>> {
        let mut spans: Vec<Range<usize>> = vec![];
        let mut inside = false;
        for (at, c) in text.char_indices() {
            match (is_word(c), inside) {
                (true, true) => spans.last_mut().unwrap().end = at + c.len_utf8(),
                (true, false) => spans.push(at..at + c.len_utf8()),
                (false, _) => {}
            }
            inside = is_word(c);
        }
        spans
    }

    proptest! {
        #[test]
        fn ascii_words_are_found_by_both_ways(text in "([A-Za-z0-9_@`\\[{/:]{0,70}[ .\\x00-\\x7f]{0,3}){0,6}") {
            let (mut mask, mut out) = (WordMask::default(), vec![]);
            mask.mark_ascii(text.as_bytes(), Case::Lower, &mut out);
            prop_assert_eq!(spans(&mask, text.len()), slow(&text));
            prop_assert_eq!(String::from_utf8_lossy(&out[..text.len()]), text.to_ascii_lowercase());
            mask.mark_ascii(text.as_bytes(), Case::Keep, &mut out);
            prop_assert_eq!(&out[..text.len()], text.as_bytes());
        }
    }
}
