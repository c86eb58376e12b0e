//! Laws of descriptions, counts, samples and groups over chunks.

use std::collections::HashMap;

use linfa::DatasetBase;
use ndarray::{Array1, Array2, array};

use super::*;
use crate::data::{Codec, Csr, Footprint, Shared};
use crate::error::ErrorKind;
use crate::graph::{Compute, Lazy, Runtime};
use crate::statistics::{DescribeOptions, Moments};

/// A payment, as a program of its own has it.
#[derive(Clone, Debug, PartialEq)]
struct Payment {
    customer: String,
    amount: f64,
}

impl Footprint for Payment {
    fn heap_bytes(&self) -> usize {
        self.customer.heap_bytes()
    }
}

fn payments(n: usize) -> Vec<Payment> {
    let payment = |i: usize| {
        let draw = draw(7, 1, i as u64);
        Payment { customer: format!("customer {}", draw % 97), amount: (draw % 10_007) as f64 / 7.0 }
    };
    (0..n).map(payment).collect()
}

/// Chunks that count against the memory limit and can be made again, cut at these lengths in turn.
fn cut<T: Clone + Footprint + Shared>(rows: &[T], lengths: &[usize]) -> Chunks<Vec<T>> {
    let (mut parts, mut rest) = (Vec::new(), rows);
    for &length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at(length.min(rest.len()));
        parts.push(now.to_vec());
        rest = later;
    }
    Chunks::from_fn("parts", parts.len(), move |c| Ok(parts[c].clone()))
}

fn by_customer(chunks: &Chunks<Vec<Payment>>) -> Grouped<std::collections::BTreeMap<String, Moments>> {
    chunks.aggregate_by(
        "amounts",
        |payment| payment.customer.clone(),
        Moments::default(),
        |moments, payment| moments.add(payment.amount),
        |moments, others| moments.merge(&others),
    )
}

/// The same value for any number of threads and any memory limit.
fn assert_same_bits<C: Compute<Output: PartialEq + std::fmt::Debug>>(handle: &C) -> C::Output {
    let expected = Runtime::new().threads(1).compute(handle).unwrap();
    for (threads, limit) in [(1, 60_000), (2, usize::MAX), (2, 60_000), (4, 60_000)] {
        let found = Runtime::new().threads(threads).memory_limit(limit).compute(handle).unwrap();
        assert!(found == expected, "{threads} threads, {limit} bytes");
    }
    expected
}

#[test]
fn bits_do_not_depend_on_threads_or_memory() {
    let rows = payments(5_000);
    let chunks = cut(&rows, &[300, 17, 120]);
    let amounts = chunks.map_rows("amount", |payment| payment.amount);
    let description = assert_same_bits(&amounts.describe());
    assert_eq!(description.n_rows(), 5_000);
    assert_same_bits(&chunks.value_counts("customers", |payment| payment.customer.clone()));
    assert_same_bits(&chunks.sample(50, 3));
    assert_same_bits(&by_customer(&chunks));
}

#[test]
fn descriptions_do_not_depend_on_where_chunks_end() {
    let rows = payments(12_000);
    let amounts: Vec<f64> = rows.iter().map(|payment| payment.amount).collect();
    let described = |lengths: &[usize]| Runtime::new().compute(cut(&amounts, lengths).describe()).unwrap();
    let whole = described(&[12_000]);
    let expected = whole.column("0").unwrap();
    for lengths in [&[5_000][..], &[1, 700, 80], &[999]] {
        let parts = described(lengths);
        let found = parts.column("0").unwrap();
        assert_eq!((found.histogram(), found.distinct()), (expected.histogram(), expected.distinct()));
        assert!((found.std() / expected.std() - 1.0).abs() < 1e-12);
    }
    assert_eq!(Runtime::new().compute(cut(&amounts, &[]).describe()).unwrap().n_rows(), 0);
}

#[test]
fn groups_are_those_of_a_hash_map_over_all_rows() {
    let rows = payments(3_000);
    let mut slow: HashMap<String, Vec<f64>> = HashMap::new();
    rows.iter().for_each(|payment| slow.entry(payment.customer.clone()).or_default().push(payment.amount));
    for lengths in [&[3_000][..], &[1], &[400, 3]] {
        let chunks = cut(&rows, lengths);
        let counts = chunks.value_counts("customers", |payment| payment.customer.clone());
        let (groups, counts) = Runtime::new().compute((by_customer(&chunks), counts)).unwrap();
        assert_eq!((groups.len(), counts.n_values(), counts.n_rows()), (slow.len(), slow.len(), 3_000));
        for (customer, amounts) in &slow {
            let (found, expected) = (&groups[customer], Moments::of(amounts.iter().copied()));
            assert_eq!((found.count(), counts.get(customer)), (amounts.len() as u64, amounts.len() as u64));
            assert_eq!((found.min(), found.max()), (expected.min(), expected.max()));
            assert!((found.sum() / expected.sum() - 1.0).abs() < 1e-13);
            assert!((found.std() / expected.std() - 1.0).abs() < 1e-12);
        }
        let order: Vec<(u64, &String)> = counts.iter().map(|(value, count)| (count, value)).collect();
        assert!(order.windows(2).all(|pair| pair[0].0 > pair[1].0 || pair[0].0 == pair[1].0 && pair[0].1 < pair[1].1));
    }
}

