//! Runs over files that are killed at any moment, again and again, end as if nothing had happened: from JSON lines that are
//! cut into many chunks, some records of which are bad, to a chain of several epochs and to a search.
//!
//! The moments are drawn from a seed that is printed; `CHUNKFIT_KILL_SEED` sets it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use chunkfit::data::Text;
use chunkfit::graph::{Key, Run, Summary};
use chunkfit::linear::{LearningRate, Loss, SgdClassifierParams};
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Candidate, KFold, Search};
use chunkfit::persist::Persist;
use chunkfit::prelude::*;
use chunkfit::sources::{BadRecords, JsonLines};
use linfa::DatasetBase;
use ndarray::Array1;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const KILLS: usize = 25;
/// Where a child finds its folder.
const FOLDER: &str = "CHUNKFIT_TEST_KILLS";
const SEED: &str = "CHUNKFIT_KILL_SEED";

/// A folder of its own, in which there is data to learn from.
struct Ground(PathBuf);

impl Ground {
    fn new(folder: &Path) -> Self {
        let words = ["oil", "wheat", "merger", "acquires", "profit", "exports", "stake", "ship"];
        let line = |i: usize| {
            let text: Vec<&str> = (0..12).map(|j| words[(i * 7 + j * j * (i % 13 + 1)) % 8]).collect();
            let text = text.join(" ");
            match i % 17 {
                // Now and then a record that was cut short.
                3 => format!("{{\"text\":\"{text}\n"),
                _ => {
                    format!("{{\"text\":\"{text}\",\"label\":{}}}\n", text.contains("acquires") != i.is_multiple_of(11))
                }
            }
        };
        fs::write(folder.join("data.jsonl"), (0..1200).map(line).collect::<String>()).unwrap();
        Ground(folder.to_owned())
    }

    /// About 32 chunks, each of which takes a moment to make.
    fn chunks(&self, takes: Duration) -> Chunks<DatasetBase<Text, Array1<bool>>> {
        let bytes = fs::metadata(self.0.join("data.jsonl")).unwrap().len();
        let policy = BadRecords::skip().set_aside(self.0.join("rejected"));
        let json = JsonLines::open(self.0.join("data.jsonl")).unwrap().chunk_bytes(bytes / 32).bad_records(policy);
        let chunks = json.text_and_label::<bool>("text", "label").unwrap().chunks();
        chunks.map_keyed("dawdle", Key::of("dawdle").finish(), move |chunk| {
            std::thread::sleep(takes);
            Ok(chunk.clone())
        })
    }

    fn checkpoint(&self) -> PathBuf {
        self.0.join("checkpoint")
    }

    fn runtime(&self) -> Runtime {
        Runtime::new().threads(2).memory_limit(300_000).checkpoint(Checkpoint::new(self.checkpoint()))
    }

    /// What was set aside, by chunk and name; the rest of a file's name stands for its path, which is another one on every
    /// ground. What is hidden was being written when a process was killed.
    fn rejected(&self) -> Vec<(String, String)> {
        let files = fs::read_dir(self.0.join("rejected")).unwrap().map(|file| file.unwrap().path());
        let files = files.filter(|file| !file.file_name().unwrap().to_string_lossy().starts_with('.'));
        let name = |file: &Path| file.file_name().unwrap().to_string_lossy()[.."000000-data.jsonl".len()].to_owned();
        let mut all: Vec<_> = files.map(|file| (name(&file), fs::read_to_string(&file).unwrap())).collect();
        all.sort();
        all
    }
}

/// What is done on a ground: all that it finds, as bytes.
type Work = fn(&Runtime, &Ground, Duration) -> (Vec<u8>, Summary);

/// A chain of four epochs: the saved model.
fn chain(runtime: &Runtime, ground: &Ground, takes: Duration) -> (Vec<u8>, Summary) {
    let text = HashingVectorizer::params().n_features(1 << 12);
    let fit = Pipeline::new(text, Chained::new(SgdClassifier::params()).epochs(4)).fit(&ground.chunks(takes));
    let Run { values: model, summary, .. } = runtime.run(&fit).unwrap();
    let folder = tempfile::tempdir().unwrap();
    model.save(folder.path().join("model")).unwrap();
    (fs::read(folder.path().join("model")).unwrap(), summary)
}

