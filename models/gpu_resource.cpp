// Resource names of GPUs; see gpu_resource.h.
#include "models/gpu_resource.h"

#include <algorithm>

namespace seatrial {
namespace {

constexpr std::string_view kVendor = "nvidia.com/";
constexpr std::string_view kMig = "mig-";

}  // namespace

std::string gpu_resource_key(std::string_view written) {
  if (written.substr(0, kVendor.size()) == kVendor) written.remove_prefix(kVendor.size());
  std::string key(written);
  if (key == "gpu") key.clear();
  if (key.compare(0, kMig.size(), kMig) == 0) std::replace(key.begin(), key.end(), '+', '.');
  return key;
}

std::string mig_resource_key(std::string_view profile) { return gpu_resource_key(std::string(kMig).append(profile)); }

bool is_gpu_resource(std::string_view written) {
  constexpr std::size_t kLongest = 120;
  if (written.empty() || written.size() > kLongest) return false;
  return std::all_of(written.begin(), written.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '/' || c == '+';
  });
}

}  // namespace seatrial
