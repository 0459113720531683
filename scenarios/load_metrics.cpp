// The sections `overheads`, `metrics` and `goals`.
#include <algorithm>
#include <array>
#include <cctype>

#include "reports/summary.h"
#include "scenarios/load_sections.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kAnyGpus = UINT32_MAX;
// A sum of several overheads stays far below 2^63 ns.
constexpr Range kOverheadSeconds{0, 365.0 * 86400, false};
constexpr std::array<std::string_view, 6> kGoalOps{"<=", ">=", "==", "!=", "<", ">"};

OverheadSteps load_steps_by_gpus(const Value& value) {
  OverheadSteps out;
  Section section(value);
  (void)section.require("more", "the duration for jobs of more GPUs than any key says");
  for (const auto& [key, entry] : value.mapping()) {
    const auto gpus = key == "more" ? std::optional<std::int64_t>(kAnyGpus) : parse_integer(key);
    if (!gpus || *gpus < 1 || *gpus > kAnyGpus) {
      entry.problem(in_quotes(key) + " is not a number of GPUs", "keys are 1, 2, 8 ... and more");
      continue;
    }
    const auto duration = entry.duration(kOverheadSeconds);
    if (duration) out.steps.emplace_back(static_cast<std::uint32_t>(*gpus), *duration);
  }
  std::sort(out.steps.begin(), out.steps.end());
  return out;
}

std::optional<OverheadSteps> load_steps(const Value& value) {
  if (!value.is_mapping()) {
    const auto duration = value.duration(kOverheadSeconds);
    if (!duration) return std::nullopt;
    return OverheadSteps{{{kAnyGpus, *duration}}};
  }
  Section section(value);
  OverheadSteps out;
  if (const auto steps = section.require("by_gpus", "such as {by_gpus: {1: 7s, 8: 30s, more: 60s}}")) {
    if (steps->is_mapping()) {
      out = load_steps_by_gpus(*steps);
    } else {
      (void)steps->mapping();
    }
  }
  section.finish();
  return out;
}

constexpr Range kShort{0, 86400, false};

void load_start_up(const Value& value, StartUpSpec& start_up) {
  Section section(value);
  if (const auto base = section.require("base", "such as 1.2s")) {
    start_up.base = base->duration(kShort).value_or(Duration{0});
  }
  if (const auto spread = section.take("spread")) {
    std::vector<double> factors;
    for (const Value& entry : spread->list()) {
      if (const auto factor = entry.number({0, 100})) factors.push_back(*factor);
    }
    if (factors.size() == 2 && factors[0] <= factors[1]) {
      start_up.factor_low = factors[0];
      start_up.factor_high = factors[1];
    } else if (spread->is_list()) {
      spread->problem("expected the lowest and the highest factor", "such as [0.85, 1.25]");
    }
  }
  section.read_duration("per_other", kShort, start_up.per_other);
  section.read_duration("longest", kShort, start_up.longest);
  section.finish();
}

void load_release(const Value& value, ReleaseSpec& release) {
  Section section(value);
  for (const char* key : {"shortest", "longest"}) {
    const auto given = section.require(key, "such as {shortest: 2s, longest: 2.5s}");
    const auto duration = given ? given->duration(kShort) : std::nullopt;
    (key[0] == 's' ? release.shortest : release.longest) = duration.value_or(Duration{0});
  }
  if (release.longest < release.shortest)
    value.problem("the longest is below the shortest", "longest is at least shortest");
  section.finish();
}

void load_checkpoint(const Value& value, OverheadSpec& overheads) {
  Section section(value);
  if (const auto bytes = section.require("bytes_per_gpu", "state of one GPU, such as 16Gi")) {
    overheads.checkpoint_bytes_per_gpu = static_cast<std::int64_t>(bytes->bytes().value_or(0));
  }
  const auto read_speed = [&](const char* key, double& out) {
    const auto speed = section.require(key, "such as 2Gi/s");
    if (!speed) return;
    out = speed->bytes_per_s().value_or(1);
    if (out <= 0) speed->problem("the speed is zero", "a speed is above zero");
  };
  read_speed("write", overheads.checkpoint_write_bytes_per_s);
  read_speed("read", overheads.checkpoint_read_bytes_per_s);
  section.read_boolean("shared", overheads.checkpoint_shared);
  section.read_duration("every", {0, 366.0 * 86400, true}, overheads.checkpoint_every);
  section.finish();
}