#[test]
fn too_many_groups_are_an_error() {
    let chunks = cut(&payments(3_000), &[10]);
    let groups = by_customer(&chunks);
    let n = Runtime::new().compute(&groups).unwrap().len();
    assert_eq!(Runtime::new().compute(groups.max_groups(n)).unwrap().len(), n);
    for too_few in [n - 1, 0] {
        let error = Runtime::new().compute(groups.max_groups(too_few)).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::TooManyGroups { max_groups: too_few });
        assert!(error.to_string().contains("raise `max_groups`"), "{error}");
    }
}

#[test]
fn labels_of_data_sets_are_counted() {
    let chunk = |labels: Array1<bool>| DatasetBase::new(Array2::<f64>::zeros((labels.len(), 2)), labels);
    let chunks = Chunks::from_memory([chunk(array![true, false, true]), chunk(array![true])]);
    let counts = Runtime::new().compute(chunks.value_counts("labels", |(_, label)| *label)).unwrap();
    assert_eq!(counts.iter().collect::<Vec<_>>(), [(&true, 3), (&false, 1)]);
    let description = Runtime::new().compute(chunks.describe()).unwrap();
    assert_eq!((description.n_columns(), description.column("target").unwrap().top()), (3, Some(("true", 3))));
}

#[test]
fn a_sample_does_not_depend_on_where_chunks_end() {
    let rows: Vec<u64> = (0..1_000).collect();
    let sample = |lengths: &[usize], n, seed| Runtime::new().compute(cut(&rows, lengths).sample(n, seed)).unwrap();
    let expected = sample(&[1_000], 60, 1);
    assert!(expected.len() == 60 && expected.windows(2).all(|pair| pair[0] < pair[1]));
    for lengths in [&[1][..], &[7, 400], &[333]] {
        assert_eq!(sample(lengths, 60, 1), expected);
    }
    let larger = sample(&[50], 200, 1);
    assert!(expected.iter().all(|row| larger.contains(row)));
    assert_ne!(sample(&[100], 60, 2), expected);
    assert_eq!(
        (sample(&[90], 1_000, 1), sample(&[90], 5_000, 1), sample(&[90], 0, 1)),
        (rows.clone(), rows.clone(), vec![])
    );
    let none = Chunks::<Vec<u8>>::from_memory([]).sample(3, 1);
    assert!(Runtime::new().compute(none).unwrap().is_empty());
}

/// Pearson's statistic of how often each of 200 rows is drawn, and of how often neighbours are drawn together.
#[test]
fn rows_are_equally_likely_in_a_sample() {
    let rows: Vec<usize> = (0..200).collect();
    let chunks = cut(&rows, &[30, 1, 90]);
    let samples: Vec<Lazy<Vec<usize>>> = (0..2_000).map(|seed| chunks.sample(20, seed)).collect();
    let samples = Runtime::new().compute(samples).unwrap();
    let (mut drawn, mut together) = ([0.0_f64; 200], 0);
    for sample in &samples {
        sample.iter().for_each(|&row| drawn[row] += 1.0);
        together += sample.windows(2).filter(|pair| pair[0] + 1 == pair[1]).count();
    }
    // 200 each on average; without replacement the variance is 180. The 0.1 % points of 199 degrees are 139 and 268.
    let statistic: f64 = drawn.iter().map(|count| (count - 200.0).powi(2) / 180.0).sum::<f64>() * 199.0 / 200.0;
    assert!((139.0..268.0).contains(&statistic), "{statistic}");
    // Of 199 pairs each is drawn in 20 · 19 of 200 · 199 samples: 3,800 in all, give or take 60.
    assert!((3_600..4_000).contains(&together), "{together}");
}

#[test]
fn chunks_of_other_columns_are_an_error() {
    let chunks = Chunks::from_memory([Array2::<f64>::zeros((2, 3)), Array2::zeros((2, 4))]);
    let error = Runtime::new().compute(chunks.describe()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { expected: 3, found: 4, .. }), "{error}");
    let error = Runtime::new().compute(chunks.describe_with(DescribeOptions::default().max_bins(5))).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "max_bins", .. }), "{error}");
    assert!(Runtime::new().compute(chunks.sample(3, 1)).is_err());
}

/// Of data that lasts, descriptions and samples last, and can be kept in a checkpoint.
#[test]
fn descriptions_are_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let describe = || {
        let sparse = Csr::from_dense(&array![[1.0, 0.0], [0.0, 2.0]]).unwrap();
        let chunks = Chunks::from_fn("rows", 3, move |_| Ok(sparse.clone())).identified(("rows", 1));
        let description = chunks.describe();
        let slot = description.key();
        (description.kept(slot, Codec::serialized()), chunks.sample(2, 5))
    };
    let (first, again) = (describe(), describe());
    assert_eq!((first.0.key(), first.1.key()), (again.0.key(), again.1.key()));
    let run = |handle: &Lazy<_>| {
        let checkpoint = crate::graph::Checkpoint::new(folder.path());
        Runtime::new().checkpoint(checkpoint).run(handle)
    };
    let made = run(&first.0).unwrap();
    let restored = run(&again.0).unwrap();
    assert_eq!(made.values, restored.values);
    let ran =
        |run: &crate::graph::Run<_>| run.summary.stages.iter().any(|stage| stage.name == "describe" && stage.runs > 0);
    assert!(ran(&made) && !ran(&restored));
}
