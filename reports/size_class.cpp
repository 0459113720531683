// See size_class.h.
#include "reports/size_class.h"

#include <array>

namespace seatrial {

std::size_t size_class(std::int64_t gpus) {
  constexpr std::array<std::int64_t, kSizeClasses - 1> kLargest{0, 1, 4, 8, 64};
  std::size_t at = 0;
  while (at < kLargest.size() && gpus > kLargest[at]) ++at;
  return at;
}

const char* size_class_name(std::size_t size_class) {
  constexpr std::array<const char*, kSizeClasses> kNames{"CPU only", "up to 1 GPU", "2 to 4",
                                                         "5 to 8",   "9 to 64",     "over 64"};
  return kNames[size_class];
}

}  // namespace seatrial
