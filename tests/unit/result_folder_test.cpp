// Result folders under short, interrupted and failing system calls: the final name is absent or complete, nothing of
// the user's is destroyed, and no temporary folder stays behind.
#include "reports/result_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "sim/error.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

class ResultFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "result_folder_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  [[nodiscard]] std::string at(const std::string& name) const { return (root_ / name).string(); }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(root_), fs::directory_iterator()));
  }
  static void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string get(const std::string& path) { return read_whole_file(system_files(), path); }

  fs::path root_;
};

// Fails, interrupts or shortens the call number `at` of one kind.
class FaultyFiles final : public FileLayer {
 public:
  std::string call;  // which one
  int number = 0;    // which of them fails, from 1; 0: none
  int error = 0;
  std::size_t most = SIZE_MAX;  // bytes a write takes
  mutable int seen = 0;

  int open(const char* path, int flags, unsigned mode) const override {
    return fails("open") ? -1 : FileLayer::open(path, flags, mode);
  }
  ssize_t write(int file, const void* bytes, std::size_t count) const override {
    return fails("write") ? -1 : FileLayer::write(file, bytes, std::min(count, most));
  }
  ssize_t read(int file, void* bytes, std::size_t count) const override {
    return fails("read") ? -1 : FileLayer::read(file, bytes, std::min(count, most));
  }
  int fsync(int file) const override { return fails("fsync") ? -1 : FileLayer::fsync(file); }
  int close(int file) const override {
    const int result = FileLayer::close(file);
    return fails("close") ? -1 : result;
  }
  int rename(const char* from, const char* to) const override {
    return fails("rename") ? -1 : FileLayer::rename(from, to);
  }
  int exchange(const char* a, const char* b) const override {
    return fails("exchange") ? -1 : FileLayer::exchange(a, b);
  }
  int mkdir(const char* path, unsigned mode) const override {
    return fails("mkdir") ? -1 : FileLayer::mkdir(path, mode);
  }
  int rmdir(const char* path) const override { return fails("rmdir") ? -1 : FileLayer::rmdir(path); }
  int unlink(const char* path) const override { return fails("unlink") ? -1 : FileLayer::unlink(path); }

 private:
  bool fails(const char* name) const {
    if (call != name || ++seen != number) return false;
    errno = error;
    return true;
  }
};

void write_result(const std::string& path, const FileLayer& files, const std::string& content = "{}\n") {
  ResultFolder folder(path, files);
  folder.write("summary.json", content);
  folder.write("jobs.csv", "job_id\n");
  folder.commit();
}

