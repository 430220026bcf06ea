#!/usr/bin/env python3
"""Style as a test: reads every file of ours and prints each broken rule as file:line: what to do.

usage: tests/tidy.py [ROOT]   ROOT is a git work tree, by default the one this file lies in.

Files of ours are those git tracks, and new ones it does not ignore. tests/tidy_test.py breaks each
rule on purpose. To allow or forbid something, change the tables below.
"""

import collections
import pathlib
import re
import subprocess
import sys

MAX_COLUMNS = 100
MAX_HEADER_LINES = 250
MAX_SOURCE_LINES = 500
MAX_TEST_LINES = 600  # a table of cases reads well at a length that code does not
MAX_FUNCTION_LINES = 70
MAX_FOLDER_FILES = 25

CPP = (".h", ".cc")
SOURCES = (".cc", ".ts", ".py", ".sh")
TESTS = ("tests/", "bench/")
BOOKS = ("ledger/points/", "ledger/rules/", "ledger/coupons/", "ledger/claims/")
# Not written by hand: copied from elsewhere as it is, or the recorded output of a program.
NOT_BY_HAND = ("proto/google/", "tests/golden/")
WIDE = (".md", ".csv", ".tsv", ".svg", "package-lock.json")  # tables and data have long lines
TIDY = ("tests/tidy.py", "tests/tidy_test.py")  # must spell the words they forbid

VAGUE_NAMES = {"util", "utils", "common", "helper", "helpers", "manager", "misc"}

# Which folders of ours the files of a folder may include, besides their own. Elsewhere (tests,
# bench) everything goes. The log entries are the only protobuf messages that ledger/ knows.
ENTRIES = "tanhui/entry/"
LAYERS = {
    "ledger/core/": [ENTRIES],
    **{book: ["ledger/core/", ENTRIES] for book in BOOKS},
    "ledger/points/": ["ledger/core/", "ledger/claims/", "ledger/rules/", ENTRIES],
    "ledger/coupons/": ["ledger/core/", "ledger/claims/", "ledger/points/", "ledger/rules/",
                        "ledger/merkle/hash.h", ENTRIES],
    "ledger/periods/": ["ledger/core/", "ledger/rules/", ENTRIES],
    # Puts all books together, those between cities too.
    "ledger/books/": ["ledger/core/", "ledger/periods/", *BOOKS, "interop/books/interop_book.h",
                      ENTRIES],
    "ledger/watch/": ["ledger/core/"],
    "ledger/merkle/": ["ledger/core/"],
    "ledger/signing/": ["ledger/core/", "ledger/merkle/", ENTRIES],
    "ledger/store/": ["ledger/core/", "ledger/merkle/", "ledger/signing/", ENTRIES],
    "ledger/journal/": ["ledger/core/", "ledger/merkle/", "ledger/store/", ENTRIES],
    "ledger/sequencer/": ["ledger/core/", *BOOKS, "ledger/merkle/", "ledger/signing/",
                          "ledger/store/", "ledger/journal/", ENTRIES],
    "interop/": ["ledger/", "tanhui/"],
    "services/": ["ledger/", "interop/", "tanhui/"],
}
LAYERED = ("ledger/", "interop/", "services/")
OURS = (*LAYERED, *TESTS, "tanhui/")

# Where the types of a library may be seen.
GRPC = ("services/", "interop/peer/", *TESTS)
LIBRARIES = [
    (re.compile(r"rocksdb/"), ("ledger/store/", "ledger/journal/", *TESTS)),
    (re.compile(r"grpc(pp)?/|.*\.grpc\.pb\.h$"), GRPC),
    (re.compile(r"openssl/"), ("ledger/merkle/", "ledger/signing/", "tests/")),
]

