//! Model files: safetensors whose metadata has one entry, `chunkfit`, of JSON.
//!
//! | field | what |
//! |---|---|
//! | `format` | version of this layout: 1 |
//! | `library`, `kind`, `training` | the [`Description`] |
//! | `model` | the model's fields; `{"$tensor": "name"}` stands for a tensor |
//! | `written_out` | what other programs read and ours has in another form, such as `linear` |
//! | `checksum` | xxh3 of all the others, and of the tensors by name, 128 bits |

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use safetensors::{SafeTensors, View};
use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::Xxh3;

use super::description::{Description, Training};
use super::parts::{Problem, Result as Written, Writer};
use super::reader::put_together;
use super::source::Reader;
use super::tensors::Tensors;
use super::writer::{TakeApart, take_apart};
use super::{Persist, WrittenOut};
use crate::error::{Error, ErrorKind, Result};
use crate::files::{Entry, Name, replace};

pub(super) const FORMAT: u64 = 1;
const LIBRARY: &str = concat!("chunkfit ", env!("CARGO_PKG_VERSION"));
/// The entry in the metadata.
pub(super) const ENTRY: &str = "chunkfit";

/// Writes a model in the place of whatever the file was.
pub(super) fn save<M: Persist>(model: &M, training: &Training, file: &Path) -> Result<()> {
    save_model(&AsSaved(model), training, file)
}

fn save_model(model: &dyn Saved, training: &Training, file: &Path) -> Result<()> {
    let bytes = encode_model(model, training).map_err(|error| error.in_file(file))?;
    replace(file, Name::Given, &bytes).map_err(|error| Error::io("write", file, error))
}

/// A model of whatever type as saving sees it: what is done with it is compiled once.
trait Saved: TakeApart {
    fn kind(&self) -> String;
    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()>;
}

pub(super) struct AsSaved<'a, M>(pub(super) &'a M);

impl<M: Persist> TakeApart for AsSaved<'_, M> {
    fn write(&self, writer: &mut Writer) -> Written<()> {
        self.0.write_parts(writer)
    }
}

impl<M: Persist> Saved for AsSaved<'_, M> {
    fn kind(&self) -> String {
        M::kind()
    }

    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        self.0.write_out(written_out)
    }
}

/// The bytes of a regular file, behind links too: a pipe may never have an end, and neither has a device.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    if let Entry::Special = Entry::behind_links(path)? {
        let problem = "it is a pipe, a socket or a device, and may have no end: read its bytes and take `from_bytes`";
        return Err(io::Error::other(problem));
    }
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The model in a file.
pub(super) fn load<M: Persist>(file: &Path) -> Result<M> {
    let mut model = None;
    load_model(file, &M::kind(), &mut |parts| read_model(parts, &mut model))?;
    model.ok_or_else(damaged)
}

fn load_model(file: &Path, kind: &str, read_model: &mut ReadModel<'_>) -> Result<()> {
    let bytes = read(file).map_err(|error| Error::io("read", file, error))?;
    decode_model(&bytes, kind, read_model).map_err(|error| error.in_file(file))
}

/// What a file says of its model.
pub(super) fn describe(file: &Path) -> Result<Description> {
    let bytes = read(file).map_err(|error| Error::io("read", file, error))?;
    describe_bytes(&bytes).map_err(|error| error.in_file(file))
}

/// The same of its bytes.
pub(super) fn describe_bytes(bytes: &[u8]) -> Result<Description> {
    Content::read(bytes)?.description()
}

pub(super) fn encode<M: Persist>(model: &M, training: &Training) -> Result<Vec<u8>> {
    encode_model(&AsSaved(model), training)
}

fn encode_model(model: &dyn Saved, training: &Training) -> Result<Vec<u8>> {
    let mut tensors = Tensors::new();
    let unsavable = |problem| Error::new(ErrorKind::Malformed { format: "model", problem }); // of a user's own type
    let body = take_apart(model, "model", &mut tensors).map_err(|error| unsavable(error.to_string()))?;
    let mut written_out = WrittenOut { tensors: &mut tensors, parts: Map::new() };
    model.write_out(&mut written_out)?;
    let written_out = written_out.parts;
    let mut entry = json!({
        "format": FORMAT,
        "library": LIBRARY,
        "kind": model.kind(),
        "training": training,
        "model": body,
        "written_out": written_out,
    });
    let mut sum = Checksum::of(&entry);
    tensors.iter().for_each(|(name, tensor)| sum.add_tensor(name, tensor));
    entry["checksum"] = sum.finish().into();
    // Collected, for the type of the map depends on whether some package switches on the `std` of safetensors.
    let metadata = [(ENTRY.to_owned(), entry.to_string())].into_iter().collect();
    safetensors::serialize(&tensors, Some(metadata)).map_err(not_tensors)
}

