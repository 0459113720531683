// Byte streams: plain and gzip content, damaged data, and what may not be opened.
#include "traces/input_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

// Reads in small steps, so that every buffer boundary is met.
std::string content_of(const std::string& path, std::size_t step = 7) {
  InputFile file({path, {}, {}});
  std::string content;
  std::string part(step, '\0');
  while (const std::size_t count = file.read(part)) content.append(part, 0, count);
  return content;
}

std::string message_of(const std::string& path) {
  try {
    content_of(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += std::to_string(i * 7919) + ",";
  return text;
}

TEST(InputFile, ReadsPlainBytesAsTheyAre) {
  for (const std::string& text :
       {std::string(), std::string("a"), std::string("\x1f"), std::string("a\0b", 3), long_text()}) {
    EXPECT_EQ(content_of(TempFile(text).path()), text);
  }
}

TEST(InputFile, InflatesGzipWhateverItsName) {
  for (const std::string& text : {std::string(), std::string("a"), long_text()}) {
    EXPECT_EQ(content_of(TempFile(gzip(text)).path()), text);
    EXPECT_EQ(content_of(TempFile(gzip(text)).path(), 100'000), text);
  }
}

TEST(InputFile, JoinsGzipMembersAndIgnoresZeroPadding) {
  EXPECT_EQ(content_of(TempFile(gzip("one") + gzip("") + gzip("two")).path()), "onetwo");
  EXPECT_EQ(content_of(TempFile(gzip("one") + std::string(512, '\0')).path()), "one");
}

TEST(InputFile, PeeksWithoutTaking) {
  const TempFile temp(gzip("abc"));
  InputFile file({temp.path(), {}, {}});
  EXPECT_EQ(file.peek(), "abc");
  EXPECT_EQ(file.peek(), "abc");
  char byte = 0;
  EXPECT_EQ(file.read({&byte, 1}), 1U);
  EXPECT_EQ(byte, 'a');
  EXPECT_EQ(file.peek(), "bc");
}

TEST(InputFile, RefusesEveryTruncationOfGzip) {
  const std::string whole = gzip("some text that is worth compressing, some text that is not");
  for (std::size_t length = 2; length < whole.size(); ++length) {
    const TempFile temp(whole.substr(0, length));
    EXPECT_EQ(message_of(temp.path()), temp.path() + ": the gzip data end too early; is the file complete?\n");
  }
}

TEST(InputFile, RefusesDamagedGzip) {
  std::string damaged = gzip(long_text());
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
  EXPECT_NE(message_of(TempFile(damaged).path()).find("the gzip data are damaged"), std::string::npos);
  const TempFile tail(gzip("a") + "tail");
  EXPECT_EQ(message_of(tail.path()),
            tail.path() + ": other bytes follow the end of the gzip data; is the file complete?\n");
}

TEST(InputFile, InflatesABombInSmallMemory) {
  const TempFile bomb(gzip(std::string(50'000'000, 'x')));
  InputFile file({bomb.path(), {}, {}});
  std::string part(1 << 16, '\0');
  std::size_t total = 0;
  while (const std::size_t count = file.read(part)) total += count;
  EXPECT_EQ(total, 50'000'000U);
}

TEST(InputFile, RefusesWhatIsNoRegularFile) {
  const std::string pipe = TempFile("").path();  // the name is free again
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(message_of(pipe), pipe + ": is a named pipe, not a regular file\n");
  unlink(pipe.c_str());
  EXPECT_EQ(message_of("/tmp"), "/tmp: is a directory, not a regular file\n");
  EXPECT_EQ(message_of("/dev/zero"), "/dev/zero: is a device, not a regular file\n");
  EXPECT_EQ(message_of("/nowhere/x.csv"), "/nowhere/x.csv: no such file\n");
  EXPECT_NE(message_of("/" + std::string(300, 'x')), "");
  EXPECT_NE(message_of(""), "");
}

TEST(InputFile, NamesThePlaceThatAskedForTheFile) {
  try {
    InputFile file({"no.csv", {"s.yaml", 4, 7}, "workload[0].trace.file"});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "s.yaml:4:7: workload[0].trace.file: no.csv: no such file\n");
  }
}

TEST(InputFile, ReportsPermissionAsTheSystemsRefusal) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TempFile temp("x");
  chmod(temp.path().c_str(), 0);
  EXPECT_THROW(InputFile({temp.path(), {}, {}}), SystemError);
}

}  // namespace
}  // namespace seatrial
