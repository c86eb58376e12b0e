//! What is told of a run: before it, during it, after it. A program of its own: `tracing` remembers for the whole
//! process that nobody listened to a span.
#![cfg(all(feature = "diagnostics", feature = "tracing"))]
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use chunkfit::data::Text;
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles};
use chunkfit::diagnostics::Report;
use chunkfit::graph::{ChunkCache, Explanation, Key, Lazy, Profile, Run, Runtime, Task};
use chunkfit::prelude::*;
use serde_json::Value;

type Scores = Run<(f64, f64, Vec<f64>)>;

/// Two models over the sample, sharing their vectorized chunks, and the bits of one of them.
fn models() -> (Lazy<f64>, Lazy<f64>, Lazy<Vec<f64>>) {
    let stories = ReutersFiles::sample().open().unwrap();
    let data = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
    let (train, test) = train_test_split(&data, 0.2, 42);
    let text = HashingVectorizer::params().n_features(1 << 12).alternate_sign(false);
    let chained =
        Pipeline::new(text.clone(), Chained::new(SgdClassifier::params()).display_name("chained")).fit(&train);
    let averaged =
        Pipeline::new(text, Averaged::new(LogisticRegression::params()).display_name("averaged")).fit(&train);
    let look = Task::new("look", Key::unique());
    let bits = averaged.inner().map(look, |model| Ok(model.linear().coef().iter().copied().collect()));
    (chained.score(&test), averaged.score(&test), bits)
}

fn profiled(threads: usize) -> Scores {
    Runtime::new().threads(threads).profile(true).run(models()).unwrap()
}

fn profile<T>(run: &Run<T>) -> &Profile {
    run.profile.as_ref().unwrap()
}

#[test]
fn every_task_run_has_one_record_in_its_thread_and_time() {
    for threads in [1, 3] {
        let run = profiled(threads);
        let (records, elapsed) = (&profile(&run).records, run.summary.elapsed.as_nanos());
        assert_eq!(records.len(), run.summary.tasks());
        for (i, stage) in run.summary.stages.iter().enumerate() {
            let own: Vec<_> = records.iter().filter(|record| record.stage == i).collect();
            assert_eq!(own.len(), stage.runs);
            assert!(
                own.iter()
                    .all(|record| (&*record.name, &record.display_name) == (stage.name.as_str(), &stage.display_name))
            );
            assert_eq!(own.iter().map(|record| record.duration()).sum::<std::time::Duration>(), stage.busy);
        }
        let mut ends = vec![0; threads];
        for record in records {
            assert!(ends[record.thread] <= record.start && record.start <= record.end, "{record:?}");
            ends[record.thread] = record.end;
            assert!(u128::from(record.end) <= elapsed);
            let read = record.name == "parse";
            assert!(!read || record.chunk.is_some() && record.bytes.unwrap() > 0 && !record.again);
        }
        let fits =
            records.iter().filter(|record| record.display_name.as_deref() == Some("averaged") && record.name == "fit");
        let chunks: HashSet<_> = fits.map(|record| record.chunk.unwrap()).collect();
        assert_eq!(chunks.len(), profile(&run).plan.chunks);
    }
}

