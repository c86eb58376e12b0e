//! Predictions, scores and transformations of a fitted pipeline in memory, by the names of scikit-learn.

use std::borrow::Borrow;

use ndarray::{Array1, Array2};

use super::fitted::FittedPipeline;
use super::predict_chunk::{DecideChunk, PredictChunk, ProbabilitiesOfChunk, ScoreChunk};
use super::predict_input::PredictInput;
use super::transform_all::TransformAll;
use crate::error::{Error, Result};
use crate::estimator::{Model, TransformChunk};

/// In memory, at once: of texts, rows or a data set (see [`PredictInput`]), through all transformers, nested or not.
///
/// ```
/// use chunkfit::combine::FittedPipeline;
/// use chunkfit::estimator::Persist;
/// use chunkfit::linear::Loss;
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::ndarray::array;
/// use chunkfit::prelude::*;
///
/// let documents: Text = ["oil is up", "tea is down", "oil sinks", "tea is up"].into_iter().collect();
/// let data = DatasetBase::new(documents, array!["oil", "tea", "oil", "tea"].mapv(str::to_owned));
/// let sgd = SgdClassifier::params().loss(Loss::LogLoss);
/// let pipeline = Pipeline::new(HashingVectorizer::params().n_features(1 << 10), Chained::new(sgd).epochs(9));
/// let trained = Runtime::new().compute(pipeline.fit(&Chunks::from_memory([data.clone()])))?;
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("model.safetensors");
/// trained.save(&file)?;
///
/// let model = FittedPipeline::<HashingVectorizer<f64>, SgdClassifier<f64, String>>::load(&file)?;
/// assert_eq!(model.predict(&["more oil", "more tea"])?, array!["oil", "tea"]);
/// assert_eq!(model.predict_one("cheap tea")?, "tea");
/// assert_eq!(model.predict_proba("oil is up")?.dim(), (1, 2)); // a row, two classes
/// assert_eq!(model.score(&data)?, 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<V, M> FittedPipeline<V, M> {
    /// Predictions, one a row: labels, numbers, cluster numbers, of shape (rows); of a multilabel classifier shape (rows,
    /// labels). The targets of a data set are ignored. Of one text or one row it is an array of one:
    /// [`predict_one`](Self::predict_one) gives the label itself.
    ///
    /// # Errors
    /// The transformers' own, and as [`TryPredict`](crate::estimator::TryPredict): a number of columns other than in
    /// training ([`ShapeMismatch`](crate::ErrorKind::ShapeMismatch)), a NaN or infinite feature with its row and column
    /// ([`NonFinite`](crate::ErrorKind::NonFinite)), a model that has learned nothing ([`NoRows`](crate::ErrorKind::NoRows)).
    pub fn predict<X, Y, I>(&self, input: X) -> Result<Y>
    where
        X: PredictInput,
        Self: PredictChunk<X::Chunk, Y, I>,
    {
        self.predict_chunk(input.hold().borrow())
    }

    /// The prediction for one text or one row: its label, number or cluster number.
    ///
    /// # Errors
    /// As [`predict`](Self::predict); input of no rows or of several ([`ShapeMismatch`](crate::ErrorKind::ShapeMismatch)).
    pub fn predict_one<X, L, I>(&self, input: X) -> Result<L>
    where
        X: PredictInput,
        Self: PredictChunk<X::Chunk, Array1<L>, I>,
    {
        let predicted = self.predict(input)?;
        let n_rows = predicted.len();
        let several = || Error::shape("rows for predict_one, which predict takes any number of", 1, n_rows);
        if n_rows == 1 { predicted.into_iter().next().ok_or_else(several) } else { Err(several()) }
    }

    /// Class probabilities, shape (rows, classes), classes in sorted order; every row sums to 1.
    ///
    /// # Errors
    /// As [`predict`](Self::predict); a loss that has no probabilities.
    pub fn predict_proba<X, F, I>(&self, input: X) -> Result<Array2<F>>
    where
        X: PredictInput,
        Self: ProbabilitiesOfChunk<X::Chunk, F, I>,
    {
        self.probabilities_of_chunk(input.hold().borrow())
    }

    /// Signed distances from the decision boundaries: shape (rows, 1) for two classes, a positive value meaning the second;
    /// else (rows, classes).
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn decision_function<X, F, I>(&self, input: X) -> Result<Array2<F>>
    where
        X: PredictInput,
        Self: DecideChunk<X::Chunk, F, I>,
    {
        self.decide_chunk(input.hold().borrow())
    }

    /// The score on a data set by the scorer of the model's kind (scikit-learn's `score`): accuracy, R², … A row counts as
    /// often as its weight, if there are weights.
    ///
    /// The number is that of [`Fitted::score`](crate::combine::Fitted::score) over this data set as the only chunk, to the
    /// last bit.
    ///
    /// # Errors
    /// As [`predict`](Self::predict); a label that training never saw
    /// ([`UnknownLabel`](crate::ErrorKind::UnknownLabel)); no rows ([`NoScoredRows`](crate::ErrorKind::NoScoredRows)).
    pub fn score<X, I>(&self, data: X) -> Result<f64>
    where
        X: PredictInput,
        Self: ScoreChunk<X::Chunk, I>,
    {
        self.score_chunk(data.hold().borrow())
    }

    /// The input after all transformers of the pipeline, as its model takes it; where the last step is a transformer or a
    /// clusterer itself, after that one, too (scikit-learn's `transform` of a pipeline, and `pipeline[:-1].transform` of one
    /// that ends with a model). Targets and weights of a data set go along.
    ///
    /// [`transform`](Self::transform) is the first transformer alone. A model of another crate has no
    /// [kind](crate::estimator::kind), and a pipeline around one not this method.
    ///
    /// ```
    /// use chunkfit::ndarray::array;
    /// use chunkfit::linfa::DatasetBase;
    /// use chunkfit::prelude::*;
    ///
    /// let chunk = DatasetBase::new(array![[0.0, 4.0], [2.0, 8.0]], array![false, true]);
    /// let steps = Pipeline::steps(MinMaxScaler::params()).then(StandardScaler::params());
    /// let fit = steps.estimator(Chained::new(SgdClassifier::params())).fit(&Chunks::from_memory([chunk]));
    /// let model = Runtime::new().compute(fit)?;
    /// assert_eq!(model.transform_all(&array![[0.0, 8.0]])?, array![[-1.0, 1.0]]);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// The transformers' own.
    pub fn transform_all<X>(&self, input: X) -> Result<<M::Kind as TransformAll<M, V::Output>>::Output>
    where
        X: PredictInput,
        V: TransformChunk<X::Chunk>,
        M: Model<Kind: TransformAll<M, V::Output>>,
    {
        M::Kind::transform_all(&self.model, self.transformer.transform_chunk(input.hold().borrow())?)
    }
}

