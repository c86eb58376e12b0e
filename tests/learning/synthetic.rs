//! Generated data: the same for the same seed, chunk by chunk, and as hard to learn as asked for.

use chunkfit::Runtime;
use chunkfit::data::Text;
use chunkfit::datasets::synthetic::{Classification, Documents, Regression};
use chunkfit::linear::LinearRegression;
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2, Axis};

fn made(params: &Classification, n_chunks: usize, rows: usize) -> Vec<DatasetBase<Array2<f64>, Array1<usize>>> {
    Runtime::new().threads(2).compute(params.chunks(n_chunks, rows).unwrap()).unwrap()
}

#[test]
fn a_chunk_depends_on_the_seed_and_its_number_alone() {
    let (few, many) = (made(&Classification::new(1), 2, 50), made(&Classification::new(1), 4, 50));
    assert_eq!((&few[1].records, &few[1].targets), (&many[1].records, &many[1].targets));
    assert_ne!(many[0].records, many[1].records);
    assert_ne!(few[0].records, made(&Classification::new(2), 1, 50)[0].records);
    let key = || Classification::new(1).chunks(1, 50).unwrap().as_slice()[0].key();
    assert!(key() == key() && key().is_lasting());
}

#[test]
fn clusters_lie_around_the_corners_of_a_cube_and_noise_around_zero() {
    let params = Classification::new(3).n_informative(3).n_classes(4).class_sep(5.0).flip_y(0.0);
    let chunk = made(&params, 1, 20_000).remove(0);
    for class in 0..4 {
        let rows: Vec<usize> = (0..20_000).filter(|&i| chunk.targets[i] == class).collect();
        assert!((4_600..5_400).contains(&rows.len()), "{} rows of class {class}", rows.len());
        let means = chunk.records.select(Axis(0), &rows).mean_axis(Axis(0)).unwrap();
        // Classes are dealt round the corners: their number is the two low bits, the third is either.
        for (j, expected) in [(class & 1) as f64, (class >> 1) as f64, 0.5].into_iter().enumerate() {
            assert!((means[j] - 10.0 * (expected - 0.5)).abs() < 0.3, "class {class}, column {j}: {}", means[j]);
        }
        assert!(means.iter().skip(5).all(|mean| mean.abs() < 0.1));
    }
}

#[test]
fn the_share_of_random_labels_is_what_cannot_be_learned() {
    let base = Classification::new(5).n_clusters_per_class(1).class_sep(6.0);
    for flip_y in [0.0, 0.4] {
        let params = base.clone().flip_y(flip_y);
        let chunks = params.chunks(6, 1000).unwrap();
        let (train, test) = train_test_split(&chunks, 0.5, 1);
        let score = Chained::new(SgdClassifier::params()).fit(&train).score(&test);
        let accuracy = Runtime::new().compute(score).unwrap();
        assert!((accuracy - (1.0 - flip_y / 2.0)).abs() < 0.05, "{accuracy} with {flip_y}");
    }
}

#[test]
fn classes_have_the_shares_that_were_asked_for() {
    let share = |params: &Classification, class: usize| {
        let chunks = made(params, 2, 10_000);
        chunks.iter().map(|chunk| chunk.targets.iter().filter(|&&label| label == class).count()).sum::<usize>() as f64
            / 20_000.0
    };
    let three = Classification::new(4).n_informative(3).n_classes(3).flip_y(0.0);
    for weights in [vec![0.7, 0.2, 0.1], vec![0.7, 0.2]] {
        let params = three.clone().weights(weights);
        for (class, expected) in [0.7, 0.2, 0.1].into_iter().enumerate() {
            assert!((share(&params, class) - expected).abs() < 0.015, "class {class}");
        }
    }
    // Random labels are of all classes alike.
    assert!((share(&three.clone().weights(vec![1.0, 0.0, 0.0]).flip_y(0.6), 2) - 0.2).abs() < 0.015);
}

