//! Tests of model files: models come apart and together again, and files that lie do no harm.

use std::collections::BTreeMap;

use ndarray::{Array, Array1, Array2, Array3, IxDyn, array};
use safetensors::SafeTensors;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::file::{ENTRY, FORMAT, checksum, decode, encode};
use super::parts::TENSOR;
use super::reader::put_together;
use super::tensors::Tensors;
use super::writer::{Serialized, take_apart};
use super::{Persist, Training, describe, describe_bytes};
use crate::error::{ErrorKind, Result};

/// Whatever serde knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Zoo {
    unit: (),
    letter: char,
    small: i8,
    large: u64,
    negative: Option<i64>,
    nothing: Option<Vec<f64>>,
    pair: (f32, String),
    empty: Vec<f64>,
    nested: Vec<Vec<f64>>,
    shapes: Vec<Shape>,
    maybe: Vec<Option<f64>>,
    map: BTreeMap<(i32, bool), Array1<f32>>,
    matrix: Array2<f64>,
    cube: Array3<f32>,
    any: Array<f64, IxDyn>,
    whole: Array2<u32>,
    none: Array2<f64>,
    many: Vec<i32>,
    infinite: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Dot,
    Circle(f64),
    Line(f64, f64),
    Box { width: f64, sides: Vec<f32> },
}

impl Persist for Zoo {
    fn kind() -> String {
        "Zoo".into()
    }
}

fn zoo() -> Zoo {
    Zoo {
        unit: (),
        letter: 'ß',
        small: -8,
        large: u64::MAX,
        negative: Some(i64::MIN),
        nothing: None,
        pair: (0.1, "a \"b\"\n".into()),
        empty: vec![],
        nested: vec![vec![1.0], vec![], vec![0.1, 1e-310]],
        shapes: vec![
            Shape::Dot,
            Shape::Circle(f64::INFINITY),
            Shape::Line(0.1, -0.0),
            Shape::Box { width: 1.0 / 3.0, sides: vec![0.1] },
        ],
        maybe: vec![None, Some(0.3), Some(f64::NEG_INFINITY)],
        map: BTreeMap::from([((-1, true), array![1.5]), ((2, false), array![])]),
        matrix: array![[0.1, 0.2, 0.3], [1.0, f64::MAX, f64::MIN_POSITIVE]],
        cube: Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (i * 100 + j * 10 + k) as f32),
        any: Array::from_shape_vec(IxDyn(&[2, 1]), vec![0.7, 0.8]).unwrap(),
        whole: array![[1, 2], [3, 4]],
        none: Array2::zeros((0, 7)),
        many: (-600..600).collect(),
        infinite: f64::INFINITY,
    }
}

fn again<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let mut tensors = Tensors::new();
    let apart = take_apart(&Serialized(value), "value", &mut tensors).unwrap();
    let text: Value = serde_json::from_str(&apart.to_string()).unwrap();
    let bytes = safetensors::serialize(&tensors, None).unwrap();
    put_together(&text, &SafeTensors::deserialize(&bytes).unwrap()).unwrap()
}

#[test]
fn whatever_serializes_comes_back() {
    assert_eq!(again(&zoo()), zoo());
    assert_eq!(decode::<Zoo>(&encode(&zoo(), &Training::default()).unwrap()).unwrap(), zoo());
    for bits in [0x7ff8_0000_dead_beef, (-f64::NAN).to_bits(), (-0.0f64).to_bits(), 1] {
        assert_eq!(again(&f64::from_bits(bits)).to_bits(), bits);
        assert_eq!(again(&vec![f64::from_bits(bits)])[0].to_bits(), bits);
    }
    let narrow = f32::from_bits(0x7fc0_beef);
    assert_eq!(again(&narrow).to_bits(), narrow.to_bits());
}