# Words: pattern, the files where it is forbidden (folders, then suffixes; empty means all), whether
# comments count, and what to do instead.
Word = collections.namedtuple("Word", "pattern folders suffixes in_comments advice")
WORDS = [
    Word(r"\b(TODO|FIXME|XXX|HACK)\b", (), (), True, "do it now, or file an issue"),
    Word(r"\bthrow\b", (), CPP, False, "return a Refusal or an absl::Status, or Check"),
    Word(r"\bstd::cout\b", ("ledger/",), CPP, False, "return the text; services decide who reads"),
    Word(r"\bsleep_for\b", ("ledger/", "services/"), CPP, False,
         "wait on a condition variable or a Clock"),
    Word(r"\bassert\s*\(", (), CPP, False, "Check from ledger/core/check.h stays on in release"),
    Word(r"\b(float|double)\b", ("ledger/core/", *BOOKS), CPP, False,
         "integers and integer ratios only"),
    Word(r"^\s*#\s*define\s+\w+\(", (), CPP, False, "a function or a template, not a macro"),
]

# These two hold for documents too: nothing may depend on one machine or one registry.
MACHINE_PATH = re.compile(r"((?<![\w.*)}\]>-])|(?<=-[IL]))/(work|root|home)/")
REGISTRY = re.compile(r"deb\.debian\.org|registry\.npmjs\.org|\"resolved\":")

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Comments and literals of C++; a number comes first since its ' is not the start of a character.
TOKEN = re.compile(
    r"""(?P<number>(?<!\w)\d[\w.']*)|(?P<comment>//[^\n]*|/\*.*?\*/)"""
    r"""|R"(?P<tag>[^()\s\\]*)\(.*?\)(?P=tag)"|"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*'""", re.DOTALL)
NO_STATEMENT = re.compile(r"^[ \t]*(#(?:\\\n|[^\n])*|(public|private|protected):)", re.MULTILINE)


def only_newlines(text):
    return "\n" * text.count("\n")


def code_of(text):
    """C++ without comments and without what literals say; lines keep their numbers."""

    def blank(match):
        if match["number"]:
            return match[0]
        return (" " if match["comment"] else '""') + only_newlines(match[0])

    return TOKEN.sub(blank, text)


def functions_of(code):
    """Yields (first line, last line) of each function body that is not inside another one.

    A heuristic: a brace opens a function when the text since the last statement has parentheses
    and neither names a type or namespace nor assigns.
    """
    code = NO_STATEMENT.sub(lambda match: only_newlines(match[0]), code)
    open_braces = []  # (kind, where the statement began)
    start = 0
    parens = 0
    for at, char in enumerate(code):
        inside = any(kind == "function" for kind, _ in open_braces)
        if char in "()" and not inside:
            parens += 1 if char == "(" else -1
        elif char == "{":
            kind = "block" if inside else "value" if parens else brace_kind(code[start:at])
            open_braces.append((kind, start))
            start = start if kind == "value" else at + 1
        elif char == "}" and open_braces:
            kind, began = open_braces.pop()
            if kind == "function":
                first = began + len(code[began:at]) - len(code[began:at].lstrip())
                yield code.count("\n", 0, first) + 1, code.count("\n", 0, at) + 1
            start = began if kind == "value" else at + 1
        elif char == ";" and not inside and not parens:
            start = at + 1


def brace_kind(head):
    """What a brace after this text opens: a scope, a value or a function."""
    nested = 1
    while nested:
        head, nested = re.subn(r"\([^()]*\)", "@", head)  # from now on @ stands for parentheses
    head = re.sub(r"\balignas\s*@", "", head)
    head = re.sub(r"^\s*(template\s*<.*?>\s*)?", "", head, flags=re.DOTALL)
    if re.match(r"(inline\s+)?namespace\b|(class|struct|union|enum|extern)\b[^@]*$", head):
        return "scope"
    assigns = "=" in re.sub(r"operator\W*", "", head)
    member_value = re.search(r"@\s*(noexcept\s*)?:[^:].*[\w>]\s*$", head, re.DOTALL)
    return "value" if "@" not in head or assigns or member_value else "function"


