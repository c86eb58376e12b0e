//! Objects that change, tags and times as stores give them, and answers that end too early.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, SystemTime};

use chunkfit::sources::{Files, JsonLines, TextLines};
use chunkfit::{Error, Runtime};
use futures_util::TryStreamExt;
use object_store::{GetOptions, GetResult, GetResultPayload, ObjectMeta, Result};

use super::put;
use super::watched::{Answer, Watched, room};

/// The lines of the objects `*.txt`.
fn lines(store: Arc<Watched>) -> Result<Vec<String>, Error> {
    let documents = TextLines::over(Files::in_store(store, "*.txt")?).chunk_bytes(1 << 20).documents()?;
    let chunks = Runtime::new().threads(2).compute(documents.chunks())?;
    Ok(chunks.iter().flat_map(|chunk| (0..chunk.len()).map(|i| chunk.get(i).to_owned())).collect())
}

fn two_objects(store: Watched) -> Arc<Watched> {
    put(&store.objects, "a.txt", b"one\ntwo");
    put(&store.objects, "b.txt", b"three");
    Arc::new(store)
}

/// An answer with another tag.
fn tagged(mut found: GetResult, tag: Option<String>) -> GetResult {
    found.meta.e_tag = tag;
    found
}

/// As lists give them and as answers do: S3 and a proxy that compresses, Azure, a plain server.
#[test]
fn tags_are_compared_without_the_signs_that_stores_put_around_them() {
    let listed: [fn(ObjectMeta) -> ObjectMeta; 3] = [
        |object| ObjectMeta { e_tag: Some("\"x\"".into()), ..object },
        |object| ObjectMeta { e_tag: Some("x".into()), ..object },
        |object| ObjectMeta { e_tag: Some("W/\"x\"".into()), ..object },
    ];
    fn no_condition(options: &GetOptions) {
        assert_eq!((&options.if_match, &options.if_unmodified_since), (&None, &None), "a weak tag would never match");
    }
    let answers: [Answer; 2] = [
        |_, options, found| {
            no_condition(options);
            Ok(tagged(found, Some("W/\"x\"".into())))
        },
        |_, options, found| {
            no_condition(options);
            Ok(tagged(found, Some("\"x\"".into())))
        },
    ];
    for listed in listed {
        for answer in answers {
            let store = two_objects(Watched { listed: Some(listed), answer: Some(answer), ..Watched::default() });
            assert_eq!(lines(store).unwrap(), ["one", "two", "three"]);
        }
        let other: Answer = |_, _, found| Ok(tagged(found, Some("\"y\"".into())));
        let store = two_objects(Watched { listed: Some(listed), answer: Some(other), ..Watched::default() });
        let message = lines(store).unwrap_err().full_message();
        assert!(
            message.contains("it has changed since it was opened") && message.contains("watched://a.txt"),
            "{message}"
        );
    }
}

#[test]
fn without_tags_times_tell_as_far_as_both_are_known() {
    /// Without a tag, and changed so many years and nanoseconds after 1970.
    fn at(object: ObjectMeta, years: u64, nanoseconds: u32) -> ObjectMeta {
        let time = SystemTime::UNIX_EPOCH + Duration::new(years * 365 * 86_400, nanoseconds);
        ObjectMeta { last_modified: time.into(), e_tag: None, ..object }
    }
    let listed: fn(ObjectMeta) -> ObjectMeta = |object| at(object, 40, 123_000_000);
    let cases: [(Answer, bool); 6] = [
        (|_, _, found| Ok(GetResult { meta: at(found.meta.clone(), 40, 123_000_000), ..found }), true),
        (|_, _, found| Ok(GetResult { meta: at(found.meta.clone(), 40, 0), ..found }), true),
        (|_, _, found| Ok(GetResult { meta: at(found.meta.clone(), 40, 123_456_000), ..found }), true),
        (|_, _, found| Ok(GetResult { meta: at(found.meta.clone(), 40, 124_000_000), ..found }), false),
        (|_, _, found| Ok(GetResult { meta: at(found.meta.clone(), 41, 123_000_000), ..found }), false),
        // 1970: it was not told.
        (|_, _, found| Ok(GetResult { meta: at(found.meta.clone(), 0, 0), ..found }), true),
    ];
    for (i, (answer, is_same)) in cases.into_iter().enumerate() {
        let store = two_objects(Watched { listed: Some(listed), answer: Some(answer), ..Watched::default() });
        assert_eq!(lines(store).is_ok(), is_same, "case {i}");
    }
}

