// What a job's `gpus` counts: whole GPUs or shares of one, instances of a MIG profile, replicas of shared GPUs, or
// whatever has enough GPU memory. Written as Kubernetes resource names, with or without "nvidia.com/".
#pragma once

#include <string>
#include <string_view>

namespace seatrial {

// Whole GPU, MIG instance or replica, the smallest that has the memory asked for: a device claim by capacity, as
// dynamic resource allocation makes it.
inline constexpr std::string_view kAnyResource = "any";

// As requests keep it: without "nvidia.com/", '+' of a profile as '.', and empty for "gpu". "nvidia.com/mig-1g.5gb+me"
// and "mig-1g.5gb.me" become "mig-1g.5gb.me".
[[nodiscard]] std::string gpu_resource_key(std::string_view written);
// Of a MIG profile: "mig-1g.5gb.me".
[[nodiscard]] std::string mig_resource_key(std::string_view profile);
// Whether it names something that jobs may ask for: letters, digits, '.', '-' and '/'.
[[nodiscard]] bool is_gpu_resource(std::string_view written);

}  // namespace seatrial
