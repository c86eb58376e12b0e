//! Tests of the page of runs that go on, have failed, are large.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::page::{live_shell, sections};
use crate::diagnostics::overview::{Overview, TimeLeft};
use crate::diagnostics::run_view::{RunState, RunView, RunningTask};
use crate::graph::{Explanation, FigureRecord, Key, Lazy, Runtime, Sample, Stage, Summary, Task, TaskRecord, Warning};

const SECOND: u64 = 1_000_000_000;

/// A graph of so many kinds, each of so many tasks, and one task that needs them all.
fn plan(kinds: usize, tasks: usize, name: impl Fn(usize) -> String) -> Explanation {
    let task = |kind: usize, chunk| {
        let label = Some(Arc::from(format!("kind {kind}")));
        Task::new(name(kind), Key::unique()).display_name(label).chunk(chunk)
    };
    let all = (0..kinds).flat_map(|kind| (0..tasks).map(move |chunk| (kind, chunk)));
    let parts: Vec<Lazy<u8>> = all.map(|(kind, chunk)| Lazy::source(task(kind, chunk), || Ok(1))).collect();
    let sum = Lazy::gather(&parts, Task::new("sum", Key::unique()), |parts| Ok(parts.len()));
    Runtime::new().explain(sum).unwrap()
}

/// A run of a plan that goes on for so many seconds, with a part of every kind but the last done.
fn going(plan: &Explanation, threads: usize, seconds: u64, part: f64) -> RunView<'_> {
    let mut summary = Summary::default();
    (summary.threads, summary.elapsed) = (threads, Duration::from_secs(seconds));
    let mut records = Vec::new();
    let most = plan.stages.len() - 1;
    let all: usize = plan.stages[..most].iter().map(|stage| (stage.tasks as f64 * part) as usize).sum();
    let length = (threads as u64 * seconds * SECOND) / all.max(1) as u64;
    for (i, planned) in plan.stages.iter().enumerate() {
        let runs = if i < most { (planned.tasks as f64 * part) as usize } else { 0 };
        let busy = Duration::from_nanos(length * runs as u64);
        let (name, display_name) = (planned.name.clone(), planned.display_name.clone());
        for chunk in 0..runs {
            let start = (records.len() / threads) as u64 * length;
            let thread = records.len() % threads;
            records.push(record(&name, display_name.clone(), (i, chunk), (thread, start, start + length)));
        }
        summary.stages.push(Stage { name, display_name, runs, rows: 10 * runs, busy, ..Stage::default() });
    }
    let sample = |i| Sample { at: i * SECOND, cpu_percent: 150.0, resident_bytes: 1 << 28, read_bytes: i << 20 };
    RunView {
        summary: Cow::Owned(summary),
        plan: Some(Cow::Borrowed(plan)),
        records: records.into(),
        merged: Vec::new(),
        dropped_records: 0,
        samples: (0..seconds).map(sample).collect(),
        memory: (0..seconds).map(|i| (i * SECOND, 1 << 20)).collect(),
        memory_limit: Some(2 << 20),
        state: RunState::Running { now: Vec::new() },
        figures: Vec::new(),
        errors: Vec::new(),
        read_bytes: seconds << 20,
    }
}

fn record(
    name: &str,
    display_name: Option<Arc<str>>,
    (stage, chunk): (usize, usize),
    (thread, start, end): (usize, u64, u64),
) -> TaskRecord {
    let name = Cow::Owned(name.to_owned());
    let (chunk, file, bytes) = (Some(chunk), None, None);
    let (again, restored, loaded) = (false, false, false);
    TaskRecord { name, display_name, stage, chunk, file, thread, start, end, bytes, again, restored, loaded }
}

fn running(view: &RunView<'_>, thread: usize, stage: usize, start: u64) -> RunningTask {
    let Stage { name, display_name, .. } = &view.summary.stages[stage];
    let file: Arc<Path> = Path::new("/data/part-7.csv").into();
    let (name, display_name) = (Cow::Owned(name.clone()), display_name.clone());
    RunningTask { thread, stage, name, display_name, chunk: Some(7), file: Some(file), start }
}

