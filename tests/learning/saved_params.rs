//! All parameters are plain data: what is saved and loaded is equal, to the key in the graph.

use std::fmt::Debug;

use chunkfit::cluster::{KMeans, MiniBatchKMeans};
use chunkfit::combine::PerGroup;
use chunkfit::data::{Identified, Norm};
use chunkfit::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use chunkfit::graph::Key;
use chunkfit::linear::{
    Averaging, ClassWeight, GammaRegressor, LearningRate, LinearRegression, Loss, NearestCentroid, OneVsRest, Penalty,
    PoissonRegressor, Priors, SgdOneClassSvm, SgdRegressor, TweedieRegressor,
};
use chunkfit::prelude::*;
use chunkfit::preprocessing::{
    HandleUnknown, LabelBinarizer, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder, VarianceThreshold,
};
use chunkfit::text::{Analyzer, FeatureHasher, StopWords};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The defaults and others come back from JSON and from postcard, the ones no more like the others
/// than they were.
fn come_back<P: Identified + Serialize + DeserializeOwned + PartialEq + Debug>(default: P, changed: P) {
    assert_ne!(default, changed);
    let key = |params: &P| Key::of("estimator").identified(params).unwrap().finish();
    assert_ne!(key(&default), key(&changed), "{changed:?}");
    for params in [default, changed] {
        let json = serde_json::to_string(&params).unwrap();
        let from_json: P = serde_json::from_str(&json).unwrap();
        let from_bytes: P = postcard::from_bytes(&postcard::to_stdvec(&params).unwrap()).unwrap();
        for back in [from_json, from_bytes] {
            assert_eq!(back, params, "{json}");
            assert_eq!(key(&back), key(&params), "{json}");
        }
    }
}

#[test]
fn parameters_of_linear_learners_come_back() {
    let sgd = SgdClassifier::<f64, String>::params;
    come_back(
        sgd(),
        sgd()
            .loss(Loss::Huber { epsilon: 0.3 })
            .penalty(Penalty::ElasticNet { l1_ratio: 0.1 })
            .learning_rate(LearningRate::InvScaling { power_t: 0.7 })
            .average(Averaging::From(7))
            .class_weight(ClassWeight::ByLabel(vec![("b".into(), 0.1)]))
            .classes(vec!["b".into(), "a".into()]),
    );
    let regressor = SgdRegressor::<f64>::params;
    come_back(regressor(), regressor().loss(Loss::EpsilonInsensitive { epsilon: 0.1 }).alpha(1e-7).tol(None));
    come_back(SgdOneClassSvm::<f64>::params(), SgdOneClassSvm::<f64>::params().nu(0.1));
    come_back(OneVsRest::params(SgdClassifier::params()), OneVsRest::params(SgdClassifier::params().seed(9)));
    let logistic = LogisticRegression::<f64, usize>::params;
    come_back(logistic(), logistic().c(0.3).l1_ratio(0.7).penalize_intercept(true).tol(0.1 + 0.2));
    let centroids = NearestCentroid::<usize>::params;
    come_back(centroids(), centroids().priors(Priors::Given(vec![0.3, 0.7])).shrink_threshold(Some(0.1)));
    come_back(LinearRegression::params(), LinearRegression::params().alpha(0.1).fit_intercept(false));
    come_back(PoissonRegressor::params(), PoissonRegressor::params().max_iter(3));
    come_back(GammaRegressor::params(), GammaRegressor::params().tol(1e-3));
    come_back(TweedieRegressor::params(), TweedieRegressor::params().power(1.7));
}

#[test]
fn parameters_of_naive_bayes_come_back() {
    let counts = MultinomialNb::<usize>::params;
    come_back(counts(), counts().alpha(0.1).class_prior(vec![0.3, 0.7]).classes(vec![1, 0]));
    come_back(ComplementNb::<bool>::params(), ComplementNb::<bool>::params().norm(true));
    come_back(BernoulliNb::<bool>::params(), BernoulliNb::<bool>::params().binarize(None));
    come_back(GaussianNb::<bool>::params(), GaussianNb::<bool>::params().var_smoothing(1e-3));
}

#[test]
fn parameters_of_transformers_come_back() {
    come_back(StandardScaler::params(), StandardScaler::params().with_mean(false));
    come_back(MaxAbsScaler::params(), MaxAbsScaler::params().clip(true));
    come_back(MinMaxScaler::params(), MinMaxScaler::params().feature_range(-0.1, 0.3));
    come_back(VarianceThreshold::params(), VarianceThreshold::params().threshold(0.1));
    come_back(TfidfTransformer::params(), TfidfTransformer::params().norm(None).sublinear_tf(true));
    let one_hot = OneHotEncoder::<String, f64>::params;
    come_back(
        one_hot(),
        one_hot().handle_unknown(HandleUnknown::Ignore).categories(vec![vec!["b".into(), "a".into()]]),
    );
    come_back(OrdinalEncoder::<i64, f64>::params(), OrdinalEncoder::<i64, f64>::params().unknown_value(Some(-1.0)));
    come_back(LabelBinarizer::<bool, f64>::params(), LabelBinarizer::<bool, f64>::params().values(-1.0, 1.0));
    let labels = MultiLabelBinarizer::<String, f64>::params;
    come_back(labels(), labels().classes(vec!["x".into()]));
}

