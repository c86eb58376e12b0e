//! Transformers learned over chunks: what they equal, what they share, what they must not see.

use chunkfit::combine::FitRows;
use chunkfit::data::{Footprint, Identified, RowSet, Rows};
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles};
use chunkfit::estimator::{LearnRows, LearnTransform, Learned, PipelineStep, TransformChunk, TransformRows};
use chunkfit::graph::{Compute, TimeAccount};
use chunkfit::linear::{LinearClassifier, SgdClassifierParams};
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Grid, KFold, Search, Split, TrainScores, cross_validate};
use chunkfit::prelude::*;
use chunkfit::preprocessing::{MultiLabelBinarizer, OneHotEncoder};
use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, array};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Dense = DatasetBase<Array2<f64>, Array1<bool>>;

/// Chunk `c`: points in two overlapping clouds, in columns of very different scale and place.
fn clouds(c: usize, rows: usize) -> Dense {
    let mut random = ChaCha8Rng::seed_from_u64(c as u64);
    let labels = Array1::from_shape_fn(rows, |_| random.gen_bool(0.4));
    let points = Array2::from_shape_fn((rows, 3), |(i, j)| {
        let point = f64::from(labels[i] && j < 2) + random.gen_range(-1.0..1.0);
        1000f64.powi(j as i32) * (point + j as f64)
    });
    DatasetBase::new(points, labels)
}

fn sgd() -> SgdClassifierParams<bool> {
    SgdClassifier::params()
}

fn bits(model: &LinearClassifier<f64, bool>) -> Vec<u64> {
    model.coef().iter().chain(model.intercept()).map(|x| x.to_bits()).collect()
}

/// The error of a computation that has to fail.
fn failure<C: Compute>(targets: C) -> Error {
    match Runtime::new().threads(2).compute(targets) {
        Ok(_) => panic!("it did not fail"),
        Err(error) => error,
    }
}

/// These rows of the chunks, as one.
fn rows_of(chunks: &[Dense], rows: &[RowSet]) -> Dense {
    let parts: Vec<Dense> = rows.iter().zip(chunks).map(|(rows, chunk)| rows.select(chunk)).collect();
    Dense::concat_rows(&parts.iter().collect::<Vec<_>>()).unwrap()
}

fn scale(scaler: &StandardScaler, rows: &Dense) -> Dense {
    DatasetBase::new(scaler.transform_rows(&rows.records).unwrap(), rows.targets.clone())
}

#[test]
fn a_learned_pipeline_is_a_loop_over_the_chunks() {
    // One of them is empty.
    let data: Vec<Dense> = [30, 0, 50, 7].into_iter().enumerate().map(|(c, rows)| clouds(c, rows)).collect();
    let params = StandardScaler::params().check().unwrap();
    let learned: Vec<_> = data.iter().map(|chunk| params.learn(&chunk.records).unwrap()).collect();
    let merge = <_ as LearnRowsOf<_>>::merged;
    let [a, b, c, d] = <[_; 4]>::try_from(learned).unwrap_or_else(|_| unreachable!());
    let scaler: StandardScaler = params.finished(merge(&params, merge(&params, a, b), merge(&params, c, d)));
    let mut by_hand = None;
    for _ in 0..2 {
        for chunk in data.iter().filter(|chunk| !chunk.targets.is_empty()) {
            by_hand = Some(sgd().fit_with(by_hand, &scale(&scaler, chunk)).unwrap());
        }
    }
    let chunks = Chunks::from_memory(data);
    let fit = Pipeline::new(StandardScaler::params(), Chained::new(sgd()).epochs(2)).fit(&chunks);
    let mut scores = Vec::new();
    for threads in [1, 2, 4] {
        let (found, score) = Runtime::new().threads(threads).compute((&fit, fit.score(&chunks))).unwrap();
        assert_eq!(*found.transformer, scaler);
        assert_eq!(bits(found.model.linear().unwrap()), bits(by_hand.as_ref().unwrap().linear().unwrap()));
        scores.push(score.to_bits());
    }
    assert!(scores.iter().all(|&score| score == scores[0] && f64::from_bits(score) > 0.7), "{scores:?}");
}

