//! Speed of vectorizing text, in bytes of text a second, by what is counted and by script.
//!
//! One document is about 130 words; words are drawn so that a few are frequent and most are rare,
//! as in news text. The text is some 4 MB in ASCII, more in scripts whose letters take several bytes.

#[path = "common/text.rs"]
mod text;

use chunkfit::data::{Float, Rows, Text};
use chunkfit::text::{Analyzer, HashingVectorizer, HashingVectorizerParams, StopWords};
use divan::Bencher;
use divan::counter::BytesCount;
use linfa::ParamGuard;
use text::{ASCII, documents};

const DOCUMENTS: usize = 5_000;

#[derive(Clone, Copy, Debug)]
enum Script {
    Ascii,
    /// Most words have a letter with an accent or two.
    AccentedLatin,
    Greek,
    Cyrillic,
    /// Words of up to eleven characters, with blanks between, which real text has not.
    Chinese,
}

const SCRIPTS: [Script; 5] = [Script::Ascii, Script::AccentedLatin, Script::Greek, Script::Cyrillic, Script::Chinese];

impl Script {
    fn documents(self) -> Text {
        let alphabet = match self {
            Script::Ascii => ASCII,
            Script::AccentedLatin => "aàbcçdeéèfghiïlmnñoöprstuüvABCÉÖ",
            Script::Greek => "αβγδεζηθικλμνξοπρστυφχψωάέήόΑΒΓΔ",
            Script::Cyrillic => "абвгдежзиклмнопрстуфхцчшщыьэюяАБВГ",
            Script::Chinese => "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生",
        };
        documents(alphabet, DOCUMENTS)
    }
}

fn main() {
    divan::main();
}

fn vectorize<F: Float>(bencher: Bencher, text: Text, params: HashingVectorizerParams<F>) {
    let vectorizer = params.n_features(1 << 18).check().expect("valid parameters");
    let bytes: usize = text.iter().map(str::len).sum();
    let nnz = vectorizer.transform_text(&text).expect("valid text").nnz();
    assert!(nnz > 10 * DOCUMENTS, "{nnz} values");
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let rows = vectorizer.transform_text(divan::black_box(&text)).expect("valid text");
        assert_eq!((rows.n_rows(), rows.nnz()), (DOCUMENTS, nnz));
        rows
    });
}

#[divan::bench(args = SCRIPTS)]
fn words(bencher: Bencher, script: Script) {
    vectorize(bencher, script.documents(), HashingVectorizer::params());
}

#[divan::bench(args = SCRIPTS)]
fn words_f32(bencher: Bencher, script: Script) {
    vectorize(bencher, script.documents(), HashingVectorizer::params().dtype::<f32>());
}

#[divan::bench(args = SCRIPTS)]
fn words_and_pairs(bencher: Bencher, script: Script) {
    vectorize(bencher, script.documents(), HashingVectorizer::params().ngram_range(1, 2));
}

#[divan::bench(args = SCRIPTS, sample_count = 10)]
fn characters_2_to_4(bencher: Bencher, script: Script) {
    vectorize(bencher, script.documents(), HashingVectorizer::params().analyzer(Analyzer::Char).ngram_range(2, 4));
}

#[divan::bench(args = SCRIPTS, sample_count = 10)]
fn characters_in_words_2_to_4(bencher: Bencher, script: Script) {
    vectorize(bencher, script.documents(), HashingVectorizer::params().analyzer(Analyzer::CharWb).ngram_range(2, 4));
}

/// One letter in forty is not ASCII.
#[divan::bench]
fn mostly_ascii_words(bencher: Bencher) {
    let text = documents("abcdefghijklmnoprstuvwyABCDET0123456789é", DOCUMENTS);
    vectorize(bencher, text, HashingVectorizer::params());
}

#[divan::bench]
fn ascii_words_without_stop_words(bencher: Bencher) {
    vectorize(bencher, Script::Ascii.documents(), HashingVectorizer::params().stop_words(StopWords::English));
}

#[divan::bench]
fn ascii_other_pattern(bencher: Bencher) {
    let params = HashingVectorizer::params().token_pattern(r"(?u)\b[a-zA-Z]{3,}\b");
    vectorize(bencher, Script::Ascii.documents(), params);
}
