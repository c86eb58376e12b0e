//! Files that were forged, their checksum right: an error, or a model that predicts without a panic.
//!
//! Every kind of model; every part of its JSON and every tensor replaced by what does not belong there, one at a time
//! and two at random.

mod subjects;

use std::collections::BTreeSet;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, array};
use proptest::prelude::*;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};

use super::Training;
use super::file::{ENTRY, checksum, decode, describe_bytes, encode};
use super::forgery_tests::subjects::{COLUMNS, Subject, rows, subjects};
use super::tensors::{Numbers, Tensor, Tensors};
use super::tests::pointers;
use super::writer::TENSOR;
use crate::bayes::GaussianNb;
use crate::combine::FittedPipeline;
use crate::data::Csr;
use crate::decomposition::IncrementalPca;
use crate::estimator::LearnRows;
use crate::linear::SgdRegressor;
use crate::preprocessing::{StandardScaler, TfidfTransformer};

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
    let metadata = [(ENTRY.to_owned(), entry.to_string())].into_iter().collect();
    safetensors::serialize(tensors, Some(metadata)).ok()
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
    let with_one = |number: f64| {
        let mut floats = floats.clone();
        let middle = floats.len() / 2;
        if let Some(one) = floats.get_mut(middle) {
            *one = number;
        }
        Tensor { shape: shape.clone(), numbers: Numbers::F64(floats) }
    };
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
        11 => filled(f64::NEG_INFINITY),
        12 => filled(1e308),
        13 => filled(-1.0),
        14 => filled(5e-324),
        15 => with_one(f64::NAN),
        16 => with_one(f64::INFINITY),
        17 => with_one(1e308),
        18 => with_one(-1e308),
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

/// Whether the file loads; a panic names the lies, and so does what takes longer than anything here should.
fn try_out(subject: &'static Subject, entry: Value, tensors: &Tensors, lies: &[(&str, usize)]) -> Option<bool> {
    let file = together(entry, tensors)?;
    let (done, tried) = mpsc::channel();
    let trial = thread::spawn(move || {
        let tried = catch_unwind(AssertUnwindSafe(|| (subject.try_out)(&file)));
        done.send(tried.ok()).unwrap();
    });
    let tried = tried.recv_timeout(Duration::from_secs(60));
    let tried = tried.unwrap_or_else(|_| panic!("a {} with lies {lies:?} runs for ever", subject.kind));
    trial.join().unwrap();
    Some(tried.unwrap_or_else(|| panic!("a {} with lies {lies:?} panics", subject.kind)))
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

/// Of every tensor of floats, all numbers and one of them.
#[test]
fn numbers_that_no_training_makes_are_refused() {
    for subject in subjects() {
        let (entry, tensors) = apart(&subject.file);
        for (name, tensor) in &tensors {
            if !matches!(tensor.numbers, Numbers::F64(_)) || tensor.numbers.len() == 0 {
                continue;
            }
            for lie in [6, 11, 15] {
                let mut tensors = tensors.clone();
                tensors.insert(name.clone(), changed(tensor, lie).unwrap());
                let loaded = try_out(subject, entry.clone(), &tensors, &[(name, lie)]);
                // What is written out for other programs is not read.
                let is_read = !name.starts_with("linear");
                assert!(loaded != Some(true) || !is_read, "{} loads with {name} of lie {lie}", subject.kind);
            }
        }
    }
}

/// Files of every kind of model, as an earlier version wrote them.
#[test]
fn files_of_an_earlier_version_are_loaded() {
    let unpacked = flate2::read::GzDecoder::new(&include_bytes!("earlier_files.tar.gz")[..]);
    let mut kinds = BTreeSet::new();
    for file in tar::Archive::new(unpacked).entries().unwrap() {
        let mut bytes = Vec::new();
        file.unwrap().read_to_end(&mut bytes).unwrap();
        let kind = describe_bytes(&bytes).unwrap().kind;
        let mut subjects = subjects().iter().filter(|subject| subject.kind == kind);
        assert!(subjects.any(|subject| (subject.try_out)(&bytes)), "{kind}");
        kinds.insert(kind);
    }
    let without: Vec<_> = subjects().iter().filter(|subject| !kinds.contains(&subject.kind)).collect();
    assert!(without.is_empty(), "{} has no file of an earlier version", without[0].kind);
}

/// What files of earlier versions do not have: the digits of a mean beyond those of a float, and the weight of rows.
#[test]
fn files_without_the_digits_of_means_are_loaded() {
    let data = DatasetBase::new(rows(), rows().column(0).mapv(|x| x > 1.0));
    let without = |file: Vec<u8>, parts: &[(&str, &str)]| {
        let (mut entry, tensors) = apart(&file);
        for (part, name) in parts {
            assert!(entry.pointer_mut(part).unwrap().as_object_mut().unwrap().remove(*name).is_some());
        }
        together(entry, &tensors).unwrap()
    };
    let pca = IncrementalPca::params().fit(&data).unwrap();
    let file = encode(&pca, &Training::default()).unwrap();
    let read: IncrementalPca = decode(&without(file, &[("/model", "mean_rest"), ("/model/axes", "weight")])).unwrap();
    assert_eq!(read.axes(), pca.axes());
    let params = IncrementalPca::params().check().unwrap();
    let (one, other) = (params.partial_fit(Some(read), &rows()), params.partial_fit(Some(pca), &rows()));
    let apart = one.unwrap().axes().explained_variance() - other.unwrap().axes().explained_variance();
    assert!(apart.iter().all(|apart| apart.abs() < 1e-12));
    let bayes = GaussianNb::params().fit(&data).unwrap();
    let file = encode(&bayes, &Training::default()).unwrap();
    let moments = ["/model/statistics/by_class", "/model/statistics/overall"].map(|part| (part, "mean_rest"));
    let read: GaussianNb<bool> = decode(&without(file, &moments)).unwrap();
    let more = |model: GaussianNb<bool>| GaussianNb::params().fit_with(Some(model), &data).unwrap();
    assert_eq!(more(read).theta(), more(bayes).theta());
}

/// A word that no document of training had weighs infinitely much, if that is not smoothed.
#[test]
fn numbers_that_training_makes_are_loaded() {
    let counts = Csr::from_dense(&array![[1.0, 0.0], [2.0, 0.0]]).unwrap();
    let params = TfidfTransformer::params().smooth_idf(false).check().unwrap();
    let tfidf = LearnRows::<Csr<f64>>::finish(&params, params.learn(&counts).unwrap()).unwrap();
    assert_eq!(tfidf.idf().unwrap()[1], f64::INFINITY);
    assert_eq!(decode::<TfidfTransformer>(&encode(&tfidf, &Training::default()).unwrap()).unwrap(), tfidf);
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
