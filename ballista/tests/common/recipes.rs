//! What is fitted.

use std::path::{Path, PathBuf};

use chunkfit::linear::LogisticRegression;
use chunkfit::text::HashingVectorizer;
use chunkfit_ballista::Recipe;

/// A logistic regression on two classes.
pub fn binary() -> Recipe {
    let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
    Recipe::new(text, LogisticRegression::<f64, bool>::params().alpha(1e-5)).unwrap()
}

/// As JSON in a file.
pub fn write(recipe: &Recipe, folder: &Path) -> PathBuf {
    let file = folder.join("recipe.json");
    std::fs::write(&file, recipe.to_json()).unwrap();
    file
}
