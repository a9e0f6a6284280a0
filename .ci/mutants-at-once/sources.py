"""Puts mutants into the sources as branches: `a < b` becomes `(if crate::mutant::is(17) { a == b } else { a < b })`."""
import collections
import json
import re
import subprocess
import sys

import tree_sitter
import tree_sitter_rust

# Why a mutant is not a branch.
CONSTANT = "a constant, which cannot choose at run time"
NO_BRANCH = "the branch does not compile, but the mutant may"
NOT_COMPILED = "does not compile"

KINDS = {
    "BinaryOperator": ("binary_expression", "compound_assignment_expr", "let_chain"),
    "UnaryOperator": ("unary_expression",),
    "StructField": ("struct_expression",),
}


class Mutant:
    """A mutant that cargo-mutants listed: `text` replaces the bytes `start..end`. `place` becomes a branch."""

    def __init__(self, number, listed, source):
        self.number, self.name, self.genre = number, listed["name"], listed["genre"]
        self.file, self.text = listed["file"], listed["replacement"].encode()
        function = listed["function"] or {}
        self.function, self.returns = function.get("function_name", ""), function.get("return_type", "")
        self.start, self.end = (offset(source, listed["span"][side]) for side in ("start", "end"))
        if self.genre == "StructField":
            self.end += len(re.match(rb"\s*,?", source[self.end:])[0])
        self.place = self.guard = self.const = self.dropped = None

    def condition(self):
        return b"crate::mutant::is(%d)" % self.number

    def drop(self, why, message=""):
        self.dropped = (why, message)


def offset(source, place):
    lines = source.decode().split("\n")
    before = lines[:place["line"] - 1] + [lines[place["line"] - 1][:place["column"] - 1]]
    return len("\n".join(before).encode())


class File:
    """A source file with its mutants, which are numbered from `first`."""

    def __init__(self, root, path, listed, first):
        self.path, self.source = path, (root / path).read_bytes()
        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))
        self.root = parser.parse(self.source).root_node
        self.mutants = [Mutant(number, entry, self.source) for number, entry in enumerate(listed, first)]
        for mutant in self.mutants:
            self.find_place(mutant)

    def find_place(self, mutant):
        node = self.root.descendant_for_byte_range(mutant.start, mutant.end)
        outer = node
        while outer := outer.parent:
            if outer.type == "closure_expression":
                break
            if outer.type == "function_item":
                # A `const fn` becomes a `fn`, unless a constant needs it.
                modifiers = (child for child in outer.children if child.type == "function_modifiers")
                mutant.const = next((child for child in modifiers if b"const" in child.text.split()), None)
                break
            if outer.type in ("const_item", "static_item", "array_type", "const_block", "token_tree"):
                return mutant.drop(CONSTANT)
        mutant.place = (mutant.start, mutant.end)
        if mutant.genre == "FnValue":
            if "impl " not in mutant.returns:
                mutant.place = (mutant.start, mutant.start)
        elif mutant.genre == "MatchArm":
            self.find_arm(mutant)
        elif mutant.genre == "MatchArmGuard":
            if b"let " in self.source[mutant.start:mutant.end]:
                mutant.drop(NO_BRANCH)
        else:
            while node.type not in KINDS[mutant.genre]:
                node = node.parent
            # Another operator may bind differently, so the branch is the whole chain of operators.
            while node.type == "binary_expression" and node.parent.type in ("binary_expression", "let_chain"):
                if node.parent.type == "let_chain" and mutant.text != b"||":
                    break
                node = node.parent
            if node.type == "let_chain":
                mutant.drop(NOT_COMPILED, "`||` beside `let`")
            mutant.place = (node.start_byte, node.end_byte)

    def find_arm(self, mutant):
        """A deleted arm is an arm whose guard is false."""
        node = self.root.descendant_for_byte_range(mutant.start, mutant.start + 1)
        while node.type != "match_arm":
            node = node.parent
        pattern = node.child_by_field_name("pattern")
        mutant.guard, mutant.text = pattern.child_by_field_name("condition"), b"false"
        if not mutant.guard:
            mutant.place = (pattern.end_byte, pattern.end_byte)
        elif b"let " in mutant.guard.text:
            mutant.place = (mutant.guard.start_byte, mutant.guard.start_byte)
        else:
            mutant.place = mutant.start, mutant.end = (mutant.guard.start_byte, mutant.guard.end_byte)

    def render(self):
        """The source with all mutants that are not dropped."""
        places = collections.defaultdict(list)
        for mutant in self.mutants:
            if not mutant.dropped:
                places[mutant.place].append(mutant)
                if mutant.const:
                    places[mutant.const.start_byte, mutant.const.end_byte] = []
        outer_first = sorted(places.items(), key=lambda item: (item[0][0], -item[0][1]))
        return self.between(0, len(self.source), outer_first)

    def between(self, start, end, places):
        out, at = [], start
        while places:
            (first, last), mutants = places.pop(0)
            inner = []
            while places and places[0][0][0] < last:
                inner.append(places.pop(0))
            out += [self.source[at:first], self.branch(first, last, mutants, inner)]
            at = last
        return b"".join(out) + self.source[at:end]

    def branch(self, first, last, mutants, inner):
        if not mutants:
            return re.sub(rb"\bconst\b", b"", self.source[first:last])
        if first == last and mutants[0].genre == "MatchArm":
            marked = mark(mutants[0], b"!" + mutants[0].condition())
            return marked + b" && " if mutants[0].guard else b" if " + marked
        if first == last:
            return b"".join(mark(m, b"if %s { return %s; } " % (m.condition(), m.text)) for m in mutants)
        # The mutants inside of the expression are in the last branch alone: only one mutant runs.
        text = self.between(first, last, inner)
        if mutants[0].genre == "FnValue":
            for m in mutants:
                parts = (m.number, mark(m, m.text), text, m.number)
                text = b"/*around*/crate::mutant::either(%d, move || %s, move || { %s })/*around %d*/" % parts
            return text
        branches = b""
        for m in mutants:
            mutated = self.source[first:m.start] + m.text + self.source[m.end:last]
            branches += b"if %s { %s } else " % (m.condition(), mark(m, mutated))
        return b"/*around*/(%s{ %s })/*around %d*/" % (branches, text, mutants[0].number)


