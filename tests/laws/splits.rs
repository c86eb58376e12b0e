//! Every split holds out its share over all rows, and no candidate of a search wins without a score.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use chunkfit::chunks::{TrainTest, every_nth_split, stratified_split, train_test_split};
use chunkfit::combine::EarlyStopping;
use chunkfit::data::RowSet;
use chunkfit::linear::{SgdClassifierParams, SgdRegressor};
use chunkfit::metrics::{ClassRow, ConfusionMatrix, Scorer};
use chunkfit::model_selection::{
    Fold, Grid, GroupKFold, Halving, HashSplit, KFold, Search, ShuffleSplit, Split, StratifiedKFold, TrainScores,
    cross_validate,
};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2, ArrayView1};

type Examples = DatasetBase<Array2<f64>, Array1<usize>>;

/// Row `i` of all rows: its number is its only column.
fn chunk(first: usize, labels: &[usize]) -> Examples {
    let numbers = Array2::from_shape_fn((labels.len(), 1), |(i, _)| (first + i) as f64);
    DatasetBase::new(numbers, Array1::from_vec(labels.to_vec()))
}

/// The rows of these labels, cut into chunks of these sizes, again and again. They are made whenever they are needed.
fn cut(labels: &[usize], sizes: &[usize]) -> Chunks<Examples> {
    let (mut cuts, mut first) = (Vec::new(), 0);
    for &size in sizes.iter().cycle() {
        if first == labels.len() {
            break;
        }
        let end = (first + size).min(labels.len());
        cuts.push((first, labels[first..end].to_vec()));
        first = end;
    }
    Chunks::from_fn("rows", cuts.len(), move |c| Ok(chunk(cuts[c].0, &cuts[c].1)))
}

const CUTS: [&[usize]; 6] = [&[1], &[3], &[7], &[0, 5, 1, 0, 0, 13, 2], &[40, 3, 100], &[usize::MAX / 2]];

/// All of one label; two in turn; a label of 4 % in clumps; ten labels, some of one row.
fn labellings(n: usize) -> Vec<Vec<usize>> {
    let rare = |i: usize| usize::from(i % 100 > 95);
    let many = |i: usize| if i % 71 == 3 { 100 + i } else { i * i % 10 };
    vec![vec![0; n], (0..n).map(|i| i % 2).collect(), (0..n).map(rare).collect(), (0..n).map(many).collect()]
}

#[derive(Clone, Copy, PartialEq)]
enum Sides {
    /// Every row is a test row of one fold; the folds' sizes differ by so much at most.
    Dealt(usize),
    /// A share of the rows is held out, to within one row, in every fold.
    Held(f64),
    /// The same for every label.
    HeldOfLabels(f64),
    /// A share is held out, but for chance.
    HeldAbout(f64),
    /// Every so many-th row of a chunk, or of short chunks together.
    EveryNth(usize),
}

type Deal = Box<dyn Fn(&Chunks<Examples>) -> Vec<TrainTest<Examples>>>;

struct Splitter {
    name: &'static str,
    sides: Sides,
    deal: Deal,
}

fn by_function(
    name: &'static str,
    sides: Sides,
    split: impl Fn(&Chunks<Examples>) -> TrainTest<Examples> + 'static,
) -> Splitter {
    Splitter { name, sides, deal: Box::new(move |data| vec![split(data)]) }
}

fn by_folds(name: &'static str, sides: Sides, split: impl Split<Examples> + 'static) -> Splitter {
    let deal = move |data: &Chunks<Examples>| {
        let sides = |fold: Fold| (data.select(&fold.train), data.select(&fold.test));
        split.folds(data).unwrap().into_iter().map(sides).collect()
    };
    Splitter { name, sides, deal: Box::new(deal) }
}

fn number(row: (ArrayView1<f64>, &usize)) -> usize {
    row.0[0] as usize
}

