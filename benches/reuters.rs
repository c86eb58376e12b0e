//! Reuters-21578 end to end, or the embedded sample: parsing the files, hashing the words, a chained SGD and an
//! averaged logistic regression together, and their scores on the fifth that was held out.

#[path = "common/collection.rs"]
mod collection;

use chunkfit::datasets::reuters::Source;
use chunkfit::prelude::*;
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    println!("{:?}", collection::files().origin);
    divan::main();
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn files_to_scores(bencher: Bencher, threads: usize) {
    let files = collection::files();
    let bytes: usize = files.files.iter().map(size).sum();
    let run = |threads| {
        let (train, test) = every_nth_split(&collection::examples(&files), 5);
        let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
        let chained = Pipeline::new(text.clone(), Chained::new(SgdClassifier::params().shuffle(false))).fit(&train);
        let averaged = Pipeline::new(text, Averaged::new(LogisticRegression::params().alpha(1e-5))).fit(&train);
        let scores = (chained.confusion(&test), averaged.confusion(&test), test.n_rows());
        let (chained, averaged, rows) = Runtime::new().threads(threads).compute(scores).expect("stories are learned");
        assert!(rows > 50);
        [chained.accuracy(), averaged.accuracy()]
    };
    let scores = run(1);
    assert!(scores.iter().all(|accuracy| *accuracy > 0.93), "{scores:?}");
    bencher.counter(BytesCount::new(bytes)).bench_local(|| assert_eq!(run(threads), scores));
}

/// Bytes of a file.
fn size(file: &Source) -> usize {
    match file {
        Source::File(path) => path.metadata().expect("a file that was found").len() as usize,
        Source::Embedded { bytes, .. } => bytes.len(),
        _ => unreachable!("files lie on disk or within the library"),
    }
}
