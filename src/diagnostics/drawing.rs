//! A picture of a graph: a box a kind of task.

use std::collections::BTreeMap;
use std::time::Duration;

use maud::{Markup, PreEscaped, html};

use super::layout::{LayoutBox, layered};
use super::overview::{Kind, Overview};
use super::run_view::RunState;
use super::time::seconds;
use crate::error::shown;
use crate::graph::units::{count, counted};
use crate::graph::{Explanation, PlannedStage};

/// Above so many kinds (a search over many models) those of one name are drawn as one box.
const MOST_BOXES: usize = 40;

/// Longer words are cut, and shown in full when pointed at.
const MOST_LETTERS: usize = 28;
const LETTER_WIDTH: f64 = 7.3;
const LINE: f64 = 15.0;

/// More boxes or arrows than this are no picture any more.
const MOST_DRAWN: (usize, usize) = (60, 160);

/// Within an SVG of its own. In a page it stands in the page's style, and follows the reader's choice of light or dark.
const STYLE: &str = include_str!("drawing.css");

impl Explanation {
    /// The graph as an SVG file of its own: a box a kind of task with its count, arrows from values
    /// to the tasks that use them. It is light or dark as the viewer prefers. Of graphs with many
    /// kinds those of one name share a box. Kinds that are needed only if the chunk cache lacks something are left out.
    pub fn svg(&self) -> String {
        picture(&grouped(self, None), Some("http://www.w3.org/2000/svg")).into_string()
    }
}

/// The graph of a run, with its progress and what runs now; none where it is too large for a picture.
pub(super) fn in_page(plan: &Explanation, overview: &Overview<'_>) -> Option<Markup> {
    let groups = grouped(plan, Some(overview));
    let (boxes, arrows) = MOST_DRAWN;
    (groups.boxes.len() <= boxes && groups.edges.len() <= arrows).then(|| picture(&groups, None))
}

/// The boxes, and the arrows between them with how often each is used.
struct Grouped {
    boxes: Vec<Group>,
    edges: BTreeMap<(usize, usize), usize>,
}

/// A box of the picture: one or several kinds of tasks.
#[derive(Default)]
struct Group {
    name: String,
    /// A label, or how many there are.
    label: Option<String>,
    kinds: usize,
    tasks: usize,
    given: usize,
    restored: usize,
    in_cache: usize,
    /// The counts and times of it, once it runs.
    ran: Option<Ran>,
}

/// The progress of a box.
#[derive(Default)]
struct Ran {
    planned: usize,
    done: usize,
    running: usize,
    busy: Duration,
    /// The run goes on, or has stopped before its end.
    open: bool,
}

impl Group {
    /// The lines of the box.
    fn lines(&self) -> Vec<String> {
        [Some(self.name.clone()), self.label.clone(), Some(self.amount())].into_iter().flatten().collect()
    }

    fn amount(&self) -> String {
        let from = |n: usize, place: &str| (n > 0).then(|| format!("{} {place}", count(n)));
        let Some(ran) = self.ran.as_ref().filter(|ran| ran.planned > 0) else {
            let read = [from(self.in_cache, "from cache"), from(self.restored, "restored")];
            let own = match (self.tasks, self.given) {
                (0, 0) => None,
                (0, given) => Some(counted(given, "value")),
                (tasks, _) => Some(counted(tasks, "task")),
            };
            return own.into_iter().chain(read.into_iter().flatten()).collect::<Vec<_>>().join(", ");
        };
        let many = match self.tasks {
            _ if ran.open => format!("{} of {}", count(ran.done), count(ran.planned)),
            0 if ran.done == self.in_cache => format!("{} from cache", count(ran.done)),
            0 if ran.done == self.restored => format!("{} restored", count(ran.done)),
            _ => counted(ran.done, "task"),
        };
        if ran.busy.is_zero() { many } else { format!("{many}, {}", seconds(ran.busy)) }
    }

    fn running(&self) -> usize {
        self.ran.as_ref().map_or(0, |ran| ran.running)
    }

    /// The part that is done, of a run that is not done.
    fn part(&self) -> Option<f64> {
        let ran = self.ran.as_ref().filter(|ran| ran.open && ran.planned > 0)?;
        Some(ran.done as f64 / ran.planned as f64)
    }
}

