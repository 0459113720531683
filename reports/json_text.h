// Text inside JSON that is written by hand because there is too much of it for a document in memory.
#pragma once

#include <string>
#include <string_view>

namespace seatrial {

// Appends the text with its quotes. Control characters and `<` are escaped, so that the text is inert in HTML too;
// bytes that are no UTF-8 become U+FFFD.
void append_json_text(std::string& out, std::string_view text);

}  // namespace seatrial