fn splitters() -> Vec<Splitter> {
    use Sides::{Dealt, EveryNth, Held, HeldAbout, HeldOfLabels};
    let mut all = vec![
        by_folds("GroupKFold", Dealt(12), GroupKFold::new(4, |row: (ArrayView1<f64>, &usize)| number(row) / 7 % 40)),
        by_folds("HashSplit", HeldAbout(0.3), HashSplit::new(0.3, number)),
        by_function("every_nth_split", EveryNth(5), |data| every_nth_split(data, 5)),
        by_function("every_nth_split", EveryNth(2), |data| every_nth_split(data, 2)),
    ];
    for n in [2, 3, 5] {
        all.push(by_folds("KFold", Dealt(1), KFold::new(n)));
        all.push(by_folds("KFold", Dealt(1), KFold::new(n).shuffle(n as u64)));
        all.push(by_folds("StratifiedKFold", Dealt(4), StratifiedKFold::new(n)));
        all.push(by_folds("StratifiedKFold", Dealt(4), StratifiedKFold::new(n).shuffle(n as u64)));
    }
    for share in [0.1, 0.2, 0.25, 0.5, 0.8] {
        all.push(by_function("train_test_split", Held(share), move |data| train_test_split(data, share, 4)));
        all.push(by_function("stratified_split", HeldOfLabels(share), move |data| stratified_split(data, share, 4)));
        all.push(by_folds("ShuffleSplit", Held(share), ShuffleSplit::new(3, share, 4)));
    }
    all
}

/// The numbers of the rows on both sides of every fold; none if the split is refused.
fn dealt(splitter: &Splitter, data: &Chunks<Examples>, runtime: &Runtime) -> Option<Vec<(Vec<usize>, Vec<usize>)>> {
    let sides = runtime.compute((splitter.deal)(data)).ok()?;
    let numbers =
        |chunks: &[Examples]| chunks.iter().flat_map(|chunk| chunk.records.iter().map(|&x| x as usize)).collect();
    Some(sides.iter().map(|(train, test)| (numbers(train), numbers(test))).collect())
}

fn counts(rows: &[usize], labels: &[usize]) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    rows.iter().for_each(|&row| *counts.entry(labels[row]).or_default() += 1);
    counts
}

fn check(splitter: &Splitter, folds: &[(Vec<usize>, Vec<usize>)], labels: &[usize], sizes: &[usize]) {
    let (name, n) = (splitter.name, labels.len());
    let about = format!("{name}, {n} rows in chunks of {sizes:?}");
    for (train, test) in folds {
        assert!(train.is_sorted() && test.is_sorted() && !train.is_empty() && !test.is_empty(), "{about}");
        let mut both = [train.clone(), test.clone()].concat();
        both.sort_unstable();
        assert_eq!(both, (0..n).collect::<Vec<_>>(), "{about}: every row is on one side");
    }
    let near =
        |held: usize, due: f64, by: f64| assert!((held as f64 - due).abs() <= by + 1e-9, "{about}: {held}, not {due}");
    match splitter.sides {
        Sides::Dealt(by) => {
            let all: BTreeSet<usize> = folds.iter().flat_map(|fold| fold.1.iter().copied()).collect();
            let held: Vec<usize> = folds.iter().map(|fold| fold.1.len()).collect();
            assert_eq!((all.len(), held.iter().sum::<usize>()), (n, n), "{about}: each row is tested once");
            assert!(held.iter().max().unwrap() - held.iter().min().unwrap() <= by, "{about}: {held:?}");
            if name == "StratifiedKFold" {
                for (label, count) in counts(&(0..n).collect::<Vec<_>>(), labels) {
                    let of_label = |fold: &(Vec<usize>, Vec<usize>)| counts(&fold.1, labels).get(&label).copied();
                    let held: Vec<usize> = folds.iter().map(|fold| of_label(fold).unwrap_or(0)).collect();
                    let least = count / folds.len();
                    assert!(
                        held.iter().all(|&held| held == least || held == least + 1),
                        "{about}, label {label}: {held:?}"
                    );
                }
            }
        }
        Sides::Held(share) => folds.iter().for_each(|fold| near(fold.1.len(), share * n as f64, 1.0)),
        Sides::HeldOfLabels(share) => {
            let held = counts(&folds[0].1, labels);
            for (label, count) in counts(&(0..n).collect::<Vec<_>>(), labels) {
                near(held.get(&label).copied().unwrap_or(0), share * count as f64, 1.0);
            }
        }
        Sides::HeldAbout(share) => near(folds[0].1.len(), share * n as f64, 3.5 * (n as f64).sqrt() / 2.0),
        Sides::EveryNth(nth) => {
            let short = sizes.iter().all(|&size| size < nth);
            let least = if short { n / nth } else { n / (2 * nth) - 1 };
            assert!((least..=n / nth).contains(&folds[0].1.len()), "{about}: {}", folds[0].1.len());
        }
    }
}