TEST_F(ResultFolderTest, AppearsWithItsFilesAndNothingElse) {
  write_result(at("out"), system_files());
  EXPECT_EQ(get(at("out/summary.json")), "{}\n");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(ResultFolderTest, CreatesMissingParentsAndTakesThemBackOnFailure) {
  write_result(at("a/b/c/"), system_files());
  EXPECT_TRUE(fs::exists(at("a/b/c/summary.json")));
  { const ResultFolder folder(at("x/y/z")); }
  EXPECT_FALSE(fs::exists(at("x")));
}

TEST_F(ResultFolderTest, IsInvisibleUntilCommitted) {
  {
    ResultFolder folder(at("out"));
    folder.write("summary.json", "{}");
    EXPECT_FALSE(fs::exists(at("out")));
  }
  EXPECT_EQ(entries(), 0U);
}

TEST_F(ResultFolderTest, ReplacesAnOlderResultWhole) {
  for (const char* name : {"summary.json", "plan.json", "comparison.json"}) {
    fs::create_directories(at("out/deep/er"));
    put(at(std::string("out/") + name), "old");
    put(at("out/stale.csv"), "old");
    write_result(at("out"), system_files(), "new");
    EXPECT_EQ(get(at("out/summary.json")), "new");
    EXPECT_FALSE(fs::exists(at("out/stale.csv")));
    EXPECT_EQ(entries(), 1U);
    fs::remove_all(at("out"));
  }
}

TEST_F(ResultFolderTest, ReplacesWhereNamesCannotBeExchanged) {
  fs::create_directory(at("out"));
  put(at("out/summary.json"), "old");
  FaultyFiles files;
  files.call = "exchange";
  files.number = 1;
  files.error = EINVAL;
  write_result(at("out"), files, "new");
  EXPECT_EQ(get(at("out/summary.json")), "new");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(ResultFolderTest, KeepsASymbolicLinkToAResult) {
  fs::create_directory(at("real"));
  put(at("real/summary.json"), "old");
  fs::create_directory_symlink("real", at("link"));
  write_result(at("link"), system_files(), "new");
  EXPECT_TRUE(fs::is_symlink(at("link")));
  EXPECT_EQ(get(at("real/summary.json")), "new");
}

TEST_F(ResultFolderTest, RefusesWhatIsNotOursAndLeavesItAlone) {
  put(at("file"), "mine");
  fs::create_directory(at("foreign"));
  put(at("foreign/thesis.tex"), "mine");
  fs::create_directory(at("empty"));
  fs::create_symlink("loop", at("loop"));
  fs::create_symlink("nowhere", at("dangling"));
  for (const std::string& path :
       {at("file"), at("file/under"), at("foreign"), at("empty"), at("loop"), at("loop/under"), at("dangling"),
        at(std::string(300, 'x')), std::string(), std::string("."), std::string(".."), std::string("/")}) {
    EXPECT_THROW(write_result(path, system_files()), InputError) << path;
  }
  EXPECT_EQ(get(at("file")), "mine");
  EXPECT_EQ(get(at("foreign/thesis.tex")), "mine");
  EXPECT_EQ(entries(), 5U);
}

TEST_F(ResultFolderTest, AcceptsTheLongestName) {
  write_result(at(std::string(255, 'x')), system_files());
  EXPECT_EQ(entries(), 1U);
}

TEST_F(ResultFolderTest, NoticesWhatTheUserPutThereInTheMeantime) {
  ResultFolder folder(at("out"));
  folder.write("summary.json", "{}");
  fs::create_directory(at("out"));
  put(at("out/thesis.tex"), "mine");
  EXPECT_THROW(folder.commit(), InputError);
  EXPECT_EQ(get(at("out/thesis.tex")), "mine");
}

TEST_F(ResultFolderTest, RemovesLeftoversOfKilledRunsButNotThoseOfLiveOnes) {
  fs::create_directory(at(".out.partial-1-0"));
  put(at(".out.partial-1-0/summary.json"), "half");
  const ResultFolder alive(at("out"));
  EXPECT_FALSE(fs::exists(at(".out.partial-1-0")));
  { const ResultFolder second(at("out")); }
  EXPECT_TRUE(fs::exists(alive.temporary_path()));
}

// Every call of every kind fails once: the error carries the path, and the old result stays or the new one is whole.
TEST_F(ResultFolderTest, LeavesTheOldOrTheNewResultWhateverFails) {
  const struct {
    const char* call;
    std::vector<int> errors;
  } faults[] = {{"open", {EMFILE, EACCES}}, {"write", {ENOSPC, EIO}},     {"fsync", {EIO}},
                {"close", {EIO, ENOSPC}},   {"rename", {EACCES, ENOSPC}}, {"exchange", {EACCES, EIO}},
                {"mkdir", {EROFS, ENOSPC}}};
  for (const bool replaced : {false, true}) {
    for (const auto& fault : faults) {
      for (const int error : fault.errors) {
        bool reached = true;
        for (int number = 1; reached && number < 50; ++number) {
          if (replaced) {
            fs::create_directory(at("out"));
            put(at("out/summary.json"), "old");
          }
          FaultyFiles files;
          files.call = fault.call;
          files.number = number;
          files.error = error;
          bool failed = false;
          try {
            write_result(at("out"), files, "new");
          } catch (const SystemError& caught) {
            failed = true;
            EXPECT_NE(std::string(caught.what()).find(root_.string()), std::string::npos) << caught.what();
          }
          reached = files.seen >= number;
          const std::string where = std::string(fault.call) + ' ' + std::to_string(number);
          if (fs::exists(at("out"))) {
            EXPECT_EQ(get(at("out/summary.json")), failed ? "old" : "new") << where;
            EXPECT_EQ(entries(), 1U) << where;
          } else {
            EXPECT_TRUE(failed && !replaced) << where;
            EXPECT_EQ(entries(), 0U) << where;
          }
          fs::remove_all(at("out"));
        }
      }
    }
  }
}

TEST_F(ResultFolderTest, DoesNotNoticeInterruptedCalls) {
  for (const char* call :
       {"open", "write", "fsync", "close", "rename", "exchange", "mkdir", "rmdir", "unlink", "read"}) {
    for (int number = 1; number < 10; ++number) {
      FaultyFiles files;
      files.call = call;
      files.number = number;
      files.error = EINTR;
      write_result(at("out"), files, "new");
      EXPECT_EQ(read_whole_file(files, at("out/summary.json")), "new");
      EXPECT_EQ(entries(), 1U) << call << ' ' << number;
    }
  }
}

TEST_F(ResultFolderTest, ContinuesShortWritesAndReads) {
  FaultyFiles files;
  files.most = 3;
  const std::string content(1000, 'z');
  write_result(at("out"), files, content);
  EXPECT_EQ(read_whole_file(files, at("out/summary.json")), content);
}

TEST_F(ResultFolderTest, ReportsReadErrors) {
  put(at("f"), "text");
  FaultyFiles files;
  files.call = "read";
  files.number = 1;
  files.error = EIO;
  EXPECT_THROW((void)read_whole_file(files, at("f")), SystemError);
  EXPECT_THROW((void)read_whole_file(files, at("absent")), InputError);
  EXPECT_THROW((void)read_whole_file(files, root_.string()), InputError);
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  EXPECT_THROW((void)read_whole_file(files, at("pipe")), InputError);
}

}  // namespace
}  // namespace seatrial
