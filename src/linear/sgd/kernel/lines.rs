//! Cache-line-aligned buffer of numbers.

use crate::data::Float;
use serde::{Deserialize, Serialize};

/// The length of a cache line, in bytes.
const LINE: usize = 64;

/// A vector whose first number begins a cache line, so that a group of numbers as long as a line
/// lies in one, not in two.
#[derive(Debug, Serialize, Deserialize)]
#[serde(
    from = "Vec<F>",
    into = "Vec<F>",
    bound(serialize = "F: Float + Serialize", deserialize = "F: Float + Deserialize<'de>")
)]
pub(in crate::linear::sgd) struct Lines<F> {
    buffer: Vec<F>,
    start: usize,
    len: usize,
}

impl<F: Float> Lines<F> {
    pub(in crate::linear::sgd) fn zeros(len: usize) -> Self {
        let buffer = vec![F::zero(); len + Self::ROOM];
        let start = Self::start(buffer.as_ptr());
        Lines { buffer, start, len }
    }
}

impl<F> Lines<F> {
    /// How many numbers may stand before the first line and after the last.
    const ROOM: usize = LINE / size_of::<F>();

    fn start(buffer: *const F) -> usize {
        buffer.align_offset(LINE).min(Self::ROOM)
    }

    pub(in crate::linear::sgd) fn as_slice(&self) -> &[F] {
        &self.buffer[self.start..self.start + self.len]
    }

    pub(in crate::linear::sgd) fn as_mut_slice(&mut self) -> &mut [F] {
        &mut self.buffer[self.start..self.start + self.len]
    }

    /// The numbers in groups of `N`, which must divide their number.
    pub(in crate::linear::sgd) fn groups<const N: usize>(&self) -> &[[F; N]] {
        self.as_slice().as_chunks().0
    }

    /// The same, to be changed.
    pub(in crate::linear::sgd) fn groups_mut<const N: usize>(&mut self) -> &mut [[F; N]] {
        self.as_mut_slice().as_chunks_mut().0
    }
}

impl<F: Clone> From<&[F]> for Lines<F> {
    fn from(numbers: &[F]) -> Self {
        let mut buffer = Vec::with_capacity(numbers.len() + Self::ROOM);
        let start = Self::start(buffer.as_ptr());
        // Anything will do before the first line; if there is no number, there is no line.
        buffer.extend(numbers.first().map(|first| vec![first.clone(); start]).into_iter().flatten());
        let start = buffer.len();
        buffer.extend_from_slice(numbers);
        Lines { buffer, start, len: numbers.len() }
    }
}

impl<F: Clone> From<Vec<F>> for Lines<F> {
    fn from(numbers: Vec<F>) -> Self {
        numbers.as_slice().into()
    }
}

impl<F: Clone> From<Lines<F>> for Vec<F> {
    fn from(lines: Lines<F>) -> Self {
        lines.as_slice().to_vec()
    }
}

/// A copy lies elsewhere in memory, and begins a line there.
impl<F: Clone> Clone for Lines<F> {
    fn clone(&self) -> Self {
        self.as_slice().into()
    }
}

impl<F: PartialEq> PartialEq for Lines<F> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_copy_begins_a_line() {
        for len in [1, 8, 1000, 1 << 16] {
            let mut lines = Lines::<f64>::zeros(len);
            lines.as_mut_slice().iter_mut().enumerate().for_each(|(i, number)| *number = i as f64);
            let read = postcard::from_bytes(&postcard::to_stdvec(&lines).unwrap()).unwrap();
            for copy in [lines.clone(), read, Vec::from(lines.clone()).into()] {
                assert_eq!(copy, lines);
                assert_eq!((copy.as_slice().len(), copy.as_slice().as_ptr().addr() % LINE), (len, 0));
            }
        }
    }
}
