// Seeded mutations of good scenarios: whatever the text, the loader gives a spec or throws InputError or SystemError.
// Bytes are changed blindly, and lines, keys, values and units with an idea of their structure. A failure prints the
// seed and the text.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "scenarios/load.h"
#include "tests/support/paths.h"
#include "tests/support/scenario_text.h"

namespace seatrial {
namespace {

// splitmix64: enough for a fuzzer, and equal everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(next() % limit); }

 private:
  std::uint64_t state_;
};

constexpr std::array<const char*, 34> kWords{{"0",
                                              "-1",
                                              "1e308",
                                              ".nan",
                                              ".inf",
                                              "0x10",
                                              "1_000",
                                              "9223372036854775808",
                                              "-0",
                                              "90s",
                                              "64Gi",
                                              "12/s",
                                              "1e-9s",
                                              "3 USD/h",
                                              "true",
                                              "~",
                                              "null",
                                              "\"\"",
                                              "[]",
                                              "{}",
                                              "*x",
                                              "&x",
                                              "<<: *x",
                                              "!!str x",
                                              "? ",
                                              "- ",
                                              "|",
                                              ">",
                                              "\t",
                                              "sequential",
                                              "conservative",
                                              "{round: 60s}",
                                              "{name: fgd, weight: 1}",
                                              "\xc3\xa4"}};
constexpr std::string_view kMarks = ":[]{},#&*!|>'\"%@`-? \n\t0azs\\";

void mutate_bytes(std::string& text, Dice& dice) {
  if (text.empty()) return;
  const std::size_t at = dice.below(text.size());
  switch (dice.below(4)) {
    case 0:
      text[at] = kMarks[dice.below(kMarks.size())];
      break;
    case 1:
      text.erase(at, 1 + dice.below(8));
      break;
    case 2:
      text.insert(at, 1 + dice.below(3), kMarks[dice.below(kMarks.size())]);
      break;
    default:
      text[at] = static_cast<char>(dice.next() & 255U);
      break;
  }
}

// The value behind a random `key:` becomes another word, or takes over that of another key.
void mutate_value(std::string& text, Dice& dice) {
  const std::size_t colon = text.find(": ", dice.below(text.size() + 1));
  if (colon == std::string::npos) return;
  const std::size_t end = std::min(text.find_first_of(",}]\n", colon), text.size());
  text.replace(colon + 2, end > colon + 2 ? end - colon - 2 : 0, kWords[dice.below(kWords.size())]);
}

void mutate_lines(std::string& text, Dice& dice) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  if (lines.empty()) return;
  const std::size_t a = dice.below(lines.size());
  const std::size_t b = dice.below(lines.size());
  switch (dice.below(4)) {
    case 0:
      std::swap(lines[a], lines[b]);
      break;
    case 1:
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(a));
      break;
    case 2:
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(a), lines[b]);
      break;
    default:
      lines[a].insert(0, 1 + dice.below(4), ' ');
      break;
  }
  text.clear();
  for (const std::string& line : lines) text += line + '\n';
}

std::vector<std::string> seeds() {
  std::vector<std::string> texts{good_scenario()};
  const std::filesystem::path library = source_file("scenarios/library");
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(library)) {
    if (file.path().extension() == ".yaml") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream stream(file);
    texts.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return texts;
}

void expect_no_crash(const std::string& text, const std::vector<std::string>& overrides, std::uint64_t seed) {
  LoadOptions options;
  options.overrides = overrides;
  try {
    (void)load_scenario_text(text, "s.yaml", options);
  } catch (const InputError& error) {
    EXPECT_STRNE(error.what(), "") << "seed " << seed;
    EXPECT_LE(error.problems().all().size(), Problems::kShown);
  } catch (const SystemError&) {
  } catch (const std::exception& error) {
    ADD_FAILURE() << "seed " << seed << ": " << error.what() << "\n" << text;
  }
}

TEST(ScenarioFuzz, MutatedScenariosAreAcceptedOrRefusedInWords) {
  const std::vector<std::string> good = seeds();
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Dice dice(seed);
    std::string text = good[dice.below(good.size())];
    for (std::size_t change = 0, changes = 1 + dice.below(6); change < changes; ++change) {
      const std::size_t kind = dice.below(4);
      if (kind == 0) mutate_bytes(text, dice);
      if (kind == 1) mutate_lines(text, dice);
      if (kind >= 2) mutate_value(text, dice);
    }
    expect_no_crash(text, {}, seed);
  }
}

TEST(ScenarioFuzz, MutatedOverridesAreAcceptedOrRefusedInWords) {
  constexpr std::array<const char*, 6> kGood{{"cluster.pools[p].count=12", "scheduler.order.name=tiresias",
                                              "workload[0].generate.duration={distribution: pareto, scale: 1s}",
                                              "scheduler.placement=[{name: fgd, weight: 2}]",
                                              "cluster.pools[p].labels.\"a.b\"=x", "goals=[\"wait_s.p95 <= 1\"]"}};
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Dice dice(seed);
    std::vector<std::string> overrides;
    for (std::size_t n = 1 + dice.below(3); n > 0; --n) {
      overrides.emplace_back(kGood[dice.below(kGood.size())]);
      for (std::size_t change = dice.below(4); change > 0; --change) mutate_bytes(overrides.back(), dice);
    }
    expect_no_crash(good_scenario(), overrides, seed);
  }
}

// A key at a time is taken away: every message stays attached to a place of the file.
TEST(ScenarioFuzz, ScenariosCutAnywhereAreRefusedInWords) {
  for (const std::string& text : seeds()) {
    for (std::size_t length = 0; length < text.size(); length += 17)
      expect_no_crash(text.substr(0, length), {}, length);
  }
}

}  // namespace
}  // namespace seatrial
