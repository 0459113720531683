// From problems to changes of the text; see mend.h.
#include "scenarios/mend.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "reports/summary.h"
#include "scenarios/document.h"
#include "sim/edit_distance.h"

namespace seatrial {
namespace {

constexpr std::size_t kMostRounds = 8;  // a mended key may uncover mistakes below it

struct Token {
  std::size_t begin = 0;  // in the text, quotes included
  std::size_t end = 0;
  std::string value;
  bool quoted = false;
};

struct Mend {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
  std::string key;  // path of the key that it makes; empty for values
};

// Where line and column are in the text; columns count bytes.
std::optional<std::size_t> offset_of(std::string_view text, const Place& place) {
  if (place.line == 0 || place.column == 0) return std::nullopt;
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < place.line; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return std::nullopt;
    ++at;
  }
  const std::size_t found = at + place.column - 1;
  if (found >= std::min(text.find('\n', at), text.size())) return std::nullopt;
  return found;
}

bool ends_plain(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '\n' || c == '\r' || c == ',' || c == ']' || c == '}' || c == '[' || c == '{') return true;
  const char next = at + 1 < text.size() ? text[at + 1] : '\n';
  if (c == ':') return next == ' ' || next == '\n' || next == '\r';
  return c == ' ' && next == '#';
}

// The key or value that begins here, as YAML reads it; nothing where that takes more than a look at one line.
std::optional<Token> token_at(std::string_view text, std::size_t begin) {
  Token token{begin, begin, "", false};
  const char quote = begin < text.size() ? text[begin] : '\0';
  if (quote == '"' || quote == '\'') {
    token.end = text.find(quote, begin + 1);
    if (token.end == std::string_view::npos) return std::nullopt;
    token.value = text.substr(begin + 1, token.end - begin - 1);
    ++token.end;
    token.quoted = true;
    if (token.value.find_first_of("\\\n") != std::string::npos) return std::nullopt;
    if (token.end < text.size() && text[token.end] == quote) return std::nullopt;  // '' is a quote in quotes
    return token;
  }
  while (token.end < text.size() && !ends_plain(text, token.end)) ++token.end;
  while (token.end > begin && text[token.end - 1] == ' ') --token.end;
  token.value = text.substr(begin, token.end - begin);
  if (token.value.empty() || std::string_view("&*!|>%@`").find(token.value.front()) != std::string_view::npos) {
    return std::nullopt;
  }
  return token;
}

// The names after "known: "; none if the list is not complete.
std::vector<std::string> known_names(std::string_view hint) {
  constexpr std::string_view kBegin = "known: ";
  if (!hint.starts_with(kBegin)) return {};
  hint.remove_prefix(kBegin.size());
  if (const std::size_t guess = hint.find(" (did you mean "); guess != std::string_view::npos) {
    hint = hint.substr(0, guess);
  }
  std::vector<std::string> names;
  while (!hint.empty()) {
    const std::size_t end = std::min(hint.find(", "), hint.size());
    names.emplace_back(hint.substr(0, end));
    hint.remove_prefix(std::min(end + 2, hint.size()));
  }
  if (!names.empty() && names.back() == "...") return {};
  return names;
}

// The one name that must have been meant: one edit away and no other is, or two and every other is four.
std::optional<std::string> clear_neighbour(std::string_view typed, const std::vector<std::string>& known) {
  if (typed.size() < 3 || typed.size() > 64) return std::nullopt;
  std::size_t nearest = SIZE_MAX;
  std::size_t second = SIZE_MAX;
  const std::string* name = nullptr;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(typed, candidate);
    if (distance < nearest) {
      second = nearest;
      nearest = distance;
      name = &candidate;
    } else {
      second = std::min(second, distance);
    }
  }
  if (name == nullptr || nearest > 2 || nearest > typed.size() / 3) return std::nullopt;
  if (second <= nearest || (nearest == 2 && second < 4)) return std::nullopt;
  return *name;
}

struct UnitWord {
  std::string_view word;
  std::string_view unit;
};
constexpr std::array<UnitWord, 18> kTimeWords{{{"sec", "s"},
                                               {"secs", "s"},
                                               {"second", "s"},
                                               {"seconds", "s"},
                                               {"min", "m"},
                                               {"mins", "m"},
                                               {"minute", "m"},
                                               {"minutes", "m"},
                                               {"hr", "h"},
                                               {"hrs", "h"},
                                               {"hour", "h"},
                                               {"hours", "h"},
                                               {"day", "d"},
                                               {"days", "d"},
                                               {"week", "w"},
                                               {"weeks", "w"},
                                               {"msec", "ms"},
                                               {"usec", "us"}}};
