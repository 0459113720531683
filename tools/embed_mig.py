#!/usr/bin/env python3
"""Writes the MIG catalogue as C++ rows (models/mig_catalog_rows.h); the build runs it when the data changes.

    embed_mig.py models/data/mig.json OUTPUT.cpp      exit status 1 and a message if the data is malformed
"""

import json
import re
import sys
from pathlib import Path

from embed_gpus import MalformedError, figure, text

MAX_MEMORY_SLICES = 16
MAX_PLACEMENTS = 32  # of a family: a set of instances is one 32-bit word
NAME = re.compile(r"[1-9][0-9]*g\.[1-9][0-9]*gb(\+me)?")


def count(value: object, high: int, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= high:
        raise MalformedError(f"{where}: expected an integer from 1 to {high}")
    return value


def optional_count(value: object, where: str) -> int:
    """0 for null; a profile id of 0 is therefore written as itself and told apart by its own rule."""
    return 0 if value is None else count(value, 1_000_000, where)


def starts_of(profile: dict, memory_slices: int, where: str) -> list[int]:
    """The legal starts, ascending; every placement of a profile has the same size."""
    starts = []
    for start, size in profile["placements"]:
        if size != profile["memory_slices"]:
            raise MalformedError(f"{where}: a placement's size differs from memory_slices")
        if not isinstance(start, int) or not 0 <= start <= memory_slices - size:
            raise MalformedError(f"{where}: a placement leaves the GPU")
        starts.append(start)
    if not starts or starts != sorted(set(starts)):
        raise MalformedError(f"{where}: placements must be ascending, each once")
    return starts


def profile_row(profile: dict, family: dict, family_id: str) -> str:
    name = text(profile["name"], f"{family_id}.profiles.name")
    where = f"{family_id}.{name}"
    if not NAME.fullmatch(name) or not isinstance(profile["media"], bool) or name.endswith("+me") != profile["media"]:
        raise MalformedError(f"{where}: malformed name, or media does not agree with it")
    compute = count(profile["compute_slices"], family["compute_slices"], f"{where}.compute_slices")
    if not name.startswith(f"{compute}g."):
        raise MalformedError(f"{where}: the name disagrees with compute_slices")
    memory = count(profile["memory_slices"], family["memory_slices"], f"{where}.memory_slices")
    starts = starts_of(profile, family["memory_slices"], where)
    largest = count(profile["max_instances"], len(starts), f"{where}.max_instances")
    profile_id = profile["profile_id"]
    if profile_id is not None and (isinstance(profile_id, bool) or not isinstance(profile_id, int) or profile_id < 0):
        raise MalformedError(f"{where}.profile_id: expected an integer from 0, or null")
    cells = [
        json.dumps(name),
        str(-1 if profile_id is None else profile_id),
        str(compute),
        str(memory),
        str(largest),
        "true" if profile["media"] else "false",
        str(sum(1 << start for start in starts)) + "U",
        str(count(profile["memory_gb_nominal"], 100_000, f"{where}.memory_gb_nominal")),
        figure(profile["memory_gib_reported"], f"{where}.memory_gib_reported"),
        str(optional_count(profile["sm_count"], f"{where}.sm_count")),
        str(optional_count(profile["copy_engines"], f"{where}.copy_engines")),
        json.dumps(text(profile["evidence"], f"{where}.evidence")),
    ]
    return "    {" + ", ".join(cells) + "},\n"


def family_rows(family_id: str, family: dict, index: int) -> tuple[str, str]:
    """The rows of a family's profiles as a table, and the family's own row that names the table."""
    count(family["memory_slices"], MAX_MEMORY_SLICES, f"{family_id}.memory_slices")
    count(family["compute_slices"], family["memory_slices"], f"{family_id}.compute_slices")
    profiles = family["profiles"]
    names = [profile["name"] for profile in profiles]
    if len(set(names)) != len(names):
        raise MalformedError(f"{family_id}: a profile is listed twice")
    if sum(len(profile["placements"]) for profile in profiles) > MAX_PLACEMENTS:
        raise MalformedError(f"{family_id}: more than {MAX_PLACEMENTS} placements")
    table = f"constexpr MigProfileRow kProfiles{index}[] = {{\n"
    table += "".join(profile_row(profile, family, family_id) for profile in profiles) + "};\n"
    lists = [json.dumps("|".join(text(entry, f"{family_id}.{key}") for entry in family[key])) for key in LISTS]
    cells = [json.dumps(family_id), *lists, str(optional_count(family["total_sm"], f"{family_id}.total_sm"))]
    cells += [str(family["compute_slices"]), str(family["memory_slices"]), f"kProfiles{index}"]
    return table, "    {" + ", ".join(cells) + "},\n"


LISTS = ("gpus", "products", "pci_ids")


def rows_of(document: dict) -> tuple[list[str], list[str]]:
    if document["schema"] != "seatrial.mig_catalog/1":
        raise MalformedError("schema: expected seatrial.mig_catalog/1")
    families = document["families"]
    for key in LISTS:
        entries = [entry for family in families.values() for entry in family[key]]
        if len(set(entries)) != len(entries):
            raise MalformedError(f"{key}: an entry belongs to two families")
    rows = [family_rows(family_id, family, index) for index, (family_id, family) in enumerate(families.items())]
    return [table for table, _ in rows], [row for _, row in rows]


def main() -> int:
    source, output = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        tables, rows = rows_of(json.loads(source.read_text(encoding="utf-8")))
    except (MalformedError, KeyError, TypeError, ValueError) as error:
        print(f"{source}: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(
        "// Generated from models/data/mig.json by tools/embed_mig.py.\n"
        '#include "models/mig_catalog_rows.h"\n\n#include <limits>\n\nnamespace seatrial {\nnamespace {\n\n'
        "constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();\n"
        f"{''.join(tables)}constexpr MigFamilyRow kRows[] = {{\n{''.join(rows)}}};\n\n}}  // namespace\n\n"
        "constinit const std::span<const MigFamilyRow> kMigFamilyRows(kRows);\n\n}  // namespace seatrial\n",
        encoding="utf-8",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