def mark(mutant, text):
    """Comments by which an error of the compiler leads to its mutant."""
    return b"/*mutant*/%s/*mutant %d*/" % (text, mutant.number)


def find_mark(text, at):
    """The innermost marked range around a byte: `mutant` or `around`, and the number."""
    opened = 0
    for found in re.finditer(rb"/\*(mutant|around)( \d+)?\*/", text[at:]):
        if not found[2]:
            opened += 1
        elif opened:
            opened -= 1
        else:
            return found[1].decode(), int(found[2])
    return None, None


def write(files, tree, env):
    """Writes the sources to `tree`, and drops mutants until `cargo check` accepts the rest."""
    while True:
        rendered = {file.path: file.render() for file in files}
        for path, text in rendered.items():
            (tree / path).write_bytes(text)
        root = tree / "crates/deskpro-contact/src/lib.rs"
        if b"\nmod mutant;\n" not in root.read_bytes():
            root.write_bytes(root.read_bytes() + b"\nmod mutant;\n")
        command = ["cargo", "check", "-p", "deskpro-contact", "--all-features", "--message-format=json"]
        check = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True)
        if check.returncode == 0:
            return
        messages = [json.loads(line).get("message") for line in check.stdout.splitlines()]
        errors = [message for message in messages if message and message["level"] == "error"]
        before = sum(bool(mutant.dropped) for file in files for mutant in file.mutants)
        for error in errors:
            blame(files, rendered, error)
        dropped = sum(bool(mutant.dropped) for file in files for mutant in file.mutants) - before
        print(f"cargo check: {len(errors)} errors, {dropped} mutants dropped", flush=True)
        if not dropped:
            sys.exit(check.stderr + "\n".join(error["rendered"] for error in errors))


def blame(files, rendered, error):
    """Drops the mutants that cause an error."""
    called = re.search(r"cannot call non-const .*?`(.*)` in", error["message"])
    if called and called[1] != "is":
        # A constant needs a function that has lost its `const`.
        called = segments(called[1])
        for mutant in (mutant for file in files for mutant in file.mutants if mutant.const):
            own = segments(mutant.function)[-2:]
            if own == called[-len(own):]:
                mutant.drop(CONSTANT)
        return
    for span in error["spans"]:
        file = next((file for file in files if file.path == span["file_name"]), None)
        if not span["is_primary"] or not file:
            continue
        text = rendered[file.path]
        kind, number = find_mark(text, span["byte_start"])
        if (error["code"] or {}).get("code") == "E0004":
            # A `match` lacks a case without an arm: the next arm that got a condition.
            arm = re.search(rb"!crate::mutant::is\((\d+)\)", text[span["byte_end"]:])
            kind, number = "around", int(arm[1])
        place = next((mutant.place for mutant in file.mutants if mutant.number == number), None)
        for mutant in file.mutants:
            if kind == "mutant" and mutant.number == number:
                mutant.drop(NOT_COMPILED, error["message"])
            elif kind == "around" and mutant.place == place and not mutant.dropped:
                mutant.drop(CONSTANT if called else NO_BRANCH, error["message"])


def segments(path):
    return re.sub(r"(::)?<[^<>]*>", "", path).split("::")
