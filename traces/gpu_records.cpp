// See gpu_records.h.
#include "traces/gpu_records.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr double kNsPerUs = 1000;
constexpr std::size_t kMostNames = 1'000'000;

// The words of a line, at most five; the last one is the rest of it.
std::vector<std::string_view> words(std::string_view line, std::size_t most) {
  std::vector<std::string_view> found;
  while (found.size() + 1 < most) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) break;
    found.push_back(line.substr(0, space));
    line.remove_prefix(space + 1);
  }
  found.push_back(line);
  return found;
}

class RecordReader {
 public:
  explicit RecordReader(GpuActivity& activity) : activity_(activity) {}

  bool take(std::string_view line) {
    if (line.size() < 3 || line[1] != ' ') return false;
    const std::string_view rest = line.substr(2);
    switch (line[0]) {
      case 'N':
        return take_name(rest);
      case 'K':
        return take_kernel(rest);
      case 'C':
        return take_copy(rest);
      case 'S':
        return take_memset(rest);
      case 'I':
        return take_step(rest);
      default:
        return false;
    }
  }

 private:
  static std::optional<std::array<double, 2>> interval(std::string_view start, std::string_view end) {
    const auto from = parse_integer(start);
    const auto to = parse_integer(end);
    if (!from || !to) return std::nullopt;
    return std::array{static_cast<double>(*from) / kNsPerUs, static_cast<double>(std::max(*from, *to)) / kNsPerUs};
  }

  bool take_name(std::string_view rest) {
    const auto parts = words(rest, 2);
    const auto id = parse_integer(parts[0]);
    if (parts.size() != 2 || !id || *id != static_cast<std::int64_t>(names_.size()) || names_.size() >= kMostNames) {
      return false;
    }
    names_.emplace_back(parts[1]);
    return true;
  }
  bool take_kernel(std::string_view rest) {
    const auto parts = words(rest, 3);
    const auto id = parse_integer(parts[0]);
    if (parts.size() != 3 || !id || *id < 0 || *id >= static_cast<std::int64_t>(names_.size())) return false;
    const auto ran = interval(parts[1], parts[2]);
    if (ran) activity_.add_kernel(names_[static_cast<std::size_t>(*id)], (*ran)[0], (*ran)[1]);
    return ran.has_value();
  }
  bool take_copy(std::string_view rest) {
    const auto parts = words(rest, 4);
    if (parts.size() != 4) return false;
    const auto bytes = parse_integer(parts[1]);
    const auto ran = interval(parts[2], parts[3]);
    if (!bytes || *bytes < 0 || !ran) return false;
    activity_.add_copy(std::string(parts[0]), static_cast<double>(*bytes), (*ran)[0], (*ran)[1]);
    return true;
  }
  bool take_memset(std::string_view rest) {
    const auto parts = words(rest, 2);
    const auto ran = parts.size() == 2 ? interval(parts[0], parts[1]) : std::nullopt;
    if (ran) activity_.add_busy((*ran)[0], (*ran)[1]);
    return ran.has_value();
  }
  bool take_step(std::string_view rest) {
    const auto start = parse_integer(rest);
    if (start) activity_.add_step(static_cast<double>(*start) / kNsPerUs);
    return start.has_value();
  }

  GpuActivity& activity_;
  std::vector<std::string> names_;
};

}  // namespace

void read_gpu_records(std::string_view text, const std::string& file, GpuActivity& activity) {
  RecordReader reader(activity);
  std::uint32_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return;  // the program ended while it was written
    ++number;
    if (!reader.take(text.substr(0, end))) {
      throw InputError({file, number}, "",
                       "this is no record of a profile: \"" + seatrial::quoted(text.substr(0, end)) + '"');
    }
    text.remove_prefix(end + 1);
  }
}

}  // namespace seatrial
