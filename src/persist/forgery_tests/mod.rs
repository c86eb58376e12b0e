//! Files that were forged, their checksum right: an error, or a model that predicts without a panic.
//!
//! Every kind of model; every part of its JSON and every tensor replaced by what does not belong there, one at a time and
//! two at random.

mod subjects;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use proptest::prelude::*;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};

use self::subjects::{COLUMNS, Subject, rows, subjects};
use super::Training;
use super::file::{ENTRY, checksum, decode, encode};
use super::tensors::{Numbers, Tensor, Tensors};
use super::tests::pointers;
use super::writer::TENSOR;
use crate::combine::FittedPipeline;
use crate::linear::SgdRegressor;
use crate::preprocessing::StandardScaler;

/// What a file says, apart: its entry and its tensors.
fn apart(file: &[u8]) -> (Value, Tensors) {
    let read = SafeTensors::deserialize(file).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(file).unwrap();
    let mut entry: Value = serde_json::from_str(&metadata.metadata().as_ref().unwrap()[ENTRY]).unwrap();
    entry.as_object_mut().unwrap().remove("checksum");
    let words = |bytes: &[u8]| bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect();
    let numbers = |tensor: &safetensors::tensor::TensorView<'_>| -> Numbers {
        let words: Vec<u64> = words(tensor.data());
        match tensor.dtype() {
            Dtype::F64 => Numbers::F64(words.into_iter().map(f64::from_bits).collect()),
            Dtype::U64 => Numbers::U64(words),
            other => panic!("no subject has numbers of type {other:?}"),
        }
    };
    let all = read.tensors().into_iter();
    let all = all.map(|(name, tensor)| (name, Tensor { shape: tensor.shape().to_vec(), numbers: numbers(&tensor) }));
    (entry, all.collect())
}

/// The file of such an entry and tensors, its checksum right; `None` if no file can hold these.
fn together(mut entry: Value, tensors: &Tensors) -> Option<Vec<u8>> {
    let plain = safetensors::serialize(tensors, None).ok()?;
    let sum = checksum(&entry, &SafeTensors::deserialize(&plain).ok()?);
    entry["checksum"] = sum.into();
    safetensors::serialize(tensors, Some(HashMap::from([(ENTRY.to_owned(), entry.to_string())]))).ok()
}

/// What may be done to a part of the JSON.
fn replaced(was: &Value, lie: usize, tensors: &Tensors) -> Option<Value> {
    let list = was.as_array();
    let names = tensors.keys().map(|name| json!({ TENSOR: name }));
    let lies = [
        Some(json!(null)),
        Some(json!(0)),
        Some(json!(1)),
        Some(json!(3)),
        Some(json!(-1)),
        Some(json!(1u64 << 60)),
        Some(json!(u64::MAX)),
        Some(json!(0.5)),
        Some(json!(true)),
        Some(json!("x")),
        Some(json!([])),
        Some(json!([[1, 2]])),
        Some(json!({ "a": 1 })),
        Some(json!({ TENSOR: "gone" })),
        list.and_then(|list| Some(list.split_last()?.1.into())),
        list.and_then(|list| Some([list.clone(), vec![list.last()?.clone()]].concat().into())),
        list.map(|list| list.iter().rev().cloned().collect()),
    ];
    lies.into_iter().chain(names.map(Some)).nth(lie).flatten()
}

/// What may be done to a tensor.
fn changed(tensor: &Tensor, lie: usize) -> Option<Tensor> {
    let Tensor { shape, numbers } = tensor;
    let floats = match numbers {
        Numbers::F64(floats) => floats.clone(),
        _ => vec![0.0; numbers.len()],
    };
    let keep = |n: usize| match numbers {
        Numbers::F64(floats) => Numbers::F64(floats.iter().copied().cycle().take(n).collect()),
        Numbers::U64(words) => Numbers::U64(words.iter().copied().cycle().take(n).collect()),
        _ => Numbers::F64(vec![0.0; n]),
    };
    let of_shape = |shape: Vec<usize>| Tensor { numbers: keep(shape.iter().product()), shape };
    let filled = |number: f64| Tensor { shape: shape.clone(), numbers: Numbers::F64(vec![number; numbers.len()]) };
    let first = *shape.first()?;
    let with_first = |n: usize| of_shape([vec![n], shape[1..].to_vec()].concat());
    Some(match lie {
        0 => of_shape(shape.iter().rev().copied().collect()),
        1 => of_shape(vec![numbers.len()]),
        2 => with_first(first.checked_sub(1)?),
        3 => with_first(first + 1),
        4 => with_first(0),
        5 => of_shape([shape.clone(), vec![0]].concat()),
        6 => filled(f64::NAN),
        7 => filled(f64::INFINITY),
        8 => filled(-1e300),
        9 => Tensor { shape: shape.clone(), numbers: Numbers::F32(floats.iter().map(|&x| x as f32).collect()) },
        10 => Tensor { shape: shape.clone(), numbers: Numbers::U64(vec![u64::MAX; numbers.len()]) },
        _ => return None,
    })
}