#[test]
fn floats_are_tensors_in_their_shapes_and_what_is_short_is_legible() {
    let mut tensors = Tensors::new();
    let apart = take_apart(&Serialized(&zoo()), "zoo", &mut tensors).unwrap();
    assert_eq!(apart["matrix"], json!({ TENSOR: "zoo.matrix" }));
    assert_eq!((&tensors["zoo.matrix"].shape[..], &tensors["zoo.cube"].shape[..]), (&[2, 3][..], &[2, 3, 4][..]));
    assert_eq!(tensors["zoo.many"].shape, [1200]);
    assert_eq!(tensors["zoo.infinite"].shape, [0; 0]);
    assert_eq!(apart["large"], json!(u64::MAX));
    assert_eq!(apart["shapes"][2], json!({ "Line": [0.1, -0.0] }));
    assert_eq!(apart["map"][0][0], json!([-1, true]));
}

/// The file of a model whose entry was changed, its checksum right.
fn forged(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let tensors = SafeTensors::deserialize(bytes).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(bytes).unwrap();
    let mut entry: Value = serde_json::from_str(&metadata.metadata().as_ref().unwrap()[ENTRY]).unwrap();
    entry.as_object_mut().unwrap().remove("checksum");
    change(&mut entry);
    let sum = checksum(&entry, &tensors);
    entry["checksum"] = sum.into();
    let metadata = [(ENTRY.to_owned(), entry.to_string())].into_iter().collect();
    safetensors::serialize(tensors.tensors(), Some(metadata)).unwrap()
}

/// Where in a value something else may stand.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| pointers(value, &format!("{at}/{name}"), all)),
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(n, value)| pointers(value, &format!("{at}/{n}"), all));
        }
        _ => {}
    }
}

#[test]
fn a_file_that_lies_about_its_parts_is_an_error_and_no_panic() {
    let zoo = Zoo { many: vec![], ..zoo() };
    let good = encode(&zoo, &Training::default()).unwrap();
    let mut entry = Value::Null;
    forged(&good, |found| entry = found.clone());
    let mut all = vec![];
    pointers(&entry["model"], "/model", &mut all);
    let lies = [json!(null), json!(-1), json!(1e300), json!("x"), json!([]), json!([[1, 2]]), json!({ "a": 1 })];
    let lies: Vec<Value> =
        lies.into_iter().chain(["model.matrix", "gone"].map(|name| json!({ TENSOR: name }))).collect();
    let mut refused = 0;
    for pointer in &all {
        for lie in &lies {
            let bytes = forged(&good, |entry| *entry.pointer_mut(pointer).unwrap() = lie.clone());
            let result: Result<Zoo> = decode(&bytes);
            let error = result.err();
            refused += usize::from(error.is_some());
            assert!(error.is_none_or(|error| matches!(error.kind(), ErrorKind::Malformed { .. })), "{pointer} {lie}");
        }
    }
    assert!(refused > all.len() * lies.len() / 2, "{refused} of {} lies were refused", all.len() * lies.len());
}

#[test]
fn the_bytes_are_those_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zoo.safetensors");
    let training = Training { chunks: Some(7), ..Training::default() };
    zoo().save_with(&file, &training).unwrap();
    let bytes = zoo().to_bytes(&training).unwrap();
    assert!(std::fs::read(&file).unwrap() == bytes);
    assert_eq!(Zoo::from_bytes(&bytes).unwrap(), zoo());
    assert_eq!(describe_bytes(&bytes).unwrap(), describe(&file).unwrap());
    assert_eq!(describe_bytes(&bytes).unwrap().training, training);
    assert!(Zoo::from_bytes(&bytes[1..]).is_err() && describe_bytes(&bytes[1..]).is_err());
}

#[test]
fn a_file_of_a_later_format_says_what_to_update() {
    let good = encode(&zoo(), &Training::default()).unwrap();
    let later = forged(&good, |entry| {
        entry["format"] = (FORMAT + 1).into();
        entry["library"] = "chunkfit 9.0.0".into();
    });
    let error = decode::<Zoo>(&later).unwrap_err().to_string();
    assert!(error.contains("chunkfit 9.0.0 wrote it") && error.contains("update"), "{error}");
}
