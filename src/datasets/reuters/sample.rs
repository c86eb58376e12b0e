//! A small sample of generated stories in the format of Reuters-21578.
//!
//! For examples and tests where the collection is not at hand. No sentence is Reuters': stories are
//! made of the word lists below by a seeded generator, and show every feature of the format that the
//! [parser](super::parse) knows. About one story in six is about an acquisition, and can be told by
//! its words, though not always: companies' stories share many of them.

use std::fmt::Write;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use words::{COMMON, COMPANIES, PLACES, SUBJECTS, Subject};

mod words;

/// The sample's files, embedded: names as in the collection, and contents.
pub const FILES: [(&str, &[u8]); 4] = [
    ("reut2-000.sgm", include_bytes!("../../../datasets/reuters_sample/reut2-000.sgm")),
    ("reut2-001.sgm", include_bytes!("../../../datasets/reuters_sample/reut2-001.sgm")),
    ("reut2-002.sgm", include_bytes!("../../../datasets/reuters_sample/reut2-002.sgm")),
    ("reut2-003.sgm", include_bytes!("../../../datasets/reuters_sample/reut2-003.sgm")),
];

/// The seed of [`FILES`].
pub const SEED: u64 = 21578;

/// Stories in each of [`FILES`].
pub const STORIES: usize = 100;

/// Makes file number `file` of a collection: `stories` stories, in latin-1 as the collection is.
///
/// The same arguments give the same bytes, on every machine. Stories are numbered on from file to
/// file, as long as every file has as many.
pub fn generate(seed: u64, file: u32, stories: usize) -> Vec<u8> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(file.into());
    let mut generator = Generator { rng, out: String::from("<!DOCTYPE lewis SYSTEM \"lewis.dtd\">\n") };
    for i in 0..stories {
        generator.story(file as usize * stories + i + 1);
    }
    // The word lists have latin-1 characters only.
    generator.out.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect()
}

struct Generator {
    rng: ChaCha8Rng,
    out: String,
}

/// How a story's text is set, as told by the attribute `TYPE` of its `<TEXT>`.
#[derive(Clone, Copy, PartialEq)]
enum Setting {
    Norm,
    /// A title only.
    Brief,
    /// Neither title nor body are marked.
    Unproc,
}

impl Generator {
    /// A number below `n`. By remainder: the bias is nothing to words, and the result is the same
    /// with every version of every crate.
    fn below(&mut self, n: usize) -> usize {
        self.rng.next_u32() as usize % n
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }

    fn push(&mut self, text: impl AsRef<str>) {
        self.out.push_str(text.as_ref());
    }

    fn story(&mut self, id: usize) {
        let subject = self.subject();
        let setting = match self.below(100) {
            0..=7 => Setting::Brief,
            8..=11 => Setting::Unproc,
            _ => Setting::Norm,
        };
        // Some stories of every subject were never tagged, or with places only.
        let topics = !self.chance(if subject.topic.is_empty() { 100 } else { 8 });
        let places = !self.chance(12);
        self.head(id, topics);
        self.tags(subject, topics, places);
        self.text(subject, setting);
        self.push("&#3;</TEXT>\n</REUTERS>\n");
    }

