//! How much memory a value holds, for the memory limit.

use linfa::dataset::{DatasetBase, Pr, Records};
use ndarray::{Array, Dimension};

/// The bytes a value holds on the heap.
///
/// The memory limit counts chunks by it. An estimate is enough; [`heap_bytes`](Footprint::heap_bytes)
/// of a type that holds next to nothing may stay at its default of zero.
pub trait Footprint {
    /// The bytes held on the heap, besides the value's own `size_of`.
    fn heap_bytes(&self) -> usize {
        0
    }
}

macro_rules! nothing_on_the_heap {
    ($($t:ty),*) => { $(impl Footprint for $t {})* };
}

nothing_on_the_heap!((), bool, char, u8, i8, u16, i16, u32, i32, u64, i64, usize, isize, f32, f64, &str, Pr);

impl Footprint for String {
    fn heap_bytes(&self) -> usize {
        self.capacity()
    }
}

impl<T: Footprint> Footprint for Option<T> {
    fn heap_bytes(&self) -> usize {
        self.as_ref().map_or(0, T::heap_bytes)
    }
}

impl<T: Footprint> Footprint for Vec<T> {
    fn heap_bytes(&self) -> usize {
        self.capacity() * size_of::<T>() + self.iter().map(T::heap_bytes).sum::<usize>()
    }
}

impl<A: Footprint, B: Footprint> Footprint for (A, B) {
    fn heap_bytes(&self) -> usize {
        self.0.heap_bytes() + self.1.heap_bytes()
    }
}

impl<T: Footprint, D: Dimension> Footprint for Array<T, D> {
    fn heap_bytes(&self) -> usize {
        self.len() * size_of::<T>() + self.iter().map(T::heap_bytes).sum::<usize>()
    }
}

impl<R: Records + Footprint, T: Footprint> Footprint for DatasetBase<R, T> {
    fn heap_bytes(&self) -> usize {
        self.records.heap_bytes() + self.targets.heap_bytes() + self.weights.heap_bytes()
    }
}
