// The section `scheduler`: one policy per axis with its parameters, and how the axes are filled in where it is silent.
#include <algorithm>
#include <array>

#include "policies/registry.h"
#include "scenarios/load_sections.h"

namespace seatrial {
namespace {

// Orders that make sense only if they may take GPUs back; they set the other axes unless the scenario does.
constexpr std::array<std::string_view, 5> kPreemptiveOrders{"srtf", "srsf", "las", "gittins", "tiresias"};

std::vector<std::string> names_on_axis(std::string_view axis) {
  std::vector<std::string> names;
  for (const PolicyDoc& doc : policy_docs()) {
    if (doc.axis == axis) names.emplace_back(doc.name);
  }
  return names;
}

std::optional<double> read_parameter_number(const Value& value, const ParameterDoc& doc) {
  const Range range{doc.low, doc.high};
  if (doc.kind != ParameterDoc::Kind::Duration) return value.number(range);
  const auto duration = value.duration(range);
  if (!duration) return std::nullopt;
  return duration->seconds();
}

void read_parameter(const Value& value, const ParameterDoc& doc, Parameters& parameters) {
  std::vector<double> numbers;
  if (doc.kind == ParameterDoc::Kind::NumberList) {
    for (const Value& entry : value.list()) {
      if (const auto number = read_parameter_number(entry, doc)) numbers.push_back(*number);
    }
    if (value.is_list() && value.node().entries.empty()) value.problem("the list is empty");
  } else if (const auto number = read_parameter_number(value, doc)) {
    numbers.push_back(*number);
  }
  if (!numbers.empty()) parameters.set(doc.name, std::move(numbers));
}

// A name, or a mapping of `name`, its parameters and, in a list, `weight`.
PolicySpec load_policy(const Value& value, const std::string& axis, bool weighted) {
  PolicySpec policy;
  policy.place = value.place();
  const std::vector<std::string> names = names_on_axis(axis);
  if (!value.is_mapping()) {
    if (const auto index = value.one_of(axis, names)) policy.name = names[*index];
    return policy;
  }
  Section section(value);
  const PolicyDoc* doc = nullptr;
  if (const auto name = section.require("name")) {
    policy.place = name->place();
    if (const auto index = name->one_of(axis, names)) {
      policy.name = names[*index];
      doc = find_policy(axis, policy.name);
    }
  }
  if (weighted) section.read_number("weight", {0, 1e9, true}, policy.weight);
  if (doc == nullptr) return policy;  // which parameters there are is not known
  for (const ParameterDoc& parameter : doc->parameters) {
    if (const auto given = section.take(parameter.name)) read_parameter(*given, parameter, policy.parameters);
  }
  section.finish();
  return policy;
}

std::vector<PolicySpec> load_placement(const Value& value) {
  if (!value.is_list()) return {load_policy(value, "placement", false)};
  std::vector<PolicySpec> policies;
  for (const Value& entry : value.list()) policies.push_back(load_policy(entry, "placement", true));
  if (policies.empty()) value.problem("the list is empty", "name at least one placement");
  return policies;
}

void load_preemption(const Value& value, SchedulerSpec& scheduler) {
  if (value.is_mapping()) {
    Section section(value);
    scheduler.preemption = Preemption::Round;
    if (const auto round = section.require("round", "the length of a round, such as 60s")) {
      scheduler.round = round->duration({0, std::numeric_limits<double>::max(), true}).value_or(Duration{kNsPerSecond});
    }
    section.finish();
    return;
  }
  if (value.is_scalar() && value.node().scalar == "round") {
    value.problem("a round needs its length", "write {round: 60s}");
    return;
  }
  const std::vector<std::string> names{"none", "on-event"};
  if (const auto index = value.one_of("preemption", names)) scheduler.preemption = static_cast<Preemption>(*index);
}

void load_estimate(const Value& value, SchedulerSpec& scheduler) {
  if (value.is_mapping()) {
    Section section(value);
    scheduler.estimate = Estimate::Noise;
    if (const auto noise = section.require("noise", "the standard deviation of the logarithm, such as 0.5")) {
      scheduler.noise_sigma = noise->number({0, 100}).value_or(0);
    }
    section.finish();
    return;
  }
  if (value.is_scalar() && value.node().scalar == "noise") {
    value.problem("noise needs its size", "write {noise: 0.5}");
    return;
  }
  const std::vector<std::string> names{"oracle", "requested", "history"};
  if (const auto index = value.one_of("estimate", names)) scheduler.estimate = static_cast<Estimate>(*index);
}

void load_admission(const Value& value, SchedulerSpec& scheduler) {
  const std::vector<std::string> names{"strict", "best-effort", "easy", "conservative"};
  if (const auto index = value.one_of("admission", names)) scheduler.admission = static_cast<Admission>(*index);
}

void load_queues(const Value& value, SchedulerSpec& scheduler) {
  const std::vector<std::string> names{"single", "per-tenant"};
  if (const auto index = value.one_of("kind of queues", names)) scheduler.queues_per_tenant = *index == 1;
}

void load_gang(const Value& value, SchedulerSpec& scheduler) {
  Section section(value);
  section.read_boolean("span_pools", scheduler.span_pools);
  section.finish();
}

}  // namespace

void load_scheduler(const Value& value, LoadContext& context) {
  SchedulerSpec& scheduler = context.spec.scheduler;
  Section section(value);
  if (const auto order = section.take("order")) scheduler.order = load_policy(*order, "order", false);
  const auto preemptive = std::find(kPreemptiveOrders.begin(), kPreemptiveOrders.end(), scheduler.order.name);
  if (preemptive != kPreemptiveOrders.end()) {
    scheduler.admission = Admission::BestEffort;
    scheduler.preemption = Preemption::OnEvent;
  }
  if (const auto admission = section.take("admission")) load_admission(*admission, scheduler);
  if (const auto preemption = section.take("preemption")) load_preemption(*preemption, scheduler);
  if (const auto placement = section.take("placement")) scheduler.placement = load_placement(*placement);
  if (const auto estimate = section.take("estimate")) load_estimate(*estimate, scheduler);
  const auto& pools = context.spec.cluster.pools;
  scheduler.queues_per_tenant =
      std::any_of(pools.begin(), pools.end(), [](const PoolSpec& p) { return !p.tenants.empty(); });
  if (const auto queues = section.take("queues")) load_queues(*queues, scheduler);
  if (const auto gang = section.take("gang")) load_gang(*gang, scheduler);
  section.read_boolean("kill_at_limit", scheduler.kill_at_limit);
  section.finish();
}

}  // namespace seatrial
