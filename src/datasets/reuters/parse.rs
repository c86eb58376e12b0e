//! Parsing of Reuters files: bytes to stories.

use std::fs;
use std::path::Path;

use super::decode::{is_blank, push_collapsed, push_text};
use super::sgml::{Markup, Tag, Tags, attributes, malformed, shown};
use super::stories::{Attributes, CgiSplit, LewisSplit, Stories, StoriesBuilder, TagKind, TopicsAttribute};
use crate::error::{Error, Result};

/// Parses a file of Reuters-21578.
///
/// The text is what scikit-learn's out-of-core example reads with Python's `html.parser`: latin-1;
/// character references resolved by the rules of HTML, so that `&lt;` is `<` and the references to
/// control characters, of which the files are full, vanish; every run of white space in a body (not
/// in a title) made one space. Of the named references `lt`, `gt`, `amp`, `quot` and `apos` are
/// known, others stay as they are. Unlike Python's parser, this one mends nothing, so that a file which
/// was cut short is not taken for a shorter one.
///
/// # Errors
/// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed), with the byte offset and the number of the
/// story, from 0: when the file does not begin with a `DOCTYPE` or a `<REUTERS>` element, ends inside
/// a story or a tag, has a closing tag that closes nothing, has text between stories or a second
/// title in one, or when an attribute of a story is missing or has an unknown value.
pub fn parse(bytes: &[u8]) -> Result<Stories> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len());
    let begins = |with: &[u8]| bytes[start..].get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    if !begins(b"<!DOCTYPE") && !begins(b"<REUTERS") {
        let found = if start == bytes.len() { "nothing".into() } else { format!("`{}`", shown(&bytes[start..])) };
        return Err(malformed(start, format!("the file should begin with <!DOCTYPE or <REUTERS, it has {found}")));
    }
    let mut tags = Tags::new(bytes);
    let mut reader = Reader::new(bytes.len());
    loop {
        let row = reader.stories.len();
        let more = tags.next_tag().and_then(|tag| reader.tag(tag));
        if !more.map_err(|error| error.at_row(row))? {
            return Ok(reader.stories.finish());
        }
    }
}

/// Reads and parses a file of Reuters-21578; see [`parse`].
///
/// # Errors
/// Those of [`parse`], and [`ErrorKind::Io`](crate::ErrorKind::Io) when the file cannot be read; with
/// the file's name.
pub fn read_file(path: impl AsRef<Path>) -> Result<Stories> {
    let path = path.as_ref();
    let bytes = fs::read(path).map_err(|error| Error::io("read", path, error))?;
    parse(&bytes).map_err(|error| error.in_file(path))
}

/// What an element means.
#[derive(Clone, Copy, PartialEq)]
enum Element {
    Reuters,
    /// A list of tags.
    List(TagKind),
    Text(Field),
    Other,
}

/// An element whose text is kept.
#[derive(Clone, Copy, PartialEq)]
enum Field {
    Tag,
    Title,
    Body,
}

impl Element {
    fn named(name: &[u8]) -> Self {
        match name {
            b"D" => Element::Text(Field::Tag),
            b"REUTERS" => Element::Reuters,
            b"TOPICS" => Element::List(TagKind::Topic),
            b"PLACES" => Element::List(TagKind::Place),
            b"PEOPLE" => Element::List(TagKind::Person),
            b"ORGS" => Element::List(TagKind::Organisation),
            b"EXCHANGES" => Element::List(TagKind::Exchange),
            b"COMPANIES" => Element::List(TagKind::Company),
            b"TITLE" => Element::Text(Field::Title),
            b"BODY" => Element::Text(Field::Body),
            _ if name.iter().any(u8::is_ascii_lowercase) => Self::named(&name.to_ascii_uppercase()),
            _ => Element::Other,
        }
    }
}

/// Turns tags into stories.
struct Reader<'a> {
    stories: StoriesBuilder,
    /// The elements that are open, outermost first.
    open: Vec<(Element, &'a [u8])>,
    /// The one of them whose text is kept.
    field: Option<Field>,
    attributes: Option<Attributes>,
    has_title: bool,
    has_body: bool,
    /// Whether the body's last character is a space that stands for a run of white space.
    spaced: bool,
}

impl<'a> Reader<'a> {
    fn new(bytes: usize) -> Self {
        Reader {
            stories: StoriesBuilder::with_capacity(bytes),
            open: Vec::new(),
            field: None,
            attributes: None,
            has_title: false,
            has_body: false,
            spaced: false,
        }
    }

    /// Takes the next tag and the text before it. False at the end of the file.
    fn tag(&mut self, tag: Tag<'a>) -> Result<bool> {
        self.text(tag.text, tag.offset)?;
        match tag.kind {
            Markup::Start { name, attributes } => self.start(name, attributes, tag.offset)?,
            Markup::End { name } => self.end(name, tag.offset)?,
            Markup::Other => {}
            Markup::Eof => return self.eof(tag.offset),
        }
        Ok(true)
    }

    fn text(&mut self, text: &[u8], end: usize) -> Result<()> {
        match self.field {
            Some(Field::Tag) => self.stories.extend_tag(|names| push_text(names, text)),
            Some(Field::Title) => self.stories.push_title(|out| push_text(out, text)),
            Some(Field::Body) => {
                let spaced = &mut self.spaced;
                self.stories.push_body(|out| push_collapsed(out, text, spaced));
            }
            None if self.open.is_empty() && !is_blank(text) => {
                let problem = format!("text outside of <REUTERS> elements: `{}`", shown(text.trim_ascii()));
                return Err(malformed(end - text.trim_ascii_start().len(), problem));
            }
            None => {}
        }
        Ok(())
    }

