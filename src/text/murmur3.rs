//! MurmurHash3, 32 bits (Austin Appleby, public domain): what scikit-learn hashes features with.

use std::ops::Range;

const C1: u32 = 0xcc9e_2d51;
const C2: u32 = 0x1b87_3593;

/// The signed 32-bit MurmurHash3 (x86 variant) of `key`, as scikit-learn's
/// `sklearn.utils.murmurhash3_32` gives it.
///
/// ```
/// assert_eq!(chunkfit::text::murmur3_32(b"price", 0), -406093298);
/// ```
#[inline]
pub fn murmur3_32(key: &[u8], seed: u32) -> i32 {
    let mut hash = seed;
    let mut rest = key;
    while let Some((block, after)) = rest.split_first_chunk::<4>() {
        hash = mix(hash, u32::from_le_bytes(*block));
        rest = after;
    }
    // Scrambling no bytes gives 0, which changes nothing: no need to ask how many there are.
    finish(hash ^ scramble(last_bytes(key, rest.len())), key.len())
}

/// `murmur3_32(&text[key], 0)`, faster where the key is shorter than 32 bytes and 16 can be read from
/// where it, or its second half, begins.
///
/// The lengths of words are hard to foresee, and a mispredicted loop costs more than the rounds it
/// saves: this one goes three rounds and then takes the result of as many as there are blocks.
/// Finding and hashing the words of news text went 1.4 times as fast.
#[inline]
pub(super) fn murmur3_32_within(text: &[u8], key: Range<usize>) -> i32 {
    let length = key.len();
    let window = |start: usize| text[start..].first_chunk::<16>();
    match length {
        0..16 if let Some(window) = window(key.start) => finish(last_blocks(0, window, length), length),
        16..32 if let Some(second) = window(key.start + 16) => {
            let first = text[key].chunks_exact(4).take(4);
            let hash =
                first.fold(0, |hash, block| mix(hash, u32::from_le_bytes([block[0], block[1], block[2], block[3]])));
            finish(last_blocks(hash, second, length - 16), length)
        }
        _ => murmur3_32(&text[key], 0),
    }
}

/// The hash after the first `length` < 16 bytes of the window, and the end of the key with them.
#[inline]
fn last_blocks(hash: u32, window: &[u8; 16], length: usize) -> u32 {
    let block = |i: usize| u32::from_le_bytes([window[i], window[i + 1], window[i + 2], window[i + 3]]);
    let blocks = [block(0), block(4), block(8), block(12)];
    let after_one = mix(hash, blocks[0]);
    let after_two = mix(after_one, blocks[1]);
    let after_three = mix(after_two, blocks[2]);
    let (mut hash, mut rest) = (hash, blocks[0]);
    if length >= 4 {
        (hash, rest) = (after_one, blocks[1]);
    }
    if length >= 8 {
        (hash, rest) = (after_two, blocks[2]);
    }
    if length >= 12 {
        (hash, rest) = (after_three, blocks[3]);
    }
    hash ^ scramble(rest & ((1 << (8 * (length % 4))) - 1))
}

#[inline]
fn mix(hash: u32, block: u32) -> u32 {
    (hash ^ scramble(block)).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64)
}

#[inline]
fn finish(hash: u32, length: usize) -> i32 {
    let mut hash = hash ^ length as u32;
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^= hash >> 16;
    hash.cast_signed()
}

#[inline]
fn scramble(block: u32) -> u32 {
    block.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2)
}

/// The last `count` < 4 bytes of the key, little-endian, without a branch on their number: read
/// the last four and shift out the others.
#[inline]
fn last_bytes(key: &[u8], count: usize) -> u32 {
    match key.last_chunk::<4>() {
        Some(&last) => ((u64::from(u32::from_le_bytes(last)) << (8 * count)) >> 32) as u32,
        None if key.is_empty() => 0,
        // 1 to 3 bytes: first, middle and last cover them all, some of them twice.
        None => {
            let at = |i: usize| u32::from(key[i]) << (8 * i);
            at(0) | at(key.len() / 2) | at(key.len() - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference algorithm's tail, byte by byte.
    fn slow(key: &[u8], seed: u32) -> i32 {
        let mut hash = seed;
        for block in key.chunks(4) {
            let word = block.iter().rev().fold(0_u32, |word, &byte| (word << 8) | u32::from(byte));
            hash ^= scramble(word);
            if block.len() == 4 {
                hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
            }
        }
        hash ^= key.len() as u32;
        for (shift, factor) in [(16, 0x85eb_ca6b), (13, 0xc2b2_ae35), (16, 1)] {
            hash = (hash ^ (hash >> shift)).wrapping_mul(factor);
        }
        hash.cast_signed()
    }

    #[test]
    fn every_length_of_tail_agrees_with_the_reference() {
        let key: Vec<u8> = (0..40_u8).map(|i| i.wrapping_mul(37).wrapping_add(200)).collect();
        for length in 0..key.len() {
            for seed in [0, 1, u32::MAX] {
                assert_eq!(murmur3_32(&key[..length], seed), slow(&key[..length], seed), "{length} bytes");
            }
            for start in 0..key.len() - length {
                let span = start..start + length;
                assert_eq!(murmur3_32_within(&key, span.clone()), slow(&key[span.clone()], 0), "{span:?}");
            }
        }
    }
}
