// Kind mig_config_valid: profile counts on a GPU that is named by its product.
#include "models/mig_layout.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {

Json mig_config_valid_answer(const Json& input) {
  const MigFamily* family = mig_family_of_product(text(input, "gpu"));
  if (family == nullptr) throw MalformedCase("input.gpu: not a GPU of the MIG catalogue");
  constexpr std::int64_t kMost = std::int64_t{1} << 62;
  std::vector<MigLayoutEntry> layout;
  for (const auto& [profile, count] : object_of(input, "config", 1000).items()) {
    layout.push_back({profile, integer(count, -kMost, kMost)});
  }
  return {{"valid", check_mig_layout(*family, layout).empty()}};
}

}  // namespace seatrial::conformance
