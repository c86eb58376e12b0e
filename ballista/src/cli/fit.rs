//! `fit`: from files to a model, or to one a group.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chunkfit_ballista::cluster::{Client, ClientOptions};
use chunkfit_ballista::{Columns, FrameFit, FrameModel, Recipe};
use datafusion::arrow::array::RecordBatch;
use datafusion::error::{DataFusionError, Result};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::prelude::SessionContext;
use serde_json::json;

use super::input::Input;

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
    /// How many MB the states of all groups may take, on the executors together: more is refused before anything is
    /// fitted
    #[arg(long, value_name = "MB", requires = "group_by")]
    group_memory: Option<usize>,
    /// Go on from the average for so many rounds in all
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = rounds)]
    rounds: usize,
    /// What is to be fitted, as JSON
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Where the model is written; with --group-by as Parquet, a row a group, with the columns of the group and `model`
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Where what one round leaves to the next lies meanwhile, if it is large: a folder that all nodes reach, as
    /// file:///path or in an object store. By default that of the model
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
    #[command(flatten)]
    client: ClientOptions,
}

/// Fits, writes, and says on stdout what was done, as a line of JSON.
pub async fn run(options: &FitOptions) -> Result<()> {
    let started = Instant::now();
    let recipe = Recipe::from_json(&read(&options.recipe)?)?;
    let client = Client::new(options.client.clone())?;
    let mut said = if let Some(key) = &options.group_by {
        let models = client.run("fit", async |context| fit_groups(options, &recipe, key, context).await).await?;
        let bytes = write_groups(&options.model, &models)?;
        json!({"models": models.iter().map(RecordBatch::num_rows).sum::<usize>(), "bytes": bytes})
    } else {
        let model = client.run("fit", async |context| fit(options, &recipe, context).await).await?;
        let bytes = whole(&options.model, |file| file.write_all(model.bytes()).map_err(DataFusionError::IoError))?;
        let training = model.describe()?.training;
        let rounds = options.rounds;
        json!({
            "models": 1, "bytes": bytes, "partitions": training.chunks, "rows": training.rows, "rounds": rounds,
        })
    };
    said["model"] = json!(options.model);
    said["seconds"] = json!(started.elapsed().as_secs_f64());
    println!("{said}");
    Ok(())
}

/// One model of all rows.
async fn fit(options: &FitOptions, recipe: &Recipe, context: SessionContext) -> Result<FrameModel> {
    let input = options.input.register(&context, "input").await?;
    let scratch = match &options.scratch {
        Some(scratch) => scratch.clone(),
        None => format!("file://{}", std::path::absolute(folder_of(&options.model))?.display()),
    };
    FrameFit::new(recipe.clone()).rounds(options.rounds).scratch(&scratch).fit(&input, &columns(options)).await
}

/// The groups, and their models.
async fn fit_groups(
    options: &FitOptions,
    recipe: &Recipe,
    key: &str,
    context: SessionContext,
) -> Result<Vec<RecordBatch>> {
    let input = options.input.register(&context, "input").await?;
    let mut fit = FrameFit::new(recipe.clone());
    if let Some(megabytes) = options.group_memory {
        fit = fit.group_memory(megabytes.saturating_mul(1_000_000));
    }
    fit.fit_groups(&input, &columns(options), &[key]).await?.collect().await
}

fn columns(options: &FitOptions) -> Columns {
    let columns = Columns::new(&options.input.text, &options.label);
    match &options.weight {
        Some(weight) => columns.weight(weight),
        None => columns,
    }
}

/// The bytes written.
fn write_groups(path: &Path, batches: &[RecordBatch]) -> Result<u64> {
    let schema = batches.first().map(RecordBatch::schema);
    let schema = schema.ok_or_else(|| DataFusionError::Execution("the input has no rows: no models".to_owned()))?;
    whole(path, |file| {
        let mut writer = ArrowWriter::try_new(file, schema, None)?;
        batches.iter().try_for_each(|batch| writer.write(batch))?;
        writer.close()?;
        Ok(())
    })
}

fn rounds(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&rounds| rounds > 0).ok_or_else(|| "a number of 1 or more".to_owned())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file beside its place, and moves it there when it is whole. It is as private as a file that it replaces; a new
/// one has the permissions that the process's mask (umask) leaves.
fn whole(path: &Path, write: impl FnOnce(&mut File) -> Result<()>) -> Result<u64> {
    let told = |error: std::io::Error| DataFusionError::Execution(format!("cannot write {}: {error}", path.display()));
    if std::fs::metadata(path).is_ok_and(|facts| !facts.is_file()) {
        return Err(told(std::io::Error::other("a folder, a pipe or a device is in its place: take another name")));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".chunkfit-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_or(0o666, |facts| facts.permissions().mode() & 0o777);
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    let mut part = builder.tempfile_in(folder_of(path)).map_err(told)?;
    write(part.as_file_mut())?;
    let bytes = part.as_file().metadata().map_err(told)?.len();
    part.as_file().sync_all().map_err(told)?;
    part.persist(path).map_err(|error| told(error.error))?;
    Ok(bytes)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| DataFusionError::Configuration(format!("cannot read {}: {error}", path.display())))
}
