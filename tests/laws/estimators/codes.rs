//! Rows of codes of categories: those of the blocks, which are multiples of a quarter, four times as large.

use chunkfit::Result;
use chunkfit::data::{FeatureRows, Footprint, Rows};
use linfa::dataset::Records;
use ndarray::Array2;

use super::blocks::Layout;

#[derive(Clone)]
pub struct Codes<R>(R);

impl<R: Records> Records for Codes<R> {
    type Elem = R::Elem;

    fn nsamples(&self) -> usize {
        self.0.nsamples()
    }

    fn nfeatures(&self) -> usize {
        self.0.nfeatures()
    }
}

impl<R: Rows> Rows for Codes<R> {
    type Row<'a>
        = R::Row<'a>
    where
        Self: 'a;

    fn n_rows(&self) -> usize {
        self.0.n_rows()
    }

    fn row(&self, i: usize) -> Self::Row<'_> {
        self.0.row(i)
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        Codes(self.0.select_rows(rows))
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        R::concat_rows(&parts.iter().map(|part| &part.0).collect::<Vec<_>>()).map(Codes)
    }
}

impl<R: Footprint> Footprint for Codes<R> {
    fn heap_bytes(&self) -> usize {
        self.0.heap_bytes()
    }

    fn row_count(&self) -> usize {
        self.0.row_count()
    }
}

impl<R: FeatureRows> FeatureRows for Codes<R> {
    const SPARSE: bool = R::SPARSE;

    type Row<'a>
        = R::Row<'a>
    where
        Self: 'a;

    fn feature_row(&self, i: usize) -> Self::Row<'_> {
        self.0.feature_row(i)
    }
}

impl<R: Layout> Layout for Codes<R> {
    const NAME: &'static str = R::NAME;

    fn of(x: &Array2<f64>) -> Self {
        Codes(R::of(&(4.0 * x)))
    }
}