#[test]
fn what_is_explained_is_what_runs() {
    let (first, second, bits) = models();
    let runtime = Runtime::new().threads(1);
    let plan = runtime.explain((&first, &second, &bits)).unwrap();
    assert!(plan.process_bytes < plan.memory_limit && plan.chunk_limit == plan.memory_limit - plan.process_bytes);
    let mut plan = runtime.threads(2).explain((&first, &second, &bits)).unwrap();
    let run = Runtime::new().threads(2).profile(true).run((&first, &second, &bits)).unwrap();
    assert!(plan.chunk_limit < plan.memory_limit - plan.process_bytes, "threads keep memory for their next values");
    let ran = &profile(&run).plan;
    // Other tests take memory meanwhile.
    (plan.process_bytes, plan.chunk_limit) = (ran.process_bytes, ran.chunk_limit);
    assert_eq!(plan, *ran);
    assert_eq!((plan.tasks, run.summary.reruns()), (run.summary.tasks(), 0));
    for (planned, ran) in plan.stages.iter().zip(&run.summary.stages) {
        assert_eq!((planned.title(), planned.tasks), (ran.title(), ran.runs));
    }
    let of = |name: &str| plan.stages.iter().find(|stage| stage.name == name).unwrap();
    assert_eq!(of("vectorize").handles, 2 * of("vectorize").tasks, "two pipelines ask for the same vectors");
    assert_eq!(plan.shared(), of("vectorize").tasks);
    assert_eq!((plan.sources, plan.chunks), (of("parse").tasks, of("parse").tasks));
    let text = plan.to_string();
    assert!(text.contains("vectorize") && text.contains("partial_fit · chained"), "{text}");
}

#[test]
fn files_show_before_and_after_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let files = [1000, 3000, 2000].map(|n| (folder.path().join(format!("{n}.txt")), n));
    files.iter().for_each(|(file, n)| std::fs::write(file, vec![b'x'; *n]).unwrap());
    let read = |file: &Path| std::fs::read(file).map_err(|error| Error::io("read", file, error));
    let chunks = Chunks::from_files("read", files.iter().map(|(file, _)| file), read).unwrap();
    let sizes = chunks.map("size", Vec::len);
    let run = Runtime::new().profile(true).run(&sizes).unwrap();
    let plan = &profile(&run).plan;
    assert_eq!((plan.files.len(), plan.chunks, plan.sources, plan.expected_source_bytes), (3, 3, 3, 6000));
    assert!(plan.expected_peak_bytes >= 3000 && plan.to_string().contains("3 files, about 5.9 KiB"), "{plan}");
    for record in &profile(&run).records {
        assert_eq!(record.file.as_deref(), Some(files[record.chunk.unwrap()].0.as_path()));
    }
}

#[test]
fn expected_peaks_add_up_over_the_values_that_are_needed_together() {
    let key = Key::unique();
    let read = |c: usize| {
        let key = Key::of("read").input(key).params(&c).finish();
        let task = Task::new("read", key).chunk(c).remakeable().measured::<Vec<u8>>().expected_bytes(1000);
        Lazy::source(task, move || Ok(vec![c as u8; 1000]))
    };
    let half = |c| {
        read(c)
            .map(Task::new("half", Key::unique()).expected_bytes(500).measured::<Vec<u8>>(), |x| Ok(x[..500].to_vec()))
    };
    let parts: Vec<Lazy<Vec<u8>>> = (0..4).map(half).collect();
    let sum = Lazy::gather(&parts, Task::new("sum", Key::unique()), |parts| Ok(parts.len()));
    let plan = Runtime::new().memory_limit(2000).explain((&sum, read(0))).unwrap();
    // Chunk 0 is asked for, so it stays: with three halves and the last chunk and its half.
    assert_eq!((plan.expected_peak_bytes, plan.unknown_sizes), (1000 + 3 * 500 + 1000 + 500, 0));
    assert_eq!((plan.handles, plan.tasks, plan.shared()), (10, 9, 1));
    assert!(plan.to_string().contains("made again"), "{plan}");
    let unknown = Lazy::source(Task::new("read", Key::unique()).measured::<Vec<u8>>(), || Ok(vec![0u8]));
    assert_eq!(Runtime::new().explain(unknown).unwrap().unknown_sizes, 1);
    let failed: Lazy<()> = Lazy::failed(Error::parameter("n", 0, "1 or more"));
    assert!(Runtime::new().explain(failed).is_err());
}