/// What is learned of dense rows: the compiler cannot tell for which rows a state is to be merged.
trait LearnRowsOf<S> {
    fn merged(&self, a: S, b: S) -> S;
    fn finished(&self, state: S) -> StandardScaler;
}

impl<P: LearnRows<Array2<f64>, State = S, Learned = StandardScaler>, S> LearnRowsOf<S> for P {
    fn merged(&self, a: S, b: S) -> S {
        P::merge(a, b).unwrap()
    }

    fn finished(&self, state: S) -> StandardScaler {
        self.finish(state).unwrap()
    }
}

#[test]
fn sparse_text_gets_the_same_bits_on_any_number_of_threads_and_whatever_the_limit() {
    let stories = Chunks::from_fn("generate", 40, |c| {
        let stories = reuters::parse(&reuters::sample::generate(9, c as u32, 15))?;
        Ok(reuters::acq_examples(&stories, Labelled::EveryD))
    });
    let counts = HashingVectorizer::params().n_features(1 << 12).alternate_sign(false).norm(None);
    // A learned step between two others.
    let steps = Pipeline::steps(counts).then(TfidfTransformer::params()).then(MaxAbsScaler::params());
    let pipeline = steps.estimator(Chained::new(sgd()).epochs(3));
    let fit = pipeline.fit(&stories);
    let free = Runtime::new().threads(2).run(&fit).unwrap();
    assert_eq!(free.summary.reruns(), 0);
    assert_eq!(free.summary.runs("learn"), 2 * 40, "two passes learn");
    let expected = bits(free.values.model.model.model.linear().unwrap());
    let bytes = fit.examples(&stories).map("bytes", Footprint::heap_bytes);
    let limit = Runtime::new().compute(bytes).unwrap().iter().sum::<usize>() / 3;
    for threads in [1, 2, 4] {
        let run = Runtime::new().threads(threads).memory_limit(limit).run(&fit).unwrap();
        assert_eq!(bits(run.values.model.model.model.linear().unwrap()), expected);
        assert!(run.summary.peak_bytes <= limit, "{} > {limit}", run.summary.peak_bytes);
        assert!(run.summary.reruns() > 0);
        assert_eq!(run.summary.runs("learned"), 2, "what was learned is not learned again");
    }
}

#[test]
fn pipelines_of_equal_transformers_learn_and_transform_once() {
    let chunks = Chunks::from_memory((0..6).map(|c| clouds(c, 20)));
    let one = Pipeline::new(StandardScaler::params(), Chained::new(sgd())).fit(&chunks);
    let two = Pipeline::new(StandardScaler::params(), Averaged::new(LogisticRegression::params())).fit(&chunks);
    let alone = Preprocess::new(StandardScaler::params()).fit(&chunks);
    let targets = (&one, &two, &alone, alone.transform(&chunks), one.score(&chunks));
    let summary = Runtime::new().threads(2).run(targets).unwrap().summary;
    assert_eq!(["learn", "learned", "scale"].map(|name| summary.runs(name)), [6, 1, 6]);
    let other = Pipeline::new(StandardScaler::params().with_std(false), Chained::new(sgd())).fit(&chunks);
    let summary = Runtime::new().threads(2).run((&one, &other)).unwrap().summary;
    assert_eq!(["learn", "learned", "scale"].map(|name| summary.runs(name)), [12, 2, 12]);
}

#[test]
fn test_rows_have_no_part_in_what_train_rows_are_scaled_by() {
    // Every second row is of another world: whoever looks at it scales the others to nothing.
    let data: Vec<Dense> = (0..4)
        .map(|c| {
            let mut chunk = clouds(c, 40);
            for i in (0..40).step_by(2) {
                chunk.records.row_mut(i).mapv_inplace(|x| 1e6 * x + 1e9);
            }
            chunk
        })
        .collect();
    let chunks = Chunks::from_memory(data.clone());
    let odd = Chunks::from_memory((0..4).map(|_| RowSet::of(40, |i| i % 2 == 1)));
    let fit =
        Pipeline::new(StandardScaler::params(), Chained::new(sgd())).fit_rows(&chunks, &odd, &TimeAccount::new("odd"));
    let odd_rows = rows_of(&data, &Runtime::new().compute(&odd).unwrap());
    let by_hand = StandardScaler::params().fit(&odd_rows).unwrap();
    let scaler = Runtime::new().compute(fit.transformer()).unwrap();
    assert_eq!(scaler.n_rows(), 80);
    for (found, expected) in
        scaler.mean().iter().chain(scaler.scale()).zip(by_hand.mean().iter().chain(by_hand.scale()))
    {
        assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} {expected}");
    }
    // Test rows are scaled by what the train rows told.
    let scaled = Runtime::new().compute(fit.examples(&chunks)).unwrap();
    for (scaled, chunk) in scaled.iter().zip(&data) {
        assert_eq!(scaled.records, scaler.transform_rows(&chunk.records).unwrap());
    }
}

