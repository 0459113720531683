// Reference data that is not part of the repository: the folder named by the environment variable SEATRIAL_SHARED, else
// `../shared` beside the source tree. A test that needs a file asks first and skips by name where it is absent:
//   const SharedFile file("traces/reference_replays.csv");
//   if (!file.present()) GTEST_SKIP() << file.absence();
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace seatrial {

class SharedFile {
 public:
  // name: relative to the shared folder.
  explicit SharedFile(std::string_view name);

  [[nodiscard]] bool present() const;
  // "no <path>; set SEATRIAL_SHARED to the folder that holds it".
  [[nodiscard]] std::string absence() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  // The whole file, unpacked if it is gzip. Throws std::runtime_error where it cannot be read.
  [[nodiscard]] std::string text() const;

 private:
  std::string path_;
};

// A table of comma-separated cells without quotes, header first. Throws std::runtime_error on a ragged row.
class SharedTable {
 public:
  explicit SharedTable(const SharedFile& file);

  [[nodiscard]] std::size_t rows() const { return rows_.size(); }
  // Throws std::out_of_range for an unknown column.
  [[nodiscard]] const std::string& cell(std::size_t row, std::string_view column) const;
  [[nodiscard]] double number(std::size_t row, std::string_view column) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace seatrial