def files_of(root):
    """The text files of ours as {path: text}."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout
    files = {}
    for path in sorted(set(listed.split("\0")) - {""}):
        if (root / path).is_file():  # not one deleted and not yet committed
            try:
                files[path] = (root / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                files[path] = ""  # a picture or an archive: only its name is looked at
    if not files:
        sys.exit(f"tidy: git lists no files in {root}")
    return files


def check_size(path, text):
    limit = None
    if path.endswith(".h"):
        limit = MAX_HEADER_LINES
    elif path.endswith(SOURCES) or text.startswith("#!"):
        limit = MAX_TEST_LINES if path.startswith(TESTS) else MAX_SOURCE_LINES
    lines = text.count("\n")
    if limit and lines > limit:
        yield limit + 1, f"{lines} lines, at most {limit}: split it by subject"


def check_columns(path, text):
    if path.endswith(WIDE):
        return
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns, at most {MAX_COLUMNS}: break the line"


def check_functions(path, text):
    if not path.endswith(CPP) or path.startswith("tests/"):
        return
    for first, last in functions_of(code_of(text)):
        if last - first + 1 > MAX_FUNCTION_LINES:
            yield first, (f"a function of {last - first + 1} lines, at most {MAX_FUNCTION_LINES}:"
                          " give its steps names")


def check_words(path, text):
    if path.endswith(".md") or path in TIDY:
        return
    code = code_of(text).splitlines() if path.endswith(CPP) else []
    for word in WORDS:
        if word.suffixes and not path.endswith(word.suffixes):
            continue
        if word.folders and not path.startswith(word.folders):
            continue
        for number, line in enumerate(text.splitlines() if word.in_comments else code, 1):
            if found := re.search(word.pattern, line):
                yield number, f"'{found[0].strip()}': {word.advice}"


def check_places(_, text):
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield number, "a path of one machine: make it relative to the repository"
        if REGISTRY.search(line):
            yield number, "a registry's host: leave it to the machine's configuration"


def check_includes(path, text):
    if not path.endswith(CPP):
        return
    for number, line in enumerate(text.splitlines(), 1):
        if match := INCLUDE.match(line):
            advice = include_advice(path, match[2])
            if match[1] == '"' and "/" not in match[2]:
                advice = "write the path from the repository's root"
            if advice:
                yield number, f"includes {match[2]}: {advice}"


def include_advice(path, included):
    """Why this file may not include that one, or None."""
    for library, places in LIBRARIES:
        if library.match(included) and not path.startswith(places):
            return "that library stays inside " + ", ".join(places)
    if ".." in pathlib.PurePath(included).parts:
        return "write the path from the repository's root"
    if not path.startswith(LAYERED) or not included.startswith(OURS):
        return None
    layer = next((layer for layer in LAYERS if path.startswith(layer)), None)
    if layer is None:
        return "this folder is not in LAYERS of tests/tidy.py yet: say what it may include"
    if not included.startswith((layer, *LAYERS[layer])):
        return f"{layer} may include only " + ", ".join(LAYERS[layer]) + " and itself"
    return None


def check_names(path, _):
    for part in pathlib.PurePath(path).parts:
        if vague := VAGUE_NAMES & set(re.split(r"[^a-z]+", part.lower())):
            yield 1, f"'{vague.pop()}' in a name says nothing: name it for its noun"


def check_folders(paths):
    folders = collections.Counter(str(pathlib.PurePath(path).parent) for path in paths)
    for folder, count in folders.items():
        if count > MAX_FOLDER_FILES:
            yield folder, f"{count} files, at most {MAX_FOLDER_FILES}: make a folder of a subject"


FILE_CHECKS = [check_size, check_columns, check_functions, check_words, check_includes, check_names]


def violations(root):
    """Yields every broken rule below root as file:line: what to do."""
    files = files_of(root)
    by_hand = {path: text for path, text in files.items() if not path.startswith(NOT_BY_HAND)}
    for path, text in files.items():
        for check in [*(FILE_CHECKS if path in by_hand else []), check_places]:
            for number, advice in check(path, text):
                yield f"{path}:{number}: {advice}"
    for folder, advice in check_folders(by_hand):
        yield f"{folder}:1: {advice}"


def main():
    default = pathlib.Path(__file__).resolve().parent.parent
    found = list(violations(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default))
    print("\n".join(found) if found else "tidy: nothing to do")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
