"""Files that `.ci/python` makes for the tests, in the folder that DESKPRO_CONTACT_COMPARED names.

`payloads` has one payload per line, `outputs` and `losses` are those of `convert --on-error emit` for it, and `convert` is
the command.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def compared() -> Path:
    folder = os.environ.get("DESKPRO_CONTACT_COMPARED")
    if folder is None:
        pytest.skip("DESKPRO_CONTACT_COMPARED is not set: run .ci/python")
    return Path(folder)


@pytest.fixture(scope="session")
def payloads(compared: Path) -> list[bytes]:
    lines = (compared / "payloads").read_bytes().split(b"\n")[:-1]
    # A carriage return before the line feed belongs to the line end.
    return [line.removesuffix(b"\r") for line in lines]


@pytest.fixture(scope="session")
def spark():
    """A session of Spark, for all tests."""
    if shutil.which("java") is None:
        pytest.skip("`java` is not found, and the examples for Spark need it")
    # The workers need this package, too.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.memory", "2g").config("spark.sql.shuffle.partitions", "4")
    session = builder.config("spark.log.level", "OFF").getOrCreate()
    yield session
    session.stop()
