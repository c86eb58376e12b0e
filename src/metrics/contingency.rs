//! `ContingencyTable`: counts of labels against clusters, and the scores of a clustering that are read from them.

use std::collections::BTreeMap;

use linfa::Label;
use serde::{Deserialize, Serialize};

use super::confusion::ratio;
use super::numbering::{Numbering, union};
use super::pair_counts::{Cell, PairCounts};
use crate::data::checked::{checked_when_read, contradiction};
use crate::error::Result;

/// Contingency table: the numbers of rows of each label in each cluster; mergeable over chunks.
///
/// All scores are scikit-learn's and do not depend on how clusters are numbered. There they take no weights; here rows
/// may have some, and count as often: a row of weight 0 is absent. Scores of entropies take any weights. Scores of
/// pairs of rows ([`rand`](Self::rand), [`adjusted_rand`](Self::adjusted_rand),
/// [`fowlkes_mallows`](Self::fowlkes_mallows)) take whole ones, and count a row of weight 2 as two rows, which are a
/// pair; of other weights there are no pairs to count, and these scores are NaN.
///
/// ```
/// use chunkfit::metrics::ContingencyTable;
///
/// let one = ContingencyTable::count(["tea", "tea", "oil"].iter(), [0, 0, 1].iter())?;
/// let both = one.merge(&ContingencyTable::count(["oil"].iter(), [0].iter())?);
/// assert_eq!((both.get(&"oil", 0), both.rand()), (1, 0.5));
/// assert!(both.completeness() < 1.0);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[serde(bound(serialize = "L: Ord + Serialize", deserialize = "L: Ord + Deserialize<'de>"))]
pub struct ContingencyTable<L: Ord> {
    /// Those that occur, sorted.
    labels: Vec<L>,
    /// By the labels' places.
    counts: ContingencyCounts,
}

