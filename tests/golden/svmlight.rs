//! Sparse rows as `load_svmlight_file` reads them, to the bit, however the file is cut.

use chunkfit::Runtime;
use chunkfit::data::{Csr, Rows};
use chunkfit::sources::{IndexBase, Svmlight};

use super::{cases, floats};

#[test]
fn svmlight_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.svm");
    for case in cases("svmlight.json") {
        std::fs::write(&file, case["text"].as_str().unwrap()).unwrap();
        let n_features = case["n_features"].as_u64().unwrap() as usize;
        let base = if case["zero_based"].as_bool().unwrap() { IndexBase::Zero } else { IndexBase::One };
        let indptr: Vec<usize> = floats(&case["indptr"]).into_iter().map(|x| x as usize).collect();
        let indices: Vec<u32> = floats(&case["indices"]).into_iter().map(|x| x as u32).collect();
        let values = case["data"].as_array().unwrap().iter().map(|value| value.as_str().unwrap().parse().unwrap());
        let expected = Csr::new(n_features, indptr, indices, values.collect()).unwrap();
        for chunk_bytes in [1, 64, 1 << 20] {
            let rows = Svmlight::open(&file).unwrap().chunk_bytes(chunk_bytes);
            let chunks = rows.rows_and_labels::<f64, f64>(n_features, base).unwrap().chunks();
            let chunks = Runtime::new().threads(1).compute(chunks).unwrap();
            let parts: Vec<&Csr<f64>> = chunks.iter().map(|chunk| &chunk.records).collect();
            assert_eq!(Csr::concat_rows(&parts).unwrap(), expected);
            let labels: Vec<f64> = chunks.iter().flat_map(|chunk| chunk.targets.to_vec()).collect();
            assert_eq!(labels, floats(&case["y"]));
        }
    }
}
