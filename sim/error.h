// The user's mistakes, as values with a place: collected, shown together, exit status 2 (InputError), and what the
// operating system refused, exit status 5 (SystemError). Bugs of ours are CHECKs (check.h), never exceptions.
// Form of a message: `file:line:column: path: what; hint` (parts that are unknown are left out).
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial {

// Where in an input file; line and column count from 1, 0 = unknown.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Problem {
  Place place;
  std::string path;  // of the key, as in `cluster.pools[0].gpu.model`; empty for trace rows
  std::string what;
  std::string hint;  // what to do about it; may be empty

  [[nodiscard]] std::string text() const;
};

// At most `shown` characters of text that came from a user, with control characters and invalid UTF-8 escaped, so that
// a message can neither flood nor drive the terminal.
[[nodiscard]] std::string quoted(std::string_view user_text, std::size_t shown = 80);

// Keeps the first 100 problems and counts the rest.
class Problems {
 public:
  static constexpr std::size_t kShown = 100;

  void add(Problem problem);
  void add(Place place, std::string path, std::string what, std::string hint = {});
  [[nodiscard]] bool empty() const { return problems_.empty(); }
  [[nodiscard]] bool full() const { return problems_.size() >= kShown; }
  [[nodiscard]] std::size_t more() const { return more_; }
  [[nodiscard]] const std::vector<Problem>& all() const { return problems_; }
  // One line per problem, then "and N more" if some were dropped.
  [[nodiscard]] std::string text() const;
  // Throws InputError if there is any problem.
  void throw_if_any() const;

 private:
  std::vector<Problem> problems_;
  std::size_t more_ = 0;
};

class InputError : public std::exception {
 public:
  explicit InputError(Problems problems);
  InputError(Place place, std::string path, std::string what, std::string hint = {});
  [[nodiscard]] const Problems& problems() const { return problems_; }
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  Problems problems_;
  std::string text_;
};

// `path: action: reason`, for instance "out/x: cannot write: No space left on device".
class SystemError : public std::exception {
 public:
  // error: an errno value; 0 = no reason known.
  SystemError(std::string_view path, std::string_view action, int error);
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

}  // namespace seatrial
