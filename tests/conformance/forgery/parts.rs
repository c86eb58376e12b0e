//! Files whose parts are missing or do not fit together, and numbers that training makes.

use chunkfit::bayes::GaussianNb;
use chunkfit::combine::FittedPipeline;
use chunkfit::data::Csr;
use chunkfit::decomposition::IncrementalPca;
use chunkfit::estimator::{LearnRows, Persist};
use chunkfit::linear::SgdRegressor;
use chunkfit::persist::Training;
use chunkfit::preprocessing::{StandardScaler, TfidfTransformer};
use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, array};

use super::N_FEATURES;
use super::file::{apart, together};

fn rows() -> Array2<f64> {
    Array2::from_shape_fn((40, N_FEATURES), |(i, j)| ((i * 131 + j * 71 + i * i * (j + 1)) % 23) as f64 / 7.0)
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
    let file = pca.to_bytes(&Training::default()).unwrap();
    let read: IncrementalPca =
        Persist::from_bytes(&without(file, &[("/model", "mean_rest"), ("/model/axes", "weight")])).unwrap();
    assert_eq!(read.axes(), pca.axes());
    let params = IncrementalPca::params().check().unwrap();
    let (one, other) = (params.partial_fit(Some(read), &rows()), params.partial_fit(Some(pca), &rows()));
    let apart = one.unwrap().axes().explained_variance() - other.unwrap().axes().explained_variance();
    assert!(apart.iter().all(|apart| apart.abs() < 1e-12));
    let bayes = GaussianNb::params().fit(&data).unwrap();
    let file = bayes.to_bytes(&Training::default()).unwrap();
    let moments = ["/model/statistics/by_class", "/model/statistics/overall"].map(|part| (part, "mean_rest"));
    let read: GaussianNb<bool> = Persist::from_bytes(&without(file, &moments)).unwrap();
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
    assert_eq!(TfidfTransformer::from_bytes(&tfidf.to_bytes(&Training::default()).unwrap()).unwrap(), tfidf);
}

#[test]
fn a_pipeline_whose_parts_have_other_columns_is_refused() {
    let transformer = StandardScaler::params().fit(&DatasetBase::from(rows())).unwrap();
    let save = |coef: Array1<f64>| {
        let model = SgdRegressor::from_parts(coef, 0.0).unwrap();
        let transformer = transformer.clone().into();
        FittedPipeline { transformer, model }.to_bytes(&Training::default()).unwrap()
    };
    type Pipeline = FittedPipeline<StandardScaler, SgdRegressor<f64>>;
    assert!(Pipeline::from_bytes(&save(Array1::ones(N_FEATURES))).is_ok());
    let error = Pipeline::from_bytes(&save(Array1::ones(N_FEATURES - 1))).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(error.to_string().contains("its parts contradict each other"), "{error}");
    assert!(cause.contains("columns of the model"), "{cause}");
}
