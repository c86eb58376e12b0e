//! Model files, taken apart and put together by their documented format alone: safetensors, with JSON in its metadata and
//! a checksum of both.

use std::borrow::Cow;
use std::collections::BTreeMap;

use safetensors::{Dtype, SafeTensors, View};
use serde_json::Value;
use xxhash_rust::xxh3::Xxh3;

/// The entry in the metadata.
const ENTRY: &str = "chunkfit";
/// What stands in the JSON for a tensor.
pub const TENSOR: &str = "$tensor";

pub type Tensors = BTreeMap<String, Tensor>;

/// Numbers in row-major order.
#[derive(Clone, Debug)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub numbers: Numbers,
}

#[derive(Clone, Debug)]
pub enum Numbers {
    F32(Vec<f32>),
    F64(Vec<f64>),
    U64(Vec<u64>),
}

impl Numbers {
    pub fn len(&self) -> usize {
        match self {
            Numbers::F32(numbers) => numbers.len(),
            Numbers::F64(numbers) => numbers.len(),
            Numbers::U64(numbers) => numbers.len(),
        }
    }

    fn to_le_bytes(&self) -> Vec<u8> {
        match self {
            Numbers::F32(numbers) => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
            Numbers::F64(numbers) => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
            Numbers::U64(numbers) => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
        }
    }
}

impl View for &Tensor {
    fn dtype(&self) -> Dtype {
        match self.numbers {
            Numbers::F32(_) => Dtype::F32,
            Numbers::F64(_) => Dtype::F64,
            Numbers::U64(_) => Dtype::U64,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        self.numbers.to_le_bytes().into()
    }

    fn data_len(&self) -> usize {
        self.numbers.to_le_bytes().len()
    }
}

/// The JSON of a file, without the checksum, and its tensors.
pub fn apart(file: &[u8]) -> (Value, Tensors) {
    let read = SafeTensors::deserialize(file).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(file).unwrap();
    let mut entry: Value = serde_json::from_str(&metadata.metadata().as_ref().unwrap()[ENTRY]).unwrap();
    let sum = entry.as_object_mut().unwrap().remove("checksum").unwrap();
    let numbers = |tensor: &safetensors::tensor::TensorView<'_>| -> Numbers {
        let words = tensor.data().chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap()));
        match tensor.dtype() {
            Dtype::F64 => Numbers::F64(words.map(f64::from_bits).collect()),
            Dtype::U64 => Numbers::U64(words.collect()),
            other => panic!("no model of the catalogue has numbers of type {other:?}"),
        }
    };
    let all = read.tensors().into_iter();
    let all = all.map(|(name, tensor)| (name, Tensor { shape: tensor.shape().to_vec(), numbers: numbers(&tensor) }));
    let tensors = all.collect();
    assert_eq!(sum, checksum(&entry, &tensors), "the documented checksum is the one in the file");
    (entry, tensors)
}

/// The file of such an entry and tensors, its checksum right; `None` if no file can hold these.
pub fn together(mut entry: Value, tensors: &Tensors) -> Option<Vec<u8>> {
    entry["checksum"] = checksum(&entry, tensors).into();
    let metadata = [(ENTRY.to_owned(), entry.to_string())].into_iter().collect();
    safetensors::serialize(tensors, Some(metadata)).ok()
}

/// Of the entry, and of the tensors by name: xxh3 of 128 bits, each part after its length.
fn checksum(entry: &Value, tensors: &Tensors) -> String {
    let mut hash = Xxh3::new();
    let mut add = |part: &[u8]| {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    add(entry.to_string().as_bytes());
    for (name, tensor) in tensors {
        add(name.as_bytes());
        add(format!("{:?} {:?}", (&tensor).dtype(), tensor.shape).as_bytes());
        add(&tensor.numbers.to_le_bytes());
    }
    format!("{:032x}", hash.digest128())
}
