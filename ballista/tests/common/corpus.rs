//! Made-up documents of any number.

use chunkfit::Runtime;
use chunkfit::datasets::synthetic::Documents;

use super::tables::Part;

/// So many files of so many documents, each of so many words in the mean. Rows of two classes, of four topics, of three
/// customers.
pub fn parts(n_parts: usize, rows: usize, words: usize) -> Vec<Part> {
    let documents = Documents::new(7).n_classes(4).mean_length(words);
    let chunks = documents.chunks(n_parts, rows).unwrap();
    let chunks: Vec<_> = Runtime::new().compute(chunks).unwrap();
    let part = |chunk: &linfa::DatasetBase<chunkfit::data::Text, ndarray::Array1<usize>>| Part {
        text: chunk.records.iter().map(str::to_owned).collect(),
        label: chunk.targets.iter().map(|class| class % 2 == 1).collect(),
        topic: chunk.targets.iter().map(|class| format!("topic {class}")).collect(),
        customer: (0..chunk.targets.len()).map(|row| format!("customer {}", row % 3)).collect(),
    };
    chunks.iter().map(part).collect()
}