checked_when_read!(ContingencyTable<L>, serialize: [L: Ord + Serialize], deserialize: [L: Ord + Deserialize<'de>]);

impl<L: Ord> ContingencyTable<L> {
    fn check_read(&self) -> Result<()> {
        match self.labels.is_sorted_by(|a, b| a < b) {
            true => self.counts.cells.check_read(self.labels.len(), None),
            false => Err(contradiction("labels that do not ascend")),
        }
    }
}

impl<L: Label> Default for ContingencyTable<L> {
    fn default() -> Self {
        ContingencyTable { labels: Vec::new(), counts: ContingencyCounts::default() }
    }
}

/// The numbers of rows of each label, by its number, in each cluster.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ContingencyCounts {
    cells: PairCounts,
    /// True if some row's weight is no whole number.
    fractional: bool,
}

/// The three sums that the scores of pairs are read from: twice the number of pairs of rows that are together by labels
/// and by clusters, by labels, and by clusters; and of all pairs.
struct Pairs {
    both: i128,
    labels: i128,
    clusters: i128,
    all: i128,
}

/// The entropies of labels and of clusters, and their mutual information, in nats.
struct Entropies {
    labels: f64,
    clusters: f64,
    mutual: f64,
}

impl<L: Label> ContingencyTable<L> {
    /// Counts the pairs of a true label and a cluster, row by row.
    ///
    /// # Errors
    /// A different number of labels and clusters.
    pub fn count<'a>(
        truth: impl ExactSizeIterator<Item = &'a L>,
        clusters: impl ExactSizeIterator<Item = &'a usize>,
    ) -> Result<Self>
    where
        L: 'a,
    {
        Self::count_weighted(truth, clusters, None)
    }

    /// The same, each row counting `sample_weight` times.
    ///
    /// # Errors
    /// A different number of labels and clusters, or of weights (kind `ShapeMismatch`); a weight that is negative, NaN
    /// or infinite (kind `InvalidParameter`, name `sample_weight`).
    pub fn count_weighted<'a>(
        truth: impl ExactSizeIterator<Item = &'a L>,
        clusters: impl ExactSizeIterator<Item = &'a usize>,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self>
    where
        L: 'a,
    {
        let mut numbering = Numbering::new(&[]);
        let truth = numbering.numbers(truth);
        let clusters: Vec<usize> = clusters.copied().collect();
        let counts = ContingencyCounts::count(&truth, &clusters, sample_weight)?;
        let (labels, places) = numbering.sorted(&counts.cells.used(numbering.len(), (true, false)));
        Ok(ContingencyTable { counts: counts.renumbered(&places), labels })
    }

    /// Adds the counts of other rows.
    pub fn merge(self, other: &Self) -> Self {
        if self.labels == other.labels {
            return ContingencyTable { labels: self.labels, counts: self.counts.merge(&other.counts) };
        }
        let (labels, [own, others]) = union(&self.labels, &other.labels);
        let counts = self.counts.renumbered(&own).merge(&other.counts.renumbered(&others));
        ContingencyTable { labels, counts }
    }

    fn cell(&self, label: &L, cluster: usize) -> Cell {
        self.labels.binary_search(label).map_or_else(|_| Cell::default(), |label| self.counts.cells.get(label, cluster))
    }

    /// The counts, by the labels' numbers.
    pub(super) fn counts(&self) -> &ContingencyCounts {
        &self.counts
    }

    /// How many rows of a weight above 0 were counted.
    pub fn n_rows(&self) -> usize {
        self.counts.cells.n_rows()
    }

    /// The sum of the weights of the rows; without weights their number.
    pub fn total_weight(&self) -> f64 {
        self.counts.cells.total_weight()
    }

    /// Whether some row's weight is no whole number, so that the scores of pairs are NaN.
    pub fn has_fractional_weights(&self) -> bool {
        self.counts.fractional
    }

    /// The labels that occur, sorted.
    pub fn labels(&self) -> Vec<L> {
        self.labels.clone()
    }

    /// The clusters that occur, sorted.
    pub fn clusters(&self) -> Vec<usize> {
        self.counts.sums().1.into_keys().collect()
    }

    /// How many rows of this label are in this cluster.
    pub fn get(&self, label: &L, cluster: usize) -> usize {
        self.cell(label, cluster).rows
    }

    /// The sum of the weights of the rows of this label in this cluster.
    pub fn weight(&self, label: &L, cluster: usize) -> f64 {
        self.cell(label, cluster).weight
    }

    /// The pairs of a label and a cluster that occur, sorted, and how many rows have each.
    pub fn pairs(&self) -> impl Iterator<Item = (&L, usize, usize)> {
        let name = |&((label, cluster), cell): &((usize, usize), Cell)| (&self.labels[label], cluster, cell.rows);
        self.counts.cells.cells().iter().map(name)
    }

    /// The share of pairs of rows that labels and clusters agree on, whether they belong together, from 0 to 1
    /// (scikit-learn's `rand_score`); 1 for fewer than two rows.
    pub fn rand(&self) -> f64 {
        self.counts.rand()
    }

    /// The Rand index less what clusters drawn at random would have, from -0.5 to 1 (scikit-learn's
    /// `adjusted_rand_score`); 1 for the same partition, and for fewer than two rows.
    pub fn adjusted_rand(&self) -> f64 {
        self.counts.adjusted_rand()
    }

    /// The geometric mean of the share of pairs of a cluster that are of one label, and of the share of pairs of a
    /// label that are in one cluster, from 0 to 1 (scikit-learn's `fowlkes_mallows_score`); 0 where no pair is both.
    pub fn fowlkes_mallows(&self) -> f64 {
        self.counts.fowlkes_mallows()
    }

    /// The share of the labels' entropy that the clusters take away: 1 if every cluster has rows of one label alone
    /// (scikit-learn's `homogeneity_score`), and for no rows.
    pub fn homogeneity(&self) -> f64 {
        self.counts.homogeneity()
    }

    /// The share of the clusters' entropy that the labels take away: 1 if all rows of a label are in one cluster
    /// (scikit-learn's `completeness_score`), and for no rows.
    pub fn completeness(&self) -> f64 {
        self.counts.completeness()
    }

    /// The harmonic mean of homogeneity and completeness, from 0 to 1 (scikit-learn's `v_measure_score`); 1 for no
    /// rows.
    pub fn v_measure(&self) -> f64 {
        self.counts.v_measure()
    }

    /// The mutual information of labels and clusters in nats, 0 or more (scikit-learn's `mutual_info_score`); 0 for no
    /// rows.
    pub fn mutual_info(&self) -> f64 {
        self.counts.mutual_info()
    }

    /// The mutual information over the arithmetic mean of both entropies, from 0 to 1 (scikit-learn's
    /// `normalized_mutual_info_score`); 1 where both labels and clusters are one alone, and for no rows.
    pub fn normalized_mutual_info(&self) -> f64 {
        self.counts.normalized_mutual_info()
    }
}

impl ContingencyCounts {
    fn count(truth: &[usize], clusters: &[usize], sample_weight: Option<&[f64]>) -> Result<Self> {
        let cells = PairCounts::count(truth, ("clusters", clusters), sample_weight)?;
        let fractional = sample_weight.is_some_and(|weights| weights.iter().any(|weight| weight.fract() != 0.0));
        Ok(ContingencyCounts { cells, fractional })
    }