/// An answer that ends in the middle, and says nothing of it.
fn cut(found: GetResult) -> GetResult {
    let GetResult { payload, meta, range, attributes } = found;
    let GetResultPayload::Stream(bytes) = payload else { panic!("a stream") };
    let half = bytes.map_ok(|bytes| bytes.slice(..bytes.len() / 2));
    GetResult { payload: GetResultPayload::Stream(Box::pin(half)), meta, range, attributes }
}

#[test]
fn an_answer_that_is_cut_is_asked_for_again() {
    let _room = room();
    let answer: Answer = |request, _, found| Ok(if request < 2 { cut(found) } else { found });
    let store = two_objects(Watched { answer: Some(answer), ..Watched::default() });
    assert_eq!(lines(store.clone()).unwrap(), ["one", "two", "three"]);
    assert_eq!(store.requests.load(Relaxed), 4);
}

#[test]
fn answers_that_are_always_cut_are_an_error() {
    let store = two_objects(Watched { answer: Some(|_, _, found| Ok(cut(found))), ..Watched::default() });
    let message = lines(store).unwrap_err().full_message();
    assert!(message.contains("watched://"), "{message}");
    assert!(message.contains("bytes, where 7 were asked for") || message.contains("bytes, where 5 were"), "{message}");
}

/// A connection that breaks, where the store cannot know that the rest belongs to the same state.
#[test]
fn a_broken_answer_without_a_tag_is_asked_for_again() {
    let broken: Answer = |request, _, found| {
        let mut found = tagged(found, None);
        if request % 2 == 0 {
            let error = object_store::Error::Generic { store: "watched", source: "the connection broke".into() };
            found.payload = GetResultPayload::Stream(Box::pin(futures_util::stream::iter([Err(error)])));
        }
        Ok(found)
    };
    let listed: fn(ObjectMeta) -> ObjectMeta = |object| ObjectMeta { e_tag: None, ..object };
    let store = two_objects(Watched { answer: Some(broken), listed: Some(listed), ..Watched::default() });
    assert_eq!(lines(store).unwrap(), ["one", "two", "three"]);
}

/// Ranges that are asked for ahead may fail, and say of which object.
#[test]
fn an_object_that_goes_away_while_others_are_read_is_named() {
    let store = Watched { missing: Some("300.jsonl"), ..Watched::default() };
    (0..400).for_each(|i| put(&store.objects, &format!("{i:03}.jsonl"), b"{\"t\":\"x\"}"));
    let texts = JsonLines::over(Files::in_store(Arc::new(store), "*.jsonl").unwrap()).text("t").unwrap();
    let message = Runtime::new().threads(2).compute(texts.chunks()).err().unwrap().full_message();
    assert!(message.contains("watched://300.jsonl") && message.contains("it is gone since it was opened"), "{message}");
}

#[test]
fn a_server_without_ranges_serves_what_fits_into_one_request() {
    let _room = room();
    let whole: Answer = |_, options, found| match options.range {
        None => Ok(found),
        Some(_) => Err(object_store::Error::NotSupported { source: "no ranges".into() }),
    };
    let line = "0123456789abcde\n";
    for (lines_there, problem) in [(10, None), (200_000, None), (300_000, Some("does not answer requests for ranges"))]
    {
        let store = Watched { answer: Some(whole), ..Watched::default() };
        put(&store.objects, "a.txt", line.repeat(lines_there).as_bytes());
        match (lines(Arc::new(store)), problem) {
            (Ok(read), None) => {
                assert_eq!(read.len(), lines_there);
                assert!(read.iter().all(|read| read == line.trim_end()));
            }
            (Err(error), Some(problem)) => {
                let message = error.full_message();
                assert!(message.contains(problem) && message.contains("watched://a.txt"), "{message}");
            }
            (read, _) => {
                panic!("{lines_there} lines: {:?}", read.map(|read| read.len()).map_err(|error| error.full_message()))
            }
        }
    }
}
