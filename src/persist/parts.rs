//! Parts of a value that is being taken apart: JSON, and lists of numbers as tensors.

use serde::de::Error as _;
use serde_json::{Map, Number, Value};

use super::tensors::{Numbers, Tensor, Tensors};

/// The kind of error that serde asks for.
pub(crate) type Problem = serde::de::value::Error;
pub(super) type Result<T> = std::result::Result<T, Problem>;

/// The only field of an object that stands for a tensor: its name.
pub(super) const TENSOR: &str = "$tensor";
/// The names that ndarray serializes an array and its fields under.
pub(super) const ARRAY: &str = "Array";
pub(super) const ARRAY_FIELDS: [&str; 3] = ["v", "dim", "data"];

/// Integers are tensors if there are more: classes stay legible.
const MOST_INTEGERS: usize = 1000;

/// The most numbers for which there is room before the first is written.
const MOST_ROOM: usize = 1 << 20;

/// A value taken apart as it serializes: what is written piece by piece becomes one JSON value and tensors.
///
/// Nothing here is generic, and no value lies in the hands of the code that serializes: that code is compiled in the
/// user's crate, once for every type, and calls this.
#[derive(Debug)]
pub struct Writer {
    /// The first step of every tensor's name.
    root: String,
    tensors: Tensors,
    /// The values that are not whole yet, each within the one before.
    open: Vec<Frame>,
    done: Option<Value>,
}

/// A value that is not whole yet.
#[derive(Debug)]
struct Frame {
    variant: Option<&'static str>,
    content: Content,
}

/// The content so far of a value that is not whole yet.
#[derive(Debug)]
enum Content {
    /// One value: beside a `None` it could not stand in a list of numbers.
    One(Option<Value>),
    /// Numbers of a tuple stay in the JSON: each means something of its own.
    List { all: List, room: usize, is_tuple: bool },
    /// Pairs of keys and values, so that keys may be anything.
    Map { pairs: Vec<Value>, key: Option<Value> },
    /// An array is a tensor by its own name, not by that of a field.
    Fields { all: Map<String, Value>, name: &'static str, is_array: bool },
}

/// A value that was written, numbers still as such: a list of them may become a tensor.
#[derive(Debug)]
enum Part {
    F32(f32),
    F64(f64),
    I64(i64),
    U64(u64),
    Json(Value),
}

/// The parts of a list, as numbers for as long as they are all of one type.
#[derive(Debug)]
enum List {
    Numbers(Numbers),
    Json(Vec<Value>),
}

/// Numbers are most of a large model: one that goes on with a list is written in the caller's own loop.
macro_rules! put_numbers {
    ($($method:ident $of:ty => $part:ident)*) => {
        $(#[inline]
        pub(super) fn $method(&mut self, number: $of) -> Result<()> {
            match self.open.last_mut().map(|frame| &mut frame.content) {
                Some(Content::List { all: List::Numbers(Numbers::$part(all)), is_tuple: false, .. }) => {
                    all.push(number);
                    Ok(())
                }
                _ => self.put(Part::$part(number)),
            }
        })*
    };
}

impl Writer {
    /// Tensors that are written are added to these.
    pub(super) fn new(root: &str, tensors: Tensors) -> Self {
        Writer { root: root.to_owned(), tensors, open: vec![], done: None }
    }

    /// What was written, and all tensors.
    pub(super) fn finish(self) -> (Value, Tensors) {
        (self.done.unwrap_or_default(), self.tensors)
    }

    /// Begins a structure, whose fields are written one after the other, each after its [name](Self::field).
    pub(crate) fn begin_structure(&mut self) {
        self.begin_fields(false, None);
    }

    put_numbers! { put_f32 f32 => F32 put_f64 f64 => F64 put_i64 i64 => I64 put_u64 u64 => U64 }

    pub(super) fn put_text(&mut self, text: &str) -> Result<()> {
        self.put(Part::Json(text.into()))
    }

