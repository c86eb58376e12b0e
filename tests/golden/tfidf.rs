//! Golden values of the weights of words.

use chunkfit::data::{Csr, CsrBuilder, Norm, Rows};
use chunkfit::estimator::{LearnRows, TransformRows};
use chunkfit::preprocessing::TfidfTransformer;
use linfa::ParamGuard;
use serde_json::Value;

use crate::{assert_rows, cases, sparse_rows};

fn matrix(rows: &Value, n_features: usize) -> Csr<f64> {
    let mut matrix = CsrBuilder::new(n_features).unwrap();
    for row in sparse_rows(rows) {
        row.into_iter().for_each(|(column, value)| matrix.push(column, value));
        matrix.end_row().unwrap();
    }
    matrix.finish()
}

/// Learned in one part, and in parts of three rows.
#[test]
fn tfidf_transformer() {
    for case in cases("tfidf.json") {
        let flag = |name: &str| case[name].as_bool().unwrap();
        let norm = case["norm"].as_str().map(|norm| match norm {
            "l1" => Norm::L1,
            "l2" => Norm::L2,
            _ => panic!("norm {norm}"),
        });
        let label = ["norm", "use_idf", "smooth_idf", "sublinear_tf"].map(|name| case[name].to_string()).join(" ");
        let params = TfidfTransformer::params()
            .norm(norm)
            .use_idf(flag("use_idf"))
            .smooth_idf(flag("smooth_idf"))
            .sublinear_tf(flag("sublinear_tf"))
            .check()
            .unwrap();
        let counts = matrix(&case["x"], case["n_features"].as_u64().unwrap() as usize);
        let mut state = None;
        for start in (0..counts.n_rows()).step_by(3) {
            let part = counts.slice_rows(start..counts.n_rows().min(start + 3)).to_owned();
            state = Some(params.partial_fit(state, &part).unwrap());
        }
        let whole = params.learn(&counts).unwrap();
        for state in [state.unwrap(), whole] {
            let transformer = LearnRows::<Csr<f64>>::finish(&params, state).unwrap();
            assert_rows(&transformer.transform_rows(&counts).unwrap(), &case["rows"], &label);
        }
    }
}
