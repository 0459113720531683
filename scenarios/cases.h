// The cases of a comparison: settings that change the jobs make another case, not another alternative, because jobs of
// different traces cannot be paired. Alternatives are compared within each case. Cases come from the scenario's
// `compare: cases:` (several settings under one name) and from axes below `workload`, `seed` and `replicate`. Used by
// compare.h.
#pragma once

#include <string>
#include <vector>

#include "scenarios/axes.h"

namespace seatrial {

class Problems;

// Settings that belong together, by a name.
struct NamedSettings {
  std::string name;
  std::vector<Setting> settings;
};

struct CaseGrid {
  std::vector<NamedSettings> cases;                // empty: all points are alternatives of one comparison
  std::vector<std::vector<Setting>> alternatives;  // of each case; the last axis fastest
  std::vector<std::vector<Setting>> points;        // case by case: its settings, then the alternative's
};

// Does a setting change the jobs, and not only what becomes of them?
[[nodiscard]] bool changes_jobs(const std::string& path);

// Axes that change the jobs make cases only beside others that vary; alone they are compared themselves. Problems where
// there are too many points, a path varies twice, or named cases leave nothing to compare.
[[nodiscard]] CaseGrid case_grid(const std::vector<NamedSettings>& named, const std::vector<Axis>& axes,
                                 Problems& problems);

}  // namespace seatrial
