"""Writes one table of many types beside this script, as pyarrow writes it: Parquet with Brotli, an Arrow file, an Arrow stream
whose dictionaries are replaced; and what each value is read as, as JSON lines.

Arguments: the folder."""

import datetime as dt
import json
import sys
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

folder = sys.argv[1]
ROWS, PART = 12, 5
berlin = ZoneInfo("Europe/Berlin")


def iso(time):
    """With as few groups of three digits of the second as there are."""
    text = time.isoformat()
    while "." in text and text.endswith("000"):
        text = text[:-3].rstrip(".")
    return text


def with_nulls(values, every):
    return [None if i % every == every - 1 else value for i, value in enumerate(values)]


decimals = [Decimal(x).scaleb(-2) for x in [150, -1, 0, 700, 99999999, 5, -12345, 100, 1, 2, 3, 4]]
wide = [Decimal(10**27 + i * 7).scaleb(-10) for i in range(ROWS)]
days = [dt.date(1969 + 5 * i, 1 + i, 28) for i in range(ROWS)]
moments = [dt.datetime(2024, 2, 29, 12, 30, i, [0, 500_000, 123_456][i % 3]) for i in range(ROWS)]
zoned = [dt.datetime(2024, 1 + i, 1, 0, 30, 15, tzinfo=berlin) for i in range(ROWS)]
clocks = [dt.time(23, 59, i, [0, 250_000][i % 2]) for i in range(ROWS)]
texts = [["wheat", "Öl", "", "a \"b\""][i % 4] + str(i) for i in range(ROWS)]
codes = [10 * (i % 3) for i in range(ROWS)]
topics = [["acq", "earn", "grain", "ship"][i % 3 + i // PART % 2] for i in range(ROWS)]
vectors = [[i / 4, -1.0, 0.5 * i] for i in range(ROWS)]
tags = [["a", "b", "c"][: i % 4] for i in range(ROWS)]
users = [{"name": f"user {i}", "place": {"town": texts[i], "zip": i if i % 2 else None}} for i in range(ROWS)]
users = with_nulls(users, 6)

place = pa.struct([("town", pa.string()), ("zip", pa.int32())])
columns = {
    "id": pa.array(range(ROWS), pa.int64()),
    "decimal": pa.array(decimals, pa.decimal128(10, 2)),
    "wide": pa.array(with_nulls(wide, 4), pa.decimal128(38, 10)),
    "widest": pa.array(wide, pa.decimal256(50, 10)),
    "day": pa.array(days, pa.date32()),
    "moment": pa.array(with_nulls(moments, 5), pa.timestamp("us")),
    "zoned": pa.array(zoned, pa.timestamp("ms", "Europe/Berlin")),
    "clock": pa.array(clocks, pa.time64("us")),
    "bytes": pa.array([text.encode() for text in texts], pa.binary()),
    "codes": pa.array(codes, pa.int64()).dictionary_encode(),
    "some_codes": pa.array(with_nulls(codes, 3), pa.int64()).dictionary_encode(),
    "topic": pa.array(topics, pa.string()).dictionary_encode(),
    "vector": pa.array(vectors, pa.list_(pa.float32())),
    "fixed": pa.array(vectors, pa.list_(pa.float64(), 3)),
    "tags": pa.array(tags, pa.list_(pa.string())),
    "user": pa.array(users, pa.struct([("name", pa.string()), ("place", place)])),
    "nothing": pa.nulls(ROWS),
}
table = pa.table(columns)
pq.write_table(table, f"{folder}/column_types.parquet", row_group_size=PART, compression="brotli")
with ipc.new_file(f"{folder}/column_types.arrow", table.schema) as file:
    file.write_table(table, max_chunksize=PART)
with ipc.new_stream(f"{folder}/column_types.arrows", table.schema) as stream:
    for batch in table.to_batches(max_chunksize=PART):
        # Of each batch alone, so that another dictionary takes the place of the one before.
        own = pa.array(batch["topic"].to_pylist(), pa.string()).dictionary_encode()
        stream.write_batch(batch.set_column(batch.schema.get_field_index("topic"), "topic", own))

with open(f"{folder}/column_types.jsonl", "w", encoding="utf-8") as file:
    for i in range(ROWS):
        user = users[i] or {}
        row = {name: column[i].as_py() for name, column in columns.items()}
        row |= {name: str(row[name]) for name in ["decimal", "widest"]}
        row |= {
            "wide": None if row["wide"] is None else str(row["wide"]),
            "day": days[i].isoformat(),
            "moment": None if row["moment"] is None else iso(moments[i]),
            "zoned": iso(zoned[i].astimezone(dt.UTC).replace(tzinfo=None)) + "Z",
            "clock": iso(clocks[i]),
            "bytes": texts[i],
            "user.name": user.get("name"),
            "user.place.town": user.get("place", {}).get("town"),
            "user.place.zip": user.get("place", {}).get("zip"),
        }
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
