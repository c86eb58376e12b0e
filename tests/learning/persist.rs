//! Models on disk: pipelines and training that go on from files, refused files, and folders that stay clean. (That every
//! model comes back with all its bits is a law of the conformance suite.)

use std::fmt::Debug;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use chunkfit::calibration::{Calibration, ThresholdRule};
use chunkfit::cluster::MiniBatchKMeans;
use chunkfit::combine::{GroupModels, PerGroup};
use chunkfit::data::Keyed;
use chunkfit::estimator::PredictProba;
use chunkfit::linear::{Averaging, LearningRate, LinearRegressor, SgdRegressor};
use chunkfit::persist::{Persist, describe};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::{Fit, FitWith, Predict};
use ndarray::{Array1, Array2, array};
use tempfile::TempDir;

/// A folder of its own for every test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("model.safetensors")
    }

    /// Saves and loads. Saved again, what came back is the same file: it has all bits.
    fn reloaded<M: Persist>(&self, model: &M) -> M {
        model.save(self.file()).unwrap();
        let bytes = fs::read(self.file()).unwrap();
        let loaded = M::load(self.file()).unwrap();
        assert_eq!(describe(self.file()).unwrap().kind, M::kind());
        loaded.save(self.file()).unwrap();
        assert!(fs::read(self.file()).unwrap() == bytes, "{} is another one when it is saved again", M::kind());
        assert_eq!(fs::read_dir(self.0.path()).unwrap().count(), 1, "nothing else is left behind");
        loaded
    }
}

fn value(i: usize, j: usize) -> f64 {
    ((i * 131 + j * 71 + i * i * (j + 1)) % 23) as f64 / 7.0
}

fn rows() -> Array2<f64> {
    Array2::from_shape_fn((60, 5), |(i, j)| value(i, j) - 1.5)
}

fn names() -> Array1<String> {
    rows()
        .rows()
        .into_iter()
        .map(|row| ["ham", "spam", "tea"][usize::from(row[0] > 0.0) + usize::from(row[1] > 0.5)].to_owned())
        .collect()
}

fn assert_same<M: Persist + PartialEq + Debug>(model: &M) -> M {
    let loaded = Folder::new().reloaded(model);
    assert_eq!(&loaded, model);
    loaded
}

/// Made-up stories, in three chunks.
fn stories() -> Chunks<DatasetBase<Text, Array1<bool>>> {
    let document = |c: usize, i: usize| {
        let words = ["oil", "wheat", "merger", "acquires", "profit", "exports", "stake", "ship"];
        (0..6).map(|j| words[(c * 31 + i * 7 + j * j * (i + 1)) % 8]).collect::<Vec<_>>().join(" ")
    };
    Chunks::from_fn("stories", 3, move |c| {
        let documents: Vec<String> = (0..20).map(|i| document(c, i)).collect();
        let about = documents.iter().map(|text| text.contains("acquires") || text.contains("stake")).collect();
        Ok(DatasetBase::new(documents.iter().map(String::as_str).collect::<Text>(), about))
    })
}

#[test]
fn a_fitted_pipeline_comes_back_with_its_transformers() {
    let counts = HashingVectorizer::params().n_features(1 << 10).alternate_sign(false).norm(None);
    let steps = Pipeline::steps(counts).then(TfidfTransformer::params());
    let fit = steps.estimator(Chained::new(SgdClassifier::params())).fit(&stories());
    let (model, data) = Runtime::new().compute((&fit, stories())).unwrap();
    let folder = Folder::new();
    let loaded = folder.reloaded(&model);
    for chunk in &data {
        let (found, expected) = (loaded.transform(chunk).unwrap(), model.transform(chunk).unwrap());
        assert_eq!(found.records, expected.records);
        let (found, expected) = (loaded.model.transform(&found).unwrap(), model.model.transform(&expected).unwrap());
        assert_eq!(found.records, expected.records);
        assert_eq!(loaded.model.model.predict(&found.records), model.model.model.predict(&found.records));
    }
    let described = describe(folder.file()).unwrap();
    assert_eq!(described.kind, "FittedPipeline<HashingVectorizer, FittedPipeline<TfidfTransformer, SgdClassifier>>");
    let counted = described.training.class_counts.unwrap();
    assert_eq!((described.training.rows, counted.len(), counted.iter().sum()), (Some(60), 2, 60.0));
    model.save_with(folder.file(), &model.training().chunks(3)).unwrap();
    assert_eq!(describe(folder.file()).unwrap().training, model.training().chunks(3));
}

