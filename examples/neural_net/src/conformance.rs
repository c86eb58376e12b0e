//! The laws that chunkfit's own estimators are held to.

use chunkfit::ndarray::{Array1, Array3};
use chunkfit::testing::{Block, Examples, TestRows};

use crate::initial;
use crate::params::AutoencoderParams;
use crate::sequences::Sequences;

impl TestRows for Sequences {
    const NAME: &'static str = "sequences";
    const IS_NARROW: bool = true;

    fn of(block: &Block) -> Self {
        let (rows, columns) = block.x.dim();
        let value = |(i, step, j): (usize, usize, usize)| (block.x[(i, j)] / (step + 1) as f64) as f32;
        Sequences::new(Array3::from_shape_fn((rows, 2, columns), value))
    }
}

#[test]
fn the_autoencoder_obeys_the_laws() {
    Examples::<Sequences, Array1<f32>>::new()
        .estimator(AutoencoderParams::new(1).units([3]))
        .refuses_weights()
        .chained()
        .average()
        .rounds()
        .scored()
        .into_files()
        .persisted()
        .varied("units", |params| params.units([2]))
        .varied("learning_rate", |params| params.learning_rate(0.1))
        .varied("batch_size", |params| params.batch_size(5))
        .varied("seed", |params| AutoencoderParams { seed: 2, ..params })
        .varied("initial", |params| params.initial_weights(initial::weights(3, &[3], 5)))
        .fixed("batches_per_epoch", "it is for the history alone")
        .except("cuts", "every chunk begins a batch of its own")
        .except("one chunk", "a round is one more pass over it")
        .except("targets", "targets are not looked at")
        .check();
}
