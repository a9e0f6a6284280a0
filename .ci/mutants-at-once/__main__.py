"""Mutation testing of the library with all mutants in one program. `MUTANT=NUMBER` chooses the one that runs.

    .ci/mutants --at-once [FILE…]             these files of the library (default: all)
    .ci/mutants --at-once --missed [FILE…]    only mutants that no run has caught yet

1. cargo-mutants lists the mutants. `sources.py` makes each a branch in a copy of the sources, and drops those that do
   not compile.
2. Each test runs once by itself, and records which mutants it reaches.
3. For each mutant, the tests of the library that reach it run, one process for each test, until one fails. A mutant is
   also caught if a test takes several times its usual time.
4. The mutants that are left run the tests of the command: those that reach them, for at most a minute of tests each.

The order of the mutants is random with a fixed seed, so that a part of a run is a fair sample. target/mutants/at-once
has the changed sources (`tree`) and the results (`results.jsonl`). With `--missed`, mutants that are caught in
`results.jsonl` are not tested again: use it after adding tests, or to continue a run that was stopped. A mutant is
recognised by its name, which has its line, so the sources of the library must be the same. The new `results.jsonl` has
only the mutants of the given files: copy the old one before. The results of constants and of branches that do not
compile are missing: `elsewhere.txt` has their names, for `cargo mutants --re`.

Needs cargo-mutants and `pip install tree-sitter tree-sitter-rust`. `JOBS` is the number of processes (default: one for
each processor).
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

import sources

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = ROOT / "target/mutants/at-once"
TREE = OUT / "tree"
SRC = "crates/deskpro-contact/src"
ENV = os.environ | {
    "CARGO_TARGET_DIR": str(OUT / "target"),
    "CARGO_PROFILE_DEV_DEBUG": "0",
    "CARGO_PROFILE_TEST_DEBUG": "0",
    # Each mutant gets the same payloads, and no failure is saved for the next mutant.
    "PROPTEST_CASES": os.environ.get("PROPTEST_CASES", "32"),
    "PROPTEST_RNG_SEED": "1",
    "PROPTEST_DISABLE_FAILURE_PERSISTENCE": "true",
    "PROPTEST_MAX_SHRINK_ITERS": "0",
    "INSTA_UPDATE": "no",
    "INSTA_WORKSPACE_ROOT": str(TREE),
}
# Tests of the command that take long, or whose programs change nothing in the library.
LEFT_OUT = ("php", "bindings", "dump", "sending", "long_runs", "attack")
# Seconds of tests of the command for one mutant.
BUDGET = 60


class Test:
    """One test, and the numbers of the mutants that it reaches."""

    def __init__(self, binary, package, name):
        self.binary, self.package, self.name = binary, package, name
        self.seconds, self.tried, self.caught, self.reached = 0.0, 0, 0, set()

    def passes(self, env, seconds=resource.RLIM_INFINITY):
        """Whether the test passes within this processor time."""
        def limits():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        child = subprocess.Popen(
            [self.binary, "--exact", self.name, "--test-threads=1"], cwd=self.package, preexec_fn=limits,
            env=ENV | env | {"CARGO_MANIFEST_DIR": self.package}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Some mutants wait forever. Slices of a second: time for which this script was stopped does not count.
        for _ in range(120):
            try:
                return child.wait(1) == 0
            except subprocess.TimeoutExpired:
                pass
        os.killpg(child.pid, signal.SIGKILL)
        return child.wait() == 0

    def record(self):
        reached = OUT / "reached" / f"{pathlib.Path(self.binary).name}-{self.name.replace('::', '.')}"
        start = time.monotonic()
        passes = self.passes({"MUTANTS_REACHED": str(reached)})
        self.seconds = time.monotonic() - start
        # Recording allocates memory, which some tests count.
        if not passes and not self.passes({}):
            print(f"not used, because it fails without a mutant: {self.name}", flush=True)
        elif reached.exists():
            self.reached = set(map(int, reached.read_text().split()))

    def catches(self, number):
        self.tried += 1
        caught = not self.passes({"MUTANT": str(number)}, seconds=int(4 + 5 * self.seconds))
        self.caught += caught
        return caught

    def cost(self):
        """Seconds for each mutant that the test catches, as far as known."""
        return (self.seconds + 0.05) * (self.tried + 1) / (self.caught + 1)


def build():
    """Builds the tests. Returns those of the library and those of the command."""
    command = ["cargo", "test", "--no-run", "--message-format=json", "-p", "deskpro-contact", "-p", "deskpro-convert"]
    command += ["--lib", "--test=library", "--test=allocations", "--test=tests"]
    built = subprocess.run(command, cwd=TREE, env=ENV, check=True, stdout=subprocess.PIPE, text=True).stdout
    library, of_command = [], []
    for artifact in map(json.loads, built.splitlines()):
        if artifact["reason"] != "compiler-artifact" or not artifact["profile"]["test"] or not artifact["executable"]:
            continue
        binary, package = artifact["executable"], str(pathlib.Path(artifact["manifest_path"]).parent)
        listed = subprocess.run(
            [binary, "--list", "--format=terse"], cwd=package, env=ENV, check=True, capture_output=True, text=True)
        for name in re.findall(r"^(.*): test$", listed.stdout, re.M):
            if package.endswith("deskpro-contact"):
                library.append(Test(binary, package, name))
            elif not name.startswith(LEFT_OUT):
                of_command.append(Test(binary, package, name))
    return library, of_command


def catching(number, tests, budget):
    """The name of a test that catches a mutant; the most promising tests first."""
    left = [test for test in tests if number in test.reached]
    start = time.monotonic()
    while left and time.monotonic() - start < budget:
        test = min(left, key=Test.cost)
        left.remove(test)
        if test.catches(number):
            return test.name
    return None


def main():
    arguments = sys.argv[1:]
    caught_before = {}
    if "--missed" in arguments:
        arguments.remove("--missed")
        for result in map(json.loads, (OUT / "results.jsonl").read_text().splitlines()):
            if result["result"] == "caught":
                caught_before[result["name"]] = result["by"]
    patterns = [f"{SRC}/{pattern}" for pattern in arguments or ["**/*.rs"]]
    command = ["cargo", "mutants", "--list", "--json", "--package", "deskpro-contact"]
    command += [argument for pattern in patterns for argument in ("--file", pattern)]
    by_file = collections.defaultdict(list)
    for entry in json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout):
        by_file[entry["file"]].append(entry)
    files, count = [], 0
    for path, entries in by_file.items():
        files.append(sources.File(ROOT, path, entries, count))
        count += len(entries)

    shutil.rmtree(TREE, ignore_errors=True)
    shutil.rmtree(OUT / "reached", ignore_errors=True)
    (OUT / "reached").mkdir(parents=True)
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in names.rstrip("\0").split("\0"):
        (TREE / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, TREE / name, follow_symlinks=False)
    (TREE / SRC / "mutant.rs").write_text((HERE / "mutant.rs").read_text().replace("COUNT", str(count)))
    sources.write(files, TREE, ENV)
    library, of_command = build()

    mutants = [mutant for file in files for mutant in file.mutants]
    random.Random(1).shuffle(mutants)
    results = open(OUT / "results.jsonl", "w")
    outcomes = {}

    def finish(mutant, result, by):
        outcomes[mutant.number] = result
        results.write(json.dumps({"name": mutant.name, "result": result, "by": by}) + "\n")
        results.flush()

    elsewhere = open(OUT / "elsewhere.txt", "w")
    for mutant in mutants:
        if mutant.name in caught_before:
            finish(mutant, "caught", caught_before[mutant.name])
        elif mutant.dropped:
            finish(mutant, *mutant.dropped)
            if mutant.dropped[0] != sources.NOT_COMPILED:
                elsewhere.write(mutant.name + "\n")
    elsewhere.close()
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", os.cpu_count()))) as threads:
        for tests, budget in (library, float("inf")), (of_command, BUDGET):
            left = [mutant for mutant in mutants if mutant.number not in outcomes]
            list(threads.map(Test.record, tests if left else []))
            found = threads.map(lambda mutant: catching(mutant.number, tests, budget), left)
            for mutant, test in zip(left, found):
                if test or tests is of_command:
                    finish(mutant, "caught" if test else "missed", test)

    rooms = collections.defaultdict(collections.Counter)
    for mutant in mutants:
        room = pathlib.Path(mutant.file).relative_to(SRC).parts[0].removesuffix(".rs")
        rooms[room][outcomes[mutant.number]] += 1
        rooms["all"][outcomes[mutant.number]] += 1
    for room, counts in sorted(rooms.items()):
        print(f"{room}: {', '.join(f'{result} {number}' for result, number in sorted(counts.items()))}")


main()
