// collectives: time of an NCCL operation by number of GPUs and bytes, within one node. Alpha-beta with a term for
// middle sizes, all factors >= 0,
//   t = a + b n + c sqrt(x) + d x,   x = traffic / link bandwidth,   traffic = (n-1)/n S, twice that for all-reduce
// and a table of what it misses over log bytes and log n. The form of aiconfigurator's NCCL tables.
#include <algorithm>
#include <array>
#include <cmath>

#include "models/cost_curve.h"
#include "models/cost_family_entries.h"

namespace seatrial {
namespace {

// Bandwidth of a GPU's links to its neighbours, one direction: NVLink 3, 4 and 5 as aiconfigurator's system files have
// them (300, 450, 900 GB/s); PCIe 4.0 and 5.0 x16 by their lane rates.
struct Links {
  const char* prefix;  // of a system's name
  double gb_per_s;
};
constexpr std::array<Links, 16> kLinks{{{"a100_pcie", 32},
                                        {"a100", 300},
                                        {"a800", 200},
                                        {"h100_pcie", 64},
                                        {"h100", 450},
                                        {"h200", 450},
                                        {"h800", 200},
                                        {"h20", 450},
                                        {"gh200", 450},
                                        {"b200", 900},
                                        {"b300", 900},
                                        {"gb200", 900},
                                        {"gb300", 900},
                                        {"l40", 32},
                                        {"a40", 32},
                                        {"rtx", 64}}};

double link_gb_per_s(const std::string& system) {
  for (const Links& links : kLinks) {
    if (system.rfind(links.prefix, 0) == 0) return links.gb_per_s;
  }
  return 0;
}

class CollectiveFamily final : public CurveFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "collectives"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "time of a collective within a node: alpha-beta with a table of what it misses";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return {&columns_, 1}; }
  [[nodiscard]] std::vector<std::string> axes() const override { return {"log_bytes", "log_gpus"}; }
  // By size within a number of GPUs: the table must bridge it from both neighbours.
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    return point.keys[0] + '/' + point.keys[1] + '/' + std::to_string(point.numbers[0]) + '/' +
           std::to_string(point.numbers[1]);
  }
  [[nodiscard]] std::string_view group_name() const override { return "leave one point out"; }
  [[nodiscard]] std::string scope(const CostPoint& point) const override { return point.keys[0] + '/' + point.keys[1]; }

 protected:
  [[nodiscard]] std::vector<Parameter> parameters() const override {
    return {{"alpha_us", 0, 0, 0}, {"alpha_us_per_gpu", 0, 0, 0}, {"middle", 0, 0, 0}, {"beta", 0, 0, 0}};
  }
  [[nodiscard]] bool is_linear() const override { return true; }
  [[nodiscard]] double formula(std::span<const double> of, std::span<const double> features) const override {
    return of[0] + of[1] * features[0] + of[2] * std::sqrt(features[1]) + of[3] * features[1];
  }
  // Features: number of GPUs, microseconds that the traffic takes at the links' bandwidth.
  [[nodiscard]] CurvePoint curve_point(const CostPoint& point, std::size_t /*time*/) const override {
    const double links = link_gb_per_s(point.keys[0]);
    if (links == 0) return no_curve("the links of " + point.keys[0] + " are not known");
    const double gpus = point.numbers[0];
    const double bytes = point.numbers[1];
    if (gpus < 2) return no_curve("a collective needs two GPUs");
    const double traffic = (point.keys[1] == "all_reduce" ? 2 : 1) * (gpus - 1) / gpus * bytes;
    const std::vector<std::string> key{point.keys[0], point.keys[1]};
    return {joined_key(key), {gpus, traffic / (links * 1e3)}, {std::log(bytes), std::log(gpus)}, {}};
  }
  [[nodiscard]] SurfaceShape surface_shape() const override { return {{12, 6}, 1e-4}; }
  [[nodiscard]] bool chooses_shape() const override { return true; }
  // The system whose links are most like these, by ratio; the first by name of equals is that of one generation before
  // (h100 for h200, b200 for gb200).
  [[nodiscard]] std::vector<std::string> substitutes(const std::string& key,
                                                     const FittedFamily& fitted) const override {
    const std::vector<std::string> asked = key_parts(key);
    std::string best;
    double least = 0;
    for (const FittedCurve& curve : fitted.curves) {
      const std::vector<std::string> parts = key_parts(curve.key);
      if (parts.size() != 2 || parts[1] != asked[1] || link_gb_per_s(parts[0]) == 0) continue;
      const double apart = std::abs(std::log(link_gb_per_s(parts[0]) / link_gb_per_s(asked[0])));
      if (!best.empty() && apart >= least) continue;
      best = curve.key;
      least = apart;
    }
    if (best.empty()) return {};
    return {best};
  }

 private:
  Columns columns_{{"system", "op"}, {"num_gpus", "bytes"}, {"latency_us"}};
};

}  // namespace

std::unique_ptr<const CostFamily> collective_family() { return std::make_unique<CollectiveFamily>(); }

}  // namespace seatrial
