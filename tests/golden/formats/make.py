"""Writes the files of tables beside this script, as pyarrow writes them, and the same rows as JSON lines.

Arguments: the seed, the folder."""

import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

seed, folder = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(seed)
ROWS, PART = 40, 13

words = ["wheat", "Öl", "gold", "crude", "魚", 'a "quoted" one', "two\nlines", ""]
texts = [" ".join(random.choice(words, random.integers(0, 9))) for _ in range(ROWS)]
topics = random.choice(["acq", "earn", "grain"], ROWS).tolist()
indices = [np.sort(random.choice(50, random.integers(0, 6), replace=False)).tolist() for _ in range(ROWS)]
values = [random.normal(size=len(row)).astype(np.float32).tolist() for row in indices]

rows = pa.table(
    {
        "id": pa.array(range(1000, 1000 + ROWS), pa.int64()),
        "text": pa.array(texts, pa.string()),
        "large_text": pa.array(texts, pa.large_string()),
        "text_view": pa.array(texts, pa.string_view()),
        "text_codes": pa.array(texts, pa.string()).dictionary_encode(),
        "flag": pa.array((random.random(ROWS) < 0.5).tolist(), pa.bool_()),
        "topic": pa.array(topics, pa.string()).dictionary_encode(),
        "weight": pa.array(random.integers(0, 4, ROWS) / 2, pa.float32()),
        "heat": pa.array(random.normal(size=ROWS).astype(np.float32), pa.float32()),
        "depth": pa.array(random.normal(size=ROWS), pa.float64()),
        "count": pa.array(random.integers(-9, 10, ROWS), pa.int16()),
        "indices": pa.array(indices, pa.list_(pa.uint32())),
        "values": pa.array(values, pa.list_(pa.float32())),
        "large_indices": pa.array(indices, pa.large_list(pa.int64())),
    }
)


def with_nulls(values, every):
    return [None if i % every == every - 1 else value for i, value in enumerate(values)]


nulls = pa.table(
    {
        "id": pa.array(range(ROWS), pa.int64()),
        "text": pa.array(with_nulls(texts, 7), pa.string()),
        "topic": pa.array(with_nulls(topics, 11), pa.string()).dictionary_encode(),
        "heat": pa.array(with_nulls(rows["heat"].to_pylist(), 5), pa.float32()),
        "depth": pa.array(with_nulls(rows["depth"].to_pylist(), 9), pa.float64()),
        "values": pa.array(with_nulls(values, 8), pa.list_(pa.float32())),
        "indices": pa.array(indices, pa.list_(pa.uint32())),
    }
)


def write_ipc(name, table, compression=None):
    options = ipc.IpcWriteOptions(compression=compression)
    with ipc.new_file(f"{folder}/{name}.arrow", table.schema, options=options) as file:
        file.write_table(table, max_chunksize=PART)


def write_parquet(name, table, **options):
    pq.write_table(table, f"{folder}/{name}.parquet", row_group_size=PART, **options)


write_ipc("plain", rows)
write_ipc("lz4", rows, "lz4")
write_ipc("zstd", rows, "zstd")
write_parquet("plain", rows, compression="none", use_dictionary=False)
write_parquet("snappy", rows, compression="snappy", write_page_checksum=True)
write_parquet("zstd", rows, compression="zstd", data_page_version="2.0", write_page_index=True)
write_parquet("gzip", rows, compression="gzip", store_schema=False)
write_parquet("lz4", rows, compression="lz4", use_byte_stream_split=["heat", "depth"], use_dictionary=["topic"])
write_ipc("nulls", nulls)
write_parquet("nulls", nulls)
with open(f"{folder}/rows.jsonl", "w") as file:
    for row in rows.to_pylist():
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
