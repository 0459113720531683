// Exports of Nsight Systems: columns that are there, columns that are not, and files that are no exports.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/nsight_file.h"
#include "tests/support/trace_files.h"
#include "traces/import_measurements.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;

class ImportNsight : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_nsight_import()) GTEST_SKIP() << "built without SQLite";
  }
  [[nodiscard]] static Json profile(const std::vector<std::string>& statements) {
    const TempFile file(sqlite_bytes(statements));
    return Json::parse(import_nsight(file.path(), "run"))["profiles"][0];
  }
  [[nodiscard]] static std::string message(const std::string& bytes) {
    const TempFile file(bytes);
    try {
      (void)import_nsight(file.path(), "run");
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(ImportNsight, MakesAProfile) {
  const Json profile = this->profile(nsight_statements());
  EXPECT_EQ(profile["device"], "NVIDIA H200");
  EXPECT_EQ(profile["iteration"]["from"], "marks");
  EXPECT_NEAR(profile["iteration"]["mean_s"].get<double>(), 1e-3, 1e-9);
  EXPECT_EQ(profile["copied_bytes"]["host_to_device"], 20 * 4096);
  EXPECT_EQ(profile["kernels"][0]["count"], 20);
  EXPECT_NEAR(profile["busy_ratio"].get<double>(), 20 * 340 / 19400.0, 1e-5);
  EXPECT_NEAR(profile["work"]["compute_bound"].get<double>(), 1.0 / 3, 1e-5);
}

TEST_F(ImportNsight, DoesWithoutWhatAVersionLacks) {
  const Json profile = this->profile({"CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INTEGER, end INTEGER)",
                                      "INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (1000, 3000), (5000, 4000)"});
  EXPECT_EQ(profile["device"], nullptr);
  EXPECT_EQ(profile["kernels"][0]["name"], "");
  EXPECT_EQ(profile["iteration"]["iterations"], 0);
  EXPECT_NEAR(profile["span_s"].get<double>(), 4e-6, 1e-12) << "an end before its start counts as the start";
}

TEST_F(ImportNsight, TellsWhatIsNoExport) {
  EXPECT_NE(message("hello").find("no SQLite export"), std::string::npos) << message("hello");
  EXPECT_NE(message("").find("no kernels"), std::string::npos) << message("");
  EXPECT_NE(message(sqlite_bytes({"CREATE TABLE t (a)"})).find("was CUDA traced?"), std::string::npos);
  // A view may run anything: it is not read.
  const std::string view =
      message(sqlite_bytes({"CREATE VIEW CUPTI_ACTIVITY_KIND_KERNEL AS SELECT 1 AS start, 2 AS end"}));
  EXPECT_FALSE(view.empty());
  std::string cut = sqlite_bytes(nsight_statements());
  cut.resize(cut.size() / 2);
  EXPECT_FALSE(message(cut).empty());
}

}  // namespace
}  // namespace seatrial