    pub(super) fn put_bool(&mut self, value: bool) -> Result<()> {
        self.put(Part::Json(value.into()))
    }

    pub(super) fn put_null(&mut self) -> Result<()> {
        self.put(Part::Json(Value::Null))
    }

    pub(super) fn begin_one(&mut self, variant: Option<&'static str>) {
        self.begin(variant, Content::One(None));
    }

    pub(super) fn begin_list(&mut self, room: Option<usize>) {
        let room = room.unwrap_or(0).min(MOST_ROOM);
        self.begin(None, Content::List { all: List::Json(vec![]), room, is_tuple: false });
    }

    pub(super) fn begin_tuple(&mut self, variant: Option<&'static str>) {
        self.begin(variant, Content::List { all: List::Json(vec![]), room: 0, is_tuple: true });
    }

    pub(super) fn begin_map(&mut self) {
        self.begin(None, Content::Map { pairs: vec![], key: None });
    }

    pub(super) fn begin_fields(&mut self, is_array: bool, variant: Option<&'static str>) {
        self.begin(variant, Content::Fields { all: Map::new(), name: "", is_array });
    }

    fn begin(&mut self, variant: Option<&'static str>, content: Content) {
        self.open.push(Frame { variant, content });
    }

    /// The name of the field that is written next.
    pub(crate) fn field(&mut self, field: &'static str) {
        if let Some(Frame { content: Content::Fields { name, .. }, .. }) = self.open.last_mut() {
            *name = field;
        }
    }

    /// Puts a part into the value that holds it.
    #[inline(never)]
    fn put(&mut self, part: Part) -> Result<()> {
        if let Some(Frame { content: Content::List { all, room, is_tuple: false }, .. }) = self.open.last_mut() {
            let Some(part) = all.push(part, *room) else { return Ok(()) };
            if let List::Numbers(_) = all {
                return Err(Problem::custom(format!("{} is not of the type before it", self.place())));
            }
            let value = self.settle(part)?;
            self.hold(value);
        } else {
            let value = self.settle(part)?;
            self.hold(value);
        }
        Ok(())
    }

    fn hold(&mut self, value: Value) {
        match self.open.last_mut().map(|frame| &mut frame.content) {
            None => self.done = Some(value),
            Some(Content::One(one)) => *one = Some(value),
            Some(Content::List { all: List::Json(all), .. }) => all.push(value),
            Some(Content::List { .. }) => {}
            Some(Content::Map { pairs, key }) => match key.take() {
                None => *key = Some(value),
                Some(key) => pairs.push(Value::Array(vec![key, value])),
            },
            Some(Content::Fields { all, name, .. }) => {
                all.insert((*name).to_owned(), value);
            }
        }
    }

    /// Ends the value that was begun last.
    pub(crate) fn end(&mut self) -> Result<()> {
        let Some(Frame { variant, content }) = self.open.pop() else { return Ok(()) };
        let value = match content {
            Content::One(value) => value.unwrap_or_default(),
            Content::List { all, .. } => self.settle_list(all)?,
            Content::Map { pairs, .. } => Value::Array(pairs),
            Content::Fields { all, is_array: true, .. } => self.settle_array(all),
            Content::Fields { all, .. } => Value::Object(all),
        };
        self.put(Part::Json(match variant {
            Some(variant) => Value::Object(Map::from_iter([(variant.to_owned(), value)])),
            None => value,
        }))
    }

    fn settle(&mut self, part: Part) -> Result<Value> {
        let (float, numbers) = match part {
            Part::F32(number) => (f64::from(number), Numbers::F32(vec![number])),
            Part::F64(number) => (number, Numbers::F64(vec![number])),
            Part::I64(number) => return Ok(number.into()),
            Part::U64(number) => return Ok(number.into()),
            Part::Json(value) => return Ok(value),
        };
        match Number::from_f64(float) {
            Some(number) => Ok(Value::Number(number)),
            // JSON has no word for it.
            None => self.add(Tensor { shape: vec![], numbers }),
        }
    }

