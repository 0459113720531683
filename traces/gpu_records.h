// The records that the injection library of `seatrial profile` writes while a program runs, one file per process, a
// line each (tools/inject/inject.cpp), times in ns:
//   N id name             a kernel's name, before its first use
//   K id start end        a kernel that ran
//   C direction bytes start end
//   S start end           a memset
//   I start               a range named step... began
// A program may be ended at any time: a last line without its end is left out.
#pragma once

#include <string>
#include <string_view>

#include "traces/run_profile.h"

namespace seatrial {

// Adds a file's records. Throws InputError with the line of one that is malformed.
void read_gpu_records(std::string_view text, const std::string& file, GpuActivity& activity);

}  // namespace seatrial
