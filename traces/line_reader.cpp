// Splitting a stream into lines; see line_reader.h.
#include "traces/line_reader.h"

#include <cstring>
#include <utility>

namespace seatrial {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

LineReader::LineReader(InputFile input, Problems& problems)
    : input_(std::move(input)), problems_(problems), buffer_(kBufferBytes) {
  while (end_ < kByteOrderMark.size() && refill()) {
  }
  if (std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark)) next_ = kByteOrderMark.size();
}

// Adds bytes behind end_; makes room by moving the current line to the front, then by growing.
bool LineReader::refill() {
  if (at_end_) return false;
  if (end_ == buffer_.size() && begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    line_end_ -= begin_;
    next_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
  const std::size_t count = input_.read(std::span(buffer_).subspan(end_));
  end_ += count;
  at_end_ = count == 0;
  return !at_end_;
}

// Sets line_end_ and next_ for the line that begins at begin_, searching from an offset in it.
bool LineReader::find_line_end(std::size_t from) {
  for (;;) {
    const char* const start = buffer_.data() + begin_ + from;
    const std::size_t length = end_ - begin_ - from;
    const void* const found = length == 0 ? nullptr : std::memchr(start, '\n', length);
    if (found != nullptr) {
      line_end_ = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
      next_ = line_end_ + 1;
    } else {
      from = end_ - begin_;
      line_end_ = end_;
      next_ = end_;
    }
    if (line_end_ - begin_ > kMaxLineBytes) {
      problems_.add(Place{file(), last_line_}, "", "the line is longer than 1 MiB");
      at_end_ = true;
      next_ = end_;
      line_end_ = end_;
      return false;
    }
    if (found != nullptr) return true;
    if (!refill()) return line_end_ > begin_;
  }
}

std::string_view LineReader::current() const {
  std::size_t length = line_end_ - begin_;
  if (length != 0 && buffer_[begin_ + length - 1] == '\r') --length;
  return {buffer_.data() + begin_, length};
}

bool LineReader::next(std::string_view& line) {
  begin_ = line_end_ = next_;
  first_line_ = ++last_line_;
  if (!find_line_end(0)) return false;
  line = current();
  return true;
}

bool LineReader::extend(std::string_view& line) {
  const std::size_t length = line.size();
  const bool more = next_ < end_ || refill();
  if (more) ++last_line_;
  if (!more || !find_line_end(next_ - begin_)) {
    line = {buffer_.data() + begin_, length};  // the same text; it may have moved
    return false;
  }
  line = current();
  return true;
}

}  // namespace seatrial
