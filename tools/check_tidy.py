#!/usr/bin/env python3
"""Runs clang-tidy on every .cpp of the layers (not of tests) that changed since it last passed.

    check_tidy.py --build FOLDER [--jobs N] [--changed REVISION] [FILE...]

FOLDER holds compile_commands.json. A file that passed is remembered in the user's cache folder by a hash of itself, the
headers of the tree that it sees, its command and the settings, so that a clone does not ask again what another has
asked. --changed: only files that differ from that revision. Exit status 0 = all well, 1 = findings, 77 = no clang-tidy
(ctest: skipped).
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from check_layers import includes_of

LAYERS = ("sim", "models", "policies", "traces", "reports", "scenarios", "tools")


# Warnings that only g++ knows may be named in the commands.
GCC_ONLY = "--extra-arg=-Wno-unknown-warning-option"


def closure(root: Path, path: Path) -> list[Path]:
    """The file and every header of the tree that it includes, directly or not, sorted."""
    seen = {path}
    waiting = [path]
    while waiting:
        for bracket, name in includes_of((root / waiting.pop()).read_text(encoding="utf-8")):
            target = Path(name)
            if bracket == '"' and target not in seen and (root / target).is_file():
                seen.add(target)
                waiting.append(target)
    return sorted(seen)


def fingerprint(root: Path, path: Path, common: bytes, command: str) -> str:
    digest = hashlib.sha256(common + command.encode())
    for part in closure(root, path):
        digest.update(str(part).encode() + b"\0" + (root / part).read_bytes())
    return digest.hexdigest()


def commands_of(root: Path, build: Path) -> dict[Path, str]:
    """Source file relative to root -> its compile command, for the layers."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = Path(entry["file"])
        if path.is_relative_to(root) and path.relative_to(root).parts[0] in LAYERS:
            found[path.relative_to(root)] = entry["command"]
    return found


def changed_since(root: Path, revision: str) -> set[Path]:
    command = ["git", "diff", "--name-only", revision]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return {Path(line) for line in done.stdout.splitlines()}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--changed", metavar="REVISION")
    parser.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args()
    program = shutil.which("clang-tidy")
    if program is None:
        print("clang-tidy is absent")
        return 77
    root = Path(__file__).resolve().parent.parent
    version = subprocess.run([program, "--version"], capture_output=True, check=True).stdout
    common = version + (root / ".clang-tidy").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "seatrial" / "tidy-passed"
    cache.mkdir(parents=True, exist_ok=True)
    commands = commands_of(root, arguments.build)
    wanted = arguments.files or sorted(commands)
    if arguments.changed:
        changed = changed_since(root, arguments.changed)
        wanted = [path for path in wanted if path in changed]

    def run(path: Path) -> tuple[Path, str]:
        stamp = cache / fingerprint(root, path, common, commands[path].replace(str(root), "."))
        if stamp.exists():
            return path, ""
        done = subprocess.run(
            [program, "--quiet", GCC_ONLY, "-p", str(arguments.build), str(root / path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode == 0:
            stamp.touch()
            return path, ""
        return path, done.stdout + done.stderr

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for path, output in pool.map(run, wanted):
            if output:
                failed += 1
                print(f"{path}:\n{output}")
    print(f"clang-tidy: {failed} of {len(wanted)} files with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
