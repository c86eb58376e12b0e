//! `fit`: from files to a model, or to one a group.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chunkfit_ballista::cluster::{Client, ClientOptions};
use chunkfit_ballista::table::CHUNK;
use chunkfit_ballista::{Recipe, fit_udaf};
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::error::{DataFusionError, Result};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::prelude::SessionContext;
use serde_json::json;

use super::input::{Input, column};

/// What `fit` is asked for.
#[derive(Clone, Debug, clap::Args)]
pub struct FitOptions {
    #[command(flatten)]
    input: Input,
    /// The column of the labels: booleans, integers or strings
    #[arg(long, value_name = "COL")]
    label: String,
    /// The column of the rows' weights
    #[arg(long, value_name = "COL")]
    weight: Option<String>,
    /// Fit a model for every value of this column
    #[arg(long, value_name = "COL", conflicts_with = "rounds")]
    group_by: Option<String>,
    /// Go on from the average for so many rounds in all
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// What is to be fitted, as JSON
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Where the model is written; with --group-by as Parquet, a row a group, with the columns of the group and `model`
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    #[command(flatten)]
    client: ClientOptions,
}

/// Fits, writes, and says on stdout what was done, as a line of JSON.
pub async fn run(options: &FitOptions) -> Result<()> {
    let started = Instant::now();
    let recipe = Recipe::from_json(&read(&options.recipe)?)?;
    let client = Client::new(options.client.clone())?;
    let fitted = client.run("fit", async |context| fit(options, &recipe, context).await).await?;
    let bytes = write(options, &fitted.batches)?;
    let said = json!({
        "model": options.model, "bytes": bytes, "models": fitted.batches.iter().map(RecordBatch::num_rows).sum::<usize>(),
        "partitions": fitted.partitions, "rounds": options.rounds, "seconds": started.elapsed().as_secs_f64(),
    });
    println!("{said}");
    Ok(())
}

struct Fitted {
    /// The groups, if there are any, and the models.
    batches: Vec<RecordBatch>,
    partitions: usize,
}

async fn fit(options: &FitOptions, recipe: &Recipe, context: SessionContext) -> Result<Fitted> {
    let input = options.input.register(&context, "input").await?;
    let of = |name: &str| column(&input, name);
    let mut arguments = vec![of(&options.input.text)?, of(&options.label)?, of(CHUNK)?];
    arguments.extend(options.weight.as_deref().map(of).transpose()?);
    let groups: Vec<_> = options.group_by.as_deref().map(of).transpose()?.into_iter().collect();
    let model = fit_udaf("fit", recipe.clone()).call(arguments).alias("model");
    let partitions = 0;
    let batches = input.aggregate(groups, vec![model])?.collect().await?;
    Ok(Fitted { batches, partitions })
}

/// The bytes written.
fn write(options: &FitOptions, batches: &[RecordBatch]) -> Result<u64> {
    if options.group_by.is_none() {
        let model = batches.iter().find(|batch| batch.num_rows() > 0).map(|batch| batch.column(0).as_binary::<i64>());
        let model = model.filter(|model| model.is_valid(0));
        let model = model.ok_or_else(|| DataFusionError::Execution("the input has no rows: no model".to_owned()))?;
        return whole(&options.model, |file| file.write_all(model.value(0)).map_err(DataFusionError::IoError));
    }
    let schema = batches.first().map(RecordBatch::schema);
    let schema = schema.ok_or_else(|| DataFusionError::Execution("the input has no rows: no models".to_owned()))?;
    whole(&options.model, |file| {
        let mut writer = ArrowWriter::try_new(file, schema, None)?;
        batches.iter().try_for_each(|batch| writer.write(batch))?;
        writer.close()?;
        Ok(())
    })
}

/// Writes a file beside its place, and moves it there when it is whole.
fn whole(path: &Path, write: impl FnOnce(&mut File) -> Result<()>) -> Result<u64> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let told = |error: std::io::Error| DataFusionError::Execution(format!("cannot write {}: {error}", path.display()));
    let mut part = tempfile::NamedTempFile::new_in(folder).map_err(told)?;
    write(part.as_file_mut())?;
    let bytes = part.as_file().metadata().map_err(told)?.len();
    part.persist(path).map_err(|error| told(error.error))?;
    Ok(bytes)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| DataFusionError::Configuration(format!("cannot read {}: {error}", path.display())))
}
