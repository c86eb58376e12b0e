//! Validation of search results that are deserialized: what no search gives is refused, so that whatever is asked of
//! results has an answer.

use serde::{Deserialize, Serialize};

use super::halve::HalvingResults;
use super::results::{FoldResult, SearchResults};
use crate::data::checked::{checked_when_read, contradiction};
use crate::error::Result;

checked_when_read!(SearchResults<P>, serialize: [P: Serialize], deserialize: [P: Deserialize<'de>]);
checked_when_read!(HalvingResults<P>, serialize: [P: Serialize], deserialize: [P: Deserialize<'de>]);
checked_when_read!(FoldResult, serialize: [], deserialize: []);

impl<P> SearchResults<P> {
    fn check_read(&self) -> Result<()> {
        self.table().check_read()
    }
}

impl<P> HalvingResults<P> {
    fn check_read(&self) -> Result<()> {
        if self.rungs.is_empty() { Err(contradiction("results of no rung: a search has at least one")) } else { Ok(()) }
    }
}

impl FoldResult {
    fn check_read(&self) -> Result<()> {
        match self.fit_seconds >= 0.0 && self.score_seconds >= 0.0 {
            true => Ok(()),
            false => Err(contradiction(format!("{} and {} seconds", self.fit_seconds, self.score_seconds))),
        }
    }
}
