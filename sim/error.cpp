// How mistakes are worded; see error.h.
#include "sim/error.h"

#include <cstring>
#include <utility>

#include "sim/text.h"

namespace seatrial {

std::string Problem::text() const {
  std::string out;
  if (!place.file.empty()) {
    out += quoted(place.file, 200);
    if (place.line != 0) out += ':' + std::to_string(place.line);
    if (place.line != 0 && place.column != 0) out += ':' + std::to_string(place.column);
    out += ": ";
  }
  if (!path.empty()) out += path + ": ";
  out += what;
  if (!hint.empty()) out += "; " + hint;
  return out;
}

std::string quoted(std::string_view user_text, std::size_t shown) {
  const bool cut = user_text.size() > shown;
  if (cut) user_text = user_text.substr(0, shown);
  const std::string clean = to_utf8(user_text);
  std::string out;
  for (const char c : clean) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
      continue;
    }
    constexpr const char* kHex = "0123456789abcdef";
    out += "\\x";
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return cut ? out + "..." : out;
}

void Problems::add(Problem problem) {
  if (full()) {
    ++more_;
  } else {
    problems_.push_back(std::move(problem));
  }
}

void Problems::add(Place place, std::string path, std::string what, std::string hint) {
  add(Problem{std::move(place), std::move(path), std::move(what), std::move(hint)});
}

std::string Problems::text() const {
  std::string out;
  for (const Problem& problem : problems_) out += problem.text() + '\n';
  if (more_ != 0) out += "and " + std::to_string(more_) + " more\n";
  return out;
}

void Problems::throw_if_any() const {
  if (!empty()) throw InputError(*this);
}

InputError::InputError(Problems problems) : problems_(std::move(problems)), text_(problems_.text()) {}

InputError::InputError(Place place, std::string path, std::string what, std::string hint) {
  problems_.add(std::move(place), std::move(path), std::move(what), std::move(hint));
  text_ = problems_.text();
}

SystemError::SystemError(std::string_view path, std::string_view action, int error) {
  text_ = quoted(path, 200) + ": " + std::string(action);
  if (error != 0) text_ += std::string(": ") + std::strerror(error);
}

}  // namespace seatrial
