#!/usr/bin/env python3
"""Random small worlds through the program, against an independent reference and metamorphic relations.

    metamorphic_test.py BINARY [SEED ...]      exit status 77 = skipped: the shared checker is not there

The checker is tools/metamorphic.py of the shared data (environment variable SEATRIAL_SHARED, else ../shared). A world
costs about 0.6 s of CPU time: SEATRIAL_METAMORPHIC_WORLDS (default 30) sets how many there are, 200 for a campaign.
"""

import os
import subprocess
import sys
from pathlib import Path

WORLDS = "30"
SKIPPED = 77


def shared_folder() -> Path:
    set_by_user = os.environ.get("SEATRIAL_SHARED")
    return Path(set_by_user) if set_by_user else Path(__file__).resolve().parents[3] / "shared"


def main() -> int:
    binary, *seeds = sys.argv[1:]
    checker = shared_folder() / "tools" / "metamorphic.py"
    if not checker.is_file():
        print(f"skipped: no {checker}; set SEATRIAL_SHARED to the folder that holds it")
        return SKIPPED
    worlds = os.environ.get("SEATRIAL_METAMORPHIC_WORLDS", WORLDS)
    for seed in seeds or ["1", "2", "3"]:
        command = [sys.executable, str(checker), "--worlds", worlds, "--seed", seed, "--binary", binary]
        if subprocess.run(command, check=False).returncode != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
