// A reference to something that can be called, for functions that take a callback and keep nothing of it: no copy, no
// allocation, one indirect call. The thing referred to must outlive every call; never store one.
#pragma once

#include <memory>
#include <utility>

namespace seatrial {

template <class Signature>
class FunctionRef;

template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  template <class Callable>
  FunctionRef(const Callable& callable)  // NOLINT(google-explicit-constructor): a lambda is passed as it stands
      : target_(std::addressof(callable)), call_([](const void* target, Arguments... arguments) -> Result {
          return (*static_cast<const Callable*>(target))(std::forward<Arguments>(arguments)...);
        }) {}

  Result operator()(Arguments... arguments) const { return call_(target_, std::forward<Arguments>(arguments)...); }

 private:
  const void* target_;
  Result (*call_)(const void*, Arguments...);
};

}  // namespace seatrial
