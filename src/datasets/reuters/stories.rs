//! The stories of one file, in one buffer.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::data::{Footprint, Rows, Text};
use crate::error::Result;

/// The stories of a file of Reuters-21578: a chunk.
///
/// All text lies in one shared buffer, so that selecting stories (a split, a filter) copies none of
/// it. Got by [`parse`](super::parse) or [`read_file`](super::read_file).
#[derive(Clone, Default)]
pub struct Stories {
    /// Of every story its title, an empty line, its body.
    text: Arc<String>,
    tags: Arc<Tags>,
    records: Vec<Record>,
}

/// The tags of all stories.
#[derive(Default)]
struct Tags {
    names: String,
    tags: Vec<(TagKind, Range<usize>)>,
}

#[derive(Clone)]
struct Record {
    attributes: Attributes,
    /// Which of the tags.
    tags: Range<usize>,
    title: Range<usize>,
    /// Begins two line feeds after the title.
    body: Range<usize>,
}

/// One story, borrowed from its [`Stories`].
#[derive(Clone, Copy)]
pub struct Story<'a> {
    record: &'a Record,
    text: &'a str,
    tags: &'a Tags,
}

/// What the `<REUTERS>` element says of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attributes {
    pub topics: TopicsAttribute,
    pub lewis_split: LewisSplit,
    pub cgi_split: CgiSplit,
    pub old_id: u32,
    pub new_id: u32,
}

/// The attribute `TOPICS`: whether the story had topics in the original data. It does not say
/// whether it has any here; for that look at [`Story::topics`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TopicsAttribute {
    /// `YES`
    Yes,
    /// `NO`
    No,
    /// `BYPASS`: nobody looked at the story to give it topics.
    Bypass,
}

/// The attribute `LEWISSPLIT`: the story's part in the experiments of Lewis, 1991 to 1992 (and, with
/// [`TopicsAttribute`], in the "ModLewis" and "ModApte" splits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LewisSplit {
    /// `TRAIN`
    Train,
    /// `TEST`
    Test,
    /// `NOT-USED`
    NotUsed,
}

/// The attribute `CGISPLIT`: the story's part in the experiments of Hayes and Weinstein, 1990.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CgiSplit {
    /// `TRAINING-SET`
    TrainingSet,
    /// `PUBLISHED-TESTSET`
    PublishedTestset,
}

/// Which list of a story a tag (a `<D>` element) stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TagKind {
    /// `<TOPICS>`: economic subjects, such as `acq` or `earn`.
    Topic,
    /// `<PLACES>`
    Place,
    /// `<PEOPLE>`
    Person,
    /// `<ORGS>`
    Organisation,
    /// `<EXCHANGES>`: stock exchanges.
    Exchange,
    /// `<COMPANIES>`: empty throughout the collection.
    Company,
    /// Any other element.
    Other,
}

impl Stories {
    /// The number of stories.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no story.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Story `i`.
    ///
    /// # Panics
    /// When there are not more than `i` stories.
    pub fn get(&self, i: usize) -> Story<'_> {
        self.story(&self.records[i])
    }

    /// All stories in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Story<'_>> + Clone {
        self.records.iter().map(|record| self.story(record))
    }

    /// Every story's [`text`](Story::text), as documents; they share the buffer, no text is copied.
    pub fn text(&self) -> Text {
        self.text_of(self.records.iter())
    }

    /// The texts of those stories that `keep` wants, as documents that share the buffer.
    pub fn text_where(&self, keep: impl Fn(Story<'_>) -> bool) -> Text {
        self.text_of(self.records.iter().filter(|record| keep(self.story(record))))
    }

    fn text_of<'a>(&'a self, records: impl Iterator<Item = &'a Record>) -> Text {
        let spans = records.map(Record::text).collect();
        Text::from_buffer(self.text.clone(), spans).expect("a story's text is whole characters within the buffer")
    }

    fn story<'a>(&'a self, record: &'a Record) -> Story<'a> {
        Story { record, text: &self.text, tags: &self.tags }
    }
}

impl Record {
    fn text(&self) -> Range<usize> {
        self.title.start..self.body.end
    }
}

