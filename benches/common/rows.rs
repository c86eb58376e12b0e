//! Rows like hashed text: few columns of 2^18 are frequent and most are rare.

use chunkfit::Result;
use chunkfit::data::{Csr, CsrBuilder, Float};
use linfa::DatasetBase;
use ndarray::Array1;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const COLUMNS: usize = 1 << 18;

pub type Chunk<F> = DatasetBase<Csr<F>, Array1<bool>>;

/// `n` rows of some `values` values and of length 1, whose label is that of the columns they have more of.
pub fn rows<F: Float>(n: usize, values: usize, seed: u64) -> Result<Chunk<F>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut x = CsrBuilder::with_capacity(COLUMNS, n, n * values)?;
    let mut labels = Vec::with_capacity(n);
    for _ in 0..n {
        let label = rng.gen_bool(0.3);
        let mut columns: Vec<u32> = (0..values)
            .map(|_| {
                // A column's rank among the frequent ones, and where hashing puts it.
                let rank = (COLUMNS as f64 * rng.r#gen::<f64>().powi(3)) as u32;
                let rank = if rng.gen_bool(0.2) { rank & !1 | u32::from(label) } else { rank };
                rank.wrapping_mul(0x9E37_79B1) & (COLUMNS as u32 - 1)
            })
            .collect();
        columns.sort_unstable();
        columns.dedup();
        let value = F::cast(1.0 / (columns.len() as f64).sqrt());
        columns.into_iter().for_each(|column| x.push(column, value));
        x.end_row()?;
        labels.push(label);
    }
    Ok(DatasetBase::new(x.finish(), Array1::from(labels)))
}
