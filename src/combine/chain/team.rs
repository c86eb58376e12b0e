//! Chains of teams: several models, passed from chunk to chunk as one.

use std::path::PathBuf;

use linfa::dataset::{DatasetBase, Records};

use super::chained::{Chained, no_rows};
use super::state::{Chain, Visit};
use crate::chunks::Chunks;
use crate::data::codec::{from_bytes, to_bytes};
use crate::data::{Chunk, Codec, RowSet, Rows, Shared};
use crate::error::Error;
use crate::estimator::LearnTogether;
use crate::graph::{Key, Lazy, Task, TimeAccount};

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
        type FailurePlace = Option<(Option<usize>, Option<PathBuf>)>;
        let beginner = beginner.boxed_clone();
        let encode = |progress: &Self| {
            let Some(learned) = progress.learner.to_bytes()? else { return Ok(None) };
            let place = |error: &Error| (error.place().chunk, error.place().file.clone());
            let failed: Vec<FailurePlace> = progress.failed.iter().map(|failed| failed.as_ref().map(place)).collect();
            to_bytes(&(learned, failed, progress.has_rows)).map(Some)
        };
        let decode = move |bytes: &[u8]| {
            let (learned, places, has_rows): (Vec<u8>, Vec<FailurePlace>, bool) = from_bytes(bytes)?;
            let learner = beginner.resume(&learned)?;
            let failed = learner.failures().into_iter().zip(places).map(|(error, place)| {
                let mut error = error?.in_task("partial_fit");
                let (chunk, file) = place?;
                error = chunk.into_iter().fold(error, Error::in_chunk);
                Some(file.iter().fold(error, |error, file| error.in_file(file)))
            });
            Ok(TeamProgress { failed: failed.collect(), learner, has_rows })
        };
        Codec::new(encode, decode)
    }
}

/// Fits chains of as many epochs together.
pub(in crate::combine) fn fit_team<P: 'static, R, T, M>(
    team: &[&Chained<P>],
    learner: Box<dyn LearnTogether<R, T, M>>,
    chunks: &Chunks<DatasetBase<R, T>>,
    rows: &Chunks<RowSet>,
    account: &TimeAccount,
) -> Vec<Lazy<M>>
where
    M: Clone + Shared,
    R: Records + Shared,
    T: Shared,
    DatasetBase<R, T>: Rows + Chunk,
{
    let equal = match rows.len() == chunks.len() {
        true => team.iter().try_for_each(|member| member.estimator.check()),
        false => Err(Error::shape("lists of rows", chunks.len(), rows.len())),
    };
    if let Err(error) = equal {
        return team.iter().map(|_| Lazy::failed(error.clone())).collect();
    }
    let epochs = team[0].epochs;
    let key = team.iter().fold(Key::of("team"), |key, member| key.input(member.estimator.key())).finish();
    let key = epochs.identify(key);
    let task = |name, key| Task::new(name, key).account(account);
    let codec = TeamProgress::codec(&*learner);
    let begin = TeamProgress { learner, failed: vec![None; team.len()], has_rows: false };
    let begin = Lazy::given(Task::new("begin", Key::of("no models").input(key).finish()), begin);
    let step = |name, key| epochs.step(task(name, key));
    let chain = Chain { key, task: &step, codec: Some(codec) };
    let n = chunks.len();
    let visits = (0..epochs.n_epochs).flat_map(|epoch| {
        let visit = move |(place, c): (usize, usize)| {
            let (chunk, rows) = (&chunks.as_slice()[c], &rows.as_slice()[c]);
            let key = Key::of("rows of a chunk").input(chunk.key()).input(rows.key()).finish();
            Visit { turn: epoch * n + place, key, data: (chunk.clone(), rows.clone()) }
        };
        epochs.order(epoch, n).into_iter().enumerate().map(visit)
    });
    let end = chain.over(begin, visits, |progress, task, (chunk, rows)| {
        let place = chunk.clone();
        let step = move |mut progress: TeamProgress<R, T, M>, chunk: &DatasetBase<R, T>, rows: &RowSet| {
            if !rows.is_empty() {
                progress.has_rows = true;
                for (member, error) in progress.learner.partial_fit(chunk, rows)? {
                    progress.failed[member] = Some(place.place(error.in_task("partial_fit")));
                }
            }
            Ok(progress)
        };
        progress.step2(&chunk, &rows, task, step)
    });
    let of_member = |i: usize| {
        let key = Key::of("member").params(&i).input(end.key()).finish();
        end.map(task("end of chain", key), move |end: &TeamProgress<R, T, M>| match &end.failed[i] {
            _ if !end.has_rows => Err(no_rows()),
            Some(error) => Err(error.clone()),
            None => end.learner.model(i),
        })
    };
    (0..team.len()).map(of_member).collect()
}
