// `--set PATH=VALUE`: changes of a scenario on the command line, made to the document before it is loaded, so that they
// are checked like everything else. PATH is written as in messages: `cluster.pools[a100].count`, entries of lists by
// index or by `name`, keys with dots in double quotes. VALUE is YAML in flow style. Missing keys are created.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/document.h"
#include "sim/error.h"

namespace seatrial {

// One step of a path: a key of a mapping, or an entry of a list (an index as text, or the entry's name).
struct PathStep {
  std::string text;
  bool in_brackets = false;
};

// The steps of a path. Nothing but a problem's text in `why` if it is not one.
[[nodiscard]] std::vector<PathStep> parse_path(std::string_view path, std::string& why);

// Applies the overrides in order. What is wrong with one is added to `problems` and the others still apply.
void apply_overrides(Document& document, const std::vector<std::string>& overrides, Problems& problems);

}  // namespace seatrial