    fn start(&mut self, name: &'a [u8], attributes: &'a [u8], offset: usize) -> Result<()> {
        let element = Element::named(name);
        match (element, self.open.last()) {
            (Element::Reuters, None) => {
                self.attributes = Some(story_attributes(attributes, offset)?);
                (self.has_title, self.has_body, self.spaced) = (false, false, false);
            }
            (_, None) => {
                return Err(malformed(offset, format!("expected <REUTERS>, found <{}>", shown(name))));
            }
            (Element::Reuters, Some((_, inner))) => {
                let problem = format!("a story begins inside <{0}>: </{0}> is missing", shown(inner));
                return Err(malformed(offset, problem));
            }
            (Element::Text(field), Some((_, inner))) => {
                if self.field.is_some() {
                    let (inner, name) = (shown(inner), shown(name));
                    return Err(malformed(offset, format!("<{name}> inside <{inner}>: </{inner}> is missing")));
                }
                self.begin(field, offset)?;
            }
            (Element::List(_) | Element::Other, Some(_)) => {}
        }
        self.open.push((element, name));
        // `<D/>` is an element without content.
        if attributes.last() == Some(&b'/') { self.end(name, offset) } else { Ok(()) }
    }

    fn begin(&mut self, field: Field, offset: usize) -> Result<()> {
        match field {
            Field::Tag => {
                let list = self.open.iter().rev().find_map(|(element, _)| match element {
                    Element::List(kind) => Some(*kind),
                    _ => None,
                });
                self.stories.push_tag(list.unwrap_or(TagKind::Other), |_| {});
            }
            // Both lie in one run of the buffer, so neither can be taken up again later.
            Field::Title if self.has_title || self.has_body => {
                return Err(malformed(offset, "a second <TITLE>, or one after the <BODY>, in one story"));
            }
            Field::Body if self.has_body => return Err(malformed(offset, "a second <BODY> in one story")),
            Field::Title => self.has_title = true,
            Field::Body => self.has_body = true,
        }
        self.field = Some(field);
        Ok(())
    }

    fn end(&mut self, name: &[u8], offset: usize) -> Result<()> {
        let element = match self.open.last() {
            Some((element, open)) if *open == name || open.eq_ignore_ascii_case(name) => *element,
            Some((_, open)) => {
                return Err(malformed(offset, format!("expected </{}>, found </{}>", shown(open), shown(name))));
            }
            None => return Err(malformed(offset, format!("</{}> closes nothing", shown(name)))),
        };
        self.open.pop();
        if let Element::Text(_) = element {
            self.field = None;
        }
        if element == Element::Reuters
            && let Some(attributes) = self.attributes.take()
        {
            self.stories.end_story(attributes);
        }
        Ok(())
    }

    fn eof(&self, offset: usize) -> Result<bool> {
        match self.open.last() {
            None => Ok(false),
            Some((_, open)) => {
                let problem = format!("the file ends inside <{}>; it seems truncated, fetch it again", shown(open));
                Err(malformed(offset, problem))
            }
        }
    }
}

/// Reads the attributes of `<REUTERS>`, all of which must be there. Others are passed over.
fn story_attributes(tag: &[u8], offset: usize) -> Result<Attributes> {
    let (mut topics, mut lewis_split, mut cgi_split, mut old_id, mut new_id) = (None, None, None, None, None);
    for (name, value) in attributes(tag) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let known = if is("TOPICS") {
            const VALUES: [(&str, TopicsAttribute); 3] =
                [("YES", TopicsAttribute::Yes), ("NO", TopicsAttribute::No), ("BYPASS", TopicsAttribute::Bypass)];
            topics = among(&VALUES, value);
            topics.is_some()
        } else if is("LEWISSPLIT") {
            const VALUES: [(&str, LewisSplit); 3] =
                [("TRAIN", LewisSplit::Train), ("TEST", LewisSplit::Test), ("NOT-USED", LewisSplit::NotUsed)];
            lewis_split = among(&VALUES, value);
            lewis_split.is_some()
        } else if is("CGISPLIT") {
            const VALUES: [(&str, CgiSplit); 2] =
                [("TRAINING-SET", CgiSplit::TrainingSet), ("PUBLISHED-TESTSET", CgiSplit::PublishedTestset)];
            cgi_split = among(&VALUES, value);
            cgi_split.is_some()
        } else if is("OLDID") {
            old_id = number(value);
            old_id.is_some()
        } else if is("NEWID") {
            new_id = number(value);
            new_id.is_some()
        } else {
            true
        };
        if !known {
            let (name, value) = (name.to_ascii_uppercase(), value.to_ascii_uppercase());
            let problem = format!("attribute {} of <REUTERS> has the unknown value `{}`", shown(&name), shown(&value));
            return Err(malformed(offset, problem));
        }
    }
    match (topics, lewis_split, cgi_split, old_id, new_id) {
        (Some(topics), Some(lewis_split), Some(cgi_split), Some(old_id), Some(new_id)) => {
            Ok(Attributes { topics, lewis_split, cgi_split, old_id, new_id })
        }
        _ => Err(malformed(offset, "<REUTERS> needs attributes TOPICS, LEWISSPLIT, CGISPLIT, OLDID and NEWID")),
    }
}

/// What the value stands for, without regard to case.
fn among<T: Copy>(values: &[(&str, T)], value: &[u8]) -> Option<T> {
    values.iter().find(|(known, _)| value.eq_ignore_ascii_case(known.as_bytes())).map(|(_, meaning)| *meaning)
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}
