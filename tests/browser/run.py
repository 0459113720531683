#!/usr/bin/env python3
"""Runs the browser tests of the pages, or says which of node, Chromium and their npm packages is absent (exit 77).

    run.py SEATRIAL BUILD_FOLDER      packages lie in BUILD_FOLDER/browser/node_modules (tools/test.sh puts them there)
"""

import shutil
import subprocess
import sys
from pathlib import Path

SKIPPED = 77


def main() -> int:
    seatrial, build = Path(sys.argv[1]), Path(sys.argv[2])
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    node = shutil.which("node")
    packages = build / "browser"
    absent = [
        name
        for name, here in (
            ("node (Debian package nodejs)", node),
            ("Chromium (Debian package chromium)", browser),
            ("npm packages of tests/browser (tools/test.sh installs them)", (packages / "node_modules").is_dir()),
        )
        if not here
    ]
    if absent:
        print("skipped; absent: " + "; ".join(absent))
        return SKIPPED
    script = Path(__file__).resolve().parent / "pages_test.cjs"
    return subprocess.run([node, script, packages, browser, seatrial], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
