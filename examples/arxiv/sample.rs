//! A few made-up papers, for those who have no data at hand.

use std::path::{Path, PathBuf};

use chunkfit::Error;

use crate::papers::{Paper, write_lines};

/// Categories, and words that their abstracts are made of.
const FIELDS: [(&str, [&str; 8]); 5] = [
    ("cs.DS", ["algorithm", "complexity", "runtime", "graph", "queries", "network", "compiler", "storage"]),
    ("math.AG", ["theorem", "proof", "manifold", "algebra", "lemma", "conjecture", "bundle", "cohomology"]),
    ("hep-th", ["boson", "gauge", "quantum", "brane", "symmetry", "collider", "vacuum", "lattice"]),
    ("q-bio.PE", ["species", "protein", "evolution", "cells", "genome", "mutation", "population", "fitness"]),
    ("stat.ML", ["estimator", "regression", "prior", "bootstrap", "variance", "likelihood", "sampling", "covariate"]),
];

const COMMON: [&str; 8] = ["we", "study", "the", "of", "a", "new", "result", "and"];

const FILES: usize = 4;
const PAPERS_A_FILE: usize = 60;

/// Writes the papers to a folder and tells the files.
pub fn write_sample(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let write = |file: usize| {
        let papers: Vec<Paper> = (0..PAPERS_A_FILE).map(|i| paper(file * PAPERS_A_FILE + i)).collect();
        let path = folder.join(format!("sample-{file}.jsonl"));
        write_lines(&path, &papers)?;
        Ok(path)
    };
    (0..FILES).map(write).collect()
}

/// Paper `n`; every third is in two fields.
fn paper(n: usize) -> Paper {
    let mut state = n as u64 + 1;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let first = below(FIELDS.len());
    let second = if n.is_multiple_of(3) { (first + 1 + below(FIELDS.len() - 1)) % FIELDS.len() } else { first };
    let words: Vec<&str> = (0..40)
        .map(|_| match below(4) {
            0 => FIELDS[first].1[below(8)],
            1 => FIELDS[second].1[below(8)],
            _ => COMMON[below(8)],
        })
        .collect();
    let categories = if first == second { vec![FIELDS[first].0] } else { vec![FIELDS[first].0, FIELDS[second].0] };
    Paper {
        id: format!("sample.{n:04}"),
        title: format!("On the {} of {}", words[0], words[1]),
        categories: categories.join(" "),
        summary: format!("{}.", words.join(" ")),
    }
}
