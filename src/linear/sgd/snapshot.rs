//! Snapshots: models in training as bytes, to be written down and gone on from.

use serde::{Deserialize, Serialize};

use super::classifier::model::SgdClassifier;
use super::coordinate::steps::CoordinateSteps;
use super::descent::train::History;
use super::kernel::boundaries::BoundarySet;
use super::kernel::lanes::{Block, Lane, Lanes};
use super::kernel::lines::Lines;
use super::kernel::squares::Squares;
use super::one_class::SgdOneClassSvm;
use super::one_vs_rest::OneVsRest;
use super::regressor::model::SgdRegressor;
use crate::data::codec::{foreign, from_bytes, to_bytes};
use crate::data::{ClassLabel, Codec, Float, float_computation, wide};
use crate::error::Result;

/// A classifier without the labels of its classes.
#[derive(Serialize, Deserialize)]
struct BoundarySnapshot {
    counts: Vec<usize>,
    history: History,
    lanes: LanesSnapshot,
    shown: usize,
    open: bool,
}

/// [`Lanes`] of either width of floats.
#[derive(Serialize, Deserialize)]
pub(super) struct LanesSnapshot {
    columns: usize,
    blocks: Vec<BlockSnapshot>,
}

#[derive(Serialize, Deserialize)]
struct BlockSnapshot {
    lanes: Vec<Lane>,
    weights: Numbers,
    average: Option<Numbers>,
    squares: Option<Squares>,
    steps: Option<CoordinateSteps>,
}

#[derive(Serialize, Deserialize)]
enum Numbers {
    Narrow(Vec<f32>),
    Wide(Vec<f64>),
}

impl<F: Float, L: ClassLabel> SgdClassifier<F, L> {
    /// The form of a model in checkpoints.
    pub(super) fn codec() -> Codec<Self> {
        Codec::new(|model: &Self| model.to_bytes().map(Some), Self::of_bytes)
    }

    /// The model as bytes: its classes, and after them all else, whose form does not depend on the type of label.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = to_bytes(&self.classes)?;
        F::run::<AppendBoundaries<'_>>((&self.counts, &self.history, &self.boundaries, &mut bytes))?;
        Ok(bytes)
    }

    /// The model again.
    ///
    /// # Errors
    /// Bytes that are not those of a model with these types.
    pub(super) fn of_bytes(bytes: &[u8]) -> Result<Self> {
        let (classes, rest) = postcard::take_from_bytes(bytes).map_err(|error| foreign().caused_by(error))?;
        let (counts, history, boundaries) = F::run::<ReadBoundaries<'_>>(rest)?;
        let model = SgdClassifier::new(classes, boundaries, history).with_counts(counts);
        if model.is_whole() { Ok(model) } else { Err(foreign()) }
    }
}

float_computation!(
    AppendBoundaries<'a>((&'a [usize], &'a History, &'a BoundarySet<F>, &'a mut Vec<u8>)) -> Result<()>
        = append_boundaries
);
float_computation!(
    ReadBoundaries<'a>(&'a [u8]) -> Result<(Vec<usize>, History, BoundarySet<F>)> = read_boundaries
);

fn append_boundaries<F: Float>(
    (counts, history, boundaries, bytes): (&[usize], &History, &BoundarySet<F>, &mut Vec<u8>),
) -> Result<()> {
    let snapshot = BoundarySnapshot {
        counts: counts.to_vec(),
        history: history.clone(),
        lanes: LanesSnapshot::of(&boundaries.lanes),
        shown: boundaries.shown,
        open: boundaries.is_open(),
    };
    bytes.append(&mut to_bytes(&snapshot)?);
    Ok(())
}

fn read_boundaries<F: Float>(bytes: &[u8]) -> Result<(Vec<usize>, History, BoundarySet<F>)> {
    let BoundarySnapshot { counts, history, lanes, shown, open } = from_bytes(bytes)?;
    let lanes = lanes.into_lanes().ok_or_else(foreign)?;
    Ok((counts, history, BoundarySet::from_parts(lanes, shown, open)))
}

