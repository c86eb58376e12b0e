//! Pipelines of several steps: lists, their parts, transformers of one's own, what is shared and what must not be seen.

use chunkfit::combine::{FitOnward, FitRows, Online, PreprocessFit, StepOver};
use chunkfit::data::{Identified, RowSet};
use chunkfit::decomposition::TruncatedSvd;
use chunkfit::estimator::{
    LearnRows, LearnTransform, Learned, PartialFit, PipelineStep, Stateless, TransformChunk, TransformRows,
};
use chunkfit::graph::{Compute, Key, TimeAccount};
use chunkfit::linear::SgdClassifierParams;
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Grid, Halving, HalvingResults, KFold, Search, TrainScores, cross_validate};
use chunkfit::prelude::*;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis, array};

type Dense = DatasetBase<Array2<f64>, Array1<bool>>;
type Documents = DatasetBase<Text, Array1<bool>>;

/// Chunk `c`: two columns, the first of which says whether a row is true.
fn table(c: usize) -> Dense {
    let labels = Array1::from_shape_fn(30, |i| (i * 7 + c).is_multiple_of(3));
    let rows = Array2::from_shape_fn((30, 2), |(i, j)| {
        let noise = ((i * 31 + c * 17 + j * 5) % 23) as f64;
        20f64.powi(j as i32) * (noise + if labels[i] && j == 0 { 30.0 } else { 4.0 })
    });
    DatasetBase::new(rows, labels)
}

fn tables() -> Chunks<Dense> {
    Chunks::from_memory((0..4).map(table))
}

fn documents() -> Chunks<Documents> {
    let chunk = |c: usize| {
        let text = (0..12).map(|i| format!("{} and word{} word{}", ["oil", "tea"][i % 2], i * c, i + c));
        DatasetBase::new(text.collect::<Text>(), Array1::from_shape_fn(12, |i| i % 2 == 0))
    };
    Chunks::from_memory((0..4).map(chunk))
}

fn sgd() -> SgdClassifierParams<bool> {
    SgdClassifier::params()
}

fn counts() -> chunkfit::text::HashingVectorizerParams<f64> {
    HashingVectorizer::params().n_features(1 << 8).alternate_sign(false).norm(None)
}

fn model_key<D, H: Fitted<D>>(fit: &H, _: &Chunks<D>) -> Key
where
    H::Model: Send + Sync + 'static,
{
    fit.model().key()
}

/// The error of a computation that has to fail.
fn failure<C: Compute>(targets: C) -> Error {
    match Runtime::new().threads(2).compute(targets) {
        Ok(_) => panic!("it did not fail"),
        Err(error) => error,
    }
}

/// linfa's check of parameters that have no range.
macro_rules! unchecked {
    ($($params:ty),*) => {
        $(impl ParamGuard for $params {
            type Checked = Self;
            type Error = Error;

            fn check_ref(&self) -> Result<&Self, Error> {
                Ok(self)
            }

            fn check(self) -> Result<Self, Error> {
                Ok(self)
            }
        })*
    };
}

/// A learned transformer of one's own: subtracts the mean of all values.
#[derive(Clone, serde::Serialize)]
struct ShiftParams;
struct Shift(f64);

/// A stateless one: multiplies.
#[derive(Clone, Debug, serde::Serialize)]
struct Multiply(f64);

unchecked!(ShiftParams, Multiply);

impl Identified for ShiftParams {
    const NAME: &'static str = "pipelines::ShiftParams";
}

impl PipelineStep for ShiftParams {
    type Learning = Learned;
}

impl LearnRows<Array2<f64>> for ShiftParams {
    type State = (f64, usize);
    type Learned = Shift;

    fn learn(&self, rows: &Array2<f64>) -> Result<(f64, usize), Error> {
        Ok((rows.sum(), rows.len()))
    }

    fn merge(a: (f64, usize), b: (f64, usize)) -> Result<(f64, usize), Error> {
        Ok((a.0 + b.0, a.1 + b.1))
    }

    fn finish(&self, (sum, n): (f64, usize)) -> Result<Shift, Error> {
        Ok(Shift(sum / n as f64))
    }
}

impl TransformRows<Array2<f64>> for Shift {
    type Output = Array2<f64>;
    const NAME: &'static str = "shift";

    fn transform_rows(&self, rows: &Array2<f64>) -> Result<Array2<f64>, Error> {
        Ok(rows - self.0)
    }
}

impl Identified for Multiply {
    const NAME: &'static str = "pipelines::Multiply";
}

impl PipelineStep for Multiply {
    type Learning = Stateless;
}

