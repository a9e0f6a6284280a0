"""Polars: converts a column of payloads to columns of outputs and losses beside each person's id, and restores it.

The functions take eager and lazy frames.

    python polars_columns.py
"""

import polars as pl
from deskpro_contact import Converter

CONVERTER = Converter(id_field="email")
ERROR = pl.Struct({"code": pl.String, "path": pl.String, "message": pl.String, "start": pl.Int64, "end": pl.Int64})
ROWS = pl.Struct({"output": pl.String, "losses": pl.String, "error": ERROR})


def convert(people: pl.LazyFrame) -> pl.LazyFrame:
    """Replaces the column `payload` by `output`, `losses` and `error`."""
    rows = pl.col("payload").map_batches(lambda payloads: pl.Series(CONVERTER.convert_arrow(payloads)), return_dtype=ROWS)
    return people.with_columns(rows).unnest("payload")


def restore(people: pl.LazyFrame) -> pl.LazyFrame:
    """Replaces `output` and `losses` by `payload`, and reports losses that could not be put back."""
    rows = pl.map_batches(
        ["output", "losses"], lambda pair: pl.Series(CONVERTER.restore_arrow(*pair)), return_dtype=ROWS
    )
    restored = people.select(pl.exclude("output", "losses", "error"), rows.alias("rows")).unnest("rows")
    return restored.rename({"output": "payload", "losses": "left_over"})


if __name__ == "__main__":
    payloads = ["email=ann@example.com&contact_data[1][type]=skype&contact_data[1][comment]=home"
                "&contact_data[1][data][username]=ann", None, "email=bob@example.com&contact_data=x"]
    people = pl.DataFrame({"email": ["ann@example.com", "cem@example.com", "bob@example.com"], "payload": payloads})
    converted = convert(people.lazy()).collect()
    print(converted)
    print(restore(converted.lazy().filter(pl.col("error").is_null())).collect())
