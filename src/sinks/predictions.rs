//! Predictions as tables to be written.

use std::path::Path;
use std::sync::Arc;

use linfa::Label;
use linfa::dataset::{DatasetBase, Records};
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, ArrayView1};
use serde::Serialize;

use super::outputs::by_file;
use super::scalars::{floats, labels, name};
use super::table::{Column, Table};
use super::to_predict::ToPredict;
use crate::chunks::Chunks;
use crate::combine::Fitted;
use crate::data::{Chunk, FeatureRows, Float, Footprint, Shared, first_odd_row};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{Classes, DecisionFunction, PredictProba};
use crate::graph::{Key, Lazy, Task};

/// What a model says of every row of some chunks, as [`tables`](Self::tables) for a [`Sink`](super::Sink).
///
/// | column | what | |
/// |---|---|---|
/// | `id` | the row's key, where records are [`Keyed`](crate::data::Keyed) | always |
/// | `file`, `row` | else: the name of the file that it is from, if it is from one, and its number among the rows that were read of that file, from 0 | always |
/// | `label` | the true label or value, where the chunks have targets | always |
/// | `predicted` | the predicted label or value | always |
/// | `decision` | the decision value, for two classes: positive means the second | [`decision_values`](Self::decision_values) |
/// | `decision_a`, `decision_b`, … | the same for every class, for more of them | |
/// | `probability_a`, `probability_b`, … | the probability of every class | [`probabilities`](Self::probabilities) |
///
/// ```
/// use chunkfit::combine::IntoFit;
/// use chunkfit::prelude::*;
/// use chunkfit::sinks::{Predictions, Sink};
/// use chunkfit::sources::JsonLines;
///
/// # let place = tempfile::tempdir()?;
/// # let (input, out) = (place.path().join("in"), place.path().join("out"));
/// # std::fs::create_dir(&input)?;
/// # std::fs::write(input.join("a.jsonl"), "{\"id\":1,\"text\":\"oil\",\"oil\":true}\n{\"id\":2,\"text\":\"tea\",\"oil\":false}\n")?;
/// let stories = JsonLines::open(&input)?;
/// let train = stories.text_and_label::<bool>("text", "oil")?.chunks();
/// let model = Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params())).fit(&train);
/// let model = Runtime::new().compute(model)?; // or one that was loaded
///
/// let chunks = stories.keyed_text::<u64>("id", "text")?.chunks();
/// let fit = model.into_fit();
/// let predictions = Predictions::of(&fit, &chunks).decision_values();
/// let report = Sink::csv(&out).write(predictions.tables(), &Runtime::new())?;
/// assert_eq!((report.written(), report.rows()), (1, 2));
/// assert!(std::fs::read_to_string(out.join("a.csv"))?.starts_with("id,predicted,decision\n1,true,"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "predictions are lazy: give their tables to a sink"]
pub struct Predictions<'f, H, E> {
    fit: &'f H,
    examples: Chunks<E>,
    tables: Chunks<Table>,
}