#[test]
fn shares_hold_over_all_rows_however_they_are_cut() {
    for labels in labellings(157) {
        for splitter in splitters() {
            let mut first = None;
            for sizes in CUTS {
                let folds = dealt(&splitter, &cut(&labels, sizes), &Runtime::new().threads(1)).unwrap();
                check(&splitter, &folds, &labels, sizes);
                if !matches!(splitter.sides, Sides::EveryNth(_)) {
                    let first = first.get_or_insert_with(|| folds.clone());
                    assert!(*first == folds, "{}: rows in chunks of {sizes:?} are dealt in another way", splitter.name);
                }
            }
        }
    }
}

#[test]
fn threads_and_memory_change_nothing() {
    let labels = labellings(120).remove(2);
    for splitter in splitters() {
        for sizes in [&[1][..], &[3], &[0, 5, 1, 0, 0, 13, 2], &[40, 3, 100]] {
            let data = cut(&labels, sizes);
            let expected = dealt(&splitter, &data, &Runtime::new().threads(1));
            // Less than two of the larger chunks.
            for runtime in [Runtime::new().threads(2), Runtime::new().threads(3).memory_limit(6000)] {
                assert!(expected.is_some() && dealt(&splitter, &data, &runtime) == expected, "{}", splitter.name);
            }
        }
    }
}

#[test]
fn chunks_that_are_read_again_are_dealt_again_as_they_were() {
    let labels: Vec<usize> = (0..4000).map(|i| usize::from(i % 17 == 0)).collect();
    let data = cut(&labels, &[500]);
    let fit = |train: &Chunks<Examples>| Chained::new(SgdClassifier::params()).epochs(3).fit(train);
    let (train, test) = stratified_split(&data, 0.25, 1);
    let run = |limit: usize, threads| {
        let runtime = Runtime::new().threads(threads).memory_limit(limit);
        runtime.run((fit(&train), fit(&train).score(&test))).unwrap()
    };
    let free = run(usize::MAX, 1);
    assert_eq!(free.summary.runs("count rows"), 8);
    for threads in [1, 2] {
        let tight = run(40_000, threads);
        assert!(tight.summary.reruns() > 0 && tight.summary.peak_bytes <= 40_000, "{:?}", tight.summary);
        assert_eq!(tight.summary.runs("count rows"), 8, "rows are counted once");
        assert_eq!(tight.values.0.coef(), free.values.0.coef());
        assert_eq!(tight.values.1, free.values.1);
    }
}

/// Whoever adds a split has to add it above.
#[test]
fn no_split_is_forgotten() {
    let read = |path: &str| fs::read_to_string(format!("{}/src/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let name_after = |text: &str, mark: &str| {
        let names = text.match_indices(mark).map(|(at, _)| &text[at + mark.len()..]);
        names
            .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
            .collect::<Vec<String>>()
    };
    let (folds, split) = (read("model_selection/folds.rs"), read("chunks/split.rs"));
    let mut there = name_after(&split, "pub fn ");
    there.extend(name_after(&folds, "Split<D> for "));
    there.extend(name_after(&folds, "Split<DatasetBase<R, T>> for "));
    let tried: BTreeSet<String> = splitters().iter().map(|splitter| splitter.name.to_owned()).collect();
    assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), tried);
}

