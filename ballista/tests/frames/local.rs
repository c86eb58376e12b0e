//! What the local engine makes of the same rows.

use chunkfit::combine::{Averaged, FitChunks, FittedPipeline, Pipeline};
use chunkfit::data::Text;
use chunkfit::graph::Compute;
use chunkfit::persist::Persist;
use chunkfit::text::HashingVectorizer;
use chunkfit::{Chunks, Runtime};
use chunkfit_ballista::FrameModel;
use linfa::DatasetBase;
use ndarray::Array1;

use super::setting::text;
use super::tables::Part;

pub type Examples<L> = DatasetBase<Text, Array1<L>>;

/// A chunk a part, with labels by `label`, which gives none for rows that are left out.
pub fn chunks<L: Send + Sync + 'static>(
    parts: &[Part],
    label: impl Fn(&Part, usize) -> Option<L>,
) -> Chunks<Examples<L>> {
    Chunks::from_memory(parts.iter().map(|part| {
        let labels: Vec<Option<L>> = (0..part.text.len()).map(|row| label(part, row)).collect();
        let kept = part.text.iter().zip(&labels).filter(|(_, label)| label.is_some());
        let text: Text = kept.map(|(text, _)| text.as_str()).collect();
        DatasetBase::new(text, labels.into_iter().flatten().collect::<Array1<L>>())
    }))
}

/// The pipeline over the chunks.
pub fn fit<L, F, M>(estimator: F, chunks: &Chunks<Examples<L>>) -> FittedPipeline<HashingVectorizer<f64>, M>
where
    L: Clone + chunkfit::data::Chunk,
    F: FitChunks<DatasetBase<chunkfit::data::Csr<f64>, Array1<L>>>,
    F::Fit: Compute<Output = M>,
{
    Runtime::new().threads(2).compute(Pipeline::new(text(), estimator).fit(chunks)).unwrap()
}

pub fn averaged<P: chunkfit::data::Identified + serde::Serialize>(params: P) -> Averaged<P> {
    Averaged::new(params)
}

/// All bits of the model, its training state too, are those of the local one.
#[track_caller]
pub fn assert_same<M: Persist>(fitted: &FrameModel, local: &FittedPipeline<HashingVectorizer<f64>, M>) {
    let training = fitted.describe().unwrap().training;
    assert!(local.to_bytes(&training).unwrap() == fitted.bytes()[..], "the models differ");
}
