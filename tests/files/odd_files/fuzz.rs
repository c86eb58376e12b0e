//! The laws over files that are changed at random, for as long as one likes:
//!
//! ```text
//! CHUNKFIT_FUZZ_SECONDS=300 cargo test --test files fuzz -- --ignored --nocapture
//! ```

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use super::laws::{self, PACKED};

const BEGINNINGS: &[&[u8]] = &[
    b"",
    "\u{feff}one\r\n\ntwo é\nthree".as_bytes(),
    b"{\"t\":\"one\",\"l\":1}\n{\"l\":-2,\"x\":[{\"t\":[]}],\"t\":\"\\u00fc\"}\n\n{\"t\":\"\",\"l\":3}",
    b"1 1:0.5 7:-2e1 # first\r\n-1\n+2 2:1 3:nan\n0 qid:1 1:1\n",
    "t,l\r\n\"one\n1\",1\r\n\"say \"\"ü\"\"\",2\n,\n\"\",\"\"\nlast,4".as_bytes(),
    b"l,x,t\n1,\"a\r\nb\",c\n2,,\"\"\"\"\n",
];
const PIECES: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b",",
    b"\n",
    b"\r\n",
    b"\r",
    b"\xef\xbb\xbf",
    b"\0",
    b"\xff",
    b"{",
    b"}",
    b"[",
    b":",
    b"\\",
    b"#",
    b"\\u",
    b"\\ud83d",
    b" ",
    b"t",
    b"l",
    b"1",
    b"-",
    b"e",
    b"1:1",
    b"{\"t\":\"x\",\"l\":1}\n",
    b"\"a\nb\",1\n",
    b"null",
    b"9999999999999999999999",
];

fn mutate(content: &mut Vec<u8>, random: &mut StdRng) {
    let at = random.gen_range(0..=content.len());
    let until = random.gen_range(at..=content.len().min(at + 12));
    match random.gen_range(0..6) {
        0 => drop(content.drain(at..until)),
        1 => drop(content.splice(at..at, PIECES.choose(random).unwrap().iter().copied())),
        2 => drop(content.splice(at..until, PIECES.choose(random).unwrap().iter().copied())),
        3 => {
            let copied = content[at..until].to_vec();
            let to = random.gen_range(0..=content.len());
            content.splice(to..to, copied);
        }
        4 if at < content.len() => content[at] ^= 1 << random.gen_range(0..8),
        _ => {
            let other = BEGINNINGS.choose(random).unwrap();
            let from = random.gen_range(0..=other.len());
            content.splice(at..at, other[from..].iter().copied());
        }
    }
    content.truncate(400);
}

/// One file in many states, each a little different from the one before.
fn walk(seed: u64, steps: usize) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut content = BEGINNINGS.choose(&mut random).unwrap().to_vec();
    for _ in 0..steps {
        mutate(&mut content, &mut random);
        let bytes = content.len() as u64;
        // Mostly a few chunks: many take long.
        let least = if random.gen_bool(0.9) { 1 + bytes / 8 } else { 1 };
        let chunk_bytes = random.gen_range(least..=bytes + 2);
        let packed = if random.gen_bool(0.9) { PACKED[0] } else { *PACKED.choose(&mut random).unwrap() };
        laws::all(&content, chunk_bytes, packed);
    }
}

#[test]
fn files_changed_at_random_are_read_as_the_twins_read_them() {
    (0..20).for_each(|seed| walk(seed, 20));
}

#[test]
#[ignore = "for as long as one likes"]
fn fuzz() {
    let seconds = std::env::var("CHUNKFIT_FUZZ_SECONDS").map_or(10, |seconds| seconds.parse().unwrap());
    let (begin, mut seed) = (Instant::now(), rand::random::<u32>() as u64);
    println!("seed {seed}");
    let mut walks = 0;
    while begin.elapsed() < Duration::from_secs(seconds) {
        walk(seed, 60);
        (seed, walks) = (seed + 1, walks + 1);
    }
    println!("{walks} files of 60 states each");
}
