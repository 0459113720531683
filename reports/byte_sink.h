// Where a writer's bytes go: a file of a result folder, or text in a test. Writers fill a large buffer of their own and
// hand it over in blocks, so that the virtual call costs nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace seatrial {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual void append(std::string_view bytes) = 0;
};

class TextSink final : public ByteSink {
 public:
  void append(std::string_view bytes) override { text.append(bytes); }
  std::string text;
};

// A buffer in front of a sink. flush() must be called at the end; the destructor does not write.
class Buffered {
 public:
  static constexpr std::size_t kBlock = std::size_t{1} << 20U;

  explicit Buffered(ByteSink& sink) : sink_(sink) { text.reserve(kBlock + 65536); }
  void flush_if_full() {
    if (text.size() >= kBlock) flush();
  }
  void flush() {
    sink_.append(text);
    text.clear();
  }

  std::string text;  // append here

 private:
  ByteSink& sink_;
};

}  // namespace seatrial