/// Where lies can be told: a part of the JSON, or a tensor.
fn places(entry: &Value, tensors: &Tensors) -> Vec<String> {
    let mut all = Vec::new();
    pointers(&entry["model"], "/model", &mut all);
    all.extend(tensors.keys().cloned());
    all
}

const LIES: usize = 24;

/// Tells a lie at a place, if that one can be told there.
fn lie_at(place: &str, lie: usize, entry: &mut Value, tensors: &mut Tensors) -> Option<()> {
    if place.starts_with('/') {
        let was = entry.pointer(place)?.clone();
        *entry.pointer_mut(place)? = replaced(&was, lie, tensors)?;
    } else {
        let tensor = changed(tensors.get(place)?, lie)?;
        tensors.insert(place.to_owned(), tensor);
    }
    Some(())
}

/// Whether the file loads; a panic names the lies.
fn try_out(subject: &Subject, entry: Value, tensors: &Tensors, lies: &[(&str, usize)]) -> Option<bool> {
    let file = together(entry, tensors)?;
    let tried = catch_unwind(AssertUnwindSafe(|| (subject.try_out)(&file)));
    Some(tried.unwrap_or_else(|_| panic!("a {} with lies {lies:?} panics", subject.kind)))
}

#[test]
fn one_lie_anywhere_is_an_error_or_harmless() {
    for subject in subjects() {
        assert!((subject.try_out)(&subject.file));
        let (entry, tensors) = apart(&subject.file);
        let (mut refused, mut loaded) = (0, 0);
        for place in places(&entry, &tensors) {
            for lie in 0..LIES {
                let (mut entry, mut tensors) = (entry.clone(), tensors.clone());
                if lie_at(&place, lie, &mut entry, &mut tensors).is_none() {
                    continue;
                }
                match try_out(subject, entry, &tensors, &[(&place, lie)]) {
                    Some(true) => loaded += 1,
                    _ => refused += 1,
                }
            }
        }
        assert!(refused > loaded, "{}: {refused} refused, {loaded} loaded", subject.kind);
    }
}

#[test]
fn a_pipeline_whose_parts_have_other_columns_is_refused() {
    let transformer = StandardScaler::params().fit(&DatasetBase::from(rows())).unwrap();
    let save = |coef: Array1<f64>| {
        let model = SgdRegressor::from_parts(coef, 0.0).unwrap();
        encode(&FittedPipeline { transformer: transformer.clone().into(), model }, &Training::default()).unwrap()
    };
    type Pipeline = FittedPipeline<StandardScaler, SgdRegressor<f64>>;
    assert!(decode::<Pipeline>(&save(Array1::ones(COLUMNS))).is_ok());
    let error = decode::<Pipeline>(&save(Array1::ones(COLUMNS - 1))).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(error.to_string().contains("its parts contradict each other"), "{error}");
    assert!(cause.contains("columns of the model"), "{cause}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn several_lies_are_an_error_or_harmless(
        which in any::<prop::sample::Index>(),
        lies in proptest::collection::vec((any::<prop::sample::Index>(), 0..LIES), 1..4),
    ) {
        let subject = which.get(subjects());
        let (mut entry, mut tensors) = apart(&subject.file);
        let places = places(&entry, &tensors);
        let lies: Vec<(&str, usize)> = lies.iter().map(|(place, lie)| (place.get(&places).as_str(), *lie)).collect();
        for (place, lie) in &lies {
            lie_at(place, *lie, &mut entry, &mut tensors);
        }
        try_out(subject, entry, &tensors, &lies);
    }
}
