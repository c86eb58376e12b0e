//! Anomaly scores of held-out sequences, and the file of a model.

use std::path::Path;

use chunkfit::combine::{Fitted, IntoFit};
use chunkfit::persist::Persist;
use chunkfit::prelude::*;
use chunkfit::sinks::{Predictions, Sink};
use chunkfit_neural_net::Autoencoder;
use chunkfit_neural_net::data::Batch;

/// Saves a model and loads it again; the one that was loaded, which scores the same.
pub fn save_and_load(
    model: Autoencoder,
    file: &Path,
    held_out: &Chunks<Batch>,
    runtime: &Runtime,
) -> Result<Autoencoder, Error> {
    model.save(file)?;
    let loaded = Autoencoder::load(file)?;
    let (saved, fit) = (model.into_fit(), loaded.clone().into_fit());
    let (before, after) = runtime.compute((saved.predict(held_out), fit.predict(held_out)))?;
    let same = before == after;
    println!("{}: loaded again, it predicts {}.", file.display(), if same { "the same" } else { "OTHERWISE" });
    Ok(loaded)
}

/// Scores held-out sequences, of which some are spoiled, and writes the scores into a folder, if one is named.
pub fn score(
    model: Autoencoder,
    held_out: &Chunks<Batch>,
    folder: Option<&Path>,
    runtime: &Runtime,
) -> Result<(), Error> {
    let fit = model.into_fit();
    let truth = held_out.map("truth", |batch| batch.targets.clone());
    let (predicted, truth) = runtime.compute((fit.predict(held_out), truth))?;
    let scores: Vec<(f32, bool)> =
        predicted.iter().flatten().copied().zip(truth.iter().flatten().map(|target| *target > 0.5)).collect();
    let mean = |spoiled: bool| {
        let of_kind: Vec<f32> = scores.iter().filter(|(_, kind)| *kind == spoiled).map(|(score, _)| *score).collect();
        of_kind.iter().sum::<f32>() / of_kind.len() as f32
    };
    println!(
        "Held-out sequences: {}. Mean score {:.4}; of those that are spoiled {:.4}.",
        scores.len(),
        mean(false),
        mean(true)
    );
    println!("Area under the ROC curve of the scores: {:.4}.", area_under_curve(&scores));
    if let Some(folder) = folder {
        let written = Sink::csv(folder).write(Predictions::of(&fit, held_out).tables(), runtime)?;
        println!("{} scores are in {}.", written.rows(), folder.display());
    }
    Ok(())
}

/// The share of pairs of a spoiled sequence and another in which the spoiled one has the larger score; ties count half.
fn area_under_curve(scores: &[(f32, bool)]) -> f64 {
    let of_kind = |spoiled: bool| scores.iter().filter(move |(_, kind)| *kind == spoiled).map(|(score, _)| *score);
    let wins = |score: f32| -> f64 {
        of_kind(false).map(|other| if score > other { 1.0 } else { f64::from(u8::from(score == other)) / 2.0 }).sum()
    };
    of_kind(true).map(wins).sum::<f64>() / (of_kind(true).count() * of_kind(false).count()) as f64
}
