// A sink that compresses (gzip) and passes on. No time and no name go into the header: equal bytes give equal files.
#pragma once

#include <memory>

#include "reports/byte_sink.h"

namespace seatrial {

class GzipSink final : public ByteSink {
 public:
  explicit GzipSink(ByteSink& out);
  ~GzipSink() override;
  void append(std::string_view bytes) override;
  // Writes what is left and the checksum; nothing may be appended after it.
  void finish();

 private:
  struct State;
  void push(std::string_view bytes, bool last);

  ByteSink& out_;
  std::unique_ptr<State> state_;
};

}  // namespace seatrial