fn figures(name: &'static str, label: &str, values: &[f64]) -> Vec<FigureRecord> {
    let figure = |(i, &value): (usize, &f64)| FigureRecord {
        at: i as u64 * SECOND,
        task: "fit".into(),
        display_name: Some(label.into()),
        chunk: Some(i),
        name: name.into(),
        value,
    };
    values.iter().enumerate().map(figure).collect()
}

/// The HTML of each section.
fn shown(view: &RunView<'_>) -> BTreeMap<&'static str, String> {
    sections(view).into_iter().map(|section| (section.id, section.html.into_string())).collect()
}

fn whole(view: &RunView<'_>) -> String {
    shown(view).into_values().collect()
}

/// The live page with all sections in their places.
fn filled(view: &RunView<'_>) -> String {
    let mut html = live_shell("n", "Live", Some("token")).into_string();
    for (id, content) in shown(view) {
        let (before, after) =
            html.split_once(&format!("<section id=\"{id}\"")).unwrap_or_else(|| panic!("no place for {id}"));
        let (tag, after) = after.split_once('>').unwrap();
        html = format!("{before}<section id=\"{id}\"{tag}>{content}{after}");
    }
    html
}

/// The values of an attribute.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let before = format!(" {name}=\"");
    html.split(&before).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn a_run_that_goes_on_shows_what_is_done_and_what_runs_now() {
    let plan = plan(2, 10, |_| "parse".into());
    let mut view = going(&plan, 2, 10, 0.5);
    let now = vec![running(&view, 0, 0, 9 * SECOND), running(&view, 1, 1, 8 * SECOND)];
    view.state = RunState::Running { now };
    view.figures = figures("loss", "sgd", &[0.5, 0.25]);
    let shown = shown(&view);
    assert!(shown["state"].contains("Running"));
    for part in ["2 of 2", "10</b> <small>of 21", "or more", "1.0 MB/s", "of 2.0 MiB allowed", "256.0 MiB", "150 %"] {
        assert!(shown["headline"].contains(part), "{part}: {}", shown["headline"]);
    }
    let progress = &shown["progress"];
    assert!(progress.contains("aria-valuenow=\"5\" aria-valuetext=\"5 of 10\"") && progress.contains("▶ 1 running"));
    for part in
        ["parse · kind 0 · chunk 7 · part-7.csv · 1.00 s", "parse · kind 1 · chunk 7 · part-7.csv · 2.00 s", "growing"]
    {
        assert!(shown["stream"].contains(part), "{part}: {}", shown["stream"]);
    }
    assert!(shown["graph"].contains("running now: parse, parse") && shown["graph"].contains("5 of 10"));
    assert!(shown["figures"].contains("loss of fit · sgd: 2 values, from 0.2500 to 0.5000, the last 0.2500"));
    assert!(shown["resources"].contains("chunks held over time, at most 1.0 MiB, 2.0 MiB allowed"));
    assert_eq!((&*shown["errors"], &*shown["warnings"]), ("", ""));
}

#[test]
fn a_run_that_has_just_begun_shows_its_plan() {
    let plan = plan(2, 10, |_| "parse".into());
    let mut view = going(&plan, 2, 0, 0.0);
    view.summary.to_mut().stages.clear();
    let shown = shown(&view);
    assert!(shown["headline"].contains("not known yet") && shown["headline"].contains("0 of 2"));
    assert!(shown["progress"].contains("0<small> of 10</small>") && shown["stream"].contains("No task has begun yet."));
    assert!(shown["graph"].contains("0 of 10") && shown["resources"].is_empty());
    assert!(!shown.values().any(|html| html.contains("NaN") || html.contains("inf")), "{shown:?}");
}

#[test]
fn runs_that_did_not_get_to_their_end_say_so_and_how_far_they_got() {
    let plan = plan(2, 10, |_| "parse".into());
    let mut view = going(&plan, 2, 10, 0.5);
    view.errors = vec!["bad number (task parse, chunk 3, file a.csv)".into(), "caught (task fit)".into()];
    view.state = RunState::Failed(view.errors[0].clone());
    let failed = shown(&view);
    assert!(failed["state"].contains("Failed: bad number (task parse, chunk 3, file a.csv)"));
    assert!(failed["errors"].contains("caught (task fit)") && !failed["errors"].contains("bad number"));
    view.state = RunState::Cancelled;
    let cancelled = shown(&view);
    assert!(cancelled["state"].contains("Cancelled") && cancelled["errors"].contains("bad number"));
    for shown in [failed, cancelled] {
        assert!(shown["headline"].contains("of 21") && !shown["headline"].contains("time left"));
        assert!(shown["progress"].contains("5<small> of 10</small>") && !shown["progress"].contains(">left<"));
    }
}

#[test]
fn time_left_follows_from_the_work_left_and_is_not_made_up() {
    let plan = plan(2, 10, |_| "parse".into());
    let left = |view: &RunView<'_>| Overview::new(view).time_left();
    assert_eq!(left(&going(&plan, 2, 10, 0.0)), TimeLeft::Unknown, "nothing is done");
    // Ten of twenty in ten seconds; of the sum nothing is known.
    assert_eq!(left(&going(&plan, 2, 10, 0.5)), TimeLeft::MoreThan(Duration::from_secs(10)));
    let mut view = going(&plan, 2, 10, 0.5);
    let stages = &mut view.summary.to_mut().stages;
    (stages[2].runs, stages[2].busy) = (1, Duration::from_nanos(1));
    let TimeLeft::About(known) = left(&view) else { panic!("all kinds are known") };
    assert!((9.99..10.01).contains(&known.as_secs_f64()), "{known:?}");
    // What runs now has done a part already.
    view.state = RunState::Running { now: vec![running(&view, 0, 0, 9 * SECOND), running(&view, 1, 1, 9 * SECOND)] };
    let TimeLeft::About(less) = left(&view) else { panic!("all kinds are known") };
    assert!(less < known, "{less:?}");
    view.summary.to_mut().elapsed = Duration::from_millis(1);
    assert_eq!(left(&view), TimeLeft::Unknown, "too early");
    view.state = RunState::Done;
    assert_eq!(left(&view), TimeLeft::Unknown, "over");
}

#[test]
fn values_that_are_loaded_or_made_again_do_not_count_twice() {
    let plan = plan(1, 10, |_| "parse".into());
    let mut view = going(&plan, 1, 10, 1.0);
    let stage = &mut view.summary.to_mut().stages[0];
    (stage.runs, stage.reruns, stage.loaded) = (13, 3, 50);
    let overview = Overview::new(&view);
    assert_eq!((overview.kinds[0].done, overview.kinds[0].planned), (10, 10));
    assert!(shown(&view)["progress"].contains("aria-valuenow=\"10\" aria-valuetext=\"10 of 10\""));
}

/// Text that wants to be something else.
const HOSTILE: &str = "<script>alert('1')</script> \" onload=\"x\" \u{202e}\u{1b}[31m &amp;";

fn hostile(plan: &Explanation) -> RunView<'_> {
    let mut view = going(plan, 2, 10, 0.5);
    let now = vec![RunningTask { file: Some(Path::new(HOSTILE).into()), ..running(&view, 0, 0, SECOND) }];
    view.state = RunState::Running { now };
    view.errors = vec![HOSTILE.into()];
    view.figures = figures("loss", HOSTILE, &[1.0, 2.0]);
    view.figures.extend(figures(HOSTILE, "sgd", &[f64::NAN]));
    let warning = Warning { task: HOSTILE.into(), display_name: Some(HOSTILE.into()), message: HOSTILE.into() };
    view.summary.to_mut().warnings = vec![warning];
    view
}

