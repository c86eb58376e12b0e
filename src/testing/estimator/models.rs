//! Claims about the models of an estimator.

use std::sync::Arc;

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::PredictInplace;
use ndarray::Array1;
use serde::Serialize;

use super::{Estimator, TypedFile};
use crate::chunks::Chunks;
use crate::combine::{Fitted, IntoFit};
use crate::data::{Chunk, ClassLabel, FeatureRows, Footprint, Shared};
use crate::estimator::{Classes, DecisionFunction, Evaluate, Model, Persist, PredictProba, TransformChunk};
use crate::graph::{Key, Lazy, Task};
use crate::metrics::ClassTally;
use crate::persist::Training;
use crate::sinks::{Predictions, Table, Tabular, ToPredict};
use crate::testing::block::Block;
use crate::testing::capability::{Capability, ModelKind};
use crate::testing::laws;
use crate::testing::model::Use;
use crate::testing::numbers::Numbers;
use crate::testing::outcome::Outcome;
use crate::testing::rows::{TargetKind, TestRows, TestTargets};
use crate::testing::uses::{self, AskFit, TestedAs, UseOf};

/// Claims about its models.
impl<P, M, R, T> Estimator<P, M, R, T>
where
    P: Serialize + Clone + Shared,
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
{
    /// Its models are used in the ways of their [kind](crate::estimator::kind).
    pub fn of_kind(mut self) -> Self
    where
        M: Model,
        M::Kind: TestedAs<M, R, T>,
    {
        self.uses.extend(M::Kind::uses().into_iter().map(|used| Arc::new(used) as UseOf<M>));
        self.subject.kind = M::Kind::KIND;
        if M::Kind::KIND == ModelKind::Pipeline {
            self.subject.capabilities.insert(Capability::Scored);
        }
        self.subject.targets = if M::Kind::KIND.learns_targets() { T::KIND } else { TargetKind::None };
        self
    }

    /// Its models predict labels or values, whatever their kind.
    pub fn predict<L>(self) -> Self
    where
        M: PredictInplace<R, Array1<L>>,
        L: Shared,
        Array1<L>: Chunk + Numbers + Clone,
    {
        self.used(uses::predict::<M, R, T, Array1<L>>)
    }

    /// Another way to use its models: `make` gives it for a model.
    pub fn used(mut self, make: impl Fn(&M) -> Use + Shared) -> Self {
        self.uses.push(Arc::new(make));
        self
    }

    fn of_models(mut self, capability: Capability, hold: impl Fn(&M, &[Block]) -> Outcome + Shared) -> Self {
        self.of_models.push((capability, Arc::new(hold)));
        self.can(capability)
    }

    /// Its models are scored by name, and a model in memory is a fit again ([`IntoFit`]), of the same score.
    pub fn scored(self) -> Self
    where
        M: Evaluate<DatasetBase<R, T>>
            + IntoFit<Fit: Fitted<DatasetBase<R, T>, Model = M, Examples = DatasetBase<R, T>>>,
    {
        self.of_models(Capability::Scored, laws::scored::<M, R, T>)
    }

    /// Predicted labels or values are written into files.
    pub fn into_files<L>(self) -> Self
    where
        M: PredictInplace<R, Array1<L>>,
        L: Serialize + Chunk,
        DatasetBase<R, T>: ToPredict<Examples = DatasetBase<R, T>>,
    {
        self.files_of(true, |fit, data| Predictions::of(fit, data).tables().clone())
    }

    /// Predictions of models of groups are written into files.
    pub fn groups_into_files<L>(self) -> Self
    where
        M: PredictInplace<R, Array1<L>>,
        L: Serialize + Chunk,
        DatasetBase<R, T>: ToPredict,
    {
        self.files_of(true, |fit, data| Predictions::of_groups(fit, data).tables().clone())
    }

    /// Several predicted labels a row are written into files.
    pub fn labels_into_files(self) -> Self
    where
        M: DecisionFunction<R>,
        R: FeatureRows<Elem: Footprint + Numbers>,
        DatasetBase<R, T>: ToPredict<Examples = DatasetBase<R, T>>,
    {
        self.files_of(true, |fit, data| Predictions::of_labels(fit, data, ["a", "b"]).tables().clone())
    }

    /// Transformed rows are written into files, as JSON lines: sparse rows have no columns for CSV.
    pub fn rows_into_files<U>(self) -> Self
    where
        M: TransformChunk<DatasetBase<R, T>, Output = U>,
        U: Tabular + Chunk,
    {
        self.files_of(false, |fit, data| {
            let key = Key::of("table").finish();
            let rows: Chunks<U> = fit.transform(data);
            rows.map_keyed("table", key, Tabular::to_table)
        })
    }

    fn files_of(self, has_csv: bool, tables: AskFit<M, R, T, Chunks<Table>>) -> Self {
        self.of_models(Capability::Sunk, move |model, blocks| {
            let fit = Lazy::given(Task::new("model", Key::unique()), model.clone());
            laws::into_files::<R, T>(blocks, has_csv, |data| tables(&fit, data))
        })
    }

    /// Its models have decision values.
    pub fn decision_function(self) -> Self
    where
        M: DecisionFunction<R>,
        R: FeatureRows<Elem: Footprint + Numbers>,
    {
        self.used(uses::decision_function::<M, R, T>)
    }

    /// Its models have class probabilities, of which losses are read.
    pub fn probabilities<L>(self) -> Self
    where
        M: PredictProba<R> + Evaluate<DatasetBase<R, T>, Tally = ClassTally<L>>,
        R: FeatureRows<Elem: Footprint + Numbers>,
        L: ClassLabel,
    {
        let both = self.used(uses::predict_proba::<M, R, T>).used(uses::probability_loss::<M, R, T, L>);
        both.can(Capability::Probabilities)
    }

    /// Its models are calibrated, and given a threshold if there are two classes.
    pub fn calibrated<L>(mut self) -> Self
    where
        M: DecisionFunction<R> + Classes<L>,
        R: FeatureRows<Elem: Footprint + Numbers>,
        T: AsSingleTargets<Elem = L>,
        L: Label + Footprint + Shared + Numbers,
    {
        self.uses.extend(uses::calibrated::<M, R, T, L>(&self.subject.blocks));
        self.can(Capability::Calibrated)
    }

    /// Its models transform rows, in addition to the ways to use their kind.
    pub fn transform(self) -> Self
    where
        M: TransformChunk<DatasetBase<R, T>, Output: Chunk + Numbers + Clone>,
    {
        self.used(uses::transform::<M, R, T>)
    }

    /// Its models are saved and loaded.
    pub fn persisted(mut self) -> Self
    where
        M: Persist,
    {
        self.file = Some(TypedFile {
            kind: M::kind,
            write: |model| model.to_bytes(&Training::default()),
            read: |bytes| M::from_bytes(bytes),
        });
        self.can(Capability::Persisted)
    }
}
