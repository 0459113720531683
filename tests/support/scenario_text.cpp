// See scenario_text.h.
#include "tests/support/scenario_text.h"

namespace seatrial {
namespace {

constexpr std::string_view kHead = "schema: seatrial/v1\nname: x\n";
constexpr std::string_view kCluster = "cluster: {pools: [{name: p, count: 2, gpu: {model: a100-40, count: 8}}]}\n";
constexpr std::string_view kWorkload =
    "workload: [{name: w, generate: {jobs: 5, rate: 1/s, duration: {distribution: constant, mean: 1m}}}]\n";

}  // namespace

std::string good_scenario() { return scenario_with("", ""); }

std::string scenario_with(std::string_view where, std::string_view text) {
  std::string out(where == "head" ? text : kHead);
  if (where == "more") out += text;
  out += where == "cluster" ? text : kCluster;
  out += where == "workload" ? text : kWorkload;
  return out;
}

}  // namespace seatrial
