// One SQLite file that collects runs: a row of `run`, its settings, its metrics and its tenants. `seatrial run --db`
// appends one run; verbs that make many runs append each of them. Writers may be many: every run is one transaction,
// and a writer waits up to a minute for the others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/summary.h"

namespace seatrial {

inline constexpr int kRunDatabaseVersion = 1;  // PRAGMA user_version

struct RunRow {
  std::string kind = "run";  // the verb
  std::string at;            // UTC, "2026-01-31T23:59:59Z"; empty: the database puts in the time of day
  std::string scenario;
  std::uint64_t seed = 1;
  std::string version;
  std::string fact_hash;
  std::string content_hash;  // of the scenario text, see sim/content_hash.h
  std::string command;
  std::string result;                                         // folder; empty: none was written
  std::vector<std::pair<std::string, std::string>> settings;  // path of the scenario, value; the last of a path
  std::vector<std::pair<std::string, std::optional<double>>> metrics;  // dotted name of summary.json, value
  std::vector<TenantSummary> tenants;
};

// What a summary says of its run; `result` and further settings are the caller's.
[[nodiscard]] RunRow run_row(const Summary& summary);

// False where the program was built without SQLite; then the two below must not be called.
[[nodiscard]] bool has_run_database();
// Before a long run: throws InputError if there is a file that is no database of ours or has another version,
// SystemError if it, or the folder for a new one, cannot be written.
void check_run_database(const std::string& path);
// Appends one run and makes the file if there is none. Throws like check_run_database().
void append_run(const std::string& path, const RunRow& row);

}  // namespace seatrial