/// A search: candidates that learn in teams, one that learns alone, and one that overflows. The scores of all folds.
fn search(runtime: &Runtime, ground: &Ground, takes: Duration) -> (Vec<u8>, Summary) {
    type Params = (usize, SgdClassifierParams<bool>);
    let sgd = |alpha| SgdClassifier::params().alpha(alpha);
    let steep = sgd(1e-4).loss(Loss::SquaredError).learning_rate(LearningRate::Constant).eta0(1e300);
    let candidates = [(1, sgd(1e-3)), (2, sgd(1e-4)), (1, sgd(1e-5)), (2, sgd(1e-3).seed(1)), (1, steep)];
    let candidates = candidates.map(Candidate::new);
    let pipeline = |(n, sgd): &Params| {
        let text = HashingVectorizer::params().n_features(1 << 12).ngram_range(1, *n);
        Pipeline::new(text, Chained::new(sgd.clone()).epochs(4))
    };
    let found = Search::new(candidates.to_vec(), pipeline)
        .folds(KFold::new(3).shuffle(0))
        .scoring([Scorer::Accuracy, Scorer::RocAuc])
        .run_and_tell(runtime, &ground.chunks(takes))
        .unwrap();
    let folds = found.values.candidates.iter().flat_map(|row| &row.folds);
    let bits = |scores: &[f64]| scores.iter().map(|score| format!("{:016x} ", score.to_bits())).collect::<String>();
    let text: String = folds.map(|fold| format!("{}{:?}\n", bits(&fold.test_scores), fold.error)).collect();
    assert!(text.contains("beyond all bounds"));
    // Errors name the file, which is another one on every ground.
    (text.replace(ground.0.to_str().unwrap(), "").into_bytes(), found.summary)
}

/// In a child: the work, slow enough to be interrupted in the middle.
fn work_in_child(work: Work) {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let ground = Ground(folder);
    let (found, _) = work(&ground.runtime(), &ground, Duration::from_millis(2));
    fs::write(ground.0.join("part"), found).unwrap();
    fs::rename(ground.0.join("part"), ground.0.join("result")).unwrap();
}

#[test]
#[ignore = "is run by the test that kills it"]
fn chaining_child() {
    work_in_child(chain);
}

#[test]
#[ignore = "is run by the test that kills it"]
fn searching_child() {
    work_in_child(search);
}

/// When a file of the folder was last changed.
fn newest(folder: &Path) -> Option<SystemTime> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()?.modified().ok()).max()
}

fn start(child: &str, ground: &Ground) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let command = command.args([child, "--exact", "--ignored"]).env(FOLDER, &ground.0).stdout(Stdio::null());
    command.spawn().unwrap()
}

/// Kills a child at some moment, before anything or, if it `gets_on`, after it has kept something more. Whether it was
/// not done by then.
fn kill(mut child: Child, ground: &Ground, gets_on: bool, random: &mut StdRng) -> bool {
    let before = newest(&ground.checkpoint());
    while gets_on && newest(&ground.checkpoint()) == before && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    std::thread::sleep(Duration::from_micros(random.gen_range(0..40_000)));
    let running = child.try_wait().unwrap().is_none();
    if running {
        child.kill().unwrap();
    }
    // On Unix `kill` sends SIGKILL; the child may have ended just before.
    let ended = child.wait().unwrap();
    assert!(running || ended.success());
    !ended.success()
}

fn survives(work: Work, child: &str, trained: &str) {
    let seed = std::env::var(SEED).map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("{SEED}={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let unbroken = tempfile::tempdir().unwrap();
    let unbroken = Ground::new(unbroken.path());
    let (expected, _) = work(&Runtime::new().threads(1), &unbroken, Duration::ZERO);
    assert!(unbroken.rejected().iter().map(|(_, lines)| lines.lines().count()).sum::<usize>() > 50);

    let mut kills = 0;
    // Who is quick is done before that many kills: then another one begins anew.
    while kills < KILLS {
        let folder = tempfile::tempdir().unwrap();
        let ground = Ground::new(folder.path());
        while kills < KILLS && kill(start(child, &ground), &ground, kills % 2 == 0, &mut random) {
            kills += 1;
        }
        if !folder.path().join("result").exists() {
            assert!(start(child, &ground).wait().unwrap().success());
        }
        let found = fs::read(folder.path().join("result")).unwrap();
        assert!(found == expected, "after {kills} kills, {SEED}={seed}");
        assert_eq!(ground.rejected(), unbroken.rejected());

        // Nothing is left but values, and what was being written: an hour later the next run takes that away.
        let names = || {
            let files = fs::read_dir(ground.checkpoint()).unwrap().map(|file| file.unwrap().path());
            files.partition::<Vec<PathBuf>, _>(|file| file.extension().is_some_and(|ending| ending == "kept"))
        };
        for part in names().1 {
            assert!(part.file_name().unwrap().to_string_lossy().starts_with(".chunkfit-part-"), "{}", part.display());
            let hours_ago = SystemTime::now() - Duration::from_secs(2 * 3600);
            fs::File::options().write(true).open(part).unwrap().set_modified(hours_ago).unwrap();
        }
        let (again, summary) = work(&ground.runtime(), &ground, Duration::ZERO);
        assert!(again == expected && summary.runs(trained) == 0, "what is finished is not done again");
        assert!(names().1.is_empty());
    }
}

#[test]
fn a_chain_over_json_lines_survives_kills() {
    survives(chain, "kills::chaining_child", "partial_fit");
}

#[test]
fn a_search_over_json_lines_survives_kills() {
    survives(search, "kills::searching_child", "partial_fit");
}
