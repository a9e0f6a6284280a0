"""Spark without Arrow: RDD.pipe runs the command `convert` for each partition, and one run of it restores all payloads.

    python spark_pipe.py CONVERT FOLDER

CONVERT is the path of the command on each machine, FOLDER a folder for losses files that all machines share.
"""

import shlex
import subprocess
import sys
from pathlib import Path

from pyspark import RDD
from pyspark.sql import SparkSession

# Each process needs a losses file of its own; so does a task that Spark runs again. Status 1 says that a payload was
# rejected and kept, so it is no failure of the task.
SCRIPT = """
"$0" --from form --on-error emit --id-field email -q --losses "$1/$(uname -n)-$$-$(date +%s%N).jsonl"
status=$?
[ $status -eq 1 ] || exit $status
"""


def converted(payloads: RDD, convert: str, folder: str) -> RDD:
    """One line for each payload, in the same order. A null would be the payload `None`, so filter nulls before."""
    command = shlex.join(["sh", "-c", SCRIPT, convert, folder])
    # Without `env`, the environment is empty, and without `checkCode`, a partition whose process fails is short.
    return payloads.pipe(command, env={"PATH": "/usr/bin:/bin"}, checkCode=True)


def restored(lines: list[str], convert: str, folder: str) -> list[str]:
    """The payloads of lines of any partitions, in any order: each finds its losses by its id."""
    files = [argument for file in sorted(Path(folder).iterdir()) for argument in ("--restore", str(file))]
    text = "".join(f"{line}\n" for line in lines).encode()
    run = subprocess.run([convert, "--to", "form", "-q", *files], input=text, stdout=subprocess.PIPE, check=True)
    # A rejected payload comes back as it was. It may hold other characters at which `splitlines` would split it.
    return run.stdout.decode().split("\n")[:-1]


if __name__ == "__main__":
    context = SparkSession.builder.master("local[2]").getOrCreate().sparkContext
    payloads = context.parallelize([f"email=p{n}%40example.com&type=skype&comment=c{n}&data%5Busername%5D=p{n}" for n in range(10)])
    lines = converted(payloads, *sys.argv[1:]).collect()
    print("\n".join(restored(lines, *sys.argv[1:])))
