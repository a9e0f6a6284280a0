"""The examples for pandas, Polars, DuckDB and Spark: empty frames, nulls, ids beside losses, and back again.

DESKPRO_CONTACT_PAYLOADS says how many payloads Spark converts.
"""

import os
import runpy
from pathlib import Path

import duckdb
import duckdb_functions
import pandas as pd
import pandas_columns
import polars as pl
import polars_columns
import pyarrow as pa
import pytest
from deskpro_contact import Converter, RejectedPayload

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CONVERTER = Converter(id_field="email")


def person(n):
    """An id and its payload: some are null, some are rejected, some have no losses."""
    email = f"p{n}@example.com"
    if n % 7 == 3:
        return email, None
    if n % 11 == 5:
        return email, f"email={email}&contact_data=x"
    comment = f"&contact_data[1][comment]=comment+of+{n}" if n % 3 else ""
    return email, (f"email={email}&contact_data[1][type]=website{comment}"
                   f"&contact_data[1][data][url]=https://{n}.example.com/R%C3%A9n")


PEOPLE = [person(n) for n in range(5000)]


def expected_row(payload):
    if payload is None:
        return None, None, None
    try:
        converted = CONVERTER.convert(payload)
    except RejectedPayload as error:
        members = {"code": error.code, "path": error.path, "message": error.message}
        return None, None, {**members, "start": error.span[0], "end": error.span[1]}
    return converted.output, converted.losses, None


EXPECTED = {email: expected_row(payload) for email, payload in PEOPLE}
RESTORED = {
    email: CONVERTER.restore(output, losses).output if output is not None else None
    for email, (output, losses, error) in EXPECTED.items()
    if error is None
}


def as_none(value):
    """A missing value of any frame as None."""
    return None if value is None or value is pd.NA or value != value else value


def assert_converted(rows, count=len(PEOPLE)):
    """Asserts rows of email, output, losses and error."""
    found = {email: tuple(map(as_none, row)) for email, *row in rows}
    assert len(found) == count
    for email, row in found.items():
        assert row == EXPECTED[email], email


def assert_restored(rows, count=len(RESTORED)):
    """Asserts rows of email, payload, left-over losses and error."""
    found = {email: tuple(map(as_none, row)) for email, *row in rows}
    assert len(found) == count
    for email, (payload, left_over, error) in found.items():
        assert (payload, left_over, error) == (RESTORED[email], None if payload is None else "", None), email


def test_the_expected_rows_are_of_each_kind():
    assert sum(output is None and error is None for output, _, error in EXPECTED.values()) > 100
    assert sum(error is not None for _, _, error in EXPECTED.values()) > 100
    assert sum("comment of" in (losses or "") for _, losses, _ in EXPECTED.values()) > 1000
    assert "comment+of" in RESTORED["p1@example.com"]


def test_pandas():
    people = pd.DataFrame(PEOPLE, columns=["email", "payload"]).sample(frac=1, random_state=22)
    converted = pandas_columns.convert(people)
    assert list(converted.index) == list(people.index)
    assert_converted(converted[["email", "output", "losses", "error"]].itertuples(index=False))
    shuffled = converted[converted["error"].isna()].sample(frac=1, random_state=1)
    restored = pandas_columns.restore(shuffled)
    assert list(restored.index) == list(shuffled.index)
    assert_restored(restored[["email", "payload", "left_over", "error"]].itertuples(index=False))
    # Without any row, and with nulls alone.
    for some in [people[:0], people[people["payload"].isna()]]:
        converted = pandas_columns.convert(some)
        assert_converted(converted[["email", "output", "losses", "error"]].itertuples(index=False), len(some))
        assert_restored(
            pandas_columns.restore(converted)[["email", "payload", "left_over", "error"]].itertuples(index=False), len(some)
        )


def test_pandas_with_an_index_of_equal_labels():
    people = pd.concat([pd.DataFrame([person], columns=["email", "payload"]) for person in PEOPLE[:20]])
    converted = pandas_columns.convert(people)
    assert len(converted) == 20
    assert_converted(converted[["email", "output", "losses", "error"]].itertuples(index=False), 20)
    restored = pandas_columns.restore(converted[converted["error"].isna()])
    assert_restored(restored[["email", "payload", "left_over", "error"]].itertuples(index=False), len(restored))


@pytest.mark.parametrize("dtype", ["object", "string", "category", pd.ArrowDtype(pa.large_string())], ids=str)
def test_pandas_columns_of_each_type(dtype):
    people = pd.DataFrame(PEOPLE[:50], columns=["email", "payload"]).astype({"payload": dtype})
    converted = pandas_columns.convert(people)
    assert_converted(converted[["email", "output", "losses", "error"]].itertuples(index=False), 50)


def test_polars():
    people = pl.DataFrame(PEOPLE, schema={"email": pl.String, "payload": pl.String}, orient="row").sample(
        fraction=1, shuffle=True, seed=22
    )
    converted = polars_columns.convert(people)
    assert converted["email"].equals(people["email"])
    columns = ["email", "output", "losses", "error"]
    assert_converted(converted.select(columns).with_columns(unnested_null()).rows())
    lazy = polars_columns.convert(people.lazy()).filter(pl.col("error").is_null())
    restored = polars_columns.restore(lazy.sort("output")).collect()
    assert_restored(restored.select("email", "payload", "left_over", unnested_null()).rows())
    for some in [people[:0], people.filter(pl.col("payload").is_null())]:
        converted = polars_columns.convert(some)
        assert_converted(converted.select(columns).with_columns(unnested_null()).rows(), len(some))
        restored = polars_columns.restore(converted)
        assert_restored(restored.select("email", "payload", "left_over", unnested_null()).rows(), len(some))


