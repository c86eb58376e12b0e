//! Answers of chunks in a pass of an elastic net, and their sums.

use super::NAME;
use crate::data::checked::contradiction;
use crate::error::{Error, ErrorKind, Result};
use crate::linear::moments::Moments;

/// The answer of one chunk.
#[derive(Clone, Debug)]
pub struct ElasticNetAnswer(pub(super) Answer);

/// The sum of some chunks' answers.
#[derive(Clone, Debug)]
pub struct ElasticNetSum(pub(super) Total);

#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// Of a chunk with no row that counts; it has so many columns.
    Nothing(usize),
    Moments(Box<Moments>),
    Columns(ColumnAnswer),
}

/// Numbers in the columns that a chunk has.
#[derive(Clone, Debug, Default)]
pub(super) struct ColumnAnswer {
    pub n_features: usize,
    pub columns: Vec<u32>,
    /// Of each question two or three.
    pub numbers: Vec<Vec<f64>>,
    pub scalars: Scalars,
}

/// Sums over rows that are not of one column.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scalars {
    pub weight: f64,
    /// The weight of the rows whose sums are about zero, because they are sparse.
    pub about_zero: f64,
    /// Of the weighted squares of the errors, and of the targets about their mean.
    pub errors: f64,
    pub targets: f64,
    /// What sums about zero are off for each unit of the column's mean.
    pub off: [f64; 3],
}

/// As [`Answer`], over all columns.
#[derive(Clone, Debug)]
pub(super) enum Total {
    Nothing(usize),
    Moments(Box<Moments>),
    Columns { n_features: usize, numbers: Vec<Vec<f64>>, scalars: Scalars },
}

impl Total {
    fn n_features(&self) -> usize {
        match self {
            Total::Nothing(n_features) => *n_features,
            Total::Moments(moments) => moments.mean_x.len(),
            Total::Columns { n_features, .. } => *n_features,
        }
    }

    pub(super) fn moments(self) -> Result<Moments> {
        match self {
            Total::Moments(moments) => Ok(*moments),
            Total::Nothing(_) => Err(Error::new(ErrorKind::NoRows { estimator: NAME })),
            Total::Columns { .. } => Err(other_question()),
        }
    }

    pub(super) fn columns(self) -> Result<(Vec<Vec<f64>>, Scalars)> {
        match self {
            Total::Columns { numbers, scalars, .. } => Ok((numbers, scalars)),
            Total::Nothing(_) => Err(Error::new(ErrorKind::NoRows { estimator: NAME })),
            Total::Moments(_) => Err(other_question()),
        }
    }

    pub(super) fn merge(self, other: Self) -> Result<Self> {
        if self.n_features() != other.n_features() {
            return Err(Error::shape("columns", self.n_features(), other.n_features()));
        }
        match (self, other) {
            (Total::Nothing(_), some) | (some, Total::Nothing(_)) => Ok(some),
            (Total::Moments(a), Total::Moments(b)) => Ok(Total::Moments(Box::new(a.merge(*b)?))),
            (
                Total::Columns { n_features, mut numbers, scalars },
                Total::Columns { numbers: others, scalars: other, .. },
            ) if numbers.len() == others.len() => {
                for (sums, others) in numbers.iter_mut().zip(&others) {
                    sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
                }
                Ok(Total::Columns { n_features, numbers, scalars: scalars.plus(&other) })
            }
            _ => Err(other_question()),
        }
    }

    /// With one answer more.
    fn plus(self, answer: &Answer) -> Result<Self> {
        match (self, answer) {
            (Total::Columns { n_features, mut numbers, scalars }, Answer::Columns(own))
                if n_features == own.n_features && numbers.len() == own.numbers.len() =>
            {
                own.add_to(&mut numbers);
                Ok(Total::Columns { n_features, numbers, scalars: scalars.plus(&own.scalars) })
            }
            (total, answer) => total.merge(answer.clone().into()),
        }
    }

    /// The sum of one or more answers.
    pub(super) fn of(answers: &[&ElasticNetAnswer]) -> Result<Self> {
        let (first, others) = answers.split_first().ok_or_else(|| contradiction("a sum of no answers"))?;
        others.iter().try_fold(first.0.clone().into(), |total: Total, answer| total.plus(&answer.0))
    }
}

impl From<Answer> for Total {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Nothing(n_features) => Total::Nothing(n_features),
            Answer::Moments(moments) => Total::Moments(moments),
            Answer::Columns(own) => {
                let mut numbers = vec![vec![0.0; own.n_features]; own.numbers.len()];
                own.add_to(&mut numbers);
                Total::Columns { n_features: own.n_features, numbers, scalars: own.scalars }
            }
        }
    }
}

impl ColumnAnswer {
    fn add_to(&self, totals: &mut [Vec<f64>]) {
        for (total, own) in totals.iter_mut().zip(&self.numbers) {
            self.columns.iter().zip(own).for_each(|(&j, number)| total[j as usize] += number);
        }
    }
}

impl Scalars {
    fn plus(&self, other: &Self) -> Self {
        Scalars {
            weight: self.weight + other.weight,
            about_zero: self.about_zero + other.about_zero,
            errors: self.errors + other.errors,
            targets: self.targets + other.targets,
            off: [0, 1, 2].map(|k| self.off[k] + other.off[k]),
        }
    }
}

/// The error of answers to different questions.
fn other_question() -> Error {
    contradiction("chunks answered different questions: states of another pass were mixed in")
}