impl<T: Clone> TransformChunk<DatasetBase<Array2<f64>, T>> for Multiply {
    type Output = DatasetBase<Array2<f64>, T>;
    const NAME: &'static str = "multiply";

    fn transform_chunk(&self, chunk: &DatasetBase<Array2<f64>, T>) -> Result<Self::Output, Error> {
        Ok(DatasetBase::new(&chunk.records * self.0, chunk.targets.clone()).with_weights(chunk.weights.clone()))
    }
}

#[test]
fn a_list_of_steps_is_the_pipelines_in_each_other() {
    let chunks = documents();
    let list = Pipeline::steps(counts()).then(TfidfTransformer::params()).then(MaxAbsScaler::params());
    let list = list.estimator(Chained::new(sgd()).epochs(2)).fit(&chunks);
    let last = Pipeline::new(MaxAbsScaler::params(), Chained::new(sgd()).epochs(2));
    let nested = Pipeline::new(counts(), Pipeline::new(TfidfTransformer::params(), last)).fit(&chunks);
    assert_eq!(model_key(&list, &chunks), model_key(&nested, &chunks));
    let run = Runtime::new().threads(2).run((&list, &nested, list.score(&chunks))).unwrap();
    let runs = |name| run.summary.runs(name);
    assert_eq!((runs("vectorize"), runs("learn"), runs("partial_fit")), (4, 2 * 4, 2 * 4));
    assert_eq!(run.values.0.part::<SgdClassifier<f64, bool>, _>(), run.values.1.part());
    assert!(run.values.2 > 0.9, "{}", run.values.2);
    // A list of one is the pipeline of one transformer.
    let one = Pipeline::steps(counts()).estimator(Chained::new(sgd())).fit(&chunks);
    assert_eq!(
        model_key(&one, &chunks),
        model_key(&Pipeline::new(counts(), Chained::new(sgd())).fit(&chunks), &chunks)
    );
    // The first steps go on in several ways.
    let first = Pipeline::steps(counts()).then(TfidfTransformer::params());
    let (long, short) = (first.clone().then(MaxAbsScaler::params()), first);
    let (long, short) = (long.estimator(Chained::new(sgd()).epochs(2)), short.estimator(Chained::new(sgd())));
    assert_eq!(model_key(&long.fit(&chunks), &chunks), model_key(&list, &chunks));
    assert_ne!(model_key(&short.fit(&chunks), &chunks), model_key(&list, &chunks));
}

#[test]
fn parts_are_found_by_position_and_by_type() {
    let chunks = tables();
    // Two steps of one type: the second is learned of what the first makes.
    let steps = Pipeline::steps(StandardScaler::params().with_std(false)).then(StandardScaler::params());
    let steps = steps.then(Multiply(2.0)).then(MaxAbsScaler::params());
    let fit = steps.estimator(Chained::new(sgd())).fit(&chunks);
    let fitted = Runtime::new().compute(&fit).unwrap();
    assert!(fitted.step::<0>().mean()[1] > 100.0 && fitted.step::<1>().mean()[1].abs() < 1e-9);
    let (multiply, scaler): (&Multiply, &MaxAbsScaler) = (fitted.part(), fitted.part());
    let model: &SgdClassifier<f64, bool> = fitted.part();
    assert_eq!((multiply.0, model.n_rows_seen()), (2.0, 120));
    assert!(std::ptr::eq(multiply, fitted.step::<2>()) && std::ptr::eq(scaler, fitted.step::<3>()));
    assert!(std::ptr::eq(model, &fitted.model.model.model.model));
    // The handles: what they compute to is part of what the fit computes to.
    let handle: &PreprocessFit<MaxAbsScaler> = fit.part();
    let of_model: &Lazy<SgdClassifier<f64, bool>> = fit.part();
    let handles = (handle, of_model, fit.step::<1>(), fit.step::<2>(), fit.step::<2>().transformer());
    let run = Runtime::new().run((&fit, handles)).unwrap();
    let (whole, (of_handle, model, second, third, lazy)) = run.values;
    assert_eq!(run.summary.runs("learned"), 3);
    assert_eq!((&*of_handle, &model), (whole.step::<3>(), whole.part()));
    assert_eq!((second.mean(), third.0, lazy.0), (whole.step::<1>().mean(), 2.0, 2.0));
    assert!(std::ptr::eq(fit.step::<0>(), fit.transformer()));
}

