//! An estimator of one's own in a search whose models only predict.
//!
//! E0277
//! - goes into `AsClassifier` or `AsRegressor`

use chunkfit::estimator::{AsClassifier, PartialFit};
use chunkfit::linfa::DatasetBase;
use chunkfit::linfa::traits::PredictInplace;
use chunkfit::model_selection::{Grid, KFold, Search};
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

type Rows = DatasetBase<Array2<f64>, Array1<bool>>;

/// Whether the first column is above a bound.
#[derive(Clone)]
struct Above(f64);

impl PartialFit<Array2<f64>, Array1<bool>> for Above {
    type Model = Above;

    fn partial_fit(&self, _: Option<Above>, _: &Rows) -> Result<Above, Error> {
        Ok(self.clone())
    }
}

impl PredictInplace<Array2<f64>, Array1<bool>> for Above {
    fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<bool>) {
        y.assign(&x.column(0).mapv(|value| value > self.0));
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<bool> {
        Array1::default(x.nrows())
    }
}

#[cfg(mistake)]
fn adapted(estimator: Above) -> Above {
    let _ = AsClassifier::<u8>::default();
    estimator
}

#[cfg(not(mistake))]
fn adapted(estimator: Above) -> AsClassifier<Above> {
    AsClassifier(estimator)
}

fn main() -> Result<(), Error> {
    let data = Chunks::from_memory([DatasetBase::new(array![[0.0], [2.0]], array![false, true])]);
    let grid = Grid::new(0.0).vary("above", [1.0, 3.0], |_, above| above);
    let search = Search::new(grid, |above| Chained::opaque(adapted(Above(*above)))).folds(KFold::new(2));
    search.run(&Runtime::new(), &data)?;
    Ok(())
}