impl<'f, H, E: Shared> Predictions<'f, H, E> {
    /// What a fit predicts for every row: one that is still to be computed, or a model in memory
    /// ([`IntoFit`](crate::combine::IntoFit)).
    pub fn of<D: ToPredict<Examples = E>, R, T, L>(fit: &'f H, chunks: &Chunks<D>) -> Self
    where
        H: Fitted<E, Examples = DatasetBase<R, T>, Model: PredictInplace<R, Array1<L>>>,
        R: Records + Shared,
        T: Shared,
        L: Serialize + Chunk,
    {
        let examples = D::examples(chunks);
        let named = predicted(&fit.predict::<R, T, Array1<L>>(&examples));
        Predictions { fit, examples, tables: known(chunks, &[]) }.and(&named)
    }

    /// What the models of groups predict for every row: of [`PerGroup`](crate::combine::PerGroup) over
    /// [`Keyed`](crate::data::Keyed) rows, whose group is the `id`.
    pub fn of_groups<R: Records + Shared, T, L>(fit: &'f H, chunks: &Chunks<E>) -> Self
    where
        E: ToPredict,
        H: Fitted<E, Examples = DatasetBase<R, T>, Model: PredictInplace<R, Array1<L>>>,
        T: Shared,
        L: Serialize + Chunk,
    {
        let tables = known(chunks, &[]);
        Predictions { fit, examples: chunks.clone(), tables }.and(&predicted(&fit.predict(chunks)))
    }

    /// What a fit says of every row that may have several labels, as [`OneVsRest`](crate::linear::OneVsRest) does: a
    /// column `predicted_a` and a column `decision_a` for a label called `a`, and `label_a` where the chunks have targets.
    ///
    /// Computing it fails on another number of names than there are labels.
    pub fn of_labels<D: ToPredict<Examples = E>, R, T, F>(
        fit: &'f H,
        chunks: &Chunks<D>,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self
    where
        H: Fitted<E, Examples = DatasetBase<R, T>, Model: DecisionFunction<R>>,
        R: FeatureRows<Elem = F> + Shared,
        T: Shared,
        F: Float + Footprint,
    {
        let names: Arc<[String]> = names.into_iter().map(Into::into).collect();
        let examples = D::examples(chunks);
        let key = Key::of("labels").params(&*names).finish();
        let tables = known(chunks, &names);
        let named = fit.decision_function(&examples).map_keyed("labels", key, move |values| {
            if values.ncols() != names.len() {
                return Err(Error::shape("names of labels", values.ncols(), names.len()));
            }
            if let Some(row) = first_odd_row(values.view()) {
                return Err(Error::new(ErrorKind::NonFiniteResult { what: "decision value" }).at_row(row));
            }
            let predicted = |table: Table, (values, name): (ArrayView1<'_, F>, &String)| {
                let yes = values.iter().map(|&value| value > F::zero()).collect();
                table.with(format!("predicted_{name}"), Column::Bool(yes))
            };
            let table = values.columns().into_iter().zip(&*names).try_fold(Table::new(values.nrows()), predicted)?;
            table.beside(columns("decision", values, &names)?)
        });
        Predictions { fit, examples, tables }.and(&named)
    }

    /// With decision values. The model tells the names of its classes.
    pub fn decision_values<R, T, L>(self) -> Self
    where
        H: Fitted<E, Examples = DatasetBase<R, T>, Model: DecisionFunction<R> + Classes<L>>,
        R: FeatureRows<Elem: Footprint> + Shared,
        T: Shared,
        L: Label + Serialize,
    {
        let values = self.fit.decision_function(&self.examples);
        let named = by_class(self.fit.model(), &values, |values, classes: &[L]| match values.ncols() {
            1 => Table::new(values.nrows()).with("decision", floats(values.column(0))),
            _ => columns("decision", values, classes),
        });
        self.and(&named)
    }

    /// With probabilities, of classifiers that have them. The model tells the names of its classes.
    pub fn probabilities<R, T, L>(self) -> Self
    where
        H: Fitted<E, Examples = DatasetBase<R, T>, Model: PredictProba<R> + Classes<L>>,
        R: FeatureRows<Elem: Footprint> + Shared,
        T: Shared,
        L: Label + Serialize,
    {
        let values = self.fit.predict_proba(&self.examples);
        let named =
            by_class(self.fit.model(), &values, |values, classes: &[L]| columns("probability", values, classes));
        self.and(&named)
    }

    /// The tables, one a chunk. A [`Sink`](super::Sink) writes them.
    pub fn tables(&self) -> &Chunks<Table> {
        &self.tables
    }

    /// With these columns behind the others.
    fn and(self, more: &Chunks<Table>) -> Self {
        let join = |(table, more): (&Lazy<Table>, &Lazy<Table>)| {
            let key = Key::of("join columns").input(table.key()).input(more.key()).finish();
            table.step_owned(more, Task::new("join columns", key).measured::<Table>(), Table::beside)
        };
        let tables = Chunks::from_lazies(self.tables.iter().zip(more.iter()).map(join));
        Predictions { tables, ..self }
    }
}

/// The column of predicted labels or values.
fn predicted<L: Serialize + Chunk>(predictions: &Chunks<Array1<L>>) -> Chunks<Table>
where
    Array1<L>: Chunk,
{
    predictions.map_keyed("predictions", Key::of("predictions").finish(), |predicted: &Array1<L>| {
        let table = Table::new(predicted.len());
        labels(predicted)?.map_or(Ok(table.clone()), |column| table.with("predicted", column))
    })
}

/// What is known of the rows before they are predicted.
fn known<D: ToPredict>(chunks: &Chunks<D>, names: &[String]) -> Chunks<Table> {
    let names: Arc<[String]> = names.into();
    let mut tables = Vec::with_capacity(chunks.len());
    for input in by_file(chunks) {
        let file_name: Option<Arc<str>> =
            input.file.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into());
        let mut first_row = Lazy::by_content(0);
        for chunk in &chunks.as_slice()[input.chunks] {
            let task = |name: &'static str| {
                Task::new(name, Key::of(name).params(&*names).input(first_row.key()).input(chunk.key()).finish())
            };
            let (table, next_row) = (task("known columns"), task("count rows"));
            let (file_name, names) = (file_name.clone(), names.clone());
            tables.push(first_row.zip(chunk, table.measured::<Table>(), move |&first, chunk| {
                chunk.with_truth(row_names(chunk, file_name.as_deref(), first)?, &names)
            }));
            first_row = first_row.zip(chunk, next_row, |&first, chunk| Ok(first + chunk.n_rows()));
        }
    }
    Chunks::from_lazies(tables)
}

/// How rows are told apart.
fn row_names<D: ToPredict>(chunk: &D, file: Option<&str>, first_row: usize) -> Result<Table> {
    let n = chunk.n_rows();
    if let Some(ids) = chunk.ids()? {
        return Table::new(n).with("id", ids);
    }
    let table = match file {
        Some(file) => Table::new(n).with("file", Column::Text(std::iter::repeat_n(file, n).collect()))?,
        None => Table::new(n),
    };
    table.with("row", Column::Int((first_row..first_row + n).map(|row| row as i64).collect()))
}

/// Tables of values of classes.
fn by_class<M, L, F>(
    model: &Lazy<M>,
    values: &Chunks<Array2<F>>,
    table: impl Fn(&Array2<F>, &[L]) -> Result<Table> + Copy + Shared,
) -> Chunks<Table>
where
    M: Classes<L> + Shared,
    F: Float + Footprint,
{
    Chunks::from_lazies(values.iter().map(|values| {
        let key = Key::of("values of classes").input(model.key()).input(values.key()).finish();
        let task = Task::new("values of classes", key).measured::<Table>();
        model.zip(values, task, move |model, values| table(values, model.classes()))
    }))
}

/// A column a class.
fn columns<F: Float, L: Serialize>(what: &str, values: &Array2<F>, classes: &[L]) -> Result<Table> {
    let of_class = |table: Table, (column, class)| table.with(format!("{what}_{}", name(class)?), floats(column));
    values.columns().into_iter().zip(classes).try_fold(Table::new(values.nrows()), of_class)
}