#[test]
fn sixteen_steps_have_positions() {
    let (a, b) = (|| Multiply(2.0), || Multiply(0.5));
    let four = Pipeline::steps(a()).then(b()).then(a()).then(b());
    let eight = four.then(a()).then(b()).then(a()).then(b());
    let twelve = eight.then(a()).then(b()).then(a()).then(b());
    let steps = twelve.then(a()).then(b()).then(a()).then(Multiply(7.0));
    let fit = steps.estimator(Chained::new(sgd())).fit(&tables());
    let fitted = Runtime::new().compute(&fit).unwrap();
    assert_eq!((fitted.step::<0>().0, fitted.step::<14>().0, fitted.step::<15>().0), (2.0, 2.0, 7.0));
    assert_eq!(Runtime::new().compute(fit.step::<15>()).unwrap().0, 7.0);
}

#[test]
fn stateless_and_learned_transformers_of_ones_own_stand_in_any_order() {
    let chunks = tables();
    let steps = Pipeline::steps(ShiftParams).then(Multiply(0.1)).then(ShiftParams).then(MaxAbsScaler::params());
    let pipeline = steps.estimator(Chained::new(sgd()).epochs(5));
    let fit = pipeline.fit(&chunks);
    let (fitted, score, examples) = Runtime::new().compute((&fit, fit.score(&chunks), fit.examples(&chunks))).unwrap();
    assert!(score > 0.9, "{score}");
    // The same by hand, whose chunks are the same bits.
    let data: Vec<Dense> = (0..4).map(table).collect();
    let mean = data.iter().map(|chunk| chunk.records.sum()).sum::<f64>() / 240.0;
    assert!((fitted.step::<0>().0 - mean).abs() <= 1e-12 * mean && fitted.step::<2>().0.abs() < 1e-9);
    for (chunk, found) in data.iter().zip(&examples) {
        let chunk = (&chunk.records - fitted.step::<0>().0) * 0.1 - fitted.step::<2>().0;
        assert_eq!(found.records, fitted.step::<3>().transform_rows(&chunk).unwrap());
    }
    // In a search, whose candidates differ in the last step only.
    let grid = Grid::new(sgd()).vary("alpha", [1e-2, 1e-4], |sgd, alpha| sgd.alpha(alpha));
    let build = |sgd: &SgdClassifierParams<bool>| {
        Pipeline::steps(Multiply(0.5)).then(ShiftParams).then(Multiply(0.1)).estimator(Chained::new(sgd.clone()))
    };
    let run = Search::new(grid, build).folds(KFold::new(2)).run_and_tell(&Runtime::new().threads(2), &chunks).unwrap();
    let runs = |name| run.summary.runs(name);
    // Four chunks halved; what two folds' train rows are shifted by; the shifted chunks of each, multiplied again.
    assert_eq!((runs("learn"), runs("learned"), runs("shift"), runs("multiply")), (2 * 4, 2, 2 * 4, 4 + 2 * 4));
    assert_eq!(runs("partial_fit"), 2 * 4, "candidates learn in a team");
    for (row, alpha) in run.values.candidates.iter().zip([1e-2, 1e-4]) {
        let without = TrainScores::Without;
        let alone = build(&sgd().alpha(alpha));
        let alone =
            cross_validate(&Runtime::new(), &alone, &chunks, KFold::new(2), [Scorer::Accuracy], without).unwrap();
        assert_eq!(row.mean_test_scores, alone.mean_test_scores);
    }
}

#[test]
fn every_learned_step_learns_from_train_rows_only() {
    // Every second row is of another world.
    let mut data: Vec<Dense> = (0..4).map(table).collect();
    data.iter_mut().for_each(|chunk| {
        (0..30).step_by(2).for_each(|i| chunk.records.row_mut(i).mapv_inplace(|x| 1e6 * x + 1e9));
    });
    let odd: Vec<usize> = (0..30).filter(|i| i % 2 == 1).collect();
    let train = data
        .iter()
        .map(|chunk| DatasetBase::new(chunk.records.select(Axis(0), &odd), chunk.targets.select(Axis(0), &odd)));
    let train = Chunks::from_memory(train.collect::<Vec<_>>());
    let rows = Chunks::from_memory((0..4).map(|_| RowSet::of(30, |i| i % 2 == 1)));
    let pipeline = || {
        let steps = Pipeline::steps(MaxAbsScaler::params()).then(Multiply(3.0)).then(StandardScaler::params());
        steps.estimator(Chained::new(sgd()))
    };
    let of_rows = pipeline().fit_rows(&Chunks::from_memory(data), &rows, &TimeAccount::new("odd"));
    let (found, expected) = Runtime::new().compute((of_rows, pipeline().fit(&train))).unwrap();
    assert_eq!((found.step::<0>(), found.step::<2>()), (expected.step::<0>(), expected.step::<2>()));
    assert_eq!(found.part::<SgdClassifier<f64, bool>, _>(), expected.part());
}

