#!/usr/bin/env python3
"""Checks the Markdown files: links to files exist, and code blocks taken from the tree equal their source.

    check_docs.py [--fix] [ROOT]      exit status 0 = all well, 1 = violations, one line each

A block is taken from the tree if the line before it (blank lines apart) is `<!-- snippet: FILE NAME -->`; its source
is what FILE has between `// [NAME]` and `// [/NAME]` (`#` in place of `//` in scripts and YAML). --fix rewrites blocks.
"""

import re
import sys
import textwrap
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
SNIPPET = re.compile(
    r"^(<!-- snippet: (?P<file>\S+) (?P<name>\S+) -->\n+```\w*\n)(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE
)


def documents(root: Path) -> list[Path]:
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def source_of(root: Path, file: str, name: str) -> str | None:
    """The marked lines without common indentation, or None."""
    path = root / file
    if not path.is_file():
        return None
    marks = rf"^[ \t]*(?://|#) \[{re.escape(name)}\]\n(.*?)^[ \t]*(?://|#) \[/{re.escape(name)}\]$"
    found = re.search(marks, path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return textwrap.dedent(found.group(1)) if found else None


def check_links(root: Path, path: Path, text: str) -> list[str]:
    problems = []
    prose = CODE.sub(lambda block: "\n" * block.group(0).count("\n"), text)
    for number, line in enumerate(prose.split("\n"), 1):
        for target in LINK.findall(line):
            if re.match(r"[a-z]+:|#", target):
                continue
            if not (path.parent / target.split("#")[0]).exists():
                problems.append(f"{path.relative_to(root)}:{number}: dead link {target}")
    return problems


def check_snippets(root: Path, path: Path, text: str, fix: bool) -> list[str]:
    problems = []

    def replace(match: re.Match) -> str:
        source = source_of(root, match["file"], match["name"])
        line = text.count("\n", 0, match.start()) + 1
        if source is None:
            problems.append(f"{path.relative_to(root)}:{line}: no snippet {match['name']} in {match['file']}")
        elif source != match["code"] and not fix:
            problems.append(f"{path.relative_to(root)}:{line}: differs from {match['name']} in {match['file']} (--fix)")
        return match.group(0) if source is None else f"{match.group(1)}{source}```"

    fixed = SNIPPET.sub(replace, text)
    if fix and fixed != text:
        path.write_text(fixed, encoding="utf-8")
    return problems


def check(root: Path, fix: bool = False) -> list[str]:
    problems = []
    for path in documents(root):
        text = path.read_text(encoding="utf-8")
        problems += check_links(root, path, text) + check_snippets(root, path, text, fix)
    return problems


def main() -> int:
    arguments = [argument for argument in sys.argv[1:] if argument != "--fix"]
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    problems = check(root, fix="--fix" in sys.argv[1:])
    for problem in problems:
        print(problem)
    print(f"check_docs: {len(problems)} problems in {len(documents(root))} files")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
