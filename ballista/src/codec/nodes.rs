//! Plan nodes as bytes.

use std::sync::Arc;

use chunkfit::distributed::{seal, unseal};
use datafusion::error::Result;
use datafusion::physical_plan::ExecutionPlan;
use serde::{Deserialize, Serialize};

use crate::error::{from_core, refused};
use crate::files::WritePartitions;
use crate::table::{Format, NumberPartitions};

const NODE: &str = "plan node";

#[derive(Serialize, Deserialize)]
enum Node {
    NumberPartitions,
    WritePartitions { folder: String, format: Format },
}

/// Writes a node if it is ours.
pub(super) fn encode(node: &dyn ExecutionPlan, bytes: &mut Vec<u8>) -> Result<bool> {
    let node = if node.is::<NumberPartitions>() {
        Node::NumberPartitions
    } else if let Some(write) = node.downcast_ref::<WritePartitions>() {
        Node::WritePartitions { folder: write.folder().to_owned(), format: write.format() }
    } else {
        return Ok(false);
    };
    bytes.extend(seal(NODE, &node).map_err(from_core("encoding a plan node"))?);
    Ok(true)
}

/// Reads a node of ours.
pub(super) fn decode(bytes: &[u8], inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
    let node = unseal(NODE, bytes).map_err(from_core("decoding a plan node"))?;
    let [input, numbers] = inputs else {
        return Err(refused(format!("decoding a plan node: it has two inputs, not {}", inputs.len())));
    };
    let (input, numbers) = (input.clone(), numbers.clone());
    match node {
        Node::NumberPartitions => Ok(Arc::new(NumberPartitions::with_numbers(input, numbers)?)),
        Node::WritePartitions { folder, format } => {
            Ok(Arc::new(WritePartitions::with_numbers(input, numbers, &folder, format)))
        }
    }
}
