//! Laws of statistics: parts merged in any cut are the whole, and few values are described exactly.

use ndarray::{Array2, array};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::data::{Csr, Rows, Text};
use crate::error::{ErrorKind, Result};
use linfa::DatasetBase;

fn random(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Numbers of many sizes, some of them often.
fn numbers(n: usize, seed: u64) -> Vec<f64> {
    let mut random = random(seed);
    let number = |_| match random.gen_range(0..5) {
        0 => f64::from(random.gen_range(-3..4)),
        1 => random.gen_range(-1e12..1e12),
        2 => random.gen_range(-1e-7..1e-7),
        _ => random.gen_range(-3.0..3.0) + random.gen_range(-3.0..3.0),
    };
    (0..n).map(number).collect()
}

fn histogram(values: &[f64], max_bins: usize) -> ValueHistogram {
    let part = ValueHistogram::with_max_bins(max_bins).unwrap();
    part.merge(&ValueHistogram::count(values.iter().copied()).unwrap())
}

fn folded<'a>(parts: impl Iterator<Item = &'a ValueHistogram>) -> ValueHistogram {
    parts.fold(ValueHistogram::default(), ValueHistogram::merge)
}

/// Linear interpolation in the sorted values.
fn slow_quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    low + (high - low) * at.fract()
}

#[test]
fn histograms_merged_in_any_order_have_the_bits_of_the_whole() {
    let mut values = numbers(100_000, 1);
    values.extend([f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, f64::MAX, f64::MIN_POSITIVE / 8.0]);
    for max_bins in [4096, 10_000, 1 << 16] {
        let whole = histogram(&values, max_bins);
        assert!(whole.n_bins() <= max_bins && !whole.is_exact() && whole.n_values() == values.len() as u64);
        assert_eq!((whole.min(), whole.max()), (Some(f64::NEG_INFINITY), Some(f64::INFINITY)));
        for size in [3_000, 17_919] {
            let parts: Vec<_> = values.chunks(size).map(|part| histogram(part, max_bins)).collect();
            let pairs: Vec<_> = parts.chunks(2).map(|pair| folded(pair.iter())).collect();
            for merged in [folded(parts.iter()), folded(parts.iter().rev()), folded(pairs.iter())] {
                assert_eq!(merged, whole);
            }
        }
    }
}

#[test]
fn values_counted_one_by_one_are_those_counted_together() {
    let values = numbers(6_000, 2);
    let mut one_by_one = ValueHistogram::with_max_bins(4096).unwrap();
    values.iter().for_each(|&value| one_by_one.add(value).unwrap());
    assert!(!one_by_one.is_exact());
    assert_eq!(one_by_one, histogram(&values, 4096));
}

proptest! {
    #[test]
    fn quantiles_of_few_values_are_exact(
        mut values in prop::collection::vec(prop_oneof![-1e9..1e9f64, -1e-9..1e-9f64, Just(0.0), Just(7.5)], 1..60),
        q in 0.0..=1.0f64,
    ) {
        let histogram = ValueHistogram::count(values.iter().copied()).unwrap();
        values.sort_by(f64::total_cmp);
        let (found, expected) = (histogram.quantile(q).unwrap(), slow_quantile(&values, q));
        prop_assert!((found - expected).abs() <= 1e-15 * 1e9, "{found} for {expected}");
        prop_assert_eq!(histogram.quantile(0.0).unwrap(), values[0]);
        prop_assert_eq!(histogram.quantile(1.0).unwrap(), values[values.len() - 1]);
    }

    #[test]
    fn moments_of_parts_are_those_of_the_whole(values in prop::collection::vec(prop_oneof![
        -1e3..1e3f64, Just(f64::NAN), Just(1e9), Just(f64::INFINITY)], 0..60), cut in 0..60usize) {
        let cut = cut.min(values.len());
        let whole = Moments::of(values.iter().copied());
        let mut parts = Moments::of(values[..cut].iter().copied());
        parts.merge(&Moments::of(values[cut..].iter().copied()));
        assert_near(&parts, &whole);
        let (mut block, mut left) = (Moments::default(), values.clone());
        block.add_block(&mut left);
        assert_near(&block, &whole);
        prop_assert_eq!(left.len(), values.iter().filter(|value| !value.is_nan()).count());
    }
}

