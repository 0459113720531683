"""tools/embed_mig.py refuses malformed MIG catalogues, so that a build never carries one."""

import json
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import embed_mig  # noqa: E402
from embed_gpus import MalformedError  # noqa: E402


class EmbedMig(unittest.TestCase):
    def setUp(self):
        self.document = json.loads((ROOT / "models" / "data" / "mig.json").read_text(encoding="utf-8"))
        self.family = self.document["families"]["a100-40"]
        self.profile = self.family["profiles"][0]

    def refused(self, words: str) -> None:
        with self.assertRaises((MalformedError, KeyError)) as caught:
            embed_mig.rows_of(self.document)
        self.assertIn(words, str(caught.exception))

    def test_every_family_and_profile_is_a_row(self):
        tables, rows = embed_mig.rows_of(self.document)
        self.assertEqual(len(rows), len(self.document["families"]))
        profiles = sum(len(family["profiles"]) for family in self.document["families"].values())
        self.assertEqual(sum(table.count('    {"') for table in tables), profiles)

    def test_gpus_are_of_the_gpu_catalogue(self):
        catalogue = json.loads((ROOT / "models" / "data" / "gpus.json").read_text(encoding="utf-8"))
        known = {gpu["id"] for gpu in catalogue["gpus"]}
        named = {gpu for family in self.document["families"].values() for gpu in family["gpus"]}
        self.assertLessEqual(named, known)

    def test_placements_stay_on_the_gpu(self):
        self.profile["placements"] = [[8, 1]]
        self.refused("a placement leaves the GPU")
        self.profile["placements"] = [[-1, 1]]
        self.refused("a placement leaves the GPU")

    def test_placements_have_the_size_of_the_profile(self):
        self.profile["placements"] = [[0, 2]]
        self.refused("size differs")

    def test_placements_are_ascending(self):
        self.profile["placements"] = [[1, 1], [0, 1]]
        self.refused("ascending")
        self.profile["placements"] = []
        self.refused("ascending")

    def test_names_agree_with_slices_and_media(self):
        self.profile["name"] = "2g.5gb"
        self.refused("the name disagrees")
        self.profile["name"] = "1g.6gb+me"
        self.refused("media")
        self.profile["name"] = '1g.5gb"'
        self.refused("malformed name")

    def test_counts(self):
        for value in (0, 8, True, "7", 1.5):
            with self.subTest(value=value):
                self.profile["max_instances"] = value
                self.refused("max_instances")

    def test_profiles_are_listed_once(self):
        self.family["profiles"][2]["name"] = self.profile["name"]
        self.refused("listed twice")

    def test_gpus_belong_to_one_family(self):
        self.family["gpus"].append("a30")
        self.refused("two families")

    def test_placements_fit_one_word(self):
        for _ in range(3):
            extra = dict(self.profile)
            extra["name"] = f"1g.{100 + len(self.family['profiles'])}gb"
            self.family["profiles"].append(extra)
        self.refused("more than 32 placements")

    def test_wrong_schema(self):
        self.document["schema"] = "other/1"
        self.refused("schema")


if __name__ == "__main__":
    unittest.main()
