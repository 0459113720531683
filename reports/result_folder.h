// A result folder that appears whole or not at all. Files are written under a temporary sibling name
// (`.NAME.partial-PID-N`); commit() brings them to the disk and renames the folder in one step. A failed or abandoned
// run removes its temporary folder; what a killed run left behind is removed by the next run with the same --out.
//
// An existing folder is replaced only if it holds a result of ours; anything else there is the user's mistake
// (InputError), found before the simulation starts and again before the rename. What the system refuses is SystemError.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reports/file_layer.h"

namespace seatrial {

class ResultFolder {
 public:
  // Checks the final path, creates missing parents and the temporary folder.
  explicit ResultFolder(const std::string& path, const FileLayer& files = system_files());
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;
  // Removes the temporary folder unless commit() succeeded.
  ~ResultFolder();

  // The final path.
  [[nodiscard]] const std::string& path() const { return final_; }
  // Where the files are until then.
  [[nodiscard]] const std::string& temporary_path() const { return temporary_; }
  // A new file; name without folders. Call close() on it before commit().
  [[nodiscard]] std::unique_ptr<OutputFile> create(std::string_view name);
  // A whole file at once.
  void write(std::string_view name, std::string_view content);
  // Everything to the disk, then the final name. At most once.
  void commit();
  // Removes the temporary folder now; nothing may be written after it. Does nothing after commit().
  void abandon() noexcept;

 private:
  void make_parents();
  void make_temporary();
  [[nodiscard]] bool lock_temporary();
  void remove_leftovers() noexcept;
  void sync_folder(const std::string& path);
  void put_in_place();
  void replace_in_two_steps();
  void remove_folder(const std::string& path) noexcept;

  const FileLayer& files_;
  std::string final_;
  std::string parent_;
  std::string stem_;  // of temporary names: ".NAME.partial-"
  std::string temporary_;
  std::vector<std::string> made_parents_;
  int lock_ = -1;      // holds a lock on the temporary folder: its owner is alive
  bool done_ = false;  // committed or abandoned
};

// Throws InputError unless a result may be written at `path`: it does not exist, or holds a result of ours.
void check_result_path(const std::string& path);

}  // namespace seatrial
