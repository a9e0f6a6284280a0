"""pandas: a column of payloads becomes columns of outputs and losses beside each person's id, and is restored from them.

    python pandas_columns.py
"""

import pandas as pd
import pyarrow as pa
from deskpro_contact import Converter

CONVERTER = Converter(id_field="email")


def columns(rows: pa.Array, like: pd.DataFrame) -> pd.DataFrame:
    """The fields of the rows as columns, with the index of another frame."""
    table = pa.table(rows.flatten(), names=rows.type.names)
    return table.to_pandas(types_mapper=pd.ArrowDtype).set_index(like.index)


def convert(people: pd.DataFrame) -> pd.DataFrame:
    """Replaces the column `payload` by `output`, `losses` and `error`."""
    # With a type, because a column without any text has none of its own.
    rows = CONVERTER.convert_arrow(pa.array(people["payload"], pa.string()))
    return people.drop(columns="payload").join(columns(rows, people))


def restore(people: pd.DataFrame) -> pd.DataFrame:
    """Replaces `output` and `losses` by `payload`, and reports losses that could not be put back."""
    rows = CONVERTER.restore_arrow(pa.array(people["output"], pa.string()), pa.array(people["losses"], pa.string()))
    restored = columns(rows, people).rename(columns={"output": "payload", "losses": "left_over"})
    return people.drop(columns=["output", "losses", "error"]).join(restored)


if __name__ == "__main__":
    payloads = ["email=ann@example.com&contact_data[1][type]=skype&contact_data[1][comment]=home"
                "&contact_data[1][data][username]=ann", None, "email=bob@example.com&contact_data=x"]
    people = pd.DataFrame({"email": ["ann@example.com", "cem@example.com", "bob@example.com"], "payload": payloads})
    converted = convert(people)
    print(converted)
    print(restore(converted[converted["error"].isna()]))
