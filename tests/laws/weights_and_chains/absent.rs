//! Groups of rows without weight, groups of one class, and halving searches over rows of one class.

use chunkfit::combine::PerGroup;
use chunkfit::data::Keyed;
use chunkfit::model_selection::{Grid, Halving, Hyperband, KFold, Search};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2, array};

/// Sales of two shops: the rows' shops, classes and weights.
fn by_shop(shops: [usize; 4], classes: [usize; 4], weights: [f32; 4]) -> Shops {
    let rows = Keyed::new(array![[1.0], [-1.0], [2.0], [-3.0]], shops.to_vec()).unwrap();
    Chunks::from_memory([
        DatasetBase::new(rows, Array1::from(classes.to_vec())).with_weights(Array1::from(weights.to_vec()))
    ])
}

type Shops = Chunks<DatasetBase<Keyed<Array2<f64>, usize>, Array1<usize>>>;

#[test]
fn a_group_whose_rows_have_no_weight_is_no_group() {
    let fit = |data: &Shops| Chained::new(PerGroup::new(SgdClassifier::params())).fit(data);
    let data = by_shop([0, 0, 7, 7], [1, 0, 1, 0], [1.0, 1.0, 0.0, 0.0]);
    let models = Runtime::new().compute(fit(&data)).unwrap();
    assert_eq!(models.keys().collect::<Vec<_>>(), [&0]);
    let error = Runtime::new().compute(fit(&data).predict(&data)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownGroup { group, .. } if group == "7"), "{error}");
    assert_eq!(error.place().row, Some(2));
    let error = Runtime::new().compute(fit(&by_shop([0, 0, 7, 7], [1, 0, 1, 0], [0.0; 4]))).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoRows { .. }), "{error}");
}

#[test]
fn groups_of_one_class_are_refused_only_where_it_is_the_class_of_all() {
    let fit = |data: &Shops| Chained::new(PerGroup::new(SgdClassifier::params())).fit(data);
    for classes in [[0, 0, 1, 1], [1, 0, 1, 1]] {
        let data = by_shop([0, 0, 7, 7], classes, [1.0; 4]);
        assert_eq!(Runtime::new().compute(fit(&data).score(&data)).unwrap(), 1.0);
    }
    let error = Runtime::new().compute(fit(&by_shop([0, 0, 7, 7], [1; 4], [1.0; 4]))).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::OneClass { found: "the label 1".into() });
}

#[test]
fn halving_refuses_rows_of_one_class_in_the_end_but_not_on_the_way() {
    let chunk = |classes: [usize; 4]| {
        let x = Array1::from(classes.to_vec()).mapv(|class| class as f64 * 2.0 - 1.0).insert_axis(ndarray::Axis(1));
        DatasetBase::new(x, Array1::from(classes.to_vec()))
    };
    let search = || {
        let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-1, 1e-3], |params, alpha| params.alpha(alpha));
        Search::new(grid, |params| Chained::new(params.clone())).folds(KFold::new(2))
    };
    let runtime = Runtime::new().threads(2);
    let one = Chunks::from_memory((0..8).map(|_| chunk([1; 4])).collect::<Vec<_>>());
    let first = |c: usize| if c == 0 { chunk([1; 4]) } else { chunk([0, 0, 1, 1]) };
    let first = Chunks::from_memory((0..8).map(first).collect::<Vec<_>>());
    let refused = [
        search().halve(&runtime, &one, Halving::new(2), 1).map(drop).unwrap_err(),
        search().hyperband(&runtime, &one, Hyperband::new(2), 1).map(drop).unwrap_err(),
    ];
    for error in refused {
        assert!(matches!(error.kind(), ErrorKind::NoCandidate { error } if error.contains("the label 1")), "{error}");
    }
    assert_eq!(search().halve(&runtime, &first, Halving::new(2), 1).unwrap().best().mean_test_scores, [1.0]);
}