#[test]
fn no_text_is_taken_for_html_and_none_turns_the_direction_of_writing() {
    let plan = plan(2, 4, |_| HOSTILE.into());
    let html = whole(&hostile(&plan));
    assert!(
        !html.contains("<script") && !html.contains("<!") && !html.contains("\u{202e}") && !html.contains('\u{1b}')
    );
    assert!(!html.contains("\" onload=\""), "an attribute was left");
    assert!(html.matches("&lt;script&gt;alert('1')").count() >= 8, "{html}");
    let shell = live_shell("abc", HOSTILE, Some(HOSTILE)).into_string();
    assert_eq!((shell.matches("<script").count(), shell.contains("\" onload=\"")), (1, false));
}

#[test]
fn the_page_keeps_a_strict_content_policy() {
    let plan = plan(3, 4, |kind| format!("kind {kind}"));
    let shell = live_shell("n0nce", "Live", Some("token")).into_string();
    let page = whole(&hostile(&plan));
    for html in [&shell, &page] {
        for tag in html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
            // What stands between quotation marks is a value.
            let names: String = tag.split('"').step_by(2).collect();
            assert!(!names.contains(" style=") && !names.contains(" on"), "<{tag}>");
        }
        assert!(
            !html.contains("http") && !html.contains("src=") && !html.contains("@import") && !html.contains("url(")
        );
    }
    assert!(!page.contains("<style") && !page.contains("<script") && !page.contains("<form"));
    assert!(shell.contains("<style nonce=\"n0nce\">") && shell.contains("<script nonce=\"n0nce\">"));
    assert!(!live_shell("n0nce", "Live", None).into_string().contains("method=\"post\""), "cancel is off");
}

