//! The crates of Arrow whose types stand in this one's interface, named as by the crate `arrow`, of which they are parts:
//! with these, versions agree.
//!
//! ```
//! use std::sync::Arc;
//!
//! use chunkfit::arrow::array::{BooleanArray, RecordBatch, StringArray};
//! use chunkfit::arrow::schema::{DataType, Field, Schema};
//! use chunkfit::data::arrow::text_and_label;
//!
//! let fields = [("review", DataType::Utf8), ("positive", DataType::Boolean)];
//! let schema = Schema::new(fields.map(|(name, kind)| Field::new(name, kind, false)).to_vec());
//! let text = Arc::new(StringArray::from(vec!["good", "bad"]));
//! let label = Arc::new(BooleanArray::from(vec![true, false]));
//! let batch = RecordBatch::try_new(Arc::new(schema), vec![text, label])?;
//! let chunk = text_and_label::<bool>(batch, "review", "positive")?;
//! assert_eq!((chunk.records.get(1), chunk.targets[1]), ("bad", false));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use arrow_array as array;
pub use arrow_buffer as buffer;
pub use arrow_schema as schema;
