// Nsight Systems' SQLite export; see import_measurements.h. Tables are there only if there was something to record, and
// their columns differ by version, so each is looked for before it is read. Times are nanoseconds.
#include "sim/check.h"
#include "sim/error.h"
#include "traces/import_measurements.h"
#include "traces/run_profile.h"

#ifdef SEATRIAL_SQLITE
#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>
#endif

namespace seatrial {

#ifdef SEATRIAL_SQLITE

namespace {

constexpr double kNsPerUs = 1000;
// NVTX_EVENTS.eventType of ranges that are pushed and popped, and of those started and ended (NvtxEventType in the
// export's enumeration tables).
constexpr const char* kRangeTypes = "(59, 60)";

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class NsightFile {
 public:
  explicit NsightFile(std::string path) : path_(std::move(path)) {
    sqlite3* database = nullptr;
    const int status = sqlite3_open_v2(path_.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
    database_.reset(database);
    if (status != SQLITE_OK) throw InputError({path_}, "", "cannot be opened as a database");
    // Views and triggers of a stranger's file are not run.
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  }

  [[nodiscard]] bool has_column(const std::string& table, const std::string& column) {
    bool found = false;
    each("SELECT 1 FROM pragma_table_info('" + table + "') WHERE name = '" + column + "'",
         [&](sqlite3_stmt* /*row*/) { found = true; });
    return found;
  }

  template <class Take>
  void each(const std::string& sql, Take take) {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK) refuse();
    const std::unique_ptr<sqlite3_stmt, Close> statement(prepared);
    int status = SQLITE_ROW;
    while ((status = sqlite3_step(prepared)) == SQLITE_ROW) take(prepared);
    if (status != SQLITE_DONE) refuse();
  }

 private:
  [[noreturn]] void refuse() const {
    throw InputError({path_}, "", "this is no SQLite export of Nsight Systems",
                     seatrial::quoted(sqlite3_errmsg(database_.get()), 120));
  }

  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

std::string text_at(sqlite3_stmt* row, int column) {
  const auto* text = sqlite3_column_text(row, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

double us_at(sqlite3_stmt* row, int column) {
  return static_cast<double>(sqlite3_column_int64(row, column)) / kNsPerUs;
}

// Start and end of a row's interval; an end before the start counts as the start.
std::pair<double, double> interval_at(sqlite3_stmt* row) {
  const double start = us_at(row, 0);
  return {start, std::max(start, us_at(row, 1))};
}

const char* copy_direction(std::int64_t kind) {  // CUpti_ActivityMemcpyKind
  switch (kind) {
    case 1:
      return "host_to_device";
    case 2:
      return "device_to_host";
    case 8:
      return "device_to_device";
    case 10:
      return "peer_to_peer";
    default:
      return "other";
  }
}

void read_kernels(NsightFile& file, GpuActivity& activity) {
  const std::string table = "CUPTI_ACTIVITY_KIND_KERNEL";
  if (!file.has_column(table, "start") || !file.has_column(table, "end")) return;
  std::string name = "''";
  std::string strings;
  for (const char* column : {"demangledName", "shortName"}) {
    if (!file.has_column(table, column) || !file.has_column("StringIds", "value")) continue;
    name = "s.value";
    strings = std::string(" LEFT JOIN StringIds s ON s.id = k.") + column;
  }
  file.each("SELECT k.start, k.\"end\", " + name + " FROM " + table + " k" + strings + " ORDER BY k.start",
            [&](sqlite3_stmt* row) {
              const auto [start, end] = interval_at(row);
              activity.add_kernel(text_at(row, 2), start, end);
            });
}

void read_copies(NsightFile& file, GpuActivity& activity) {
  const std::string copies = "CUPTI_ACTIVITY_KIND_MEMCPY";
  if (file.has_column(copies, "start") && file.has_column(copies, "bytes") && file.has_column(copies, "copyKind")) {
    file.each("SELECT start, \"end\", bytes, copyKind FROM " + copies, [&](sqlite3_stmt* row) {
      const auto [start, end] = interval_at(row);
      const double bytes = std::max(0.0, static_cast<double>(sqlite3_column_int64(row, 2)));
      activity.add_copy(copy_direction(sqlite3_column_int64(row, 3)), bytes, start, end);
    });
  }
  if (file.has_column("CUPTI_ACTIVITY_KIND_MEMSET", "start")) {
    file.each("SELECT start, \"end\" FROM CUPTI_ACTIVITY_KIND_MEMSET", [&](sqlite3_stmt* row) {
      const auto [start, end] = interval_at(row);
      activity.add_busy(start, end);
    });
  }
}

// Ranges named `step...` or ProfilerStep# are the program's own marks.
void read_steps(NsightFile& file, GpuActivity& activity) {
  if (!file.has_column("NVTX_EVENTS", "start") || !file.has_column("NVTX_EVENTS", "text")) return;
  const bool by_id = file.has_column("NVTX_EVENTS", "textId") && file.has_column("StringIds", "value");
  const std::string text = by_id ? "coalesce(e.text, s.value)" : "e.text";
  const std::string strings = by_id ? " LEFT JOIN StringIds s ON s.id = e.textId" : "";
  std::string where = " WHERE (lower(" + text + ") GLOB 'step*' OR " + text + " GLOB 'ProfilerStep#*')";
  if (file.has_column("NVTX_EVENTS", "eventType")) where += std::string(" AND e.eventType IN ") + kRangeTypes;
  file.each("SELECT e.start FROM NVTX_EVENTS e" + strings + where,
            [&](sqlite3_stmt* row) { activity.add_step(us_at(row, 0)); });
}

std::string device_of(NsightFile& file) {
  std::string device;
  if (!file.has_column("TARGET_INFO_GPU", "name")) return device;
  file.each("SELECT name FROM TARGET_INFO_GPU LIMIT 1", [&](sqlite3_stmt* row) { device = text_at(row, 0); });
  return device;
}

}  // namespace

bool has_nsight_import() { return true; }

std::string import_nsight(const std::string& path, const std::string& name) {
  (void)InputFile({path, {}, ""}).peek();  // a readable regular file, with the usual messages
  NsightFile file(path);
  GpuActivity activity;
  read_kernels(file, activity);
  if (activity.empty()) {
    throw InputError({path}, "", "no kernels", "expected a table CUPTI_ACTIVITY_KIND_KERNEL: was CUDA traced?");
  }
  read_copies(file, activity);
  read_steps(file, activity);
  RunProfile profile = profile_of(activity, name, "nsight-systems");
  profile.device = device_of(file);
  return profiles_text({profile});
}

#else

bool has_nsight_import() { return false; }

std::string import_nsight(const std::string& path, const std::string& /*name*/) {
  CHECK(has_nsight_import());
  return path;
}

#endif

}  // namespace seatrial