#[test]
fn repeated_columns_are_copies_and_shuffling_changes_nothing_but_their_places() {
    let params = Classification::new(9).n_features(12).n_repeated(3);
    let plain = made(&params, 2, 40);
    for chunk in &plain {
        for repeated in 4..7 {
            assert!((0..4).any(|j| chunk.records.column(j) == chunk.records.column(repeated)));
        }
        assert!((7..12).all(|noise| (0..7).all(|j| chunk.records.column(j) != chunk.records.column(noise))));
    }
    let shuffled = made(&params.shuffle_columns(true), 2, 40);
    // Where the columns of the first chunk went, those of the second did.
    let place = |j: usize| (0..12).find(|&to| shuffled[0].records.column(to) == plain[0].records.column(j));
    let mut moved = 0;
    for j in 7..12 {
        let to = place(j).unwrap();
        moved += usize::from(to != j);
        assert_eq!(shuffled[1].records.column(to), plain[1].records.column(j));
    }
    assert!(moved > 0);
    assert_eq!((&shuffled[0].targets, &shuffled[1].targets), (&plain[0].targets, &plain[1].targets));
}

#[test]
fn shift_and_scale_are_applied_to_all_columns_or_to_each_its_own() {
    let base = Classification::new(2).class_sep(3.0);
    let plain = &made(&base, 1, 30)[0].records;
    let moved = &made(&base.clone().shift(2.0).scale(10.0), 1, 30)[0].records;
    assert!(moved.iter().zip(plain).all(|(moved, plain)| (moved - (plain + 2.0) * 10.0).abs() < 1e-12));
    let own = &made(&base.clone().shift(None).scale(None), 2, 30);
    let mut factors = Vec::new();
    for j in 0..20 {
        // A line through the first two rows; all others lie on it, in the next chunk, too.
        let (x, y) = (plain.column(j), own[0].records.column(j));
        let factor = (y[1] - y[0]) / (x[1] - x[0]);
        let shift = y[0] / factor - x[0];
        assert!((1.0 - 1e-9..=101.0).contains(&factor) && shift.abs() <= 3.0 + 1e-9, "{factor} {shift}");
        let second = made(&base, 2, 30).remove(1).records;
        let apart = |(x, y): (&f64, &f64)| ((x + shift) * factor - y).abs();
        assert!(second.column(j).iter().zip(own[1].records.column(j)).map(apart).all(|apart| apart < 1e-9));
        factors.push(factor);
    }
    assert!(factors.iter().any(|factor| (factor - factors[0]).abs() > 1.0));
}

#[test]
fn without_a_hypercube_clusters_are_nearer_to_the_middle() {
    let means = |params: Classification| {
        let params = params.n_clusters_per_class(1).class_sep(5.0).flip_y(0.0);
        let chunk = made(&params, 1, 4000).remove(0);
        let rows: Vec<usize> = (0..4000).filter(|&i| chunk.targets[i] == 1).collect();
        chunk.records.select(Axis(0), &rows).mean_axis(Axis(0)).unwrap()
    };
    let (cube, random) = (means(Classification::new(3)), means(Classification::new(3).hypercube(false)));
    for j in 0..2 {
        assert!((cube[j].abs() - 5.0).abs() < 0.3 && random[j].abs() < 4.9, "{} {}", cube[j], random[j]);
        assert_eq!(cube[j] > 0.0, random[j] > 0.0);
    }
}

fn targets_made(params: &Regression, n_chunks: usize, rows: usize) -> Vec<DatasetBase<Array2<f64>, Array1<f64>>> {
    Runtime::new().threads(2).compute(params.chunks(n_chunks, rows).unwrap()).unwrap()
}

