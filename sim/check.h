// Assertions about our own code. A failed CHECK is a bug of seatrial, never of the user: it prints the expression,
// the place and what the run was doing (set by set_check_context), then exits with status 3.
// CHECK stays on in release builds; EXPENSIVE_CHECK only with SEATRIAL_EXPENSIVE_CHECKS (sanitizer and swarm builds).
#pragma once

#include <string>

namespace seatrial {

// Text appended to a failure, for instance "scenario quickstart, seed 42". Per thread.
void set_check_context(std::string context);

[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace seatrial

#define CHECK(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::seatrial::check_failed(#condition, __FILE__, __LINE__))

#ifdef SEATRIAL_EXPENSIVE_CHECKS
#define EXPENSIVE_CHECK(condition) CHECK(condition)
#else
#define EXPENSIVE_CHECK(condition) static_cast<void>(0)
#endif
