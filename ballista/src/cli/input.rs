//! Input tables of the commands: files, formats, columns.

use chunkfit_ballista::table::{Format, register_files};
use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::Expr;
use datafusion::prelude::SessionContext;

/// A table of files, each a partition and a chunk.
#[derive(Clone, Debug, clap::Args)]
pub struct Input {
    /// The files: a folder, a pattern, or one. All nodes have to find them there
    #[arg(long = "input", value_name = "GLOB")]
    pub files: String,
    /// What is in them. By default what the ending of their names tells
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<FileFormat>,
    /// The column of the documents
    #[arg(long, value_name = "COL")]
    pub text: String,
}

/// [`Format`] by its name on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum FileFormat {
    Parquet,
    /// A JSON object a line
    Json,
    /// With the columns' names in the first line
    Csv,
}

impl From<FileFormat> for Format {
    fn from(format: FileFormat) -> Format {
        match format {
            FileFormat::Parquet => Format::Parquet,
            FileFormat::Json => Format::JsonLines,
            FileFormat::Csv => Format::Csv,
        }
    }
}

impl Input {
    /// The rows, under a name that queries can use.
    pub async fn register(&self, context: &SessionContext, name: &str) -> Result<DataFrame> {
        let format = self.format.map_or_else(|| Format::of(&self.files), |format| Ok(format.into()))?;
        register_files(context, name, &self.files, format).await
    }
}

/// A column as it is spelt, upper case and all.
///
/// # Errors
/// The table has none of this name: those that it has are named.
pub fn column(frame: &DataFrame, name: &str) -> Result<Expr> {
    let names: Vec<&str> = frame.schema().fields().iter().map(|field| field.name().as_str()).collect();
    if !names.contains(&name) {
        let there = names.join(", ");
        return Err(DataFusionError::Plan(format!("the input has no column `{name}`; it has {there}")));
    }
    Ok(Expr::Column(Column::from_name(name)))
}