#[test]
fn ids_are_unique_places_exist_and_headings_step_down_by_one() {
    let plan = plan(30, 4, |kind| format!("kind {kind}"));
    let mut view = going(&plan, 40, 100, 0.5);
    view.state = RunState::Running { now: (0..40).map(|thread| running(&view, thread, 1, 99 * SECOND)).collect() };
    view.figures = (0..30).flat_map(|i| figures("loss", &format!("model {i}"), &[1.0, 0.5])).collect();
    view.errors = vec!["one".into()];
    view.summary.to_mut().warnings = hostile(&plan).summary.warnings.clone();
    let mut html = filled(&view);
    html.truncate(html.find("<script").unwrap());
    let ids = attributes(&html, "id");
    assert_eq!(ids.len(), ids.iter().collect::<HashSet<_>>().len(), "{ids:?}");
    for name in ["aria-labelledby", "for"] {
        assert!(attributes(&html, name).iter().all(|id| ids.contains(id)), "{name}");
    }
    let levels: Vec<u32> =
        html.match_indices("<h").filter_map(|(at, _)| html[at + 2..].chars().next()?.to_digit(10)).collect();
    assert_eq!(levels[0], 1);
    assert!(levels.windows(2).all(|pair| pair[1] > 1 && pair[1] <= pair[0] + 1), "{levels:?}");
    assert!(html.matches("<th").count() - html.matches("<thead").count() == html.matches(" scope=\"").count());
    assert_eq!(html.matches("aria-live").count(), 1, "only changes of the state are read out");
    for picture in html.split("<svg").skip(1).map(|rest| rest.split('>').next().unwrap()) {
        assert!(picture.contains("aria-label=") || picture.contains("aria-hidden="), "{picture}");
    }
}

#[test]
fn the_page_is_small_however_large_the_run() {
    let (few_names, many_names) =
        (plan(1000, 100, |kind| format!("name {}", kind % 10)), plan(1000, 100, |i| format!("kind {i}")));
    for (plan, threads, seconds) in [(&few_names, 16, 50), (&many_names, 256, 3000)] {
        let mut view = going(plan, threads, seconds, 0.5);
        view.state =
            RunState::Running { now: (0..threads).map(|t| running(&view, t, t, seconds * SECOND - SECOND)).collect() };
        let values: Vec<f64> = (0..500).map(|i| 1.0 / f64::from(i + 1)).collect();
        view.figures = (0..300).flat_map(|i| figures("loss", &format!("model {i}"), &values)).collect();
        view.errors = (0..1000).map(|i| format!("error {i} {}", "long ".repeat(1000))).collect();
        assert!(view.records.len() >= 49_000);
        let sizes: Vec<(&str, usize)> = shown(&view).iter().map(|(id, html)| (*id, html.len())).collect();
        let most: usize = sizes.iter().map(|(id, size)| if *id == "errors" { 0 } else { *size }).sum();
        assert!(most < 105_000, "{most}: {sizes:?}");
        view.state = RunState::Done;
        assert!(whole(&view).len() < 130_000);
    }
}