    fn merge(self, other: &Self) -> Self {
        ContingencyCounts { cells: self.cells.merge(&other.cells), fractional: self.fractional || other.fractional }
    }

    fn renumbered(&self, places: &[usize]) -> Self {
        ContingencyCounts { cells: self.cells.renumbered(Some(places), None), fractional: self.fractional }
    }

    pub(super) fn rand(&self) -> f64 {
        let Some(Pairs { both, labels, clusters, all }) = self.pairs_of_rows() else { return f64::NAN };
        if all == 0 { 1.0 } else { (all - labels - clusters + 2 * both) as f64 / all as f64 }
    }

    pub(super) fn adjusted_rand(&self) -> f64 {
        let Some(Pairs { both, labels, clusters, all }) = self.pairs_of_rows() else { return f64::NAN };
        let (true_positives, false_negatives, false_positives) = (both, labels - both, clusters - both);
        if false_negatives == 0 && false_positives == 0 {
            return 1.0;
        }
        let true_negatives = all - labels - clusters + both;
        // Products of counts of pairs are beyond integers.
        let [tp, tn, fp, r#fn] =
            [true_positives, true_negatives, false_positives, false_negatives].map(|pairs| pairs as f64);
        2.0 * (tp * tn - r#fn * fp) / ((tp + r#fn) * (r#fn + tn) + (tp + fp) * (fp + tn))
    }

    pub(super) fn fowlkes_mallows(&self) -> f64 {
        let Some(Pairs { both, labels, clusters, .. }) = self.pairs_of_rows() else { return f64::NAN };
        if both == 0 { 0.0 } else { (both as f64 / clusters as f64).sqrt() * (both as f64 / labels as f64).sqrt() }
    }

    pub(super) fn homogeneity(&self) -> f64 {
        let Entropies { labels, mutual, .. } = self.entropies();
        if labels == 0.0 { 1.0 } else { mutual / labels }
    }

    pub(super) fn completeness(&self) -> f64 {
        let Entropies { clusters, mutual, .. } = self.entropies();
        if clusters == 0.0 { 1.0 } else { mutual / clusters }
    }

    pub(super) fn v_measure(&self) -> f64 {
        let (homogeneity, completeness) = (self.homogeneity(), self.completeness());
        ratio(2.0 * homogeneity * completeness, homogeneity + completeness)
    }

    pub(super) fn mutual_info(&self) -> f64 {
        self.entropies().mutual
    }

    pub(super) fn normalized_mutual_info(&self) -> f64 {
        let Entropies { labels, clusters, mutual } = self.entropies();
        match (labels == 0.0 && clusters == 0.0, mutual == 0.0) {
            (true, _) => 1.0,
            (_, true) => 0.0,
            _ => mutual / ((labels + clusters) / 2.0),
        }
    }

    /// The weights of each label and of each cluster.
    fn sums(&self) -> (BTreeMap<usize, f64>, BTreeMap<usize, f64>) {
        let (mut labels, mut clusters) = (BTreeMap::new(), BTreeMap::new());
        for &((label, cluster), cell) in self.cells.cells() {
            *labels.entry(label).or_insert(0.0) += cell.weight;
            *clusters.entry(cluster).or_insert(0.0) += cell.weight;
        }
        (labels, clusters)
    }

    /// In integers, so that partitions that are the same are found to be; `None` where weights are no counts of rows.
    fn pairs_of_rows(&self) -> Option<Pairs> {
        let total = self.cells.total_weight();
        if self.fractional || total >= 2f64.powi(53) {
            return None;
        }
        let twice_pairs = |weight: f64| weight as i128 * (weight as i128 - 1);
        let (labels, clusters) = self.sums();
        Some(Pairs {
            both: self.cells.cells().iter().map(|(_, cell)| twice_pairs(cell.weight)).sum(),
            labels: labels.into_values().map(twice_pairs).sum(),
            clusters: clusters.into_values().map(twice_pairs).sum(),
            all: twice_pairs(total),
        })
    }

    fn entropies(&self) -> Entropies {
        let (labels, clusters) = self.sums();
        let total = self.cells.total_weight();
        let entropy = |weights: &mut dyn ExactSizeIterator<Item = &f64>| match weights.len() {
            0 | 1 => 0.0,
            _ => -weights.map(|weight| (weight / total) * (weight / total).ln()).sum::<f64>(),
        };
        let mutual = if labels.len() < 2 || clusters.len() < 2 {
            0.0
        } else {
            let term = |&((label, cluster), cell): &((usize, usize), Cell)| {
                let expected = (labels[&label] / total) * (clusters[&cluster] / total);
                let share = cell.weight / total;
                let term = share * (share / expected).ln();
                if term.abs() < f64::EPSILON { 0.0 } else { term }
            };
            self.cells.cells().iter().map(term).sum::<f64>().max(0.0)
        };
        Entropies { labels: entropy(&mut labels.values()), clusters: entropy(&mut clusters.values()), mutual }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(table: &ContingencyTable<usize>) -> [f64; 8] {
        let pairs = [table.rand(), table.adjusted_rand(), table.fowlkes_mallows()];
        let shares = [table.homogeneity(), table.completeness(), table.v_measure()];
        let [rand, adjusted, fowlkes] = pairs;
        let [homogeneity, completeness, v] = shares;
        let (mutual, normalized) = (table.mutual_info(), table.normalized_mutual_info());
        [rand, adjusted, fowlkes, homogeneity, completeness, v, mutual, normalized]
    }

    #[test]
    fn parts_merged_are_the_whole() {
        let (truth, clusters) = ([1usize, 1, 0, 2, 2, 1, 0], [4usize, 0, 0, 2, 1, 1, 0]);
        let whole = ContingencyTable::count(truth.iter(), clusters.iter()).unwrap();
        for cut in 0..=truth.len() {
            let left = ContingencyTable::count(truth[..cut].iter(), clusters[..cut].iter()).unwrap();
            let right = ContingencyTable::count(truth[cut..].iter(), clusters[cut..].iter()).unwrap();
            assert_eq!(left.merge(&right), whole);
        }
        assert_eq!((whole.labels(), whole.clusters()), (vec![0, 1, 2], vec![0, 1, 2, 4]));
        assert_eq!((whole.get(&0, 0), whole.weight(&0, 0), whole.n_rows()), (2, 2.0, 7));
        assert!(ContingencyTable::count(truth.iter(), clusters[1..].iter()).is_err());
    }

    /// The numbers are scikit-learn's.
    #[test]
    fn one_cluster_one_label_and_no_rows() {
        let count =
            |truth: &[usize], clusters: &[usize]| all(&ContingencyTable::count(truth.iter(), clusters.iter()).unwrap());
        assert_eq!(count(&[], &[]), [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0]);
        assert_eq!(count(&[7], &[3]), [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0]);
        assert_eq!(count(&[0, 0, 0], &[5, 5, 5]), [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0]);
        let one_cluster = count(&[0, 1, 0, 1], &[2, 2, 2, 2]);
        assert_eq!((one_cluster[1], &one_cluster[3..]), (0.0, &[0.0, 1.0, 0.0, 0.0, 0.0][..]));
        let one_label = count(&[1, 1, 1, 1], &[0, 1, 0, 1]);
        assert_eq!((one_label[1], &one_label[3..]), (0.0, &[1.0, 0.0, 0.0, 0.0, 0.0][..]));
        let renumbered = count(&[0, 0, 1, 2], &[9, 9, 0, 4]);
        assert_eq!(renumbered[..3], [1.0, 1.0, 1.0]);
        assert!(renumbered[3..6].iter().all(|score| (score - 1.0).abs() < 1e-15));
    }

    #[test]
    fn whole_weights_are_copies_of_rows_and_others_have_no_pairs() {
        let count = |truth: &[usize], clusters: &[usize], weights: Option<&[f64]>| {
            ContingencyTable::count_weighted(truth.iter(), clusters.iter(), weights).unwrap()
        };
        let weighted = count(&[0, 0, 1, 1, 2], &[0, 1, 1, 1, 0], Some(&[2.0, 1.0, 3.0, 0.0, 1.0]));
        let copied = count(&[0, 0, 0, 1, 1, 1, 2], &[0, 0, 1, 1, 1, 1, 0], None);
        assert_eq!(all(&weighted), all(&copied));
        let halved = count(&[0, 0, 1, 1, 2], &[0, 1, 1, 1, 0], Some(&[1.0, 0.5, 1.5, 0.0, 0.5]));
        assert!(all(&halved)[..3].iter().all(|score| score.is_nan()) && halved.has_fractional_weights());
        assert!(all(&halved)[3..].iter().zip(&all(&copied)[3..]).all(|(a, b)| (a - b).abs() < 1e-15));
        let bad = ContingencyTable::count_weighted([0usize].iter(), [0].iter(), Some(&[-1.0])).unwrap_err();
        assert_eq!(bad.place().row, Some(0));
    }
}
