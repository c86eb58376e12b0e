//! Snapshots: models in training as plain data, to be written down and gone on from.

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
use crate::data::{ClassLabel, Float, wide};

/// A classifier.
#[derive(Serialize, Deserialize)]
pub(crate) struct SgdSnapshot<L> {
    classes: Vec<L>,
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
    /// The model as plain data.
    pub(crate) fn snapshot(&self) -> SgdSnapshot<L> {
        let SgdClassifier { classes, counts, boundaries, history, .. } = self;
        SgdSnapshot {
            classes: classes.clone(),
            counts: counts.clone(),
            history: history.clone(),
            lanes: LanesSnapshot::of(&boundaries.lanes),
            shown: boundaries.shown,
            open: boundaries.is_open(),
        }
    }

    /// The model again; `None` if the data is not that of a model with these types.
    pub(crate) fn from_snapshot(snapshot: SgdSnapshot<L>) -> Option<Self> {
        let SgdSnapshot { classes, counts, history, lanes, shown, open } = snapshot;
        let boundaries = BoundarySet::from_parts(lanes.into_lanes()?, shown, open);
        let model = SgdClassifier::new(classes, boundaries, history).with_counts(counts);
        model.is_whole().then_some(model)
    }
}

/// A model that is nothing but its lanes.
#[derive(Serialize, Deserialize)]
pub(crate) struct BareSnapshot {
    history: History,
    lanes: LanesSnapshot,
}

impl<F: Float> OneVsRest<F> {
    /// The model as plain data.
    pub(crate) fn snapshot(&self) -> BareSnapshot {
        BareSnapshot { history: self.history.clone(), lanes: LanesSnapshot::of(&self.lanes) }
    }

    /// The model again; `None` if the data is not that of a model with these floats.
    pub(crate) fn from_snapshot(BareSnapshot { history, lanes }: BareSnapshot) -> Option<Self> {
        let model = OneVsRest::new(lanes.into_lanes()?, history);
        model.is_whole().then_some(model)
    }
}

impl<F: Float> SgdRegressor<F> {
    /// The model as plain data.
    pub(crate) fn snapshot(&self) -> BareSnapshot {
        BareSnapshot { history: self.history.clone(), lanes: LanesSnapshot::of(&self.lanes) }
    }

    /// The model again; `None` if the data is not that of a model with these floats.
    pub(crate) fn from_snapshot(BareSnapshot { history, lanes }: BareSnapshot) -> Option<Self> {
        let lanes = lanes.into_lanes()?;
        let model = SgdRegressor::new(lanes, history);
        model.is_whole().then_some(model)
    }
}

impl<F: Float> SgdOneClassSvm<F> {
    /// The model as plain data.
    pub(crate) fn snapshot(&self) -> BareSnapshot {
        BareSnapshot { history: self.history.clone(), lanes: LanesSnapshot::of(&self.lanes) }
    }

    /// The model again; `None` if the data is not that of a model with these floats.
    pub(crate) fn from_snapshot(BareSnapshot { history, lanes }: BareSnapshot) -> Option<Self> {
        let lanes = lanes.into_lanes()?;
        let model = SgdOneClassSvm::new(lanes, history);
        model.is_whole().then_some(model)
    }
}

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