fn is_near(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
}

fn assert_near(found: &Moments, expected: &Moments) {
    let exact = |m: &Moments| (m.count(), m.missing(), m.infinite(), m.min().to_bits(), m.max().to_bits());
    assert_eq!(exact(found), exact(expected));
    for of in [Moments::mean, Moments::std, Moments::sum] {
        let (found, expected) = (of(found), of(expected));
        assert!(is_near(found, expected) || (found - expected).abs() < 1e-9, "{found} for {expected}");
    }
}

/// With the fewest bins that there can be, quantiles are within a bin's width, and far nearer for smooth data.
#[test]
fn quantiles_of_many_values_are_within_a_bin() {
    let mut random = random(3);
    let spread: Vec<f64> = (0..300_000).map(|_| random.gen_range(0.0..1.0)).collect();
    let heavy: Vec<f64> = spread.iter().map(|&x| if x < 0.4 { 0.625 } else { x }).collect();
    let skew: Vec<f64> = spread.iter().map(|&x| (8.0 * x - 4.0).exp()).collect();
    for (values, smooth) in [(spread, true), (heavy, false), (skew, true), (numbers(300_000, 4), false)] {
        let coarse = histogram(&values, 4096);
        assert!(!coarse.is_exact());
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        for q in [0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999] {
            let (found, expected) = (coarse.quantile(q).unwrap(), slow_quantile(&sorted, q));
            let wrong = (found - expected).abs();
            let width = coarse.relative_width() * expected.abs().max(found.abs());
            assert!(wrong <= width, "{q}: {found} for {expected}");
            assert!(!smooth || wrong < 0.1 * width, "{q}: {found} for {expected}, a bin is {width} wide");
        }
    }
}

/// Columns: a few values, a constant, a huge mean, missing ones, all different, infinities, mostly zeros.
fn table(n: usize, seed: u64) -> Array2<f64> {
    let mut random = random(seed);
    Array2::from_shape_fn((n, 7), |(_, column)| match column {
        0 => f64::from(random.gen_range(0..9)),
        1 => 0.1,
        2 => 1e9 + random.gen_range(0.0..1.0),
        3 if random.gen_bool(0.3) => f64::NAN,
        3 => f64::from(random.gen_range(0..500)),
        4 => random.gen_range(-1.0..1.0),
        5 if random.gen_bool(1e-3) => f64::INFINITY,
        5 => f64::from(random.gen_range(0..2)),
        _ if random.gen_bool(0.9) => 0.0,
        _ => random.gen_range(-1.0..1.0),
    })
}

fn assert_same(found: &Description, expected: &Description) {
    assert_eq!((found.n_rows(), found.n_columns()), (expected.n_rows(), expected.n_columns()));
    for (found, expected) in found.columns().zip(expected.columns()) {
        assert_eq!(found.name(), expected.name());
        assert_eq!((found.count(), found.missing()), (expected.count(), expected.missing()), "{}", found.name());
        assert_eq!(found.distinct(), expected.distinct(), "{}", found.name());
        assert_eq!(found.histogram(), expected.histogram(), "{}", found.name());
        assert_eq!(
            (found.min().to_bits(), found.max().to_bits()),
            (expected.min().to_bits(), expected.max().to_bits())
        );
        assert_eq!(found.top(), expected.top());
        // A mean near 0 is as good as the values that it is of.
        let rounding = 1e-12 * expected.min().abs().max(expected.max().abs());
        let off = (found.mean() - expected.mean()).abs();
        assert!(is_near(found.mean(), expected.mean()) || off < rounding, "{off} in {}", found.name());
        assert!(is_near(found.std(), expected.std()), "{} for {}", found.std(), expected.std());
    }
}

