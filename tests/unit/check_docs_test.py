"""tools/check_docs.py finds dead links and stale code blocks, and repairs the latter."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import check_docs  # noqa: E402

SOURCE = "// Header.\n  // [example]\n  int f() {\n    return 1;\n  }\n  // [/example]\n"
SNIPPET = "<!-- snippet: a.cpp example -->\n```cpp\n"


class CheckDocs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "a.cpp").write_text(SOURCE, encoding="utf-8")

    def problems(self, text: str, fix: bool = False) -> list[str]:
        (self.root / "README.md").write_text(text, encoding="utf-8")
        return check_docs.check(self.root, fix)

    def test_links(self):
        self.assertEqual(self.problems("[a](a.cpp) [b](a.cpp#part) [c](https://example.org/x) [d](#below)\n"), [])
        self.assertEqual(self.problems("x\n[a](b.cpp)\n"), ["README.md:2: dead link b.cpp"])
        self.assertEqual(self.problems("```cpp\na[i](b);\n```\n"), [])

    def test_equal_snippet(self):
        self.assertEqual(self.problems(SNIPPET + "int f() {\n  return 1;\n}\n```\n"), [])

    def test_stale_snippet_is_found_and_fixed(self):
        stale = SNIPPET + "int f() { return 2; }\n```\nafter\n"
        self.assertEqual(self.problems(stale), ["README.md:1: differs from example in a.cpp (--fix)"])
        self.assertEqual(self.problems(stale, fix=True), [])
        fixed = (self.root / "README.md").read_text(encoding="utf-8")
        self.assertEqual(fixed, SNIPPET + "int f() {\n  return 1;\n}\n```\nafter\n")

    def test_snippet_without_source(self):
        found = self.problems("<!-- snippet: a.cpp other -->\n```cpp\n```\n")
        self.assertEqual(found, ["README.md:1: no snippet other in a.cpp"])


if __name__ == "__main__":
    unittest.main()
