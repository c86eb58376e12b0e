//! Golden values of descriptions, counts of values and groups, computed over chunks; `statistics.py` made them with
//! pandas.

use std::collections::BTreeMap;

use chunkfit::data::{Csr, Rows};
use chunkfit::statistics::{Describe, Description, Moments, ValueCounts};
use chunkfit::{Chunks, Runtime};
use ndarray::Array2;
use serde_json::Value;

use crate::cases;

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some(odd) => odd.parse().expect("nan or inf"),
        None => value.as_f64().expect("a number"),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(number).collect()
}

fn words(value: &Value) -> Vec<String> {
    value.as_array().expect("an array").iter().map(|word| word.as_str().expect("a word").to_owned()).collect()
}

/// Three chunks, of which one may be empty.
fn cut<D: Rows + chunkfit::data::Chunk + Clone>(rows: &D) -> Chunks<D> {
    let n = rows.n_rows();
    let ends = [0, n / 5, n / 2, n];
    let parts = ends.windows(2).map(|ends| rows.select_rows(&(ends[0]..ends[1]).collect::<Vec<_>>()));
    Chunks::from_memory(parts.collect::<Vec<_>>())
}

fn computed(chunks: &Chunks<impl Describe + chunkfit::data::Chunk>) -> Description {
    Runtime::new().compute(chunks.describe()).unwrap()
}

fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    found == expected
        || found.is_nan() && expected.is_nan()
        || (found - expected).abs() <= tolerance * found.abs().max(expected.abs())
}

fn assert_described(description: &Description, case: &Value, tolerance: f64) {
    for (column, name) in words(&case["names"]).iter().enumerate() {
        let found = description.column(&column.to_string()).unwrap();
        let expected = numbers(&case["out"][name]);
        let quantile = |q: f64| found.quantile(q).unwrap();
        let quantiles = [0.25, 0.5, 0.75].map(quantile);
        assert_eq!(found.count() as f64, expected[0], "{name}");
        assert_eq!(found.count() + found.missing(), description.n_rows(), "{name}");
        assert_eq!(found.distinct().unwrap().count, case["distinct"][name].as_u64().unwrap(), "{name}");
        // The sum of a column of all sizes is as good as its largest values; its mean may be far smaller.
        let mean = found.mean();
        let largest = found.min().abs().max(found.max().abs());
        let mean_is_near = near(mean, expected[1], tolerance) || (mean - expected[1]).abs() <= tolerance * largest;
        assert!(mean_is_near, "mean of {name}: {mean} for {}", expected[1]);
        // There, the deviation of a constant is what rounding left.
        let std_is_near =
            near(found.std(), expected[2], 1e3 * tolerance) || (found.std() - expected[2]).abs() <= tolerance * largest;
        assert!(std_is_near, "std of {name}: {} for {}", found.std(), expected[2]);
        assert!(near(found.min(), expected[3], 0.0) && near(found.max(), expected[7], 0.0), "{name}");
        let wider = [0.0, 0.01, 0.1, 0.9, 0.99, 1.0].map(quantile);
        for (found, expected) in
            quantiles.iter().zip(&expected[4..7]).chain(wider.iter().zip(&numbers(&case["wider"][name])))
        {
            // There, what lies between a number and an infinity may be no number.
            assert!(
                near(*found, *expected, tolerance) || expected.is_nan(),
                "quantile of {name}: {found} for {expected}"
            );
        }
    }
}

#[test]
fn descriptions() {
    let mut seen = 0;
    for case in cases("statistics.json").iter().filter(|case| case["kind"] == "describe") {
        let rows = case["rows"].as_array().unwrap();
        let all: Vec<f64> = rows.iter().flat_map(numbers).collect();
        let table = Array2::from_shape_vec((rows.len(), all.len() / rows.len()), all).unwrap();
        match case["dtype"].as_str().unwrap() {
            "float64" => {
                assert_described(&computed(&cut(&table)), case, 1e-13);
                assert_described(&computed(&cut(&Csr::from_dense(&table).unwrap())), case, 1e-13);
            }
            // There, sums and quantiles are in single precision.
            _ => {
                let table = table.mapv(|x| x as f32);
                assert_described(&computed(&cut(&table)), case, 1e-6);
                assert_described(&computed(&cut(&Csr::from_dense(&table).unwrap())), case, 1e-6);
            }
        }
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn strings_and_counts_of_values() {
    let mut seen = 0;
    for case in cases("statistics.json") {
        let expected = &case["out"];
        match case["kind"].as_str().unwrap() {
            "text" => {
                let values = words(&case["values"]);
                let description = computed(&cut(&values));
                let column = description.column("0").unwrap();
                assert_eq!(column.count(), expected["count"].as_u64().unwrap());
                assert_eq!(column.distinct().unwrap().count, expected["unique"].as_u64().unwrap());
                assert_eq!(column.top().unwrap().1, expected["freq"].as_u64().unwrap());
            }
            "value_counts" => {
                let chunks = cut(&words(&case["values"]));
                let counts: ValueCounts<String> =
                    Runtime::new().compute(chunks.value_counts("words", String::clone)).unwrap();
                let found: Vec<(String, u64)> = counts.iter().map(|(word, count)| (word.clone(), count)).collect();
                assert_eq!(found, serde_json::from_value::<Vec<(String, u64)>>(expected.clone()).unwrap());
            }
            _ => continue,
        }
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn groups() {
    let mut seen = 0;
    for case in cases("statistics.json").iter().filter(|case| case["kind"] == "aggregate") {
        let rows: Vec<(String, f64)> = words(&case["groups"]).into_iter().zip(numbers(&case["values"])).collect();
        let groups = cut(&rows).aggregate_by(
            "groups",
            |(group, _)| group.clone(),
            Moments::default(),
            |moments, (_, value)| moments.add(*value),
            |moments, others| moments.merge(&others),
        );
        let groups: BTreeMap<String, Moments> = Runtime::new().compute(groups).unwrap();
        let expected = case["out"].as_object().unwrap();
        assert_eq!(groups.len(), expected.len());
        for (group, moments) in &groups {
            let found =
                [moments.count() as f64, moments.sum(), moments.mean(), moments.std(), moments.min(), moments.max()];
            for (found, expected) in found.iter().zip(numbers(&expected[group])) {
                assert!(
                    near(*found, expected, 1e-12) || (found - expected).abs() < 1e-14,
                    "{group}: {found} for {expected}"
                );
            }
        }
        seen += 1;
    }
    assert!(seen > 0);
}
