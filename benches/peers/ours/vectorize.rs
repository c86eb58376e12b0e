//! Documents in memory to rows of 2^20 columns, with scikit-learn's defaults.

use std::path::Path;

use chunkfit::data::Rows;
use chunkfit::prelude::*;
use chunkfit::text::Analyzer;
use linfa::ParamGuard;
use serde_json::{Value, json};

use super::{corpus, passes};

pub fn run(folder: &Path, char_wb: bool) -> Result<Value, Error> {
    let text = corpus::whole(folder)?.records;
    let params = HashingVectorizer::params();
    let params = if char_wb { params.analyzer(Analyzer::CharWb).ngram_range(2, 4) } else { params };
    let vectorizer = params.check()?;
    let (seconds, rows) = passes::per_pass(|| vectorizer.transform_text(&text))?;
    Ok(json!({
        "seconds": seconds,
        "bytes": text.iter().map(str::len).sum::<usize>(),
        "documents": rows.n_rows(),
        "stored": rows.nnz(),
        "sum": rows.view().iter().flat_map(|(_, values)| values).sum::<f64>(),
    }))
}
