//! A picture of a graph: a box a kind of task.

use std::collections::BTreeMap;
use std::time::Duration;

use maud::{Markup, PreEscaped, html};

use super::layout::{LayoutBox, layered};
use super::time::seconds;
use crate::graph::units::{count, counted};
use crate::graph::{Explanation, PlannedStage, Summary};

/// Above so many kinds (a search over many models) those of one name are drawn as one box.
const MOST_BOXES: usize = 40;

/// Longer words are cut, and shown in full when pointed at.
const MOST_LETTERS: usize = 28;
const LETTER_WIDTH: f64 = 7.3;
const LINE: f64 = 15.0;

/// Within an SVG of its own, and in a report's, which follows the reader's choice of light or dark.
const STYLE: &str = include_str!("drawing.css");

impl Explanation {
    /// The graph as an SVG file of its own: a box a kind of task with its count, arrows from values
    /// to the tasks that use them. It is light or dark as the viewer prefers. Of graphs with many
    /// kinds those of one name share a box.
    pub fn svg(&self) -> String {
        graph(self, None, Some("http://www.w3.org/2000/svg")).into_string()
    }
}

/// A box of the picture: one or several kinds of tasks.
struct Group<'a> {
    name: &'a str,
    /// A label, or how many there are.
    label: Option<String>,
    tasks: usize,
    given: usize,
    busy: Duration,
}

impl Group<'_> {
    /// The lines of the box.
    fn lines(&self, ran: bool) -> Vec<String> {
        let many = if self.tasks > 0 { counted(self.tasks, "task") } else { counted(self.given, "value") };
        let many = if ran && self.tasks > 0 { format!("{many}, {}", seconds(self.busy)) } else { many };
        [Some(self.name.to_owned()), self.label.clone(), Some(many)].into_iter().flatten().collect()
    }
}

/// The picture; with seconds where the graph has run. A namespace makes it a file of its own.
pub(super) fn graph(plan: &Explanation, ran: Option<&Summary>, namespace: Option<&str>) -> Markup {
    let (groups, edges) = grouped(plan, ran);
    let lines: Vec<Vec<String>> = groups.iter().map(|group| group.lines(ran.is_some())).collect();
    let ends: Vec<(usize, usize)> = edges.keys().copied().collect();
    let layout = layered(&lines.iter().map(|lines| size(lines)).collect::<Vec<_>>(), &ends);
    // Loops at the right rim stick out.
    let (width, height) = (layout.width + 16.0, layout.height);
    html! {
        svg.chunkfit-graph xmlns=[namespace] role="img" aria-label="The graph of tasks"
            width=(px(width)) height=(px(height)) viewBox={ "0 0 " (px(width)) " " (px(height)) } {
            style { (PreEscaped(STYLE)) }
            @for ((&(from, to), &uses), route) in edges.iter().zip(&layout.routes) {
                @let (path, tip) = if from == to { around(&layout.boxes[from]) } else { along(route) };
                g.edge {
                    title { (clean(groups[from].name)) " → " (clean(groups[to].name)) ": " (counted(uses, "use")) }
                    path.line d=(path) {}
                    path.tip d=(tip) {}
                }
            }
            @for ((place, lines), group) in layout.boxes.iter().zip(&lines).zip(&groups) {
                g.box.given[group.tasks == 0] {
                    title { (clean(&lines.join(", "))) }
                    rect x=(px(place.x)) y=(px(place.y)) width=(px(place.width)) height=(px(place.height)) rx="6" {}
                    @for (i, line) in lines.iter().enumerate() {
                        text.quiet[i > 0] x=(px(place.x + place.width / 2.0)) y=(px(place.y + 18.0 + LINE * i as f64)) {
                            (cut(line))
                        }
                    }
                }
            }
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

/// The boxes, and the arrows between them with how often each is used.
fn grouped<'a>(plan: &'a Explanation, ran: Option<&Summary>) -> (Vec<Group<'a>>, BTreeMap<(usize, usize), usize>) {
    let together = plan.stages.len() > MOST_BOXES;
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut by_name: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut place = |(i, stage): (usize, &'a PlannedStage)| {
        let busy = ran.and_then(|summary| summary.stages.get(i)).map_or(Duration::ZERO, |stage| stage.busy);
        let (group, members) = by_name.entry(&stage.name).or_insert((groups.len(), 0));
        if !together || *members == 0 {
            *group = groups.len();
            let label = stage.display_name.as_deref().map(str::to_owned);
            groups.push(Group { name: &stage.name, label, tasks: 0, given: 0, busy: Duration::ZERO });
        }
        *members += 1;
        let (group, members) = (*group, *members);
        let into = &mut groups[group];
        if members > 1 && together {
            into.label = Some(format!("{} kinds", count(members)));
        }
        into.tasks += stage.tasks;
        into.given += stage.given + stage.restored + stage.in_cache;
        into.busy += busy;
        group
    };
    let group_of: Vec<usize> = plan.stages.iter().enumerate().map(&mut place).collect();
    let mut edges = BTreeMap::new();
    for edge in &plan.edges {
        *edges.entry((group_of[edge.from], group_of[edge.to])).or_default() += edge.uses;
    }
    (groups, edges)
}

fn size(lines: &[String]) -> (f64, f64) {
    let letters = lines.iter().map(|line| cut(line).chars().count()).max().unwrap_or(0);
    ((letters as f64 * LETTER_WIDTH + 20.0).max(70.0), 12.0 + LINE * lines.len() as f64)
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
