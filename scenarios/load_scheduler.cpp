// The section `scheduler`: one policy per axis with its parameters, and how the axes are filled in where it is silent.
#include <algorithm>
#include <array>

#include "policies/registry.h"
#include "scenarios/load_sections.h"
#include "sim/check.h"
#include "sim/text.h"

namespace seatrial {
namespace {

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

}  // namespace

void load_parameter(const Value& value, const ParameterDoc& doc, Parameters& parameters) {
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

namespace {

// The one parameter that the spelling `{<name>: <value>}` of an axis carries.
std::optional<double> read_only_parameter(const Value& value, std::string_view axis, std::string_view name) {
  const PolicyDoc* doc = find_policy(axis, name);
  CHECK(doc != nullptr && doc->parameters.size() == 1);
  return read_parameter_number(value, doc->parameters.front());
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
    if (const auto given = section.take(parameter.name)) load_parameter(*given, parameter, policy.parameters);
  }
  section.finish();
  return policy;
}

// The placements that a weighted list may hold.
std::string scores_text() {
  std::string text;
  for (const PlacementRegistration& entry : placement_registry()) {
    if (entry.make_score != nullptr) text += (text.empty() ? "" : ", ") + std::string(entry.doc.name);
  }
  return text;
}

std::vector<PolicySpec> load_placement(const Value& value) {
  if (!value.is_list()) return {load_policy(value, "placement", false)};
  std::vector<PolicySpec> policies;
  const std::vector<Value> entries = value.list();
  for (const Value& entry : entries) {
    policies.push_back(load_policy(entry, "placement", true));
    const PlacementRegistration* known = find_placement(policies.back().name);
    if (entries.size() > 1 && known != nullptr && known->make_score == nullptr) {
      entry.problem(policies.back().name + " is a rule of its own and cannot be weighed against others",
                    "name it alone, or weigh " + scores_text());
    }
  }
  if (policies.empty()) value.problem("the list is empty", "name at least one placement");
  return policies;
}

std::optional<CountOrPercent> load_count(const Value& value) {
  if (const std::string& text = value.node().scalar; value.is_scalar() && !text.empty() && text.back() == '%') {
    const auto percent = parse_integer(std::string_view(text).substr(0, text.size() - 1));
    if (percent && *percent >= 0 && *percent <= 100) return CountOrPercent{*percent, true};
    value.problem("expected a whole percentage", "a number of pods, or such as 50%");
    return std::nullopt;
  }
  const auto count = value.integer(0, 1'000'000'000);
  if (!count) return std::nullopt;
  return CountOrPercent{*count, false};
}

BudgetSpec load_budget(const Value& value) {
  BudgetSpec out;
  Section section(value);
  if (const auto tenant = section.require("tenant", "whose pods it is about")) out.tenant = tenant->text().value_or("");
  if (const auto least = section.take("min_available")) out.budget.min_available = load_count(*least);
  if (const auto most = section.take("max_unavailable")) out.budget.max_unavailable = load_count(*most);
  if (!value.is_wrong(value.path()) && out.budget.min_available.has_value() == out.budget.max_unavailable.has_value()) {
    value.problem("a budget has either min_available or max_unavailable",
                  "such as {tenant: serving, min_available: 2}");
  }
  section.finish();
  return out;
}

void load_priority(Section& section, SchedulerSpec& scheduler) {
  scheduler.preemption = Preemption::Priority;
  if (const auto victims = section.take("victims")) {
    const std::vector<std::string> keys{"kube", "lost-work", "gpus"};
    if (const auto index = victims->one_of("key of victims", keys)) scheduler.victims = static_cast<VictimKey>(*index);
  }
  if (const auto budgets = section.take("budgets")) {
    for (const Value& entry : budgets->list()) scheduler.budgets.push_back(load_budget(entry));
  }
  section.read_boolean("keep_budgets", scheduler.keep_budgets);
  section.finish();
}

void load_preemption(const Value& value, SchedulerSpec& scheduler) {
  if (value.is_mapping() && value.child("name")) {
    Section section(value);
    const std::vector<std::string> named{"priority"};
    const auto name = section.require("name");
    if (name && name->one_of("preemption with parameters", named)) load_priority(section, scheduler);
    return;
  }
  if (value.is_mapping()) {
    Section section(value);
    scheduler.preemption = Preemption::Round;
    if (const auto round = section.require("round", "the length of a round, such as 60s")) {
      scheduler.round = duration_from_seconds(read_only_parameter(*round, "preemption", "round").value_or(1));
    }
    section.finish();
    return;
  }
  if (value.is_scalar() && value.node().scalar == "round") {
    value.problem("a round needs its length", "write {round: 60s}");
    return;
  }
  const std::vector<std::string> names{"none", "on-event", "priority"};
  constexpr std::array<Preemption, 3> kKinds{Preemption::None, Preemption::OnEvent, Preemption::Priority};
  if (const auto index = value.one_of("preemption", names)) scheduler.preemption = kKinds[*index];
}

void load_estimate(const Value& value, SchedulerSpec& scheduler) {
  if (value.is_mapping()) {
    Section section(value);
    scheduler.estimate = Estimate::Noise;
    if (const auto noise = section.require("noise", "the standard deviation of the logarithm, such as 0.5")) {
      scheduler.noise_sigma = read_only_parameter(*noise, "estimate", "noise").value_or(0);
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
  const std::vector<std::string> names{"strict", "best-effort", "easy", "conservative", "kube", "kueue"};
  if (const auto index = value.one_of("admission", names)) scheduler.admission = static_cast<Admission>(*index);
}

void load_queues(const Value& value, SchedulerSpec& scheduler) {
  const std::vector<std::string> names{"single", "per-tenant"};
  if (const auto index = value.one_of("kind of queues", names)) scheduler.queues_per_tenant = *index == 1;
}

void load_gang(const Value& value, SchedulerSpec& scheduler) {
  Section section(value);
  section.read_boolean("span_pools", scheduler.span_pools);
  if (const auto binding = section.take("binding")) {
    const std::vector<std::string> names{"all-at-once", "pod-by-pod"};
    if (const auto index = binding->one_of("binding of a gang", names)) scheduler.pod_by_pod = *index == 1;
  }
  section.read_duration("permit", {0, 366.0 * 86400, true}, scheduler.permit);
  section.finish();
}

constexpr Range kPeriod{0, 86400, true};

void load_back_off(const Value& value, BackOffOptions& back_off) {
  Section section(value);
  section.read_duration("first", kPeriod, back_off.first);
  section.read_duration("longest", kPeriod, back_off.longest);
  section.read_duration("flush", kPeriod, back_off.flush);
  section.finish();
  if (back_off.longest < back_off.first) {
    value.problem("the longest back-off is shorter than the first", "longest is at least first");
  }
}

void load_gate(const Value& value, std::optional<GateOptions>& gate) {
  gate.emplace();
  Section section(value);
  if (const auto order = section.take("order")) {
    const std::vector<std::string> names{"fifo", "las", "sjf", "themis"};
    if (const auto index = order->one_of("order of a gate", names)) gate->order = static_cast<GateOrder>(*index);
  }
  section.read_duration("period", kPeriod, gate->period);
  section.read_duration("period_per_job", {0, 60}, gate->period_per_job);
  if (const auto release = section.take("release")) {
    const std::vector<std::string> names{"greedy", "blocking"};
    if (const auto index = release->one_of("release of a gate", names)) gate->blocking = *index == 1;
  }
  section.finish();
}

}  // namespace

void load_scheduler(const Value& value, LoadContext& context) {
  SchedulerSpec& scheduler = context.spec.scheduler;
  Section section(value);
  if (const auto order = section.take("order")) scheduler.order = load_policy(*order, "order", false);
  if (const OrderRegistration* known = find_order(scheduler.order.name); known != nullptr && known->preemptive) {
    scheduler.admission = Admission::BestEffort;
    scheduler.preemption = known->make_allocator == nullptr ? Preemption::OnEvent : Preemption::Round;
    scheduler.round = duration_from_seconds(known->round_s);
  }
  const OrderRegistration* order_entry = find_order(scheduler.order.name);
  const bool shares = order_entry != nullptr && order_entry->by_dominant_share;
  if (shares) scheduler.admission = Admission::BestEffort;
  if (const auto admission = section.take("admission")) load_admission(*admission, scheduler);
  if (const auto back_off = section.take("back_off")) load_back_off(*back_off, scheduler.back_off);
  if (const auto gate = section.take("gate")) load_gate(*gate, scheduler.gate);
  if (const auto preemption = section.take("preemption")) load_preemption(*preemption, scheduler);
  if (const auto placement = section.take("placement")) scheduler.placement = load_placement(*placement);
  if (const auto estimate = section.take("estimate")) load_estimate(*estimate, scheduler);
  const auto& pools = context.spec.cluster.pools;
  scheduler.queues_per_tenant =
      shares || std::any_of(pools.begin(), pools.end(), [](const PoolSpec& p) { return !p.tenants.empty(); });
  if (const auto queues = section.take("queues")) load_queues(*queues, scheduler);
  if (const auto gang = section.take("gang")) load_gang(*gang, scheduler);
  section.read_boolean("kill_at_limit", scheduler.kill_at_limit);
  if (const auto most = section.take("max_waiting")) {
    scheduler.max_waiting = static_cast<std::uint32_t>(most->integer(0, 0xffffffff).value_or(0));
  }
  section.finish();
}

}  // namespace seatrial
