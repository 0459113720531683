// See mutate.h.
#include "tests/support/mutate.h"

#include <algorithm>
#include <array>

namespace seatrial {
namespace {

// Text that has broken readers before.
std::string nasty(Random& random) {
  static const std::array<std::string, 24> kTexts{"",
                                                  "-1",
                                                  "NaN",
                                                  "inf",
                                                  "1e308",
                                                  "-0",
                                                  "0x10",
                                                  "9223372036",
                                                  "9223372037",
                                                  "1e-400",
                                                  "\"",
                                                  "\"\"",
                                                  "\r\n",
                                                  "\n\n",
                                                  ",,,,",
                                                  "|||",
                                                  ";",
                                                  "\xff\xfe",
                                                  "\xef\xbb\xbf",
                                                  "null",
                                                  "1-02:03:04",
                                                  "2017-11-05 01:30:00",
                                                  "[[[[[[",
                                                  "99999999999999999999"};
  return kTexts[random.below(kTexts.size())];
}

}  // namespace

void mutate(std::string& text, Random& random) {
  const std::size_t at = text.empty() ? 0 : random.below(text.size());
  switch (random.below(8)) {
    case 0:
      if (!text.empty()) text[at] = static_cast<char>(random.below(256));
      break;
    case 1:
      text.insert(at, nasty(random));
      break;
    case 2:
      text.erase(at, random.below(20));
      break;
    case 3:
      text.resize(at);
      break;
    case 4:
      text.insert(at, text.substr(random.below(text.size() + 1), random.below(200)));
      break;
    case 5: {  // replace a whole field
      const std::size_t begin = text.find_last_of(",|\n \":", at);
      const std::size_t from = begin == std::string::npos ? 0 : begin + 1;
      text.replace(from, std::min(text.find_first_of(",|\n \":", from), text.size()) - from, nasty(random));
      break;
    }
    case 6:
      text.insert(at, 1, '\0');
      break;
    default:
      if (!text.empty()) std::swap(text[at], text[random.below(text.size())]);
      break;
  }
}

}  // namespace seatrial