#[test]
fn cross_validation_is_a_loop_that_scales_by_train_rows() {
    // The last chunk lies far away: a fold's mean depends on which of its rows are train rows.
    let mut data: Vec<Dense> = (0..3).map(|c| clouds(c, 30)).collect();
    data[2].records.mapv_inplace(|x| x.powi(3));
    let chunks = Chunks::from_memory(data.clone());
    let folds = KFold::new(3).shuffle(4);
    let learner = || LogisticRegression::params().alpha(0.1);
    let pipeline = Pipeline::new(StandardScaler::params(), Concatenated::new(learner()));
    let scorers = [Scorer::NegLogLoss];
    let found = cross_validate(&Runtime::new(), &pipeline, &chunks, folds, scorers, TrainScores::Without).unwrap();
    let whole = Dense::concat_rows(&data.iter().collect::<Vec<_>>()).unwrap();
    let leaky = StandardScaler::params().fit(&whole).unwrap();
    for (fold, result) in folds.folds(&chunks).unwrap().iter().zip(&found.folds) {
        let (train, test) = Runtime::new().compute((&fold.train, &fold.test)).unwrap();
        let (train, test) = (rows_of(&data, &train), rows_of(&data, &test));
        let loss = |scaler: &StandardScaler| {
            let model = learner().fit(&scale(scaler, &train)).unwrap();
            let probability = chunkfit::estimator::PredictProba::predict_proba(&model, &scale(scaler, &test).records);
            let of_truth = probability
                .unwrap()
                .rows()
                .into_iter()
                .zip(&test.targets)
                .map(|(row, &y)| row[usize::from(y)])
                .collect::<Vec<f64>>();
            of_truth.iter().map(|p| p.ln()).sum::<f64>() / of_truth.len() as f64
        };
        let by_hand = loss(&StandardScaler::params().fit(&train).unwrap());
        assert!((result.test_scores[0] - by_hand).abs() < 1e-6, "{} {by_hand}", result.test_scores[0]);
        assert!((loss(&leaky) - by_hand).abs() > 1e-5, "this data would not show a leak");
    }
}

#[test]
fn candidates_of_a_search_share_what_is_learned_of_a_fold() {
    let chunks = Chunks::from_memory((0..4).map(|c| clouds(c, 30)));
    let grid = Grid::new(sgd()).vary("alpha", [1e-2, 1e-3, 1e-4], |sgd, alpha| sgd.alpha(alpha));
    let search = Search::new(grid, |sgd| Pipeline::new(MinMaxScaler::params(), Chained::new(sgd.clone())));
    let run = search.folds(KFold::new(2)).run_and_tell(&Runtime::new().threads(2), &chunks).unwrap();
    assert!(run.values.best_score() > 0.6);
    let runs = |name| run.summary.runs(name);
    assert_eq!((runs("learn"), runs("learned"), runs("scale")), (2 * 4, 2, 2 * 4));
    assert_eq!(runs("partial_fit"), 2 * 4, "candidates learn in a team behind a learned step, too");
    // Not the results of one another: those of each alone.
    for (row, alpha) in run.values.candidates.iter().zip([1e-2, 1e-3, 1e-4]) {
        let alone = Pipeline::new(MinMaxScaler::params(), Chained::new(sgd().alpha(alpha)));
        let without = TrainScores::Without;
        let alone =
            cross_validate(&Runtime::new(), &alone, &chunks, KFold::new(2), [Scorer::Accuracy], without).unwrap();
        assert_eq!(row.mean_test_scores, alone.mean_test_scores);
    }
}