#[test]
fn what_wraps_or_groups_models_comes_back() {
    let data = Chunks::from_memory([DatasetBase::new(rows(), rows().column(0).mapv(|value| value > 0.1))]);
    let fit = Chained::new(SgdClassifier::params()).fit(&data);
    let (sigmoid, isotonic) = (Calibration::Sigmoid, Calibration::Isotonic);
    let rule = ThresholdRule::FBeta(1.0);
    let handles = (fit.calibrated(&data, sigmoid), fit.calibrated(&data, isotonic), fit.thresholded(&data, rule));
    let (sigmoid, isotonic, thresholded) = Runtime::new().compute(handles).unwrap();
    for calibrated in [sigmoid, isotonic] {
        let loaded = assert_same(&calibrated);
        assert_eq!(loaded.predict_proba(&rows()).unwrap(), calibrated.predict_proba(&rows()).unwrap());
    }
    assert_eq!(assert_same(&thresholded).predict(&rows()), thresholded.predict(&rows()));

    let data = Chunks::from_memory([DatasetBase::new(rows(), rows().column(2).to_owned())]);
    let by_sign = data.group_by("sign", |row: ndarray::ArrayView1<f64>, _| format!("{}", row[0] > 0.0));
    let fit = Chained::new(PerGroup::new(SgdRegressor::params())).fit(&by_sign);
    let groups: GroupModels<String, SgdRegressor<f64>> = Runtime::new().compute(&fit).unwrap();
    let loaded = assert_same(&groups);
    let keys: Vec<String> = rows().rows().into_iter().map(|row| format!("{}", row[0] > 0.0)).collect();
    let keyed = DatasetBase::new(Keyed::new(rows(), keys).unwrap(), Array1::<f64>::zeros(60));
    let predicted: [Array1<f64>; 2] = [loaded.predict(&keyed), groups.predict(&keyed)];
    assert_eq!(predicted[0], predicted[1]);
}

/// The law of files: to save and load between two chunks changes no bit of what is learned.
#[test]
fn training_goes_on_where_it_was_saved() {
    let data = DatasetBase::new(rows(), names());
    for params in [
        SgdClassifier::params(),
        SgdClassifier::params().average(Averaging::From(30)),
        SgdClassifier::params().learning_rate(LearningRate::AdaGrad).eta0(0.5),
    ] {
        let params = params.seed(3);
        let first = params.fit_with(None, &data).unwrap();
        let loaded = assert_same(&first);
        assert_eq!(params.fit_with(Some(loaded), &data).unwrap(), params.fit_with(Some(first), &data).unwrap());
    }
    let bayes = MultinomialNb::params();
    let counts = DatasetBase::new(rows().mapv(f64::abs), names());
    let first = bayes.fit_with(None, &counts).unwrap();
    let loaded = assert_same(&first);
    assert_eq!(bayes.fit_with(Some(loaded), &counts).unwrap(), bayes.fit_with(Some(first), &counts).unwrap());
    let clusters = MiniBatchKMeans::params().n_clusters(3);
    let first = clusters.fit_with(None, &data).unwrap();
    let loaded = assert_same(&first);
    assert_eq!(clusters.fit_with(Some(loaded), &data).unwrap(), clusters.fit_with(Some(first), &data).unwrap());
}

#[test]
fn saving_sweeps_up_what_killed_processes_left_and_nothing_else() {
    let folder = Folder::new();
    let inside = |name: &str| folder.0.path().join(name);
    let days_ago = SystemTime::now() - Duration::from_secs(2 * 24 * 3600);
    let (dead, young) = (".chunkfit-part-00000000000000aa", ".chunkfit-part-00000000000000bb");
    let left = [(dead, days_ago), (young, SystemTime::now()), (".chunkfit-saving-a", days_ago), (".notes", days_ago)];
    for (name, time) in left {
        fs::File::create(inside(name)).unwrap().set_modified(time).unwrap();
    }
    let data = DatasetBase::new(rows(), names());
    SgdClassifier::params().fit(&data).unwrap().save(folder.file()).unwrap();
    assert_eq!(left.map(|(name, _)| inside(name).exists()), [false, true, true, true]);
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 4, "the model, and nothing of its own beside it");
}