    /// By weight.
    fn subject(&mut self) -> &'static Subject {
        let mut at = self.below(SUBJECTS.iter().map(|subject| subject.weight).sum());
        for subject in &SUBJECTS {
            match at.checked_sub(subject.weight) {
                None => return subject,
                Some(rest) => at = rest,
            }
        }
        &SUBJECTS[0]
    }

    fn head(&mut self, id: usize, topics: bool) {
        let attribute = match self.below(20) {
            0 => "BYPASS",
            _ if topics => "YES",
            _ => "NO",
        };
        let lewis = match self.below(20) {
            0 => "NOT-USED",
            1..=6 => "TEST",
            _ => "TRAIN",
        };
        let cgi = if self.chance(4) { "PUBLISHED-TESTSET" } else { "TRAINING-SET" };
        let (hour, minute) = (self.below(24), self.below(60));
        let old = id + 5000;
        let _ = write!(
            self.out,
            "<REUTERS TOPICS=\"{attribute}\" LEWISSPLIT=\"{lewis}\" CGISPLIT=\"{cgi}\" OLDID=\"{old}\" NEWID=\"{id}\">\n\
             <DATE>{}-MAR-1987 {hour:02}:{minute:02}:00.00</DATE>\n",
            1 + id / 50 % 31
        );
        if self.chance(2) {
            self.push("<!-- made up -->\n<MKNOTE>topic moved & kept</MKNOTE>\n");
        }
    }

    fn tags(&mut self, subject: &Subject, topics: bool, places: bool) {
        self.push("<TOPICS>");
        if topics {
            let _ = write!(self.out, "<D>{}</D>", subject.topic);
            if self.chance(15) {
                let second = self.subject().topic;
                if !second.is_empty() && second != subject.topic {
                    let _ = write!(self.out, "<D>{second}</D>");
                }
            }
        }
        self.push("</TOPICS>\n<PLACES>");
        if places {
            for _ in 0..1 + self.below(2) {
                let place = self.pick(&PLACES);
                let _ = write!(self.out, "<D>{}</D>", place.to_lowercase().replace(' ', "-"));
            }
        }
        self.push("</PLACES>\n<PEOPLE></PEOPLE>\n<ORGS>");
        if self.chance(5) {
            self.push("<D>ec</D>");
        }
        self.push("</ORGS>\n<EXCHANGES>");
        if self.chance(4) {
            self.push("<D>nyse</D>");
        }
        self.push("</EXCHANGES>\n<COMPANIES></COMPANIES>\n");
        if self.chance(25) {
            self.push("<UNKNOWN>&#5;&#22;f0001&#31;reute</UNKNOWN>\n");
        }
    }

    fn text(&mut self, subject: &Subject, setting: Setting) {
        let company = self.company();
        let title = format!("{company} {}", self.words(subject, 4)).to_uppercase();
        // References keep their lower case.
        let title = title.replace("&LT;", "&lt;").replace("&AMP;", "&amp;");
        match setting {
            Setting::Brief => {
                let _ = write!(self.out, "<TEXT TYPE=\"BRIEF\">&#2;\n******<TITLE>{title}\n</TITLE>Blah.\n");
            }
            Setting::Unproc => {
                let words = self.words(subject, 12);
                let _ = write!(self.out, "<TEXT TYPE=\"UNPROC\">&#2;\n{title}\n    {words}....1,234\n Reuter\n");
            }
            Setting::Norm => {
                let _ = write!(self.out, "<TEXT>&#2;\n<TITLE>{title}</TITLE>\n");
                if self.chance(4) {
                    self.push("<AUTHOR>    By A. Writer</AUTHOR>\n");
                }
                let town = self.pick(&PLACES);
                let _ = write!(self.out, "<DATELINE>    {town}, March 1 - </DATELINE><BODY>");
                self.body(subject, &company);
                self.push("\n Reuter\n&#3;</BODY>");
            }
        }
    }

    /// Sentences, in lines of the length of the wire, paragraphs indented by four spaces.
    fn body(&mut self, subject: &Subject, company: &str) {
        let mut column = 0;
        for sentence in 0..1 + self.below(4) {
            if sentence > 0 {
                // With the space before the first word: four.
                self.push("\n   ");
                column = 3;
            }
            let length = 5 + self.below(5);
            let words = self.words(subject, length);
            let end = match self.below(24) {
                0 => ", \"it\" said.".to_owned(),
                1 => format!(" by {}/{} at 1&lt;2.", self.below(9), 9),
                2 => format!(" of {} dlrs&#127;.", 100 + self.below(900)),
                3 => " in São Paulo &quot;today&quot;.".to_owned(),
                _ => format!(" {} mln dlrs.", 1 + self.below(99)),
            };
            let name = if sentence == 0 { format!("{company} said ") } else { "It said ".into() };
            for word in format!("{name}{words}{end}").split(' ') {
                if column > 0 {
                    let full = column + word.len() > 62;
                    self.push(if full { "\n" } else { " " });
                    column = if full { 0 } else { column + 1 };
                }
                self.push(word);
                column += word.len();
            }
        }
    }

    fn company(&mut self) -> String {
        let (first, second) = (self.pick(&COMPANIES), self.pick(&COMPANIES));
        let ticker: String = first.chars().take(3).chain(second.chars().take(1)).collect();
        match self.below(4) {
            0 => format!("{first} and {second} Co"),
            1 => format!("{first} &amp; {second} Ltd"),
            _ => format!("{first} Inc &lt;{}>", ticker.to_uppercase()),
        }
    }

    /// Words of a subject among words of all subjects; now and then one of another subject.
    fn words(&mut self, subject: &Subject, count: usize) -> String {
        let mut text = String::new();
        for i in 0..count {
            let word = match self.below(100) {
                0..=42 => self.pick(subject.words),
                43..=58 => {
                    let other = &SUBJECTS[self.below(SUBJECTS.len())];
                    self.pick(other.words)
                }
                _ => self.pick(&COMMON),
            };
            text.push_str(if i > 0 { " " } else { "" });
            text.push_str(word);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::{env, fs};

    /// With the environment variable `CHUNKFIT_WRITE_SAMPLE` set it writes the files instead.
    #[test]
    fn the_generator_gives_the_embedded_files() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/reuters_sample");
        for (number, (name, bytes)) in FILES.into_iter().enumerate() {
            let made = generate(SEED, number as u32, STORIES);
            if env::var_os("CHUNKFIT_WRITE_SAMPLE").is_some() {
                fs::write(folder.join(name), made).unwrap();
            } else {
                assert!(made == bytes, "{name} is not what the generator gives; see datasets/README.md");
            }
        }
    }

    #[test]
    fn seed_and_file_matter() {
        assert_eq!(generate(1, 0, 3), generate(1, 0, 3));
        assert_ne!(generate(1, 0, 3), generate(2, 0, 3));
        assert_ne!(generate(1, 0, 3), generate(1, 1, 3));
    }
}
