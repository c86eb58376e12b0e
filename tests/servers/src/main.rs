//! Reads from the servers that `run.py` starts, and holds what comes to what was put there.

use std::sync::Arc;
use std::time::Instant;

use chunkfit::sources::{Csv, Files, JsonLines};
use chunkfit::{Error, Runtime};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::http::HttpBuilder;
use object_store::{ClientOptions, ObjectStore, RetryConfig};

/// The sum of the labels, and the number of rows, of the objects that are found.
fn read(store: &Arc<dyn ObjectStore>, wanted: &str) -> Result<(usize, i64), Error> {
    let files = Files::in_store(store.clone(), wanted)?;
    let chunks = JsonLines::over(files).chunk_bytes(6 << 20).text_and_label::<i64>("t", "l")?.chunks();
    let rows = chunks.map("sum", |chunk| vec![(chunk.targets.len(), chunk.targets.sum())]);
    let sums = Runtime::new().threads(2).compute(rows)?;
    Ok(sums.iter().flatten().fold((0, 0), |(n, sum), part| (n + part.0, sum + part.1)))
}

/// The rows of small objects, and of the large one.
const SMALL: (usize, i64) = (10, 45);
const LARGE: (usize, i64) = (12_000, 12_000);

fn check<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = work();
    println!("{name}: {:.1} s", start.elapsed().as_secs_f64());
    made
}

fn holds(store: &Arc<dyn ObjectStore>, wanted: &str, expected: (usize, i64)) {
    check(wanted, || assert_eq!(read(store, wanted).map_err(|error| error.full_message()), Ok(expected), "{wanted}"));
}

fn fails(store: &Arc<dyn ObjectStore>, wanted: &str, problem: &str) {
    let message = check(wanted, || read(store, wanted).expect_err(wanted).full_message());
    println!("    {message}");
    assert!(message.contains(problem) && message.contains(wanted.trim_end_matches("/*")), "{message}");
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn s3(endpoint: String) {
    let retry = RetryConfig { max_retries: 3, ..RetryConfig::default() };
    let store = AmazonS3Builder::new().with_bucket_name("data").with_region("us-east-1").with_endpoint(endpoint);
    let store = store.with_access_key_id("x").with_secret_access_key("x").with_allow_http(true).with_retry(retry);
    let store: Arc<dyn ObjectStore> = Arc::new(store.build().expect("settings of S3"));
    let start = Instant::now();
    holds(&store, "many", (10_000, 45_000));
    holds(&store, "many/*.jsonl", (10_000, 45_000));
    println!("twice 1,000 objects: {:.1} s", start.elapsed().as_secs_f64());
    holds(&store, "many/caf\u{e9} %20+1.jsonl", SMALL);
    // With the marker of a folder in it.
    assert_eq!(Files::in_store(store.clone(), "many/*").expect("found").len(), 1_000);
    check("200 CSV", || {
        let csv = Csv::over(Files::in_store(store.clone(), "csv").expect("found"));
        let chunks = csv.text_and_label::<i64>("t", "l").expect("opened").chunks();
        assert_eq!(Runtime::new().threads(2).compute(chunks).expect("read").len(), 200);
    });
    for fault in ["slow", "busy", "throttled", "cut", "reset", "weak"] {
        holds(&store, fault, SMALL);
    }
    fails(&store, "always-cut/*", "");
    fails(&store, "gone/*", "it is gone since it was opened");
    fails(&store, "changed/*", "it has changed since it was opened");
    for large in ["large.jsonl", "cut-large.jsonl", "busy-large.jsonl"] {
        holds(&store, large, LARGE);
    }
    holds(&store, "hive", (20, 90));
}

/// The builder takes the emulator's address from the environment.
fn azure(_: String) {
    let store = MicrosoftAzureBuilder::new().with_use_emulator(true).with_container_name("data");
    let store: Arc<dyn ObjectStore> = Arc::new(store.build().expect("settings of Azure"));
    holds(&store, "many", (1_000, 4_500));
    holds(&store, "many/*.jsonl", (1_000, 4_500));
    holds(&store, "large.jsonl", LARGE);
}

fn plain_http(endpoint: String, has_ranges: bool) {
    let options = ClientOptions::new().with_allow_http(true);
    let store = HttpBuilder::new().with_url(endpoint).with_client_options(options).build();
    let store: Arc<dyn ObjectStore> = Arc::new(store.expect("settings of HTTP"));
    holds(&store, "rows.jsonl", SMALL);
    holds(&store, "a b.jsonl", SMALL);
    holds(&store, "medium.jsonl", (2_000, 2_000));
    match has_ranges {
        true => holds(&store, "large.jsonl", LARGE),
        false => fails(&store, "large.jsonl", "does not answer requests for ranges"),
    }
    let message = read(&store, "*.jsonl").expect_err("there is no list").full_message();
    assert!(message.contains("cannot list"), "{message}");
}

fn main() {
    variable("S3").into_iter().for_each(s3);
    variable("AZURITE_BLOB_STORAGE_URL").into_iter().for_each(azure);
    variable("HTTP_RANGES").into_iter().for_each(|endpoint| plain_http(endpoint, true));
    variable("HTTP_WHOLE").into_iter().for_each(|endpoint| plain_http(endpoint, false));
    println!("all is well");
}