/// The picture. A namespace makes it a file of its own.
fn picture(groups: &Grouped, namespace: Option<&str>) -> Markup {
    let Grouped { boxes: groups, edges } = groups;
    let lines: Vec<Vec<String>> = groups.iter().map(Group::lines).collect();
    let sizes: Vec<(f64, f64)> = groups.iter().zip(&lines).map(|(group, lines)| size(group, lines)).collect();
    let ends: Vec<(usize, usize)> = edges.keys().copied().collect();
    let layout = layered(&sizes, &ends);
    // Loops at the right rim stick out.
    let (width, height) = (layout.width + 16.0, layout.height);
    html! {
        svg.chunkfit-graph xmlns=[namespace] role="img" aria-label=(in_words(groups))
            width=(px(width)) height=(px(height)) viewBox={ "0 0 " (px(width)) " " (px(height)) } {
            @if namespace.is_some() { style { (PreEscaped(STYLE)) } }
            @for ((&(from, to), &uses), route) in edges.iter().zip(&layout.routes) {
                @let (path, tip) = if from == to { around(&layout.boxes[from]) } else { along(route) };
                g.edge {
                    title { (clean(&groups[from].name)) " → " (clean(&groups[to].name)) ": " (counted(uses, "use")) }
                    path.line d=(path) {}
                    path.tip d=(tip) {}
                }
            }
            @for ((place, lines), group) in layout.boxes.iter().zip(&lines).zip(groups) { (draw_box(place, lines, group)) }
            // Numbers go on top, for arrows cross.
            @for (route, &uses) in layout.routes.iter().zip(edges.values()) {
                @if let [start, end, ..] = route[..] {
                    text.uses x=(px(start.0 + (end.0 - start.0) * 0.5)) y=(px(start.1 + (end.1 - start.1) * 0.5 + 3.5)) {
                        (count(uses))
                    }
                }
            }
        }
    }
}

fn draw_box(place: &LayoutBox, lines: &[String], group: &Group) -> Markup {
    let middle = px(place.x + place.width / 2.0);
    let bottom = px(place.y + place.height - 5.0);
    html! {
        g.box.given[group.tasks == 0] .running[group.running() > 0] {
            title { (clean(&lines.join(", "))) @if group.running() > 0 { ", " (count(group.running())) " running" } }
            rect x=(px(place.x)) y=(px(place.y)) width=(px(place.width)) height=(px(place.height)) rx="6" {}
            @if let Some(part) = group.part() {
                rect.all x=(px(place.x + 8.0)) y=(bottom) width=(px(place.width - 16.0)) height="3" {}
                rect.done x=(px(place.x + 8.0)) y=(bottom) width=(px((place.width - 16.0) * part.clamp(0.0, 1.0))) height="3" {}
            }
            @for (i, line) in lines.iter().enumerate() {
                text.quiet[i > 0] x=(middle) y=(px(place.y + 18.0 + LINE * i as f64)) {
                    @if i == 0 && group.running() > 0 { "▶ " }
                    (cut(line))
                }
            }
        }
    }
}

/// The picture for those who do not see it: kinds, and what runs.
fn in_words(groups: &[Group]) -> String {
    let running: Vec<&str> =
        groups.iter().filter(|group| group.running() > 0).map(|group| group.name.as_str()).collect();
    let now = if running.is_empty() { String::new() } else { format!(", running now: {}", running.join(", ")) };
    clean(&format!("The graph of tasks, {}{now}", counted(groups.len(), "box").replace("boxs", "boxes")))
}

