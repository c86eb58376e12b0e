//! Zipf's law: frequencies of words in made-up documents.

use super::draws::Draws;

/// Ranks of words, the most frequent being 0: rank `r` is drawn in proportion to `1 / (r + 2.7)`, the law of
/// Zipf in Mandelbrot's form (1953).
///
/// One draw and one comparison for a rank, by the alias method (Walker 1977; the table as in Vose 1991).
pub(super) struct Zipf {
    /// For each rank, from where on in its cell the other rank is taken, and that rank.
    cells: Vec<(u32, u32)>,
}

impl Zipf {
    pub(super) fn new(n: usize) -> Self {
        let weight = |rank: usize| 1.0 / (rank as f64 + 2.7);
        let sum: f64 = (0..n).map(weight).sum();
        // Of mean 1: a cell holds that much.
        let mut left: Vec<f64> = (0..n).map(|rank| weight(rank) * n as f64 / sum).collect();
        let (mut large, mut small): (Vec<usize>, Vec<usize>) = (0..n).partition(|&rank| left[rank] >= 1.0);
        let mut cells: Vec<(u32, u32)> = (0..n).map(|rank| (u32::MAX, rank as u32)).collect();
        while let (Some(&giver), Some(taker)) = (large.last(), small.pop()) {
            cells[taker] = ((left[taker] * f64::from(u32::MAX)) as u32, giver as u32);
            left[giver] -= 1.0 - left[taker];
            if left[giver] < 1.0 {
                large.pop();
                small.push(giver);
            }
        }
        Zipf { cells }
    }

    pub(super) fn draw(&self, draws: &mut Draws) -> usize {
        let bits = draws.bits();
        let rank = (((bits >> 32) * self.cells.len() as u64) >> 32) as usize;
        let (own, other) = self.cells[rank];
        if bits as u32 <= own { rank } else { other as usize }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_come_as_often_as_the_law_says() {
        const N: usize = 50;
        const DRAWS: usize = 200_000;
        let (zipf, mut draws) = (Zipf::new(N), Draws::new(3, 0));
        let mut counts = [0usize; N];
        (0..DRAWS).for_each(|_| counts[zipf.draw(&mut draws)] += 1);
        let sum: f64 = (0..N).map(|rank| 1.0 / (rank as f64 + 2.7)).sum();
        for (rank, &count) in counts.iter().enumerate() {
            let expected = DRAWS as f64 / (rank as f64 + 2.7) / sum;
            let deviation = (count as f64 - expected).abs() / expected.sqrt();
            assert!(deviation < 4.5, "rank {rank}: {count} of {expected}");
        }
    }
}
