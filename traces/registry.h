// Names to trace formats: one visible table (registry.cpp). The scenario loader, its error messages, `seatrial list
// formats` and the generated reference read it. A new format is one file and one line there.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "traces/input_file.h"
#include "traces/reader.h"

namespace seatrial {

struct TraceFormat {
  const char* name;
  const char* sentence;  // what it is
  const char* columns;   // what is read, and from which layouts
  const char* licence;   // of the published data, not of this reader
  std::unique_ptr<TraceReader> (*open)(InputFile input, Problems& problems);
};

[[nodiscard]] std::span<const TraceFormat> trace_formats();
// The format of a name, or nullptr.
[[nodiscard]] const TraceFormat* find_trace_format(std::string_view name);

}  // namespace seatrial