impl<'a> Story<'a> {
    /// The title as it stands in the file, line feeds included; empty when there is none.
    pub fn title(&self) -> &'a str {
        &self.text[self.record.title.clone()]
    }

    /// The body, every run of white space made one space; empty when there is none, as in stories
    /// of `TYPE` `BRIEF` and `UNPROC`.
    pub fn body(&self) -> &'a str {
        &self.text[self.record.body.clone()]
    }

    /// Title, two line feeds, body: what scikit-learn's out-of-core example learns from.
    pub fn text(&self) -> &'a str {
        &self.text[self.record.text()]
    }

    /// Every tag (the text of every `<D>` element) with its kind, in the order of the file.
    pub fn tags(&self) -> impl Iterator<Item = (TagKind, &'a str)> + Clone + use<'a> {
        let all = self.tags;
        all.tags[self.record.tags.clone()].iter().map(|(kind, span)| (*kind, &all.names[span.clone()]))
    }

    /// Every tag, whatever its kind, in the order of the file.
    pub fn all_tags(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.tags().map(|(_, tag)| tag)
    }

    /// The tags of one kind.
    pub fn tags_of(&self, kind: TagKind) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.tags().filter(move |(other, _)| *other == kind).map(|(_, tag)| tag)
    }

    /// The topics: tags of [`TagKind::Topic`].
    pub fn topics(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.tags_of(TagKind::Topic)
    }

    /// The places: tags of [`TagKind::Place`].
    pub fn places(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.tags_of(TagKind::Place)
    }

    /// The attribute `TOPICS`.
    pub fn topics_attribute(&self) -> TopicsAttribute {
        self.record.attributes.topics
    }

    /// The attribute `LEWISSPLIT`.
    pub fn lewis_split(&self) -> LewisSplit {
        self.record.attributes.lewis_split
    }

    /// The attribute `CGISPLIT`.
    pub fn cgi_split(&self) -> CgiSplit {
        self.record.attributes.cgi_split
    }

    /// The attribute `NEWID`: the story's number in the collection, from 1, in order of time.
    pub fn new_id(&self) -> u32 {
        self.record.attributes.new_id
    }

    /// The attribute `OLDID`: its number in the older collection, Reuters-22173.
    pub fn old_id(&self) -> u32 {
        self.record.attributes.old_id
    }
}

impl PartialEq for Story<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.record.attributes == other.record.attributes
            && self.title() == other.title()
            && self.body() == other.body()
            && self.tags().eq(other.tags())
    }
}

impl fmt::Debug for Story<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Story")
            .field("attributes", &self.record.attributes)
            .field("tags", &self.tags().collect::<Vec<_>>())
            .field("title", &self.title())
            .field("body", &self.body())
            .finish()
    }
}

impl PartialEq for Stories {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Stories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Rows for Stories {
    type Row<'a> = Story<'a>;

    fn n_rows(&self) -> usize {
        self.len()
    }

    fn row(&self, i: usize) -> Story<'_> {
        self.get(i)
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        let records = rows.iter().map(|&i| self.records[i].clone()).collect();
        Stories { text: self.text.clone(), tags: self.tags.clone(), records }
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        let mut whole = StoriesBuilder::default();
        for story in parts.iter().flat_map(|part| part.iter()) {
            for (kind, tag) in story.tags() {
                whole.push_tag(kind, |names| names.extend_from_slice(tag.as_bytes()));
            }
            whole.push_title(|text| text.extend_from_slice(story.title().as_bytes()));
            whole.push_body(|text| text.extend_from_slice(story.body().as_bytes()));
            whole.end_story(story.record.attributes);
        }
        Ok(whole.finish())
    }
}

/// Counts the stories' own text and tags only: those who share a buffer share its cost.
impl Footprint for Stories {
    fn heap_bytes(&self) -> usize {
        let tag = size_of::<(TagKind, Range<usize>)>();
        let story = |story: Story<'_>| {
            size_of::<Record>() + story.text().len() + story.all_tags().map(|name| tag + name.len()).sum::<usize>()
        };
        self.iter().map(story).sum()
    }

    fn row_count(&self) -> usize {
        self.n_rows()
    }
}

/// Writes stories one after the other. Text is written by closures that append UTF-8 to a buffer:
/// bytes, because a `String` would check every piece, and the whole is checked once at the end.
#[derive(Default)]
pub(super) struct StoriesBuilder {
    text: Vec<u8>,
    names: Vec<u8>,
    tags: Vec<(TagKind, Range<usize>)>,
    records: Vec<Record>,
    /// Where the tags and the text of the story being written begin.
    first_tag: usize,
    start: usize,
    title_end: Option<usize>,
}