#[cfg(test)]
mod tests {
    use linfa::DatasetBase;
    use ndarray::{Array1, Array2, array};

    use crate::chunks::Chunks;
    use crate::cluster::KMeans;
    use crate::combine::IntoFit;
    use crate::combine::{Chained, Fitted, Pipeline, Summed};
    use crate::data::RawText;
    use crate::data::{Csr, Text};
    use crate::error::ErrorKind;
    use crate::graph::Runtime;
    use crate::linear::SgdClassifier;
    use crate::linear::{LinearRegression, Loss, OneVsRest, SgdRegressor};
    use crate::preprocessing::{MaxAbsScaler, StandardScaler, TfidfTransformer};
    use crate::text::HashingVectorizer;

    type Documents = DatasetBase<Text, Array1<String>>;

    fn documents() -> Documents {
        let documents: Text = ["oil is up", "tea is down", "oil sinks", "tea is up"].into_iter().collect();
        DatasetBase::new(documents, array!["oil", "tea", "oil", "tea"].mapv(str::to_owned))
    }

    fn numbers() -> DatasetBase<Array2<f64>, Array1<f64>> {
        let rows = array![[0.0, 1.0], [1.0, 0.5], [2.0, 0.0], [3.0, -2.5]];
        DatasetBase::new(rows, array![0.5, 1.25, 3.0, 4.5]).with_weights(array![1.0, 2.0, 0.5, 1.0])
    }

    #[test]
    fn texts_of_every_form_have_the_labels_of_the_fit() {
        let chunks = Chunks::from_memory([documents()]);
        let counts = HashingVectorizer::params().n_features(1 << 8).alternate_sign(false).norm(None);
        let sgd = Chained::new(SgdClassifier::params().loss(Loss::LogLoss)).epochs(9);
        let fit = Pipeline::steps(counts).then(TfidfTransformer::params()).estimator(sgd).fit(&chunks);
        let (runtime, texts) = (Runtime::new(), ["more oil", "more tea"]);
        let (labels, values, probabilities, score) = (
            fit.predict::<_, _, Array1<String>>(&chunks),
            fit.decision_function(&chunks),
            fit.predict_proba(&chunks),
            fit.score(&chunks),
        );
        let (model, labels, values, probabilities, score) =
            runtime.compute((&fit, labels, values, probabilities, score)).unwrap();

        let expected: Array1<String> = array!["oil", "tea"].mapv(str::to_owned);
        let owned: Vec<String> = texts.map(str::to_owned).to_vec();
        let (text, raw): (Text, RawText) = (texts.iter().collect(), texts.iter().map(|text| text.as_bytes()).collect());
        assert_eq!(model.predict(&texts).unwrap(), expected);
        assert_eq!(model.predict(&texts[..]).unwrap(), expected);
        assert_eq!(model.predict(texts.to_vec()).unwrap(), expected);
        assert_eq!(model.predict(&owned).unwrap(), expected);
        assert_eq!(model.predict(&owned[..]).unwrap(), expected);
        assert_eq!(model.predict(&text).unwrap(), expected);
        assert_eq!(model.predict(&raw).unwrap(), expected);
        assert_eq!(model.predict("more tea").unwrap(), array!["tea".to_owned()]);
        assert_eq!(model.predict_one(&owned[0]).unwrap(), "oil");
        assert!(model.predict_one(&texts).unwrap_err().to_string().contains("predict_one"));

        // The bits are those of the lazy fit; targets are ignored but for the score.
        let untold = DatasetBase::new(documents().records, ());
        assert_eq!(model.predict(&untold).unwrap(), labels[0]);
        assert_eq!(model.predict(&documents()).unwrap(), labels[0]);
        assert_eq!(model.decision_function(&documents()).unwrap(), values[0]);
        assert_eq!(model.predict_proba(&documents()).unwrap(), probabilities[0]);
        assert_eq!(model.score(&documents()).unwrap(), score);
        assert_eq!(model.transform_all(&text).unwrap().view().n_rows(), 2);
    }

