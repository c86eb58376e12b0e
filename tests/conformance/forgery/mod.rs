//! Files that were forged, their checksum right: an error, or a model that predicts and learns on without a panic.
//!
//! The file of every subject's model; every part of its JSON and every tensor replaced by what does not belong
//! there, one at a time and several at random.

mod file;
mod lies;
mod parts;

use std::collections::BTreeSet;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::Duration;

use chunkfit::persist::describe_bytes;
use chunkfit::testing::{Block, ModelFile, Use};
use chunkfit::{ErrorKind, Runtime};
use ndarray::Array2;
use proptest::prelude::*;
use serde_json::Value;

use self::file::{Numbers, Tensors, apart, together};
use self::lies::{LIES, changed, lie_at, places};
use crate::subjects as all_subjects;

/// The width of the examples' rows.
const N_FEATURES: usize = 3;

/// A model's file, and of which estimator.
struct Subject {
    name: String,
    file: ModelFile,
}

/// One model of every estimator, in training if it learns chunk by chunk. Narrow numbers are written like wide ones, and
/// of several files with the same parts one is enough.
fn subjects() -> &'static [Subject] {
    static ALL: LazyLock<Vec<Subject>> = LazyLock::new(|| {
        let file = |subject: &chunkfit::testing::Subject| {
            let in_training = subject.ways().iter().find(|way| way.name == "partial_fit");
            let way = in_training.or(subject.ways().first()).unwrap();
            let model = way.fit(&runtime(), subject.blocks()).unwrap();
            let file = model.file().unwrap().unwrap_or_else(|| panic!("{} is not saved", subject.name()));
            Subject { name: subject.name().to_owned(), file }
        };
        let mut parts = BTreeSet::new();
        let is_new = |subject: &Subject| {
            let (entry, tensors) = apart(&subject.file.bytes);
            let shapes: Vec<Vec<usize>> = tensors.values().map(|tensor| tensor.shape.clone()).collect();
            parts.insert((subject.file.kind.clone(), places(&entry, &tensors), shapes))
        };
        let is_wide = |subject: &&chunkfit::testing::Subject| !subject.name().ends_with("f32");
        all_subjects().iter().chain(binarizers()).filter(is_wide).map(file).filter(is_new).collect()
    });
    &ALL
}

fn binarizers() -> &'static [chunkfit::testing::Subject] {
    static ALL: LazyLock<Vec<chunkfit::testing::Subject>> = LazyLock::new(crate::subjects::binarizers);
    &ALL
}

fn runtime() -> Runtime {
    Runtime::new().threads(1)
}

/// Uses that are not tried: those that make another model, which the catalogue has on its own, and second scores.
const NOT_TRIED: [&str; 5] =
    ["calibrated predict", "calibrated predict_proba", "thresholded predict", "confusion", "probability_loss"];

/// Uses a model in these ways. An error is as good as a result; a panic within a task is not.
fn use_all(uses: &[Use], blocks: &[Block]) {
    for used in uses.iter().filter(|used| !NOT_TRIED.contains(&used.name)) {
        if let Err(error) = used.ask(&runtime(), blocks) {
            assert!(!matches!(error.kind(), ErrorKind::Panicked { .. }), "{}: {error}", used.name);
        }
    }
}

/// The examples' rows with so many columns.
fn of_width(columns: usize) -> Vec<Block> {
    let wider = |mut block: Block| {
        block.x = Array2::from_shape_fn((block.x.nrows(), columns), |(i, j)| block.x[(i, j % N_FEATURES)]);
        block
    };
    Block::examples().into_iter().map(wider).collect()
}

/// Loads a file, uses the model, lets it learn on and uses it again. Whether it could be loaded.
fn try_out(file: &ModelFile, bytes: &[u8]) -> bool {
    let Ok(model) = file.load(bytes) else { return false };
    let blocks = &Block::examples()[..1];
    use_all(model.uses(), blocks);
    drop(model.file());
    if let Some(Ok(more)) = model.learn_on(&runtime(), blocks) {
        use_all(&more.uses()[..1], blocks);
    }
    true
}