#[test]
fn tables_described_in_parts_are_described_as_a_whole() {
    let options = DescribeOptions::default();
    let table = table(20_000, 5);
    let whole = table.describe(&options).unwrap();
    let distinct: Vec<_> = whole.columns().map(|column| column.distinct().unwrap()).collect();
    assert_eq!(
        distinct.iter().map(|distinct| distinct.is_exact).collect::<Vec<_>>(),
        [true, true, false, true, false, true, true]
    );
    let different = distinct[4].count as f64;
    assert!((different / 20_000.0 - 1.0).abs() < 0.03, "{different}");
    for size in [20_000, 9_999, 3_000, 701] {
        let rows: Vec<usize> = (0..20_000).collect();
        let parts: Vec<_> = rows.chunks(size).map(|rows| table.select_rows(rows).describe(&options).unwrap()).collect();
        let fold =
            |parts: Vec<Description>| parts.into_iter().try_fold(Description::default(), Description::merge).unwrap();
        assert_same(&fold(parts.clone()), &whole);
        let backwards = parts.iter().rev().cloned().collect();
        assert_same(&fold(backwards), &whole);
        let pairs = parts.chunks(2).map(|pair| fold(pair.to_vec())).collect();
        assert_same(&fold(pairs), &whole);
    }
}

/// Zeros that are not stored are values like those that are.
#[test]
fn sparse_rows_are_described_as_dense_ones() {
    let options = DescribeOptions::default();
    let mut dense = table(3_000, 6);
    dense.column_mut(4).fill(0.0);
    let sparse = Csr::from_dense(&dense).unwrap();
    let described = sparse.describe(&options).unwrap();
    assert_same(&described, &dense.describe(&options).unwrap());
    let last = described.column("6").unwrap();
    assert!(last.missing() == 0 && last.quantile(0.5).unwrap() == 0.0 && last.count() == 3_000);
    assert_eq!(described.column("4").unwrap().distinct().unwrap().count, 1);
    // Stored zeros change nothing; nor does a part in which a column has no value.
    let stored = Csr::new(2, vec![0, 1, 1, 2], vec![0, 0], vec![0.0, 2.0]).unwrap();
    let parts = [&[0][..], &[1], &[2]].map(|rows| stored.select_rows(rows).describe(&options).unwrap());
    let merged = parts.into_iter().try_fold(Description::default(), Description::merge).unwrap();
    assert_same(&merged, &stored.to_dense().describe(&options).unwrap());
    // f32 is widened.
    let narrow = Csr::from_dense(&array![[0.1_f32], [0.0]]).unwrap().describe(&options).unwrap();
    assert_eq!(narrow.column("0").unwrap().max(), f64::from(0.1_f32));
}

#[test]
fn distinct_values_are_counted_until_they_are_too_many() {
    let options = DescribeOptions::default();
    let distinct = |values: &[f64]| {
        let description = Description::of_numbers(values.iter().copied(), &options).unwrap();
        description.column("0").unwrap().distinct().unwrap()
    };
    let values: Vec<f64> = (0..200_000).map(|i| f64::from(i).sqrt()).collect();
    assert_eq!(distinct(&values[..4096]), Distinct { count: 4096, is_exact: true });
    let estimate = distinct(&values[..4097]);
    assert!(!estimate.is_exact && (4097..4200).contains(&estimate.count), "{estimate}");
    let many = distinct(&values);
    assert!((many.count as f64 / 200_000.0 - 1.0).abs() < 0.03 && many.to_string().starts_with('~'), "{many}");
    // Exact parts, an estimated whole.
    let part =
        |range: std::ops::Range<usize>| Description::of_numbers(values[range].iter().copied(), &options).unwrap();
    let merged = part(0..3_000).merge(part(2_000..5_000)).unwrap();
    assert_same(&merged, &part(0..3_000).merge(part(3_000..5_000)).unwrap().merge(part(2_000..3_000)).unwrap());
    assert_eq!(merged.column("0").unwrap().distinct(), Some(distinct(&values[..5_000])));
}

