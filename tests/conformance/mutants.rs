//! Estimators with one fault each: the law that forbids the fault finds it. A law that cannot fail is no law.

use std::sync::atomic::{AtomicU64, Ordering};

use chunkfit::Result;
use chunkfit::data::{Codec, FeatureRows, Identified, checked_weights};
use chunkfit::estimator::{FitAverage, FitPasses, FitSummed, Model, PartialFit, Weighting, kind, settle};
use chunkfit::graph::Figure;
use chunkfit::prelude::*;
use chunkfit::testing::{Estimator, Examples, Subject, hold, laws};
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// The fault of an estimator.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
enum Fault {
    None,
    /// Another number every time.
    Random,
    /// NaN is learned from.
    LearnsNan,
    /// NaN is predicted from.
    PredictsNan,
    /// Rows of any number of columns are learned from.
    AnyColumns,
    /// Weights are dropped.
    DropsWeights,
    /// Negative weights are learned from.
    NegativeWeights,
    /// Only the last chunk is remembered.
    Forgets,
    /// What the chunks before had goes into the mean twice.
    DependsOnCuts,
    /// A merge is not symmetric.
    OrderedMerge,
    /// Panics on a chunk without rows.
    PanicsOnNothing,
    /// The checkpoint cannot keep the model.
    NoCodec,
    /// Learns from no rows.
    LearnsNothing,
    /// The checkpoint loses the weight of the rows so far.
    LossyCodec,
    /// The parameter has no effect.
    IdleParameter,
    /// Values that are no numbers are learned.
    NanTargets,
    /// The mean of large values is infinite.
    Overflows,
    /// Weights other than 1 are refused: a fault unless it is claimed.
    RefusesWeights,
}

/// Predicts the mean of all values, plus a constant.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Mean {
    fault: Fault,
    shift: f64,
}

impl Identified for Mean {
    const NAME: &'static str = "mutants::Mean";
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct MeanModel {
    sum: f64,
    weight: f64,
    n_features: Option<usize>,
    shift: f64,
    predicts_nan: bool,
}

type Rows = Array2<f64>;
type Data = DatasetBase<Rows, Array1<f64>>;

impl Mean {
    fn add(&self, model: Option<MeanModel>, chunk: &Data) -> Result<MeanModel> {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let fault = self.fault;
        let n_rows = chunk.records.nrows();
        assert!(fault != Fault::PanicsOnNothing || n_rows > 0, "no rows");
        if fault != Fault::LearnsNan {
            chunk.records.check_finite()?;
        }
        let weights = match fault {
            Fault::DropsWeights => None,
            Fault::NegativeWeights => Some(chunk.weights.iter().map(|w| f64::from(*w)).collect::<Vec<_>>())
                .filter(|weights| !weights.is_empty()),
            _ => checked_weights(chunk)?,
        };
        if let (Fault::RefusesWeights, Some(weights)) = (fault, &weights)
            && let Some(row) = weights.iter().position(|weight| *weight != 1.0)
        {
            return Err(Error::parameter("sample_weight", weights[row], "1 for every row").at_row(row));
        }
        let mut model = match model {
            Some(_) if fault == Fault::Forgets => MeanModel::default(),
            Some(model) => model,
            None => MeanModel::default(),
        };
        let width = *model.n_features.get_or_insert(chunk.records.ncols());
        if width != chunk.records.ncols() && fault != Fault::AnyColumns {
            return Err(Error::shape("columns", width, chunk.records.ncols()));
        }
        if fault == Fault::DependsOnCuts {
            model.sum += 0.125 * model.weight;
        }
        for (i, value) in chunk.targets.iter().enumerate() {
            let weight = weights.as_ref().map_or(1.0, |weights| weights[i]);
            if weight == 0.0 {
                continue;
            }
            if !value.is_finite() && fault != Fault::NanTargets {
                let kind = ErrorKind::InvalidTarget { value: value.to_string(), expected: "a finite number" };
                return Err(Error::new(kind).at_row(i));
            }
            model.sum += weight * value;
            model.weight += weight;
        }
        if !model.sum.is_finite() && fault != Fault::Overflows && fault != Fault::NanTargets {
            return Err(Error::parameter("y", "values", "values whose sum is a number"));
        }
        if fault == Fault::Random {
            model.sum += CALLS.fetch_add(1, Ordering::Relaxed) as f64;
        }
        model.shift = if fault == Fault::IdleParameter { 0.0 } else { self.shift };
        model.predicts_nan = fault == Fault::PredictsNan;
        Ok(model)
    }

