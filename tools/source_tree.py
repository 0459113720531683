"""The source files of the tree, and their text without comments and literals. Used by check_layers and check_source."""

import re
from pathlib import Path

LAYERS = ("sim", "models", "policies", "traces", "reports", "scenarios", "tools", "tests")
CPP_SUFFIXES = (".h", ".cpp", ".cu")

# A comment, a raw string, a string or a character; a digit separator (1'000) is none of them.
_LITERAL = re.compile(
    r"""//[^\n]*|/\*.*?\*/"""
    r"""|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)\""""
    r"""|"(?:\\.|[^"\\\n])*\""""
    r"""|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)


def cpp_files(root: Path) -> list[Path]:
    """Every C++ and CUDA file of the layers, as paths relative to root, sorted."""
    found = []
    for layer in LAYERS:
        for path in sorted((root / layer).rglob("*")):
            if path.suffix in CPP_SUFFIXES and path.is_file():
                found.append(path.relative_to(root))
    return found


def script_files(root: Path) -> list[Path]:
    """Python, shell and CMake files, relative to root, sorted."""
    found = [path for path in (root / "CMakeLists.txt", root / ".ci" / "run") if path.is_file()]
    for folder in (*LAYERS, "cmake"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and (path.suffix in (".py", ".sh", ".cmake") or path.name == "CMakeLists.txt"):
                found.append(path)
    return [path.relative_to(root) for path in found]


def without_literals(text: str, keep_strings: bool = False) -> str:
    """Comments become blanks, strings become "" (unless kept); line numbers stay."""

    def blank(match: re.Match) -> str:
        whole = match.group(0)
        newlines = "\n" * whole.count("\n")
        if whole.startswith("/"):
            return " " + newlines
        return whole if keep_strings else '""' + newlines

    return _LITERAL.sub(blank, text)
