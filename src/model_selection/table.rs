//! The table of the results of a search, whatever its parameters are: the best row, warnings, printing, validation.

use std::fmt;

use super::results::FoldResult;
use crate::data::checked::contradiction;
use crate::error::{Error, ErrorKind, Result, shown};

/// The results of a search without the parameters.
pub(super) struct Table<'a> {
    /// The scorers' names; the first ranks the candidates.
    pub(super) scorers: &'a [String],
    /// One row a candidate.
    pub(super) rows: Vec<Row<'a>>,
}

/// The results of a candidate without its parameters.
pub(super) struct Row<'a> {
    /// The varied parameters: name and value.
    pub(super) shown: &'a [(String, String)],
    pub(super) folds: &'a [FoldResult],
    pub(super) mean_test_scores: &'a [f64],
    pub(super) std_test_scores: &'a [f64],
    pub(super) ranks: &'a [usize],
}

impl Table<'_> {
    /// Messages about folds that were left out of a scorer's means.
    pub(super) fn warnings(&self) -> Vec<String> {
        let n_folds = self.rows.iter().map(|row| row.folds.len()).max().unwrap_or(0);
        let mut warnings = Vec::new();
        for (s, scorer) in self.scorers.iter().enumerate() {
            // One with a mean has scores on all folds that count.
            let finite = |score: Option<&f64>| score.is_some_and(|score| score.is_finite());
            let with_mean: Vec<_> =
                self.rows.iter().filter(|row| finite(row.mean_test_scores.get(s))).map(|row| row.folds).collect();
            let scored = |k: usize| {
                with_mean.iter().filter_map(|folds| folds.get(k)).any(|fold| finite(fold.test_scores.get(s)))
            };
            for k in (0..n_folds).filter(|&k| !with_mean.is_empty() && !scored(k)) {
                let error = with_mean.iter().filter_map(|folds| folds.get(k)?.error.as_deref()).next();
                let why = error.map_or_else(|| "it is not defined there".to_owned(), str::to_owned);
                warnings.push(format!(
                    "fold {k} is left out of the means of {scorer}, for no candidate has a score: {why}"
                ));
            }
        }
        warnings
    }

    /// The number of the best row by the first scorer; of equals the first.
    pub(super) fn best_index(&self) -> usize {
        let rank = |i: &usize| self.rows[*i].ranks.first().copied();
        (0..self.rows.len()).min_by_key(rank).unwrap_or(0)
    }

    /// The same, if its mean is a finite number.
    pub(super) fn try_best_index(&self) -> Result<usize> {
        let best = self.best_index();
        let mean = self.rows.get(best).and_then(|row| row.mean_test_scores.first());
        match mean.is_some_and(|mean| mean.is_finite()) {
            true => Ok(best),
            false => Err(Error::new(ErrorKind::NoBest { scorer: self.scorers.first().cloned().unwrap_or_default() })),
        }
    }

    /// The header and the rows as text.
    pub(super) fn cells(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let varied = self.rows.first().map_or(&[][..], |row| row.shown);
        let mut header = vec!["rank".to_owned()];
        header.extend(varied.iter().map(|(name, _)| name.clone()));
        header.extend(self.scorers.iter().flat_map(|scorer| [format!("mean {scorer}"), format!("std {scorer}")]));
        header.extend(["fit seconds".to_owned(), "errors".to_owned()]);
        let row = |row: &Row<'_>| {
            let mut cells = vec![row.ranks.first().map_or_else(String::new, usize::to_string)];
            cells.extend(row.shown.iter().map(|(_, value)| value.clone()));
            let scores = row.mean_test_scores.iter().zip(row.std_test_scores);
            cells.extend(scores.flat_map(|(mean, std)| [format!("{mean:.6}"), format!("{std:.6}")]));
            cells.push(format!("{:.3}", row.folds.iter().map(|fold| fold.fit_seconds).sum::<f64>()));
            let errors: Vec<&str> = row.folds.iter().filter_map(|fold| fold.error.as_deref()).collect();
            cells.push(
                errors
                    .first()
                    .map_or_else(String::new, |first| format!("{} of {}: {first}", errors.len(), row.folds.len())),
            );
            cells
        };
        (header, self.rows.iter().map(row).collect())
    }

    /// Prints the rows, the best one first, and the warnings.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (header, rows) = self.cells();
        let shown =
            |cells: Vec<String>| -> Vec<String> { cells.iter().map(|cell| shown::value(cell).to_string()).collect() };
        let (header, rows) = (shown(header), rows.into_iter().map(shown).collect::<Vec<_>>());
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&i| self.rows[i].ranks.first().copied());
        let width = |j: usize| {
            let cells = rows.iter().filter_map(|row| Some(row.get(j)?.chars().count()));
            cells.chain([header[j].chars().count()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..header.len()).map(width).collect();
        for line in [&header].into_iter().chain(order.iter().map(|&i| &rows[i])) {
            let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}")).collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        self.warnings().iter().try_for_each(|warning| writeln!(f, "warning: {warning}"))
    }

    /// Refuses results that no search gives.
    pub(super) fn check_read(&self) -> Result<()> {
        let Some(first) = self.rows.first().filter(|_| !self.scorers.is_empty()) else {
            return Err(contradiction(format!(
                "results of {} candidates by {} scorers: a search has at least one of each",
                self.rows.len(),
                self.scorers.len()
            )));
        };
        let place = |number: usize, problem: String| contradiction(format!("candidate {number}: {problem}"));
        for (number, row) in self.rows.iter().enumerate() {
            self.check_row(row, first.folds.len()).map_err(|problem| place(number, problem))?;
        }
        match (0..self.scorers.len()).find(|&s| !self.rows.iter().any(|row| row.ranks[s] == 1)) {
            Some(s) => Err(contradiction(format!("no candidate is the first by {}", self.scorers[s]))),
            None => Ok(()),
        }
    }

    fn check_row(&self, row: &Row<'_>, n_folds: usize) -> std::result::Result<(), String> {
        let Row { folds, mean_test_scores, std_test_scores, ranks, .. } = row;
        let scorers = self.scorers.len();
        if folds.len() != n_folds || folds.is_empty() {
            return Err(format!("{} folds, where the first candidate has {n_folds}", folds.len()));
        }
        let counts = [("means", mean_test_scores.len()), ("deviations", std_test_scores.len()), ("ranks", ranks.len())];
        let of_folds = folds.iter().flat_map(|fold| {
            let train = fold.train_scores.as_ref().map(|scores| ("scores on the train rows", scores.len()));
            [("scores of a fold", fold.test_scores.len())].into_iter().chain(train)
        });
        if let Some((what, found)) = counts.into_iter().chain(of_folds).find(|&(_, found)| found != scorers) {
            return Err(format!("{found} {what}, where there are {scorers} scorers"));
        }
        match ranks.iter().find(|&&rank| rank == 0 || rank > self.rows.len()) {
            Some(rank) => Err(format!("rank {rank} among {}", self.rows.len())),
            None => Ok(()),
        }
    }
}