#[test]
fn a_label_in_every_fifth_chunk_is_in_every_fold() {
    let labels = |c: usize| if c.is_multiple_of(5) { [vec![0; 10], vec![1]].concat() } else { vec![0; 10] };
    let data = Chunks::from_memory((0..50).map(|c| chunk(0, &labels(c))));
    for split in [StratifiedKFold::new(5), StratifiedKFold::new(5).shuffle(3)] {
        let test: Vec<_> = split.folds(&data).unwrap().into_iter().map(|fold| data.select(&fold.test)).collect();
        let rare = |chunks: &Vec<Examples>| chunks.iter().flat_map(|chunk| &chunk.targets).filter(|&&y| y == 1).count();
        let test = Runtime::new().compute(test).unwrap();
        assert_eq!(test.iter().map(rare).collect::<Vec<_>>(), [2; 5]);
    }
}

#[test]
fn a_side_without_rows_is_refused_by_name() {
    let refused = |splitter: Splitter, labels: &[usize], name: &str, words: &str| {
        for sizes in CUTS {
            let data = cut(labels, sizes);
            let error = Runtime::new().threads(2).compute((splitter.deal)(&data)).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: n, .. } if *n == name), "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
    };
    use Sides::{Dealt, EveryNth, Held};
    let split = |share| by_function("train_test_split", Held(share), move |data| train_test_split(data, share, 1));
    refused(split(0.2), &[0], "test_size", "the test side has no rows, of 1 in all");
    refused(split(0.001), &[0; 9], "test_size", "the test side has no rows, of 9 in all");
    let split = by_function("stratified_split", Held(0.2), |data| stratified_split(data, 0.2, 1));
    refused(split, &[0, 1, 2, 3, 4], "test_size", "the test side has no rows, of 5 in all");
    let split = by_function("every_nth_split", EveryNth(5), |data| every_nth_split(data, 5));
    refused(split, &[0; 4], "n", "the test side has no rows, of 4 in all");
    refused(by_folds("ShuffleSplit", Held(0.2), ShuffleSplit::new(2, 0.2, 1)), &[0], "test_size", "of 1 in all");
    refused(by_folds("KFold", Dealt(1), KFold::new(5)), &[0, 1, 0], "n_splits", "the number of rows: 3");
    let split = by_folds("StratifiedKFold", Dealt(1), StratifiedKFold::new(3).shuffle(1));
    refused(split, &[0, 1, 0, 1, 2], "n_splits", "the number of rows of a label, which has the most: 2");
    let split = by_folds("GroupKFold", Dealt(1), GroupKFold::new(3, |row: (ArrayView1<f64>, &usize)| *row.1));
    refused(split, &[0, 1, 0, 1, 0, 0], "n_splits", "the number of groups: 2");
}

#[test]
fn labels_with_fewer_rows_than_folds_are_told() {
    let labels = [0, 0, 0, 1, 1, 0, 0, 2, 0];
    let folds = StratifiedKFold::new(3).folds(&cut(&labels, &[2])).unwrap();
    let sides: Vec<_> = folds.into_iter().map(|fold| fold.test).collect();
    let run = Runtime::new().threads(2).run(sides).unwrap();
    let told: Vec<String> = run.summary.warnings.iter().map(ToString::to_string).collect();
    assert!(told.len() == 1 && told[0].contains("2 of 3 labels have fewer rows than the 3 folds"), "{told:?}");
}

/// Two clouds, of one column: the rows of fold 0 of three, `(i + i / 3) mod 3 = 0`, are of class 0 only.
fn one_sided(n_chunks: usize, rows: usize) -> Chunks<Examples> {
    let part = move |c: usize| {
        let numbers: Vec<usize> = (c * rows..(c + 1) * rows).collect();
        let labels: Vec<usize> = numbers.iter().map(|i| if (i + i / 3) % 3 == 0 { 0 } else { i / 3 % 2 }).collect();
        let x = Array2::from_shape_fn((rows, 1), |(i, _)| 2.0 * labels[i] as f64 - 1.0 + (i % 5) as f64 / 10.0);
        DatasetBase::new(x, Array1::from_vec(labels))
    };
    Chunks::from_memory((0..n_chunks).map(part))
}

type Sgd = SgdClassifierParams<usize>;

