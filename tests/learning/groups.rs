//! One model a group: each is the one that the group's rows alone would give.

use chunkfit::combine::{GroupModels, PerGroup};
use chunkfit::data::{Keyed, Rows};
use chunkfit::estimator::PartialFit;
use chunkfit::linear::{SgdClassifierParams, SgdRegressor};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::Predict;
use ndarray::{Array1, Array2, ArrayView1};

type Shop = String;
type Examples = DatasetBase<Array2<f64>, Array1<bool>>;
type ByShop = DatasetBase<Keyed<Array2<f64>, Shop>, Array1<bool>>;

const SHOPS: [&str; 4] = ["north", "south", "east", "west"];

fn shop(row: ArrayView1<'_, f64>, _: &bool) -> Shop {
    SHOPS[row[0] as usize].to_owned()
}

/// Rows of several shops; the last shop has none in the first chunks. What is true of a row differs
/// from shop to shop.
fn chunks() -> Chunks<Examples> {
    let chunks = Chunks::from_fn("sales", 6, |c| {
        let shops = if c < 3 { 3 } else { 4 };
        let value = |i: usize, j: usize| ((c * 977 + i * 131 + j * 71 + i * i * (j + 1)) % 23) as f64 / 11.0 - 1.0;
        let x = Array2::from_shape_fn(
            (24, 4),
            |(i, j)| if j == 0 { ((i * 5 + i / 7) % shops) as f64 } else { value(i, j) },
        );
        let y = (0..24).map(|i| value(i, 1) * if (i * 5 + i / 7) % shops == 1 { -1.0 } else { 1.0 } > 0.1).collect();
        let weights = (0..24).map(|i| 1.0 + (i % 3) as f32).collect();
        Ok(DatasetBase::new(x, y).with_weights(weights))
    });
    chunks.identified(("sales", 1))
}

fn grouped() -> Chunks<ByShop> {
    chunks().group_by("shop", shop).identified(("sales by shop", 1))
}

fn params() -> SgdClassifierParams<bool> {
    SgdClassifier::params().alpha(1e-3).seed(2)
}

#[test]
fn each_group_has_the_model_of_its_rows_alone() {
    for threads in [1, 3] {
        let runtime = Runtime::new().threads(threads);
        let models = runtime.compute(Chained::new(PerGroup::new(params())).epochs(3).fit(&grouped())).unwrap();
        assert_eq!(models.keys().collect::<Vec<_>>(), ["east", "north", "south", "west"]);
        for (key, model) in models.iter() {
            let wanted = key.clone();
            let own = chunks().filter("own", move |(row, has)| shop(row, has) == wanted);
            let alone = runtime.compute(Chained::new(params()).epochs(3).fit(&own)).unwrap();
            assert_eq!(model, &alone, "{key}");
        }
    }
}

#[test]
fn rows_are_predicted_by_the_model_of_their_group() {
    let fit = Chained::new(PerGroup::new(params())).epochs(10).fit(&grouped());
    let one_for_all = Chained::new(params()).epochs(10).fit(&chunks());
    let (models, predicted, score, without_groups, data) = Runtime::new()
        .compute((&fit, fit.predict(&grouped()), fit.score(&grouped()), one_for_all.score(&chunks()), grouped()))
        .unwrap();
    for (chunk, predicted) in data.iter().zip(&predicted) {
        for i in 0..chunk.n_rows() {
            let row = chunk.records.rows().select_rows(&[i]);
            let own = models.get(&chunk.records.keys()[i]).unwrap().predict(&row);
            assert_eq!(own[0], predicted[i]);
        }
    }
    assert!(score > without_groups + 0.1, "{score} with groups, {without_groups} without");
}

#[test]
fn a_group_without_a_model_is_named() {
    let fit = Chained::new(PerGroup::new(params())).fit(&grouped());
    let strange = grouped().map("strange", |chunk| {
        let keys = vec!["elsewhere".to_owned(); chunk.n_rows()];
        DatasetBase::new(Keyed::new(chunk.records.rows().clone(), keys).unwrap(), chunk.targets.clone())
    });
    let models = Runtime::new().compute(&fit).unwrap();
    let error = models.get(&"elsewhere".to_owned()).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::UnknownGroup { group: "\"elsewhere\"".into(), known: 4 });
    let error = Runtime::new().compute(fit.score(&strange)).unwrap_err();
    assert!(error.to_string().contains("no model of group \"elsewhere\""), "{error}");
}

#[test]
fn an_error_names_the_row_of_the_chunk() {
    let x = Array2::from_shape_fn((6, 2), |(i, j)| if (i, j) == (5, 1) { f64::NAN } else { 1.0 });
    let keys = vec![7, 8, 7, 8, 7, 8];
    let chunk = DatasetBase::new(Keyed::new(x, keys).unwrap(), Array1::from_elem(6, true));
    let error = PerGroup::new(params()).partial_fit(None, &chunk).unwrap_err();
    assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 1 }, Some(5)));
}

#[test]
fn any_estimator_of_chunks_learns_groups() {
    let prices = chunks().map("prices", |chunk| {
        let y = chunk.records.rows().into_iter().map(|row| (1.0 + row[0]) * row[1]).collect::<Array1<f64>>();
        DatasetBase::new(chunk.records.clone(), y)
    });
    let by_shop = prices.group_by("shop", |row: ArrayView1<'_, f64>, _| row[0] as usize);
    let params = SgdRegressor::params().eta0(0.05);
    let fit = Chained::new(PerGroup::new(params.clone())).epochs(60).fit(&by_shop);
    let one_for_all = Chained::new(params).epochs(60).fit(&prices);
    let (models, errors, without_groups): (GroupModels<usize, SgdRegressor<f64>>, _, _) =
        Runtime::new().compute((&fit, fit.residuals(&by_shop), one_for_all.residuals(&prices))).unwrap();
    assert_eq!(models.len(), 4);
    assert!(errors.r2() > 0.99 && without_groups.r2() < 0.9, "{errors:?} {without_groups:?}");
}