/// A model that is nothing but its lanes.
#[derive(Serialize, Deserialize)]
struct BareSnapshot {
    history: History,
    lanes: LanesSnapshot,
}

float_computation!(BareToBytes<'a>((&'a History, &'a Lanes<F>)) -> Result<Vec<u8>> = bare_to_bytes);
float_computation!(ReadBare<'a>(&'a [u8]) -> Result<(History, Lanes<F>)> = read_bare);

fn bare_to_bytes<F: Float>((history, lanes): (&History, &Lanes<F>)) -> Result<Vec<u8>> {
    to_bytes(&BareSnapshot { history: history.clone(), lanes: LanesSnapshot::of(lanes) })
}

fn read_bare<F: Float>(bytes: &[u8]) -> Result<(History, Lanes<F>)> {
    let BareSnapshot { history, lanes } = from_bytes(bytes)?;
    Ok((history, lanes.into_lanes().ok_or_else(foreign)?))
}

/// Models that are nothing but their lanes, as bytes and back.
macro_rules! bare_bytes {
    ($($model:ident),*) => {$(
        impl<F: Float> $model<F> {
            /// The form of a model in checkpoints.
            pub(super) fn codec() -> Codec<Self> {
                Codec::new(|model: &Self| model.to_bytes().map(Some), Self::of_bytes)
            }

            /// The model as bytes.
            pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
                F::run::<BareToBytes<'_>>((&self.history, &self.lanes))
            }

            /// The model again.
            ///
            /// # Errors
            /// Bytes that are not those of a model with these floats.
            pub(super) fn of_bytes(bytes: &[u8]) -> Result<Self> {
                let (history, lanes) = F::run::<ReadBare<'_>>(bytes)?;
                let model = $model::new(lanes, history);
                if model.is_whole() { Ok(model) } else { Err(foreign()) }
            }
        }
    )*};
}

bare_bytes!(OneVsRest, SgdRegressor, SgdOneClassSvm);

impl LanesSnapshot {
    pub(super) fn of<F: Float>(lanes: &Lanes<F>) -> Self {
        let block = |block: &Block<F>| BlockSnapshot {
            lanes: block.lanes.clone(),
            weights: Numbers::of(block.weights.as_slice()),
            average: block.average.as_ref().map(|average| Numbers::of(average.as_slice())),
            squares: block.squares.clone(),
            steps: block.steps.clone(),
        };
        LanesSnapshot { columns: lanes.columns(), blocks: lanes.blocks().iter().map(block).collect() }
    }

    /// `None` if the parts do not fit together, or the floats are not of this width.
    pub(super) fn into_lanes<F: Float>(self) -> Option<Lanes<F>> {
        let block = |block: BlockSnapshot| {
            let average = match block.average {
                Some(average) => Some(average.into_lines()?),
                None => None,
            };
            Some(Block::from_parts(block.lanes, block.weights.into_lines()?, average, block.squares, block.steps))
        };
        Lanes::from_blocks(self.columns, self.blocks.into_iter().map(block).collect::<Option<_>>()?)
    }
}

impl Numbers {
    fn of<F: Float>(numbers: &[F]) -> Self {
        if size_of::<F>() == size_of::<f32>() {
            Numbers::Narrow(numbers.iter().map(|&number| wide(number) as f32).collect())
        } else {
            Numbers::Wide(numbers.iter().map(|&number| wide(number)).collect())
        }
    }

    fn into_lines<F: Float>(self) -> Option<Lines<F>> {
        let numbers: Vec<F> = match self {
            Numbers::Narrow(numbers) if size_of::<F>() == size_of::<f32>() => {
                numbers.into_iter().map(F::cast).collect()
            }
            Numbers::Wide(numbers) if size_of::<F>() == size_of::<f64>() => numbers.into_iter().map(F::cast).collect(),
            _ => return None,
        };
        Some(numbers.into())
    }
}
