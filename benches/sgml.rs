//! How fast a file of Reuters-21578 is parsed, in bytes of the file.
//!
//! On generated stories: 2 MB of the sample's kind, whose bodies are short, and the same with the
//! bodies made longer, to the collection's share of text in markup.

use chunkfit::datasets::reuters::{parse, sample};
use divan::Bencher;
use divan::counter::BytesCount;

const STORIES: usize = 3000;

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 4])]
fn parse_generated(bencher: Bencher, bodies: usize) {
    let file = with_longer_bodies(&sample::generate(1, 0, STORIES), bodies);
    assert!(file.len() > 1 << 20, "some MB");
    bencher.counter(BytesCount::of_slice(&file)).bench_local(|| {
        let stories = parse(divan::black_box(&file)).expect("a valid file");
        assert_eq!(stories.len(), STORIES);
        stories
    });
}

/// Every body `times` times.
fn with_longer_bodies(file: &[u8], times: usize) -> Vec<u8> {
    let (open, close) = (b"<BODY>".as_slice(), b"</BODY>".as_slice());
    let find = |text: &[u8], tag: &[u8]| text.windows(tag.len()).position(|window| window == tag);
    let (mut rest, mut out) = (file, Vec::new());
    while let Some(start) = find(rest, open) {
        let (head, body) = rest.split_at(start + open.len());
        let (body, tail) = body.split_at(find(body, close).expect("the body's end"));
        out.extend_from_slice(head);
        out.extend(body.repeat(times));
        rest = tail;
    }
    out.extend_from_slice(rest);
    out
}
