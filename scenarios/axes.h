// Settings that vary: `--axis PATH=V1,V2` of compare, `--vary PATH=LO..HI[:STEP]` of plan, and the same in a scenario's
// `compare:` and `plan:` blocks. Every combination of the axes' values is one point; a point is a list of overrides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial {

struct DocumentNode;
class Problems;

inline constexpr std::size_t kMaxAxisValues = 100'000;
inline constexpr std::size_t kMaxPoints = 1'000'000;

// One choice: as `--set PATH=VALUE` takes it.
struct Setting {
  std::string path;
  std::string value;     // YAML in flow style
  bool of_case = false;  // of a case of compare: the jobs are those of the scenario with it
  [[nodiscard]] std::string text() const { return path + '=' + value; }
  bool operator==(const Setting&) const = default;
};

struct Axis {
  std::string path;
  std::vector<std::string> values;  // at least one, no two equal
  bool is_range = false;            // written LO..HI: values ascend
};

// Pieces between the commas that stand outside brackets, braces and quotes, without the blanks around them.
[[nodiscard]] std::vector<std::string> split_flow(std::string_view text);

// Reads `PATH=V1,V2` or `PATH=LO..HI[:STEP]` (whole numbers, LO and HI inclusive, STEP 1). `option` names the place of
// problems, which are added; the result then has no values.
[[nodiscard]] Axis parse_axis(const std::string& text, const std::string& option, Problems& problems);
// The values of one axis: a list of them, or the text LO..HI[:STEP].
[[nodiscard]] std::vector<std::string> parse_axis_values(const std::string& text, bool& is_range, std::string& why);

// Every combination, the last axis fastest. Without axes: one empty point. Problems if there are too many.
[[nodiscard]] std::vector<std::vector<Setting>> expand(const std::vector<Axis>& axes, Problems& problems);

// "scheduler.order=sjf, cluster.pools[a].count=4"; the last keys alone where they tell the paths apart.
[[nodiscard]] std::string settings_text(const std::vector<Setting>& settings);

// A document's value as YAML in flow style, so that it can be given to `--set`.
[[nodiscard]] std::string flow_text(const DocumentNode& node);

}  // namespace seatrial
