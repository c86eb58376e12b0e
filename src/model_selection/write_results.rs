//! Search results written to files, as CSV and as JSON.

use std::io::Write;

use serde::Serialize;

use super::results::SearchResults;
use super::table::Table;
use crate::data::formula::escape_formula;
use crate::error::{Error, ErrorKind, Result};

impl<P> SearchResults<P> {
    /// Writes one line a candidate: its rank, parameters, per-fold and mean scores, times, errors.
    ///
    /// Names, parameters and errors are written as they are: a spreadsheet takes a text that begins with `=`, `+`, `-` or
    /// `@` for a formula. Where they may come from others, use
    /// [`write_csv_escaping_formulas`](Self::write_csv_escaping_formulas).
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_csv(&self, out: impl Write) -> Result<()> {
        let mut out = out;
        self.table().write_csv(csv::Writer::from_writer(&mut out as &mut dyn Write), |cell| cell)
    }

    /// The same for spreadsheets: with `'` before every text that they would take for a formula (CSV injection, as OWASP
    /// calls it), and all texts quoted.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_csv_escaping_formulas(&self, out: impl Write) -> Result<()> {
        let mut out = out;
        let csv =
            csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(&mut out as &mut dyn Write);
        self.table().write_csv(csv, |cell| escape_formula(&cell).into_owned())
    }

    /// Writes all of it, parameters included. [`serde`] reads it back. A score that is not finite is
    /// `null` in JSON, and comes back as NaN.
    ///
    /// # Errors
    /// When `out` cannot be written, or the parameters do not serialize.
    pub fn write_json(&self, out: impl Write) -> Result<()>
    where
        P: Serialize,
    {
        let failed = |error: serde_json::Error| Error::new(ErrorKind::Io { action: "write JSON" }).caused_by(error);
        serde_json::to_writer_pretty(out, self).map_err(failed)
    }
}

impl Table<'_> {
    /// Writes a line for each row, with the scores on each fold.
    fn write_csv(&self, mut csv: csv::Writer<&mut dyn Write>, cell: fn(String) -> String) -> Result<()> {
        let failed = |error: csv::Error| Error::new(ErrorKind::Io { action: "write CSV" }).caused_by(error);
        let (mut header, rows) = self.cells();
        let n_folds = self.rows.first().map_or(0, |row| row.folds.len());
        header.extend((0..n_folds).flat_map(|k| self.scorers.iter().map(move |scorer| format!("fold {k} {scorer}"))));
        csv.write_record(header.into_iter().map(cell)).map_err(failed)?;
        for (mut cells, row) in rows.into_iter().zip(&self.rows) {
            // Every digit: a reader may compute with them.
            cells.extend(row.folds.iter().flat_map(|fold| fold.test_scores.iter().map(f64::to_string)));
            csv.write_record(cells.into_iter().map(cell)).map_err(failed)?;
        }
        csv.flush().map_err(|error| Error::new(ErrorKind::Io { action: "write CSV" }).caused_by(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model_selection::results::tests::results;

    #[test]
    fn a_score_that_is_none_comes_back_as_none() {
        let mut found = results(&[0.5, f64::NAN]);
        found.candidates[1].folds[0].train_scores = Some(vec![f64::NAN]);
        found.candidates[0].folds[1].train_scores = Some(vec![0.25]);
        let mut json = Vec::new();
        found.write_json(&mut json).unwrap();
        let read: SearchResults<usize> = serde_json::from_slice(&json).unwrap();
        // NaN equals nothing, so the debug output is compared.
        assert_eq!(format!("{read:?}"), format!("{found:?}"));
        let bytes = postcard::to_stdvec(&found).unwrap();
        assert_eq!(
            format!("{:?}", postcard::from_bytes::<SearchResults<usize>>(&bytes).unwrap()),
            format!("{found:?}")
        );
    }

    #[test]
    fn formulas_among_names_values_and_errors_are_escaped_if_asked_for() {
        let mut found = results(&[0.5, f64::NAN]);
        for row in &mut found.candidates {
            row.candidate.shown = vec![("=alpha".into(), "@SUM(\"A1\",2)".into())];
        }
        found.scorers = vec!["+mine".into()];
        let read = |bytes: &[u8]| {
            let mut csv = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
            csv.records().map(Result::unwrap).collect::<Vec<csv::StringRecord>>()
        };
        let (mut plain, mut escaped) = (Vec::new(), Vec::new());
        found.write_csv(&mut plain).unwrap();
        found.write_csv_escaping_formulas(&mut escaped).unwrap();
        let (plain, escaped) = (read(&plain), read(&escaped));
        assert_eq!((&plain[0][1], &plain[1][1]), ("=alpha", "@SUM(\"A1\",2)"));
        assert_eq!((&escaped[0][1], &escaped[1][1]), ("'=alpha", "'@SUM(\"A1\",2)"));
        assert_eq!((&escaped[0][2], &escaped[1][2]), ("mean +mine", &plain[1][2]));
    }

    #[test]
    fn files_hold_what_was_found() {
        let found = results(&[0.5, 0.75]);
        let mut json = Vec::new();
        found.write_json(&mut json).unwrap();
        assert_eq!(serde_json::from_slice::<SearchResults<usize>>(&json).unwrap(), found);
        let mut bytes = Vec::new();
        results(&[0.5, f64::NAN]).write_csv(&mut bytes).unwrap();
        let mut csv = csv::Reader::from_reader(bytes.as_slice());
        assert_eq!(csv.headers().unwrap().iter().next_back(), Some("fold 1 accuracy"));
        let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        assert_eq!((rows.len(), &rows[0][1], &rows[1][5]), (2, "0", "2 of 2: it did, \"badly\""));
        assert_eq!(rows[0].iter().next_back().map(|cell| cell.parse::<f64>().unwrap()), Some(0.4));
    }
}
