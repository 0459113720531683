// Prints a failed CHECK and leaves; see check.h.
#include "sim/check.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace seatrial {
namespace {

std::string& context() {
  thread_local std::string text;
  return text;
}

}  // namespace

void set_check_context(std::string text) { context() = std::move(text); }

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "seatrial: bug: CHECK(%s) failed at %s:%d%s%s\n", expression, file, line,
               context().empty() ? "" : "; ", context().c_str());
  std::fflush(stderr);
  std::_Exit(3);
}

}  // namespace seatrial