#[test]
fn parameters_of_text_come_back() {
    let text = || HashingVectorizer::params();
    let other = text()
        .n_features(1 << 10)
        .alternate_sign(false)
        .norm(Some(Norm::L1))
        .analyzer(Analyzer::CharWb)
        .stop_words(StopWords::English)
        .ngram_range(2, 5)
        .token_pattern(r"\b\w+\b");
    come_back(text(), other);
    come_back(FeatureHasher::params(), FeatureHasher::params().n_features(99));
    let json = serde_json::to_string(&text()).unwrap();
    let narrow = serde_json::from_str::<chunkfit::text::HashingVectorizerParams<f32>>(&json);
    assert!(narrow.unwrap_err().to_string().contains("Float64"), "the type of the values is part of them");
}

#[test]
fn parameters_of_clusters_and_decompositions_come_back() {
    come_back(KMeans::params(), KMeans::params().n_clusters(3).seed(5));
    come_back(MiniBatchKMeans::params(), MiniBatchKMeans::params().batch_size(256).reassignment_ratio(0.1));
    come_back(Pca::params(), Pca::params().n_components(2).whiten(true));
    come_back(IncrementalPca::params(), IncrementalPca::params().n_components(2));
    come_back(TruncatedSvd::params(), TruncatedSvd::params().n_oversamples(3));
}

/// These names are in checkpoints: another one makes what was kept before of no use.
#[test]
fn names_stay() {
    fn name<P: Identified>(_: P) -> String {
        P::identity()
    }
    let names = [
        name(SgdClassifier::<f64, String>::params()),
        name(SgdRegressor::<f64>::params()),
        name(SgdOneClassSvm::<f64>::params()),
        name(OneVsRest::params(SgdClassifier::params())),
        name(LogisticRegression::<f64, usize>::params()),
        name(LinearRegression::params()),
        name(PoissonRegressor::params()),
        name(GammaRegressor::params()),
        name(TweedieRegressor::params()),
        name(BernoulliNb::<bool>::params()),
        name(ComplementNb::<bool>::params()),
        name(GaussianNb::<bool>::params()),
        name(MultinomialNb::<bool>::params()),
        name(KMeans::params()),
        name(MiniBatchKMeans::params()),
        name(Pca::params()),
        name(IncrementalPca::params()),
        name(TruncatedSvd::params()),
        name(HashingVectorizer::<f64>::params()),
        name(FeatureHasher::<f64>::params()),
        name(StandardScaler::params()),
        name(MinMaxScaler::params()),
        name(MaxAbsScaler::params()),
        name(VarianceThreshold::params()),
        name(TfidfTransformer::params()),
        name(OneHotEncoder::<String, f64>::params()),
        name(OrdinalEncoder::<String, f64>::params()),
        name(LabelBinarizer::<usize, f64>::params()),
        name(MultiLabelBinarizer::<usize, f64>::params()),
        name(PerGroup::new(SgdRegressor::<f64>::params())),
        #[cfg(feature = "linfa-linear")]
        name(chunkfit::estimator::Linfa::<_, linfa::Error>::new(linfa_linear::LinearRegression::new())),
        #[cfg(feature = "linfa-logistic")]
        name(linfa_logistic::LogisticRegression::<f64>::default()),
    ];
    let expected = [
        "SgdClassifier<String> 1",
        "SgdRegressor 1",
        "SgdOneClassSvm 1",
        "OneVsRest 1",
        "LogisticRegression<usize> 2",
        "LinearRegression<Normal> 1",
        "PoissonRegressor<Poisson> 1",
        "GammaRegressor<Gamma> 1",
        "TweedieRegressor<Tweedie> 1",
        "BernoulliNb<Bernoulli, bool> 1",
        "ComplementNb<Complement, bool> 1",
        "GaussianNb<Gaussian, bool> 1",
        "MultinomialNb<Multinomial, bool> 1",
        "KMeans 1",
        "MiniBatchKMeans 1",
        "Pca 1",
        "IncrementalPca 1",
        "TruncatedSvd 1",
        "HashingVectorizer<f64> 1",
        "FeatureHasher<f64> 1",
        "StandardScaler 1",
        "MinMaxScaler 1",
        "MaxAbsScaler 1",
        "VarianceThreshold 1",
        "TfidfTransformer 1",
        "OneHotEncoder<String, f64> 1",
        "OrdinalEncoder<String, f64> 1",
        "LabelBinarizer<usize, f64> 1",
        "MultiLabelBinarizer<usize, f64> 1",
        "PerGroup<SgdRegressor 1> 1",
        #[cfg(feature = "linfa-linear")]
        "Linfa<linfa_linear::LinearRegression 1, Error> 1",
        #[cfg(feature = "linfa-logistic")]
        "linfa_logistic::LogisticRegression<f64, Dim<[usize; 1]>> 1",
    ];
    assert_eq!(names, expected);
}