    fn settle_list(&mut self, list: List) -> Result<Value> {
        Ok(match list {
            List::Numbers(Numbers::I64(all)) if all.len() <= MOST_INTEGERS => all.into(),
            List::Numbers(Numbers::U64(all)) if all.len() <= MOST_INTEGERS => all.into(),
            List::Numbers(numbers) => self.add(Tensor { shape: vec![numbers.len()], numbers })?,
            List::Json(all) => Value::Array(all),
        })
    }

    /// The tensor of an array takes its shape.
    fn settle_array(&mut self, mut all: Map<String, Value>) -> Value {
        let [_, dim, data] = ARRAY_FIELDS.map(|field| all.get(field));
        let tensor = data.and_then(|data| data.get(TENSOR)?.as_str());
        let shape = dim.and_then(Value::as_array).into_iter().flatten().map(|n| n.as_u64().map(|n| n as usize));
        let shape: Option<Vec<usize>> = shape.collect();
        if let (Some(tensor), Some(shape)) = (tensor.and_then(|name| self.tensors.get_mut(name)), shape) {
            tensor.shape = shape;
            return all.remove("data").unwrap_or_default();
        }
        Value::Object(all)
    }

    /// Keeps a tensor; what stands in its place.
    fn add(&mut self, tensor: Tensor) -> Result<Value> {
        let name = self.place();
        if self.tensors.insert(name.clone(), tensor).is_some() {
            return Err(Problem::custom(format!("two fields are called {name}")));
        }
        Ok(Value::Object(Map::from_iter([(TENSOR.to_owned(), name.into())])))
    }

    /// The path of the value that is written now, e.g. `model.blocks.0.weights`.
    fn place(&self) -> String {
        let mut place = self.root.clone();
        for frame in &self.open {
            match &frame.content {
                Content::One(_) => {}
                Content::List { all, .. } => place += &format!(".{}", all.len()),
                Content::Map { pairs, key: None } => place += &format!(".{}.key", pairs.len()),
                Content::Map { pairs, .. } => place += &format!(".{}", pairs.len()),
                Content::Fields { is_array: true, .. } => {}
                Content::Fields { name, .. } => place += &format!(".{name}"),
            }
        }
        place
    }
}

impl List {
    fn len(&self) -> usize {
        match self {
            List::Numbers(all) => all.len(),
            List::Json(all) => all.len(),
        }
    }

    /// Adds a part, with room for so many; gives back what is no number of the type before it, or is to be settled first.
    fn push(&mut self, part: Part, room: usize) -> Option<Part> {
        match (&mut *self, part) {
            (List::Numbers(Numbers::F32(all)), Part::F32(number)) => all.push(number),
            (List::Numbers(Numbers::F64(all)), Part::F64(number)) => all.push(number),
            (List::Numbers(Numbers::I64(all)), Part::I64(number)) => all.push(number),
            (List::Numbers(Numbers::U64(all)), Part::U64(number)) => all.push(number),
            (List::Json(all), part) if all.is_empty() => match part {
                Part::F32(number) => *self = List::Numbers(Numbers::F32(first(number, room))),
                Part::F64(number) => *self = List::Numbers(Numbers::F64(first(number, room))),
                Part::I64(number) => *self = List::Numbers(Numbers::I64(first(number, room))),
                Part::U64(number) => *self = List::Numbers(Numbers::U64(first(number, room))),
                Part::Json(value) => all.push(value),
            },
            (_, part) => return Some(part),
        }
        None
    }
}

/// The first number of a list, with room for the others.
fn first<T>(number: T, room: usize) -> Vec<T> {
    let mut all = Vec::with_capacity(room.max(1));
    all.push(number);
    all
}