// Of memory only those that name a power of 1,024 or of 1,000 beyond doubt.
constexpr std::array<UnitWord, 10> kMemoryWords{{{"KiB", "Ki"},
                                                 {"MiB", "Mi"},
                                                 {"GiB", "Gi"},
                                                 {"TiB", "Ti"},
                                                 {"PiB", "Pi"},
                                                 {"kB", "k"},
                                                 {"MB", "M"},
                                                 {"GB", "G"},
                                                 {"TB", "T"},
                                                 {"Gib", "Gi"}}};
constexpr std::array<UnitWord, 10> kRateWords{{{"/sec", "/s"},
                                               {"/second", "/s"},
                                               {"/minute", "/min"},
                                               {"/hr", "/h"},
                                               {"/hour", "/h"},
                                               {"/day", "/d"},
                                               {"per second", "/s"},
                                               {"per minute", "/min"},
                                               {"per hour", "/h"},
                                               {"per day", "/d"}}};
constexpr std::array<UnitWord, 4> kPriceWords{
    {{"USD/hour", " USD/h"}, {"USD per hour", " USD/h"}, {"USD/hr", " USD/h"}, {"usd/h", " USD/h"}}};

template <std::size_t N>
std::optional<std::string> with_unit(std::string_view value, const std::array<UnitWord, N>& words) {
  const std::size_t digits = value.find_first_not_of("0123456789.");
  if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
  std::string_view rest = value.substr(digits);
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  for (const UnitWord& word : words) {
    if (rest == word.word) return std::string(value.substr(0, digits)).append(word.unit);
  }
  return std::nullopt;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::optional<std::string> mended_quantity(const Problem& problem, std::string_view value) {
  if (contains(problem.hint, "USD/h")) {
    if (problem.what.ends_with("has no unit")) return std::string(value) + " USD/h";
    return with_unit(value, kPriceWords);
  }
  if (problem.what.ends_with("has no unit")) return std::nullopt;
  if (contains(problem.hint, "a duration")) return with_unit(value, kTimeWords);
  if (contains(problem.hint, "a rate")) return with_unit(value, kRateWords);
  if (contains(problem.hint, "memory with a unit")) return with_unit(value, kMemoryWords);
  return std::nullopt;
}

std::optional<std::string> mended_boolean(std::string value) {
  for (char& c : value) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (value == "true" || value == "yes" || value == "on") return "true";
  if (value == "false" || value == "no" || value == "off") return "false";
  return std::nullopt;
}

// A goal with a misspelt metric.
std::optional<std::string> mended_goal(const Problem& problem, const std::string& goal) {
  std::vector<std::string> names;
  for (const MetricDoc& doc : metric_docs()) names.emplace_back(doc.name);
  const std::size_t end = std::min(goal.find_first_of(" <>=!"), goal.size());
  const std::string metric = goal.substr(0, end);
  if (!contains(problem.what, in_quotes(metric))) return std::nullopt;
  const auto name = clear_neighbour(metric, names);
  if (!name) return std::nullopt;
  return *name + goal.substr(end);
}

std::optional<std::string> mended_value(const Problem& problem, const Token& token) {
  if (problem.what == "unknown key") return clear_neighbour(token.value, known_names(problem.hint));
  if (!contains(problem.what, in_quotes(token.value)) && !contains(problem.what, "unknown metric")) return std::nullopt;
  if (problem.what.starts_with("unknown metric")) return mended_goal(problem, token.value);
  // Names of pools are the user's own: the list of them in a message cannot be taken apart with certainty.
  if (problem.what.starts_with("unknown pool ")) return std::nullopt;
  if (problem.what.starts_with("unknown ")) return clear_neighbour(token.value, known_names(problem.hint));
  if (problem.hint == "write it without quotes") return token.value;
  if (problem.what.starts_with("expected true or false")) return mended_boolean(token.value);
  return mended_quantity(problem, token.value);
}

std::optional<Mend> mend_of(const Problem& problem, const std::string& text) {
  const auto begin = offset_of(text, problem.place);
  if (!begin) return std::nullopt;
  const auto token = token_at(text, *begin);
  if (!token) return std::nullopt;
  auto value = mended_value(problem, *token);
  if (!value || (*value == token->value && !token->quoted)) return std::nullopt;
  const bool keep_quotes = token->quoted && (problem.what == "unknown key" || problem.what.starts_with("unknown "));
  if (keep_quotes) *value = text[token->begin] + *value + text[token->begin];
  std::string key;
  if (problem.what == "unknown key") {
    // The path ends in the typed key, however it is shown there.
    const std::size_t shown = child_path("", token->value).size();
    key = problem.path.substr(0, problem.path.size() - std::min(shown, problem.path.size())) + *value;
  }
  return Mend{token->begin, token->end, std::move(*value), std::move(key)};
}

Problems problems_of(const std::string& text, const std::string& file, const LoadOptions& options) {
  try {
    (void)load_scenario_text(text, file, options);
  } catch (const InputError& error) {
    return error.problems();
  }
  return {};
}

std::size_t repeated_keys(const Problems& problems) {
  return static_cast<std::size_t>(
      std::count_if(problems.all().begin(), problems.all().end(),
                    [](const Problem& problem) { return problem.what.starts_with("given twice"); }));
}

std::string with_mend(std::string text, const Mend& mend) {
  return text.replace(mend.begin, mend.end - mend.begin, mend.text);
}

// Two keys of one mapping that would become the same one: which is meant is not certain.
void drop_rivals(std::vector<Mend>& mends) {
  std::map<std::string, int> made;
  for (const Mend& mend : mends) ++made[mend.key];
  std::erase_if(mends, [&](const Mend& mend) { return !mend.key.empty() && made[mend.key] > 1; });
}

// From the end of the text, so that places before stay right. A key that is there already is not what was meant.
std::size_t apply(std::vector<Mend> mends, const std::string& file, const LoadOptions& options, std::string& text) {
  drop_rivals(mends);
  std::sort(mends.begin(), mends.end(), [](const Mend& a, const Mend& b) { return a.begin > b.begin; });
  const auto overlap = [](const Mend& later, const Mend& earlier) { return earlier.end > later.begin; };
  mends.erase(std::unique(mends.begin(), mends.end(), overlap), mends.end());  // two problems of one place
  const std::size_t repeated = repeated_keys(problems_of(text, file, options));
  std::string all = text;
  for (const Mend& mend : mends) all = with_mend(std::move(all), mend);
  if (repeated_keys(problems_of(all, file, options)) <= repeated) {
    text = std::move(all);
    return mends.size();
  }
  std::size_t applied = 0;
  for (const Mend& mend : mends) {
    std::string changed = with_mend(text, mend);
    if (repeated_keys(problems_of(changed, file, options)) > repeated) continue;
    text = std::move(changed);
    ++applied;
  }
  return applied;
}

}  // namespace

