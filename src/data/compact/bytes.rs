//! Byte encoding of numbers, of variable length.

/// A number in groups of seven bits, lowest first (LEB128): small ones take a byte.
pub(super) fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The number at the front.
pub(super) fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..u64::BITS).step_by(7) {
        let (&first, rest) = bytes.split_first()?;
        *bytes = rest;
        let group = u64::from(first & 0x7f);
        if group << shift >> shift != group {
            return None;
        }
        number |= group << shift;
        if first < 0x80 {
            return Some(number);
        }
    }
    None
}

/// A length at the front, of what takes at least so many bytes apiece: not more than are left.
pub(super) fn read_length(bytes: &mut &[u8], each: usize) -> Option<usize> {
    let length = usize::try_from(read_number(bytes)?).ok()?;
    (length.checked_mul(each)? <= bytes.len()).then_some(length)
}

/// So many bytes off the front.
pub(super) fn take<'a>(bytes: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (front, rest) = bytes.split_at_checked(n)?;
    *bytes = rest;
    Some(front)
}

/// One more than the number of some bytes, then these; nothing is a 0.
pub(crate) fn write_bytes(bytes: Option<&[u8]>, out: &mut Vec<u8>) {
    write_number(bytes.map_or(0, |bytes| bytes.len() as u64 + 1), out);
    out.extend_from_slice(bytes.unwrap_or_default());
}

/// Bytes that [`write_bytes`] wrote; `None` for nothing, too.
pub(crate) fn read_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = read_number(bytes)?.checked_sub(1)?;
    take(bytes, usize::try_from(length).ok()?)
}