#[test]
fn strings_are_counted_until_they_are_too_many() {
    let options = DescribeOptions::default();
    let described = |words: &[String]| Description::of_text(words.iter().map(Some), &options).unwrap();
    let words: Vec<String> = (0..9_000).map(|i| format!("word {}", (i * i) % 5_000)).collect();
    let whole = described(&words);
    let column = whole.column("0").unwrap();
    let truth = words.iter().collect::<std::collections::BTreeSet<_>>().len() as u64;
    assert_eq!(column.distinct().unwrap(), Distinct { count: truth, is_exact: true });
    let (top, count) = column.top().unwrap();
    assert_eq!(count, words.iter().filter(|word| *word == top).count() as u64);
    for size in [500, 4_000] {
        let parts = words.chunks(size).map(described);
        assert_same(&parts.fold(Description::default(), |all, part| all.merge(part).unwrap()), &whole);
    }
    // Too many, and too long ones.
    let many: Vec<String> = (0..20_000).map(|i| format!("word {i}")).collect();
    let long: Vec<String> = (0..20).map(|i| format!("{i}").repeat(80_000)).collect();
    for (words, close) in [(many, 600), (long, 1)] {
        let whole = described(&words);
        let distinct = whole.column("0").unwrap().distinct().unwrap();
        assert!(!distinct.is_exact && distinct.count.abs_diff(words.len() as u64) <= close, "{distinct}");
        assert_eq!(whole.column("0").unwrap().top(), None);
        let parts = words.chunks(7).map(described);
        assert_same(&parts.fold(Description::default(), |all, part| all.merge(part).unwrap()), &whole);
    }
}

#[test]
fn columns_of_all_kinds_stand_side_by_side() {
    let options = DescribeOptions::default();
    let data = DatasetBase::new(array![[1.0, 2.0], [3.0, f64::NAN]], array![true, false]);
    let description = data.with_feature_names(vec!["width", "height"]).describe(&options).unwrap();
    let names: Vec<String> = description.columns().map(|column| column.name().to_owned()).collect();
    assert_eq!(names, ["width", "height", "target"]);
    assert_eq!(description.column("target").unwrap().top(), Some(("false", 1)));
    let text: Text = ["a", "b", "a"].into_iter().collect();
    let labelled = DatasetBase::new(text, array![0_usize, 1, 1]).describe(&options).unwrap();
    assert_eq!(
        (labelled.column("0").unwrap().top(), labelled.column("target").unwrap().mean()),
        (Some(("a", 2)), 2.0 / 3.0)
    );
    let some = vec![Some(1_u8), None, Some(3)].describe(&options).unwrap();
    assert_eq!((some.column("0").unwrap().missing(), some.column("0").unwrap().mean()), (1, 2.0));
    assert_eq!(vec!["x".to_owned()].describe(&options).unwrap().column("0").unwrap().count(), 1);
}

#[test]
fn infinities_are_values_and_nothing_is_nothing() {
    let moments = Moments::of([1.0, f64::INFINITY, f64::NAN]);
    assert_eq!((moments.count(), moments.mean(), moments.max(), moments.min()), (2, f64::INFINITY, f64::INFINITY, 1.0));
    assert!(moments.std().is_nan());
    assert!(Moments::of([f64::INFINITY, f64::NEG_INFINITY]).mean().is_nan());
    assert_eq!(Moments::of([f64::NEG_INFINITY]).max(), f64::NEG_INFINITY);
    let none = Moments::default();
    assert!(none.mean().is_nan() && none.min().is_nan() && none.std().is_nan() && none.sum() == 0.0);
    assert!(Moments::of([2.0]).std().is_nan());
    assert!(ValueHistogram::default().quantile(0.5).unwrap().is_nan());
    let empty = Array2::<f64>::zeros((0, 2)).describe(&DescribeOptions::default()).unwrap();
    assert!(empty.n_columns() == 2 && empty.column("1").unwrap().mean().is_nan());
    assert!(empty.to_string().starts_with("0 rows\n"));
    assert_eq!(Description::default().to_string(), "0 rows");
}

#[test]
fn what_does_not_fit_is_refused() {
    let options = DescribeOptions::default();
    let kind = |result: Result<Description>| result.unwrap_err().kind().clone();
    let few = DescribeOptions::default().max_bins(100);
    assert!(matches!(kind(vec![1.0].describe(&few)), ErrorKind::InvalidParameter { name: "max_bins", .. }));
    let [one, two] = [array![[1.0]], array![[1.0, 2.0]]].map(|table| table.describe(&options).unwrap());
    let other = kind(one.clone().merge(two.clone()));
    assert!(matches!(other, ErrorKind::ShapeMismatch { what: "columns", expected: 1, found: 2 }));
    let error = one.clone().named(["a"]).merge(one.clone().named(["b"])).unwrap_err().to_string();
    assert!(error.contains("column = \"b\"") && error.contains("`a`, the name of column 0"), "{error}");
    let error = one.clone().merge(vec![true].describe(&options).unwrap()).unwrap_err().to_string();
    assert!(error.contains("a column of numbers"), "{error}");
    assert!(matches!(kind(one.beside(vec![1.0; 3].describe(&options).unwrap())), ErrorKind::ShapeMismatch { .. }));
    assert!(ValueHistogram::count([1.0, f64::NAN]).is_err() && ValueHistogram::default().quantile(1.5).is_err());
}

