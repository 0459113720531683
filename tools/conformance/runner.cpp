// The conformance runner: reading with limits, running each case, one line for what differs.
#include "tools/conformance/runner.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <vector>

#include "sim/error.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {
namespace {

namespace fs = std::filesystem;

// A JSON value on one line, without raw control characters, not too long.
std::string shown(const Json& value) {
  constexpr std::size_t kShown = 200;
  return seatrial::quoted(value.dump(-1, ' ', true, Json::error_handler_t::replace), kShown);
}

std::string name_of(const Json& one, const char* key) {
  const auto found = one.find(key);
  return found != one.end() && found->is_string() ? seatrial::quoted(found->get_ref<const std::string&>())
                                                  : "(no " + std::string(key) + ")";
}

// What went wrong with a case, or nothing.
std::optional<std::string> failure_of(const Json& one) {
  if (!one.is_object()) return "expected a case, got " + shown(one);
  const auto expected = one.find("expected");
  const auto input = one.find("input");
  const auto kind_name = one.find("kind");
  if (expected == one.end() || input == one.end() || kind_name == one.end() || !kind_name->is_string()) {
    return "expected a case with kind, input and expected, got " + shown(one);
  }
  const Kind* kind = find_kind(kind_name->get_ref<const std::string&>());
  if (kind == nullptr) return "expected " + shown(*expected) + ", got an unknown kind";
  try {
    const Json answer = kind->answer(*input);
    if (kind->agrees(*expected, answer)) return std::nullopt;
    return "expected " + shown(*expected) + ", got " + shown(answer);
  } catch (const std::exception& error) {
    return "expected " + shown(*expected) + ", got an error: " + seatrial::quoted(error.what(), 200);
  }
}

std::optional<Json> parse(const std::string& text) {
  bool too_deep = false;
  Json parsed = Json::parse(
      text,
      [&too_deep](int depth, Json::parse_event_t /*event*/, Json& /*value*/) {
        too_deep = too_deep || depth > kMaxVectorDepth;
        return !too_deep;
      },
      /*allow_exceptions=*/false);
  if (parsed.is_discarded() || too_deep) return std::nullopt;
  return parsed;
}

Tally unreadable(const std::string& file_name, const std::string& why, std::ostream& out) {
  out << file_name << ": " << why << "\n" << file_name << ": 0 passed, 1 failed\n";
  return {0, 1};
}

}  // namespace

Tally run_vectors(const std::string& file_name, const std::string& text, std::ostream& out) {
  const std::string file = seatrial::quoted(file_name, 200);
  const std::optional<Json> parsed = parse(text);
  if (!parsed) return unreadable(file, "expected JSON, at most " + std::to_string(kMaxVectorDepth) + " deep", out);
  if (!parsed->is_object() || !parsed->contains("cases") || !(*parsed)["cases"].is_array()) {
    return unreadable(file, "expected an object with a list of cases", out);
  }
  if (parsed->value("schema", Json()) != "seatrial-conformance-1") {
    return unreadable(file, "expected schema seatrial-conformance-1", out);
  }
  Tally tally;
  for (const Json& one : (*parsed)["cases"]) {
    const std::optional<std::string> failure = failure_of(one);
    ++(failure ? tally.failed : tally.passed);
    if (failure) {
      const bool named = one.is_object();
      out << file << " " << (named ? name_of(one, "kind") : "-") << " " << (named ? name_of(one, "name") : "-") << ": "
          << *failure << "\n";
    }
  }
  out << file << ": " << tally.passed << " passed, " << tally.failed << " failed\n";
  return tally;
}

Tally run_folder(const std::string& folder, std::ostream& out) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  }
  if (error) throw InputError(Place{seatrial::quoted(folder, 200)}, "", "cannot read the folder", error.message());
  std::sort(files.begin(), files.end());
  Tally total;
  for (const fs::path& path : files) {
    const std::string name = path.filename().string();
    std::ostringstream text;
    const bool regular = fs::is_regular_file(path, error) && fs::file_size(path, error) <= kMaxVectorBytes && !error;
    if (regular) text << std::ifstream(path, std::ios::binary).rdbuf();
    const Tally tally = regular
                            ? run_vectors(name, text.str(), out)
                            : unreadable(seatrial::quoted(name, 200), "expected a regular file of at most 64 MiB", out);
    total.passed += tally.passed;
    total.failed += tally.failed;
  }
  out << total.passed << " passed, " << total.failed << " failed\n";
  return total;
}

}  // namespace seatrial::conformance
