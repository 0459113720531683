// Reading axes and multiplying them; see axes.h.
#include "scenarios/axes.h"

#include <algorithm>
#include <set>

#include "scenarios/document.h"
#include "scenarios/override.h"
#include "sim/text.h"

namespace seatrial {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Follows brackets, braces and quotes through a text.
class Nesting {
 public:
  // True if `c` stands outside all of them.
  bool outside(char c) {
    if (quote_ != '\0') {
      if (c == quote_) quote_ = '\0';
      return false;
    }
    if (c == '"' || c == '\'') quote_ = c;
    if (c == '[' || c == '{') ++depth_;
    if ((c == ']' || c == '}') && depth_ > 0) --depth_;
    return depth_ == 0 && quote_ == '\0';
  }

 private:
  int depth_ = 0;
  char quote_ = '\0';
};

// The `=` between path and value.
std::size_t end_of_path(std::string_view text) {
  Nesting nesting;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (nesting.outside(text[i]) && text[i] == '=') return i;
  }
  return std::string_view::npos;
}

// LO..HI[:STEP], or nothing if the text is no range at all.
bool parse_range(std::string_view text, std::vector<std::string>& values, std::string& why) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return false;
  const std::string_view tail = text.substr(dots + 2);
  const std::size_t colon = std::min(tail.find(':'), tail.size());
  const auto low = parse_integer(trimmed(text.substr(0, dots)));
  if (!low) return false;  // such as a path: ../jobs.csv
  const auto high = parse_integer(trimmed(tail.substr(0, colon)));
  const auto step =
      colon < tail.size() ? parse_integer(trimmed(tail.substr(colon + 1))) : std::optional<std::int64_t>(1);
  if (!high || !step) {
    why = "expected whole numbers LO..HI or LO..HI:STEP, found " + in_quotes(text);
  } else if (*high < *low) {
    why = "the range " + in_quotes(text) + " is empty: it ends below its beginning";
  } else if (*step < 1) {
    why = "the step of " + in_quotes(text) + " is not above zero";
  } else if ((static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low)) /
                 static_cast<std::uint64_t>(*step) >=
             kMaxAxisValues) {
    why = "the range " + in_quotes(text) + " has more than " + std::to_string(kMaxAxisValues) + " values";
  } else {
    for (std::int64_t value = *low;;) {
      values.push_back(std::to_string(value));
      if (static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(value) < static_cast<std::uint64_t>(*step))
        break;
      value += *step;
    }
  }
  return true;
}

std::string last_key(const std::string& path) {
  std::string why;
  const auto steps = parse_path(path, why);
  return steps.empty() ? path : steps.back().text;
}

bool is_key_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

void append_quoted(std::string_view text, std::string& out) {
  constexpr const char* kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (byte < 0x20) {
      out += "\\x";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::vector<std::string> split_flow(std::string_view text) {
  std::vector<std::string> parts;
  Nesting nesting;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!nesting.outside(text[i]) || text[i] != ',') continue;
    parts.emplace_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  parts.emplace_back(trimmed(text.substr(begin)));
  return parts;
}

std::vector<std::string> parse_axis_values(const std::string& text, bool& is_range, std::string& why) {
  std::vector<std::string> values;
  is_range = parse_range(trimmed(text), values, why);
  if (is_range) return values;
  values = split_flow(text);
  std::set<std::string_view> seen;
  for (const std::string& value : values) {
    if (value.empty()) why = "a value is empty";
    if (why.empty() && !seen.insert(value).second) why = "the value " + in_quotes(value) + " is there twice";
  }
  if (values.size() > kMaxAxisValues) why = "more than " + std::to_string(kMaxAxisValues) + " values";
  return values;
}

Axis parse_axis(const std::string& text, const std::string& option, Problems& problems) {
  Axis axis;
  const auto fail = [&](const std::string& what, const std::string& hint) {
    problems.add(Place{option + ' ' + quoted(text, 80)}, "", what, hint);
    axis.values.clear();
  };
  const std::size_t equals = end_of_path(text);
  if (equals == std::string_view::npos || equals == 0) {
    fail("expected PATH=VALUES", "such as scheduler.order=fifo,sjf");
    return axis;
  }
  axis.path = std::string(trimmed(std::string_view(text).substr(0, equals)));
  std::string why;
  (void)parse_path(axis.path, why);
  if (!why.empty()) {
    fail(why, "a path is written like cluster.pools[a100].count");
    return axis;
  }
  axis.values = parse_axis_values(text.substr(equals + 1), axis.is_range, why);
  if (!why.empty()) fail(why, "such as " + axis.path + "=1,2,4 or " + axis.path + "=1..8");
  return axis;
}

std::vector<std::vector<Setting>> expand(const std::vector<Axis>& axes, Problems& problems) {
  std::size_t count = 1;
  std::set<std::string_view> paths;
  for (const Axis& axis : axes) {
    if (!paths.insert(axis.path).second) problems.add({}, quoted(axis.path), "varies twice", "give each path once");
    count = axis.values.size() > kMaxPoints / count ? kMaxPoints + 1 : count * axis.values.size();
  }
  if (count > kMaxPoints) {
    problems.add({}, "", "more than " + std::to_string(kMaxPoints) + " combinations", "give fewer or shorter axes");
  }
  if (!problems.empty()) return {};
  std::vector<std::vector<Setting>> points(1);
  for (const Axis& axis : axes) {
    std::vector<std::vector<Setting>> longer;
    longer.reserve(points.size() * axis.values.size());
    for (const auto& point : points) {
      for (const std::string& value : axis.values) {
        longer.push_back(point);
        longer.back().push_back({axis.path, value});
      }
    }
    points = std::move(longer);
  }
  return points;
}

std::string settings_text(const std::vector<Setting>& settings) {
  std::set<std::string> keys;
  for (const Setting& setting : settings) keys.insert(last_key(setting.path));
  const bool last_keys_differ = keys.size() == settings.size();
  std::string text;
  for (const Setting& setting : settings) {
    if (!text.empty()) text += ", ";
    if (settings.size() > 1) text += (last_keys_differ ? last_key(setting.path) : setting.path) + '=';
    // {order: fifo} reads better without its braces.
    const std::string& value = setting.value;
    const bool braces = value.size() > 2 && value.front() == '{' && value.back() == '}' && settings.size() == 1;
    text += braces ? value.substr(1, value.size() - 2) : value;
  }
  return text.empty() ? "as written" : text;
}

std::string flow_text(const DocumentNode& node) {
  std::string out;
  switch (node.kind) {
    case DocumentNode::Kind::Null:
      return "null";
    case DocumentNode::Kind::Scalar:
      if (!node.quoted && node.scalar.find_first_of(",[]{}:#\"'\n") == std::string::npos) return node.scalar;
      append_quoted(node.scalar, out);
      return out;
    case DocumentNode::Kind::List:
    case DocumentNode::Kind::Mapping:
      break;
  }
  const bool list = node.kind == DocumentNode::Kind::List;
  out += list ? '[' : '{';
  for (const DocumentEntry& entry : node.entries) {
    if (out.size() > 1) out += ", ";
    if (!list) {
      const bool plain = !entry.key.empty() && std::all_of(entry.key.begin(), entry.key.end(), is_key_character);
      if (plain) out += entry.key;
      if (!plain) append_quoted(entry.key, out);
      out += ": ";
    }
    out += flow_text(entry.value);
  }
  out += list ? ']' : '}';
  return out;
}

}  // namespace seatrial
