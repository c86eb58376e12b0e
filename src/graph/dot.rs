//! Graphviz drawing of a graph (DOT language).
//!
//! Draw it with `dot -Tsvg`. See <https://graphviz.org/doc/info/lang.html>.

use std::fmt::Write;

use super::explain::{Explanation, PlannedStage};
use super::units::{count, counted};

impl Explanation {
    /// The graph in Graphviz DOT, one box a kind of task, with counts; an arrow goes from values
    /// to the tasks that use them. Values that are there already have a dashed outline. Kinds that are needed only if the
    /// chunk cache lacks something are left out.
    pub fn dot(&self) -> String {
        let mut dot = Dot::new();
        // Kinds that are needed only if the chunk cache lacks something have neither tasks nor values.
        let there = |stage: &PlannedStage| stage.tasks + stage.given + stage.restored + stage.in_cache > 0;
        for (i, stage) in self.stages.iter().enumerate().filter(|(_, stage)| there(stage)) {
            let many = if stage.tasks > 0 {
                counted(stage.tasks, "task")
            } else {
                counted(stage.given + stage.restored + stage.in_cache, "value")
            };
            dot.node(i, &format!("{}\n{many}", stage.title()), stage.tasks == 0);
        }
        for edge in &self.edges {
            dot.edge(edge.from, edge.to, Some(&count(edge.uses)));
        }
        dot.finish()
    }

    /// The graph in Graphviz DOT, one box a task: for graphs of a few hundred tasks.
    pub fn dot_tasks(&self) -> String {
        let mut dot = Dot::new();
        for (i, value) in self.values.iter().enumerate().filter(|(_, value)| !value.asleep) {
            let mut text = self.stages[value.stage].title();
            if let Some(chunk) = value.chunk {
                text += &format!("\nchunk {chunk}");
            }
            dot.node(i, &text, value.given);
        }
        for (to, value) in self.values.iter().enumerate().filter(|(_, value)| !value.given) {
            value.inputs.iter().for_each(|&from| dot.edge(from, to, None));
        }
        dot.finish()
    }
}

/// A DOT file in the making.
struct Dot(String);

impl Dot {
    fn new() -> Self {
        Dot("digraph chunkfit {\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n".into())
    }

    fn node(&mut self, id: usize, text: &str, given: bool) {
        let style = if given { ", style=\"rounded,dashed\"" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "  n{id} [label={}{style}];", quoted(text));
    }

    fn edge(&mut self, from: usize, to: usize, text: Option<&str>) {
        let label = text.map(|text| format!(" [label={}]", quoted(text))).unwrap_or_default();
        let _ = writeln!(self.0, "  n{from} -> n{to}{label};");
    }

    fn finish(mut self) -> String {
        self.0 += "}\n";
        self.0
    }
}

/// A quoted string: within it only quotes and backslashes mean anything.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            // What no XML may hold, and dot would pass on to an SVG.
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
