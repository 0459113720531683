#!/usr/bin/env python3
"""Checks what no compiler does: lengths, header comments, banned names, unordered iteration, unused headers, globals.

    check_source.py [ROOT]      exit status 0 = all well, 1 = violations, one line each

Works on text, not on a syntax tree: globals and iteration are found by their usual spelling only.
"""

import ast
import re
import sys
from pathlib import Path

from source_tree import cpp_files, script_files, without_literals

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 70
MAX_COLUMNS = 120

# Pattern, reason, layers (None: all). Matched on code without comments and strings.
BANNED = [
    (re.compile(r"\bs?rand\s*\("), "draw from a named stream (sim/random.h)", None),
    (re.compile(r"\brandom_device\b"), "draw from a named stream (sim/random.h)", None),
    (re.compile(r"#\s*include\s*<random>"), "its distributions differ between libraries; use sim/random.h", None),
    (re.compile(r"\bsystem_clock\b"), "results may not depend on the time of day", None),
    (re.compile(r"\busing\s+namespace\b"), "name what is used", None),
    (re.compile(r"\bstd::function\b"), "too slow for the core", ("sim", "models", "policies")),
]
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")

_UNORDERED = r"(?:std::)?unordered_(?:multi)?(?:map|set)\b"
_SCOPE = re.compile(r"^(?:inline\s+|export\s+)*(?:namespace|class|struct|union|enum|extern)\b")
_NOT_A_VARIABLE = re.compile(
    r"^(?:using|typedef|namespace|template|class|struct|union|enum|friend|static_assert|extern|return|public|private)\b"
    r"|\b(?:const|constexpr|consteval|operator|sig_atomic_t)\b"
)
_VARIABLE = re.compile(r"^(?:(?:static|inline|thread_local|constinit)\s+)*[\w:]+(?:<.*>)?[\s*&]+\w+(?:\s*\[[^]]*\])*$")
_LOCAL_STATIC = re.compile(r"(?:^|[;{}])\s*(?:static|thread_local)\s+(?!.*\b(?:const|constexpr)\b)[^;({=]*[;({=]")

# The only objects of static duration that are not const, with their reason.
ALLOWED_GLOBALS = {
    "sim/check.cpp": "what the thread is doing, for the message of a failed CHECK",
    "tools/console.cpp": "what a signal handler must reach",
    "tests/faults/allocation_test.cpp": "what operator new must reach",
    "reports/file_layer.cpp": "the real system calls as an object; it has no state",
}


def strip_templates(text: str) -> str:
    """Takes away leading `template <...>` clauses."""
    while text.startswith("template"):
        depth = 0
        for at, char in enumerate(text):
            depth += (char == "<") - (char == ">")
            if char == ">" and depth == 0:
                text = text[at + 1 :].lstrip()
                break
        else:
            return text
    return text


def outside_parentheses(text: str) -> str:
    depth = 0
    kept = []
    for char in text:
        depth += char == "("
        if depth == 0:
            kept.append(char)
        depth -= char == ")"
    return "".join(kept)


def kind_of_block(head: str) -> str:
    """What a `{` opens, from the text before it: scope, function or value."""
    head = re.sub(r"\[\[.*?\]\]", "", head).strip()
    head = strip_templates(re.sub(r"^(?:public|private|protected)\s*:", "", head).strip())
    if _SCOPE.match(head) and "(" not in head.split("{")[0].replace("alignas(", ""):
        return "namespace" if "namespace" in head or head.startswith("extern") else "class"
    bare = re.sub(r"operator\s*[^\s(]+", "operator", head)
    if ")" in bare and "=" not in outside_parentheses(bare):
        return "function"
    return "value"


class Blocks:
    """Walks the braces of a file: lengths of functions, and the statements at namespace scope."""

    def __init__(self, code: str):
        self.functions: list[tuple[int, int]] = []  # first line, number of lines
        self.statements: list[tuple[int, str]] = []  # line, text up to `;` or to the brace of an initialiser
        self._walk("\n".join(line for line in self._without_directives(code)))

    @staticmethod
    def _without_directives(code: str):
        continued = False
        for line in code.split("\n"):
            directive = continued or line.lstrip().startswith("#")
            continued = directive and line.endswith("\\")
            yield "" if directive else line

    def _walk(self, code: str) -> None:
        stack: list[tuple[str, int, str]] = []  # kind, first line, text before the brace
        head = ""
        closed = ""  # text before the function body that ended just now
        line = 1
        for char in code:
            line += char == "\n"
            if closed and not char.isspace():
                if char in ",{":  # it was no body but the brace of a constructor's initialiser
                    self.functions.pop()
                    head = closed
                closed = ""
            if char == "{":
                outer = stack[-1][0] if stack else "namespace"
                kind = kind_of_block(head) if outer in ("namespace", "class") else "inner"
                if kind == "value" and outer == "namespace":
                    self.statements.append((line, head.strip()))
                stack.append((kind, line - head.lstrip().count("\n"), head))
                head = ""
            elif char == "}":
                kind, first, before = stack.pop() if stack else ("", line, "")
                if kind == "function":
                    self.functions.append((first, line - first + 1))
                    closed = before
                head = "=" if kind == "value" else ""
            elif char == ";":
                if not stack or stack[-1][0] == "namespace":
                    self.statements.append((line, head.strip()))
                head = ""
            else:
                head += char


