//! Chains of teams: several models, passed from chunk to chunk as one.

use std::path::PathBuf;

use linfa::dataset::{DatasetBase, Records};

use super::chained::{Chained, no_rows};
use super::epochs::Epochs;
use super::state::{Chain, visits_of_rows};
use crate::chunks::Chunks;
use crate::combine::fit::Identity;
use crate::data::codec::{from_bytes, to_bytes};
use crate::data::{Chunk, Codec, RowSet, Rows, Shared};
use crate::error::{Error, Result};
use crate::estimator::LearnTogether;
use crate::graph::{AnyCodec, AnyLazy, AnyWork, Inputs, Key, Lazy, Task, TimeAccount};

/// What goes from step to step of a team.
struct TeamProgress<R: Records, T, M> {
    learner: Box<dyn LearnTogether<R, T, M>>,
    /// The errors of the members that failed, with their places.
    failed: Vec<Option<Error>>,
    has_rows: bool,
}

impl<R: Records, T, M> Clone for TeamProgress<R, T, M> {
    fn clone(&self) -> Self {
        let TeamProgress { learner, failed, has_rows } = self;
        TeamProgress { learner: learner.boxed_clone(), failed: failed.clone(), has_rows: *has_rows }
    }
}

impl<R: Records + 'static, T: 'static, M: 'static> TeamProgress<R, T, M> {
    /// What the members of `beginner` learn, and where those that failed did so. Why they failed
    /// follows from what they learned.
    fn codec(beginner: &dyn LearnTogether<R, T, M>) -> Codec<Self> {
        let beginner = beginner.boxed_clone();
        let encode = |progress: &Self| match progress.learner.to_bytes() {
            Ok(Some(learned)) => encode(learned, &progress.failed, progress.has_rows).map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        let decode = move |bytes: &[u8]| {
            let (learned, places, has_rows) = match decode(bytes) {
                Ok(kept) => kept,
                Err(error) => return Err(error),
            };
            match beginner.resume(&learned) {
                Ok(learner) => Ok(TeamProgress { failed: placed(learner.failures(), places), learner, has_rows }),
                Err(error) => Err(error),
            }
        };
        Codec::new(encode, decode)
    }

    /// The model of a member at the end.
    fn model(&self, member: usize) -> Result<M> {
        match &self.failed[member] {
            _ if !self.has_rows => Err(no_rows()),
            Some(error) => Err(error.clone()),
            None => self.learner.model(member),
        }
    }
}

/// The chunk and the file that a member failed on.
type FailurePlace = Option<(Option<usize>, Option<PathBuf>)>;

/// The learned state as bytes; the places of failures; true if there was a row.
type Kept = (Vec<u8>, Vec<FailurePlace>, bool);

fn encode(learned: Vec<u8>, failed: &[Option<Error>], has_rows: bool) -> Result<Vec<u8>> {
    let place = |error: &Error| (error.place().chunk, error.place().file.clone());
    let failed: Vec<FailurePlace> = failed.iter().map(|failed| failed.as_ref().map(place)).collect();
    to_bytes(&(learned, failed, has_rows))
}

fn decode(bytes: &[u8]) -> Result<Kept> {
    from_bytes(bytes)
}

/// The errors of the members that failed, with their places.
fn placed(failures: Vec<Option<Error>>, places: Vec<FailurePlace>) -> Vec<Option<Error>> {
    let placed = failures.into_iter().zip(places).map(|(error, place)| {
        let mut error = error?.in_task("partial_fit");
        let (chunk, file) = place?;
        error = chunk.into_iter().fold(error, Error::in_chunk);
        Some(file.iter().fold(error, |error, file| error.in_file(file)))
    });
    placed.collect()
}