    #[test]
    fn rows_are_predicted_in_both_layouts_and_one_by_one() {
        let chunks = Chunks::from_memory([numbers()]);
        let fit = Pipeline::new(MaxAbsScaler::params(), Chained::new(SgdRegressor::params()).epochs(5)).fit(&chunks);
        let (predicted, score) = (fit.predict::<_, _, Array1<f64>>(&chunks), fit.score(&chunks));
        let (model, predicted, score) = Runtime::new().compute((&fit, predicted, score)).unwrap();
        let rows = numbers().records;
        let sparse = Csr::from_dense(&rows).unwrap();
        assert_eq!(model.predict(&rows).unwrap(), predicted[0]);
        assert_eq!(model.predict(rows.view()).unwrap(), predicted[0]);
        assert_eq!(model.predict(&sparse).unwrap(), predicted[0]);
        assert_eq!(model.predict(&std::sync::Arc::new(numbers())).unwrap(), predicted[0]);
        assert_eq!(model.predict_one(rows.row(2)).unwrap(), predicted[0][2]);
        assert_eq!(model.score(&numbers()).unwrap().to_bits(), score.to_bits()); // weights count
        let unweighted = numbers().with_weights(Array1::default(0));
        assert_ne!(model.score(&unweighted).unwrap(), score);

        let error = model.predict(&array![[0.0, f64::NAN]]).unwrap_err();
        assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 1 }, Some(0)));
        assert!(matches!(model.predict(&array![[0.0]]).unwrap_err().kind(), ErrorKind::ShapeMismatch { .. }));
        let none = numbers().split_with_ratio(0.0).0;
        assert!(matches!(model.score(&none).unwrap_err().kind(), ErrorKind::NoScoredRows { .. }));
    }

    #[test]
    fn a_score_is_that_of_the_fit_over_many_chunks() {
        let parts = [documents(), documents(), documents()];
        let chunks = Chunks::from_memory(parts.clone());
        let sgd = Chained::new(SgdClassifier::params());
        let fit = Pipeline::new(HashingVectorizer::params().n_features(1 << 4), sgd).fit(&chunks);
        let (model, score) = Runtime::new().compute((&fit, fit.score(&chunks))).unwrap();
        let whole = <Documents as crate::data::Rows>::concat_rows(&parts.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(model.score(&whole).unwrap().to_bits(), score.to_bits());
        let odd = DatasetBase::new(documents().records, Array1::from_elem(4, "coal".to_owned()));
        assert!(matches!(model.score(&odd).unwrap_err().kind(), ErrorKind::UnknownLabel { .. }));
    }

    #[test]
    fn models_of_other_kinds_predict_as_theirs() {
        let runtime = Runtime::new();
        let rows = numbers().records;
        let regression = Pipeline::new(StandardScaler::params(), Summed::new(LinearRegression::params()));
        let model = runtime.compute(regression.fit(&Chunks::from_memory([numbers()]))).unwrap();
        assert_eq!(model.clone().predict(&rows).unwrap().len(), 4);
        let again = model.clone().into_fit().score(&Chunks::from_memory([numbers()]));
        assert_eq!(runtime.compute(again).unwrap().to_bits(), model.score(&numbers()).unwrap().to_bits());

        let unlabelled = DatasetBase::from(rows.clone());
        let clusters = Pipeline::new(StandardScaler::params(), Summed::new(KMeans::params().n_clusters(2)));
        let model = runtime.compute(clusters.fit(&Chunks::from_memory([unlabelled.clone()]))).unwrap();
        assert_eq!(model.predict(&rows).unwrap().len(), 4);
        assert_eq!(model.transform_all(&rows).unwrap().dim(), (4, 2)); // distances from the centres
        assert!(model.score(&unlabelled).unwrap() <= 0.0);

        let labels = array![[true, false], [true, true], [false, true], [false, false]];
        let sets = DatasetBase::new(rows.clone(), labels);
        let each = OneVsRest::params(SgdClassifier::params());
        let fit = Pipeline::new(StandardScaler::params(), Chained::new(each)).fit(&Chunks::from_memory([sets.clone()]));
        let model = runtime.compute(fit).unwrap();
        let given: Array2<bool> = model.predict(&rows).unwrap();
        assert_eq!(given.dim(), (4, 2));
        assert!((0.0..=1.0).contains(&model.score(&sets).unwrap()));
    }
}