#[test]
fn a_profile_changes_nothing_and_is_made_only_when_asked_for() {
    let plain = Runtime::new().threads(2).run(models()).unwrap();
    assert!(plain.profile.is_none());
    let bits = |run: &Scores| {
        let coefficients = run.values.2.iter().map(|x| x.to_bits());
        coefficients.chain([run.values.0.to_bits(), run.values.1.to_bits()]).collect::<Vec<_>>()
    };
    assert_eq!(bits(&plain), bits(&profiled(2)));
    assert_eq!(bits(&plain), bits(&profiled(1)));
}

#[test]
fn values_made_again_are_recorded_as_such() {
    let key = Key::unique();
    let chunk = |c: usize| {
        let task = Task::new("read", Key::of("read").input(key).params(&c).finish());
        Lazy::source(task.chunk(c).remakeable().measured::<Vec<u8>>().expected_bytes(1000), move || Ok(vec![0u8; 1000]))
    };
    let mut model = Lazy::value(0);
    for turn in 0..8 {
        let learn = Task::new("learn", Key::unique()).order(turn);
        model = model.step(&chunk(turn % 4), learn, |sum, chunk| Ok(sum + chunk.len()));
    }
    let run = Runtime::new().threads(2).memory_limit(2_500).profile(true).run(&model).unwrap();
    let again = profile(&run).records.iter().filter(|record| record.again).count();
    assert!(again > 0 && again == run.summary.reruns());
    let html = Report::new("Twice").run(&run).to_html();
    assert!(html.contains(" · again"));
}

#[test]
fn the_process_is_sampled_in_order_while_the_run_lasts() {
    let wait = Task::new("wait", Key::unique());
    let spin = || {
        let started = std::time::Instant::now();
        while started.elapsed().as_millis() < 300 {
            std::hint::spin_loop();
        }
        Ok(())
    };
    let run = Runtime::new().threads(1).profile(true).run(Lazy::source(wait, spin)).unwrap();
    let samples = &profile(&run).samples;
    assert!(samples.len() >= 3, "{}", samples.len());
    assert!(samples.is_sorted_by(|a, b| a.at < b.at && a.read_bytes <= b.read_bytes));
    assert!(samples.iter().all(|sample| sample.resident_bytes > 1 << 20));
    assert!(samples.iter().any(|sample| sample.cpu_percent > 10.0), "{samples:?}");
}

/// Sums of chunks that take long to make, over a chunk cache: made the first time, and loaded the second.
fn over_a_cache(runtime: &Runtime) -> [Run<Vec<usize>>; 2] {
    let text = |c: usize| Ok([format!("chunk {c}")].iter().map(String::as_str).collect::<Text>());
    let slow = |text: &Text| {
        std::thread::sleep(std::time::Duration::from_millis(3));
        text.clone()
    };
    let prepared = Chunks::from_fn("read", 6, text).map("prepare", slow).identified("prepared").cached();
    let lengths = prepared.map("measure", |text: &Text| text.len());
    [(); 2].map(|()| runtime.run(&lengths).unwrap())
}

#[test]
fn whatever_takes_time_is_in_the_legend_and_in_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let cached = Runtime::new().threads(2).profile(true).chunk_cache(ChunkCache::new(folder.path()));
    let [made, loaded] = over_a_cache(&cached);
    assert_eq!((made.summary.loaded(), loaded.summary.loaded(), loaded.summary.runs("prepare")), (0, 6, 0));
    for run in [made, loaded] {
        let html = Report::new("Cached").run(&run).to_html();
        let (_, legend) = html.split_once("<ul class=\"legend\">").unwrap();
        let (legend, _) = legend.split_once("</ul>").unwrap();
        let (_, table) = html.split_once("<tbody>").unwrap();
        let (table, _) = table.split_once("</tbody>").unwrap();
        for stage in run.summary.stages.iter().filter(|stage| !stage.busy.is_zero()) {
            assert!(legend.contains(&stage.name) && table.contains(&stage.name), "{}: {legend} {table}", stage.name);
        }
        // Each bar has a colour of the legend, and each thread's share is explained by the table.
        let (_, lanes) = html.split_once("<svg class=\"lane\"").unwrap();
        let (lanes, _) = lanes.split_once("<svg class=\"axis\"").unwrap();
        let classes = lanes.split("<path class=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        let classes: HashSet<&str> = classes.collect();
        assert!(
            !classes.is_empty() && classes.iter().all(|class| legend.contains(&format!("\"{class}\""))),
            "{classes:?}"
        );
        let shares = table.split(" %<").filter_map(|part| part.rsplit('>').next()?.parse::<i32>().ok());
        assert!((98..=102).contains(&shares.sum::<i32>()), "{table}");
        assert_eq!(run.summary.loaded() > 0, table.contains("from cache") || html.contains(">from cache<"));
    }
}

