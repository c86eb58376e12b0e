//! Trainings over chunks: pure steps, the same bits on any number of threads, files, checkpoints, figures, averages.

use chunkfit::estimator::PartialFit;
use chunkfit::graph::Checkpoint;
use chunkfit::linfa::DatasetBase;
use chunkfit::metrics::Scorer;
use chunkfit::persist::Persist;
use chunkfit::prelude::*;
use chunkfit_neural_net::{Autoencoder, Sequences, data};

use crate::{batch, small};

/// All numbers of a model in training.
fn bits(model: &Autoencoder) -> String {
    serde_json::to_string(model).unwrap()
}

fn batches() -> Chunks<data::Batch> {
    Chunks::from_fn("batch", 4, |c| Ok(batch(40 + c, c))).identified("batches of the tests")
}

#[test]
fn a_step_changes_nothing_but_its_result() {
    let first = small().partial_fit(None, &batch(40, 0)).unwrap();
    let (before, copy) = (bits(&first), first.clone());
    let [second, again] = [(); 2].map(|()| small().partial_fit(Some(first.clone()), &batch(40, 1)).unwrap());
    assert_eq!(bits(&second), bits(&again));
    assert_ne!(bits(&second), before);
    assert_eq!((bits(&first), bits(&copy)), (before.clone(), before));
}

#[test]
fn the_bits_are_those_of_one_thread() {
    let params = small().batches_per_epoch(4);
    let fit = |threads| {
        let fits = (
            Chained::new(params.clone()).epochs(2).fit(&batches()),
            Averaged::new(params.clone()).rounds(2).fit(&batches()),
        );
        let (chained, averaged) = Runtime::new().threads(threads).compute(fits).unwrap();
        (bits(&chained), bits(&averaged))
    };
    let one = fit(1);
    assert!(fit(2) == one && fit(4) == one);
}

#[test]
fn a_model_that_was_loaded_predicts_and_learns_as_the_one_that_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.safetensors");
    let model = small().partial_fit(None, &batch(40, 0)).unwrap();
    model.save(&file).unwrap();
    let loaded = Autoencoder::load(&file).unwrap();
    let held_out = batch(10, 9).records;
    assert_eq!(model.anomaly_scores(&held_out).unwrap(), loaded.anomaly_scores(&held_out).unwrap());
    let [a, b] = [model, loaded].map(|model| bits(&small().partial_fit(Some(model), &batch(40, 1)).unwrap()));
    assert_eq!(a, b);
}

#[test]
fn a_chain_that_was_interrupted_goes_on_as_if_it_had_not_been() {
    let folder = tempfile::tempdir().unwrap();
    let chained = |batches: &Chunks<data::Batch>| Chained::new(small()).epochs(3).fit(batches);
    let undisturbed = Runtime::new().compute(chained(&batches())).unwrap();
    // The last batch cannot be read for now.
    let broken = Chunks::from_fn("batch", 4, |c| match c {
        3 => Err(Error::new(ErrorKind::NoRows { estimator: "a broken file" })),
        c => Ok(batch(40 + c, c)),
    });
    let broken = broken.identified("batches of the tests");
    let runtime = || Runtime::new().checkpoint(Checkpoint::new(folder.path()));
    assert!(runtime().compute(chained(&broken)).is_err());
    let run = runtime().run(chained(&batches())).unwrap();
    assert!(run.summary.restored() > 0);
    assert_eq!(bits(&run.values), bits(&undisturbed));
}

#[test]
fn every_epoch_states_its_loss() {
    let chained = Chained::new(small().batches_per_epoch(4)).epochs(3).fit(&batches());
    let run = Runtime::new().profile(true).run(&chained).unwrap();
    let stated: Vec<f64> = run.profile.unwrap().figures.iter().map(|figure| figure.value).collect();
    assert_eq!(stated, run.values.history().losses);
    assert!(stated.len() == 3 && stated[2] < stated[0]);
}

#[test]
fn an_average_learns_in_rounds_and_its_loss_is_that_of_all_batches() {
    let (params, runtime) = (small(), Runtime::new());
    let model = runtime.compute(Averaged::new(params.clone()).rounds(5).fit(&batches())).unwrap();
    let losses = &model.history().losses;
    assert!(losses.len() == 5 && losses[4] < losses[0], "{losses:?}");
    // All chunks begin with the weights of the seed: the first loss is that of these weights on all rows.
    let begin = Autoencoder::from_weights(chunkfit_neural_net::initial::weights(3, &[5, 4], 11)).unwrap();
    let score = Lazy::value(begin).scores(&batches(), [Scorer::NegMeanAbsoluteError]);
    let first = -runtime.compute(score).unwrap()[0];
    assert!((losses[0] - first).abs() < 1e-6, "{losses:?} {first}");
}

#[test]
fn rows_become_batches_of_sequences_wherever_their_chunks_end() {
    let computed = |rows: &Chunks<data::LabelledRows>| Runtime::new().compute(data::batches(rows)).unwrap();
    let batches = computed(&data::rows(700, 10).unwrap());
    assert_eq!(batches.iter().map(|batch| batch.records.len()).collect::<Vec<_>>(), [128, 12]);
    let whole = Runtime::new().compute(data::rows(700, 10).unwrap()).unwrap();
    assert_eq!(batches[1].records.values()[(3, 4, 5)], whole[(6400 + 154) / 10].records[(4, 5)] as f32);
    let spoiled = Runtime::new().compute(data::spoiled(&data::batches(&data::rows(15, 100).unwrap()))).unwrap();
    assert_eq!(spoiled[0].targets.iter().filter(|target| **target == 1.0).count(), 3);
    assert!(Sequences::cut(whole[0].records.view(), 0).is_err());
}

#[test]
fn parameters_out_of_range_and_rows_that_do_not_fit_are_refused() {
    let wrong = [
        small().units([]),
        small().units([3, 0]),
        small().learning_rate(0.0),
        small().batch_size(0),
        small().batches_per_epoch(0),
    ];
    for params in wrong {
        let error = params.partial_fit(None, &batch(3, 0)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { .. }), "{error}");
    }
    let model = small().partial_fit(None, &batch(3, 0)).unwrap();
    let narrow = Sequences::new(chunkfit::ndarray::Array3::zeros((2, 6, 2)));
    let error = small().partial_fit(Some(model.clone()), &DatasetBase::new(narrow.clone(), ())).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what: "columns", .. }), "{error}");
    assert!(model.reconstruct(&narrow).is_err());
    let error = small().learning_rate(1e38).partial_fit(Some(model), &batch(300, 0)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Diverged { .. }), "{error}");
}