#[test]
fn a_transformer_alone_is_that_of_all_rows() {
    let data: Vec<Array2<f64>> = (0..5).map(|c| clouds(c, 9).records).collect();
    let whole = Array2::concat_rows(&data.iter().collect::<Vec<_>>()).unwrap();
    let by_hand = MinMaxScaler::params().fit(&DatasetBase::from(whole)).unwrap();
    let chunks = Chunks::from_memory(data.clone());
    let fit = Preprocess::new(MinMaxScaler::params()).fit(&chunks);
    let (scaler, scaled) = Runtime::new().threads(2).compute((&fit, fit.transform(&chunks))).unwrap();
    assert_eq!(*scaler, by_hand);
    for (scaled, chunk) in scaled.iter().zip(&data) {
        assert_eq!(*scaled, by_hand.transform_rows(chunk).unwrap());
    }
}

#[test]
fn categories_and_sets_of_labels_are_found_chunk_by_chunk() {
    // Every chunk has a category and a label that no other has.
    let rows = |c: usize| {
        let towns = Array2::from_shape_fn((6, 1), |(i, _)| if i < 3 { format!("town {c}") } else { "oslo".to_owned() });
        DatasetBase::new(towns, Array1::from_shape_fn(6, |i| i < 3))
    };
    let chunks = Chunks::from_memory((0..5).map(rows));
    let pipeline = Pipeline::new(OneHotEncoder::params(), Chained::new(sgd()).epochs(5));
    let fit = pipeline.fit(&chunks);
    let (fitted, score) = Runtime::new().threads(2).compute((&fit, fit.score(&chunks))).unwrap();
    let found: Vec<_> = fitted.transformer.categories().flatten().collect();
    assert_eq!(found, ["oslo", "town 0", "town 1", "town 2", "town 3", "town 4"]);
    assert_eq!(score, 1.0, "towns tell all");

    let topics = Chunks::from_memory((0..3).map(|c| vec![vec![c], vec![], vec![c, 9]]));
    let fit = Preprocess::new(MultiLabelBinarizer::params()).fit(&topics);
    let (binarizer, indicators) = Runtime::new().compute((&fit, fit.transform(&topics))).unwrap();
    assert_eq!(binarizer.classes(), [0, 1, 2, 9]);
    assert_eq!(indicators[1], array![[0.0, 1.0, 0.0, 0.0], [0.0; 4], [0.0, 1.0, 0.0, 1.0]]);
}

/// Moves every column by the mean of the rows whose target is true: learned from targets, too.
#[derive(Clone, serde::Serialize)]
struct OwnParams;

struct Own(Array1<f64>);

impl Identified for OwnParams {
    const NAME: &'static str = "preprocessing::Own";
}

impl ParamGuard for OwnParams {
    type Checked = OwnParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&OwnParams, Error> {
        Ok(self)
    }

    fn check(self) -> Result<OwnParams, Error> {
        Ok(self)
    }
}

impl PipelineStep for OwnParams {
    type Learning = Learned;
}

impl LearnTransform<Dense> for OwnParams {
    type State = (f64, Array1<f64>);
    type Transformer = Own;

    fn learn_chunk(&self, chunk: &Dense) -> Result<Self::State, Error> {
        let chosen = chunk.records.rows().into_iter().zip(&chunk.targets).filter(|(_, target)| **target);
        Ok(chosen.fold((0.0, Array1::zeros(3)), |(n, sum), (row, _)| (n + 1.0, sum + row)))
    }

    fn merge_states(a: Self::State, b: Self::State) -> Result<Self::State, Error> {
        Ok((a.0 + b.0, a.1 + b.1))
    }

    fn finish_transformer(&self, (n, sum): Self::State) -> Result<Own, Error> {
        Ok(Own(sum / n))
    }
}

impl TransformChunk<Dense> for Own {
    type Output = Dense;
    const NAME: &'static str = "move";

    fn transform_chunk(&self, chunk: &Dense) -> Result<Dense, Error> {
        Ok(DatasetBase::new(&chunk.records - &self.0, chunk.targets.clone()))
    }
}

