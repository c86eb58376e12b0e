//! What a larger cluster would take, from what a row and a partition took here.

use serde_json::{Value, json};

/// Slots of a node.
const SLOTS: f64 = 8.0;
/// So many partitions for each slot, so that the last slot does not wait alone.
pub const PARTITIONS_A_SLOT: f64 = 4.0;
/// How many rows there are.
pub const ROWS: [f64; 3] = [1e8, 1e9, 1e10];

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// Of one row more on one slot.
    pub row: f64,
    /// Of one partition more of the same rows: a task, a state to fetch and to merge.
    pub partition: f64,
    /// The bytes of a partition's state.
    pub state_bytes: f64,
}

impl Costs {
    /// Seconds of a fit, if every partition's cost is the merging task's, which runs alone.
    pub fn seconds(&self, rows: f64, nodes: f64) -> f64 {
        let slots = nodes * SLOTS;
        rows / slots * self.row + slots * PARTITIONS_A_SLOT * self.partition
    }

    /// From so many nodes on a fit takes longer with each node more.
    pub fn best_nodes(&self, rows: f64) -> f64 {
        (rows * self.row / (self.partition * PARTITIONS_A_SLOT)).sqrt() / SLOTS
    }

    /// A table.
    pub fn table(&self) -> String {
        let mut table = format!(
            "Nodes of {SLOTS} slots, {PARTITIONS_A_SLOT} partitions a slot:\n\n| nodes | partitions | states, MB |"
        );
        ROWS.iter().for_each(|rows| table += &format!(" {rows:.0e} rows, s |"));
        table += "\n|---|---|---|---|---|---|\n";
        for nodes in [1.0, 10.0, 100.0, 1000.0] {
            let partitions = nodes * SLOTS * PARTITIONS_A_SLOT;
            table += &format!("| {nodes} | {partitions} | {:.0} |", partitions * self.state_bytes / 1e6);
            ROWS.iter().for_each(|&rows| table += &format!(" {:.0} |", self.seconds(rows, nodes)));
            table += "\n";
        }
        let best = ROWS.map(|rows| format!("{:.0}", self.best_nodes(rows)));
        table + &format!("Nodes beyond which it takes longer again: {}.\n", best.join(", "))
    }

    pub fn json(&self) -> Value {
        json!({
            "seconds_a_row": self.row, "seconds_a_partition": self.partition, "state_bytes": self.state_bytes,
            "best_nodes": ROWS.map(|rows| json!({"rows": rows, "nodes": self.best_nodes(rows)})),
        })
    }
}
