//! Subjects of estimators: everything that laws need, without types.

use std::sync::Arc;

use serde::Serialize;

use super::{Estimator, TypedFile, TypedVariation, TypedWay, fields};
use crate::data::Shared;
use crate::error::Result;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::model::{FitBlocks, ModelFile, TestedModel, WriteFile};
use crate::testing::rows::{TestRows, TestTargets};
use crate::testing::subject::{Cuts, Subject, Trial, Variation, Way};
use crate::testing::uses::UseOf;

impl<P, M, R, T> Estimator<P, M, R, T>
where
    P: Serialize + Clone + Shared,
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
{
    /// The estimator without its types, for [`hold`](crate::testing::hold).
    pub fn subject(self) -> Subject {
        let (uses, file, params) = (Arc::<[UseOf<M>]>::from(self.uses), self.file, self.params);
        let own = |fit: &TypedWay<P, M>, params: &P| erased(fit.clone(), params.clone(), uses.clone(), file.clone());
        let ways = |params: &P| self.ways.iter().map(|way| own(way, params)).collect::<Vec<_>>();
        let variation = |varied: &TypedVariation<P>| {
            let before = fields(&varied.before);
            let is_other = |(field, value): &(String, serde_json::Value)| before.get(field) != Some(value);
            let fields = fields(&varied.after).into_iter().filter(is_other).map(|(field, _)| field).collect();
            Variation { name: varied.name, fields, before: ways(&varied.before), after: ways(&varied.after) }
        };
        let other_tree = self.other_tree.map(|fit| {
            let way = TypedWay { name: "average", fit, learn_on: None, cuts: Cuts::Matter };
            own(&way, &params).fit
        });
        let fit_first = self.ways.first().map(|way| way.fit.clone());
        let mut trials = self.subject.trials;
        for (capability, hold) in self.of_models {
            let (fit, params) = (fit_first.clone(), params.clone());
            let hold = move |blocks: &[Block]| match &fit {
                Some(fit) => hold(&fit(&params, &Runtime::new().threads(1), blocks)?, blocks),
                None => Ok(()),
            };
            trials.push(Trial { capability, what: "a model", hold: Box::new(hold) });
        }
        let (variations, ways) = (self.variations.iter().map(variation).collect(), ways(&params));
        Subject { ways, other_tree, variations, trials, ..self.subject }
    }

    /// Holds the estimator to all laws.
    ///
    /// # Panics
    /// When a law does not hold: the message names every such law, the way to fit and the use of the model. When a law is
    /// excluded that does not exist, or that holds.
    pub fn check(self) {
        crate::testing::check(&self.subject());
    }
}

fn erased<P, M>(way: TypedWay<P, M>, params: P, uses: Arc<[UseOf<M>]>, file: Option<TypedFile<M>>) -> Way
where
    P: Clone + Shared,
    M: Clone + Shared,
{
    let TypedWay { name, fit, learn_on, cuts } = way;
    let learn_on = learn_on.map(|learn_on| {
        let params = params.clone();
        Arc::new(move |model, blocks: &[Block]| learn_on(&params, model, blocks)) as LearnOn<M>
    });
    let fit = move |runtime: &Runtime, blocks: &[Block]| {
        fit(&params, runtime, blocks).map(|model| tested(model, &uses, &file, &learn_on))
    };
    Way { name, fit: Box::new(fit), cuts }
}

type LearnOn<M> = Arc<dyn Fn(M, &[Block]) -> Result<M> + Send + Sync>;

/// A model without its type.
fn tested<M: Clone + Shared>(
    model: M,
    uses: &Arc<[UseOf<M>]>,
    file: &Option<TypedFile<M>>,
    learn_on: &Option<LearnOn<M>>,
) -> TestedModel {
    let all = uses.iter().map(|used| used(&model)).collect();
    let goes_on = learn_on.clone().map(|next| {
        let (model, uses, file) = (model.clone(), uses.clone(), file.clone());
        let learn = move |_: &Runtime, blocks: &[Block]| {
            Ok(tested(next(model.clone(), blocks)?, &uses, &file, &Some(next.clone())))
        };
        Box::new(learn) as FitBlocks
    });
    let file = file.clone().map(|own| {
        let (uses, learn_on) = (uses.clone(), learn_on.clone());
        let write = move || {
            let (uses, learn_on, again) = (uses.clone(), learn_on.clone(), own.clone());
            let load = move |bytes: &[u8]| Ok(tested((again.read)(bytes)?, &uses, &Some(again.clone()), &learn_on));
            Ok(ModelFile { kind: (own.kind)(), bytes: (own.write)(&model)?, load: Box::new(load) })
        };
        Box::new(write) as WriteFile
    });
    TestedModel { uses: all, learn_on: goes_on, file }
}
