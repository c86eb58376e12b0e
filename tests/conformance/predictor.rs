//! Every kind of model that is saved is loaded by `Predictor`, without its type, and answers with the bits of the typed model.

use std::collections::BTreeSet;

use chunkfit::data::{Csr, Keyed, Text};
use chunkfit::predictor::{AnyLabel, Predictions, Predictor, Transformed};
use chunkfit::testing::{Block, Numbers, Subject, TestRows};
use chunkfit::{Error, Runtime};
use ndarray::{Array1, Array2};

use crate::subjects as all_subjects;

/// The ways to use a model that the predictor has, too.
const COMPARED: [&str; 4] = ["predict", "decision_function", "predict_proba", "transform"];

fn numbers_of(predicted: Predictions) -> Vec<f64> {
    let label = |label: &AnyLabel| match label {
        AnyLabel::Text(text) => text.numbers()[0],
        AnyLabel::Bool(value) => f64::from(*value),
        AnyLabel::Integer(number) => *number as f64,
    };
    match predicted {
        Predictions::Labels(labels) => labels.iter().map(label).collect(),
        Predictions::Numbers(numbers) => numbers.to_vec(),
        Predictions::Clusters(clusters) => clusters.numbers(),
        Predictions::LabelSets(sets) => sets.numbers(),
        other => panic!("{other:?} is not compared"),
    }
}

fn rows_of(transformed: Transformed) -> Vec<f64> {
    transformed.to_dense().numbers()
}

/// The answer to one use for rows of the layout that the subject is named after.
fn answer(model: &Predictor, subject: &Subject, used: &str, block: &Block) -> Result<Vec<f64>, Error> {
    macro_rules! ask {
        ($rows:expr) => {{
            let rows = $rows;
            match used {
                "predict" => model.predict(&rows).map(numbers_of),
                "decision_function" => model.decision_function(&rows).map(|values| values.numbers()),
                "predict_proba" => model.predict_proba(&rows).map(|values| values.numbers()),
                _ => model.transform(&rows).map(rows_of),
            }
        }};
    }
    let words = |block: &Block| block.class.iter().map(|class| format!("class {class}")).collect::<Array1<String>>();
    let sets =
        |block: &Block| block.class.iter().map(|&class| (0..class as u16).collect()).collect::<Array1<Vec<u16>>>();
    match (subject.family(), subject.name().rsplit(", ").next().unwrap()) {
        ("LabelBinarizer", _) => ask!(words(block)),
        ("MultiLabelBinarizer", _) => ask!(sets(block)),
        (_, "dense f64") => ask!(<Array2<f64> as TestRows>::of(block)),
        (_, "dense f32") => ask!(<Array2<f32> as TestRows>::of(block)),
        (_, "sparse f64") => ask!(<Csr<f64> as TestRows>::of(block)),
        (_, "sparse f32") => ask!(<Csr<f32> as TestRows>::of(block)),
        (_, "categories") => ask!(<Array2<String> as TestRows>::of(block)),
        (_, "documents") => ask!(<Text as TestRows>::of(block)),
        (_, "rows of groups") => ask!(<Keyed<Array2<f64>, usize> as TestRows>::of(block)),
        (_, other) => panic!("{}: a layout {other}", subject.name()),
    }
}

#[test]
fn every_kind_that_is_saved_is_loaded_without_its_type() {
    let runtime = Runtime::new().threads(1);
    let (mut kinds, mut compared) = (BTreeSet::new(), 0);
    for subject in all_subjects().iter().chain(&crate::subjects::binarizers()) {
        let way = subject.ways().first().unwrap();
        let typed = way.fit(&runtime, subject.blocks()).unwrap();
        let file = typed.file().unwrap().unwrap_or_else(|| panic!("{} is not saved", subject.name()));
        let model = Predictor::from_bytes(&file.bytes).unwrap_or_else(|error| panic!("{}: {error}", subject.name()));
        assert_eq!(model.kind(), file.kind);
        kinds.insert(file.kind);
        for used in typed.uses().iter().filter(|used| COMPARED.contains(&used.name)) {
            for block in subject.blocks() {
                let expected = used.ask(&runtime, std::slice::from_ref(block)).unwrap();
                let found = answer(&model, subject, used.name, block);
                let found = found.unwrap_or_else(|error| panic!("{}, {}: {error}", subject.name(), used.name));
                let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&found), bits(&expected), "{}, {}", subject.name(), used.name);
                compared += 1;
            }
        }
    }
    assert!(kinds.len() >= 35 && compared >= 300, "only {} kinds and {compared} answers were compared", kinds.len());
}
