//! Text to sparse counts by other crates, on one thread: `chunkfit-rust-peers vtext|linfa FOLDER`.
//!
//! Reads the folder's JSON lines, works for half a second or more, and prints one line of JSON.

use std::error::Error;
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use linfa_preprocessing::CountVectorizer;
use ndarray::Array1;
use serde_json::{Value, json};
use vtext::tokenize::RegexpTokenizerParams;
use vtext::vectorize::HashingVectorizerParams;

/// How long the same work is done again and again, in seconds.
const LEAST: f64 = 0.5;

/// Seconds of a pass, and the rows and stored values of what it gave.
struct Measured {
    seconds: f64,
    documents: usize,
    stored: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [peer, folder] = arguments.as_slice() else { return Err("usage: vtext|linfa FOLDER".into()) };
    let texts = texts(Path::new(folder))?;
    let bytes: usize = texts.iter().map(String::len).sum();
    let Measured { seconds, documents, stored } = match peer.as_str() {
        "vtext" => vtext(&texts)?,
        "linfa" => linfa(texts)?,
        _ => return Err(format!("no such peer: {peer}").into()),
    };
    println!("{}", json!({ "seconds": seconds, "bytes": bytes, "documents": documents, "stored": stored }));
    Ok(())
}

fn texts(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        for line in fs::read_to_string(file)?.lines() {
            let record: Value = serde_json::from_str(line)?;
            texts.push(record["text"].as_str().ok_or("a record without text")?.to_owned());
        }
    }
    Ok(texts)
}

/// Words hashed to 2^20 columns: by SeaHash, and counted, with neither signs nor norm.
fn vtext(texts: &[String]) -> Result<Measured, Box<dyn Error>> {
    let tokenizer = RegexpTokenizerParams::default().pattern(r"\b\w\w+\b").build().map_err(|e| format!("{e:?}"))?;
    let vectorizer = HashingVectorizerParams::default().tokenizer(tokenizer).build().map_err(|e| format!("{e:?}"))?;
    let (seconds, rows) = per_pass(|| Ok(vectorizer.transform(texts)))?;
    Ok(Measured { seconds, documents: rows.rows(), stored: rows.nnz() })
}

/// Words counted by a vocabulary that was learned before the clock.
fn linfa(texts: Vec<String>) -> Result<Measured, Box<dyn Error>> {
    let texts = Array1::from(texts);
    let vectorizer = CountVectorizer::params().fit(&texts)?;
    let (seconds, rows) = per_pass(|| Ok(vectorizer.transform(&texts)?))?;
    Ok(Measured { seconds, documents: rows.rows(), stored: rows.nnz() })
}

fn per_pass<T>(mut work: impl FnMut() -> Result<T, Box<dyn Error>>) -> Result<(f64, T), Box<dyn Error>> {
    let started = Instant::now();
    let mut passes = 0;
    loop {
        let result = work()?;
        passes += 1;
        let seconds = started.elapsed().as_secs_f64();
        if seconds >= LEAST {
            return Ok((seconds / f64::from(passes), result));
        }
    }
}
