//! `Footprint`: the size of a value (bytes for the memory limit, rows for progress bars and summaries), and its
//! compact form.

use linfa::dataset::{DatasetBase, Pr, Records};
use ndarray::{Array, Axis, Dimension};

use super::compact::{Compact, containers, numbers};

/// The bytes a value holds on the heap, and its rows.
///
/// The memory limit counts chunks by the bytes. An estimate is enough;
/// [`heap_bytes`](Footprint::heap_bytes) of a type that holds next to nothing may stay at its default
/// of zero.
///
/// Rows of chunks need it, and labels and keys of your own. A struct that serde reads and writes needs no impl as a
/// [`Record`](super::Record). A label is an enumeration or a struct that holds next to nothing on the heap:
///
/// ```
/// use chunkfit::data::{Compact, Footprint};
///
/// #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
/// enum Language {
///     English,
///     German,
/// }
///
/// impl Footprint for Language {
///     // Only for a chunk cache to hold chunks with such labels.
///     const COMPACT: Option<Compact<Self>> = Some(Compact::serialized());
/// }
/// assert_eq!(vec![Language::English, Language::German].heap_bytes(), 2);
/// ```
#[diagnostic::on_unimplemented(
    message = "the memory that a value of type `{Self}` holds is not known",
    note = "a struct of your own that serde reads and writes is a row of chunks as `chunkfit::data::Record<…>`, as in \
            `source.records::<Record<Customer>>()?.chunks()`; where features and label are all that is wanted of a \
            record, `source.records::<Customer>()?.examples(…)` asks for nothing",
    note = "for a type of your own that holds next to nothing, such as an enum of labels, write `impl \
            chunkfit::data::Footprint for … {{}}`; one that holds memory implements `heap_bytes`, too"
)]
pub trait Footprint: Sized {
    /// The conversion of the value to bytes in a [chunk cache](crate::graph::ChunkCache), and a value again. `None`,
    /// the default: not at all, and chunks that hold such values are not cached.
    const COMPACT: Option<Compact<Self>> = None;

    /// The bytes held on the heap, besides the value's own `size_of`.
    fn heap_bytes(&self) -> usize {
        0
    }

    /// The number of rows that the value holds: what progress bars and summaries count. 0, the default, for
    /// what has none. Must be cheap.
    fn row_count(&self) -> usize {
        0
    }
}

macro_rules! nothing_on_the_heap {
    ($($t:ty: $compact:expr),*) => { $(impl Footprint for $t {
        const COMPACT: Option<Compact<Self>> = $compact;
    })* };
}

nothing_on_the_heap!(
    (): numbers::UNIT, bool: numbers::BOOL, char: numbers::CHAR, u8: numbers::U8, i8: numbers::I8,
    u16: numbers::U16, i16: numbers::I16, u32: numbers::U32, i32: numbers::I32, u64: numbers::U64,
    i64: numbers::I64, usize: numbers::USIZE, isize: numbers::ISIZE, f32: numbers::F32, f64: numbers::F64,
    &str: None, Pr: numbers::PROBABILITY
);

impl Footprint for String {
    const COMPACT: Option<Compact<Self>> = containers::STRING;

    fn heap_bytes(&self) -> usize {
        self.capacity()
    }
}

impl<T: Footprint> Footprint for Option<T> {
    const COMPACT: Option<Compact<Self>> = containers::option();

    fn heap_bytes(&self) -> usize {
        self.as_ref().map_or(0, T::heap_bytes)
    }
}

impl<T: Footprint> Footprint for Vec<T> {
    const COMPACT: Option<Compact<Self>> = containers::vec();

    fn heap_bytes(&self) -> usize {
        self.capacity() * size_of::<T>() + self.iter().map(T::heap_bytes).sum::<usize>()
    }

    fn row_count(&self) -> usize {
        self.len()
    }
}

impl<A: Footprint, B: Footprint> Footprint for (A, B) {
    const COMPACT: Option<Compact<Self>> = containers::pair();

    fn heap_bytes(&self) -> usize {
        self.0.heap_bytes() + self.1.heap_bytes()
    }
}

impl<T: Footprint, D: Dimension> Footprint for Array<T, D> {
    const COMPACT: Option<Compact<Self>> = containers::array();

    fn heap_bytes(&self) -> usize {
        self.len() * size_of::<T>() + self.iter().map(T::heap_bytes).sum::<usize>()
    }

    fn row_count(&self) -> usize {
        if self.ndim() == 0 { 0 } else { self.len_of(Axis(0)) }
    }
}

impl<R: Records + Footprint, T: Footprint> Footprint for DatasetBase<R, T> {
    const COMPACT: Option<Compact<Self>> = containers::data_set();

    fn heap_bytes(&self) -> usize {
        self.records.heap_bytes() + self.targets.heap_bytes() + self.weights.heap_bytes()
    }

    fn row_count(&self) -> usize {
        self.records.nsamples()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Csr, RawText, Text};
    use ndarray::{Array2, array};

    #[test]
    fn containers_of_rows_count_them() {
        let x = Array2::<f64>::zeros((3, 7));
        let sparse = Csr::from_dense(&x).unwrap();
        let text: Text = ["a", "b", "c"].into_iter().collect();
        let raw: RawText = [b"a".as_slice(), b"b", b"c"].into_iter().collect();
        let counts = [x.row_count(), sparse.row_count(), text.row_count(), raw.row_count(), vec!["a"; 3].row_count()];
        assert_eq!(counts, [3; 5]);
        assert_eq!(
            (DatasetBase::new(text, array![true, false, true]).row_count(), "abc".to_owned().row_count()),
            (3, 0)
        );
        assert_eq!(ndarray::arr0(1.0).row_count(), 0);
    }
}
