//! Reuters-21578: the sample, the real files when `CHUNKFIT_DATA` names them, and broken files.

use std::collections::HashMap;
use std::env;

use chunkfit::data::Rows;
use chunkfit::datasets::reuters::{
    self, CgiSplit, DATA_VARIABLE, Labelled, LewisSplit, Origin, ReutersFiles, Stories, TagKind, TopicsAttribute,
    acq_examples, mod_apte_topics, parse, sample,
};
use chunkfit::{Chunks, Error, ErrorKind, Runtime};
use ndarray::array;
use proptest::prelude::*;

const STORY: &str = r#"<!DOCTYPE lewis SYSTEM "lewis.dtd">
<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="7" NEWID="1">
<TOPICS><D>acq</D></TOPICS><PLACES><D>a&amp;b</D><D>uk</D></PLACES><UNKNOWN>&#5;< 3</UNKNOWN>
<!-- <BODY> -->
<TEXT TYPE='NORM'>&#2;
<TITLE>ONE
TWO &lt;X></TITLE><BODY>a  b
    c.
&#3;</BODY></TEXT></REUTERS>
<reuters topics=bypass csecs="1" lewissplit="NOT-USED" cgisplit="PUBLISHED-TESTSET" oldid=8 newid='2'>
<ORGS><D>ec</D></ORGS><OTHER><D/></OTHER><TEXT TYPE="UNPROC">none</TEXT></reuters>
"#;

fn malformed(bytes: &[u8]) -> (String, Option<u64>, Option<usize>) {
    let error: Error = parse(bytes).unwrap_err();
    let ErrorKind::Malformed { format: "SGML", problem } = error.kind() else { panic!("{error}") };
    (problem.clone(), error.place().offset, error.place().row)
}

#[test]
fn every_field_is_read() {
    let stories = parse(STORY.as_bytes()).unwrap();
    assert_eq!(stories.len(), 2);
    let (one, two) = (stories.get(0), stories.get(1));
    assert_eq!((one.title(), one.body()), ("ONE\nTWO <X>", "a b c. "));
    assert_eq!(one.text(), "ONE\nTWO <X>\n\na b c. ");
    assert!(one.topics().eq(["acq"]) && one.places().eq(["a&b", "uk"]) && one.all_tags().eq(["acq", "a&b", "uk"]));
    assert_eq!((one.old_id(), one.new_id(), one.topics_attribute()), (7, 1, TopicsAttribute::Yes));
    assert_eq!((one.lewis_split(), one.cgi_split()), (LewisSplit::Train, CgiSplit::TrainingSet));

    assert_eq!((two.text(), two.new_id(), two.topics_attribute()), ("\n\n", 2, TopicsAttribute::Bypass));
    assert!(two.tags().eq([(TagKind::Organisation, "ec"), (TagKind::Other, "")]));
    assert_eq!((two.lewis_split(), two.cgi_split()), (LewisSplit::NotUsed, CgiSplit::PublishedTestset));
}

#[test]
fn labels_depend_on_the_mode() {
    let stories = parse(STORY.as_bytes()).unwrap();
    let every = acq_examples(&stories, Labelled::EveryD);
    assert_eq!((every.records.len(), every.targets.to_vec()), (2, vec![true, false]));
    let topics = acq_examples(&stories, Labelled::TopicsOnly);
    assert_eq!((topics.records.get(0), topics.targets.to_vec()), (stories.get(0).text(), vec![true]));
    assert_eq!(stories.labelled_by("uk", Labelled::EveryD).targets.to_vec(), [true, false]);
    assert_eq!(stories.labelled_by("uk", Labelled::TopicsOnly).targets.to_vec(), [false]);
}

#[test]
fn the_split_takes_stories_by_their_side_and_topics_by_name() {
    let stories = parse(STORY.as_bytes()).unwrap();
    let topics = ["acq", "earn"].map(String::from);
    let train = stories.mod_apte(LewisSplit::Train, &topics);
    assert_eq!((train.records.get(0), train.targets), (stories.get(0).text(), array![[true, false]]));
    assert_eq!(stories.mod_apte(LewisSplit::Test, &topics).targets.dim(), (0, 2));
    // A story that the collection's makers bypassed is on no side.
    assert_eq!(stories.mod_apte(LewisSplit::NotUsed, &topics).targets.dim(), (0, 2));
    let other_side = parse(STORY.replace("\"TRAIN\"", "\"TEST\"").as_bytes()).unwrap();
    let chosen = |files: &[&Stories]| {
        let chunks = Chunks::from_memory(files.iter().map(|&stories| stories.clone()).collect::<Vec<_>>());
        Runtime::new().compute(mod_apte_topics(&chunks)).unwrap()
    };
    assert_eq!(chosen(&[&stories, &other_side]), ["acq"]);
    assert!(chosen(&[&stories, &stories]).is_empty());
}