def unnested_null():
    """Polars gives a null struct as a dict of nulls."""
    return pl.when(pl.col("error").is_not_null()).then(pl.col("error"))


@pytest.mark.parametrize("dtype", [pl.String, pl.Binary, pl.Categorical], ids=str)
def test_polars_columns_of_each_type(dtype):
    payloads = pl.Series([payload for _, payload in PEOPLE[:200]]).cast(dtype)
    for column in [payloads, payloads[17:99], pl.concat([payloads[:17], payloads[99:]], rechunk=False)]:
        found = CONVERTER.convert_arrow(column).to_pylist()
        strings = column.cast(pl.String).to_list()
        for payload, row in zip(strings, found, strict=True):
            assert (row is None) == (payload is None)
            assert row is None or tuple(row.values()) == expected_row(payload)


def test_duckdb():
    database = duckdb.connect()
    duckdb_functions.add_functions(database)
    database.register("arrow_people", pa.table(dict(zip(["email", "payload"], zip(*PEOPLE)))))
    database.execute("CREATE TABLE people AS FROM arrow_people ORDER BY hash(email)")
    database.execute(duckdb_functions.CONVERT)
    assert_converted(database.execute("SELECT email, output, losses, error FROM converted").fetchall())
    database.execute("CREATE OR REPLACE TABLE converted AS FROM converted ORDER BY output")
    database.execute(duckdb_functions.RESTORE)
    assert_restored(database.execute("SELECT email, payload, left_over, error FROM restored").fetchall())
    assert database.execute("SELECT count(*) FROM (SELECT to_v2(payload) FROM people WHERE false)").fetchall() == [(0,)]
    missing = "SELECT row.error.code FROM (SELECT from_v2(output, NULL) AS row FROM converted WHERE output IS NOT NULL)"
    assert set(database.execute(missing).fetchall()) == {("null-losses",)}


@pytest.mark.parametrize("example", ["pandas_columns", "polars_columns", "duckdb_functions"])
def test_the_examples_run(example, capsys):
    runpy.run_path(str(EXAMPLES / f"{example}.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert "ann@example.com" in printed
    assert "contact-data-not-array" in printed or "cont" in printed


@pytest.mark.filterwarnings("default")
def test_spark(spark):
    import spark_columns

    # Only the functions of the script that is run are sent to the workers with it.
    spark.sparkContext.addPyFile(spark_columns.__file__)
    rows = spark.sparkContext.parallelize(PEOPLE, 4)
    people = spark.createDataFrame(rows, "email string, payload string")
    # Some partitions are empty, some have nulls alone.
    nulls = people.where("payload is null").coalesce(1)
    people = people.where("payload is not null").repartition(7, "email").union(nulls)
    empty = people.where("false")
    people = people.union(empty).union(spark.createDataFrame(spark.sparkContext.parallelize([], 3), people.schema))
    assert min(people.rdd.glom().map(len).collect()) == 0
    converted = spark_columns.converted(people).cache()
    assert_converted(map(with_dict, converted.collect()))
    restored = spark_columns.restored(converted.orderBy("output"))
    assert_restored(map(with_dict, restored.collect()))
    assert spark_columns.converted(empty).collect() == []


def with_dict(row):
    *columns, error = row
    return (*columns, error and error.asDict())


@pytest.mark.filterwarnings("default")
def test_spark_converts_and_restores_many_payloads(spark):
    import spark_columns
    from pyspark.sql import functions

    spark.sparkContext.addPyFile(spark_columns.__file__)
    count = int(os.environ.get("DESKPRO_CONTACT_PAYLOADS", "20000"))
    people = spark.range(count, numPartitions=4).selectExpr(
        "concat('p', id, '@example.com') as email",
        """concat('email=p', id, '%40example.com&contact_data%5B1%5D%5Btype%5D=website&contact_data%5B1%5D%5Bcomment%5D=comment+',
        id, '&contact_data%5B1%5D%5Bdata%5D%5Burl%5D=http%3A%2F%2F', id, '.example.com') as payload""",
    )
    # Shuffled in between: losses stay beside their outputs.
    converted = spark_columns.converted(people).repartition(6, "output")
    restored = spark_columns.restored(converted).withColumnRenamed("payload", "restored")
    counts = restored.join(people, "email").agg(
        functions.count("*"), functions.count_if(functions.expr("payload = restored and left_over = '' and error is null"))
    )
    assert tuple(counts.first()) == (count, count)


@pytest.mark.filterwarnings("default")
def test_the_spark_example_runs(spark, capfd):
    import spark_columns

    source = Path(spark_columns.__file__).read_text()
    assert 'SparkSession.builder.master("local[2]").getOrCreate()' in source
    runpy.run_path(spark_columns.__file__, run_name="__main__")
    printed = capfd.readouterr().out
    assert "contact-data-not-array" in printed
    assert "ann@example.com" in printed
