//! Documents drawn like news text, in any script.

use chunkfit::data::Text;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Words in a document.
const WORDS: usize = 130;
const VOCABULARY: usize = 40_000;

/// Letters and digits of English text. A letter that is there twice is twice as frequent.
pub const ASCII: &str = "abcdefghijklmnoprstuvwyABCDET0123456789";

/// Documents of words of `alphabet`, the rank of each word drawn log-uniformly (Zipf's law): a few words are
/// frequent and most are rare.
pub fn documents(alphabet: &str, n: usize) -> Text {
    let mut rng = ChaCha8Rng::seed_from_u64(42);
    let alphabet: Vec<char> = alphabet.chars().collect();
    let vocabulary: Vec<String> = (0..VOCABULARY)
        .map(|rank| {
            // Frequent words are short.
            let longest = if rank < 100 { 4 } else { 11 };
            (0..rng.gen_range(1..=longest)).map(|_| alphabet[rng.gen_range(0..alphabet.len())]).collect()
        })
        .collect();
    let mut document = || {
        let mut text = String::new();
        for _ in 0..WORDS {
            let rank = (VOCABULARY as f64).powf(rng.r#gen::<f64>()) as usize;
            text.push_str(&vocabulary[rank.min(VOCABULARY - 1)]);
            text.push_str(if rng.gen_ratio(1, 12) { ".\n" } else { " " });
        }
        text
    };
    (0..n).map(|_| document()).collect()
}