/// Between title and body.
const GAP: &[u8] = b"\n\n";

impl StoriesBuilder {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        StoriesBuilder { text: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// How many stories were ended.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Begins a tag that `write` writes, in one call.
    pub(super) fn push_tag(&mut self, kind: TagKind, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.names.len();
        write(&mut self.names);
        self.tags.push((kind, start..self.names.len()));
    }

    /// More text for the tag begun last.
    pub(super) fn extend_tag(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.names);
        if let Some((_, span)) = self.tags.last_mut() {
            span.end = self.names.len();
        }
    }

    /// More text for the title; none may come after the body's.
    pub(super) fn push_title(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        debug_assert!(self.title_end.is_none(), "a title after its body");
        write(&mut self.text);
    }

    /// More text for the body.
    pub(super) fn push_body(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.end_title();
        write(&mut self.text);
    }

    fn end_title(&mut self) -> usize {
        *self.title_end.get_or_insert_with(|| {
            let end = self.text.len();
            self.text.extend_from_slice(GAP);
            end
        })
    }

    pub(super) fn end_story(&mut self, attributes: Attributes) {
        let title_end = self.end_title();
        self.records.push(Record {
            attributes,
            tags: self.first_tag..self.tags.len(),
            title: self.start..title_end,
            body: title_end + GAP.len()..self.text.len(),
        });
        (self.first_tag, self.start, self.title_end) = (self.tags.len(), self.text.len(), None);
    }

    pub(super) fn finish(self) -> Stories {
        let utf8 = |bytes| String::from_utf8(bytes).expect("only whole characters are written");
        let mut text = utf8(self.text);
        // The markup was counted when room was made; a chunk lives long enough to give it back.
        text.shrink_to_fit();
        let tags = Tags { names: utf8(self.names), tags: self.tags };
        Stories { text: Arc::new(text), tags: Arc::new(tags), records: self.records }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stories() -> Stories {
        let mut builder = StoriesBuilder::default();
        for (id, title, body) in [(1, "née", "a b"), (2, "", ""), (3, "t", "")] {
            let (lewis_split, cgi_split) = (LewisSplit::Train, CgiSplit::TrainingSet);
            builder.push_tag(TagKind::Topic, |names| names.extend_from_slice(b"ac"));
            builder.extend_tag(|names| names.extend_from_slice(b"q"));
            builder.push_tag(TagKind::Place, |names| names.extend_from_slice(title.as_bytes()));
            builder.push_title(|text| text.extend_from_slice(title.as_bytes()));
            if !body.is_empty() {
                builder.push_body(|text| text.extend_from_slice(body.as_bytes()));
            }
            let topics = TopicsAttribute::Yes;
            builder.end_story(Attributes { topics, lewis_split, cgi_split, old_id: id + 10, new_id: id });
        }
        builder.finish()
    }

    #[test]
    fn fields_are_slices_of_one_buffer() {
        let stories = stories();
        let first = stories.get(0);
        assert_eq!((first.title(), first.body(), first.text()), ("née", "a b", "née\n\na b"));
        assert_eq!((first.new_id(), first.old_id()), (1, 11));
        assert_eq!(first.tags().collect::<Vec<_>>(), [(TagKind::Topic, "acq"), (TagKind::Place, "née")]);
        assert!(first.topics().eq(["acq"]) && first.places().eq(["née"]));
        assert_eq!(stories.text().iter().collect::<Vec<_>>(), ["née\n\na b", "\n\n", "t\n\n"]);
    }

    #[test]
    fn rows_are_selected_and_put_together() {
        let stories = stories();
        let picked = stories.select_rows(&[2, 0]);
        assert!(Arc::ptr_eq(&picked.text, &stories.text));
        assert_eq!(picked.row(1), stories.row(0));
        let whole = Stories::concat_rows(&[&picked, &stories.select_rows(&[]), &stories]).unwrap();
        assert_eq!(whole.select_rows(&[2, 3, 4]), stories);
        assert_eq!(whole.select_rows(&[0, 1]), picked);
        assert_ne!(whole, stories);
        assert_eq!(whole.heap_bytes(), picked.heap_bytes() + stories.heap_bytes());
    }
}