void load_fragmentation(const Value& value, MetricsSpec& metrics) {
  if (!value.is_mapping()) {
    metrics.fragmentation = value.boolean().value_or(false);
    return;
  }
  metrics.fragmentation = true;
  Section section(value);
  if (const auto target = section.take("target")) {
    const std::vector<std::string> targets{"workload"};
    (void)target->one_of("target", targets);
  }
  section.read_number("popularity", {0, 1, true}, metrics.fragmentation_popularity);
  section.finish();
}

bool is_metric_path(std::string_view path) {
  if (path.empty() || path.front() == '.' || path.back() == '.') return false;
  if (path.find("..") != std::string_view::npos) return false;
  return std::all_of(path.begin(), path.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0 || c == '_' || c == '-' || c == '.';
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

void load_goal(const Value& value, std::vector<GoalSpec>& goals) {
  const auto text = value.text();
  if (!text) return;
  const std::string form = "a goal is METRIC OP NUMBER, such as \"wait_s.p95 <= 600\"";
  const std::size_t at = text->find_first_of("<>=!");
  const std::string_view tail = at == std::string::npos ? std::string_view() : std::string_view(*text).substr(at);
  const auto* op = std::find_if(kGoalOps.begin(), kGoalOps.end(),
                                [&](std::string_view name) { return tail.substr(0, name.size()) == name; });
  if (op == kGoalOps.end()) {
    value.problem("no comparison in " + in_quotes(*text), form);
    return;
  }
  GoalSpec goal{*text, std::string(trimmed(text->substr(0, at))), std::string(*op), 0, value.place()};
  const std::string_view number = trimmed(tail.substr(op->size()));
  if (!is_metric_path(goal.metric)) {
    value.problem(in_quotes(goal.metric) + " is not the name of a metric", form);
  } else if (!is_metric(goal.metric)) {
    const std::string near = nearest_metric(goal.metric);
    value.problem("unknown metric " + in_quotes(goal.metric),
                  "`seatrial list metrics` names all" + (near.empty() ? "" : " (did you mean \"" + near + "\"?)"));
  }
  if (const auto parsed = parse_number(number)) {
    goal.value = *parsed;
  } else {
    value.problem("expected a number after " + goal.op + ", found " + in_quotes(number), form);
  }
  goals.push_back(std::move(goal));
}

}  // namespace

void load_overheads(const Value& value, OverheadSpec& overheads) {
  Section section(value);
  section.read("start", overheads.start, load_steps);
  section.read("restart", overheads.restart, load_steps);
  section.read("preempt", overheads.preempt, load_steps);
  section.read("drain", overheads.drain, load_steps);
  if (const auto start_up = section.take("start_up")) load_start_up(*start_up, overheads.start_up);
  if (const auto release = section.take("release")) load_release(*release, overheads.release);
  if (const auto checkpoint = section.take("checkpoint")) load_checkpoint(*checkpoint, overheads);
  section.finish();
}

void load_metrics(const Value& value, MetricsSpec& metrics) {
  Section section(value);
  section.read_duration("warmup", {0}, metrics.warmup);
  section.read_duration("series_interval", {0, std::numeric_limits<double>::max(), true}, metrics.series_interval);
  if (const auto fragmentation = section.take("fragmentation")) load_fragmentation(*fragmentation, metrics);
  section.read("fairness", metrics.fairness, [](const Value& v) { return v.boolean(); });
  section.finish();
}

void load_goals(const Value& value, std::vector<GoalSpec>& goals) {
  for (const Value& entry : value.list()) load_goal(entry, goals);
}

}  // namespace seatrial
