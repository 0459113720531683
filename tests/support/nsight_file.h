// Small exports of Nsight Systems as SQLite files, for tests. Without SQLite nothing can be made.
#pragma once

#include <string>
#include <vector>

namespace seatrial {

// A database made by these statements, as its bytes; empty where the tests were built without SQLite. A statement that
// fails fails the test.
[[nodiscard]] std::string sqlite_bytes(const std::vector<std::string>& statements);

// 20 steps of three kernels with a copy and a range each, in the columns of recent versions.
[[nodiscard]] std::vector<std::string> nsight_statements();

}  // namespace seatrial
