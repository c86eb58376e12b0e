//! Guide for users of scikit-learn and dask-ml.
//!
//! Names are those of scikit-learn in Rust's spelling (`SGDClassifier` is `SgdClassifier`), and so are the
//! names of parameters. Where nothing is said, defaults and results are those of scikit-learn 1.9, the
//! latter up to rounding. What is done otherwise everywhere:
//!
//! - `X.fit(data)` is `X::params().….fit(&data)`: parameters are one type, the fitted model another.
//!   Parameters are checked when fitting begins, and all of them serialize: what is saved and loaded is
//!   the same estimator, to its key in the graph.
//! - `partial_fit` is linfa's `fit_with`. Over chunks [`Chained`] calls it.
//! - `coef_init` and `intercept_init` are `from_parts` of the models; `fit_with` goes on from there.
//! - `random_state` is `seed`, 0 by default, never `None`: equal programs give equal bits. The random
//!   orders are not numpy's.
//! - `n_jobs` belongs to the [`Runtime`]. No result depends on it.
//! - `sample_weight` lies with the rows: [`DatasetBase::with_weights`](linfa::DatasetBase::with_weights).
//!   Rows of weight 0 are absent, their labels too: scikit-learn's SGD takes a step for them. Data without rows of weight
//!   above 0, or of one class, is an error in every classifier, also in naive Bayes; a chunk of such rows is none.
//! - `warm_start`, `copy` and `verbose` are not there: a chain goes on from a model, and
//!   [`Runtime::progress`] shows where a run is.
//! - NaN is an error, which names the row and the column, not a missing value. `predict` in memory, which is linfa's,
//!   panics on it; [`TryPredict::try_predict`](crate::estimator::TryPredict::try_predict) returns the error.
//!
//! # Combinators
//!
//! | scikit-learn, dask-ml | here | what differs |
//! |---|---|---|
//! | a loop of `partial_fit`; dask-ml `Incremental` | [`Chained`] | classes need not be known; `epochs` passes, 1 by default |
//! | the same over a stream that does not end | [`Online`] | others use the newest model meanwhile |
//! | `early_stopping=True`, `validation_fraction=0.1`, `n_iter_no_change=5` | [`Chained::early_stopping`] | whole chunks are held out, not rows |
//! | dask-learn's averaging; near dask-ml `BlockwiseVotingClassifier` | [`Averaged`] | coefficients are averaged, weighted by curvature; [`MergeWarning`] tells when that may serve badly; [`rounds`](crate::combine::Averaged::rounds) go on from it |
//! | dask-ml `LogisticRegression`, `LinearRegression`, `PoissonRegression` | [`Summed`] | the exact fit of all rows, in passes over the chunks, by Newton steps |
//! | `fit` of all data | [`Concatenated`] | for data that fits into memory |
//! | `Pipeline`, `make_pipeline` | [`Pipeline::new`], [`Pipeline::steps`] | transformers that are learned take a pass of their own |
//! | `pipeline.named_steps["tfidf"]`, `pipeline[1]` | [`FittedPipeline::part`], [`FittedPipeline::step`] | by type or position; checked by the compiler |
//! | `Pipeline(memory=…)`, `joblib.Memory` | [`Runtime::chunk_cache`], [`Chunks::cached`] | keyed by the state of files and by parameters, checked, bounded |
//! | `fit_transform`; dask-ml `ParallelPostFit` | [`Preprocess`]; every fit is [`Fitted`] | lazy, chunk by chunk |
//! | one model for every group, by hand | [`PerGroup`] | all of them in one pass |
//! | `CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid")` | [`Calibrate::calibrated`] | on held-out chunks, of a fitted model; no folds |
//! | `TunedThresholdClassifierCV`, `FixedThresholdClassifier` | [`Calibrate::thresholded`] | on held-out chunks; by F-score, precision or recall |
//!
//! # Learners
//!
//! | scikit-learn | here | defaults | what differs |
//! |---|---|---|---|
//! | `SGDClassifier` | [`SgdClassifier`] | `loss` hinge, `penalty` L2, `alpha` 1e-4, `learning_rate` optimal, `eta0` 0.01, `max_iter` 1000 (here `epochs`), `tol` 1e-3, `n_iter_no_change` 5, `average` off | classes may appear late; class weights by frequency in `partial_fit`, too; a chain that averages has the average of one pass over all rows, which a loop of scikit-learn's `partial_fit` has not |
//! | no such schedule | [`LearningRate::AdaGrad`], [`LearningRate::Ftrl`] | | `eta0` should be about 1 |
//! | `Perceptron` | [`SgdClassifier`] | | with [`Loss::Perceptron`], [`LearningRate::Constant`], `eta0` 1, [`Penalty::None`] |
//! | `PassiveAggressiveClassifier` | [`SgdClassifier`] | | with [`LearningRate::Pa1`], `eta0` 1, [`Penalty::None`] |
//! | `SGDRegressor` | [`SgdRegressor`] | the same, but `loss` squared error, `learning_rate` inverse scaling with `power_t` 0.25 | |
//! | `SGDOneClassSVM` | [`SgdOneClassSvm`] | `nu` 0.5, `learning_rate` optimal, `eta0` 0.01 | |
//! | `OneVsRestClassifier(SGDClassifier())` | [`OneVsRest`], over chunks [`ChainedLabels`] | | only of [`SgdClassifier`], which learns several labels side by side |
//! | `LogisticRegression` | [`LogisticRegression`] | `alpha` 1e-5 in place of `C` 1, `tol` 1e-6 relative to the first gradient in place of 1e-4, `max_iter` 100 | `alpha` is per example, so that a chunk and the whole solve the same problem; `c` sets scikit-learn's; Newton steps in place of L-BFGS; no L1 |
//! | `LinearRegression`; `Ridge(alpha=n·a)` | [`LinearRegression`] | `alpha` 0 | `alpha` is per example; over chunks exact in one pass by [`Averaged`] |
//! | `PoissonRegressor`, `GammaRegressor`, `TweedieRegressor` | [`PoissonRegressor`], [`GammaRegressor`], [`TweedieRegressor`] | `alpha` 1, `power` 0, `max_iter` 100, `tol` 1e-6 in place of 1e-4 | `tol` is relative to the first gradient; `power` up to 2 |
//! | `MultinomialNB`, `ComplementNB`, `BernoulliNB` | [`MultinomialNb`], [`ComplementNb`], [`BernoulliNb`] | `alpha` 1, `force_alpha`, `fit_prior`; `norm` false; `binarize` 0 | chunks merge to the model of all rows |
//! | `GaussianNB` | [`GaussianNb`] | `var_smoothing` 1e-9 | smoothed by the variance of all rows so far; scikit-learn's `partial_fit` takes the last chunk's |
//! | `NearestCentroid` | [`NearestCentroid`] | `priors` uniform, `shrink_threshold` none | the Euclidean metric only; learns chunk by chunk, and chunks merge to the model of all rows; sample weights; sparse rows may be shrunken, too |
//! | `KMeans` | [`KMeans`] | `n_clusters` 8, `init` k-means++, `max_iter` 20 in place of 300 | a step is a pass; begins on a sample of 3072 rows; stops when nothing moves (`tol` 0) |
//! | `MiniBatchKMeans` | [`MiniBatchKMeans`] | `n_clusters` 8, `reassignment_ratio` 0.01, `batch_size` a whole chunk | as scikit-learn's `partial_fit`; [`Chained`] makes the passes |
//!
//! # Transformers
//!
//! | scikit-learn | here | defaults | what differs |
//! |---|---|---|---|
//! | `HashingVectorizer` | [`HashingVectorizer`] | `n_features` 2^20, `alternate_sign`, `norm` L2, `lowercase`, `ngram_range` (1, 1), its `token_pattern` | no functions for `preprocessor` and `tokenizer` |
//! | `FeatureHasher` | [`FeatureHasher`] | `n_features` 2^20, `alternate_sign` | a method for each `input_type` |
//! | `CountVectorizer` | none | | a vocabulary grows with the data: hash |
//! | `TfidfTransformer` | [`TfidfTransformer`] | `norm` L2, `use_idf`, `smooth_idf`, no `sublinear_tf` | |
//! | `StandardScaler`, `MaxAbsScaler`, `MinMaxScaler` | [`StandardScaler`], [`MaxAbsScaler`], [`MinMaxScaler`] | `with_mean`, `with_std`; `clip` false; `feature_range` 0 to 1 | |
//! | `VarianceThreshold` | [`VarianceThreshold`] | `threshold` 0 | |
//! | `OneHotEncoder`, `OrdinalEncoder` | [`OneHotEncoder`], [`OrdinalEncoder`] | categories found, unknown ones an error | no `drop`, no `min_frequency`; all columns of one type |
//! | `LabelBinarizer`, `MultiLabelBinarizer` | [`LabelBinarizer`], [`MultiLabelBinarizer`] | 0 and 1 | an unknown label is an error, there it is ignored |
//! | `TruncatedSVD` | [`TruncatedSvd`] | `n_components` 2, `n_iter` 5, `n_oversamples` 10 | `n_iter` + 1 passes over the chunks |
//! | `PCA(svd_solver="covariance_eigh")` | [`Pca`] | all components, no `whiten` | dense rows of up to some thousand columns, in one pass |
//! | `IncrementalPCA` | [`IncrementalPca`] | all components, no `whiten` | a batch is a chunk |
//! | `SimpleImputer`, `PolynomialFeatures` | none | | [`Chunks::map`] takes any function of a chunk |
//!
//! # Metrics
//!
//! | scikit-learn | here |
//! |---|---|
//! | `confusion_matrix`, `accuracy_score`, `precision_score`, `recall_score`, `f1_score` | [`ConfusionMatrix`] |
//! | `classification_report` | a [`ConfusionMatrix`], printed; it has the accuracy of always giving the most frequent label, too |
//! | the same of several labels a row; `hamming_loss` | [`MultilabelCounts`] |
//! | `roc_auc_score`, `average_precision_score` | [`RankedScores`] |
//! | `log_loss`, `brier_score_loss` | [`ProbabilityLoss`] |
//! | `r2_score`, `mean_squared_error`, `mean_absolute_error`, `max_error` | [`Residuals`] |
//! | `scoring="f1_macro"` | `"f1_macro".parse::<Scorer>()`: [`Scorer`] |
//! | `make_scorer` | [`Scorer::of_confusion`], [`Scorer::mean_of_labels`] and others |
//!
//! # Splits and searches
//!
//! | scikit-learn, dask-ml | here | what differs |
//! |---|---|---|
//! | `train_test_split` | [`train_test_split`] | the share holds over all rows to within one row; it is always said |
//! | `train_test_split(stratify=y)` | [`stratified_split`] | the same for every label; a label's first row is a train row |
//! | `KFold`, `StratifiedKFold` | [`KFold`], [`StratifiedKFold`] | rows are dealt out in turn over all rows, not in blocks |
//! | `GroupKFold` | [`GroupKFold`] | a group goes to the fold with the fewest rows when it first comes |
//! | `ShuffleSplit` | [`ShuffleSplit`] | no default number of splits |
//! | none | [`HashSplit`] | a row stays on its side as the data grows |
//! | `cross_validate` | [`cross_validate`] | |
//! | `GridSearchCV` | [`Search`] of a [`Grid`] | 5 folds and accuracy by default; candidates learn side by side |
//! | `RandomizedSearchCV` | [`Search`] of [`Sampled`] | |
//! | `HalvingGridSearchCV`; dask-ml `SuccessiveHalvingSearchCV`, `HyperbandSearchCV` | [`Search::halve`], [`Search::hyperband`] | rungs are numbers of chunks; a candidate goes on with the model it has |
//!
//! # Data and files
//!
//! | scikit-learn, pandas, joblib | here | what differs |
//! |---|---|---|
//! | `pd.read_csv(chunksize=…)`, `pd.read_json(lines=True, chunksize=…)` | [`Csv`], [`JsonLines`] | chunks by bytes, cut between records; read in parallel |
//! | `load_svmlight_file` | [`Svmlight`] | `n_features` is asked for, as chunks have to agree |
//! | `pd.read_parquet`, `pyarrow.parquet` | [`Parquet`](crate::sources), feature `parquet` | row groups are chunks |
//! | `make_classification`, `make_regression` | [`Classification`], [`Regression`] | chunk by chunk, of any size; columns are shuffled when asked |
//! | `dump_svmlight_file`, `DataFrame.to_csv`, `to_json`, `to_parquet` | [`Sink`] | a file for every input file, whole or not there |
//! | `joblib.dump`, `joblib.load` | [`Persist`] | safetensors and JSON; no code is loaded |
//!
//! # The defaults, spelled out
//!
//! ```
//! use chunkfit::cluster::{Init, KMeans, MiniBatchKMeans};
//! use chunkfit::data::Norm;
//! use chunkfit::decomposition::{IncrementalPca, Pca, TruncatedSvd};
//! use chunkfit::linear::*;
//! use chunkfit::prelude::*;
//! use chunkfit::preprocessing::{HandleUnknown, LabelBinarizer, OneHotEncoder, OrdinalEncoder, VarianceThreshold};
//!
//! let sgd = SgdClassifier::<f64, bool>::params;
//! assert_eq!(
//!     sgd(),
//!     sgd()
//!         .loss(Loss::Hinge)
//!         .penalty(Penalty::L2)
//!         .alpha(1e-4)
//!         .learning_rate(LearningRate::Optimal)
//!         .eta0(0.01)
//!         .fit_intercept(true)
//!         .shuffle(true)
//!         .seed(0)
//!         .epochs(1000)
//!         .tol(Some(1e-3))
//!         .n_iter_no_change(5)
//!         .average(Averaging::Off)
//!         .class_weight(ClassWeight::Uniform)
//! );
//! let regressor = SgdRegressor::<f64>::params;
//! let inverse = LearningRate::InvScaling { power_t: 0.25 };
//! assert_eq!(regressor(), regressor().loss(Loss::SquaredError).learning_rate(inverse).alpha(1e-4).eta0(0.01));
//! let novelty = SgdOneClassSvm::<f64>::params;
//! assert_eq!(novelty(), novelty().nu(0.5).learning_rate(LearningRate::Optimal).eta0(0.01));
//! let logistic = LogisticRegression::<f64, bool>::params;
//! assert_eq!(logistic(), logistic().alpha(1e-5).fit_intercept(true).max_iter(100).tol(1e-6));
//! assert_eq!(LinearRegression::params(), LinearRegression::params().alpha(0.0).fit_intercept(true));
//! assert_eq!(PoissonRegressor::params(), PoissonRegressor::params().alpha(1.0).max_iter(100).tol(1e-6));
//! assert_eq!(GammaRegressor::params(), GammaRegressor::params().alpha(1.0).max_iter(100).tol(1e-6));
//! assert_eq!(TweedieRegressor::params(), TweedieRegressor::params().power(0.0).alpha(1.0).tol(1e-6));
//!
//! let counts = MultinomialNb::<bool>::params;
//! assert_eq!(counts(), counts().alpha(1.0).force_alpha(true).fit_prior(true));
//! assert_eq!(ComplementNb::<bool>::params(), ComplementNb::params().alpha(1.0).norm(false));
//! assert_eq!(BernoulliNb::<bool>::params(), BernoulliNb::params().alpha(1.0).binarize(Some(0.0)));
//! assert_eq!(GaussianNb::<bool>::params(), GaussianNb::params().var_smoothing(1e-9));
//! let centroids = NearestCentroid::<bool>::params;
//! assert_eq!(centroids(), centroids().priors(Priors::Uniform).shrink_threshold(None));
//!
//! let k_means = KMeans::params().n_clusters(8).init(Init::KMeansPlusPlus).init_size(3072).max_iter(20).seed(0);
//! assert_eq!(KMeans::params(), k_means);
//! let mini = MiniBatchKMeans::params().n_clusters(8).init(Init::KMeansPlusPlus);
//! assert_eq!(MiniBatchKMeans::params(), mini.batch_size(None).reassignment_ratio(0.01).seed(0));
//! let svd = TruncatedSvd::params().n_components(2).n_iter(5).n_oversamples(10).seed(0);
//! assert_eq!(TruncatedSvd::params(), svd);
//! assert_eq!(Pca::params(), Pca::params().n_components(None).whiten(false));
//! assert_eq!(IncrementalPca::params(), IncrementalPca::params().n_components(None).whiten(false));
//!
//! let text = HashingVectorizer::params().n_features(1 << 20).alternate_sign(true).norm(Some(Norm::L2));
//! let text = text.binary(false).lowercase(true).strip_accents(None).ngram_range(1, 1);
//! assert_eq!(HashingVectorizer::params(), text.token_pattern(r"(?u)\b\w\w+\b"));
//! let tfidf = TfidfTransformer::params().norm(Some(Norm::L2)).use_idf(true).smooth_idf(true);
//! assert_eq!(TfidfTransformer::params(), tfidf.sublinear_tf(false));
//! assert_eq!(StandardScaler::params(), StandardScaler::params().with_mean(true).with_std(true));
//! assert_eq!(MaxAbsScaler::params(), MaxAbsScaler::params().clip(false));
//! assert_eq!(MinMaxScaler::params(), MinMaxScaler::params().feature_range(0.0, 1.0).clip(false));
//! assert_eq!(VarianceThreshold::params(), VarianceThreshold::params().threshold(0.0));
//! let one_hot = OneHotEncoder::<String, f64>::params;
//! assert_eq!(one_hot(), one_hot().handle_unknown(HandleUnknown::Error));
//! let ordinal = OrdinalEncoder::<String, f64>::params;
//! assert_eq!(ordinal(), ordinal().unknown_value(None));
//! let labels = LabelBinarizer::<String, f64>::params;
//! assert_eq!(labels(), labels().values(0.0, 1.0).handle_unknown(HandleUnknown::Error));
//! ```
//!
//! [`Averaged`]: crate::combine::Averaged
//! [`BernoulliNb`]: crate::bayes::BernoulliNb
//! [`Calibrate::calibrated`]: crate::combine::Calibrate::calibrated
//! [`Calibrate::thresholded`]: crate::combine::Calibrate::thresholded
//! [`Chained::early_stopping`]: crate::combine::Chained::early_stopping
//! [`Chained`]: crate::combine::Chained
//! [`ChainedLabels`]: crate::combine::ChainedLabels
//! [`Chunks::cached`]: crate::Chunks::cached
//! [`Chunks::map`]: crate::Chunks::map
//! [`Classification`]: crate::datasets::synthetic::Classification
//! [`ComplementNb`]: crate::bayes::ComplementNb
//! [`Concatenated`]: crate::combine::Concatenated
//! [`ConfusionMatrix`]: crate::metrics::ConfusionMatrix
//! [`cross_validate`]: crate::model_selection::cross_validate
//! [`Csv`]: crate::sources::Csv
//! [`FeatureHasher`]: crate::text::FeatureHasher
//! [`Fitted`]: crate::combine::Fitted
//! [`FittedPipeline::part`]: crate::combine::FittedPipeline::part
//! [`FittedPipeline::step`]: crate::combine::FittedPipeline::step
//! [`GammaRegressor`]: crate::linear::GammaRegressor
//! [`GaussianNb`]: crate::bayes::GaussianNb
//! [`Grid`]: crate::model_selection::Grid
//! [`GroupKFold`]: crate::model_selection::GroupKFold
//! [`HashingVectorizer`]: crate::text::HashingVectorizer
//! [`HashSplit`]: crate::model_selection::HashSplit
//! [`IncrementalPca`]: crate::decomposition::IncrementalPca
//! [`JsonLines`]: crate::sources::JsonLines
//! [`KFold`]: crate::model_selection::KFold
//! [`KMeans`]: crate::cluster::KMeans
//! [`LabelBinarizer`]: crate::preprocessing::LabelBinarizer
//! [`LearningRate::AdaGrad`]: crate::linear::LearningRate::AdaGrad
//! [`LearningRate::Constant`]: crate::linear::LearningRate::Constant
//! [`LearningRate::Ftrl`]: crate::linear::LearningRate::Ftrl
//! [`LearningRate::Pa1`]: crate::linear::LearningRate::Pa1
//! [`LinearRegression`]: crate::linear::LinearRegression
//! [`LogisticRegression`]: crate::linear::LogisticRegression
//! [`Loss::Perceptron`]: crate::linear::Loss::Perceptron
//! [`MaxAbsScaler`]: crate::preprocessing::MaxAbsScaler
//! [`MergeWarning`]: crate::estimator::MergeWarning
//! [`MiniBatchKMeans`]: crate::cluster::MiniBatchKMeans
//! [`MinMaxScaler`]: crate::preprocessing::MinMaxScaler
//! [`MultiLabelBinarizer`]: crate::preprocessing::MultiLabelBinarizer
//! [`MultilabelCounts`]: crate::metrics::MultilabelCounts
//! [`MultinomialNb`]: crate::bayes::MultinomialNb
//! [`NearestCentroid`]: crate::linear::NearestCentroid
//! [`OneHotEncoder`]: crate::preprocessing::OneHotEncoder
//! [`OneVsRest`]: crate::linear::OneVsRest
//! [`Online`]: crate::combine::Online
//! [`OrdinalEncoder`]: crate::preprocessing::OrdinalEncoder
//! [`Pca`]: crate::decomposition::Pca
//! [`Penalty::None`]: crate::linear::Penalty::None
//! [`PerGroup`]: crate::combine::PerGroup
//! [`Persist`]: crate::persist::Persist
//! [`Pipeline::new`]: crate::combine::Pipeline::new
//! [`Pipeline::steps`]: crate::combine::Pipeline::steps
//! [`PoissonRegressor`]: crate::linear::PoissonRegressor
//! [`Preprocess`]: crate::combine::Preprocess
//! [`ProbabilityLoss`]: crate::metrics::ProbabilityLoss
//! [`RankedScores`]: crate::metrics::RankedScores
//! [`Regression`]: crate::datasets::synthetic::Regression
//! [`Residuals`]: crate::metrics::Residuals
//! [`Runtime::chunk_cache`]: crate::Runtime::chunk_cache
//! [`Runtime::progress`]: crate::Runtime::progress
//! [`Runtime`]: crate::Runtime
//! [`Sampled`]: crate::model_selection::Sampled
//! [`Scorer::mean_of_labels`]: crate::metrics::Scorer::mean_of_labels
//! [`Scorer::of_confusion`]: crate::metrics::Scorer::of_confusion
//! [`Scorer`]: crate::metrics::Scorer
//! [`Search::halve`]: crate::model_selection::Search::halve
//! [`Search::hyperband`]: crate::model_selection::Search::hyperband
//! [`Search`]: crate::model_selection::Search
//! [`SgdClassifier`]: crate::linear::SgdClassifier
//! [`SgdOneClassSvm`]: crate::linear::SgdOneClassSvm
//! [`SgdRegressor`]: crate::linear::SgdRegressor
//! [`ShuffleSplit`]: crate::model_selection::ShuffleSplit
//! [`Sink`]: crate::sinks::Sink
//! [`StandardScaler`]: crate::preprocessing::StandardScaler
//! [`stratified_split`]: crate::chunks::stratified_split
//! [`StratifiedKFold`]: crate::model_selection::StratifiedKFold
//! [`Summed`]: crate::combine::Summed
//! [`Svmlight`]: crate::sources::Svmlight
//! [`TfidfTransformer`]: crate::preprocessing::TfidfTransformer
//! [`train_test_split`]: crate::chunks::train_test_split
//! [`TruncatedSvd`]: crate::decomposition::TruncatedSvd
//! [`TweedieRegressor`]: crate::linear::TweedieRegressor
//! [`VarianceThreshold`]: crate::preprocessing::VarianceThreshold
