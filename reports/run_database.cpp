// See run_database.h. Built with or without SQLite.
#include "reports/run_database.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sim/check.h"
#include "sim/content_hash.h"
#include "sim/error.h"

#ifdef SEATRIAL_SQLITE
#include <sqlite3.h>
#endif

namespace seatrial {

RunRow run_row(const Summary& summary) {
  RunRow row;
  const RunHeader& header = summary.header;
  row.scenario = header.scenario;
  row.seed = header.seed;
  row.version = header.version;
  row.fact_hash = header.fact_hash;
  ContentHash content;
  content.add(header.scenario_text);
  row.content_hash = content.text();
  row.command = header.command;
  for (const auto& [axis, value] : header.axes) row.settings.emplace_back("scheduler." + axis, value);
  for (const MetricValue& metric : metric_values(summary)) {
    if (metric.path.front() != "tenants") row.metrics.emplace_back(metric.dotted(), metric.value);
  }
  row.tenants = summary.tenants;
  return row;
}

#ifdef SEATRIAL_SQLITE

namespace {

constexpr int kBusyTimeout_ms = 60'000;
constexpr const char* kSchema =
    "CREATE TABLE run (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, scenario TEXT NOT NULL,"
    " seed INTEGER NOT NULL, version TEXT NOT NULL, fact_hash TEXT NOT NULL, content_hash TEXT NOT NULL,"
    " command TEXT NOT NULL, result TEXT NOT NULL);"
    "CREATE TABLE setting (run INTEGER NOT NULL REFERENCES run(id), path TEXT NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY (run, path)) WITHOUT ROWID;"
    "CREATE TABLE metric (run INTEGER NOT NULL REFERENCES run(id), name TEXT NOT NULL, value REAL,"
    " PRIMARY KEY (run, name)) WITHOUT ROWID;"
    "CREATE TABLE tenant (run INTEGER NOT NULL REFERENCES run(id), name TEXT NOT NULL, jobs INTEGER NOT NULL,"
    " gpu_s REAL NOT NULL, wait_mean_s REAL, wait_p95_s REAL, jct_mean_s REAL, PRIMARY KEY (run, name)) WITHOUT ROWID;"
    "CREATE INDEX metric_by_name ON metric (name, run);"
    "PRAGMA user_version = 1;";
static_assert(kRunDatabaseVersion == 1);

class Connection {
 public:
  Connection(const std::string& path, int flags) : path_(path) {
    const int result = ::sqlite3_open_v2(path.c_str(), &database_, flags, nullptr);
    if (result != SQLITE_OK) {
      const int code = database_ == nullptr ? result : ::sqlite3_extended_errcode(database_);
      ::sqlite3_close(database_);
      refuse(code, ::sqlite3_errstr(code));
    }
    ::sqlite3_extended_result_codes(database_, 1);
    ::sqlite3_busy_timeout(database_, kBusyTimeout_ms);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::sqlite3_close(database_); }

