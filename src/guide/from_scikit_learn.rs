//! Guide for users of scikit-learn and dask-ml.
//!
//! Names are those of scikit-learn in Rust's spelling (`SGDClassifier` is `SgdClassifier`), and so are the
//! names of parameters. Where nothing is said, defaults and results are those of scikit-learn 1.9, the
//! latter up to rounding; where a precision is said, a test holds it against scikit-learn 1.9.1. What is done otherwise
//! everywhere:
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
//! - `warm_start`, `copy` and `verbose` are not there: a chain goes on from a model,
//!   [`Runtime::progress`] shows where a run is, and [`Profile::figures`] has the objectives of all passes, which
//!   `verbose` prints there, and all scores.
//! - NaN is an error, which names the row and the column, not a missing value: scikit-learn's scalers and
//!   `VarianceThreshold` leave it out, and its encoders take it for a category. `predict` in memory, which is linfa's,
//!   panics on it; [`TryPredict::try_predict`](crate::estimator::TryPredict::try_predict) returns the error.
//! - Rows are [`Array2`](ndarray::Array2) or [`Csr`](crate::data::Csr), of `f64` or `f32`; other numbers are converted
//!   first. Where nothing is said, estimators and transformers take both. Sums run in `f64`.
//! - Labels are `usize`, `bool`, `String` or a type of your own, never floats; targets of regressors are floats, one a row.
//! - `predict` of another number of columns than in training, and a score of a label that training never saw, are errors.
//! - `score` of a fit is lazy, over all rows of all chunks, by the scorer of its kind.
//! - A fit that does not converge does not warn: the models tell (`converged`, `has_converged`, `n_iter`).
//!
//! # Combinators
//!
//! | scikit-learn, dask-ml | here | what differs |
//! |---|---|---|
//! | a loop of `partial_fit`; dask-ml `Incremental` | [`Chained`] | classes need not be known; `epochs` passes, 1 by default; chunks ahead are read and transformed meanwhile |
//! | the same over a stream that does not end | [`Online`] | others use the newest model meanwhile; pipelines of stateless transformers only |
//! | `early_stopping=True`, `validation_fraction=0.1`, `n_iter_no_change=5` | [`Chained::early_stopping`], [`EarlyStopping`] | of every model that can be scored; whole chunks are held out, not rows, and at least one; `tol` 1e-3; the model is that of the last epoch made, as there |
//! | dask-learn's averaging; near dask-ml `BlockwiseVotingClassifier` | [`Averaged`] | coefficients are averaged, weighted by curvature ([`Weighting`]); [`MergeWarning`] tells when that may serve badly; [`rounds`](crate::combine::Averaged::rounds) go on from it; naive Bayes, nearest centroids and linear regression are exact |
//! | dask-ml `LogisticRegression`, `LinearRegression`, `PoissonRegression` | [`Summed`] | the exact fit of all rows, in passes over the chunks, by Newton steps; at most 200 passes, and one that needs more is no error |
//! | `fit` of all data | [`Concatenated`] | for data that fits into memory |
//! | `Pipeline`, `make_pipeline` | [`Pipeline::new`], [`Pipeline::steps`] | transformers that are learned take a pass of their own; the estimator stands in a combinator; no `"passthrough"`, no `set_params` by name |
//! | `pipeline.named_steps["tfidf"]`, `pipeline[1]` | [`FittedPipeline::part`], [`FittedPipeline::step`] | by type or position; checked by the compiler |
//! | `Pipeline(memory=…)`, `joblib.Memory` | [`Runtime::chunk_cache`], [`Chunks::cached`] | keyed by the state of files and by parameters, checked, bounded |
//! | `fit_transform`; dask-ml `ParallelPostFit` | [`Preprocess`]; every fit is [`Fitted`] | lazy, chunk by chunk; fits k-means over chunks, too |
//! | `pipeline.predict(["a text"])`, `predict_proba`, `decision_function`, `score` | methods of these names of [`FittedPipeline`](crate::combine::FittedPipeline::predict) | in memory, of texts, rows, or a data set; one text gives an array of one, [`predict_one`](crate::combine::FittedPipeline::predict_one) its label |
//! | `pipeline.transform(X)`, `pipeline[:-1].transform(X)` | [`FittedPipeline::transform_all`](crate::combine::FittedPipeline::transform_all) | `transform` is the first transformer alone |
//! | `joblib.load(file)` | [`Persist::load`](crate::persist::Persist::load); `predictor::Predictor::load` (feature `predictor`) | by the model's type, to learn on; or without it, to predict alone |
//! | a model that was loaded, over chunks | [`IntoFit`] | it becomes a fit again: `predict`, `score` and all else over chunks |
//! | one model for every group, by hand | [`PerGroup`] | all of them in one pass |
//! | `MultiOutputClassifier(SGDClassifier())` in a loop of `partial_fit` | [`ChainedLabels`] | every eight labels are a chain of their own, on all threads; the number of labels is told |
//! | `CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid")` | [`Calibrate::calibrated`] | on held-out chunks, of a fitted model; no folds, no `ensemble`, no `method="temperature"`; decision values are binned beyond 65 536 distinct ones, below that isotonic probabilities are equal to 1e-12 and sigmoids to 1e-5 |
//! | `TunedThresholdClassifierCV` | [`Calibrate::thresholded`], [`ThresholdRule`] | on held-out chunks, no folds; by F-score, precision at a recall or recall at a precision, in place of `scoring="balanced_accuracy"` and 100 thresholds; all decision values are tried |
//! | `FixedThresholdClassifier(threshold=…)` | none | the threshold is learned; a fixed one is a comparison with [`Fitted::decision_function`] |
//! | an estimator of linfa's | [`Chained::linfa`], [`Linfa`], [`AsClassifier`], [`AsRegressor`] | linfa's parameters do not serialize: no checkpoints, unless they do |
//!
//! # Learners
//!
//! `score` is the accuracy of classifiers and outlier detectors, R² of regressors, and of [`OneVsRest`] the share of rows
//! all of whose labels are right.
//!
//! | scikit-learn | here | defaults | what differs |
//! |---|---|---|---|
//! | `SGDClassifier` | [`SgdClassifier`] | `loss` hinge, `penalty` L2, `alpha` 1e-4, `learning_rate` optimal, `eta0` 0.01, `max_iter` 1000 (here `epochs`), `tol` 1e-3, `n_iter_no_change` 5, `average` off | equal to 1e-9 without shuffling; `l1_ratio`, `epsilon` and `power_t` belong to their penalty, loss and learning rate and have no defaults; `early_stopping` is of the chain; classes may appear late; `class_weight="balanced"` in `partial_fit`, too; a chain that averages has the average of one pass over all rows, which a loop of scikit-learn's `partial_fit` has not; `predict_proba` of a loss without probabilities is an error when it is computed |
//! | no such schedule | [`LearningRate::AdaGrad`], [`LearningRate::Ftrl`] | of [`SgdClassifier`] and [`SgdRegressor`] | `eta0` should be about 1; no `average` |
//! | `Perceptron` | [`SgdClassifier`] | not those of [`SgdClassifier`]: set [`Loss::Perceptron`], [`LearningRate::Constant`], `eta0` 1, [`Penalty::None`] | equal to 1e-9 without shuffling; as `SGDClassifier` |
//! | `PassiveAggressiveClassifier` | [`SgdClassifier`] | set [`LearningRate::Pa1`] (`loss="squared_hinge"` there: [`LearningRate::Pa2`]), `eta0` 1, which is its `C`, [`Penalty::None`] | equal to 1e-9 without shuffling; as `SGDClassifier` |
//! | `SGDRegressor` | [`SgdRegressor`] | as `SGDClassifier`, but `loss` squared error, `learning_rate` inverse scaling with `power_t` 0.25 | equal to 1e-9 without shuffling; `epsilon` and `power_t` belong to their loss and learning rate; `early_stopping` is of the chain; targets have the float type of the rows |
//! | `PassiveAggressiveRegressor` | [`SgdRegressor`] | set [`Loss::EpsilonInsensitive`] with `epsilon` 0.1, [`LearningRate::Pa1`], `eta0` 1, which is its `C`, [`Penalty::None`] | as `SGDRegressor` |
//! | `SGDOneClassSVM` | [`SgdOneClassSvm`] | `nu` 0.5, `learning_rate` optimal, `eta0` 0.01 | equal to 1e-9 without shuffling; predicts `true` for an inlier and `false` for an outlier, there 1 and -1; it has a `score`, the accuracy against such labels; chunks can be averaged |
//! | `OneVsRestClassifier(SGDClassifier())` on a matrix of labels | [`OneVsRest`], over chunks [`ChainedLabels`] | those of [`SgdClassifier`] | of [`SgdClassifier`] alone, whose labels it learns side by side; labels are a matrix of `bool`; a single label of several classes needs no such wrapper; chunks can be averaged |
//! | `LogisticRegression` | [`LogisticRegression`] | `alpha` 1e-5 in place of `C` 1, `tol` 1e-6 relative to the first gradient in place of 1e-4, `max_iter` 100 | `alpha` is per example, so that a chunk and the whole solve the same problem; `c` sets scikit-learn's, and coefficients are then equal to 1e-5 at a tight `tol`; Newton steps in place of `solver`s; three classes and more by softmax, as there (not `liblinear`); `penalize_intercept` does what `liblinear` does with `intercept_scaling` 1; no `class_weight` (weigh the rows), no `dual` |
//! | `LogisticRegression(l1_ratio=…, solver="saga")`, `solver="liblinear"` | [`LogisticRegression`] with `l1_ratio` | `l1_ratio` 0, 1 for L1 alone | objective equal to 1e-6 of a tight `saga`, and of `liblinear` without intercept; one solver for all penalties, proximal Newton steps; coefficients that are 0 there are exactly 0 here, also in `Summed`; `Averaged` needs some rounds; beyond about a thousand coefficients that are not 0 `Summed` may use up its passes |
//! | `LinearRegression`; `Ridge(alpha=n·a)` | [`LinearRegression`] | `alpha` 0 (`Ridge`: 1 of all rows together) | `alpha` is per example; `max_iter` 100 and `tol` 1e-6 of Newton steps; over chunks exact in one pass by [`Averaged`], equal to 1e-10; no `positive`; one target a row |
//! | `Lasso`, `ElasticNet` | [`Lasso`], [`ElasticNet`] | `alpha` 1, `l1_ratio` 0.5, `max_iter` 1000, `tol` 1e-4 | objective equal to 1e-10 at a tight `tol`; one target; cyclic selection only; no `precompute`, `warm_start` or path; `max_iter` counts sweeps over the coefficients that are not 0 as well, so `n_iter` is larger; `dual_gap` may be smaller, for it is the better of two bounds; `Summed` in one pass for up to 2,048 columns, `Averaged` in rounds for any number; no `ConvergenceWarning`: ask `converged()` |
//! | `RidgeClassifier` | [`RidgeClassifier`] | `alpha` 1 of all rows together, `tol` 1e-6 in place of 1e-4 | equal to 1e-10 at a tight `tol`, which is relative to the first gradient; no `solver`, no `positive`, no multilabel targets; one class is an error; `class_weight="balanced"` not in `Averaged`, which is exact in one pass for up to 2,048 columns |
//! | `PoissonRegressor`, `GammaRegressor` | [`PoissonRegressor`], [`GammaRegressor`] | `alpha` 1, `max_iter` 100, `tol` 1e-6 in place of 1e-4 | equal to 1e-6 at a tight `tol`, which is relative to the first gradient; Newton steps in place of L-BFGS; `score` is R², there D² (of the deviance); a target that the family cannot have is an error with its row; averaged over chunks, and exact after rounds |
//! | `TweedieRegressor` | [`TweedieRegressor`] | `power` 0, `alpha` 1, `max_iter` 100, `tol` 1e-6 in place of 1e-4 | as `PoissonRegressor`; `power` is 0 or from 1 to 2, there also negative or larger; `link` is the automatic one |
//! | `MultinomialNB`, `ComplementNB`, `BernoulliNB` | [`MultinomialNb`], [`ComplementNb`], [`BernoulliNb`] | `alpha` 1, `force_alpha`, `fit_prior`; `norm` false; `binarize` 0 | equal to 1e-12; an array of `alpha` is `alphas`; chunks merge to the model of all rows; the classes of `partial_fit` need not be told; all rows of one class are an error, there not; has decision values, too |
//! | `CategoricalNB` | [`CategoricalNb`] | `alpha` 1, `force_alpha`, `fit_prior`; `min_categories` none | equal to 1e-12; takes sparse rows, too, where what is not stored is category 0; `alpha` may be one a column (`alphas`); later chunks may bring greater codes; a fractional code is an error, there it is truncated; a code that training never had is an error that names row, column and remedy, there an `IndexError` |
//! | `GaussianNB` | [`GaussianNb`] | `var_smoothing` 1e-9, `priors` none | equal to 1e-11; smoothed by the variance of all rows so far, where scikit-learn's `partial_fit` takes the last chunk's; takes sparse rows, too; all rows of one class are an error, there not |
//! | `NearestCentroid` | [`NearestCentroid`] | `priors` uniform, `shrink_threshold` none | equal to 1e-10; the Euclidean metric only; learns chunk by chunk, and chunks merge to the model of all rows; sample weights; sparse rows may be shrunken, too |
//! | `KMeans` | [`KMeans`] in [`Summed`], or as a step | `n_clusters` 8, `init` k-means++, `max_iter` 20 in place of 300 | from given centres equal to 1e-12; a step is a pass, and none is read after the centres settle (as a step of a pipeline, all planned passes are read); begins on a sample of 3072 rows (`init_size`); stops when nothing moves (`tol` 0, there 1e-4); one initialization, as `n_init="auto"` does with k-means++; a cluster that loses all its rows keeps its centre, there it moves to the farthest row; `algorithm="lloyd"` only; `inertia` is a method that is given rows |
//! | `MiniBatchKMeans` | [`MiniBatchKMeans`] | `n_clusters` 8, `reassignment_ratio` 0.01, `batch_size` a whole chunk in place of 1024 | as scikit-learn's `partial_fit`, from given centres without reassignment equal to 1e-12; [`Chained`] makes the passes, batches come in the order of the rows and are not drawn; no `n_init`, `init_size`, `tol`, `max_no_improvement` |
//!
//! # Transformers
//!
//! | scikit-learn | here | defaults | what differs |
//! |---|---|---|---|
//! | `HashingVectorizer` | [`HashingVectorizer`] | `n_features` 2^20, `alternate_sign`, `norm` L2, `lowercase`, `ngram_range` (1, 1), its `token_pattern` | equal to 1e-12; no functions for `preprocessor`, `tokenizer` and `analyzer`; `encoding` UTF-8 or Latin-1; `input` is the content; `dtype` `f64` or `f32` |
//! | `FeatureHasher` | [`FeatureHasher`] | `n_features` 2^20, `alternate_sign` | a method for each `input_type`; no rows are an empty matrix, there an error |
//! | `TfidfTransformer` | [`TfidfTransformer`] | `norm` L2, `use_idf`, `smooth_idf`, no `sublinear_tf` | sparse rows only; document counts by sample weight; without `smooth_idf` a word that training never had is an error, there the row is NaN |
//! | `StandardScaler` | [`StandardScaler`] | `with_mean`, `with_std` | equal to 1e-12; sparse rows need `with_mean(false)`, as there; a variance beyond what a float can hold is an error; no `inverse_transform` |
//! | `MaxAbsScaler` | [`MaxAbsScaler`] | `clip` false | equal to 1e-12; no `inverse_transform` |
//! | `MinMaxScaler` | [`MinMaxScaler`] | `feature_range` 0 to 1; `clip` false | equal to 1e-12; dense rows only, as there; no `inverse_transform` |
//! | `VarianceThreshold` | [`VarianceThreshold`] | `threshold` 0 | sample weights count; no `inverse_transform` |
//! | `OneHotEncoder` | [`OneHotEncoder`] | `categories` found, `handle_unknown` error | sparse rows come out, never dense ones; all columns of one type, which sorts: no floats; no `drop`, `min_frequency`, `max_categories`, `inverse_transform`; unknown ones are an error or ignored |
//! | `OrdinalEncoder` | [`OrdinalEncoder`] | `categories` found, unknown ones an error | all columns of one type, which sorts; `unknown_value` alone asks for `handle_unknown="use_encoded_value"`; no `encoded_missing_value`, `min_frequency`, `max_categories` |
//! | `LabelBinarizer` | [`LabelBinarizer`] | `values(0, 1)`, its `neg_label` and `pos_label` | an unknown label is an error, there its row is zeros: `handle_unknown`; dense rows of floats come out; classes can be declared |
//! | `MultiLabelBinarizer` | [`MultiLabelBinarizer`] | `classes` found | an unknown label is an error, there it is ignored with a warning: `handle_unknown`; `transform` gives dense rows of floats, `indicators` the `bool`s that [`OneVsRest`] takes; over chunks [`Chunks::label_binarizer`] and [`Chunks::binarized_labels`] |
//! | `TruncatedSVD` | [`TruncatedSvd`] | `n_components` 2, `n_iter` 5, `n_oversamples` 10 | `n_iter` + 1 passes over the chunks; the random test matrix is another: components whose singular values stand apart are equal to 1e-8, others near; no `algorithm="arpack"` |
//! | `PCA(svd_solver="covariance_eigh")` | [`Pca`] | all components, no `whiten` | dense rows of up to some thousand columns, in one pass; equal to 1e-9; `n_components` is a number, not a share or `"mle"`; no `inverse_transform` |
//! | `IncrementalPCA` | [`IncrementalPca`] | all components, no `whiten` | a batch is a chunk, `batch_size` is not there; equal to 1e-10 for the same batches; sample weights; no `inverse_transform` |
//! | `FunctionTransformer` | [`FunctionTransformer`] | a name and a version of the function, which captures nothing; `kw_args` are `with_params` | for a function of a whole chunk, targets and all, [`Chunks::map`] before the pipeline |
//!
//! # Metrics
//!
//! All take sample weights and merge over chunks; of a fit they are [`Fitted::confusion`], [`Fitted::residuals`],
//! [`Fitted::probability_loss`] and [`Fitted::label_counts`].
//!
//! | scikit-learn | here | what differs |
//! |---|---|---|
//! | `confusion_matrix` | [`ConfusionMatrix`] | `to_array`; all labels that occur, sorted; no `labels`, no `normalize` |
//! | `accuracy_score`, `precision_score`, `recall_score`, `f1_score` | [`ConfusionMatrix`] | methods, by label or with an [`Average`] (macro, micro, weighted); no `pos_label`: of two classes the second is positive in [`Scorer`]s; a score with denominator 0 is 0, without a warning |
//! | `balanced_accuracy_score`, `matthews_corrcoef` | [`ConfusionMatrix`] | no `adjusted` |
//! | `jaccard_score`, `class_likelihood_ratios` | [`ConfusionMatrix`]; Jaccard of several labels a row: [`MultilabelCounts`] | methods; an undefined likelihood ratio is 1, as that of the scorers there |
//! | `classification_report` | a [`ConfusionMatrix`], printed | four digits; above it the accuracy of always giving the most frequent label |
//! | the same of several labels a row; `hamming_loss` | [`MultilabelCounts`], printed; with names for the labels by its `report` | matrices of `bool`; of `average="samples"` precision, recall, F1 and Jaccard; ROC AUC and average precision are means over the labels, and a label that no row has or that all have is an error |
//! | `roc_auc_score`, `average_precision_score` | [`RankedScores`] | two classes, one against the rest by the scorers `roc_auc_ovr` and `roc_auc_ovr_weighted`: no `multi_class="ovo"`, `max_fpr`; rows of one class are an error, there NaN or 0 with a warning |
//! | `log_loss`, `brier_score_loss` | [`ProbabilityLoss`] | classes are given, sorted; a probability outside 0 to 1 is an error, as there; rows are taken to sum to 1, there a warning |
//! | `r2_score`, `mean_squared_error`, `root_mean_squared_error`, `mean_absolute_error`, `max_error`, `explained_variance_score` | [`Residuals`] | one target; an error beyond what a float can hold is refused; sample weights, which `max_error` ignores but for 0 |
//! | `mean_squared_log_error`, `root_mean_squared_log_error`, `mean_absolute_percentage_error`, `mean_poisson_deviance`, `mean_gamma_deviance` | their [`Scorer`]s, by [`ValueTally`] | a value outside the domain is an error with the row |
//! | `d2_log_loss_score`, `d2_brier_score` | their [`Scorer`]s, by [`ClassTally`] | rows of one class are an error, there NaN or 0 with a warning |
//! | `median_absolute_error`, `d2_absolute_error_score` | none | a median needs all errors at once: no sum over chunks has it |
//! | `mean_pinball_loss`, `d2_tweedie_score` and other means over rows | [`Scorer::mean_of_values`] | a function of the true and the predicted value, by hand |
//! | `rand_score`, `adjusted_rand_score`, `fowlkes_mallows_score`, `homogeneity_score`, `completeness_score`, `v_measure_score`, `mutual_info_score`, `normalized_mutual_info_score` | [`ContingencyTable`], of a fit [`Fitted::contingency`] | take sample weights, those of pairs whole ones, there none; no `adjusted_mutual_info_score` |
//! | `KMeans.score` | [`Fitted::score`] of a clusterer, [`Scorer::NegInertia`] | the same number |
//! | several `scoring` names of one fit | [`Fitted::evaluate`], printed: [`Scores`] | one pass over the chunks; [`Fitted::scores`] gives the numbers alone |
//! | `scoring="f1_macro"` | `"f1_macro".parse::<Scorer>()`: [`Scorer`] | these names, each equal to 1e-12: `accuracy`, `balanced_accuracy`, `matthews_corrcoef`, `precision`, `recall`, `f1`, `precision_macro`, `precision_micro`, `precision_weighted`, `recall_macro`, `recall_micro`, `recall_weighted`, `f1_macro`, `f1_micro`, `f1_weighted`, `jaccard`, `jaccard_macro`, `jaccard_micro`, `jaccard_weighted`, `positive_likelihood_ratio`, `neg_negative_likelihood_ratio`, `precision_samples`, `recall_samples`, `f1_samples`, `jaccard_samples`, `neg_hamming_loss`, `roc_auc`, `average_precision`, `roc_auc_ovr`, `roc_auc_ovr_weighted`, `neg_log_loss`, `neg_brier_score`, `d2_log_loss_score`, `d2_brier_score`, `r2`, `explained_variance`, `neg_mean_squared_error`, `neg_mean_absolute_error`, `neg_max_error`, `neg_root_mean_squared_error`, `neg_mean_absolute_percentage_error`, `neg_mean_squared_log_error`, `neg_root_mean_squared_log_error`, `neg_mean_poisson_deviance`, `neg_mean_gamma_deviance`, `neg_inertia`, `rand_score`, `adjusted_rand_score`, `fowlkes_mallows_score`, `homogeneity_score`, `completeness_score`, `v_measure_score`, `mutual_info_score`, `normalized_mutual_info_score`; a scorer that does not fit the problem is an error before any work |
//! | `make_scorer` | [`Scorer::of_confusion`], [`Scorer::mean_of_labels`], [`Scorer::mean_of_decision`], [`Scorer::mean_of_probabilities`], [`Scorer::mean_of_values`] | a function of the confusion matrix or the mean of one over rows, so that it merges over chunks; greater is always better |
//! | counts over batches, by hand | [`ClassTally`], [`ValueTally`], [`ClusterTally`] | what all scores of one model are read from; mergeable |
//!
//! # Splits and searches
//!
//! | scikit-learn, dask-ml | here | what differs |
//! |---|---|---|
//! | `train_test_split` | [`train_test_split`] | the share holds over all rows to within one row; it is always said, there 0.25 by default; rows keep their order; the first row is a train row |
//! | `train_test_split(stratify=y)` | [`stratified_split`] | the same for every label; a label's first row is a train row, so one with a single row is no error |
//! | `train_test_split(shuffle=False)` | [`every_nth_split`] | every `n`-th row in place of the last ones |
//! | `KFold` | [`KFold`] | rows are dealt out in turn over all rows, not in blocks; `n_splits` is always said, there 5 by default; shuffled ones are dealt out at random, one of each `n_splits` rows to a fold |
//! | `StratifiedKFold` | [`StratifiedKFold`] | as [`KFold`]; labels with fewer rows than folds are a warning of the run, as there |
//! | `GroupKFold` | [`GroupKFold`] | a group goes to the fold with the fewest rows when it first comes, there the largest groups come first; no `shuffle`; the group is a function of the row |
//! | `ShuffleSplit` | [`ShuffleSplit`] | no defaults, there 10 splits and a tenth of the rows; each as [`train_test_split`] |
//! | none | [`HashSplit`] | a row stays on its side as the data grows |
//! | `cross_validate`, `cross_val_score` | [`cross_validate`] | split and scorers are always said, there 5 folds (by label for a classifier) and the estimator's `score`; no `return_estimator`, no `return_indices`; a fold whose rows give no score is left out of the means with a warning, there the mean is NaN |
//! | `GridSearchCV` | [`Search`] of a [`Grid`] | 5 folds that are not stratified by default, there stratified ones for a classifier; the default scorer is that of the models' kind; candidates learn side by side; parameters are set by closures, not by names; the best is fitted by [`Search::refit`] or `fit`; several scorers at once, the first ranks |
//! | `RandomizedSearchCV` | [`Search`] of [`Sampled`] | the number of candidates is always said, there 10; draws are with replacement; [`LogUniform`] and [`OneOf`] are the distributions, or a closure of your own |
//! | `HalvingGridSearchCV`; dask-ml `SuccessiveHalvingSearchCV` | [`Search::halve`], [`Halving`] | rungs are numbers of chunks, not of rows; a candidate goes on with the model it has, there it is fitted anew; `factor` is always said, there 3; no `aggressive_elimination`; of what has `partial_fit` |
//! | dask-ml `HyperbandSearchCV` | [`Search::hyperband`], [`Hyperband`] | rungs are numbers of chunks; candidates are taken in their order |
//! | a loop of `Client.submit` and `as_completed` over candidates | [`Search::start`], [`RunningSearch`] | candidates are added, looked at and cancelled while others run; they share folds and vectorized chunks; the results are those of [`Search`] |
//!
//! # Data and files
//!
//! | scikit-learn, pandas, joblib | here | what differs |
//! |---|---|---|
//! | `pd.read_csv(chunksize=…)` | [`Csv`] | chunks by bytes, cut between records; read in parallel; text, labels, keys and weights by the names of columns, numbers as fields of a record of your own ([`guide::own_data`](super::own_data)); types are those asked for, never inferred; a missing number is an `Option`, not NaN; a bad record is an error unless [`BadRecords`] says otherwise |
//! | `pd.read_json(lines=True, chunksize=…)` | [`JsonLines`] | as [`Csv`]; blank lines are no records |
//! | lines of a text file | [`TextLines`] | UTF-8; an empty line is a document |
//! | `load_svmlight_file` | [`Svmlight`] | `n_features` and `zero_based` are asked for, as chunks have to agree; `query_id=True` is `rows_labels_and_queries`; lines with several labels are bad records |
//! | `pd.read_parquet`, `pyarrow.parquet` | [`Parquet`](crate::sources), feature `parquet` | row groups are chunks |
//! | `pyarrow.ipc` | [`ArrowIpc`](crate::sources), feature `arrow` | record batches are chunks |
//! | `make_classification`, `make_regression` | [`Classification`], [`Regression`] | chunk by chunk, of any size; other random numbers; columns are shuffled when asked, there by default; one target |
//! | `fetch_20newsgroups` and the like | [`Documents`], [`ReutersFiles`] | documents of made-up words, of any size; Reuters-21578, or a made-up sample of it |
//! | `dump_svmlight_file`, `DataFrame.to_csv`, `to_json`, `to_parquet` | [`Sink`] | a file for every input file, whole or not there; a second run skips what is done |
//! | `df["x"] = df.apply(f, axis=1)` | [`Chunks::with_column`] | of records of your own; another list of chunks comes out, nothing is assigned; see [`row_by_row`](super::row_by_row) |
//! | `joblib.dump`, `joblib.load` | [`Persist`] | safetensors and JSON; no code is loaded; fitted models only, and the type is written out where one is loaded |
//!
//! # Not here
//!
//! | scikit-learn | in its place | what differs |
//! |---|---|---|
//! | `CountVectorizer`, `TfidfVectorizer` | a vocabulary grows with the data: [`HashingVectorizer`], then [`TfidfTransformer`] | columns have no names |
//! | `ColumnTransformer`, `FeatureUnion` | a type of your own with [`LearnRows`], or [`Chunks::map`] where nothing is learned | two encoders cannot be put side by side |
//! | `SimpleImputer`, `PolynomialFeatures`, `KBinsDiscretizer` | [`Chunks::map`] | what has to be learned, a mean for one, is a type of your own with [`LearnRows`] |
//! | trees, forests, boosting, kernel machines, nearest neighbours | those of linfa, in [`Concatenated`] or [`Averaged`] | data or models have to fit into memory |
//! | `DummyClassifier` | [`ConfusionMatrix::majority_rate`] | only its accuracy |
//! | `cross_val_predict`, `learning_curve`, `permutation_importance` | none | nothing takes their place |
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
//! [`AsClassifier`]: crate::estimator::AsClassifier
//! [`AsRegressor`]: crate::estimator::AsRegressor
//! [`Average`]: crate::metrics::Average
//! [`Averaged`]: crate::combine::Averaged
//! [`BadRecords`]: crate::sources::BadRecords
//! [`BernoulliNb`]: crate::bayes::BernoulliNb
//! [`Calibrate::calibrated`]: crate::combine::Calibrate::calibrated
//! [`Calibrate::thresholded`]: crate::combine::Calibrate::thresholded
//! [`CategoricalNb`]: crate::bayes::CategoricalNb
//! [`Chained::early_stopping`]: crate::combine::Chained::early_stopping
//! [`Chained::linfa`]: crate::combine::Chained::linfa
//! [`Chained`]: crate::combine::Chained
//! [`ChainedLabels`]: crate::combine::ChainedLabels
//! [`Chunks::cached`]: crate::Chunks::cached
//! [`Chunks::binarized_labels`]: crate::Chunks::binarized_labels
//! [`Chunks::label_binarizer`]: crate::Chunks::label_binarizer
//! [`Chunks::map`]: crate::Chunks::map
//! [`Chunks::with_column`]: crate::Chunks::with_column
//! [`Classification`]: crate::datasets::synthetic::Classification
//! [`ClassTally`]: crate::metrics::ClassTally
//! [`ComplementNb`]: crate::bayes::ComplementNb
//! [`Concatenated`]: crate::combine::Concatenated
//! [`ConfusionMatrix::majority_rate`]: crate::metrics::ConfusionMatrix::majority_rate
//! [`ConfusionMatrix`]: crate::metrics::ConfusionMatrix
//! [`ClusterTally`]: crate::metrics::ClusterTally
//! [`ContingencyTable`]: crate::metrics::ContingencyTable
//! [`cross_validate`]: crate::model_selection::cross_validate
//! [`Csv`]: crate::sources::Csv
//! [`Documents`]: crate::datasets::synthetic::Documents
//! [`EarlyStopping`]: crate::combine::EarlyStopping
//! [`ElasticNet`]: crate::linear::ElasticNet
//! [`every_nth_split`]: crate::chunks::every_nth_split
//! [`FeatureHasher`]: crate::text::FeatureHasher
//! [`Fitted::confusion`]: crate::combine::Fitted::confusion
//! [`Fitted::contingency`]: crate::combine::Fitted::contingency
//! [`Fitted::decision_function`]: crate::combine::Fitted::decision_function
//! [`Fitted::label_counts`]: crate::combine::Fitted::label_counts
//! [`Fitted::probability_loss`]: crate::combine::Fitted::probability_loss
//! [`Fitted::residuals`]: crate::combine::Fitted::residuals
//! [`Fitted::evaluate`]: crate::combine::Fitted::evaluate
//! [`Fitted::score`]: crate::combine::Fitted::score
//! [`Fitted::scores`]: crate::combine::Fitted::scores
//! [`Fitted`]: crate::combine::Fitted
//! [`FittedPipeline::part`]: crate::combine::FittedPipeline::part
//! [`FittedPipeline::step`]: crate::combine::FittedPipeline::step
//! [`FunctionTransformer`]: crate::preprocessing::FunctionTransformer
//! [`GammaRegressor`]: crate::linear::GammaRegressor
//! [`GaussianNb`]: crate::bayes::GaussianNb
//! [`Grid`]: crate::model_selection::Grid
//! [`GroupKFold`]: crate::model_selection::GroupKFold
//! [`Halving`]: crate::model_selection::Halving
//! [`HashingVectorizer`]: crate::text::HashingVectorizer
//! [`HashSplit`]: crate::model_selection::HashSplit
//! [`Hyperband`]: crate::model_selection::Hyperband
//! [`IncrementalPca`]: crate::decomposition::IncrementalPca
//! [`IntoFit`]: crate::combine::IntoFit
//! [`JsonLines`]: crate::sources::JsonLines
//! [`KFold`]: crate::model_selection::KFold
//! [`KMeans`]: crate::cluster::KMeans
//! [`LabelBinarizer`]: crate::preprocessing::LabelBinarizer
//! [`Lasso`]: crate::linear::Lasso
//! [`LearningRate::AdaGrad`]: crate::linear::LearningRate::AdaGrad
//! [`LearningRate::Constant`]: crate::linear::LearningRate::Constant
//! [`LearningRate::Ftrl`]: crate::linear::LearningRate::Ftrl
//! [`LearningRate::Pa1`]: crate::linear::LearningRate::Pa1
//! [`LearningRate::Pa2`]: crate::linear::LearningRate::Pa2
//! [`LearnRows`]: crate::estimator::LearnRows
//! [`LinearRegression`]: crate::linear::LinearRegression
//! [`Linfa`]: crate::estimator::Linfa
//! [`LogisticRegression`]: crate::linear::LogisticRegression
//! [`LogUniform`]: crate::model_selection::LogUniform
//! [`Loss::EpsilonInsensitive`]: crate::linear::Loss::EpsilonInsensitive
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
//! [`OneOf`]: crate::model_selection::OneOf
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
//! [`Profile::figures`]: crate::graph::Profile::figures
//! [`RankedScores`]: crate::metrics::RankedScores
//! [`Regression`]: crate::datasets::synthetic::Regression
//! [`Residuals`]: crate::metrics::Residuals
//! [`ReutersFiles`]: crate::datasets::reuters::ReutersFiles
//! [`RidgeClassifier`]: crate::linear::RidgeClassifier
//! [`RunningSearch`]: crate::model_selection::RunningSearch
//! [`Runtime::chunk_cache`]: crate::Runtime::chunk_cache
//! [`Runtime::progress`]: crate::Runtime::progress
//! [`Runtime`]: crate::Runtime
//! [`Sampled`]: crate::model_selection::Sampled
//! [`Scorer::mean_of_decision`]: crate::metrics::Scorer::mean_of_decision
//! [`Scorer::mean_of_labels`]: crate::metrics::Scorer::mean_of_labels
//! [`Scorer::mean_of_probabilities`]: crate::metrics::Scorer::mean_of_probabilities
//! [`Scorer::mean_of_values`]: crate::metrics::Scorer::mean_of_values
//! [`Scorer::NegInertia`]: crate::metrics::Scorer::NegInertia
//! [`Scorer::of_confusion`]: crate::metrics::Scorer::of_confusion
//! [`Scorer`]: crate::metrics::Scorer
//! [`Scores`]: crate::metrics::Scores
//! [`Search::halve`]: crate::model_selection::Search::halve
//! [`Search::hyperband`]: crate::model_selection::Search::hyperband
//! [`Search::refit`]: crate::model_selection::Search::refit
//! [`Search::start`]: crate::model_selection::Search::start
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
//! [`TextLines`]: crate::sources::TextLines
//! [`TfidfTransformer`]: crate::preprocessing::TfidfTransformer
//! [`ThresholdRule`]: crate::calibration::ThresholdRule
//! [`train_test_split`]: crate::chunks::train_test_split
//! [`TruncatedSvd`]: crate::decomposition::TruncatedSvd
//! [`TweedieRegressor`]: crate::linear::TweedieRegressor
//! [`ValueTally`]: crate::metrics::ValueTally
//! [`VarianceThreshold`]: crate::preprocessing::VarianceThreshold
//! [`Weighting`]: crate::estimator::Weighting