/// Whether the forged file loads; a panic names the lies, and so does what takes longer than anything here should.
fn try_lies(subject: &'static Subject, entry: Value, tensors: &Tensors, lies: &[(&str, usize)]) -> Option<bool> {
    let bytes = together(entry, tensors)?;
    let (done, tried) = mpsc::channel();
    let trial = thread::spawn(move || {
        let tried = catch_unwind(AssertUnwindSafe(|| try_out(&subject.file, &bytes)));
        done.send(tried.ok()).unwrap();
    });
    let tried = tried.recv_timeout(Duration::from_secs(60));
    let tried = tried.unwrap_or_else(|_| panic!("a {} with lies {lies:?} runs for ever", subject.name));
    trial.join().unwrap();
    Some(tried.unwrap_or_else(|| panic!("a {} with lies {lies:?} panics", subject.name)))
}

#[test]
fn one_lie_anywhere_is_an_error_or_harmless() {
    for subject in subjects() {
        assert!(try_out(&subject.file, &subject.file.bytes));
        let (entry, tensors) = apart(&subject.file.bytes);
        let (mut refused, mut loaded) = (0, 0);
        for place in places(&entry, &tensors) {
            for lie in 0..LIES {
                let (mut entry, mut tensors) = (entry.clone(), tensors.clone());
                if lie_at(&place, lie, &mut entry, &mut tensors).is_none() {
                    continue;
                }
                match try_lies(subject, entry, &tensors, &[(&place, lie)]) {
                    Some(true) => loaded += 1,
                    _ => refused += 1,
                }
            }
        }
        assert!(refused > loaded, "{}: {refused} refused, {loaded} loaded", subject.name);
    }
}

/// Of every tensor of floats, all numbers and one of them.
#[test]
fn numbers_that_no_training_makes_are_refused() {
    for subject in subjects() {
        let (entry, tensors) = apart(&subject.file.bytes);
        for (name, tensor) in &tensors {
            if !matches!(tensor.numbers, Numbers::F64(_)) || tensor.numbers.len() == 0 {
                continue;
            }
            for lie in [6, 11, 15] {
                let mut tensors = tensors.clone();
                tensors.insert(name.clone(), changed(tensor, lie).unwrap());
                let loaded = try_lies(subject, entry.clone(), &tensors, &[(name, lie)]);
                // What is written out for other programs is not read, and classifiers from parts may have any numbers.
                let is_read = !name.starts_with("linear") && subject.file.kind != "LinearClassifier";
                assert!(loaded != Some(true) || !is_read, "{} loads with {name} of lie {lie}", subject.name);
            }
        }
    }
}

/// Files of the kinds of models that an earlier version had, as it wrote them.
#[test]
fn files_of_an_earlier_version_are_loaded() {
    let unpacked = flate2::read::GzDecoder::new(&include_bytes!("earlier_files.tar.gz")[..]);
    let mut kinds = BTreeSet::new();
    for file in tar::Archive::new(unpacked).entries().unwrap() {
        let mut bytes = Vec::new();
        file.unwrap().read_to_end(&mut bytes).unwrap();
        let kind = describe_bytes(&bytes).unwrap().kind;
        let mut subjects = subjects().iter().filter(|subject| subject.file.kind == kind);
        let subject = subjects.find(|subject| try_out(&subject.file, &bytes)).unwrap_or_else(|| panic!("{kind}"));
        // They have learned from five columns, but for categories and labels of words of their own.
        let model = subject.file.load(&bytes).unwrap();
        let used = model.uses().iter().filter(|used| used.ask(&runtime(), &of_width(5)).is_ok()).count();
        let has_words_of_its_own = ["OneHotEncoder", "LabelBinarizer", "MultiLabelBinarizer"].contains(&&*kind);
        assert!(used > 0 || has_words_of_its_own, "{kind}");
        kinds.insert(kind);
    }
    assert!(kinds.len() >= 29, "only {} kinds of earlier files: {kinds:?}", kinds.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn several_lies_are_an_error_or_harmless(
        which in any::<prop::sample::Index>(),
        lies in proptest::collection::vec((any::<prop::sample::Index>(), 0..LIES), 1..4),
    ) {
        let subject = which.get(subjects());
        let (mut entry, mut tensors) = apart(&subject.file.bytes);
        let places = places(&entry, &tensors);
        let lies: Vec<(&str, usize)> = lies.iter().map(|(place, lie)| (place.get(&places).as_str(), *lie)).collect();
        for (place, lie) in &lies {
            lie_at(place, *lie, &mut entry, &mut tensors);
        }
        try_lies(subject, entry, &tensors, &lies);
    }
}
