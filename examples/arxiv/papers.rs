//! Papers as arXiv describes them, and what is made of them: lists of tokens, one-hot categories.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use chunkfit::data::Footprint;
use chunkfit::{Error, ErrorKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::taxonomy::{GROUPS, group_of};

/// One line of arXiv's metadata; what else stands there is not read.
#[derive(Deserialize, Serialize)]
pub struct Paper {
    pub id: String,
    pub title: String,
    /// Separated by spaces: `cs.IT math.IT`.
    pub categories: String,
    #[serde(rename = "abstract")]
    pub summary: String,
}

/// A paper made ready for learning.
#[derive(Deserialize, Serialize)]
pub struct Example {
    pub id: String,
    /// The words of the abstract, in lower case.
    pub tokens: Vec<String>,
    /// 1 for each main category that the paper is in, in the order of [`GROUPS`].
    pub one_hot: Vec<u8>,
}

impl Paper {
    pub fn to_example(&self) -> Result<Example, Error> {
        let mut one_hot = vec![0; GROUPS.len()];
        for category in self.categories.split_whitespace() {
            let group = group_of(category)
                .ok_or_else(|| malformed(format!("paper {} is in {category}, whose archive is not known", self.id)))?;
            one_hot[group] = 1;
        }
        let words = self.summary.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        Ok(Example { id: self.id.clone(), tokens: words.map(str::to_lowercase).collect(), one_hot })
    }
}

/// Reads a file of JSON, one value a line.
pub fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Error> {
    let file = File::open(path).map_err(|error| Error::io("read", path, error))?;
    let parse = |(row, line): (usize, std::io::Result<String>)| {
        let line = line.map_err(|error| Error::io("read", path, error))?;
        serde_json::from_str(&line).map_err(|error| malformed(error.to_string()).at_row(row).in_file(path))
    };
    BufReader::new(file).lines().enumerate().map(parse).collect()
}

/// Writes a file of JSON, one value a line: aside, and renamed when it is whole.
pub fn write_lines<T: Serialize>(path: &Path, values: &[T]) -> Result<(), Error> {
    let failed = |error| Error::io("write", path, error);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut out = BufWriter::new(tempfile::NamedTempFile::new_in(folder).map_err(failed)?);
    for value in values {
        serde_json::to_writer(&mut out, value).map_err(|error| failed(error.into()))?;
        out.write_all(b"\n").map_err(failed)?;
    }
    let whole = out.into_inner().map_err(|error| failed(error.into_error()))?;
    whole.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// What is told of a file that was made ready.
#[derive(Clone)]
pub struct Prepared {
    pub n_papers: usize,
    /// How many papers are in each main category.
    pub counts: Vec<usize>,
    /// The row of the paper that is to be shown, if the file has it.
    pub shown: Option<usize>,
}

impl Footprint for Prepared {}

impl Footprint for Example {
    fn heap_bytes(&self) -> usize {
        self.id.heap_bytes() + self.tokens.heap_bytes() + self.one_hot.heap_bytes()
    }
}

/// Makes the papers of one file ready and writes them to another. To do so twice does no harm.
pub fn prepare(input: &Path, output: &Path, shown: &str) -> Result<Prepared, Error> {
    let papers: Vec<Paper> = read_lines(input)?;
    let example = |(row, paper): (usize, &Paper)| paper.to_example().map_err(|error| error.at_row(row).in_file(input));
    let examples = papers.iter().enumerate().map(example).collect::<Result<Vec<_>, _>>()?;
    write_lines(output, &examples)?;
    let count = |group: usize| examples.iter().filter(|example| example.one_hot[group] == 1).count();
    Ok(Prepared {
        n_papers: papers.len(),
        counts: (0..GROUPS.len()).map(count).collect(),
        shown: papers.iter().position(|paper| paper.id == shown),
    })
}

fn malformed(problem: String) -> Error {
    Error::new(ErrorKind::Malformed { format: "arXiv metadata", problem })
}
