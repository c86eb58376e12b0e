//! One partition, written.

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, StringArray, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::error::Result;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use object_store::{ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};

use super::encoder::Encoder;
use crate::error::from_store;
use crate::model::{Stores, hex};
use crate::table::Format;

/// How many pieces of a file are on their way at once; each has some five megabytes.
const UPLOADS: usize = 4;

/// What is told of a file.
pub(super) fn receipt_schema() -> SchemaRef {
    let field = |name, data_type| Field::new(name, data_type, false);
    Arc::new(Schema::new(vec![
        field("file", DataType::Utf8),
        field("rows", DataType::UInt64),
        field("bytes", DataType::UInt64),
        field("sha256", DataType::Utf8),
    ]))
}

pub(super) fn name(partition: u32, format: Format) -> String {
    let ending = match format {
        Format::Parquet => "parquet",
        Format::JsonLines => "jsonl",
        Format::Csv => "csv",
    };
    format!("part-{partition:05}.{ending}")
}

/// Writes a partition's rows to `url` and tells of it. Stores put the pieces aside until the file is whole, and then in
/// the place of whatever was there: a file that is seen is whole.
pub(super) async fn write(
    stores: &Stores,
    url: &str,
    format: Format,
    mut rows: SendableRecordBatchStream,
) -> Result<RecordBatch> {
    let (store, path) = stores.open(url)?;
    let doing = || format!("writing {url}");
    let upload = store.put_multipart(&path).await.map_err(from_store(doing()))?;
    let mut upload = WriteMultipart::new(upload);
    let mut written = PartTally::default();
    let content = async {
        let mut encoder = Encoder::new(format, &rows.schema())?;
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            encoder.encode(&batch)?;
            written.rows += batch.num_rows() as u64;
            written.send(&encoder.take(), &mut upload);
            upload.wait_for_capacity(UPLOADS).await.map_err(from_store(doing()))?;
        }
        written.send(&encoder.finish()?, &mut upload);
        Ok(())
    };
    match content.await {
        Ok(()) => upload.finish().await.map_err(from_store(doing()))?,
        Err(error) => {
            if let Err(left) = upload.abort().await {
                log::warn!("{}: pieces of it are left: {left}", doing());
            }
            return Err(error);
        }
    };
    let PartTally { rows, bytes, hash } = written;
    let numbers = |number| Arc::new(UInt64Array::from(vec![number])) as _;
    let strings = |text: String| Arc::new(StringArray::from(vec![text])) as _;
    let columns = vec![strings(url.to_owned()), numbers(rows), numbers(bytes), strings(hex(&hash.finalize()))];
    Ok(RecordBatch::try_new(receipt_schema(), columns)?)
}

#[derive(Default)]
struct PartTally {
    rows: u64,
    bytes: u64,
    hash: Sha256,
}

impl PartTally {
    fn send(&mut self, bytes: &[u8], upload: &mut WriteMultipart) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        upload.write(bytes);
    }
}
