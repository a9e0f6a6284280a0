"""pandas: converts a column of payloads to columns of outputs and losses beside each person's id, and restores it.

    python pandas_columns.py
"""

import pandas as pd
import pyarrow as pa
from deskpro_contact import Converter

CONVERTER = Converter(id_field="email")


def with_rows(people: pd.DataFrame, rows: pa.Array, names: list[str]) -> pd.DataFrame:
    """The frame with the fields of the rows as columns. Row stands beside row: an index may have equal labels."""
    columns = pa.table(rows.flatten(), names=names).to_pandas(types_mapper=pd.ArrowDtype)
    return people.assign(**{name: columns[name].array for name in names})


def convert(people: pd.DataFrame) -> pd.DataFrame:
    """Replaces the column `payload` by `output`, `losses` and `error`."""
    # With a type, because a column without any text has none of its own.
    rows = CONVERTER.convert_arrow(pa.array(people["payload"], pa.string()))
    return with_rows(people.drop(columns="payload"), rows, ["output", "losses", "error"])


def restore(people: pd.DataFrame) -> pd.DataFrame:
    """Replaces `output` and `losses` by `payload`, and reports losses that could not be put back."""
    rows = CONVERTER.restore_arrow(pa.array(people["output"], pa.string()), pa.array(people["losses"], pa.string()))
    return with_rows(people.drop(columns=["output", "losses", "error"]), rows, ["payload", "left_over", "error"])


if __name__ == "__main__":
    payloads = ["email=ann@example.com&contact_data[1][type]=skype&contact_data[1][comment]=home"
                "&contact_data[1][data][username]=ann", None, "email=bob@example.com&contact_data=x"]
    people = pd.DataFrame({"email": ["ann@example.com", "cem@example.com", "bob@example.com"], "payload": payloads})
    converted = convert(people)
    print(converted)
    print(restore(converted[converted["error"].isna()]))
