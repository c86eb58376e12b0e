//! The numbers of a model, apart from what they mean.

use std::borrow::Cow;
use std::collections::BTreeMap;

use safetensors::{Dtype, View};

/// The arrays of a file by name.
pub(super) type Tensors = BTreeMap<String, Tensor>;

/// An array of numbers in row-major order; of shape `[]` it is one number.
#[derive(Clone, Debug)]
pub(super) struct Tensor {
    pub(super) shape: Vec<usize>,
    pub(super) numbers: Numbers,
}

/// Numbers of one type.
#[derive(Clone, Debug)]
pub(super) enum Numbers {
    F32(Vec<f32>),
    F64(Vec<f64>),
    I64(Vec<i64>),
    U64(Vec<u64>),
}

impl Numbers {
    fn dtype(&self) -> Dtype {
        match self {
            Numbers::F32(_) => Dtype::F32,
            Numbers::F64(_) => Dtype::F64,
            Numbers::I64(_) => Dtype::I64,
            Numbers::U64(_) => Dtype::U64,
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Numbers::F32(numbers) => numbers.len(),
            Numbers::F64(numbers) => numbers.len(),
            Numbers::I64(numbers) => numbers.len(),
            Numbers::U64(numbers) => numbers.len(),
        }
    }

    fn to_le_bytes(&self) -> Vec<u8> {
        match self {
            Numbers::F32(numbers) => bytes_of(numbers, f32::to_le_bytes),
            Numbers::F64(numbers) => bytes_of(numbers, f64::to_le_bytes),
            Numbers::I64(numbers) => bytes_of(numbers, i64::to_le_bytes),
            Numbers::U64(numbers) => bytes_of(numbers, u64::to_le_bytes),
        }
    }
}

/// The bytes of all numbers: written to where they belong, which compiles to a copy of memory.
fn bytes_of<T: Copy, const N: usize>(numbers: &[T], to_le_bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    let mut bytes = vec![0; N * numbers.len()];
    for (out, &number) in bytes.as_chunks_mut().0.iter_mut().zip(numbers) {
        *out = to_le_bytes(number);
    }
    bytes
}

/// How the tensor goes into a file.
impl View for &Tensor {
    fn dtype(&self) -> Dtype {
        self.numbers.dtype()
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        self.numbers.to_le_bytes().into()
    }

    fn data_len(&self) -> usize {
        self.numbers.len() * self.numbers.dtype().bitsize() / 8
    }
}
