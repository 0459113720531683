// A shared library that is opened when a run first needs it, so that no other run pays for it. Used for the solvers of
// COIN-OR (integer_program.cpp, linear_program.cpp). What is opened stays open: its functions may be kept.
#pragma once

#include <dlfcn.h>

namespace seatrial {

class RuntimeLibrary {
 public:
  // file: as the dynamic linker searches it, such as libClp.so.1. An absent one has no functions.
  explicit RuntimeLibrary(const char* file) : handle_(dlopen(file, RTLD_NOW | RTLD_LOCAL)) {}

  // Sets the function of that name; false if there is none. The caller answers for its type.
  template <class Function>
  [[nodiscard]] bool look_up(const char* name, Function& function) const {
    if (handle_ == nullptr) return false;
    function = reinterpret_cast<Function>(dlsym(handle_, name));
    return function != nullptr;
  }

 private:
  void* handle_;
};

}  // namespace seatrial
