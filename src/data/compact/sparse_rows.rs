//! Sparse rows: about three and a half bytes a value of hashed text, where memory takes eight or more.
//!
//! - Columns as gaps to the column before, each in one to four bytes, and two bits that say how many
//!   ("Stream VByte": Lemire, Kurz and Rupp 2018).
//! - Values of a row as numbers of four bits into a list of those that the row has, if they are at most
//!   sixteen: rows of hashed words hold the same few counts, scaled alike. Other rows as they are.
//!
//! Bits come back as they were: values are compared by their bits, not as numbers.

use linfa::Float;

use super::Compact;
use super::bytes::{read_length, read_number, take, write_number};
use crate::data::{Csr, Rows};

/// How many distinct values four bits tell apart.
const MOST_DISTINCT: usize = 16;

pub(crate) const fn sparse_rows<F: Float>() -> Option<Compact<Csr<F>>> {
    Some(Compact { write, read })
}

fn write<F: Float>(rows: &Csr<F>, out: &mut Vec<u8>) {
    write_number(rows.n_features() as u64, out);
    write_number(rows.n_rows() as u64, out);
    for (columns, _) in rows.view().iter() {
        write_number(columns.len() as u64, out);
    }
    write_columns(rows, out);
    let (mut distinct, mut places) = (Vec::with_capacity(MOST_DISTINCT), Vec::new());
    for (_, values) in rows.view().iter() {
        if find_distinct(values, &mut distinct, &mut places) {
            out.push(distinct.len() as u8);
            distinct.iter().for_each(|&bits| write_bits::<F>(bits, out));
            out.extend_from_slice(&places);
        } else {
            out.push(0);
            values.iter().for_each(|&value| write_bits::<F>(bits(value), out));
        }
    }
}

fn read<F: Float>(bytes: &mut &[u8]) -> Option<Csr<F>> {
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
    let mut values = Vec::with_capacity(nnz);
    for row in indptr.windows(2) {
        read_values(bytes, row[1] - row[0], &mut values)?;
    }
    Some(Csr::from_parts(n_features as usize, indptr, columns, values))
}

/// The gaps' lengths, four a byte, then the gaps.
fn write_columns<F: Float>(rows: &Csr<F>, out: &mut Vec<u8>) {
    let lengths = out.len();
    out.resize(lengths + rows.nnz().div_ceil(4), 0);
    let mut i = 0;
    for (columns, _) in rows.view().iter() {
        let mut next = 0;
        for &column in columns {
            let gap = column - next;
            let length = gap_bytes(gap);
            out[lengths + i / 4] |= (length as u8 - 1) << (i % 4 * 2);
            out.extend_from_slice(&gap.to_le_bytes()[..length]);
            // The last column there can be is followed by none.
            next = column.saturating_add(1);
            i += 1;
        }
    }
}

fn gap_bytes(gap: u32) -> usize {
    (4 - gap.leading_zeros() as usize / 8).max(1)
}

fn read_columns(bytes: &mut &[u8], indptr: &[usize], n_features: u32) -> Option<Vec<u32>> {
    let nnz = *indptr.last()?;
    let lengths = take(bytes, nnz.div_ceil(4))?;
    let mut columns = Vec::with_capacity(nnz);
    let mut gaps = *bytes;
    for row in indptr.windows(2) {
        let mut next = 0u64;
        for i in row[0]..row[1] {
            let length = usize::from(lengths[i / 4] >> (i % 4 * 2) & 3) + 1;
            let column = next + u64::from(gap(gaps, length)?);
            gaps = &gaps[length..];
            next = column + 1;
            columns.push(column as u32);
        }
        // Gaps are added up in 64 bits, so that the last column tells whether all are in range.
        if next > u64::from(n_features) {
            return None;
        }
    }
    *bytes = gaps;
    Some(columns)
}

/// The gap of so many bytes at the front: by a word where there is one, byte by byte at the end.
#[inline]
fn gap(bytes: &[u8], length: usize) -> Option<u32> {
    match bytes.first_chunk() {
        Some(&word) => Some(u32::from_le_bytes(word) & (u32::MAX >> (32 - 8 * length))),
        None => {
            let mut word = [0; 4];
            word[..length].copy_from_slice(bytes.get(..length)?);
            Some(u32::from_le_bytes(word))
        }
    }
}

/// The bits of the values that a row has, and each value's place among them, two a byte. False if they
/// are too many.
fn find_distinct<F: Float>(values: &[F], distinct: &mut Vec<u64>, places: &mut Vec<u8>) -> bool {
    distinct.clear();
    places.clear();
    places.resize(values.len().div_ceil(2), 0);
    for (i, &value) in values.iter().enumerate() {
        let bits = bits(value);
        let place = distinct.iter().position(|&other| other == bits).unwrap_or(distinct.len());
        if place == MOST_DISTINCT {
            return false;
        }
        if place == distinct.len() {
            distinct.push(bits);
        }
        places[i / 2] |= (place as u8) << (i % 2 * 4);
    }
    !values.is_empty()
}

/// The number of distinct values, they, and each value's place among them; or 0 and the values.
fn read_values<F: Float>(bytes: &mut &[u8], n: usize, values: &mut Vec<F>) -> Option<()> {
    let distinct = usize::from(take(bytes, 1)?[0]);
    if distinct > MOST_DISTINCT || distinct > n {
        return None;
    }
    if distinct == 0 {
        let raw = take(bytes, n.checked_mul(size_of::<F>())?)?;
        values.extend(raw.chunks_exact(size_of::<F>()).map(from_bits::<F>));
        return Some(());
    }
    let mut list = [F::zero(); MOST_DISTINCT];
    let raw = take(bytes, distinct * size_of::<F>())?;
    for (place, raw) in list.iter_mut().zip(raw.chunks_exact(size_of::<F>())) {
        *place = from_bits(raw);
    }
    let places = take(bytes, n.div_ceil(2))?;
    values.extend(places.iter().flat_map(|&two| [list[usize::from(two & 15)], list[usize::from(two >> 4)]]).take(n));
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