    fn check(&self, model: &MeanModel) -> Result<()> {
        match model.weight > 0.0 || self.fault == Fault::LearnsNothing {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::NoRows { estimator: "Mean" })),
        }
    }
}

impl PartialFit<Rows, Array1<f64>> for Mean {
    type Model = MeanModel;

    fn partial_fit(&self, model: Option<MeanModel>, chunk: &Data) -> Result<MeanModel> {
        self.add(model, chunk)
    }

    fn check_end(&self, model: &MeanModel) -> Result<()> {
        self.check(model)
    }

    fn codec(&self) -> Option<Codec<MeanModel>> {
        match self.fault {
            Fault::NoCodec => None,
            Fault::LossyCodec => {
                let (whole, again) = (Codec::<MeanModel>::serialized(), Codec::<MeanModel>::serialized());
                let lossy = move |bytes: &[u8]| Ok(MeanModel { weight: 1.0, ..again.decode(bytes)? });
                Some(Codec::new(move |model| whole.encode(model), lossy))
            }
            _ => Some(Codec::serialized()),
        }
    }
}

impl FitAverage<Rows, Array1<f64>> for Mean {
    type State = Vec<(Fault, MeanModel)>;
    type Model = MeanModel;

    fn fit_state(&self, chunk: &Data, _: Weighting) -> Result<Self::State> {
        self.add(None, chunk).map(|model| vec![(self.fault, model)])
    }

    fn merge(mut a: Self::State, b: Self::State) -> Result<Self::State> {
        a.extend(b);
        Ok(a)
    }

    fn finish(&self, state: Self::State) -> Result<MeanModel> {
        let mut parts = state.into_iter().map(|(_, part)| part);
        let first = parts.next().unwrap_or_default();
        let merged = parts.enumerate().try_fold(first, |all, (i, part)| {
            let share = if self.fault == Fault::OrderedMerge { 1.0 + i as f64 } else { 1.0 };
            match all.n_features == part.n_features || part.n_features.is_none() {
                true => Ok(MeanModel { sum: all.sum + share * part.sum, weight: all.weight + part.weight, ..all }),
                false => Err(Error::shape("columns", all.n_features.unwrap_or(0), part.n_features.unwrap_or(0))),
            }
        })?;
        self.check(&merged)?;
        Ok(merged)
    }
}

impl PredictInplace<Rows, Array1<f64>> for MeanModel {
    fn predict_inplace(&self, x: &Rows, y: &mut Array1<f64>) {
        let width = self.n_features.unwrap_or(x.ncols());
        let learned = match self.weight > 0.0 {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::NoRows { estimator: "Mean" })),
        };
        let checked = match (self.predicts_nan, width == x.ncols()) {
            (_, false) => Err(Error::shape("columns", width, x.ncols())),
            (true, true) => Ok(()),
            (false, true) => x.check_finite(),
        };
        settle(learned.and(checked).map(|()| y.fill(self.sum / self.weight + self.shift)));
    }

    fn default_target(&self, x: &Rows) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

impl Model for MeanModel {
    type Kind = kind::Regressor;
}

impl Fit<Rows, Array1<f64>, Error> for Mean {
    type Object = MeanModel;

    fn fit(&self, chunk: &Data) -> Result<MeanModel> {
        let model = self.add(None, chunk)?;
        self.check(&model).map(|()| model)
    }
}

/// Two passes for nothing, whose objective goes from 1 to this.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Objective(f64);

impl Identified for Objective {
    const NAME: &'static str = "mutants::Objective";
}

impl FitPasses<Rows, Array1<f64>> for Objective {
    type Rows = Vec<f64>;
    type PassState = usize;
    type Part = ();
    type Sum = ();
    type Model = MeanModel;

    fn rows(&self, _: &Data) -> Result<Vec<f64>> {
        Ok(Vec::new())
    }