#[test]
fn pictures_leave_out_what_is_not_needed_and_connect_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let cached = Runtime::new().threads(2).profile(true).chunk_cache(ChunkCache::new(folder.path()));
    for (run, boxes) in over_a_cache(&cached).iter().zip([3, 2]) {
        let plan = &profile(run).plan;
        let report = Report::new("Cached").run(run).to_html();
        let (_, graph) = report.split_once("chunkfit-graph\"").unwrap();
        for svg in [&plan.svg(), graph] {
            assert_eq!((svg.matches("<g class=\"box").count(), svg.contains(">0 ")), (boxes, false), "{svg}");
            assert_eq!(svg.matches("<g class=\"edge\"").count(), boxes - 1);
        }
        let tasks = plan.tasks + plan.given + plan.in_cache;
        for (dot, boxes) in [(plan.dot(), boxes), (plan.dot_tasks(), tasks)] {
            let (mut nodes, edges) = read_dot(&dot);
            assert!(
                nodes.remove("node") && nodes.remove("edge") && nodes.len() == boxes && !dot.contains("0 values"),
                "{dot}"
            );
            let connected: HashSet<&String> = edges.iter().flat_map(|(from, to)| [from, to]).collect();
            assert!(connected.len() == boxes && connected.into_iter().all(|end| nodes.contains(end)), "{dot}");
        }
    }
}

#[test]
fn a_value_that_the_cache_lacks_after_all_has_its_box() {
    let folder = tempfile::tempdir().unwrap();
    let cached = Runtime::new().threads(1).profile(true).chunk_cache(ChunkCache::new(folder.path()));
    over_a_cache(&cached);
    // Files that seem to be there, and are damaged.
    for entry in std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.extension().is_some_and(|ending| ending == "chunk") {
            let mut bytes = std::fs::read(&entry).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            std::fs::write(&entry, bytes).unwrap();
        }
    }
    let [run, _] = over_a_cache(&cached);
    assert_eq!((profile(&run).plan.in_cache, run.summary.runs("read")), (6, 6));
    let html = Report::new("Damaged").run(&run).to_html();
    let (_, graph) = html.split_once("chunkfit-graph\"").unwrap();
    assert_eq!(graph.matches("<g class=\"box").count(), 3);
    assert!(graph.contains(">read<") && !graph.contains(">0 "), "{graph}");
}

