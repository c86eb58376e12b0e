//! Plan nodes as bytes.

use std::sync::Arc;

use chunkfit::distributed::{seal, unseal};
use datafusion::error::Result;
use datafusion::physical_plan::ExecutionPlan;
use serde::{Deserialize, Serialize};

use crate::error::{from_core, refused};
use crate::files::WriteFile;
use crate::table::{AppendNumber, NamedScan, Numbered};

const NODE: &str = "plan node";

#[derive(Serialize, Deserialize)]
enum Node {
    AppendNumber,
    NamedScan,
    WriteFile(WriteFile),
}

/// Writes a node if it is ours.
pub(super) fn encode(node: &dyn ExecutionPlan, bytes: &mut Vec<u8>) -> Result<bool> {
    let node = if node.is::<Numbered<AppendNumber>>() {
        Node::AppendNumber
    } else if node.is::<NamedScan>() {
        Node::NamedScan
    } else if let Some(write) = node.downcast_ref::<Numbered<WriteFile>>() {
        Node::WriteFile(write.work().clone())
    } else {
        return Ok(false);
    };
    bytes.extend(seal(NODE, &node).map_err(from_core("encoding a plan node"))?);
    Ok(true)
}

/// Reads a node of ours.
pub(super) fn decode(bytes: &[u8], inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
    let node = unseal(NODE, bytes).map_err(from_core("decoding a plan node"))?;
    match (node, inputs) {
        (Node::NamedScan, [scan]) => Ok(Arc::new(NamedScan::new(scan.clone()))),
        (Node::AppendNumber, [input, numbers]) => {
            Ok(Arc::new(Numbered::with_numbers(AppendNumber, input.clone(), numbers.clone())?))
        }
        (Node::WriteFile(write), [input, numbers]) => {
            Ok(Arc::new(Numbered::with_numbers(write, input.clone(), numbers.clone())?))
        }
        _ => Err(refused(format!("decoding a plan node: it has not {} inputs", inputs.len()))),
    }
}
