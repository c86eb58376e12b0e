//! `partial_fit` of the SGD classifier over chunks.

use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::FitWith;

use super::super::SgdTeam;
use super::{SgdClassifier, SgdClassifierParams};
use crate::data::{ClassLabel, Codec, FeatureRows, RowSet};
use crate::error::{Error, Result};
use crate::estimator::{LearnTogether, PartialFit, Team};

impl<R, T, L> PartialFit<R, T> for SgdClassifierParams<L>
where
    R: FeatureRows + 'static,
    T: AsSingleTargets<Elem = L> + 'static,
    L: ClassLabel,
{
    type Model = SgdClassifier<R::Elem, L>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.check_learned()
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        Some(SgdClassifier::codec())
    }

    fn teams(estimators: &[&Self]) -> Vec<Team<R, T, Self::Model>> {
        let team = |members: Vec<usize>| {
            let params = members.iter().map(|&i| estimators[i].clone());
            let learner = SgdTeam::<R::Elem, L>::new(params).expect("these were found to fit together");
            Team::new(members, learner)
        };
        SgdTeam::<R::Elem, L>::divide(estimators).into_iter().filter(|members| members.len() > 1).map(team).collect()
    }
}

impl<R, T, L> LearnTogether<R, T, SgdClassifier<R::Elem, L>> for SgdTeam<R::Elem, L>
where
    R: FeatureRows + 'static,
    T: AsSingleTargets<Elem = L> + 'static,
    L: ClassLabel,
{
    fn partial_fit(&mut self, chunk: &DatasetBase<R, T>, rows: &RowSet) -> Result<Vec<(usize, Error)>> {
        self.fit_rows(chunk, rows.as_slice())
    }

    fn failures(&self) -> Vec<Option<Error>> {
        SgdTeam::failures(self).to_vec()
    }

    fn model(&self, member: usize) -> Result<SgdClassifier<R::Elem, L>> {
        let model = SgdTeam::model(self, member)?;
        model.check_learned().map(|()| model)
    }

    fn boxed_clone(&self) -> Box<dyn LearnTogether<R, T, SgdClassifier<R::Elem, L>>> {
        Box::new(self.clone())
    }

    fn to_bytes(&self) -> Result<Option<Vec<u8>>> {
        SgdTeam::to_bytes(self).map(Some)
    }

    fn resume(&self, bytes: &[u8]) -> Result<Box<dyn LearnTogether<R, T, SgdClassifier<R::Elem, L>>>> {
        Ok(Box::new(SgdTeam::resume(self, bytes)?))
    }
}
