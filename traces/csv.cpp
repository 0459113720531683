// Splitting lines into fields; see csv.h.
#include "traces/csv.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace seatrial {

CsvFile::CsvFile(InputFile input, Problems& problems, CsvDialect dialect)
    : lines_(std::move(input), problems), problems_(problems), dialect_(dialect) {
  read_first_line();
  take_header();
}

CsvFile::CsvFile(InputFile input, Problems& problems, const std::vector<std::string>& columns)
    : lines_(std::move(input), problems), problems_(problems) {
  read_first_line();
  line_is_pending_ = count_ == columns.size() && fields_.front() != columns.front();
  if (line_is_pending_) {
    columns_ = columns;
    limit_ = columns.size() + 1;
  } else {
    take_header();
  }
}

void CsvFile::read_first_line() {
  fields_.resize(limit_);
  starts_.resize(limit_);
  const bool any = next_line();
  header_place_ = Place{lines_.file(), any ? lines_.line_number() : 1};
  problems_.throw_if_any();
  if (!any) throw InputError(Place{lines_.file()}, "", "the file is empty: no header line");
  if (!split()) problems_.throw_if_any();
}

Place CsvFile::place_of(std::size_t offset) const {
  const std::string_view before = line_.substr(0, offset);
  const auto line_breaks = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t last_break = before.rfind('\n');
  const std::string_view in_line = last_break == std::string_view::npos ? before : before.substr(last_break + 1);
  const auto characters = std::count_if(in_line.begin(), in_line.end(),
                                        [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
  return {lines_.file(), lines_.line_number() + line_breaks, static_cast<std::uint32_t>(characters) + 1};
}

Place CsvFile::place(std::size_t field) const { return place_of(starts_[field]); }

bool CsvFile::bad_row(std::size_t offset, std::string what) {
  problems_.add(place_of(offset), "", std::move(what));
  return false;
}

// Blank lines are passed over.
bool CsvFile::next_line() {
  while (lines_.next(line_)) {
    if (!line_.empty()) return true;
  }
  return false;
}

void CsvFile::take_header() {
  if (count_ > kMaxColumns) throw InputError(header_place_, "", "more than 1024 columns");
  for (std::size_t i = 0; i < count_; ++i) {
    const std::string_view name = fields_[i];
    if (!name.empty() && std::find(columns_.begin(), columns_.end(), name) != columns_.end()) {
      throw InputError(place(i), "", "column \"" + quoted(name) + "\" appears twice");
    }
    columns_.emplace_back(name);
  }
  limit_ = count_ + 1;
}

bool CsvFile::next() {
  for (;;) {
    if (!std::exchange(line_is_pending_, false) && !next_line()) return false;
    ++rows_begun_;
    if (!split()) continue;
    if (count_ == columns_.size()) return true;
    const std::size_t extra = count_ > columns_.size() ? starts_[columns_.size()] : line_.size();
    bad_row(extra, "the row has " + std::string(count_ > columns_.size() ? "more than " : "only ") +
                       std::to_string(std::min(count_, columns_.size())) + " fields, the header has " +
                       std::to_string(columns_.size()));
  }
}

bool CsvFile::split() {
  const void* const nul = std::memchr(line_.data(), '\0', line_.size());
  if (nul != nullptr) {
    return bad_row(static_cast<std::size_t>(static_cast<const char*>(nul) - line_.data()),
                   "the line contains a NUL byte");
  }
  if (dialect_.quotes && std::memchr(line_.data(), '"', line_.size()) != nullptr) return split_quoted();
  split_plain();
  return true;
}

void CsvFile::split_plain() {
  const char* const data = line_.data();
  const std::size_t size = line_.size();
  std::size_t field = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < size && field + 1 < limit_; ++at) {
    if (data[at] != dialect_.delimiter) continue;
    fields_[field] = line_.substr(begin, at - begin);
    starts_[field++] = static_cast<std::uint32_t>(begin);
    begin = at + 1;
  }
  fields_[field] = line_.substr(begin);
  starts_[field] = static_cast<std::uint32_t>(begin);
  count_ = field + 1;
}

bool CsvFile::split_quoted() {
  std::vector<Extent> extents;
  for (std::size_t at = 0; extents.size() < limit_;) {
    Extent field{at, at, at < line_.size() && line_[at] == '"', false};
    if (field.quoted) {
      if (!find_quoted_end(field)) return false;
    } else {
      field.end = std::min(line_.find(dialect_.delimiter, at), line_.size());
      const std::size_t quote = line_.substr(at, field.end - at).find('"');
      if (quote != std::string_view::npos) return bad_row(at + quote, "a quote inside a field that is not quoted");
    }
    extents.push_back(field);
    if (field.end == line_.size()) break;
    if (line_[field.end] != dialect_.delimiter) return bad_row(field.end, "text after the closing quote");
    at = field.end + 1;
  }
  count_ = 0;
  unescaped_used_ = 0;
  for (const Extent& field : extents) store(field);
  return true;
}

// Moves field.end behind the closing quote, taking in further lines where the field has line breaks.
bool CsvFile::find_quoted_end(Extent& field) {
  for (std::size_t at = field.begin + 1;;) {
    const std::size_t quote = line_.find('"', at);
    if (quote == std::string_view::npos) {
      at = line_.size();
      if (!lines_.extend(line_)) return bad_row(field.begin, "the quote is not closed");
      const std::size_t nul = line_.find('\0', at);
      if (nul != std::string_view::npos) return bad_row(nul, "the line contains a NUL byte");
    } else if (quote + 1 < line_.size() && line_[quote + 1] == '"') {
      field.doubled = true;
      at = quote + 2;
    } else {
      field.end = quote + 1;
      return true;
    }
  }
}

void CsvFile::store(const Extent& field) {
  starts_[count_] = static_cast<std::uint32_t>(field.begin);
  std::string_view text = line_.substr(field.begin, field.end - field.begin);
  if (field.quoted) text = text.substr(1, text.size() - 2);
  if (field.doubled) {
    if (unescaped_used_ == unescaped_.size()) unescaped_.emplace_back();
    std::string& plain = unescaped_[unescaped_used_++];
    plain.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
      plain += text[i];
      if (text[i] == '"') ++i;  // the second of a pair
    }
    text = plain;
  }
  fields_[count_++] = text;
}

}  // namespace seatrial
