// Classes of jobs by the GPUs of the gang, as tables and charts group them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace seatrial {

inline constexpr std::size_t kSizeClasses = 6;
[[nodiscard]] std::size_t size_class(std::int64_t gpus);            // of a gang: 0 to kSizeClasses - 1
[[nodiscard]] const char* size_class_name(std::size_t size_class);  // "CPU only", "up to 1 GPU", "2 to 4", ...

}  // namespace seatrial
