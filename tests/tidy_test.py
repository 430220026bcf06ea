#!/usr/bin/env python3
"""Breaks every rule of tests/tidy.py on purpose, and keeps each by the skin of its teeth."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import tidy  # noqa: E402  (beside this file)


def violations(files):
    """What tidy says about a work tree of these files, as {path: text}."""
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["git", "init", "--quiet", root], check=True)
        for path, text in files.items():
            file = pathlib.Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return list(tidy.violations(pathlib.Path(root)))


def function(lines, signature="int F()"):
    return signature + " {\n" + "  G();\n" * (lines - 2) + "}\n"


def include(name):
    return f"#include <{name}>\n"


MACHINE = "/".join(["", "root", "x"])
REGISTRY = ".".join(["registry", "npmjs", "org"])
LONG = 'constexpr auto k = "' + "碳" * 78 + '";'  # 100 columns, far more bytes

# path, text, the line and a part of the advice expected
BROKEN = [
    ("ledger/core/a.cc", "\n" + LONG + " \n", 2, "101 columns"),
    ("ledger/core/a.h", "\n" * 251, 251, "251 lines"),
    ("ledger/core/a.cc", "\n" * 501, 501, "501 lines"),
    ("services/console/a.ts", "\n" * 501, 501, "501 lines"),
    ("tests/a_test.cc", "\n" * 601, 601, "601 lines"),
    ("deploy/quickstart", "#!/bin/sh\n" + "\n" * 500, 501, "501 lines"),
    ("ledger/core/a.cc", "\n\n" + function(71), 3, "function of 71 lines"),
    ("ledger/core/a.cc", "namespace n {\nint a = 1'000;\n" + function(71) + "}\n", 3, "function"),
    ("ledger/core/a.h", "class A : B {\n public:\n" + function(71), 3, "function of 71"),
    ("ledger/core/a.cc", function(71, "A::A(int b) : b_{b}, c_(d{})"), 1, "function of 71"),
    ("ledger/core/a.cc", function(71, "bool A::operator==(A b) const"), 1, "function of 71"),
    ("ledger/core/a.cc", function(71, "int F(A b = {}, int c = 0)"), 1, "function of 71"),
    ("ledger/core/a.cc", 'auto s = R"(" { ( )";\n' + function(71), 2, "function of 71"),
    ("ledger/core/util.cc", "", 1, "'util'"),
    ("ledger/string_utils/a.cc", "", 1, "'utils'"),
    ("services/console/KEY-manager.ts", "", 1, "'manager'"),
    ("ledger/core/a.h", "# define MAX(a, b) a\n", 1, "not a macro"),
    ("deploy/a", "\n# TO" "DO later\n", 2, "file an issue"),
    ("proto/a.proto", "// FIX" "ME\n", 1, "file an issue"),
    ("services/rpc/a.cc", "void F() { throw 1; }\n", 1, "Refusal"),
    ("ledger/store/a.cc", "std::cout << 1;\n", 1, "services decide"),
    ("services/rpc/a.cc", "std::this_thread::sleep_for(x);\n", 1, "condition variable"),
    ("interop/peer/a.cc", "assert(x);\n", 1, "ledger/core/check.h"),
    ("ledger/core/a.cc", "/* a\n*/ double x;\n", 2, "integers"),
    ("ledger/points/a.h", "float x;\n", 1, "integers"),
    ("ledger/rules/a.h", "float x;\n", 1, "integers"),
    ("ledger/core/a.cc", include("ledger/points/a.h"), 1, "may include only"),
    ("ledger/core/a.cc", '#include "tanhui/v1/a.pb.h"\n', 1, "may include only"),
    ("ledger/points/a.cc", include("ledger/coupons/a.h"), 1, "may include only"),
    ("ledger/merkle/a.cc", include("tanhui/entry/v1/entry.pb.h"), 1, "may include only"),
    ("ledger/signing/a.cc", include("ledger/store/a.h"), 1, "may include only"),
    ("ledger/store/a.cc", include("ledger/journal/a.h"), 1, "may include only"),
    ("ledger/journal/a.cc", include("ledger/sequencer/a.h"), 1, "may include only"),
    ("ledger/sequencer/a.cc", include("interop/exchange/a.h"), 1, "may include only"),
    ("interop/peer/a.cc", include("services/rpc/a.h"), 1, "may include only"),
    ("services/rpc/a.cc", include("tests/a.h"), 1, "may include only"),
    ("ledger/reports/a.cc", include("ledger/core/a.h"), 1, "not in LAYERS"),
    ("ledger/core/a.cc", '#include "../points/a.h"\n', 1, "repository's root"),
    ("ledger/core/a.cc", '#include "b.h"\n', 1, "repository's root"),
    ("ledger/sequencer/a.cc", include("rocksdb/db.h"), 1, "that library stays inside"),
    ("ledger/sequencer/a.cc", include("grpcpp/grpcpp.h"), 1, "that library stays inside"),
    ("interop/tianfu/a.cc", include("grpc/grpc.h"), 1, "that library stays inside"),
    ("interop/exchange/a.cc", '#include "tanhui/peer/v1/a.grpc.pb.h"\n', 1, "library stays inside"),
    ("ledger/store/a.cc", include("openssl/evp.h"), 1, "that library stays inside"),
    ("README.md", f"\ncd {MACHINE}\n", 2, "path of one machine"),
    ("CMakeLists.txt", f"-I{MACHINE}/b\n", 1, "path of one machine"),
    ("tests/golden/a.txt", f"'{MACHINE}/b'\n", 1, "path of one machine"),
    ("deploy/a", f"curl https://{REGISTRY}/x\n", 1, "registry"),
    ("proto/package-lock.json", '{"resol' 'ved": "x"}\n', 1, "registry"),
]

KEPT = [
    ("ledger/core/a.cc", LONG + "\n"),
    ("README.md", "|" * 300 + "\nTO" "DO, throw and assert( are banned words\n"),
    ("ledger/core/a.h", "\n" * 250),
    ("bench/a.cc", "\n" * 600),
    ("ledger/core/a.cc", function(70) + function(69, "template <class T>\nvoid G(T t)")),
    ("ledger/core/a.h", "class A {\n" + "  int F() { return 1; }\n" * 90 + "};\n"),
    ("ledger/core/a.cc", "namespace n {\n" + "int F() { return 1; }\n" * 90 + "}\n"),
    ("ledger/core/a.cc", "constexpr A kTable[] = {\n" + "    {1, F(2)},\n" * 90 + "};\n"),
    ("tests/a_test.cc", function(100, "TEST(A, B)")),
    ("ledger/core/utility.cc", ""),
    ("ledger/core/a.cc", '// Never throw, assert(x) or use a double.\nauto s = "throw float";\n'),
    ("ledger/core/a.cc", "static_assert(sizeof(int) == 4);\n#define X 1\n"),
    ("services/cli/a.cc", "std::cout << 0.5;\ndouble x;\n"),
    ("ledger/core/a.cc", '#include "tanhui/entry/v1/entry.pb.h"\n#include <vector>\n'),
    ("ledger/points/a.cc", '#include "ledger/points/a.h"\n#include "ledger/core/a.h"\n'),
    ("ledger/sequencer/a.cc", include("ledger/points/a.h") + include("ledger/journal/a.h")),
    ("ledger/journal/a.cc", include("rocksdb/db.h") + '#include "absl/status/status.h"\n'),
    ("interop/peer/a.cc", include("grpcpp/grpcpp.h") + include("interop/exchange/a.h")),
    ("services/rpc/a.cc", include("interop/peer/a.h") + include("tanhui/v1/a.grpc.pb.h")),
    ("ledger/signing/a.cc", include("openssl/evp.h") + include("ledger/merkle/a.h")),
    ("tests/a.cc", include("rocksdb/db.h") + include("ledger/store/a.h")),
    ("deploy/a", f'cd "$build{MACHINE}"; ls .{MACHINE}; open https://a.example{MACHINE}\n'),
    ("proto/google/rpc/status.proto", "// TO" "DO" + "x" * 200 + "\n"),
]


class TidyTest(unittest.TestCase):
    def test_broken(self):
        for path, text, line, advice in BROKEN:
            with self.subTest(path=path, advice=advice):
                found = violations({path: text})
                self.assertEqual(len(found), 1, found)
                self.assertTrue(found[0].startswith(f"{path}:{line}: "), found)
                self.assertIn(advice, found[0])

    def test_kept(self):
        for path, text in KEPT:
            with self.subTest(path=path, text=text[:60]):
                self.assertEqual(violations({path: text}), [])

    def test_folder(self):
        files = {f"ledger/core/a{i}.h": "" for i in range(25)}
        self.assertEqual(violations(files), [])
        found = violations(files | {"ledger/core/b.h": ""})
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith("ledger/core:1: 26 files"), found)

    def test_ignored_and_binary_files(self):
        self.assertEqual(violations({".gitignore": "/build/\n", "build/util.cc": "throw 1;\n"}), [])
        with tempfile.TemporaryDirectory() as root:
            subprocess.run(["git", "init", "--quiet", root], check=True)
            pathlib.Path(root, "misc.png").write_bytes(b"\x89PNG\xff\n")
            self.assertEqual(len(list(tidy.violations(pathlib.Path(root)))), 1)

    def test_exit_status(self):
        with tempfile.TemporaryDirectory() as root:
            subprocess.run(["git", "init", "--quiet", root], check=True)
            command = [sys.executable, tidy.__file__, root]
            self.assertEqual(subprocess.run(command, capture_output=True).returncode, 1)
            pathlib.Path(root, "a.h").touch()
            self.assertEqual(subprocess.run(command, capture_output=True).returncode, 0)
            pathlib.Path(root, "a.h").write_text("assert(x);\n")
            broken = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(broken.returncode, 1)
            self.assertTrue(broken.stdout.startswith("a.h:1: "), broken.stdout)


if __name__ == "__main__":
    unittest.main()
