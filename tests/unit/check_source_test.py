"""tools/check_source.py catches each violation that it promises to catch, and leaves good code alone."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import check_source  # noqa: E402

GOOD = """// A thing, used by nobody; keeps nothing.
#pragma once

#include <string_view>
#include <vector>

namespace seatrial {

inline constexpr int kLimit = 3;
extern const std::string_view kText;
const char* const kNames[] = {"a", "b"};
enum class Colour { Red, Green };
class Forward;
using Row = std::vector<int>;

template <class T, class U = int>
struct Pair {
  T first{};
  U second = 0;
  bool operator==(const Pair&) const = default;
  [[nodiscard]] int sum() const { return first + second; }
};

int declared(int a, int b = 2);

// Not TO-DO: "using namespace" in a text is fine, and so is rand() in a comment.
inline int defined() {
  static const std::vector<int> table{1, 2, 3};
  const char* text = R"(using namespace; rand();
    std::random_device)";
  const int big = 1'000'000;
  return big + table[0] + (text != nullptr) + "system_clock"[0];
}

}  // namespace seatrial
"""


def cpp(body: str) -> str:
    return "// Header comment.\n" + body


class CheckCpp(unittest.TestCase):
    def problems(self, text: str, name: str = "sim/a.cpp", header: str = "") -> list[str]:
        path = Path(name)
        return check_source.check_lines(path, text) + check_source.check_cpp(path, text, header)

    def assert_one(self, text: str, words: str, **more) -> None:
        found = self.problems(text, **more)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_good_code_passes(self):
        self.assertEqual(self.problems(GOOD, "sim/a.h"), [])

    def test_header_comment_and_pragma(self):
        self.assert_one("#include <vector>\n", "no header comment")
        self.assert_one(cpp("int f();\n"), "#pragma once", name="sim/a.h")

    def test_long_line_and_long_file(self):
        self.assert_one(cpp("//" + "x" * 118 + "\n//" + "x" * 119 + "\n"), "sim/a.cpp:3: line of 121")
        self.assertEqual(self.problems(cpp("\n" * 499)), [])
        self.assert_one(cpp("\n" * 500), "file of 501 lines")

    def test_long_function(self):
        def function(lines: int) -> str:
            return cpp("namespace seatrial {\nint f(int a) {\n" + "  a += 1;\n" * (lines - 3) + "  return a;\n}\n}\n")

        self.assertEqual(self.problems(function(70)), [])
        self.assert_one(function(71), "sim/a.cpp:3: function of 71 lines")

    def test_long_method_constructor_and_test(self):
        body = "  g();\n" * 80
        heads = [
            "void A::f() const {",
            "A::A(int b) : b_(b), c_{b} {",
            "TEST(Suite, Name) {",
            "bool operator==(A a, A b) {",
            "template <class T> struct B {\nvoid f(T t) {",
        ]
        for head in heads:
            with self.subTest(head=head):
                self.assert_one(cpp(head + "\n" + body + "}\n" * head.count("{\n") + "}\n"), "function of 82 lines")

    def test_long_tables_are_no_functions(self):
        self.assertEqual(self.problems(cpp("const int kTable[] = {\n" + "  1,\n" * 90 + "};\n")), [])

    def test_banned_names(self):
        for line, words in [
            ("int x() { return rand(); }", "rand"),
            ("void x() { srand(1); }", "srand"),
            ("void x() { std::random_device d; }", "random_device"),
            ("#include <random>", "<random>"),
            ("void x() { std::chrono::system_clock::now(); }", "system_clock"),
            ("using namespace std;", "using namespace"),
            ("void x(std::function<void()> f);", "std::function"),
        ]:
            with self.subTest(line=line):
                self.assert_one(cpp(line + "\n"), words)

    def test_function_objects_are_allowed_above_the_core(self):
        self.assertEqual(self.problems(cpp("void x(std::function<void()> f);\n"), "scenarios/a.cpp"), [])

    def test_unfinished(self):
        for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X"):
            self.assert_one(cpp(f"// {word}: later\n"), "unfinished")

    def test_iteration_over_unordered(self):
        loop = "void f() {\n  for (const auto& [k, v] : seen_) g(k);\n}\n"
        map_of_rows = "const std::unordered_map<int, std::vector<int>> seen_;\n"
        self.assert_one(cpp(map_of_rows + loop), "sim/a.cpp:4: iterates")
        self.assert_one(cpp(loop), "seen_", header="class A { std::unordered_set<int> seen_; };")
        alias = "using Map = std::unordered_map<int, int>;\n"
        self.assert_one(cpp(alias + "void f(const Map& seen) {\n  for (auto& p : seen) g(p);\n}\n"), "seen")
        self.assertEqual(self.problems(cpp(loop), header="class A { std::map<int, int> seen_; };"), [])

    def test_mutable_globals(self):
        lines = [
            "int counter = 0;",
            "std::vector<int> all;",
            "static bool done;",
            "std::map<int, A> table{{1, {}}};",
            "thread_local int depth = 0;",
            "inline int shared = 3;",
            "A* current = nullptr;",
        ]
        for line in lines:
            with self.subTest(line=line):
                self.assert_one(cpp("namespace seatrial {\nnamespace {\n" + line + "\n}\n}\n"), "sim/a.cpp:4")

    def test_mutable_function_statics(self):
        counter = "int f() {\n  static int calls = 0;\n  return ++calls;\n}\n"
        self.assert_one(cpp(counter), "sim/a.cpp:3: static variable")

    def test_static_functions_are_no_variables(self):
        self.assertEqual(self.problems(cpp("static int f(int a);\nclass A {\n  static A make(int b);\n};\n")), [])

    def test_signal_flags_are_allowed(self):
        self.assertEqual(self.problems(cpp("volatile std::sig_atomic_t stop = 0;\n")), [])


class CheckTree(unittest.TestCase):
    def problems(self, files: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return check_source.check(Path(folder))

    def test_headers_that_nobody_includes(self):
        header = "// Header comment.\n#pragma once\n"
        user = '// Header comment.\n#include "sim/a.h"\n'
        self.assertEqual(self.problems({"sim/a.h": header, "sim/a.cpp": user}), [])
        found = self.problems({"sim/a.h": header, "sim/b.h": header, "sim/a.cpp": user})
        self.assertEqual(found, ["sim/b.h:1: no file includes this header"])

    def test_scripts(self):
        self.assertEqual(self.problems({"tools/a.py": '#!/usr/bin/env python3\n"""What it does."""\n'}), [])
        self.assertEqual(self.problems({"tools/a.sh": "#!/bin/sh\nls\n"}), ["tools/a.sh:1: no header comment"])
        found = self.problems({"tools/a.py": '"""What."""\n\n\ndef f():\n' + "    g()\n" * 70})
        self.assertEqual(found, ["tools/a.py:4: function of 71 lines, more than 70"])


if __name__ == "__main__":
    unittest.main()