def check_globals(path: Path, code: str, statements: list[tuple[int, str]]) -> list[str]:
    if path.as_posix() in ALLOWED_GLOBALS:
        return []
    problems = []
    for line, statement in statements:
        declared = re.sub(r"\s+", " ", statement.split("=")[0]).strip()
        if declared and not _NOT_A_VARIABLE.search(declared) and _VARIABLE.match(declared):
            problems.append(f"{path}:{line}: global variable `{declared}` is not const")
    for match in _LOCAL_STATIC.finditer(code):
        text = re.sub(r"\s+", " ", match.group(0).lstrip(";{} \n\t"))
        if text.endswith("(") or "sig_atomic_t" in text:
            continue  # a function
        line = code.count("\n", 0, match.end()) + 1
        problem = f"{path}:{line}: static variable `{text[:-1].strip()}` is not const"
        if not any(other.startswith(f"{path}:{line}: ") for other in problems):
            problems.append(problem)
    return problems


def unordered_names(code: str) -> set[str]:
    aliases = set(re.findall(rf"\busing\s+(\w+)\s*=\s*{_UNORDERED}", code))
    types = "|".join([_UNORDERED, *(rf"\b{alias}\b" for alias in sorted(aliases))])
    names = set()
    for match in re.finditer(types, code):
        at = match.end()
        depth = 0
        while at < len(code) and (depth > 0 or code[at] == "<"):
            depth += (code[at] == "<") - (code[at] == ">")
            at += 1
        name = re.match(r"[\s&*]*(\w+)\s*[;={(,)]", code[at:])
        if name:
            names.add(name.group(1))
    return names


def check_unordered(path: Path, code: str, names: set[str]) -> list[str]:
    problems = []
    for match in re.finditer(r"\bfor\s*\([^;]*?[^:]:(?!:)\s*([^;{]*?)\)\s*[\w{]", code):
        last = re.search(r"(\w+)\s*$", match.group(1))
        if last and last.group(1) in names:
            line = code.count("\n", 0, match.start()) + 1
            problems.append(f"{path}:{line}: iterates over the unordered container `{last.group(1)}`")
    return problems


def check_cpp(path: Path, text: str, header_code: str = "") -> list[str]:
    """header_code: of the .h beside a .cpp, for the members it declares."""
    problems = []
    code = without_literals(text)
    if not text.startswith("//"):
        problems.append(f"{path}:1: no header comment (what it is, who uses it, which invariant it keeps)")
    if path.suffix == ".h" and "#pragma once" not in code:
        problems.append(f"{path}:1: no #pragma once")
    for number, line in enumerate(code.split("\n"), 1):
        for pattern, reason, layers in BANNED:
            if pattern.search(line) and (layers is None or path.parts[0] in layers):
                problems.append(f"{path}:{number}: banned `{pattern.search(line).group(0).strip()}`: {reason}")
    blocks = Blocks(code)
    for first, lines in blocks.functions:
        if lines > MAX_FUNCTION_LINES:
            problems.append(f"{path}:{first}: function of {lines} lines, more than {MAX_FUNCTION_LINES}")
    problems += check_globals(path, code, blocks.statements)
    return problems + check_unordered(path, code, unordered_names(code) | unordered_names(header_code))


def check_script(path: Path, text: str) -> list[str]:
    problems = []
    lines = text.split("\n")
    first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
    if not first.startswith(("#", '"""')):
        problems.append(f"{path}:1: no header comment")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = node.end_lineno - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    problems.append(f"{path}:{node.lineno}: function of {length} lines, more than {MAX_FUNCTION_LINES}")
    return problems


def check_lines(path: Path, text: str) -> list[str]:
    problems = []
    lines = text.split("\n")
    if len(lines) - 1 > MAX_FILE_LINES:
        problems.append(f"{path}:1: file of {len(lines) - 1} lines, more than {MAX_FILE_LINES}")
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            problems.append(f"{path}:{number}: line of {len(line)} columns, more than {MAX_COLUMNS}")
        if UNFINISHED.search(line) and not path.name.startswith("check_source"):
            problems.append(f"{path}:{number}: unfinished: {UNFINISHED.search(line).group(0)}")
    return problems


def check_unused_headers(texts: dict[Path, str]) -> list[str]:
    included = set()
    for path, text in texts.items():
        for name in re.findall(r'^\s*#\s*include\s*"([^"]+)"', text, re.MULTILINE):
            if Path(name) != path:
                included.add(Path(name))
    return [f"{path}:1: no file includes this header" for path in texts if path.suffix == ".h" and path not in included]


def check(root: Path) -> list[str]:
    problems = []
    texts = {path: (root / path).read_text(encoding="utf-8") for path in cpp_files(root)}
    for path, text in texts.items():
        header = texts.get(path.with_suffix(".h"), "") if path.suffix != ".h" else ""
        problems += check_lines(path, text) + check_cpp(path, text, without_literals(header))
    for path in script_files(root):
        text = (root / path).read_text(encoding="utf-8")
        problems += check_lines(path, text) + check_script(path, text)
    return problems + check_unused_headers(texts)


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    problems = check(root)
    for problem in problems:
        print(problem)
    print(f"check_source: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
