//! Speed of vectorizing text, in bytes of text a second.
//!
//! One document is about 130 words; words are drawn so that a few are frequent and most are rare,
//! as in news text. The text is some 4 MB.

use chunkfit::data::{Rows, Text};
use chunkfit::text::{Analyzer, HashingVectorizer, HashingVectorizerParams, StopWords};
use divan::Bencher;
use divan::counter::BytesCount;
use linfa::ParamGuard;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const DOCUMENTS: usize = 5_000;
const WORDS: usize = 130;
const VOCABULARY: usize = 40_000;

fn main() {
    divan::main();
}

/// Words of `alphabet`, the rank of each word drawn log-uniformly (Zipf's law).
fn documents(alphabet: &str) -> Text {
    let mut rng = ChaCha8Rng::seed_from_u64(42);
    let alphabet: Vec<char> = alphabet.chars().collect();
    let vocabulary: Vec<String> = (0..VOCABULARY)
        .map(|rank| {
            // Frequent words are short.
            let longest = if rank < 100 { 4 } else { 11 };
            (0..rng.gen_range(1..=longest)).map(|_| alphabet[rng.gen_range(0..alphabet.len())]).collect()
        })
        .collect();
    let mut document = || {
        let mut text = String::new();
        for _ in 0..WORDS {
            let rank = (VOCABULARY as f64).powf(rng.r#gen::<f64>()) as usize;
            text.push_str(&vocabulary[rank.min(VOCABULARY - 1)]);
            text.push_str(if rng.gen_ratio(1, 12) { ".\n" } else { " " });
        }
        text
    };
    (0..DOCUMENTS).map(|_| document()).collect()
}

fn ascii() -> Text {
    documents("abcdefghijklmnoprstuvwyABCDET0123456789")
}

fn vectorize(bencher: Bencher, text: Text, params: HashingVectorizerParams<f64>) {
    let vectorizer = params.n_features(1 << 18).check().expect("valid parameters");
    let bytes: usize = text.iter().map(str::len).sum();
    let nnz = vectorizer.transform_text(&text).expect("valid text").nnz();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let rows = vectorizer.transform_text(divan::black_box(&text)).expect("valid text");
        assert_eq!((rows.n_rows(), rows.nnz()), (DOCUMENTS, nnz));
        rows
    });
}

#[divan::bench]
fn ascii_words(bencher: Bencher) {
    vectorize(bencher, ascii(), HashingVectorizer::params());
}

#[divan::bench]
fn mostly_ascii_words(bencher: Bencher) {
    vectorize(bencher, documents("abcdefghijklmnoprstuvwyABCDET0123456789é"), HashingVectorizer::params());
}

#[divan::bench]
fn cyrillic_words(bencher: Bencher) {
    vectorize(bencher, documents("абвгдежзиклмнопрстуфхАБВ"), HashingVectorizer::params());
}

#[divan::bench]
fn ascii_words_without_stop_words(bencher: Bencher) {
    vectorize(bencher, ascii(), HashingVectorizer::params().stop_words(StopWords::English));
}

#[divan::bench]
fn ascii_word_pairs(bencher: Bencher) {
    vectorize(bencher, ascii(), HashingVectorizer::params().ngram_range(1, 2));
}

#[divan::bench]
fn ascii_characters_in_words(bencher: Bencher) {
    vectorize(bencher, ascii(), HashingVectorizer::params().analyzer(Analyzer::CharWb).ngram_range(2, 4));
}

#[divan::bench]
fn ascii_other_pattern(bencher: Bencher) {
    vectorize(bencher, ascii(), HashingVectorizer::params().token_pattern(r"(?u)\b[a-zA-Z]{3,}\b"));
}
