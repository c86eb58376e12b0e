//! Text of any size.

use std::fmt::Write;
use std::sync::Arc;

use linfa::DatasetBase;
use ndarray::Array1;
use serde::Serialize;

use super::draws::Draws;
use super::zipf::Zipf;
use crate::chunks::Chunks;
use crate::data::{Text, TextBuilder};
use crate::error::{Error, Result};

/// Documents of made-up words, in classes that their words tell apart.
///
/// Words are as frequent as in natural language (Zipf's law), documents as long and as broken into
/// sentences and lines as news are: unless set otherwise, about 130 words and 710 bytes. Each class has words
/// of its own which it prefers, a document more or less so.
///
/// ```
/// use chunkfit::datasets::synthetic::Documents;
/// let chunks = Documents::new(7).chunks(1000, 5000)?; // about 4 GB, none made yet
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Documents {
    seed: u64,
    n_classes: usize,
    n_words: usize,
    mean_length: usize,
    topic_share: f64,
    flip_y: f64,
}

/// How many words a class prefers.
const TOPIC_WORDS: usize = 1000;

impl Documents {
    /// Two classes, 50,000 different words, 130 words a document.
    pub fn new(seed: u64) -> Self {
        Documents { seed, n_classes: 2, n_words: 50_000, mean_length: 130, topic_share: 0.1, flip_y: 0.01 }
    }

    /// Classes, equally frequent. Default 2.
    pub fn n_classes(mut self, n: usize) -> Self {
        self.n_classes = n;
        self
    }

    /// Different words, besides numbers. Default 50,000; at least 1,000 for each class and 1,000 more.
    pub fn n_words(mut self, n: usize) -> Self {
        self.n_words = n;
        self
    }

    /// The mean number of words in a document, from a quarter to two and a half times of which each has.
    /// Default 130; at least 4.
    pub fn mean_length(mut self, words: usize) -> Self {
        self.mean_length = words;
        self
    }

    /// The mean share of words that a document draws from those its class prefers, from 0 to 0.5: of each
    /// document from none to twice as many. Default 0.1.
    pub fn topic_share(mut self, share: f64) -> Self {
        self.topic_share = share;
        self
    }

    /// The share of documents whose label is drawn at random, from 0 to 1. Default 0.01.
    pub fn flip_y(mut self, share: f64) -> Self {
        self.flip_y = share;
        self
    }

    /// `n_chunks` chunks of `rows` documents each, and their classes counted from 0. Chunk `c` is the same
    /// however many there are, and in every process.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for parameters out of their range.
    pub fn chunks(&self, n_chunks: usize, rows: usize) -> Result<Chunks<DatasetBase<Text, Array1<usize>>>> {
        self.check()?;
        let writer = Arc::new(Writer::new(self));
        let chunks = Chunks::from_fn("generate", n_chunks, move |c| Ok(writer.write(c, rows)));
        Ok(chunks.identified(("documents", env!("CARGO_PKG_VERSION"), self, rows)).with_rows_each(rows))
    }

    fn check(&self) -> Result<()> {
        if self.n_classes == 0 {
            return Err(Error::parameter("n_classes", 0, "1 or more"));
        }
        let least = self.n_classes.saturating_add(1).saturating_mul(TOPIC_WORDS);
        if self.n_words < least || u32::try_from(self.n_words).is_err() {
            let expected = format!("{least} to {} for {} classes", u32::MAX, self.n_classes);
            return Err(Error::parameter("n_words", self.n_words, expected));
        }
        if self.mean_length < 4 {
            return Err(Error::parameter("mean_length", self.mean_length, "at least 4"));
        }
        if !(0.0..=0.5).contains(&self.topic_share) {
            return Err(Error::parameter("topic_share", self.topic_share, "a share from 0 to 0.5"));
        }
        if !(0.0..=1.0).contains(&self.flip_y) {
            return Err(Error::parameter("flip_y", self.flip_y, "a share from 0 to 1"));
        }
        Ok(())
    }
}

/// What all chunks share.
struct Writer {
    params: Documents,
    words: Text,
    all: Zipf,
    topic: Zipf,
}

impl Writer {
    fn new(params: &Documents) -> Self {
        let words = (0..params.n_words).map(word).collect();
        Writer { words, all: Zipf::new(params.n_words), topic: Zipf::new(TOPIC_WORDS), params: params.clone() }
    }

    fn write(&self, c: usize, rows: usize) -> DatasetBase<Text, Array1<usize>> {
        let Documents { seed, n_classes, mean_length, topic_share, flip_y, .. } = self.params;
        let mut draws = Draws::new(seed, c as u64 + 1);
        let mut documents = TextBuilder::with_capacity(rows, rows * mean_length * 7);
        let (mut labels, mut document) = (Vec::with_capacity(rows), String::new());
        for _ in 0..rows {
            let class = draws.below(n_classes);
            document.clear();
            self.document(class, 2.0 * topic_share * draws.uniform(), &mut draws, &mut document);
            documents.push_str(&document);
            documents.end_document();
            labels.push(if draws.uniform() < flip_y { draws.below(n_classes) } else { class });
        }
        DatasetBase::new(documents.finish(), Array1::from(labels))
    }

    fn document(&self, class: usize, topic_share: f64, draws: &mut Draws, out: &mut String) {
        // Of mean 1: the mean of u² is a third.
        let length = (self.params.mean_length as f64 * (0.25 + 2.25 * draws.uniform().powi(2))) as usize;
        let (mut left_in_sentence, mut line_start) = (0, 0);
        for i in 0..length.max(1) {
            let begins = left_in_sentence == 0;
            if begins {
                out.push_str(if i > 0 { ". " } else { "" });
                left_in_sentence = 8 + draws.below(20);
            } else {
                out.push(' ');
            }
            left_in_sentence -= 1;
            if out.len() - line_start > 65 {
                out.pop();
                out.push('\n');
                line_start = out.len();
            }
            self.word(class, topic_share, begins, draws, out);
        }
        out.push('.');
    }

    /// A number, a word of the class, or any word.
    fn word(&self, class: usize, topic_share: f64, begins: bool, draws: &mut Draws, out: &mut String) {
        let kind = draws.uniform();
        if kind > 0.96 {
            // Writing to a string cannot fail.
            let _ = write!(out, "{}.{}", draws.below(1000), draws.below(100));
            return;
        }
        let rank =
            if kind < topic_share { TOPIC_WORDS * (class + 1) + self.topic.draw(draws) } else { self.all.draw(draws) };
        let word = self.words.get(rank);
        if begins {
            out.push(word.as_bytes()[0].to_ascii_uppercase().into());
            out.push_str(&word[1..]);
        } else {
            out.push_str(word);
        }
    }
}

/// The word of a rank: the more frequent, the shorter. No two are alike, for they are the number's digits
/// to base 70 as syllables, after an ending.
fn word(rank: usize) -> String {
    const ENDINGS: [&str; 4] = ["", "n", "rs", "t"];
    const FIRST: &[u8] = b"bdfghklmnprstv";
    const SECOND: &[u8] = b"aeiou";
    let mut word = String::new();
    let mut number = rank / ENDINGS.len() + 1;
    while number > 0 {
        number -= 1;
        word.push(FIRST[number % 70 / 5].into());
        word.push(SECOND[number % 5].into());
        number /= 70;
    }
    word + ENDINGS[rank % ENDINGS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn words_differ_and_frequent_ones_are_short() {
        let words: Vec<String> = (0..400_000).map(word).collect();
        assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
        assert!(words[..280].iter().all(|word| word.len() <= 4) && words[399_999].len() <= 8);
    }
}
