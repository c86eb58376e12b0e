//! Labels of whatever kind a file has.

use std::fmt;

use chunkfit::data::{Compact, Footprint};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// A label as text: `"en"`, `3` and `true` are `en`, `3` and `true`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(pub String);

impl linfa::Label for Label {}

impl Footprint for Label {
    const COMPACT: Option<Compact<Self>> = Some(Compact {
        write: |label, out| String::COMPACT.iter().for_each(|form| (form.write)(&label.0, out)),
        read: |bytes| Some(Label((String::COMPACT?.read)(bytes)?)),
    });

    fn heap_bytes(&self) -> usize {
        self.0.capacity()
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LabelVisitor)
    }
}

struct LabelVisitor;

impl Visitor<'_> for LabelVisitor {
    type Value = Label;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a label: text, a whole number, true or false")
    }

    fn visit_str<E: Error>(self, label: &str) -> Result<Label, E> {
        Ok(Label(label.to_owned()))
    }

    fn visit_i64<E: Error>(self, label: i64) -> Result<Label, E> {
        Ok(Label(label.to_string()))
    }

    fn visit_u64<E: Error>(self, label: u64) -> Result<Label, E> {
        Ok(Label(label.to_string()))
    }

    fn visit_bool<E: Error>(self, label: bool) -> Result<Label, E> {
        Ok(Label(label.to_string()))
    }
}