fn search(alphas: &[f64]) -> Search<Sgd, Grid<Sgd>, impl Fn(&Sgd) -> Chained<Sgd>, KFold> {
    let grid = Grid::new(SgdClassifier::params()).vary("alpha", alphas.to_vec(), |sgd, alpha| sgd.alpha(alpha));
    Search::new(grid, |sgd: &Sgd| Chained::new(sgd.clone())).folds(KFold::new(3))
}

#[test]
fn a_fold_on_which_a_scorer_is_not_defined_is_left_out_and_told() {
    let scorers = [Scorer::RocAuc, Scorer::Accuracy];
    for (n_chunks, rows) in [(6, 12), (72, 1)] {
        let data = one_sided(n_chunks, rows);
        let run =
            search(&[1e-4, 1e-2]).scoring(scorers.clone()).run_and_tell(&Runtime::new().threads(2), &data).unwrap();
        for row in &run.values.candidates {
            let scores: Vec<f64> = row.folds.iter().map(|fold| fold.test_scores[0]).collect();
            assert!(scores[0].is_nan() && row.folds[0].error.is_none(), "{scores:?}");
            assert_eq!(row.mean_test_scores[0], (scores[1] + scores[2]) / 2.0);
            assert!(row.std_test_scores[0].is_finite() && row.mean_test_scores[1] > 0.9);
        }
        let warnings = run.values.warnings();
        assert!(warnings.len() == 1 && warnings[0].starts_with("fold 0 is left out of the means of roc_auc"));
        assert!(run.summary.warnings.iter().any(|warning| warning.message == warnings[0]));
        assert!(run.values.to_string().contains(&warnings[0]) && run.values.try_best().is_ok());
        let model = search(&[1e-4, 1e-2]).scoring(scorers.clone()).fit(&Runtime::new(), &data).unwrap();
        assert!(model.results.best_score() > 0.9);
        let estimator = Chained::new(SgdClassifier::params());
        let with = TrainScores::With;
        let alone = cross_validate(&Runtime::new(), &estimator, &data, KFold::new(3), scorers.clone(), with).unwrap();
        assert!(alone.folds[0].test_scores[0].is_nan() && alone.mean_test_scores[0] > 0.9);
        assert!(alone.folds[0].train_scores.as_ref().unwrap()[0] > 0.9);
    }
}

#[test]
fn a_fold_that_fails_every_candidate_by_its_rows_is_left_out_and_told() {
    // The third fold alone has a row of class 2, which no candidate has learned then.
    let data = one_sided(6, 12);
    let rare = data.map("rare", |chunk: &Examples| {
        let targets = chunk.targets.iter().enumerate().map(|(i, &y)| if i == 0 { 2 } else { y }).collect();
        DatasetBase::new(chunk.records.clone(), targets)
    });
    let data = Chunks::from_lazies(data.iter().take(5).chain(rare.iter().skip(5)).cloned());
    let first = Scorer::mean_of_decision("first", |row: &ClassRow<usize>| f64::from(row.values[0] < 0.0));
    let found = search(&[-1.0, 1e-4]).scoring([first]).run(&Runtime::new().threads(2), &data).unwrap();
    assert!(
        found.candidates[0].mean_test_scores[0].is_nan() && found.candidates[1].mean_test_scores[0] > 0.0,
        "{found}"
    );
    assert!(found.candidates[1].folds[2].error.as_ref().unwrap().contains("label 2"), "{found}");
    assert!(found.warnings()[0].starts_with("fold 2 is left out of the means of first") && found.best_index() == 1);
}

