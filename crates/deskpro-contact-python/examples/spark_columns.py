"""Spark: mapInArrow converts a column of payloads on all machines, and restores it.

Each row keeps its output, its losses and its id together, so rows may be shuffled, sorted and filtered in between.

    python spark_columns.py
"""

from collections.abc import Iterator

import pyarrow as pa
from deskpro_contact import Converter
from pyspark.sql import DataFrame, SparkSession

ERROR = "error struct<code string, path string, message string, start bigint, end bigint>"
CONVERTED = f"email string, output string, losses string, {ERROR}"
RESTORED = f"email string, payload string, left_over string, {ERROR}"
TYPES = {
    "string": pa.string(),
    "error": pa.struct([*((name, pa.string()) for name in ("code", "path", "message")), ("start", pa.int64()),
                        ("end", pa.int64())]),
}


def batch(emails: pa.Array, rows: pa.StructArray, names: list[str]) -> pa.RecordBatch:
    """The rows as a batch of Spark, whose strings have offsets of 32 bits."""
    output, losses, error = rows.flatten()
    columns = [emails, output.cast(TYPES["string"]), losses.cast(TYPES["string"]), error.cast(TYPES["error"])]
    return pa.RecordBatch.from_arrays(columns, names=["email", *names, "error"])


def convert(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Converts the batches of a partition, which may be empty."""
    converter = Converter(id_field="email")
    for people in batches:
        rows = converter.convert_arrow(people.column("payload"))
        yield batch(people.column("email"), rows, ["output", "losses"])


def restore(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Restores the batches of a partition."""
    converter = Converter(id_field="email")
    for people in batches:
        rows = converter.restore_arrow(people.column("output"), people.column("losses"))
        yield batch(people.column("email"), rows, ["payload", "left_over"])


def converted(people: DataFrame) -> DataFrame:
    return people.select("email", "payload").mapInArrow(convert, CONVERTED)


def restored(people: DataFrame) -> DataFrame:
    return people.where("error is null").select("email", "output", "losses").mapInArrow(restore, RESTORED)


if __name__ == "__main__":
    spark = SparkSession.builder.master("local[2]").getOrCreate()
    payloads = ["email=ann@example.com&contact_data[1][type]=skype&contact_data[1][comment]=home"
                "&contact_data[1][data][username]=ann", None, "email=bob@example.com&contact_data=x"]
    emails = ["ann@example.com", "cem@example.com", "bob@example.com"]
    people = spark.createDataFrame(list(zip(emails, payloads)), "email string, payload string")
    result = converted(people).cache()
    result.show(truncate=60)
    restored(result).show(truncate=60)