#[test]
fn lines_of_figures_are_thinned_and_broken_where_a_value_is_not_finite() {
    let plan = plan(1, 2, |_| "fit".into());
    let mut view = going(&plan, 1, 10, 0.5);
    view.figures = figures("loss", "a", &[1.0, f64::NAN, 3.0, 2.0]);
    let html = &shown(&view)["figures"];
    assert!(html.contains("d=\"M0 47.0M200 3.0L300 25.0\""), "{html}");
    view.figures = figures("loss", "a", &[f64::INFINITY; 3]);
    view.figures.extend(figures("loss", "b", &[2.0; 1000]));
    let html = &shown(&view)["figures"];
    assert!(html.contains("∞") && html.matches('L').count() <= 81 && html.contains("1,000 values"), "{html}");
    assert!(!html.contains("NaN") && !html.contains("inf"), "{html}");
}

#[test]
fn records_that_are_missing_are_owned_up_to() {
    let plan = plan(2, 10, |_| "parse".into());
    let mut view = going(&plan, 2, 200, 0.5);
    view.dropped_records = 12;
    let html = &shown(&view)["stream"];
    assert!(html.contains("12 tasks left out") && html.contains("The last minute is shown."), "{html}");
    view.state = RunState::Done;
    assert!(!shown(&view)["stream"].contains("last minute"));
}

/// Finds texts of tiles that come near a border, and a page that is wider than its window.
const MEASURE: &str = r#"<script>
const found = [];
if (document.documentElement.scrollWidth > innerWidth) found.push("wide: " + document.documentElement.scrollWidth);
for (const tile of document.querySelectorAll(".tiles div")) {
  const box = tile.getBoundingClientRect();
  for (const part of tile.querySelectorAll("dt, b, small")) {
    const range = document.createRange();
    range.selectNodeContents(part);
    const text = range.getBoundingClientRect();
    const gaps = [text.left - box.left, box.right - text.right, text.top - box.top, box.bottom - text.bottom];
    if (Math.min(...gaps) < 6) found.push(part.textContent + ": " + gaps);
  }
}
parent.document.body.dataset.found = "tiles: " + document.querySelectorAll(".tiles div").length + "; " + found.join("; ");
</script></body>"#;

/// The findings of the script in a window of this width.
fn measured(html: &str, width: u32) -> String {
    let folder = tempfile::tempdir().unwrap();
    let frame =
        format!("<body><iframe src=\"page.html\" width=\"{width}\" height=\"900\" frameborder=\"0\"></iframe></body>");
    std::fs::write(folder.path().join("page.html"), html.replace("</body>", MEASURE)).unwrap();
    std::fs::write(folder.path().join("frame.html"), frame).unwrap();
    let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
    let flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
    let quiet = ["--disable-background-networking", "--disable-component-update", "--allow-file-access-from-files"];
    let mut chromium = std::process::Command::new("chromium");
    chromium.args(flags).args(quiet).args([
        &*profile,
        "--window-size=1600,1000",
        "--virtual-time-budget=3000",
        "--dump-dom",
    ]);
    let output = chromium.arg(folder.path().join("frame.html")).output().expect("Chromium runs");
    let dom = String::from_utf8(output.stdout).unwrap();
    let (_, found) = dom.split_once("data-found=\"").unwrap_or_else(|| panic!("nothing was measured: {dom}"));
    found.split('"').next().unwrap().to_owned()
}

#[test]
#[ignore = "needs Chromium (Debian's package chromium)"]
fn in_a_browser_no_text_of_a_tile_touches_its_border_and_the_page_is_no_wider_than_its_window() {
    let plan = plan(40, 4, |kind| format!("kind_of_a_very_long_name_without_any_blank_{kind}"));
    let mut view = going(&plan, 40, 400_000, 0.5);
    view.state = RunState::Running { now: (0..40).map(|thread| running(&view, thread, 1, 99 * SECOND)).collect() };
    view.figures = figures("loss", &"very_long_name".repeat(10), &[1.0, 0.5]);
    view.memory_limit = Some(1 << 50);
    view.read_bytes = 1 << 60;
    view.summary.to_mut().stages.iter_mut().for_each(|stage| stage.rows = 123_456_789_012);
    let live = filled(&view);
    view.state = RunState::Failed("cannot read ".to_owned() + &"/a_folder_without_a_blank".repeat(12));
    for html in [live, filled(&view)] {
        for width in [320, 390, 800, 1300] {
            let found = measured(&html, width);
            assert!(found.ends_with("; ") && !found.starts_with("tiles: 0"), "{width}: {found}");
        }
    }
}
