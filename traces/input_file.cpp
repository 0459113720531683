// Opening, reading and inflating; see input_file.h.
#include "traces/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sim/check.h"

namespace seatrial {
namespace {

constexpr std::size_t kRawBytes = 128 * 1024;
constexpr std::size_t kPeekBytes = 4096;
constexpr int kGzipWindow = 15 + 16;  // the largest window, gzip framing with its checksum

bool is_gzip(std::string_view bytes) { return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b'; }

// What the user can put right by naming another file; everything else is the system's refusal.
bool is_users_mistake(int error) {
  return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG || error == ELOOP || error == ENXIO;
}

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

}  // namespace

struct InputFile::Inflater {
  z_stream stream{};
  bool between_members = false;  // a member has ended, the next has not begun
  ~Inflater() { inflateEnd(&stream); }
};

InputFile::InputFile(InputRequest request) : request_(std::move(request)), compressed_(kRawBytes) {
  name_ = request_.file == "-" ? "<stdin>" : request_.file;
  if (request_.file == "-") {
    descriptor_ = STDIN_FILENO;
  } else {
    open_regular_file();
  }
  while (raw_end_ < 2) {
    const std::size_t count = read_raw(std::span(compressed_).subspan(raw_end_));
    if (count == 0) break;
    raw_end_ += count;
  }
  if (!is_gzip({compressed_.data(), raw_end_})) return;
  inflater_ = std::make_unique<Inflater>();
  CHECK(inflateInit2(&inflater_->stream, kGzipWindow) == Z_OK);
}

InputFile::~InputFile() {
  if (owned_) close(descriptor_);
}

InputFile::InputFile(InputFile&& other) noexcept
    : request_(std::move(other.request_)),
      name_(std::move(other.name_)),
      descriptor_(other.descriptor_),
      owned_(std::exchange(other.owned_, false)),
      ahead_(std::move(other.ahead_)),
      ahead_taken_(other.ahead_taken_),
      compressed_(std::move(other.compressed_)),
      raw_begin_(other.raw_begin_),
      raw_end_(other.raw_end_),
      inflater_(std::move(other.inflater_)) {}

void InputFile::refuse(std::string what) const {
  if (request_.place.file.empty()) throw InputError(Place{name_}, "", std::move(what));
  throw InputError(request_.place, request_.path, quoted(name_, 200) + ": " + std::move(what));
}

void InputFile::damaged(std::string_view what) const {
  throw InputError(Place{name_}, "", std::string(what), "is the file complete?");
}

void InputFile::open_regular_file() {
  const std::string& file = request_.file;
  if (file.empty()) refuse("the file has no name");
  if (file.find('\0') != std::string::npos) refuse("no such file");
  do {
    descriptor_ = open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ < 0) {
    const int error = errno;
    if (is_users_mistake(error)) refuse(error == ENOENT ? "no such file" : std::strerror(error));
    throw SystemError(name_, "cannot open", error);
  }
  owned_ = true;
  struct stat status {};
  const int failed = fstat(descriptor_, &status);
  const int error = errno;
  if (failed == 0 && S_ISREG(status.st_mode)) return;
  close(descriptor_);
  owned_ = false;
  if (failed != 0) throw SystemError(name_, "cannot open", error);
  refuse(std::string("is ") + kind_of(status.st_mode) + ", not a regular file");
}

std::size_t InputFile::read_raw(std::span<char> out) {
  for (;;) {
    const ssize_t count = ::read(descriptor_, out.data(), out.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw SystemError(name_, "cannot read", errno);
  }
}

bool InputFile::refill_compressed() {
  if (raw_begin_ < raw_end_) return true;
  raw_begin_ = 0;
  raw_end_ = read_raw(compressed_);
  return raw_end_ != 0;
}

// After a member: the end of the file, another member, or zero bytes that pad the file.
void InputFile::end_of_member() {
  while (refill_compressed() && compressed_[raw_begin_] == '\0') ++raw_begin_;
  if (raw_begin_ == raw_end_) return;
  if (compressed_[raw_begin_] != '\x1f') damaged("other bytes follow the end of the gzip data");
  CHECK(inflateReset(&inflater_->stream) == Z_OK);
  inflater_->between_members = false;
}

std::size_t InputFile::inflate_into(std::span<char> out) {
  z_stream& stream = inflater_->stream;
  for (;;) {
    if (inflater_->between_members) {
      end_of_member();
      if (inflater_->between_members) return 0;
    }
    if (!refill_compressed()) damaged("the gzip data end too early");
    stream.next_in = reinterpret_cast<Bytef*>(compressed_.data() + raw_begin_);
    stream.avail_in = static_cast<uInt>(raw_end_ - raw_begin_);
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), 1U << 30U));
    const uInt wanted = stream.avail_out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    raw_begin_ = raw_end_ - stream.avail_in;
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      damaged(std::string("the gzip data are damaged (") + (stream.msg == nullptr ? "unknown" : stream.msg) + ")");
    }
    inflater_->between_members = status == Z_STREAM_END;
    if (stream.avail_out != wanted) return wanted - stream.avail_out;
  }
}

std::size_t InputFile::read_content(std::span<char> out) {
  if (inflater_) return inflate_into(out);
  if (raw_begin_ == raw_end_) return read_raw(out);
  const std::size_t count = std::min(out.size(), raw_end_ - raw_begin_);
  std::memcpy(out.data(), compressed_.data() + raw_begin_, count);
  raw_begin_ += count;
  return count;
}

std::size_t InputFile::read(std::span<char> out) {
  if (ahead_taken_ == ahead_.size()) return read_content(out);
  const std::size_t count = std::min(out.size(), ahead_.size() - ahead_taken_);
  std::memcpy(out.data(), ahead_.data() + ahead_taken_, count);
  ahead_taken_ += count;
  return count;
}

std::string_view InputFile::peek() {
  if (ahead_taken_ == ahead_.size()) {
    ahead_.resize(kPeekBytes);
    ahead_.resize(read_content(ahead_));
    ahead_taken_ = 0;
  }
  return {ahead_.data() + ahead_taken_, ahead_.size() - ahead_taken_};
}

}  // namespace seatrial