#[test]
fn what_is_written_is_read_and_contradictions_are_not() {
    let options = DescribeOptions::default();
    let description = table(6_000, 7).describe(&options).unwrap();
    let text: Vec<String> = (0..5_000).map(|i| i.to_string()).collect();
    let description =
        description.beside(Description::of_text(text.iter().cycle().take(6_000).map(Some), &options).unwrap()).unwrap();
    let bytes = postcard::to_stdvec(&description).unwrap();
    let read: Description = postcard::from_bytes(&bytes).unwrap();
    assert_same(&read, &description);
    assert_eq!(postcard::to_stdvec(&read).unwrap(), bytes);
    let json = serde_json::to_string(&Moments::of([1.0, 2.0])).unwrap();
    assert!(serde_json::from_str::<Moments>(&json).is_ok());
    assert!(serde_json::from_str::<Moments>(&json.replace("\"n_finite\":2", "\"n_finite\":3")).is_err());
    let json = serde_json::to_string(&ValueHistogram::count([1.0, 2.0]).unwrap()).unwrap();
    assert!(serde_json::from_str::<ValueHistogram>(&json).is_ok());
    assert!(serde_json::from_str::<ValueHistogram>(&json.replace("\"max_bins\":65536", "\"max_bins\":1")).is_err());
}

#[test]
fn wide_tables_are_broken_and_cut() {
    let table = Array2::from_shape_fn((3, 70), |(i, j)| (i * j) as f64 * 1234.5);
    let shown = table.describe(&DescribeOptions::default()).unwrap().to_string();
    assert!(shown.lines().all(|line| line.chars().count() <= 120), "{shown}");
    assert!(shown.ends_with("… and 10 more columns"), "{shown}");
    let long = Description::of_text([Some("a\nb".repeat(40))], &DescribeOptions::default()).unwrap().to_string();
    assert!(long.contains("a ba b") && long.contains('…'), "{long}");
    let numbers = [0.0, 1.0, 123456.789, 0.00012345678, 1e-9, 1e20, -2.5, f64::NAN, f64::INFINITY];
    let texts = numbers.map(table::number);
    assert_eq!(texts, ["0", "1", "123457", "0.000123457", "1.00000e-9", "1.00000e20", "-2.5", "NaN", "inf"]);
}

#[cfg(feature = "arrow")]
#[test]
fn record_batches_are_described_by_their_columns() {
    use arrow_array::types::Int32Type;
    use arrow_array::{
        ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
    };
    use std::sync::Arc;

    let words: DictionaryArray<Int32Type> = [Some("x"), None, Some("x")].into_iter().collect();
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1)]), None, Some(vec![])]);
    let columns: [(&str, ArrayRef); 6] = [
        ("age", Arc::new(Int64Array::from(vec![Some(3), None, Some(5)]))),
        ("size", Arc::new(Float64Array::from(vec![1.5, f64::NAN, 2.5]))),
        ("name", Arc::new(StringArray::from(vec![Some("a"), Some("b"), None]))),
        ("is", Arc::new(BooleanArray::from(vec![true, true, false]))),
        ("word", Arc::new(words)),
        ("list", Arc::new(lists)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let description = batch.describe(&DescribeOptions::default()).unwrap();
    let of = |name: &str| description.column(name).unwrap();
    assert_eq!((of("age").mean(), of("age").missing(), of("size").mean(), of("size").missing()), (4.0, 1, 2.0, 1));
    assert_eq!((of("name").missing(), of("is").top(), of("word").top()), (1, Some(("true", 2)), Some(("x", 2))));
    assert_eq!((of("list").count(), of("list").missing(), of("list").distinct()), (2, 1, None));
    assert!(description.to_string().contains("list"));
}