#[test]
fn an_explanation_foretells_reruns_only_where_they_come() {
    let sure = "allowed; some will be dropped and made again";
    let (first, second, _) = models();
    let one = Runtime::new().threads(1);
    let peak = one.run((&first, &second)).unwrap().summary.peak_bytes;
    for limit in [peak, peak * 2, peak * 4] {
        let runtime = one.clone().memory_limit(limit);
        let text = runtime.explain((&first, &second)).unwrap().to_string();
        assert!(!text.contains(sure) || runtime.run((&first, &second)).unwrap().summary.reruns() > 0, "{text}");
    }
    // Small parts of chunks, which are guessed to be as large as the whole.
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = (0..20).map(|i| folder.path().join(format!("{i}.txt"))).collect();
    files.iter().for_each(|file| std::fs::write(file, [b'x'; 1000]).unwrap());
    let read = |file: &Path| std::fs::read(file).map_err(|error| Error::io("read", file, error));
    let parts = Chunks::from_files("read", &files, read).unwrap().map("part", |bytes: &Vec<u8>| bytes[..10].to_vec());
    let runtime = one.clone().memory_limit(5000);
    let plan = runtime.explain(&parts).unwrap();
    assert!(plan.expected_peak_bytes > 5000);
    assert!(plan.to_string().contains("only if they turn out so large, some will be dropped and made again"), "{plan}");
    assert_eq!(runtime.run(&parts).unwrap().summary.reruns(), 0);
    // Two passes over what is known to be too much.
    let key = Key::unique();
    let read = |c: usize| {
        let key = Key::of("read").input(key).params(&c).finish();
        let task = Task::new("read", key).chunk(c).remakeable().measured::<Vec<u8>>().expected_bytes(1000);
        Lazy::source(task, || Ok(vec![0u8; 1000]))
    };
    let twice = (0..8).fold(Lazy::value(0), |model: Lazy<usize>, turn| {
        model.step(&read(turn % 4), Task::new("learn", Key::unique()).order(turn), |sum, chunk| Ok(sum + chunk.len()))
    });
    let runtime = one.memory_limit(2500);
    assert!(runtime.explain(&twice).unwrap().to_string().contains(sure));
    assert!(runtime.run(&twice).unwrap().summary.reruns() > 0);
}

