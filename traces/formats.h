// The readers of the trace formats; what each accepts is told at its definition and in registry.cpp. All take an open
// file; what is wrong with its header is added to the problems or thrown as an InputError.
#pragma once

#include <memory>

#include "traces/input_file.h"
#include "traces/reader.h"

namespace seatrial {

std::unique_ptr<TraceReader> open_native(InputFile input, Problems& problems);
std::unique_ptr<TraceReader> open_openb(InputFile input, Problems& problems);
std::unique_ptr<TraceReader> open_helios(InputFile input, Problems& problems);
std::unique_ptr<TraceReader> open_philly(InputFile input, Problems& problems);
std::unique_ptr<TraceReader> open_itp(InputFile input, Problems& problems);
std::unique_ptr<TraceReader> open_acme(InputFile input, Problems& problems);
std::unique_ptr<TraceReader> open_pai(InputFile input, Problems& problems);
std::unique_ptr<TraceReader> open_swf(InputFile input, Problems& problems);
std::unique_ptr<TraceReader> open_sacct(InputFile input, Problems& problems);
std::unique_ptr<TraceReader> open_burstgpt(InputFile input, Problems& problems);
std::unique_ptr<TraceReader> open_azure_llm(InputFile input, Problems& problems);

}  // namespace seatrial