#[test]
fn stateless_transformers_alone_transform_as_they_are() {
    let chunks = tables();
    let fit = Preprocess::new(Multiply(2.0)).fit(&chunks);
    let run = Runtime::new().run((&fit, fit.transform(&chunks))).unwrap();
    let (multiply, doubled) = run.values;
    assert_eq!((multiply.0, run.summary.runs("multiply"), run.summary.runs("learn")), (2.0, 4, 0));
    (0..4).for_each(|c| assert_eq!(doubled[c].records, 2.0 * table(c).records));
    // In a pipeline it is the same task.
    let pipeline = Pipeline::new(Multiply(2.0), Chained::new(sgd())).fit(&chunks);
    assert_eq!(Runtime::new().run((pipeline, fit.transform(&chunks))).unwrap().summary.runs("multiply"), 4);
}

#[test]
fn lists_of_stateless_steps_learn_from_streams_and_go_on_from_models() {
    let steps = || Pipeline::steps(Multiply(0.5)).then(Multiply(0.02));
    let mut online = Online::new(steps().estimator(sgd()));
    online.learn((0..4).map(table)).unwrap();
    let around = Runtime::new().compute(steps().estimator(Chained::new(sgd())).fit(&tables())).unwrap();
    let learned = online.into_model().unwrap();
    assert_eq!(learned.part::<SgdClassifier<f64, bool>, _>(), around.part());
    assert_eq!((learned.step::<0>().0, learned.step::<1>().0), (0.5, 0.02));

    let grid = || Grid::new(sgd()).vary("alpha", [1e-1, 1e-2, 1e-3, 1e-4], |sgd, alpha| sgd.alpha(alpha));
    let listed = Search::new(grid(), |sgd| steps().estimator(Chained::new(sgd.clone())));
    let listed = listed.folds(KFold::new(2)).halve(&Runtime::new(), &tables(), Halving::new(2), 4).unwrap();
    // One half of 0.02 is 0.01 to the bit.
    let at_once = Search::new(grid(), |sgd| Pipeline::new(Multiply(0.01), Chained::new(sgd.clone())));
    let at_once = at_once.folds(KFold::new(2)).halve(&Runtime::new(), &tables(), Halving::new(2), 4).unwrap();
    let scores = |found: &HalvingResults<_>| {
        let rows = found.rungs.iter().flat_map(|rung| &rung.results.candidates);
        rows.map(|row| row.mean_test_scores.clone()).collect::<Vec<_>>()
    };
    assert!(listed.rungs.len() > 1 && listed.best().mean_test_scores[0] > 0.6, "{:?}", listed.best());
    assert_eq!(scores(&listed), scores(&at_once));
}

/// After more chunks a learned transformer would transform otherwise than what the model has learned.
#[test]
fn pipelines_with_a_learned_step_neither_go_on_nor_learn_from_streams() {
    struct Other;

    /// Which of two implementations is meant is certain only where the second does not apply.
    trait CannotGoOn<Which> {
        fn cannot() {}
    }

    impl<P> CannotGoOn<()> for P {}

    impl<P: FitOnward<Dense>> CannotGoOn<Other> for P {}

    trait CannotStream<Which> {
        fn cannot() {}
    }

    impl<P> CannotStream<()> for P {}

    impl<P: PartialFit<Array2<f64>, Array1<bool>>> CannotStream<Other> for P {}

    fn go_on<P: FitOnward<Dense>>(_: &P) {}
    fn stream<P: PartialFit<Array2<f64>, Array1<bool>>>(_: &P) {}
    type Sgd = SgdClassifierParams<bool>;
    type Of<A, B, F> = Pipeline<A, Pipeline<B, F>>;
    go_on(&Pipeline::steps(Multiply(2.0)).then(Multiply(2.0)).estimator(Chained::new(sgd())));
    stream(&Pipeline::steps(Multiply(2.0)).then(Multiply(2.0)).estimator(sgd()));
    <Of<Multiply, ShiftParams, Chained<Sgd>> as CannotGoOn<_>>::cannot();
    <Of<ShiftParams, Multiply, Chained<Sgd>> as CannotGoOn<_>>::cannot();
    <Of<Multiply, ShiftParams, Sgd> as CannotStream<_>>::cannot();
    <Of<ShiftParams, Multiply, Sgd> as CannotStream<_>>::cannot();
}