fn grouped(plan: &Explanation, overview: Option<&Overview<'_>>) -> Grouped {
    let kind = |i: usize| overview.and_then(|overview| overview.kinds.get(i));
    let there = |(i, stage): (usize, &PlannedStage)| {
        stage.tasks + stage.given + stage.restored + stage.in_cache > 0 || kind(i).is_some_and(Kind::is_there)
    };
    let there: Vec<bool> = plan.stages.iter().enumerate().map(there).collect();
    let together = there.iter().filter(|there| **there).count() > MOST_BOXES;
    let open = overview.is_some_and(|overview| !matches!(overview.view.state, RunState::Done));
    let mut boxes: Vec<Group> = Vec::new();
    let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
    let mut box_of = vec![None; plan.stages.len()];
    for (i, stage) in plan.stages.iter().enumerate().filter(|(i, _)| there[*i]) {
        let known = by_name.get(&*stage.name).copied().filter(|_| together);
        let place = known.unwrap_or_else(|| {
            boxes.push(Group { name: shown::value(&stage.name).to_string(), ..Group::default() });
            boxes.len() - 1
        });
        by_name.insert(&stage.name, place);
        boxes[place].add(stage, kind(i), open);
        box_of[i] = Some(place);
    }
    let mut edges = BTreeMap::new();
    for edge in &plan.edges {
        if let (Some(from), Some(to)) = (box_of[edge.from], box_of[edge.to]) {
            *edges.entry((from, to)).or_default() += edge.uses;
        }
    }
    Grouped { boxes, edges }
}

impl Group {
    fn add(&mut self, stage: &PlannedStage, kind: Option<&Kind>, open: bool) {
        self.kinds += 1;
        self.label = match self.kinds {
            1 => stage.display_name.as_deref().map(|label| shown::value(label).to_string()),
            kinds => Some(format!("{} kinds", count(kinds))),
        };
        self.tasks += stage.tasks;
        self.given += stage.given;
        self.restored += stage.restored;
        self.in_cache += stage.in_cache;
        if let Some(kind) = kind {
            let ran = self.ran.get_or_insert_default();
            ran.planned += kind.planned;
            ran.done += kind.done;
            ran.running += kind.running;
            ran.busy += kind.busy;
            ran.open = open;
        }
    }
}

/// Of a run that goes on with room for what the numbers will be, so that boxes keep their places.
fn size(group: &Group, lines: &[String]) -> (f64, f64) {
    let open = group.ran.as_ref().filter(|ran| ran.open);
    let room = open.map_or(0, |ran| "0 of 0, 00.0 ms".len() + 2 * (count(ran.planned).len() - 1));
    let letters = lines.iter().map(|line| cut(line).chars().count()).max().unwrap_or(0).max(room.min(MOST_LETTERS));
    let bar = if open.is_some() { 5.0 } else { 0.0 };
    ((letters as f64 * LETTER_WIDTH + 20.0).max(70.0), 12.0 + LINE * lines.len() as f64 + bar)
}

/// An arrow along a route: upright at every point, so that it passes boxes straight.
fn along(route: &[(f64, f64)]) -> (String, String) {
    let (Some(&start), Some(&end)) = (route.first(), route.last()) else { return Default::default() };
    let mut path = format!("M{} {}", px(start.0), px(start.1));
    for pair in route.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let middle = px((y + to_y) / 2.0);
        path += &format!("C{} {middle} {} {middle} {} {}", px(x), px(to_x), px(to_x), px(to_y));
    }
    let back = if end.1 > start.1 { -7.0 } else { 7.0 };
    (path, triangle(end, (end.0 - 4.0, end.1 + back), (end.0 + 4.0, end.1 + back)))
}

/// An arrow from a box to itself: a chain.
fn around(place: &LayoutBox) -> (String, String) {
    let (x, y) = (place.x + place.width, place.y + place.height / 2.0);
    let path = format!("M{} {}c20 8 20 -20 0 -12", px(x), px(y + 6.0));
    (path, triangle((x, y - 6.0), (x + 7.0, y - 11.0), (x + 7.0, y - 3.0)))
}

fn triangle(a: (f64, f64), b: (f64, f64), c: (f64, f64)) -> String {
    format!("M{} {}L{} {}L{} {}Z", px(a.0), px(a.1), px(b.0), px(b.1), px(c.0), px(c.1))
}

fn px(x: f64) -> String {
    format!("{x:.1}")
}

fn cut(text: &str) -> String {
    let text = clean(text);
    if text.chars().count() <= MOST_LETTERS {
        return text;
    }
    text.chars().take(MOST_LETTERS - 1).chain(['…']).collect()
}

/// Without what no XML may hold.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c }).collect()
}
