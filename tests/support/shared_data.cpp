// See shared_data.h.
#include "tests/support/shared_data.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "tests/support/paths.h"

namespace seatrial {
namespace {

std::string shared_folder() {
  const char* set = std::getenv("SEATRIAL_SHARED");
  if (set != nullptr && *set != '\0') return set;
  return source_file("../shared");
}

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> cells;
  while (true) {
    const std::size_t comma = line.find(',');
    cells.emplace_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace

SharedFile::SharedFile(std::string_view name) : path_(shared_folder() + '/' + std::string(name)) {}

bool SharedFile::present() const {
  std::error_code error;
  return std::filesystem::is_regular_file(path_, error);
}

std::string SharedFile::absence() const { return "no " + path_ + "; set SEATRIAL_SHARED to the folder that holds it"; }

// zlib hands plain files through unchanged.
std::string SharedFile::text() const {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path_.c_str(), "rb"), gzclose);
  if (file == nullptr) throw std::runtime_error("cannot open " + path_);
  std::string out;
  std::vector<char> buffer(1U << 16U);
  while (true) {
    const int got = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
    if (got < 0) throw std::runtime_error("cannot read " + path_);
    if (got == 0) return out;
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

SharedTable::SharedTable(const SharedFile& file) {
  const std::string text = file.text();
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    std::vector<std::string> cells = split(line);
    if (header_.empty()) {
      header_ = std::move(cells);
    } else if (cells.size() != header_.size()) {
      throw std::runtime_error(file.path() + ": ragged row: " + std::string(line));
    } else {
      rows_.push_back(std::move(cells));
    }
  }
}

const std::string& SharedTable::cell(std::size_t row, std::string_view column) const {
  const auto at = std::find(header_.begin(), header_.end(), column);
  if (at == header_.end()) throw std::out_of_range("no column " + std::string(column));
  return rows_.at(row)[static_cast<std::size_t>(at - header_.begin())];
}

double SharedTable::number(std::size_t row, std::string_view column) const { return std::stod(cell(row, column)); }

}  // namespace seatrial