  [[nodiscard]] sqlite3* get() const { return database_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  void run(const char* sql) const { check(::sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }

  [[nodiscard]] std::int64_t number(const char* sql) const {
    sqlite3_stmt* statement = nullptr;
    check(::sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr));
    const int result = ::sqlite3_step(statement);
    const std::int64_t value = result == SQLITE_ROW ? ::sqlite3_column_int64(statement, 0) : 0;
    ::sqlite3_finalize(statement);
    if (result != SQLITE_ROW) check(result);
    return value;
  }

  void check(int result) const {
    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
    refuse(result, ::sqlite3_errmsg(database_));
  }

  // What stands in the file is the user's, what the system will not do is the system's.
  [[noreturn]] void refuse(int code, const char* message) const {
    const int kind = code & 0xff;
    if (kind == SQLITE_NOTADB || kind == SQLITE_CORRUPT || kind == SQLITE_SCHEMA || kind == SQLITE_ERROR) {
      throw InputError({}, "--db", quoted(path_, 200) + ": " + message, "name another file, or a new one");
    }
    throw SystemError(path_, std::string("cannot use the database: ") + message, 0);
  }

 private:
  std::string path_;
  sqlite3* database_ = nullptr;
};

// A prepared statement whose parameters are bound one after another.
class Statement {
 public:
  Statement(const Connection& connection, const char* sql) : connection_(connection) {
    connection.check(::sqlite3_prepare_v2(connection.get(), sql, -1, &statement_, nullptr));
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { ::sqlite3_finalize(statement_); }

  Statement& add(std::string_view text) {
    const auto bytes = static_cast<int>(std::min<std::size_t>(text.size(), 1U << 24U));
    connection_.check(::sqlite3_bind_text(statement_, ++bound_, text.data(), bytes, SQLITE_TRANSIENT));
    return *this;
  }
  Statement& add(std::int64_t value) {
    connection_.check(::sqlite3_bind_int64(statement_, ++bound_, value));
    return *this;
  }
  Statement& add(const std::optional<double>& value) {
    ++bound_;
    connection_.check(value ? ::sqlite3_bind_double(statement_, bound_, *value)
                            : ::sqlite3_bind_null(statement_, bound_));
    return *this;
  }
  void insert() {
    connection_.check(::sqlite3_step(statement_));
    connection_.check(::sqlite3_reset(statement_));
    bound_ = 0;
  }

 private:
  const Connection& connection_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

// True for a file that was just made.
bool is_empty(const Connection& connection) {
  return connection.number("PRAGMA user_version") == 0 && connection.number("SELECT count(*) FROM sqlite_master") == 0;
}

void check_version(const Connection& connection) {
  const std::int64_t version = connection.number("PRAGMA user_version");
  if (version == kRunDatabaseVersion) return;
  const std::string what = version == 0 ? "a database, but none of seatrial's"
                                        : "user_version " + std::to_string(version) + ", this program writes " +
                                              std::to_string(kRunDatabaseVersion);
  throw InputError({}, "--db", quoted(connection.path(), 200) + ": " + what, "name another file, or a new one");
}

void insert_run(const Connection& connection, const RunRow& row) {
  Statement(connection,
            "INSERT INTO run (kind, at, scenario, seed, version, fact_hash, content_hash, command, result)"
            " VALUES (?, coalesce(nullif(?, ''), strftime('%Y-%m-%dT%H:%M:%SZ', 'now')), ?, ?, ?, ?, ?, ?, ?)")
      .add(row.kind)
      .add(row.at)
      .add(row.scenario)
      .add(static_cast<std::int64_t>(row.seed))
      .add(row.version)
      .add(row.fact_hash)
      .add(row.content_hash)
      .add(row.command)
      .add(row.result)
      .insert();
  const std::int64_t id = ::sqlite3_last_insert_rowid(connection.get());
  Statement setting(connection, "INSERT OR REPLACE INTO setting (run, path, value) VALUES (?, ?, ?)");
  for (const auto& [path, value] : row.settings) setting.add(id).add(path).add(value).insert();
  Statement metric(connection, "INSERT OR REPLACE INTO metric (run, name, value) VALUES (?, ?, ?)");
  for (const auto& [name, value] : row.metrics) metric.add(id).add(name).add(value).insert();
  Statement tenant(connection,
                   "INSERT OR REPLACE INTO tenant (run, name, jobs, gpu_s, wait_mean_s, wait_p95_s, jct_mean_s)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (const TenantSummary& one : row.tenants) {
    tenant.add(id).add(one.name).add(static_cast<std::int64_t>(one.jobs)).add(std::optional(one.gpu_s));
    tenant.add(one.wait_mean_s).add(one.wait_p95_s).add(one.jct_mean_s).insert();
  }
}

}  // namespace

bool has_run_database() { return true; }

void check_run_database(const std::string& path) {
  if (path.empty()) throw InputError({}, "--db", "an empty path", "name a file");
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    if (::access(folder.c_str(), W_OK) != 0) throw SystemError(folder, "cannot write here", errno);
    return;
  }
  if (::access(path.c_str(), W_OK) != 0) throw SystemError(path, "cannot write", errno);
  const Connection connection(path, SQLITE_OPEN_READWRITE);
  if (!is_empty(connection)) check_version(connection);
}

void append_run(const std::string& path, const RunRow& row) {
  const Connection connection(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  connection.run("BEGIN IMMEDIATE");  // an error below rolls back when the connection closes
  if (is_empty(connection)) connection.run(kSchema);
  check_version(connection);
  insert_run(connection, row);
  connection.run("COMMIT");
}

#else

bool has_run_database() { return false; }
void check_run_database(const std::string&) { CHECK(false); }
void append_run(const std::string&, const RunRow&) { CHECK(false); }

#endif

}  // namespace seatrial
