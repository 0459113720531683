#!/usr/bin/env python3
"""Checks who includes whom: the layer order, no cycles, and where each library may appear.

    check_layers.py [ROOT]      exit status 0 = all well, 1 = violations, one line each
"""

import re
import sys
from pathlib import Path

from source_tree import LAYERS, cpp_files, without_literals

MAX_DEPTH = 9  # own headers in a row, below a .cpp
MAX_OWN_HEADERS = 25  # that one .cpp includes itself

# Layer -> the layers it may include besides itself.
MAY_INCLUDE = {
    "sim": set(),
    "models": {"sim"},
    "policies": {"sim", "models"},
    "traces": {"sim", "models"},
    "reports": {"sim", "models"},
    "scenarios": {"sim", "models", "policies", "traces", "reports"},
    "tools": {"sim", "models", "policies", "traces", "reports", "scenarios"},
    "tests": {"sim", "models", "policies", "traces", "reports", "scenarios"},
}

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def _heavy(path: Path) -> bool:
    return path.parts[0] in ("models", "tools") and path.suffix in (".cpp", ".cu")


# Pattern of a library's headers, who may include them, in words.
LIBRARIES = [
    (re.compile(r"yaml-cpp/"), lambda path: path.parts[0] == "scenarios", "yaml-cpp belongs to scenarios"),
    (
        re.compile(r"nlohmann/"),
        lambda path: path.parts[0] in ("scenarios", "traces", "tools", "tests")
        or path.name.endswith(("_json.cpp", "_json.h")),
        "nlohmann/json belongs to scenarios, traces, tools, tests and *_json.cpp and .h",
    ),
    (re.compile(r"CLI/"), lambda path: path.parts[0] == "tools", "CLI11 belongs to tools"),
    (
        re.compile(r"(boost|Eigen|simgrid|coin)/|(cuda|cublas|cupti|nccl|nvml)\w*\.h"),
        _heavy,
        "heavy libraries belong to .cpp and .cu files of models and tools",
    ),
    (re.compile(r"(gtest|gmock|benchmark)/"), lambda path: path.parts[0] == "tests", "test libraries belong to tests"),
]


def includes_of(text: str) -> list[tuple[str, str]]:
    """(bracket, name) of each include of a file's text."""
    return _INCLUDE.findall(without_literals(text, keep_strings=True))


def check_edges(path: Path, includes: list[tuple[str, str]], known: set[Path]) -> list[str]:
    problems = []
    layer = path.parts[0]
    own = 0
    for bracket, name in includes:
        for pattern, allowed, words in LIBRARIES:
            if pattern.match(name) and not allowed(path):
                problems.append(f"{path}: includes {name}: {words}")
        if bracket == "<":
            continue
        own += 1
        target = Path(name)
        if target not in known:
            if not any(pattern.match(name) for pattern, _, _ in LIBRARIES):
                problems.append(f'{path}: includes "{name}", which is no file of the tree (write paths from the root)')
            continue
        if target.parts[0] != layer and target.parts[0] not in MAY_INCLUDE[layer]:
            problems.append(f"{path}: includes {name}: {layer} may not include {target.parts[0]}")
    if path.suffix != ".h" and own > MAX_OWN_HEADERS:
        problems.append(f"{path}: includes {own} own headers, more than {MAX_OWN_HEADERS}")
    return problems


def check_cycles_and_depth(graph: dict[Path, list[Path]]) -> list[str]:
    """Depth-first search: a file met again on the way down closes a cycle; else depths add up."""
    problems = []
    depth: dict[Path, int] = {}

    def descend(path: Path, way: list[Path]) -> int:
        if path in way:
            cycle = way[way.index(path) :] + [path]
            problems.append("cycle: " + " -> ".join(str(step) for step in cycle))
            return 0
        if path not in depth:
            below = [descend(target, way + [path]) for target in graph[path]]
            depth[path] = 1 + max(below, default=0)
        return depth[path]

    for path in sorted(graph):
        own_depth = descend(path, []) - 1
        if path.suffix != ".h" and own_depth > MAX_DEPTH:
            problems.append(f"{path}: includes are nested {own_depth} deep, more than {MAX_DEPTH}")
    return problems


def generated_headers(root: Path) -> set[Path]:
    """Headers that the build writes from a template NAME.h.in."""
    return {path.relative_to(root).with_suffix("") for layer in LAYERS for path in (root / layer).rglob("*.h.in")}


def check(root: Path) -> list[str]:
    files = set(cpp_files(root))
    known = files | generated_headers(root)
    problems = []
    graph = {}
    for path in sorted(files):
        includes = includes_of((root / path).read_text(encoding="utf-8"))
        problems += check_edges(path, includes, known)
        graph[path] = [Path(name) for bracket, name in includes if bracket == '"' and Path(name) in files]
    return problems + check_cycles_and_depth(graph)


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    problems = check(root)
    for problem in problems:
        print(problem)
    print(f"check_layers: {len(problems)} problems in {len(cpp_files(root))} files")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