#[test]
fn a_candidate_without_a_score_never_wins() {
    let data = one_sided(6, 12);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        // A large penalty makes a model that says one class only.
        let odd = Scorer::of_confusion(
            "odd",
            move |counts: &ConfusionMatrix<usize>| {
                if counts.predicted(&1) == 0 { bad } else { counts.accuracy() }
            },
        );
        for alphas in [[1e6, 1e-4, 1e6], [1e6, 1e6, 1e-4], [-1.0, 1e6, 1e-4]] {
            let good = alphas.iter().position(|&alpha| alpha == 1e-4).unwrap();
            let search = search(&alphas).scoring([odd.clone()]);
            let found = search.run(&Runtime::new().threads(2), &data).unwrap();
            let ranks: Vec<usize> = found.candidates.iter().map(|row| row.ranks[0]).collect();
            assert_eq!((found.best_index(), ranks[good]), (good, 1), "{found}");
            assert!(ranks.iter().enumerate().all(|(i, &rank)| i == good || rank == 2), "{found}");
            let raced = search.halve(&Runtime::new().threads(2), &data, Halving::new(3), 1).unwrap();
            let last = raced.rungs.last().unwrap();
            assert_eq!(last.results.candidates.len(), 1);
            assert_eq!(raced.best().candidate.shown, found.candidates[good].candidate.shown);
            assert!(raced.try_best().is_ok());
        }
        let search = search(&[1e6, 1e5]).scoring([odd]);
        let no_best = |error: Error| assert_eq!(error.kind(), &ErrorKind::NoBest { scorer: "odd".into() });
        let found = search.run(&Runtime::new(), &data).unwrap();
        no_best(found.try_best().unwrap_err());
        no_best(search.fit(&Runtime::new(), &data).unwrap_err());
        no_best(Runtime::new().compute(search.refit(&found, &data)).unwrap_err());
        let raced = search.halve(&Runtime::new(), &data, Halving::new(2), 1).unwrap();
        no_best(raced.try_best().unwrap_err());
    }
}

/// One fold that is given.
#[derive(Clone)]
struct Given(Fold);

impl<D> Split<D> for Given {
    fn folds(&self, _: &Chunks<D>) -> Result<Vec<Fold>, Error> {
        Ok(vec![self.0.clone()])
    }
}

#[test]
fn folds_without_rows_are_refused_by_a_search() {
    let tiny = Chunks::from_memory((0..3).map(|i| chunk(i, &[i % 2])));
    let error = search(&[1e-4]).folds(KFold::new(5)).run(&Runtime::new().threads(2), &tiny).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "n_splits", .. }), "{error}");
    assert!(search(&[1e-4]).folds(KFold::new(5)).fit(&Runtime::new(), &tiny).is_err());
    let data = one_sided(6, 12);
    let rows = |all: bool| data.map("rows", move |chunk: &Examples| RowSet::of(chunk.targets.len(), |_| all));
    for all in [true, false] {
        let fold = Fold { train: rows(all), test: rows(!all) };
        let error = search(&[1e-4, 1e-3]).folds(Given(fold)).run(&Runtime::new().threads(2), &data).unwrap_err();
        let (train, test) = if all { (72, 0) } else { (0, 72) };
        assert_eq!(error.kind(), &ErrorKind::EmptyFold { fold: 0, train, test });
    }
    let same = HashSplit::new(0.5, |_: (ArrayView1<f64>, &usize)| 1);
    let error = search(&[1e-4]).folds(same).run(&Runtime::new(), &data).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::EmptyFold { fold: 0, .. }), "{error}");
}

#[test]
fn small_chunks_starve_no_rung() {
    let data = one_sided(60, 1);
    let found = search(&[1e-4, 1e-3, 1e-2, 1e-1]).halve(&Runtime::new().threads(2), &data, Halving::new(2), 1).unwrap();
    let rungs: Vec<_> = found.rungs.iter().map(|rung| (rung.results.candidates.len(), rung.chunks)).collect();
    assert_eq!(rungs, [(4, 15), (2, 30), (1, 60)]);
    assert!(found.rungs.iter().all(|rung| rung.results.try_best().is_ok()) && found.try_best().is_ok());
}

#[test]
fn a_held_out_score_that_is_no_number_is_refused() {
    let row = |c: usize| DatasetBase::new(ndarray::array![[c as f64 / 10.0]], ndarray::array![c as f64]);
    let fit = |n| {
        let chained = Chained::new(SgdRegressor::params()).epochs(20).early_stopping(EarlyStopping::default());
        Runtime::new().compute(chained.fit(&Chunks::from_memory((0..n).map(row))))
    };
    let error = fit(10).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UndefinedScore { score: "validation score" }), "{error}");
    fit(20).unwrap();
}