#[test]
fn parameters_out_of_range_are_errors_before_any_task_at_every_position() {
    let never = Chunks::from_fn("never", 2, |_| -> Result<Documents, Error> { panic!("a chunk was read") });
    let rows = Chunks::from_fn("never", 2, |_| -> Result<RowSet, Error> { panic!("rows were chosen") });
    let bad = || MinMaxScaler::params().feature_range(1.0, 1.0);
    let good = || TruncatedSvd::params().n_components(2);
    let first = || Pipeline::steps(counts().n_features(0)).then(good()).estimator(Chained::new(sgd()));
    let second = || Pipeline::steps(counts()).then(good().n_components(0)).estimator(Chained::new(sgd()));
    let third = || Pipeline::steps(counts()).then(good()).then(bad()).estimator(Chained::new(sgd()));
    macro_rules! all_fail {
        ($name:literal, $pipeline:expr) => {
            let none: Chunks<Documents> = Chunks::from_memory([]);
            let (fit, of_rows) = ($pipeline.fit(&never), $pipeline.fit_rows(&never, &rows, &TimeAccount::new("train")));
            let failures = [
                failure(&fit),
                failure(&of_rows),
                failure(fit.score(&never)),
                failure(of_rows.predict::<_, _, Array1<bool>>(&never)),
                failure($pipeline.fit(&none)),
            ];
            for error in failures {
                let named = matches!(error.kind(), ErrorKind::InvalidParameter { name: $name, .. });
                assert!(named && error.place().chunk.is_none(), "{error}");
            }
        };
    }
    all_fail!("n_features", first());
    all_fail!("n_components", second());
    all_fail!("feature_range", third());
    let alone = Preprocess::new(counts().n_features(0)).fit(&never);
    for error in [failure(&alone), failure(alone.transform(&never)), failure(alone.transformer())] {
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "n_features", .. }), "{error}");
    }
}

/// Transformers of one's own may be generic over targets, take types of this crate or of others as chunks, and transform
/// rows beside: what is implemented for all transformers of rows leaves room for that.
#[test]
fn implementations_of_ones_own_do_not_collide_with_those_for_rows() {
    struct Any;

    impl<T: Clone> TransformChunk<DatasetBase<Text, T>> for Any {
        type Output = DatasetBase<Text, T>;
        const NAME: &'static str = "any";

        fn transform_chunk(&self, chunk: &DatasetBase<Text, T>) -> Result<Self::Output, Error> {
            Ok(DatasetBase::new(chunk.records.clone(), chunk.targets.clone()))
        }
    }

    impl TransformChunk<String> for Any {
        type Output = String;
        const NAME: &'static str = "any";

        fn transform_chunk(&self, chunk: &String) -> Result<String, Error> {
            Ok(chunk.to_uppercase())
        }
    }

    impl TransformRows<Array2<f64>> for Any {
        type Output = Array2<f64>;
        const NAME: &'static str = "any";

        fn transform_rows(&self, rows: &Array2<f64>) -> Result<Array2<f64>, Error> {
            Ok(-rows)
        }
    }

    #[derive(Clone, serde::Serialize)]
    struct Spaces;
    unchecked!(Spaces);

    impl Identified for Spaces {
        const NAME: &'static str = "pipelines::Spaces";
    }

    impl PipelineStep for Spaces {
        type Learning = Learned;
    }

    impl<T: Clone> LearnTransform<DatasetBase<Text, T>> for Spaces {
        type State = ();
        type Transformer = Any;

        fn learn_chunk(&self, _: &DatasetBase<Text, T>) -> Result<(), Error> {
            Ok(())
        }

        fn merge_states(_: (), _: ()) -> Result<(), Error> {
            Ok(())
        }

        fn finish_transformer(&self, _: ()) -> Result<Any, Error> {
            Ok(Any)
        }
    }

    fn takes<D, P: StepOver<D>>(_: &P) {}
    takes::<DatasetBase<Text, Array1<u8>>, _>(&Spaces);
    // Outside of a list of chunks, targets may be of any type.
    #[derive(Clone)]
    struct Unmeasured;
    let rows = DatasetBase::new(array![[1.0, -2.0]], Unmeasured);
    assert_eq!(Any.transform_chunk(&rows).unwrap().records, array![[-1.0, 2.0]]);
    assert_eq!(Any.transform_chunk(&"oil".to_owned()).unwrap(), "OIL");
    let pipeline = Pipeline::steps(Spaces).then(counts()).estimator(Chained::new(sgd()));
    let plain = Pipeline::new(counts(), Chained::new(sgd()));
    let (found, plain) = Runtime::new().compute((pipeline.fit(&documents()), plain.fit(&documents()))).unwrap();
    assert_eq!(found.part::<SgdClassifier<f64, bool>, _>(), plain.part());
}
