//! Sets of labels to targets of `bool`, over chunks.

use std::sync::Arc;

use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array1, Array2};

use super::{FitChunks, Preprocess};
use crate::chunks::Chunks;
use crate::data::{Chunk, Footprint, Shared};
use crate::graph::{Key, Lazy, Task};
use crate::preprocessing::{Category, MultiLabelBinarizer, MultiLabelBinarizerParams};

impl<R, S> Chunks<DatasetBase<R, Array1<S>>>
where
    R: Records + Footprint + Clone + Shared,
    S: Chunk + Clone,
{
    /// The binarizer of the sets of labels that the rows have for targets, learned in one pass over the chunks
    /// (scikit-learn's `MultiLabelBinarizer().fit(y)`).
    ///
    /// [`binarized_labels`](Self::binarized_labels) then makes the targets that
    /// [`OneVsRest`](crate::linear::OneVsRest) learns from. Its [`class_names`](MultiLabelBinarizer::class_names) name the
    /// labels of the model and of tables of scores.
    ///
    /// ```
    /// use chunkfit::linear::OneVsRest;
    /// use chunkfit::prelude::*;
    /// use chunkfit::preprocessing::MultiLabelBinarizer;
    /// use linfa::DatasetBase;
    /// use ndarray::{Array1, array};
    ///
    /// let sets: Array1<Vec<&str>> = vec![vec!["oil", "trade"], vec!["tea"], vec![], vec!["oil"]].into();
    /// let x = array![[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]];
    /// let chunks = Chunks::from_memory([DatasetBase::new(x.clone(), sets)]);
    ///
    /// let binarizer = chunks.label_binarizer(MultiLabelBinarizer::params());
    /// let targets = chunks.binarized_labels(&binarizer);
    /// let fit = Chained::new(OneVsRest::params(SgdClassifier::params())).epochs(20).fit(&targets);
    /// let (model, binarizer, counts) = Runtime::new().compute((&fit, binarizer, fit.label_counts(&targets)))?;
    ///
    /// println!("{}", counts.report(&binarizer.class_names())?);
    /// let model = model.with_label_names(binarizer.class_names())?;
    /// assert_eq!(model.predict_names(&x)?, [vec!["oil", "trade"], vec!["tea"], vec![], vec!["oil"]]);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// [`ChainedLabels`](super::ChainedLabels) asks for the number of labels when the fit is put together: compute the
    /// binarizer before, or declare the [classes](MultiLabelBinarizerParams::classes).
    pub fn label_binarizer<L: Category>(
        &self,
        params: MultiLabelBinarizerParams<L, f64>,
    ) -> Lazy<Arc<MultiLabelBinarizer<L, f64>>>
    where
        for<'a> &'a S: IntoIterator<Item = &'a L>,
        MultiLabelBinarizerParams<L, f64>: serde::Serialize,
    {
        let sets = self.map_keyed("label sets", Key::of("label sets").finish(), |chunk| Ok(chunk.targets.clone()));
        Preprocess::new(params).fit(&sets).transformer()
    }

    /// The rows with a column of `bool` for every class of a binarizer in place of their sets of labels, shape
    /// (rows, classes); weights go along.
    ///
    /// # Errors
    /// When computed: a label that the binarizer does not know, unless it ignores it
    /// ([`UnknownLabel`](crate::ErrorKind::UnknownLabel)), with the row.
    pub fn binarized_labels<L: Category>(
        &self,
        binarizer: &Lazy<Arc<MultiLabelBinarizer<L, f64>>>,
    ) -> Chunks<DatasetBase<R, Array2<bool>>>
    where
        for<'a> &'a S: IntoIterator<Item = &'a L>,
    {
        let turn = binarizer.turn() + 1;
        Chunks::from_lazies(self.iter().enumerate().map(|(c, part)| {
            let key = Key::of("binarized labels").input(binarizer.key()).input(part.key()).finish();
            let task = Task::new("binarize", key).remakeable().measured::<DatasetBase<R, Array2<bool>>>();
            binarizer.zip(part, task.order(turn + c), |binarizer, chunk| {
                let targets = binarizer.indicators(&chunk.targets)?;
                Ok(DatasetBase::new(chunk.records.clone(), targets).with_weights(chunk.weights.clone()))
            })
        }))
    }
}
