//! `predict`: from a model and files to files with predictions, one for each.

use std::path::{Path, PathBuf};
use std::time::Instant;

use chunkfit_ballista::cluster::{Client, ClientOptions};
use chunkfit_ballista::files::write_files;
use chunkfit_ballista::functions::{PredictWhat, predict_udf};
use chunkfit_ballista::model::{AnyModel, ModelRef};
use chunkfit_ballista::session;
use chunkfit_ballista::table::CHUNK;
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::UInt64Type;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::SessionContext;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use super::input::{FileFormat, Input, column};

/// What `predict` is asked for.
#[derive(Clone, Debug, clap::Args)]
pub struct PredictOptions {
    /// The model that `fit` wrote. All nodes have to find it there
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    #[command(flatten)]
    input: Input,
    /// The folder for the files with predictions, one for every file of the input. All nodes have to reach it
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// The format of these
    #[arg(long, value_enum, default_value_t = FileFormat::Parquet, value_name = "FORMAT")]
    output_format: FileFormat,
    /// A column of the input that goes along; may be given several times. By default all but the text
    #[arg(long, value_name = "COL")]
    keep: Vec<String>,
    /// Add the decision function's values
    #[arg(long)]
    decision_function: bool,
    #[command(flatten)]
    client: ClientOptions,
}

/// Predicts, and says on stdout what was done, as a line of JSON.
pub async fn run(options: &PredictOptions) -> Result<()> {
    let started = Instant::now();
    let model = reference(&options.model)?;
    std::fs::create_dir_all(&options.output)?;
    let output = address(&options.output)?;
    let client = Client::new(options.client.clone())?;
    let work = async |context| predict(options, &model, &output, context).await;
    let receipts = client.run("predict", work).await?;
    let sum = |column: &str| -> u64 {
        let columns = receipts.iter().filter_map(|batch| batch.column_by_name(column));
        columns.flat_map(|column| column.as_primitive::<UInt64Type>().values().to_vec()).sum()
    };
    let files: usize = receipts.iter().map(RecordBatch::num_rows).sum();
    let said = json!({
        "output": options.output, "files": files, "rows": sum("rows"), "bytes": sum("bytes"),
        "seconds": started.elapsed().as_secs_f64(),
    });
    println!("{said}");
    Ok(())
}

/// What was written, a row a file.
async fn predict(
    options: &PredictOptions,
    model: &ModelRef,
    output: &str,
    context: SessionContext,
) -> Result<Vec<RecordBatch>> {
    let input = options.input.register(&context, "input").await?;
    let text = column(&input, &options.input.text)?;
    let mut columns: Vec<Expr> = if options.keep.is_empty() {
        let names = input.schema().fields().iter().map(|field| field.name());
        let kept = names.filter(|name| *name != CHUNK && *name != &options.input.text);
        kept.map(|name| column(&input, name)).collect::<Result<_>>()?
    } else {
        options.keep.iter().map(|name| column(&input, name)).collect::<Result<_>>()?
    };
    let stores = session::stores(&context.state());
    let mut add = |what, name: &str| {
        let arguments = vec![lit(model.to_string()), text.clone()];
        columns.push(predict_udf(what, stores.clone()).call(arguments).alias(name));
    };
    add(PredictWhat::Label, "predicted");
    if options.decision_function {
        add(PredictWhat::DecisionFunction, "decision_function");
    }
    write_files(&input.select(columns)?, output, options.output_format.into())?.collect().await
}

/// The model where it lies, by its hash: executors read it from there, and check it.
fn reference(file: &Path) -> Result<ModelRef> {
    let bytes = std::fs::read(file)
        .map_err(|error| DataFusionError::Configuration(format!("cannot read {}: {error}", file.display())))?;
    let label = AnyModel::read(&bytes).map_err(|error| error.context(file.display().to_string()))?.label();
    Ok(ModelRef::Stored { url: address(file)?, sha256: Sha256::digest(&bytes).into(), label })
}

/// A path as an address.
fn address(path: &Path) -> Result<String> {
    let whole = std::path::absolute(path)?;
    let url = Url::from_file_path(&whole)
        .map_err(|()| DataFusionError::Configuration(format!("{} cannot be written as an address", whole.display())))?;
    Ok(url.to_string().trim_end_matches('/').to_owned())
}