    fn is_done(passes: &usize) -> bool {
        *passes == 2
    }

    fn ask(&self, _: &usize, _: &Vec<f64>) -> Result<()> {
        Ok(())
    }

    fn sum(_: &[&()]) -> Result<()> {
        Ok(())
    }

    fn merge_sums(_: (), _: ()) -> Result<()> {
        Ok(())
    }

    fn advance(&self, passes: usize, _: ()) -> Result<usize> {
        Ok(passes + 1)
    }

    fn figures(&self, passes: &usize) -> Vec<Figure> {
        vec![Figure::new("objective", if *passes == 1 { 1.0 } else { self.0 })]
    }

    fn model(&self, _: usize) -> Result<MeanModel> {
        Ok(MeanModel::default())
    }
}

impl FitSummed<Rows, Array1<f64>> for Objective {
    fn begin(&self) -> Result<usize> {
        Ok(0)
    }
}

fn estimator(fault: Fault) -> Estimator<Mean, MeanModel, Rows, Array1<f64>> {
    let mean = Mean { fault, shift: 0.0 };
    Examples::<Rows, Array1<f64>>::new()
        .estimator(mean)
        .chained()
        .exact_average()
        .in_memory()
        .scored()
        .into_files::<f64>()
        .varied("shift", |mean| Mean { shift: 1.0, ..mean })
        .varied("fault", |mean| Mean { fault: Fault::DependsOnCuts, ..mean })
}

fn subject(fault: Fault) -> Subject {
    estimator(fault).subject()
}

/// The laws that a subject violates.
fn violated(subject: &Subject) -> Vec<&'static str> {
    laws().iter().filter(|law| hold(law, subject).is_err()).map(|law| law.name).collect()
}

#[test]
fn an_estimator_without_fault_violates_no_law() {
    let subject = subject(Fault::None);
    let violations: Vec<String> =
        laws().iter().filter_map(|law| hold(law, &subject).err()).map(|violation| violation.to_string()).collect();
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn every_fault_is_found_by_the_law_that_forbids_it() {
    let faults = [
        (Fault::Random, "threads"),
        (Fault::Random, "arrival"),
        (Fault::LearnsNan, "non-finite rows, learning"),
        (Fault::PredictsNan, "non-finite rows, using"),
        (Fault::AnyColumns, "columns"),
        (Fault::DropsWeights, "rows of weight 0"),
        (Fault::DropsWeights, "repeated rows"),
        (Fault::DropsWeights, "no weight at all"),
        (Fault::NegativeWeights, "bad weights"),
        (Fault::Forgets, "cuts"),
        (Fault::DependsOnCuts, "cuts"),
        (Fault::OrderedMerge, "trees"),
        (Fault::PanicsOnNothing, "one row"),
        (Fault::NoCodec, "resumed"),
        (Fault::LossyCodec, "resumed"),
        (Fault::LearnsNothing, "one row"),
        (Fault::IdleParameter, "parameters"),
        (Fault::NanTargets, "targets"),
        (Fault::Overflows, "overflow"),
        (Fault::RefusesWeights, "repeated rows"),
    ];
    for (fault, law) in faults {
        let found = violated(&subject(fault));
        assert!(found.contains(&law), "{fault:?} is not found by {law:?}, but by {found:?}");
    }
}

#[test]
fn an_objective_that_rises_or_is_no_number_is_found() {
    let found = |objective| {
        let subject = Examples::<Rows, Array1<f64>>::new().estimator(Objective(objective)).sum().subject();
        violated(&subject).contains(&"figures")
    };
    assert!(!found(1.0) && !found(0.5) && !found(1.0 + 1e-12));
    assert!(found(1.1) && found(f64::NAN) && found(f64::INFINITY));
}

#[test]
fn weights_may_be_refused_by_a_claim_and_never_dropped() {
    let violated = |fault| violated(&estimator(fault).refuses_weights().subject());
    assert_eq!(violated(Fault::RefusesWeights), [""; 0]);
    assert!(violated(Fault::DropsWeights).contains(&"rows of weight 0"));
    assert!(violated(Fault::None).contains(&"rows of weight 0"));
}
