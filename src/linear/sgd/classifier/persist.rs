//! Saving and loading of `SgdClassifier`: its weights in the form that training wants, and its coefficients beside.

use linfa::Label;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::descent::train::History;
use super::super::kernel::boundaries::BoundarySet;
use super::SgdClassifier;
use crate::data::{Float, Remembered, float_computation};
use crate::error::Result;
use crate::persist::{Persist, Problem, Reader, Training, Writer, WrittenOut, check_finite, check_whole};

impl<F: Float + Serialize + DeserializeOwned, L: Label + Serialize + DeserializeOwned> Persist for SgdClassifier<F, L> {
    fn kind() -> String {
        "SgdClassifier".into()
    }

    fn training(&self) -> Training {
        Training::of_classes(self.n_rows_seen(), self.class_counts().iter().map(|&count| count as f64))
    }

    fn write_parts(&self, writer: &mut Writer) -> std::result::Result<(), Problem> {
        let SgdClassifier { classes, counts, boundaries, history, .. } = self;
        writer.begin_structure();
        writer.field("classes");
        classes.serialize(&mut *writer)?;
        F::run::<WriteTrained<'_>>((counts, boundaries, history, &mut *writer))?;
        writer.end()
    }

    fn read_parts(reader: Reader<'_>) -> std::result::Result<Self, Problem> {
        let classes = Vec::deserialize(reader.field("classes")?)?;
        let Trained { counts, boundaries, history } = F::run::<ReadTrained<'_>>(reader)?;
        Ok(SgdClassifier { classes, counts, boundaries, history, linear: Remembered::default() })
    }

    fn check(&self) -> Result<()> {
        check_whole(self.is_whole())?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }

    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        if self.is_fitted() { written_out.add("linear", self.linear()?) } else { Ok(()) }
    }
}

/// All of a classifier but its classes, whatever these are.
#[derive(Deserialize)]
#[serde(bound = "F: Float + DeserializeOwned")]
struct Trained<F> {
    counts: Vec<usize>,
    boundaries: BoundarySet<F>,
    history: History,
}

float_computation!(
    WriteTrained<'a>((&'a Vec<usize>, &'a BoundarySet<F>, &'a History, &'a mut Writer)) -> std::result::Result<(), Problem>
        = write_trained
);

float_computation!(ReadTrained<'a>(Reader<'a>) -> std::result::Result<Trained<F>, Problem> = read_trained);

fn write_trained<F: Float + Serialize>(
    (counts, boundaries, history, writer): (&Vec<usize>, &BoundarySet<F>, &History, &mut Writer),
) -> std::result::Result<(), Problem> {
    writer.field("counts");
    counts.serialize(&mut *writer)?;
    writer.field("boundaries");
    boundaries.serialize(&mut *writer)?;
    writer.field("history");
    history.serialize(writer)
}

fn read_trained<F: Float + DeserializeOwned>(reader: Reader<'_>) -> std::result::Result<Trained<F>, Problem> {
    Trained::deserialize(reader)
}