#[test]
fn a_regression_is_a_plane_and_noise_of_the_size_asked_for() {
    let params = Regression::new(5).n_features(20).n_informative(4).bias(7.0);
    let coef = params.coef().unwrap();
    assert!(coef.iter().take(4).all(|weight| (0.0..100.0).contains(weight) && *weight != 0.0));
    assert!(coef.iter().skip(4).all(|weight| *weight == 0.0));
    let (exact, noisy) = (targets_made(&params, 2, 2000), targets_made(&params.clone().noise(3.0), 2, 2000));
    for (exact, noisy) in exact.iter().zip(&noisy) {
        let plane = exact.records.dot(&coef) + 7.0;
        assert!(plane.iter().zip(&exact.targets).all(|(a, b)| (a - b).abs() < 1e-9));
        assert_eq!(exact.records, noisy.records, "noise changes no row");
        let noise = (&noisy.targets - &exact.targets).std(0.0);
        assert!((noise - 3.0).abs() < 0.2, "{noise}");
    }
    assert_ne!(exact[0].records, exact[1].records);
    assert_eq!(exact[1].records, targets_made(&params, 5, 2000)[1].records);
    let key = || params.chunks(1, 50).unwrap().as_slice()[0].key();
    assert!(key() == key() && key().is_lasting());

    let shuffled = params.clone().shuffle_columns(true);
    let moved = shuffled.coef().unwrap();
    assert!(moved != coef && moved.iter().all(|weight| coef.iter().any(|other| other == weight)));
    assert_eq!(Regression::new(1).n_features(3).coef().unwrap().iter().filter(|w| **w != 0.0).count(), 3);
}

#[test]
fn what_was_put_into_a_regression_is_found_over_chunks() {
    let params = Regression::new(8).n_features(6).bias(-2.0).noise(0.5).shuffle_columns(true).n_informative(3);
    let fit = Averaged::new(LinearRegression::params()).fit(&params.chunks(20, 500).unwrap());
    let model = Runtime::new().compute(fit).unwrap();
    for (found, expected) in model.coef().iter().zip(params.coef().unwrap()) {
        assert!((found - expected).abs() < 0.03, "{found} for {expected}");
    }
    assert!((model.intercept() + 2.0).abs() < 0.03);
}

/// The singular values that scikit-learn's `make_low_rank_matrix` has exactly, chunks have about.
#[test]
fn an_effective_rank_is_seen_in_the_singular_values_of_each_chunk() {
    let params = Regression::new(6).n_features(30).effective_rank(4).tail_strength(0.2);
    for chunk in targets_made(&params, 2, 6000) {
        let products = chunk.records.t().dot(&chunk.records);
        // The sums of the squares of all singular values, and of their fourth powers.
        let expected: Vec<f64> =
            (0..30).map(|i| i as f64 / 4.0).map(|i| 0.8 * (-i * i).exp() + 0.2 * (-0.1 * i).exp()).collect();
        let (squares, fourths) = (products.diag().sum(), products.iter().map(|x| x * x).sum::<f64>());
        let (of_squares, of_fourths) =
            (expected.iter().map(|s| s.powi(2)).sum::<f64>(), expected.iter().map(|s| s.powi(4)).sum::<f64>());
        assert!((squares / of_squares - 1.0).abs() < 0.05, "{squares} for {of_squares}");
        assert!((fourths / of_fourths - 1.0).abs() < 0.1, "{fourths} for {of_fourths}");
    }
    let tail = |share| {
        let records = &targets_made(&params.clone().tail_strength(share), 1, 500)[0].records;
        records.iter().map(|x| x * x).sum::<f64>()
    };
    assert!(tail(1.0) > 2.0 * tail(0.0));
}

