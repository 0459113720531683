"""tools/check_layers.py catches every kind of forbidden include, and only those."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import check_layers  # noqa: E402


class CheckLayers(unittest.TestCase):
    def problems(self, files: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return check_layers.check(Path(folder))

    def assert_one(self, files: dict[str, str], words: str) -> None:
        found = self.problems(files)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_downward_includes_are_allowed(self):
        self.assertEqual(
            self.problems(
                {
                    "sim/a.h": "",
                    "models/b.h": '#include "sim/a.h"\n',
                    "policies/c.h": '#include "models/b.h"\n#include "sim/a.h"\n',
                    "scenarios/d.cpp": '#include "policies/c.h"\n#include <yaml-cpp/yaml.h>\n',
                    "tests/unit/d_test.cpp": '#include <gtest/gtest.h>\n#include "policies/c.h"\n',
                }
            ),
            [],
        )

    def test_upward_include(self):
        self.assert_one({"models/b.h": "", "sim/a.h": '#include "models/b.h"\n'}, "sim may not include models")

    def test_sideways_include(self):
        for layer, other in [("policies", "traces"), ("traces", "reports"), ("reports", "policies")]:
            files = {f"{other}/b.h": "", f"{layer}/a.h": f'#include "{other}/b.h"\n'}
            self.assert_one(files, f"{layer} may not include {other}")

    def test_include_of_nothing(self):
        self.assert_one({"sim/a.h": '#include "b.h"\n'}, "no file of the tree")

    def test_generated_headers_are_known_by_their_template(self):
        self.assertEqual(self.problems({"tools/v.h.in": "", "tools/a.cpp": '#include "tools/v.h"\n'}), [])
        self.assert_one({"tools/v.h.in": "", "models/a.cpp": '#include "tools/v.h"\n'}, "models may not include tools")

    def test_cycle_is_named_in_full(self):
        found = self.problems(
            {"sim/a.h": '#include "sim/b.h"\n', "sim/b.h": '#include "sim/c.h"\n', "sim/c.h": '#include "sim/a.h"\n'}
        )
        self.assertEqual(found, ["cycle: sim/a.h -> sim/b.h -> sim/c.h -> sim/a.h"])

    def chain(self, headers: int) -> dict[str, str]:
        files = {f"sim/h{i}.h": f'#include "sim/h{i + 1}.h"\n' for i in range(1, headers)}
        files[f"sim/h{headers}.h"] = ""
        files["sim/top.cpp"] = '#include "sim/h1.h"\n'
        return files

    def test_depth(self):
        self.assertEqual(self.problems(self.chain(9)), [])
        self.assert_one(self.chain(10), "10 deep")

    def test_number_of_own_headers(self):
        def files(count: int) -> dict[str, str]:
            result = {f"sim/h{i}.h": "" for i in range(count)}
            result["sim/top.cpp"] = "".join(f'#include "sim/h{i}.h"\n' for i in range(count))
            return result

        self.assertEqual(self.problems(files(25)), [])
        self.assert_one(files(26), "26 own headers")

    def test_libraries_stay_in_their_places(self):
        for name, header in [
            ("traces/a.cpp", "yaml-cpp/yaml.h"),
            ("tests/unit/a_test.cpp", "yaml-cpp/yaml.h"),
            ("reports/summary.cpp", "nlohmann/json.hpp"),
            ("models/catalog.cpp", "nlohmann/json.hpp"),
            ("scenarios/a.cpp", "CLI/CLI.hpp"),
            ("models/a.h", "Eigen/Dense"),
            ("scenarios/a.cpp", "boost/graph/adjacency_list.hpp"),
            ("sim/a.cpp", "simgrid/s4u.hpp"),
            ("policies/a.cpp", "cuda_runtime.h"),
            ("sim/a.cpp", "gtest/gtest.h"),
        ]:
            with self.subTest(name=name, header=header):
                self.assert_one({name: f"#include <{header}>\n"}, header)

    def test_libraries_in_their_places_are_allowed(self):
        for name, header in [
            ("models/gpu_catalog_json.cpp", "nlohmann/json.hpp"),
            ("reports/write_json.cpp", "nlohmann/json.hpp"),
            ("tools/seatrial.cpp", "CLI/CLI.hpp"),
            ("models/fit.cpp", "Eigen/Dense"),
            ("tools/calibrate/probe.cu", "cuda_runtime.h"),
        ]:
            with self.subTest(name=name, header=header):
                self.assertEqual(self.problems({name: f"#include <{header}>\n"}), [])

    def test_includes_in_comments_do_not_count(self):
        self.assertEqual(self.problems({"sim/a.h": '// #include "models/b.h"\n/*\n#include <CLI/CLI.hpp>\n*/\n'}), [])


if __name__ == "__main__":
    unittest.main()