#[test]
fn a_file_of_another_kind_or_type_is_refused_by_name() {
    let folder = Folder::new();
    let data = DatasetBase::new(rows(), names());
    let message = |error: Error| {
        assert!(matches!(error.kind(), ErrorKind::Malformed { .. }), "{error}");
        assert_eq!(error.place().file, Some(folder.file()));
        error.to_string()
    };
    SgdClassifier::params().fit(&data).unwrap().save(folder.file()).unwrap();
    let other = message(LogisticRegression::<f64, String>::load(folder.file()).unwrap_err());
    assert!(other.contains("kind SgdClassifier, and is loaded as LogisticRegression"), "{other}");
    let narrow = message(SgdClassifier::<f32, String>::load(folder.file()).unwrap_err());
    assert!(narrow.contains("f32") && narrow.contains("8 bytes"), "{narrow}");
    let labels = message(SgdClassifier::<f64, bool>::load(folder.file()).unwrap_err());
    assert!(labels.contains("expected a boolean"), "{labels}");

    fs::write(folder.file(), b"PK\x03\x04 something else").unwrap();
    let foreign = message(SgdClassifier::<f64, bool>::load(folder.file()).unwrap_err());
    assert!(foreign.contains("no whole safetensors file"), "{foreign}");
    fs::write(folder.file(), b"\x02\0\0\0\0\0\0\0{}").unwrap();
    let others = message(describe(folder.file()).unwrap_err());
    assert!(others.contains("another program's"), "{others}");

    let missing = folder.0.path().join("missing");
    assert_eq!(*SgdRegressor::<f64>::load(&missing).unwrap_err().kind(), ErrorKind::Io { action: "read" });
    let error = StandardScaler::params().fit(&data).unwrap().save(missing.join("model")).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Io { action: "write" });
}

/// A bit of every byte flipped, every length cut: an error that names the file, or the very model.
#[test]
fn a_damaged_file_is_an_error_and_never_another_model() {
    let folder = Folder::new();
    let x = array![[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]];
    let data = DatasetBase::new(x, array![true, false, true]);
    let model = SgdClassifier::params().fit(&data).unwrap();
    model.save(folder.file()).unwrap();
    let good = fs::read(folder.file()).unwrap();
    let refused = |bytes: &[u8], what: &str| {
        fs::write(folder.file(), bytes).unwrap();
        match SgdClassifier::<f64, bool>::load(folder.file()) {
            Ok(loaded) => assert_eq!(loaded, model, "{what}"),
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Malformed { .. }), "{what}: {error}");
                assert_eq!(error.place().file, Some(folder.file()), "{what}");
            }
        }
    };
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        refused(&bad, &format!("bit {} of byte {at}", at % 8));
        refused(&good[..at], &format!("cut to {at} bytes"));
    }
    refused(&[&good[..], &[0]].concat(), "too long");
    let last = good.len() - 1;
    let mut bad = good.clone();
    bad[last] ^= 1;
    fs::write(folder.file(), &bad).unwrap();
    let error = SgdClassifier::<f64, bool>::load(folder.file()).unwrap_err().to_string();
    assert!(error.contains("not what was saved: copy or save it again"), "{error}");
}

#[test]
fn a_save_that_fails_leaves_the_earlier_file() {
    let folder = Folder::new();
    let model = LinearRegressor::from_parts(array![1.0], 2.0).unwrap();
    model.save(folder.file()).unwrap();
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Wide(u128);
    impl Persist for Wide {
        fn kind() -> String {
            "Wide".into()
        }
    }
    assert!(Wide(1).save(folder.file()).is_err(), "integers of 16 bytes have no place in the format");
    assert_eq!(LinearRegressor::<f64>::load(folder.file()).unwrap(), model);
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 1);
}