#[test]
fn parameters_out_of_range_are_named() {
    let message = |params: Classification| params.chunks(1, 1).err().unwrap().to_string();
    assert!(message(Classification::new(0).n_features(3)).contains("n_features = 3"));
    assert!(message(Classification::new(0).n_classes(3)).contains("1 to 4 clusters"));
    assert!(message(Classification::new(0).flip_y(1.5)).contains("flip_y = 1.5"));
    let of = Classification::new;
    assert!(message(of(0).n_features(6).n_repeated(3)).contains("n_features = 6"));
    assert!(message(of(0).n_repeated(usize::MAX)).contains("n_features = 20"));
    assert!(message(of(0).weights(vec![0.5, 0.4])).contains("weights = [0.5, 0.4]"));
    assert!(message(of(0).weights(vec![1.5, -0.5])).contains("weights"));
    assert!(message(of(0).weights(vec![f64::NAN])).contains("weights"));
    assert!(message(of(0).weights(vec![])).contains("2 shares of 0 or more"));
    assert!(message(of(0).shift(f64::NAN)).contains("shift = NaN"));
    assert!(message(of(0).scale(f64::INFINITY)).contains("scale = inf"));
    assert!(message(of(0).class_sep(f64::NAN)).contains("class_sep = NaN"));
    let message = |params: Regression| params.chunks(1, 1).err().unwrap().to_string();
    assert!(message(Regression::new(0).n_features(0)).contains("n_features = 0"));
    assert!(message(Regression::new(0).effective_rank(0)).contains("effective_rank = 0"));
    assert!(message(Regression::new(0).bias(f64::NAN)).contains("bias = NaN"));
    assert!(message(Regression::new(0).noise(-1.0)).contains("noise = -1"));
    assert!(message(Regression::new(0).tail_strength(1.1)).contains("tail_strength = 1.1"));
}

fn written(params: &Documents, n_chunks: usize, rows: usize) -> Vec<DatasetBase<Text, Array1<usize>>> {
    Runtime::new().threads(2).compute(params.chunks(n_chunks, rows).unwrap()).unwrap()
}

#[test]
fn documents_depend_on_the_seed_and_their_chunk_alone_and_are_as_long_as_asked_for() {
    let (few, many) = (written(&Documents::new(1), 2, 40), written(&Documents::new(1), 3, 40));
    assert_eq!((&few[1].records, &few[1].targets), (&many[1].records, &many[1].targets));
    assert_ne!(many[0].records, many[1].records);
    assert_ne!(few[0].records, written(&Documents::new(2), 1, 40)[0].records);
    for mean in [10, 130] {
        let chunk = written(&Documents::new(3).mean_length(mean), 1, 2000).remove(0);
        let lengths: Vec<usize> = chunk.records.iter().map(|text| text.split_whitespace().count()).collect();
        let found = lengths.iter().sum::<usize>() as f64 / lengths.len() as f64;
        assert!((found / mean as f64 - 1.0).abs() < 0.08, "{found} words, {mean} asked for");
        assert!(lengths.iter().all(|&length| (mean / 4..=mean * 5 / 2).contains(&length)));
        assert!(chunk.records.iter().all(|text| text.lines().all(|line| line.len() < 80)));
    }
}

#[test]
fn the_words_of_documents_tell_their_classes_apart_as_far_as_labels_are_true() {
    let accuracy = |params: Documents| {
        let text = HashingVectorizer::params().n_features(1 << 14);
        let (train, test) = train_test_split(&params.chunks(8, 500).unwrap(), 0.5, 1);
        let score = Pipeline::new(text, Chained::new(SgdClassifier::params().alpha(1e-5))).fit(&train).score(&test);
        Runtime::new().compute(score).unwrap()
    };
    let base = || Documents::new(5).n_classes(3).topic_share(0.5).flip_y(0.0);
    let (clear, noisy, same) = (accuracy(base()), accuracy(base().flip_y(0.3)), accuracy(base().topic_share(0.0)));
    assert!(clear > 0.9, "{clear}");
    // Of the labels drawn at random a third are true; and they are in the way of learning.
    assert!((0.5..0.82).contains(&noisy), "{noisy}");
    assert!((same - 1.0 / 3.0).abs() < 0.08, "{same}");
}

#[test]
fn parameters_of_documents_out_of_range_are_named() {
    let message = |params: Documents| params.chunks(1, 1).err().unwrap().to_string();
    assert!(message(Documents::new(0).n_words(2_999)).contains("3000 to 4294967295 for 2 classes"));
    assert!(message(Documents::new(0).n_classes(0)).contains("n_classes"));
    assert!(message(Documents::new(0).mean_length(3)).contains("mean_length = 3"));
    assert!(message(Documents::new(0).topic_share(0.6)).contains("topic_share = 0.6"));
    assert!(message(Documents::new(0).flip_y(-0.1)).contains("flip_y = -0.1"));
}
