//! Combinators around estimators of other crates: fits whose models are classifiers or regressors.

use super::{FitChunks, FitOnward, FitRows, Fitted, WithModel};
use crate::chunks::Chunks;
use crate::data::{RowSet, Shared};
use crate::error::Result;
use crate::estimator::{AsClassifier, AsRegressor};
use crate::graph::{Key, Lazy, Task, TimeAccount};

macro_rules! combinator {
    ($adaptor:ident) => {
        impl<F, D> FitChunks<D> for $adaptor<F>
        where
            F: FitChunks<D, Fit: Fitted<D, Model: Clone>>,
        {
            type Fit = WithModel<F::Fit, $adaptor<<F::Fit as Fitted<D>>::Model>>;

            fn fit(&self, chunks: &Chunks<D>) -> Self::Fit {
                adapted(self.0.fit(chunks), $adaptor)
            }
        }

        impl<F, D> FitRows<D> for $adaptor<F>
        where
            F: FitRows<D, Fit: Fitted<D, Model: Clone>>,
        {
            fn fit_rows(&self, chunks: &Chunks<D>, rows: &Chunks<RowSet>, account: &TimeAccount) -> Self::Fit {
                adapted(self.0.fit_rows(chunks, rows, account), $adaptor)
            }

            fn fit_rows_together(
                estimators: &[&Self],
                chunks: &Chunks<D>,
                rows: &Chunks<RowSet>,
                account_of: &dyn Fn(&[usize]) -> TimeAccount,
            ) -> Vec<Self::Fit> {
                let inner: Vec<&F> = estimators.iter().map(|estimator| &estimator.0).collect();
                let fits = F::fit_rows_together(&inner, chunks, rows, account_of);
                fits.into_iter().map(|fit| adapted(fit, $adaptor)).collect()
            }
        }

        impl<F, D> FitOnward<D> for $adaptor<F>
        where
            F: FitOnward<D, Fit: Fitted<D, Model: Clone>>,
        {
            fn fit_onward(
                &self,
                model: Option<Lazy<<Self::Fit as Fitted<D>>::Model>>,
                chunks: &Chunks<D>,
                rows: &Chunks<RowSet>,
                account: &TimeAccount,
            ) -> Self::Fit {
                let inner = model.map(|model| {
                    let key = Key::of("within the adaptor").input(model.key()).finish();
                    model.map_owned(Task::new("go on", key), |model| Ok(model.0))
                });
                adapted(self.0.fit_onward(inner, chunks, rows, account), $adaptor)
            }

            fn check_end(&self, model: &<Self::Fit as Fitted<D>>::Model) -> Result<()> {
                self.0.check_end(&model.0)
            }
        }
    };
}

combinator!(AsClassifier);
combinator!(AsRegressor);

/// The fit with its model inside of an adaptor.
fn adapted<H, D, A>(fit: H, adaptor: fn(H::Model) -> A) -> WithModel<H, A>
where
    H: Fitted<D, Model: Clone>,
    A: Shared,
{
    let key = Key::of("adaptor").input(fit.model().key()).finish();
    let task = Task::new("adapt", key).display_name(fit.model().display_name().cloned());
    let model = fit.model().map_owned(task, move |model| Ok(adaptor(model)));
    WithModel::new(fit, model)
}
