//! Compact form of sparse rows: about three and a half bytes a value of hashed text, where memory takes eight or more.
//!
//! - Columns as gaps to the column before, each in one to four bytes, and two bits that say how many
//!   ("Stream VByte": Lemire, Kurz and Rupp 2018).
//! - Values of a row as their signs and numbers into a list of the magnitudes that the row has: four bits
//!   together where there are at most eight, else eight, and as they are beyond 128. Rows of hashed words hold
//!   few magnitudes: counts, scaled alike.
//!
//! Bits come back as they were: values are compared by their bits, not as numbers.

use super::Compact;
use super::bytes::{read_length, read_number, take, write_number};
use crate::data::{Csr, Float, Rows, float_computation};

/// How many magnitudes are told apart by four bits, one of which is the sign.
const FEW: usize = 8;

/// How many are by eight.
const MOST: usize = 128;

pub(crate) const fn sparse_rows<F: Float>() -> Option<Compact<Csr<F>>> {
    Some(Compact {
        write: |rows, out| F::run::<WriteRows<'_>>((rows, out)),
        read: |bytes| {
            let (rows, rest) = F::run::<ReadRows<'_>>(bytes)?;
            *bytes = rest;
            Some(rows)
        },
    })
}

float_computation!(WriteRows<'a>((&'a Csr<F>, &'a mut Vec<u8>)) -> () = write);

float_computation!(ReadRows<'a>(&'a [u8]) -> Option<(Csr<F>, &'a [u8])> = read);

fn write<F: Float>((rows, out): (&Csr<F>, &mut Vec<u8>)) {
    // About what it will take, so that it is not copied as it grows.
    out.reserve(4 * rows.nnz() + (2 + 4 * size_of::<F>()) * rows.n_rows() + 32);
    write_number(rows.n_features() as u64, out);
    write_number(rows.n_rows() as u64, out);
    for (columns, _) in rows.view().iter() {
        write_number(columns.len() as u64, out);
    }
    write_columns(rows, out);
    let (mut magnitudes, mut codes) = (Vec::with_capacity(MOST), Vec::new());
    for (_, values) in rows.view().iter() {
        let few = find_codes(values, &mut magnitudes, &mut codes);
        out.push(if few { magnitudes.len() as u8 } else { 0 });
        if !few {
            values.iter().for_each(|&value| write_bits::<F>(bits(value), out));
            continue;
        }
        magnitudes.iter().for_each(|&bits| write_bits::<F>(bits, out));
        if magnitudes.len() <= FEW {
            out.extend(codes.chunks(2).map(|two| narrow(two[0]) | two.get(1).map_or(0, |&code| narrow(code) << 4)));
        } else {
            out.extend_from_slice(&codes);
        }
    }
}

fn read<F: Float>(mut bytes: &[u8]) -> Option<(Csr<F>, &[u8])> {
    let rows = read_rows(&mut bytes)?;
    Some((rows, bytes))
}

fn read_rows<F: Float>(bytes: &mut &[u8]) -> Option<Csr<F>> {
    let n_features = u32::try_from(read_number(bytes)?).ok()?;
    let n_rows = read_length(bytes, 1)?;
    let mut indptr = Vec::with_capacity(n_rows + 1);
    let mut nnz = 0usize;
    indptr.push(0);
    for _ in 0..n_rows {
        nnz = nnz.checked_add(usize::try_from(read_number(bytes)?).ok()?)?;
        indptr.push(nnz);
    }
    let columns = read_columns(bytes, &indptr, n_features)?;
    // One more than there are: values are read in pairs.
    let mut values = Vec::with_capacity(nnz + 1);
    for row in indptr.windows(2) {
        read_values(bytes, row[1] - row[0], &mut values)?;
    }
    Some(Csr::from_parts(n_features as usize, indptr, columns, values))
}

/// The gaps' lengths, four a byte, then the gaps.
fn write_columns<F: Float>(rows: &Csr<F>, out: &mut Vec<u8>) {
    let lengths = out.len();
    let gaps = lengths + rows.nnz().div_ceil(4);
    // With room for a whole word after the last gap: of a word, what is no gap is written over.
    out.resize(gaps + 4 * rows.nnz(), 0);
    let (mut i, mut end) = (0, gaps);
    for (columns, _) in rows.view().iter() {
        let mut next = 0;
        for &column in columns {
            let gap = column - next;
            let length = gap_bytes(gap);
            out[lengths + i / 4] |= (length as u8 - 1) << (i % 4 * 2);
            out[end..end + 4].copy_from_slice(&gap.to_le_bytes());
            end += length;
            // The last column there can be is followed by none.
            next = column.saturating_add(1);
            i += 1;
        }
    }
    out.truncate(end);
}

fn gap_bytes(gap: u32) -> usize {
    (4 - gap.leading_zeros() as usize / 8).max(1)
}

fn read_columns(bytes: &mut &[u8], indptr: &[usize], n_features: u32) -> Option<Vec<u32>> {
    let mut columns = read_gaps(bytes, *indptr.last()?)?;
    for row in indptr.windows(2) {
        let mut next = 0u64;
        for column in &mut columns[row[0]..row[1]] {
            let own = next + u64::from(*column);
            next = own + 1;
            *column = own as u32;
        }
        // Gaps are added up in 64 bits, so that the last column tells whether all are in range.
        if next > u64::from(n_features) {
            return None;
        }
    }
    Some(columns)
}

/// So many gaps, whatever rows they belong to: four a turn, for the byte of their lengths tells where each begins.
fn read_gaps(bytes: &mut &[u8], n: usize) -> Option<Vec<u32>> {
    let lengths = take(bytes, n.div_ceil(4))?;
    let mut gaps = vec![0; n];
    let mut left = *bytes;
    for (four, &lengths) in gaps.chunks_mut(4).zip(lengths) {
        let Four { starts, masks, end } = &FOURS[usize::from(lengths)];
        if let (Ok(four), Some(front)) = (<&mut [u32; 4]>::try_from(&mut *four), left.first_chunk::<16>()) {
            for k in 0..4 {
                let start = usize::from(starts[k]);
                let word = [front[start], front[start + 1], front[start + 2], front[start + 3]];
                four[k] = u32::from_le_bytes(word) & masks[k];
            }
            left = &left[usize::from(*end)..];
        } else {
            // The last few, behind which there may be no whole word.
            for (gap, mask) in four.iter_mut().zip(masks) {
                let length = mask.count_ones() as usize / 8;
                let mut word = [0; 4];
                word[..length].copy_from_slice(take(&mut left, length)?);
                *gap = u32::from_le_bytes(word);
            }
        }
    }
    *bytes = left;
    Some(gaps)
}

/// What a byte of four lengths says: where each gap begins, which bits of the word there it has, and where all end.
#[derive(Clone, Copy)]
struct Four {
    starts: [u8; 4],
    masks: [u32; 4],
    end: u8,
}

static FOURS: [Four; 256] = {
    let mut fours = [Four { starts: [0; 4], masks: [0; 4], end: 0 }; 256];
    let mut lengths = 0;
    while lengths < 256 {
        let (mut k, four) = (0, &mut fours[lengths]);
        while k < 4 {
            let length = (lengths >> (2 * k) & 3) as u8 + 1;
            four.starts[k] = four.end;
            four.masks[k] = u32::MAX >> (32 - 8 * length as u32);
            four.end += length;
            k += 1;
        }
        lengths += 1;
    }
    fours
};

/// The magnitudes that a row has, and for each value the number of its own, below the sign. False if they are
/// too many.
fn find_codes<F: Float>(values: &[F], magnitudes: &mut Vec<u64>, codes: &mut Vec<u8>) -> bool {
    let sign = 1 << (8 * size_of::<F>() - 1);
    magnitudes.clear();
    codes.clear();
    for &value in values {
        let bits = bits(value);
        let magnitude = bits & !sign;
        let place = magnitudes.iter().position(|&other| other == magnitude).unwrap_or(magnitudes.len());
        if place == MOST {
            return false;
        }
        if place == magnitudes.len() {
            magnitudes.push(magnitude);
        }
        codes.push(place as u8 | if bits == magnitude { 0 } else { MOST as u8 });
    }
    !values.is_empty()
}

/// A code of eight bits in four.
fn narrow(code: u8) -> u8 {
    code & 7 | code >> 4 & 8
}

/// The number of magnitudes, they, and the values' codes; or 0 and the values.
fn read_values<F: Float>(bytes: &mut &[u8], n: usize, values: &mut Vec<F>) -> Option<()> {
    let count = usize::from(take(bytes, 1)?[0]);
    let raw = take(bytes, size_of::<F>().checked_mul(if count == 0 { n } else { count })?)?;
    let raw = raw.chunks_exact(size_of::<F>()).map(from_bits::<F>);
    if count == 0 {
        values.extend(raw);
        return Some(());
    }
    // Codes of no magnitude stand for zero: bytes that were not written so.
    if count <= FEW {
        let mut list = [F::zero(); 2 * FEW];
        raw.enumerate().for_each(|(place, value)| (list[place], list[place + FEW]) = (value, -value));
        let codes = take(bytes, n.div_ceil(2))?;
        let start = values.len();
        // Two a turn; of an odd number the last is cut off again.
        values.resize(start + 2 * codes.len(), F::zero());
        for (pair, &two) in values[start..].as_chunks_mut().0.iter_mut().zip(codes) {
            *pair = [list[usize::from(two & 15)], list[usize::from(two >> 4)]];
        }
        values.truncate(start + n);
    } else if count <= MOST {
        let mut list = [F::zero(); 2 * MOST];
        raw.enumerate().for_each(|(place, value)| (list[place], list[place + MOST]) = (value, -value));
        values.extend(take(bytes, n)?.iter().map(|&code| list[usize::from(code)]));
    } else {
        return None;
    }
    Some(())
}

/// linfa's floats are `f32` and `f64`; each goes through itself, so that no bit is lost.
fn bits<F: Float>(value: F) -> u64 {
    if size_of::<F>() == size_of::<f32>() {
        u64::from(value.to_f32().unwrap_or(f32::NAN).to_bits())
    } else {
        value.to_f64().unwrap_or(f64::NAN).to_bits()
    }
}

fn write_bits<F>(bits: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&bits.to_le_bytes()[..size_of::<F>()]);
}

/// The value whose bytes these are.
#[inline]
fn from_bits<F: Float>(bytes: &[u8]) -> F {
    let mut word = [0; 8];
    word[..size_of::<F>()].copy_from_slice(bytes);
    let bits = u64::from_le_bytes(word);
    if size_of::<F>() == size_of::<f32>() {
        F::cast(f32::from_bits(bits as u32))
    } else {
        F::cast(f64::from_bits(bits))
    }
}
