// Quoting, numbers and reading of CSV; see csv.h.
#include "reports/csv.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace seatrial {

void append_csv_field(std::string& out, std::string_view field) {
  const std::size_t start = out.size();
  out.append(field);
  quote_csv_field(out, start);
}

void quote_csv_field(std::string& out, std::size_t start) {
  const auto special = [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; };
  std::size_t at = start;
  while (at < out.size() && !special(out[at])) ++at;
  if (at == out.size()) return;
  const std::string field = out.substr(start);
  out.resize(start);
  out += '"';
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_integer(std::string& out, std::int64_t value) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) return;
  char digits[40];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_two_digits(std::string& out, double value) {
  char digits[400];
  const int length = std::snprintf(digits, sizeof digits, "%.2f", value);
  out.append(digits, static_cast<std::size_t>(length));
}

bool CsvRows::next(std::vector<std::string>& fields) {
  if (rest_.empty()) return false;
  std::size_t count = 0;
  const auto fresh = [&]() -> std::string& {
    if (count == fields.size()) fields.emplace_back();
    fields[count].clear();
    return fields[count++];
  };
  std::string* field = &fresh();
  bool in_quotes = false;
  std::size_t at = 0;
  for (; at < rest_.size(); ++at) {
    const char c = rest_[at];
    if (in_quotes) {
      if (c != '"') {
        *field += c;
      } else if (at + 1 < rest_.size() && rest_[at + 1] == '"') {
        *field += '"';
        ++at;
      } else {
        in_quotes = false;
      }
    } else if (c == '"') {
      in_quotes = true;
    } else if (c == ',') {
      field = &fresh();
    } else if (c == '\n') {
      break;
    } else {
      *field += c;
    }
  }
  fields.resize(count);
  rest_.remove_prefix(std::min(at + 1, rest_.size()));
  return true;
}

}  // namespace seatrial