#[test]
fn transformers_of_ones_own_may_look_at_targets() {
    let chunks = Chunks::from_memory((0..3).map(|c| clouds(c, 20)));
    let fit = Pipeline::new(OwnParams, Chained::new(sgd())).fit(&chunks);
    let (fitted, examples) = Runtime::new().compute((&fit, fit.examples(&chunks))).unwrap();
    assert!(fitted.transformer.0[2] > 1e6);
    let whole = Dense::concat_rows(&examples.iter().collect::<Vec<_>>()).unwrap();
    let of_true = whole.records.rows().into_iter().zip(&whole.targets).filter(|(_, target)| **target);
    let sum = of_true.map(|(row, _)| row[0]).sum::<f64>();
    assert!(sum.abs() < 1e-9, "{sum}");
}

#[test]
fn weights_targets_and_predictions_go_along() {
    let mut chunk = clouds(0, 30);
    chunk.weights = Array1::from_shape_fn(30, |i| i as f32);
    let chunks = Chunks::from_memory([chunk.clone()]);
    let fit = Pipeline::new(StandardScaler::params(), Chained::new(sgd())).fit(&chunks);
    let (fitted, examples, predicted) =
        Runtime::new().compute((&fit, fit.examples(&chunks), fit.predict::<_, _, Array1<bool>>(&chunks))).unwrap();
    assert_eq!((&examples[0].weights, &examples[0].targets), (&chunk.weights, &chunk.targets));
    let transformed = fitted.transform(&chunk).unwrap();
    assert_eq!(transformed.records, examples[0].records);
    assert_eq!(fitted.model.predict(&transformed.records), predicted[0]);
}

#[test]
fn errors_name_the_chunk_and_bad_parameters_come_before_any_work() {
    let mut bad = clouds(1, 20);
    bad.records[(3, 1)] = f64::NAN;
    let pipeline = || Pipeline::new(StandardScaler::params(), Chained::new(sgd()));
    let error = failure(pipeline().fit(&Chunks::from_memory([clouds(0, 20), bad.clone()])));
    assert_eq!(*error.kind(), ErrorKind::NonFinite { column: 1 });
    let place = error.place();
    assert_eq!((place.chunk, place.row, place.task.as_deref()), (Some(1), Some(3), Some("learn")));

    let fit = pipeline().fit(&Chunks::from_memory([clouds(0, 20)]));
    let error = failure(fit.score(&Chunks::from_memory([clouds(0, 20), bad])));
    assert_eq!((error.place().chunk, error.place().task.as_deref()), (Some(1), Some("scale")));
    let narrow = Chunks::from_memory([DatasetBase::new(array![[1.0, 2.0]], array![true])]);
    let error = failure(fit.score(&narrow));
    assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: 3, found: 2 });

    let never = Chunks::from_fn("never", 2, |_| -> Result<Dense, Error> { panic!("a chunk was read") });
    let out_of_range = Pipeline::new(MinMaxScaler::params().feature_range(1.0, 1.0), Chained::new(sgd()));
    for error in [failure(out_of_range.fit(&never)), failure(out_of_range.fit(&never).score(&never))] {
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "feature_range", .. }), "{error}");
    }
    for none in [Chunks::from_memory([]), Chunks::from_memory([clouds(0, 0)])] {
        assert!(matches!(failure(pipeline().fit(&none)).kind(), ErrorKind::NoRows { .. }));
    }
    // Sparse rows are not centred.
    let sparse = Csr::from_dense(&array![[1.0, 0.0]]).unwrap();
    let sparse = Chunks::from_memory([DatasetBase::new(sparse, array![true])]);
    let error = failure(pipeline().fit(&sparse));
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "with_mean", .. }), "{error}");
}

#[test]
fn the_files_of_stories_are_weighed_by_words_of_train_rows() {
    let stories = ReutersFiles::sample().open().unwrap();
    let data = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
    let (train, test) = train_test_split(&data, 0.2, 42);
    let counts = HashingVectorizer::params().n_features(1 << 14).alternate_sign(false).norm(None);
    let steps = Pipeline::steps(counts).then(TfidfTransformer::params());
    let fit = steps.estimator(Averaged::new(LogisticRegression::params())).fit(&train);
    let (fitted, score, n_train) = Runtime::new().compute((&fit, fit.score(&test), train.n_rows())).unwrap();
    assert_eq!(fitted.model.transformer.n_rows(), n_train);
    assert!(score > 0.9, "{score}");
}