/// Fits chains of as many epochs together: a handle on a model of type `M` for each.
pub(in crate::combine) fn fit_team<P: 'static, R, T, M>(
    team: &[&Chained<P>],
    learner: Box<dyn LearnTogether<R, T, M>>,
    chunks: &Chunks<DatasetBase<R, T>>,
    rows: &Chunks<RowSet>,
    account: &TimeAccount,
) -> Vec<AnyLazy>
where
    M: Clone + Shared,
    R: Records + Shared,
    T: Shared,
    DatasetBase<R, T>: Rows + Chunk,
{
    let mut members = Vec::with_capacity(team.len());
    for member in team {
        members.push(&member.estimator.identity);
    }
    let team = TeamChain { epochs: &team[0].epochs, members, account };
    if let Err(error) = team.check(chunks.len(), rows.len()) {
        let failed: AnyLazy = Lazy::<M>::failed(error).any();
        return vec![failed; team.members.len()];
    }
    let codec = AnyCodec::new(TeamProgress::codec(&*learner));
    let begin = TeamProgress { learner, failed: vec![None; team.members.len()], has_rows: false };
    let begin = Lazy::given(Task::new("begin", Key::of("no models").input(team.key()).finish()), begin);
    let learn = |place: &AnyLazy| {
        let place = place.clone();
        AnyWork::new(move |inputs| learn_rows::<R, T, M>(inputs, &place))
    };
    let model = |i| AnyWork::new(move |inputs| inputs.get::<TeamProgress<R, T, M>>(0).model(i));
    team.chain(begin.any(), codec, &chunks.any(), &rows.any(), &learn, &model)
}

/// One step of a team: the state, a chunk and the rows of the chunk.
fn learn_rows<R, T, M>(inputs: &mut Inputs, place: &AnyLazy) -> Result<TeamProgress<R, T, M>>
where
    R: Records + Shared,
    T: Shared,
    M: Shared,
{
    let mut progress = inputs.take::<TeamProgress<R, T, M>>(0);
    let rows = inputs.get::<RowSet>(2);
    if rows.is_empty() {
        return Ok(progress);
    }
    progress.has_rows = true;
    match progress.learner.partial_fit(inputs.get(1), rows) {
        Ok(failed) => note_failed(&mut progress.failed, failed, place),
        Err(error) => return Err(error),
    }
    Ok(progress)
}

/// Notes the members that failed on a chunk.
fn note_failed(all: &mut [Option<Error>], failed: Vec<(usize, Error)>, place: &AnyLazy) {
    for (member, error) in failed {
        all[member] = Some(place.place(error.in_task("partial_fit")));
    }
}

/// The chain of a team, whatever the types of chunks and models.
struct TeamChain<'a> {
    epochs: &'a Epochs,
    members: Vec<&'a Identity>,
    account: &'a TimeAccount,
}

impl TeamChain<'_> {
    fn check(&self, n_chunks: usize, n_rows: usize) -> Result<()> {
        match n_rows == n_chunks {
            true => self.members.iter().try_for_each(|member| member.check()),
            false => Err(Error::shape("lists of rows", n_chunks, n_rows)),
        }
    }

    fn key(&self) -> Key {
        let key = self.members.iter().fold(Key::of("team"), |key, member| key.input(member.key())).finish();
        self.epochs.identify(key)
    }

    fn task(&self, name: &'static str, key: Key) -> Task {
        Task::new(name, key).account(self.account)
    }

    /// One step for every chunk of every epoch, then the model of each member.
    fn chain(
        &self,
        begin: AnyLazy,
        codec: AnyCodec,
        chunks: &[AnyLazy],
        rows: &[AnyLazy],
        learn: &dyn Fn(&AnyLazy) -> AnyWork,
        model: &dyn Fn(usize) -> AnyWork,
    ) -> Vec<AnyLazy> {
        let key = self.key();
        let chain = Chain { epochs: self.epochs, key, task: self.task("partial_fit", key), codec: Some(codec) };
        let end = chain.over(begin, visits_of_rows(self.epochs, chunks, rows), learn);
        let of_member = |i: usize| {
            let key = Key::of("member").params(&i).input(end.key()).finish();
            end.map(self.task("end of chain", key), model(i))
        };
        (0..self.members.len()).map(of_member).collect()
    }
}
