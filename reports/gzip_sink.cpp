// zlib's deflate with a gzip wrapper; see gzip_sink.h.
#include "reports/gzip_sink.h"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <vector>

#include "sim/check.h"

namespace seatrial {
namespace {

constexpr int kLevel = 6;
constexpr int kGzip = 15 + 16;  // the largest window, and a gzip header instead of zlib's
constexpr int kMemory = 8;
constexpr std::size_t kBuffer = std::size_t{1} << 16U;
constexpr std::size_t kMostAtOnce = std::size_t{1} << 30U;  // zlib counts in 32 bits

}  // namespace

struct GzipSink::State {
  z_stream stream{};
  std::vector<char> buffer = std::vector<char>(kBuffer);
};

GzipSink::GzipSink(ByteSink& out) : out_(out), state_(std::make_unique<State>()) {
  const int result = ::deflateInit2(&state_->stream, kLevel, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY);
  if (result == Z_MEM_ERROR) throw std::bad_alloc();
  CHECK(result == Z_OK);
}

GzipSink::~GzipSink() { ::deflateEnd(&state_->stream); }

void GzipSink::push(std::string_view bytes, bool last) {
  z_stream& stream = state_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(bytes.size());
  int result = Z_OK;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(state_->buffer.data());
    stream.avail_out = static_cast<uInt>(kBuffer);
    result = ::deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
    CHECK(result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR);
    out_.append({state_->buffer.data(), kBuffer - stream.avail_out});
  } while (stream.avail_out == 0 || (last && result != Z_STREAM_END));
}

void GzipSink::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kMostAtOnce);
    push(part, false);
    bytes.remove_prefix(part.size());
  }
}

void GzipSink::finish() { push({}, true); }

}  // namespace seatrial
