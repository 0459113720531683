// The program's side of the terminal: standard output whose errors are seen, signals as a flag, words of the command
// line. Used by all verbs.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

namespace seatrial {

enum ExitStatus : int {
  kDone = 0,
  kGoalMissed = 1,
  kWrongInput = 2,
  kBug = 3,
  kAbsent = 4,  // hardware, a driver, or a library that the program was built without
  kSystemRefused = 5,
};

// Writes all of the text to standard output; throws SystemError if it does not take it (closed, full disk).
void print(std::string_view text);

// Is standard output a terminal that shows colours (and NO_COLOR not set)?
[[nodiscard]] bool output_is_terminal();

// Is standard error a terminal, which long work may draw its progress on?
[[nodiscard]] bool errors_are_terminal();
// Text for that terminal, as it is.
void draw_progress(std::string_view text);

// A file, or standard output for `-`. A regular file appears, or changes, only when all of it is on the disk. Throws
// SystemError.
void write_text_file(const std::string& path, std::string_view text);

// A program that is started with standard streams closed must not get a result file in their place.
void occupy_standard_streams();

// From now on writing to a closed pipe or beyond the limit on file size is an error of the write instead of a signal.
void ignore_write_signals();
// For verbs that poll interrupted(): from now on Ctrl-C and SIGTERM set that flag (a second one ends the program at
// once). Verbs that have nothing to clean up leave the signals as they are.
void catch_signals();
// Set by Ctrl-C or SIGTERM.
[[nodiscard]] const std::atomic<bool>& interrupted();
// 128 + the signal that set the flag.
[[nodiscard]] int interrupted_status();

}  // namespace seatrial
