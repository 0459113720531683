// The table of policies. To add one: write its file, add its line here.
#include "policies/registry.h"

#include <algorithm>

#include "policies/score_placement.h"

namespace seatrial {

// clang-format off
static std::vector<OrderRegistration> make_orders() {
  std::vector<OrderRegistration> table;
  { extern OrderRegistration order_fifo(); table.push_back(order_fifo()); }
  { extern OrderRegistration order_sjf(); table.push_back(order_sjf()); }
  { extern OrderRegistration order_srtf(); table.push_back(order_srtf()); }
  { extern OrderRegistration order_srsf(); table.push_back(order_srsf()); }
  { extern OrderRegistration order_smallest_first(); table.push_back(order_smallest_first()); }
  { extern OrderRegistration order_las(); table.push_back(order_las()); }
  { extern OrderRegistration order_tiresias(); table.push_back(order_tiresias()); }
  { extern OrderRegistration order_gittins(); table.push_back(order_gittins()); }
  { extern OrderRegistration order_qssf(); table.push_back(order_qssf()); }
  { extern OrderRegistration order_gavel_max_min(); table.push_back(order_gavel_max_min()); }
  { extern OrderRegistration order_gavel_finish_time(); table.push_back(order_gavel_finish_time()); }
  { extern OrderRegistration order_gavel_makespan(); table.push_back(order_gavel_makespan()); }
  { extern OrderRegistration order_gavel_cost(); table.push_back(order_gavel_cost()); }
  { extern OrderRegistration order_sia(); table.push_back(order_sia()); }
  { extern OrderRegistration order_allox(); table.push_back(order_allox()); }
  { extern OrderRegistration order_themis(); table.push_back(order_themis()); }
  { extern OrderRegistration order_drf(); table.push_back(order_drf()); }
  return table;
}

static std::vector<PlacementRegistration> make_placements() {
  std::vector<PlacementRegistration> table;
  { extern PlacementRegistration place_first_fit(); table.push_back(place_first_fit()); }
  { extern PlacementRegistration place_best_fit(); table.push_back(place_best_fit()); }
  { extern PlacementRegistration place_worst_fit(); table.push_back(place_worst_fit()); }
  { extern PlacementRegistration place_random(); table.push_back(place_random()); }
  { extern PlacementRegistration place_consolidate(); table.push_back(place_consolidate()); }
  { extern PlacementRegistration score_dot_product(); table.push_back(score_dot_product()); }
  { extern PlacementRegistration score_gpu_packing(); table.push_back(score_gpu_packing()); }
  { extern PlacementRegistration score_gpu_clustering(); table.push_back(score_gpu_clustering()); }
  { extern PlacementRegistration score_fgd(); table.push_back(score_fgd()); }
  { extern PlacementRegistration score_openb_best_fit(); table.push_back(score_openb_best_fit()); }
  { extern PlacementRegistration score_fgd_slices(); table.push_back(score_fgd_slices()); }
  { extern PlacementRegistration score_interference_aware(); table.push_back(score_interference_aware()); }
  { extern PlacementRegistration score_lucid(); table.push_back(score_lucid()); }
  return table;
}
// clang-format on

namespace {

std::vector<PolicyDoc> fixed_docs() {
  return {
      {"admission", "strict", "The queue stops at its first job that does not fit.", {}},
      {"admission", "best-effort", "Jobs that do not fit are passed over; every other job that fits starts.", {}},
      {"admission", "easy", "The blocked head has a reservation; jobs that do not delay it may pass (EASY).", {}},
      {"admission", "conservative", "Every waiting job has a reservation; a job may pass if it delays none.", {}},
      {"admission", "kube", "As kube-scheduler's queue: jobs by priority and last try, with back-off.", {}},
      {"admission", "kueue", "One job a cycle, slower and slower while none is admitted (Kueue, one queue).", {}},
      {"preemption", "none", "A started job runs to its end.", {}},
      {"preemption",
       "priority",
       "As kube-scheduler: a job that finds no place takes that of jobs of lower priority.",
       {}},
      {"preemption", "on-event", "All active jobs are ranked anew at each arrival, end and crossing.", {}},
      {"preemption",
       "round",
       "All active jobs are ranked anew every T; between rounds jobs start only on free GPUs.",
       {{"round", "period, as in {round: 60s}", "s", ParameterDoc::Kind::Duration, 1e-9, 1e9, ""}}},
      {"estimate", "oracle", "Policies know real run times.", {}},
      {"estimate", "requested", "Policies know the run times that users stated (real ones where none is stated).", {}},
      {"estimate", "history", "Policies know the mean run time of the user's past jobs.", {}},
      {"estimate",
       "noise",
       "Policies know real run times x exp(sigma N(0,1)).",
       {{"noise", "sigma, as in {noise: 0.5}", "1", ParameterDoc::Kind::Number, 0, 10, ""}}},
  };
}

std::vector<PolicyDoc> make_docs() {
  std::vector<PolicyDoc> docs;
  for (const OrderRegistration& entry : order_registry()) docs.push_back(entry.doc);
  const std::vector<PolicyDoc> fixed = fixed_docs();
  docs.insert(docs.end(), fixed.begin(), fixed.begin() + 10);
  for (const PlacementRegistration& entry : placement_registry()) docs.push_back(entry.doc);
  docs.insert(docs.end(), fixed.begin() + 10, fixed.end());
  return docs;
}

template <class Table>
auto find_in(const Table& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& e) { return e.doc.name == name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

std::span<const OrderRegistration> order_registry() {
  static const std::vector<OrderRegistration> table = make_orders();
  return table;
}

std::span<const PlacementRegistration> placement_registry() {
  static const std::vector<PlacementRegistration> table = make_placements();
  return table;
}

const OrderRegistration* find_order(std::string_view name) { return find_in(order_registry(), name); }

const PlacementRegistration* find_placement(std::string_view name) { return find_in(placement_registry(), name); }

std::span<const PolicyDoc> policy_docs() {
  static const std::vector<PolicyDoc> docs = make_docs();
  return docs;
}

const PolicyDoc* find_policy(std::string_view axis, std::string_view name) {
  const auto docs = policy_docs();
  const auto found = std::find_if(docs.begin(), docs.end(),
                                  [&](const PolicyDoc& doc) { return doc.axis == axis && doc.name == name; });
  return found == docs.end() ? nullptr : &*found;
}

}  // namespace seatrial