/// Reads a model from its parts: once what is to be checked before was checked.
type ReadModel<'m> = dyn FnMut(&Content<'_>) -> Result<()> + 'm;

pub(super) fn decode<M: Persist>(bytes: &[u8]) -> Result<M> {
    let mut model = None;
    decode_model(bytes, &M::kind(), &mut |parts| read_model(parts, &mut model))?;
    model.ok_or_else(damaged)
}

fn decode_model(bytes: &[u8], kind: &str, read_model: &mut ReadModel<'_>) -> Result<()> {
    let content = Content::read(bytes)?;
    let found = content.description()?.kind;
    if found != kind {
        return Err(malformed(format!(
            "it holds a model of kind {found}, and is loaded as {kind}: load it as the former"
        )));
    }
    read_model(&content)
}

fn read_model<M: Persist>(content: &Content<'_>, model: &mut Option<M>) -> Result<()> {
    let read = M::read_parts(Reader::new(&content.entry["model"], &content.tensors)).map_err(unreadable)?;
    read.check().map_err(contradictory)?;
    *model = Some(read);
    Ok(())
}

fn unreadable(error: Problem) -> Error {
    malformed(format!("{error}: load it with the types of floats and labels that it was saved with, or save it again"))
}

fn contradictory(error: Error) -> Error {
    malformed("its parts contradict each other: save the model again".into()).caused_by(error)
}

/// A whole file of ours, its checksum right.
pub(super) struct Content<'a> {
    pub(super) entry: Value,
    pub(super) tensors: SafeTensors<'a>,
}

impl<'a> Content<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self> {
        // Sizes and offsets are checked against the length of the file before anything is allocated.
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(not_tensors)?;
        let foreign =
            || malformed("it has no entry chunkfit in its metadata: it is another program's, or damaged".into());
        let entry = metadata.metadata().as_ref().and_then(|entries| entries.get(ENTRY)).ok_or_else(foreign)?;
        let mut entry: Value = serde_json::from_str(entry).map_err(|error| damaged().caused_by(error))?;
        match entry["format"].as_u64() {
            Some(FORMAT) => {}
            Some(newer) if newer > FORMAT => {
                let library = entry["library"].as_str().unwrap_or("a later chunkfit");
                let problem =
                    format!("{library} wrote it in format {newer}, this is {LIBRARY}, which reads {FORMAT}: update it");
                return Err(malformed(problem));
            }
            _ => return Err(damaged()),
        }
        let sum = entry.as_object_mut().and_then(|fields| fields.remove("checksum"));
        let tensors = SafeTensors::deserialize(bytes).map_err(not_tensors)?;
        if sum != Some(checksum(&entry, &tensors).into()) {
            return Err(damaged());
        }
        Ok(Content { entry, tensors })
    }

    pub(super) fn description(&self) -> Result<Description> {
        put_together(&self.entry, &self.tensors).map_err(|error| damaged().caused_by(error))
    }
}

/// The checksum in a file.
pub(super) fn checksum(entry: &Value, tensors: &SafeTensors<'_>) -> String {
    let mut sum = Checksum::of(entry);
    let mut all = tensors.tensors();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all.iter().for_each(|(name, tensor)| sum.add_tensor(name, tensor));
    sum.finish()
}

/// A sum over the entry but for the sum itself, and over the tensors by name: their order in the file is the format's own.
struct Checksum(Xxh3);

impl Checksum {
    fn of(entry: &Value) -> Self {
        let mut sum = Checksum(Xxh3::new());
        sum.add(entry.to_string().as_bytes());
        sum
    }

    fn add_tensor(&mut self, name: &str, tensor: impl View) {
        self.add(name.as_bytes());
        self.add(format!("{:?} {:?}", tensor.dtype(), tensor.shape()).as_bytes());
        self.add(&tensor.data());
    }

    fn add(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    fn finish(self) -> String {
        format!("{:032x}", self.0.digest128())
    }
}

pub(super) fn malformed(problem: String) -> Error {
    Error::new(ErrorKind::Malformed { format: "model file", problem })
}

fn damaged() -> Error {
    malformed("its content is not what was saved: copy or save it again".into())
}

fn not_tensors(error: safetensors::SafeTensorError) -> Error {
    malformed("it is no whole safetensors file: copy or save it again".into()).caused_by(error)
}
