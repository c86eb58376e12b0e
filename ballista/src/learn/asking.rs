//! A pass: every chunk is asked the same question.

use std::fmt;
use std::sync::Arc;

use chunkfit::data::{Csr, Footprint};
use chunkfit::distributed::OrderedSum;
use chunkfit::estimator::FitPasses;
use chunkfit::linear::LogisticRegressionParams;
use datafusion::error::Result;
use ndarray::Array1;

use super::Examples;
use super::answers::Answers;
use super::search::{self, Searching};
use crate::error::{from_core, refused};
use crate::label::FrameLabel;
use crate::model::{ModelRef, Stores, cached};

type Logistic<L> = LogisticRegressionParams<L>;
type Part<L> = <Logistic<L> as FitPasses<Csr<f64>, Array1<L>>>::Part;
type Sum<L> = <Logistic<L> as FitPasses<Csr<f64>, Array1<L>>>::Sum;

/// The answers of the chunks so far.
pub(super) struct Asking<L: FrameLabel> {
    params: Logistic<L>,
    reference: ModelRef,
    stores: Stores,
    kind: String,
    answers: OrderedSum<Part<L>, Sum<L>>,
    bytes: usize,
}

impl<L: FrameLabel> fmt::Debug for Asking<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {:?}", self.kind, self.answers.count())
    }
}

impl<L: FrameLabel> Asking<L> {
    pub fn new(params: Logistic<L>, reference: ModelRef, stores: Stores) -> Self {
        // Answers to another question are refused by the name of what is asked.
        let kind = format!("pass of {reference}");
        Asking { params, reference, stores, kind, answers: OrderedSum::new(), bytes: 0 }
    }

    fn search(&self) -> Result<Arc<Searching<L>>> {
        cached(&self.stores, &self.reference, |bytes| search::read(bytes))
    }
}

impl<L: FrameLabel> Answers<L> for Asking<L> {
    fn add(&mut self, chunk: u32, examples: &Examples<L>) -> Result<()> {
        let rows = self.params.rows(examples).map_err(from_core("fit, a pass"))?;
        let part = FitPasses::<Csr<f64>, Array1<L>>::ask(&self.params, &self.search()?.0, &rows);
        let part = part.map_err(from_core("fit, a pass"))?;
        self.bytes += postcard::experimental::serialized_size(&part).unwrap_or(0);
        let n = examples.records.row_count() as u64;
        self.answers
            .insert(chunk, n, part, Logistic::<L>::sum_of, Logistic::<L>::merge_of)
            .map_err(from_core("fit, a pass"))
    }

    fn take(&mut self) -> Result<Vec<u8>> {
        self.bytes = 0;
        std::mem::take(&mut self.answers).to_bytes(&self.kind).map_err(from_core("fit, a pass"))
    }

    fn absorb(&mut self, bytes: &[u8]) -> Result<()> {
        let answers = OrderedSum::from_bytes(&self.kind, bytes).map_err(from_core("fit, merging a pass"))?;
        self.bytes += bytes.len();
        self.answers
            .absorb(answers, Logistic::<L>::sum_of, Logistic::<L>::merge_of)
            .map_err(from_core("fit, merging a pass"))
    }

    fn finish(&mut self) -> Result<Vec<u8>> {
        self.bytes = 0;
        let answers = std::mem::take(&mut self.answers);
        let count = answers.count();
        let search = self.search()?;
        if count != search.1 {
            return Err(refused(format!(
                "fit, a pass: {count:?} answered, and {:?} were fitted before: the data changed between two queries, \
                 or not all of it was read; fit again",
                search.1
            )));
        }
        let sum = answers.finish(Logistic::<L>::sum_of, Logistic::<L>::merge_of).map_err(from_core("fit, a pass"))?;
        let sum = sum.ok_or_else(|| refused("fit, a pass: there are no rows"))?;
        let advanced = FitPasses::<Csr<f64>, Array1<L>>::advance(&self.params, search.0.clone(), sum);
        search::write::<L>(&Searching(advanced.map_err(from_core("fit, a pass"))?, count))
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// The two sums with the types of the rows, which they do not depend on, settled.
trait Sums<L: FrameLabel> {
    fn sum_of(parts: &[&Part<L>]) -> chunkfit::Result<Sum<L>>;
    fn merge_of(a: Sum<L>, b: Sum<L>) -> chunkfit::Result<Sum<L>>;
}

impl<L: FrameLabel> Sums<L> for Logistic<L> {
    fn sum_of(parts: &[&Part<L>]) -> chunkfit::Result<Sum<L>> {
        <Self as FitPasses<Csr<f64>, Array1<L>>>::sum(parts)
    }

    fn merge_of(a: Sum<L>, b: Sum<L>) -> chunkfit::Result<Sum<L>> {
        <Self as FitPasses<Csr<f64>, Array1<L>>>::merge_sums(a, b)
    }
}
