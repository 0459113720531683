"""tools/embed_gpus.py refuses malformed catalogues, so that a build never carries one."""

import copy
import json
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import embed_gpus  # noqa: E402


class EmbedGpus(unittest.TestCase):
    def setUp(self):
        self.document = json.loads((ROOT / "models" / "data" / "gpus.json").read_text(encoding="utf-8"))

    def refused(self, words: str) -> None:
        with self.assertRaises((embed_gpus.MalformedError, KeyError)) as caught:
            embed_gpus.rows_of(self.document)
        self.assertIn(words, str(caught.exception))

    def test_every_entry_is_a_row(self):
        rows = embed_gpus.rows_of(self.document)
        self.assertEqual(len(rows), len(self.document["gpus"]))
        h200 = '{"h200", "H200 SXM 141GB", "nvidia", "hopper", 2024, 141.0, 4800.0, 989.4, 700.0, 80.0, 143771.0, '
        self.assertEqual(sum(h200 in row for row in rows), 1)

    def test_malformed_figures(self):
        for value in (0, -1, "40", True):
            with self.subTest(value=value):
                self.document["gpus"][0]["memory_gb"] = value
                self.refused("k80.memory_gb")

    def test_missing_key(self):
        del self.document["gpus"][0]["idle_w"]
        self.refused("idle_w")

    def test_id_listed_twice(self):
        self.document["gpus"].append(copy.deepcopy(self.document["gpus"][3]))
        self.refused("v100-16: listed twice")

    def test_sources_are_cited(self):
        self.document["gpus"][0]["sources"] = ["NOBODY"]
        self.refused("unknown source NOBODY")
        self.document["gpus"][0]["sources"] = []
        self.refused("no sources")

    def test_wrong_schema(self):
        self.document["schema"] = "other/1"
        self.refused("schema")


if __name__ == "__main__":
    unittest.main()