#[test]
fn broken_files_are_told() {
    let attributes = r#"TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="7" NEWID="1""#;
    let story = |inner: &str| format!("<REUTERS {attributes}>{inner}</REUTERS>");
    // Where a story's content begins, and where the story ends.
    let (inner, end) = (story("").find("</").unwrap() as u64, story("").len() as u64);
    for (file, problem, offset, row) in [
        (String::new(), "should begin with <!DOCTYPE", 0, None),
        ("{\"json\": 1}".into(), "it has `{\\\"json", 0, None),
        ("<!DOCTYPE html>\n<html></html>".into(), "expected <REUTERS>, found <html>", 16, Some(0)),
        (story("<TITLE>a</TEXT>"), "expected </TITLE>, found </TEXT>", inner + 8, Some(0)),
        (story("<BODY>a<BODY>"), "</BODY> is missing", inner + 7, Some(0)),
        (story("<BODY>a</BODY><BODY>"), "a second <BODY>", inner + 14, Some(0)),
        (story("<BODY>a</BODY><TITLE>"), "a second <TITLE>", inner + 14, Some(0)),
        (
            story("") + &format!("<REUTERS {attributes}>") + &story(""),
            "a story begins inside <REUTERS>",
            end + inner,
            Some(1),
        ),
        (story("") + " x", "text outside of <REUTERS> elements: `x`", end + 1, Some(1)),
        (story("") + "</TEXT>", "</TEXT> closes nothing", end, Some(1)),
        (story("<TEXT TYPE=\"NORM>"), "inside a tag", inner, Some(0)),
        (format!("<REUTERS {attributes}><TEXT><BODY>cut"), "the file ends inside <BODY>", inner + 15, Some(0)),
        ("<REUTERS NEWID=\"1\"></REUTERS>".into(), "needs attributes", 0, Some(0)),
        ("<REUTERS NEWID=\"-1\"></REUTERS>".into(), "NEWID of <REUTERS> has the unknown value `-1`", 0, Some(0)),
        ("<REUTERS LEWISSPLIT=MAYBE></REUTERS>".into(), "unknown value `MAYBE`", 0, Some(0)),
    ] {
        let (told, at, number) = malformed(file.as_bytes());
        assert!(told.contains(problem), "{file}: {told}");
        assert_eq!((at, number), (Some(offset), row), "{file}");
    }
}

/// A file may end between stories and nowhere else.
#[test]
fn a_file_cut_anywhere_is_an_error() {
    let bytes = STORY.as_bytes();
    let first_tag = STORY.find('>').unwrap() + 1;
    for cut in 0..bytes.len() {
        let end = STORY[..cut].trim_end();
        let between = cut >= first_tag && (end.len() == first_tag || end.to_lowercase().ends_with("</reuters>"));
        let stories = parse(&bytes[..cut]);
        assert_eq!(stories.is_ok(), between, "{:?}", &STORY[..cut]);
    }
    let file = sample::generate(1, 0, 8);
    for cut in 0..file.len() {
        let between = file[..cut].trim_ascii_end().ends_with(b"</REUTERS>") || cut == 35 || cut == 36;
        assert_eq!(parse(&file[..cut]).is_ok(), between, "{cut}");
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent.sgm");
    let error = reuters::read_file(&absent).unwrap_err();
    assert_eq!((error.kind(), &error.place().file), (&ErrorKind::Io { action: "read" }, &Some(absent)));

    let broken = folder.path().join("broken.sgm");
    std::fs::write(&broken, &STORY[..STORY.len() - 12]).unwrap();
    let error = reuters::read_file(&broken).unwrap_err();
    assert_eq!((&error.place().file, error.place().row), (&Some(broken), Some(1)));
}

proptest! {
    #[test]
    fn any_bytes_are_stories_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
        let _ = parse(&[b"<!DOCTYPE>", bytes.as_slice()].concat());
    }

    #[test]
    fn mutated_files_are_stories_or_an_error(
        changes in prop::collection::vec((0..STORY.len(), prop_oneof![any::<u8>(), Just(b'<'), Just(b'>'), Just(b'&')]), 1..6),
        cut in 0..STORY.len(),
        drop in 0usize..40,
    ) {
        let mut bytes = STORY.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.drain(cut..(cut + drop).min(bytes.len()));
        if let Ok(stories) = parse(&bytes) {
            let whole = Stories::concat_rows(&[&stories]).unwrap();
            prop_assert_eq!(&whole, &stories);
            prop_assert!(stories.text().iter().eq(stories.iter().map(|story| story.text())));
        }
    }
}

#[derive(Default, Debug, PartialEq)]
struct Counts {
    stories: usize,
    tagged: usize,
    acq_tagged: usize,
    with_topics: usize,
    acq_topics: usize,
}

