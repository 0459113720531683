// Pods, quotas and limit ranges from short texts, for tests: "cpu=1 memory=2Gi" is a resource list.
#pragma once

#include <sstream>
#include <string>

#include "models/pod_resources.h"
#include "sim/check.h"

namespace seatrial {

inline ResourceList resource_list(const std::string& text) {
  ResourceList resources;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    CHECK(equals != std::string::npos);
    const auto quantity = parse_quantity(word.substr(equals + 1));
    CHECK(quantity.has_value());
    resources[word.substr(0, equals)] = *quantity;
  }
  return resources;
}

inline std::string list_text(const ResourceList& resources) {
  std::string text;
  for (const auto& [name, quantity] : resources) text += (text.empty() ? "" : " ") + name + "=" + quantity.text();
  return text;
}

inline ContainerResources container_resources(const std::string& requests, const std::string& limits = "") {
  return {resource_list(requests), resource_list(limits), false};
}

}  // namespace seatrial
