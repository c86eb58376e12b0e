//! Golden values of the text features.

use chunkfit::data::{RawText, Text};
use chunkfit::text::{
    Analyzer, DecodeError, Encoding, FeatureHasher, FeatureValue, HashingVectorizer, HashingVectorizerParams, Norm,
    StopWords, StripAccents, murmur3_32,
};
use linfa::ParamGuard;
use serde_json::Value;

use crate::{assert_rows, cases};

/// A vectorizer from scikit-learn's keyword arguments; one it does not know fails the test.
fn vectorizer(params: &Value) -> HashingVectorizerParams<f64> {
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let flag = |value: &Value| value.as_bool().expect("a flag");
    let size = |value: &Value| value.as_u64().expect("a size") as usize;
    let set = |params: HashingVectorizerParams<f64>, (name, value): (&String, &Value)| match name.as_str() {
        "n_features" => params.n_features(size(value)),
        "alternate_sign" => params.alternate_sign(flag(value)),
        "binary" => params.binary(flag(value)),
        "lowercase" => params.lowercase(flag(value)),
        "token_pattern" => params.token_pattern(text(value)),
        "ngram_range" => params.ngram_range(size(&value[0]), size(&value[1])),
        "norm" => params.norm(value.as_str().map(|norm| match norm {
            "l1" => Norm::L1,
            "l2" => Norm::L2,
            _ => panic!("norm {norm}"),
        })),
        "analyzer" => params.analyzer(match value.as_str() {
            Some("word") => Analyzer::Word,
            Some("char") => Analyzer::Char,
            Some("char_wb") => Analyzer::CharWb,
            _ => panic!("analyzer {value}"),
        }),
        "stop_words" => params.stop_words(match value {
            Value::String(list) if list == "english" => StopWords::English,
            Value::Array(words) => StopWords::Custom(words.iter().map(text).collect()),
            _ => panic!("stop_words {value}"),
        }),
        "strip_accents" => params.strip_accents(match value.as_str() {
            Some("ascii") => Some(StripAccents::Ascii),
            Some("unicode") => Some(StripAccents::Unicode),
            _ => panic!("strip_accents {value}"),
        }),
        "encoding" => params.encoding(match value.as_str() {
            Some("latin-1") => Encoding::Latin1,
            Some("utf-8") => Encoding::Utf8,
            _ => panic!("encoding {value}"),
        }),
        "decode_error" => params.decode_error(match value.as_str() {
            Some("ignore") => DecodeError::Ignore,
            Some("replace") => DecodeError::Replace,
            _ => panic!("decode_error {value}"),
        }),
        _ => panic!("unknown parameter {name}"),
    };
    params.as_object().expect("parameters").iter().fold(HashingVectorizer::params(), set)
}

#[test]
fn hashing_vectorizer() {
    for case in cases("hashing_vectorizer.json") {
        let text: Text = case["docs"].as_array().unwrap().iter().map(|doc| doc.as_str().unwrap()).collect();
        let params = &case["params"];
        let rows = vectorizer(params).check().unwrap().transform_text(&text).unwrap();
        assert_rows(&rows, &case["rows"], &params.to_string());
    }
}

#[test]
fn hashing_vectorizer_bytes() {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let bytes = |hex: &Value| hex.as_str().unwrap().as_bytes().chunks(2).map(byte).collect::<Vec<u8>>();
    for case in cases("hashing_vectorizer_bytes.json") {
        let text: RawText = case["docs_hex"].as_array().unwrap().iter().map(bytes).collect();
        let params = vectorizer(&case["params"]).n_features(1 << 18);
        let rows = params.check().unwrap().transform_raw(&text).unwrap();
        assert_rows(&rows, &case["rows"], &case["params"].to_string());
    }
}

#[test]
fn murmur3() {
    for case in cases("murmur3_32.json") {
        let (key, seed) = (case["key"].as_str().unwrap(), case["seed"].as_u64().unwrap());
        assert_eq!(i64::from(murmur3_32(key.as_bytes(), seed as u32)), case["signed"].as_i64().unwrap(), "{case}");
    }
}

#[test]
fn feature_hasher() {
    for case in cases("feature_hasher.json") {
        let hasher = FeatureHasher::params()
            .n_features(case["n_features"].as_u64().unwrap() as usize)
            .alternate_sign(case["alternate_sign"].as_bool().unwrap())
            .check()
            .unwrap();
        let rows = case["rows_in"].as_array().unwrap();
        let found = match case["input_type"].as_str() {
            Some("string") => hasher
                .transform_names(rows.iter().map(|row| row.as_array().unwrap().iter().map(|x| x.as_str().unwrap()))),
            Some("dict") => hasher.transform_dicts(rows.iter().map(|row| {
                row.as_object().unwrap().iter().map(|(name, value)| match value {
                    Value::String(text) => (name, FeatureValue::Text(text)),
                    _ => (name, FeatureValue::Number(value.as_f64().unwrap())),
                })
            })),
            other => panic!("input_type {other:?}"),
        };
        let label = format!("{} {} {}", case["input_type"], case["n_features"], case["alternate_sign"]);
        assert_rows(&found.unwrap(), &case["rows"], &label);
    }
}