fn count<'a>(files: impl IntoIterator<Item = &'a Stories>) -> Counts {
    let mut counts = Counts::default();
    for stories in files {
        let (every, topics) = (acq_examples(stories, Labelled::EveryD), acq_examples(stories, Labelled::TopicsOnly));
        counts.stories += stories.len();
        counts.tagged += every.targets.len();
        counts.acq_tagged += every.targets.iter().filter(|acq| **acq).count();
        counts.with_topics += topics.targets.len();
        counts.acq_topics += topics.targets.iter().filter(|acq| **acq).count();
    }
    counts
}

#[test]
fn the_sample_has_what_the_collection_has() {
    let found = ReutersFiles::sample();
    assert_eq!(found.origin, Origin::Sample);
    let files: Vec<Stories> = found.files.iter().map(|file| file.read().unwrap()).collect();
    assert!(files.iter().all(|stories| stories.len() == sample::STORIES));
    let counts = count(&files);
    assert_eq!(counts.stories, 400);
    assert!((40..90).contains(&counts.acq_tagged) && counts.acq_topics == counts.acq_tagged, "{counts:?}");
    assert!(counts.with_topics < counts.tagged && counts.tagged < counts.stories, "{counts:?}");
    let stories = || files.iter().flat_map(Stories::iter);
    assert!(stories().map(|story| story.new_id()).eq(1..=400));
    assert!(stories().any(|story| story.title().is_empty()) && stories().any(|story| story.title().contains('\n')));
    assert!(stories().any(|story| story.body().contains("São Paulo \"today\"")));
    assert!(stories().any(|story| story.title().contains('&') && !story.title().contains("&amp;")));
    assert!(!stories().any(|story| story.text().contains(['\u{3}', '\u{1f}', '\u{7f}'])));
}

/// The figures of the collection, counted with Python's `html.parser`.
#[test]
#[ignore = "needs the real data, in the folder that CHUNKFIT_DATA names"]
fn the_real_files_give_the_known_counts() {
    assert!(env::var_os(DATA_VARIABLE).is_some(), "{DATA_VARIABLE} names the folder of the real data");
    let found = reuters::locate(None).unwrap();
    assert!(matches!(found.origin, Origin::Directory(_)));
    let files: Vec<Stories> = found.files.iter().map(|file| file.read().unwrap()).collect();
    let sizes: Vec<usize> = files.iter().map(Stories::len).collect();
    assert_eq!(sizes, [vec![1000; 21], vec![578]].concat());
    let expected = Counts { stories: 21578, tagged: 19716, acq_tagged: 2448, with_topics: 11367, acq_topics: 2448 };
    assert_eq!(count(&files), expected);

    let stories = || files.iter().flat_map(Stories::iter);
    assert!(stories().map(|story| story.new_id()).eq(1..=21578));
    let first = files[0].get(0);
    assert_eq!((first.title(), first.old_id()), ("BAHIA COCOA REVIEW", 5544));
    assert!(first.all_tags().eq(["cocoa", "el-salvador", "usa", "uruguay"]));
    assert!(first.body().starts_with("Showers continued throughout the week in the Bahia cocoa zone, "));
    assert!(first.body().ends_with(" Reuter "));
    assert_eq!(stories().filter(|story| story.text() == "\n\n").count(), 737);
    assert!(files[17].iter().any(|story| story.body().contains("growth.ü")));

    let mut splits: HashMap<_, usize> = HashMap::new();
    for story in stories() {
        *splits.entry((story.lewis_split(), story.topics_attribute())).or_default() += 1;
    }
    // The sizes of the ModApte split's parts, as the collection's own README has them.
    assert_eq!(splits[&(LewisSplit::Train, TopicsAttribute::Yes)], 9603);
    assert_eq!(splits[&(LewisSplit::Test, TopicsAttribute::Yes)], 3299);

    let topics = Runtime::new().compute(mod_apte_topics(&found.open().unwrap())).unwrap();
    assert_eq!((topics.len(), topics[0].as_str(), topics[89].as_str()), (90, "acq", "zinc"));
    for (side, in_split, with_topics, earn) in
        [(LewisSplit::Train, 9603, 7770, 2877), (LewisSplit::Test, 3299, 3019, 1087)]
    {
        let parts: Vec<_> = files.iter().map(|stories| stories.mod_apte(side, &topics).targets).collect();
        let rows = || parts.iter().flat_map(|part| part.rows());
        assert_eq!((rows().count(), rows().filter(|row| row.iter().any(|&has| has)).count()), (in_split, with_topics));
        let k = topics.binary_search(&"earn".to_owned()).unwrap();
        assert_eq!(rows().filter(|row| row[k]).count(), earn);
    }
}
