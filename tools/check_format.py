#!/usr/bin/env python3
"""Checks that clang-format would change nothing.

    check_format.py [--fix]     exit status 0 = all well, 1 = differences, 77 = no clang-format (ctest: skipped)
"""

import shutil
import subprocess
import sys
from pathlib import Path

from source_tree import cpp_files


def main() -> int:
    program = shutil.which("clang-format")
    if program is None:
        print("clang-format is absent")
        return 77
    root = Path(__file__).resolve().parent.parent
    mode = ["-i"] if "--fix" in sys.argv[1:] else ["--dry-run", "-Werror", "--ferror-limit=20"]
    files = [str(path) for path in cpp_files(root)]
    return 1 if subprocess.run([program, *mode, *files], cwd=root, check=False).returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