/// A graph whose names want to be something else.
fn hostile() -> (Lazy<usize>, [&'static str; 3]) {
    let names = ["<script>alert(1)</script>", "\"quoted\" \\ 'too' &amp;", "new\nline -> \"x\"; }"];
    let label = |name: &str| Some(Arc::from(name));
    let file: Arc<Path> = Path::new("<b>file</b>.txt").into();
    let read = Lazy::source(Task::new(names[0], Key::unique()).chunk(0).file(file), || Ok(1));
    let one = read.map(Task::new("map", Key::unique()).display_name(label(names[1])), |x| Ok(x + 1));
    let two = read.map(Task::new("map", Key::unique()).display_name(label(names[2])), |x| Ok(x + 1));
    (one.merge(&two, Task::new(names[1], Key::unique()), |a, b| Ok(a + b)), names)
}

/// Text as it stands in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[test]
fn the_report_names_every_stage_and_needs_nothing_else() {
    let run = profiled(2);
    let html = Report::new("Sample").run(&run).table("Scores", ["model", "accuracy"], [["averaged", "0.9"]]).to_html();
    for stage in run.summary.stages.iter().filter(|stage| stage.runs > 0) {
        assert!(html.contains(&stage.name), "{}", stage.name);
        assert!(stage.display_name.as_ref().is_none_or(|label| html.contains(&**label)));
    }
    assert!(html.contains("Scores") && html.contains("<td class=\"number\">0.9</td>"), "{html}");
    for outside in ["http", "src=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    let plain = Runtime::new().run(models()).unwrap();
    let without_profile = Report::new("Sample").run(&plain).to_html();
    assert!(without_profile.contains("not profiled") && without_profile.contains("vectorize"));
    assert!(Report::new("Nothing ran").to_html().contains("Nothing ran"));
}

#[test]
fn the_report_takes_no_name_for_html() {
    let (sum, names) = hostile();
    let run = Runtime::new().profile(true).run(sum).unwrap();
    let html = Report::new(names[0]).run(&run).table(names[0], [names[1]], [[names[0]]]).to_html();
    assert_eq!(html.matches("<script").count(), 1, "only its own");
    assert!(html.contains(&escaped(names[0])) && html.contains(&escaped(names[1])));
    assert!(!html.contains("&amp;amp;amp;"));
    let svg = profile(&run).plan.svg();
    assert!(svg.starts_with("<svg") && !svg.contains("<script") && svg.contains("xmlns="));
}

#[test]
fn warnings_are_in_the_report_and_are_events_for_the_callers_subscriber() {
    let task = Task::new("finish", Key::unique()).display_name(Some("mean".into()));
    let value = Lazy::source(task.warns::<usize>(|n| vec![format!("{n} < 5 is <few>")]), || Ok(3_usize));
    let listener = Arc::new(Listener::default());
    let run = tracing::subscriber::with_default(listener.clone(), || Runtime::new().run(&value).unwrap());
    let html = Report::new("Few").run(&run).to_html();
    assert!(html.contains("Warnings") && html.contains("finish · mean: 3 &lt; 5 is &lt;few&gt;"), "{html}");
    let facts = [("level", "WARN"), ("task", "finish"), ("display_name", "mean"), ("message", "3 < 5 is <few>")];
    let event: BTreeMap<String, String> = facts.map(|(field, value)| (field.into(), value.into())).into();
    assert_eq!(*listener.events.lock().unwrap(), [event]);
    let silent = Runtime::new().run(hostile().0).unwrap();
    assert!(!Report::new("Silent").run(&silent).to_html().contains("Warnings"));
}

#[test]
fn a_hundred_thousand_tasks_make_a_small_report() {
    let sums: Vec<Lazy<u64>> = (0..100_000).map(|_| Lazy::source(Task::new("one", Key::unique()), || Ok(1))).collect();
    let sum = Lazy::gather(&sums, Task::new("sum", Key::unique()), |parts| Ok(parts.iter().copied().sum::<u64>()));
    let run = Runtime::new().threads(2).profile(true).run(sum).unwrap();
    assert_eq!(profile(&run).records.len(), 100_001);
    let html = Report::new("Many").run(&run).to_html();
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
}

#[test]
fn files_are_written_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let run = Runtime::new().profile(true).run(hostile().0).unwrap();
    let (report, trace) = (folder.path().join("report.html"), folder.path().join("trace.json"));
    std::fs::write(&report, "old").unwrap();
    Report::new("New").run(&run).write(&report).unwrap();
    profile(&run).write_chrome_trace(&trace).unwrap();
    assert!(std::fs::read_to_string(&report).unwrap().ends_with("</html>"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    let error = Report::new("Nowhere").write(folder.path().join("missing").join("report.html")).unwrap_err();
    assert!(error.to_string().contains("report.html"), "{error}");
}

#[test]
fn the_trace_keeps_the_rules_of_its_format() {
    let run = profiled(3);
    let trace: Value = serde_json::from_str(&profile(&run).chrome_trace()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let mut kinds = BTreeMap::<&str, usize>::new();
    let (mut named, mut ends) = (HashSet::new(), BTreeMap::<u64, f64>::new());
    for event in events {
        let kind = event["ph"].as_str().unwrap();
        *kinds.entry(kind).or_default() += 1;
        let (time, thread) = (event["ts"].as_f64().unwrap(), event["tid"].as_u64().unwrap());
        assert!(event["name"].is_string() && event["pid"].is_u64() && event["args"].is_object() && time >= 0.0);
        match kind {
            "M" if event["name"] == "thread_name" => assert!(named.insert(thread) && event["args"]["name"].is_string()),
            "M" => assert_eq!(event["name"], "process_name"),
            "X" => {
                // Blocks of a thread follow one another: none begins within the one before.
                let end = ends.entry(thread).or_default();
                assert!(time >= *end - 1e-6, "{event}");
                *end = time + event["dur"].as_f64().unwrap();
            }
            "C" => assert!(event["args"].as_object().unwrap().values().all(Value::is_number)),
            other => panic!("{other}"),
        }
    }
    assert_eq!((kinds["X"], kinds["C"]), (run.summary.tasks(), 3 * profile(&run).samples.len()));
    assert!(ends.keys().all(|thread| named.contains(thread)));
}

/// Reads DOT as far as ours goes: the nodes declared and the ends of the edges; quotes closed,
/// braces balanced.
fn read_dot(dot: &str) -> (HashSet<String>, Vec<(String, String)>) {
    let (mut quoted, mut escape, mut depth, mut bare) = (false, false, 0, String::new());
    for c in dot.chars() {
        match c {
            _ if escape => escape = false,
            '\\' if quoted => escape = true,
            '"' => quoted = !quoted,
            _ if quoted => assert_ne!(c, '\n', "a string that goes on in the next line"),
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => bare.push(c),
        }
        assert!((0..=1).contains(&depth));
    }
    assert!(!quoted && depth == 0, "{dot}");
    let name = |text: &str| text.split('[').next().unwrap().trim().to_owned();
    let (mut nodes, mut edges) = (HashSet::new(), Vec::new());
    for statement in bare.trim_start_matches("digraph chunkfit").split(';').map(name).filter(|name| !name.is_empty()) {
        match statement.split_once("->") {
            Some((from, to)) => edges.push((name(from), name(to))),
            None => assert!(nodes.insert(statement)),
        }
    }
    (nodes, edges)
}

#[test]
fn dot_is_well_formed_and_its_edges_have_both_ends() {
    let explain = |plan: Explanation| {
        for (dot, boxes) in [(plan.dot(), plan.stages.len()), (plan.dot_tasks(), plan.tasks + plan.given)] {
            let (mut nodes, edges) = read_dot(&dot);
            assert!(nodes.remove("node") && nodes.remove("edge"));
            assert_eq!(nodes.len(), boxes, "{dot}");
            assert!(!edges.is_empty() && edges.iter().all(|(from, to)| nodes.contains(from) && nodes.contains(to)));
        }
    };
    explain(Runtime::new().explain(models()).unwrap());
    explain(Runtime::new().explain(hostile().0).unwrap());
}

/// Notes the fields of every span and of every event.
#[derive(Default)]
struct Listener {
    spans: Mutex<Vec<BTreeMap<String, String>>>,
    events: Mutex<Vec<BTreeMap<String, String>>>,
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl tracing::field::Visit for Fields<'_> {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

impl tracing::Subscriber for Listener {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("chunkfit")
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        let mut fields = BTreeMap::from([("span".to_owned(), span.metadata().name().to_owned())]);
        span.record(&mut Fields(&mut fields));
        let mut spans = self.spans.lock().unwrap();
        spans.push(fields);
        tracing::span::Id::from_u64(spans.len() as u64)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = BTreeMap::from([("level".to_owned(), event.metadata().level().to_string())]);
        event.record(&mut Fields(&mut fields));
        self.events.lock().unwrap().push(fields);
    }

    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn every_task_has_a_span_for_the_callers_subscriber() {
    let listener = Arc::new(Listener::default());
    let run = tracing::subscriber::with_default(listener.clone(), || profiled(2));
    let spans = listener.spans.lock().unwrap();
    assert_eq!(spans.len(), run.summary.tasks());
    let wanted = |name: &str, label: Option<&str>, chunk: Option<usize>, thread: usize| {
        let facts = [("display_name", label.map(str::to_owned)), ("chunk", chunk.map(|c| c.to_string()))];
        let known = facts.into_iter().filter_map(|(field, value)| Some((field, value?)));
        let always = [("span", "task".to_owned()), ("name", name.to_owned()), ("thread", thread.to_string())];
        known.chain(always).map(|(field, value)| (field.to_owned(), value)).collect::<BTreeMap<_, _>>()
    };
    for record in &profile(&run).records {
        let fields = wanted(&record.name, record.display_name.as_deref(), record.chunk, record.thread);
        assert!(spans.contains(&fields), "{fields:?}");
    }
}