MendedScenario mend_scenario_text(const std::string& text, const std::string& file, const LoadOptions& options) {
  MendedScenario mended;
  mended.text = text;
  for (std::size_t round = 0; round < kMostRounds; ++round) {
    mended.left = problems_of(mended.text, file, options);
    std::vector<Mend> mends;
    for (const Problem& problem : mended.left.all()) {
      if (problem.place.file != file) continue;
      if (auto mend = mend_of(problem, mended.text)) mends.push_back(std::move(*mend));
    }
    const std::size_t applied = apply(std::move(mends), file, options, mended.text);
    if (applied == 0) return mended;
    mended.mends += applied;
  }
  mended.left = problems_of(mended.text, file, options);
  return mended;
}

std::string line_diff(const std::string& before, const std::string& after, const std::string& file) {
  constexpr std::size_t kShown = 300;
  const std::string name = quoted(file, 200);
  std::string out = "--- " + name + "\n+++ " + name + '\n';
  std::size_t a = 0;
  std::size_t b = 0;
  for (std::size_t line = 1; a < before.size() || b < after.size(); ++line) {
    const std::size_t end_a = std::min(before.find('\n', a), before.size());
    const std::size_t end_b = std::min(after.find('\n', b), after.size());
    const std::string_view old_line(before.data() + a, end_a - a);
    const std::string_view new_line(after.data() + b, end_b - b);
    if (old_line != new_line) {
      const std::string number = std::to_string(line);
      out.append("@@ -").append(number).append(" +").append(number).append(" @@\n-").append(quoted(old_line, kShown));
      out.append("\n+").append(quoted(new_line, kShown)).append("\n");
    }
    a = std::min(end_a + 1, before.size());
    b = std::min(end_b + 1, after.size());
  }
  return out;
}

}  // namespace seatrial
