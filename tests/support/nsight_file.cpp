// See nsight_file.h.
#include "tests/support/nsight_file.h"

#if __has_include(<sqlite3.h>)
#include <sqlite3.h>

#include "sim/check.h"
#endif

namespace seatrial {

#if __has_include(<sqlite3.h>)

std::string sqlite_bytes(const std::vector<std::string>& statements) {
  sqlite3* database = nullptr;
  CHECK(sqlite3_open(":memory:", &database) == SQLITE_OK);
  for (const std::string& statement : statements) {
    CHECK(sqlite3_exec(database, statement.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(database, "main", &size, 0);
  CHECK(bytes != nullptr);
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  sqlite3_close(database);
  return text;
}

#else

std::string sqlite_bytes(const std::vector<std::string>& /*statements*/) { return {}; }

#endif

std::vector<std::string> nsight_statements() {
  std::vector<std::string> statements{
      "CREATE TABLE StringIds (id INTEGER PRIMARY KEY, value TEXT)",
      "INSERT INTO StringIds VALUES (1, 'sm90_xmma_gemm'), (2, 'elementwise'), (3, 'softmax'), (4, 'step')",
      "CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INTEGER, end INTEGER, deviceId INTEGER, streamId INTEGER, "
      "shortName INTEGER)",
      "CREATE TABLE CUPTI_ACTIVITY_KIND_MEMCPY (start INTEGER, end INTEGER, bytes INTEGER, copyKind INTEGER)",
      "CREATE TABLE NVTX_EVENTS (start INTEGER, end INTEGER, text TEXT, textId INTEGER, eventType INTEGER)",
      "CREATE TABLE TARGET_INFO_GPU (name TEXT)",
      "INSERT INTO TARGET_INFO_GPU VALUES ('NVIDIA H200')"};
  for (int step = 0; step < 20; ++step) {
    const auto at = [&](int us) { return std::to_string(1'000'000L * step + 1000L * us); };
    for (int kernel = 0; kernel < 3; ++kernel) {
      statements.push_back("INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (" + at(100 * kernel) + ", " +
                           at(100 * kernel + 80) + ", 0, 7, " + std::to_string(kernel + 1) + ")");
    }
    statements.push_back("INSERT INTO CUPTI_ACTIVITY_KIND_MEMCPY VALUES (" + at(300) + ", " + at(400) + ", 4096, 1)");
    statements.push_back("INSERT INTO NVTX_EVENTS VALUES (" + at(0) + ", " + at(900) + ", NULL, 4, 59)");
  }
  return statements;
}

}  // namespace seatrial
