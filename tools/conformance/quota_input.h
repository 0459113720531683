// Quota trees as conformance cases write them: cluster queues and cohorts with quotas by flavor and resource. Shared by
// the kinds of kueue.json; whatever a file holds becomes a tree without problems, or a MalformedCase.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/quota_tree.h"
#include "tools/conformance/case_input.h"

namespace seatrial::conformance {

class QuotaInput {
 public:
  static constexpr std::size_t kMostEntries = 10'000;
  static constexpr std::int64_t kMostAmount = std::int64_t{1} << 50;

  // Reads `clusterQueues` and `cohorts`; cohorts that are only named as parents exist too.
  explicit QuotaInput(const Json& input);

  // A node by kind and name; throws MalformedCase for one that is not there.
  [[nodiscard]] QuotaNodeId queue(const std::string& name) const;
  // A list of {flavor, resource, amount}. Flavors and resources that no quota names are an error.
  [[nodiscard]] QuotaAmounts amounts(const Json& entries) const;
  [[nodiscard]] FlavorResourceId flavor_resource(const Json& entry) const;

  [[nodiscard]] const QuotaTreeSpec& spec() const { return spec_; }
  // The queues, in the order of the case.
  [[nodiscard]] const std::vector<QuotaNodeId>& queues() const { return queues_; }

 private:
  QuotaNodeId cohort(const std::string& name);
  QuotaNodeId add_node(const std::string& name, bool is_cohort);
  void read_node(const Json& entry, QuotaNodeId id, const char* parent_key);
  void read_quotas(const Json& entry, QuotaNodeId id);
  FlavorResourceId intern(const std::string& flavor, const std::string& resource);

  QuotaTreeSpec spec_;
  std::vector<QuotaNodeId> queues_;
  std::map<std::string, QuotaNodeId> queue_names_;
  std::map<std::string, QuotaNodeId> cohort_names_;
  std::map<std::pair<std::string, std::string>, FlavorResourceId> flavor_resources_;
};

}  // namespace seatrial::conformance
