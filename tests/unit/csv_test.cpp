// Tables: fields, quotes, line ends, places, and every kind of malformed row.
#include "traces/csv.h"

#include <gtest/gtest.h>

#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

struct Table {
  std::string rows;    // fields joined by '|', rows by '/'
  std::string errors;  // with `f` for the file
};

Table read_table(std::string_view content, CsvDialect dialect = {}) {
  const TempFile temp(content);
  Table table;
  Problems problems;
  try {
    CsvFile file(InputFile({temp.path(), {}, {}}), problems, dialect);
    while (file.next()) {
      if (!table.rows.empty()) table.rows += '/';
      for (const std::string_view field : file.fields()) table.rows += std::string(field) + '|';
      table.rows.pop_back();
    }
    table.errors = problems.text();
  } catch (const InputError& error) {
    table.errors = error.what();
  }
  for (std::size_t at; (at = table.errors.find(temp.path())) != std::string::npos;) {
    table.errors.replace(at, temp.path().size(), "f");
  }
  return table;
}

struct Case {
  const char* content;
  const char* rows;
  const char* errors;
};

TEST(Csv, ReadsAndRefusesAsTheTableSays) {
  const Case cases[] = {
      {"a,b\n1,2\n", "1|2", ""},
      {"a,b\n1,2", "1|2", ""},
      {"a,b\r\n1,2\r\n3,4\r\n", "1|2/3|4", ""},
      {"\xef\xbb\xbf"
       "a,b\n1,2\n",
       "1|2", ""},
      {"a,b\n\n1,2\n\n\n3,4\n", "1|2/3|4", ""},
      {"a,b\n,\n", "|", ""},
      {"a,b\n\"1\",\"x,y\"\n", "1|x,y", ""},
      {"a,b\n\"say \"\"hi\"\"\",2\n", "say \"hi\"|2", ""},
      {"a,b\n\"two\nlines\",2\n3,4\n", "two\nlines|2/3|4", ""},
      {"a,b\n\"two\r\nlines\",2\r\n3,4\r\n", "two\r\nlines|2/3|4", ""},
      {"a,b\n\"\",\"\"\"\"\n", "|\"", ""},
      {"\"a\",\"b\"\n1,2\n", "1|2", ""},
      {"a,b\n1\n3,4\n", "3|4", "f:2:2: the row has only 1 fields, the header has 2\n"},
      {"a,b\n1,2,3\n3,4\n", "3|4", "f:2:5: the row has more than 2 fields, the header has 2\n"},
      {"a,b\n1,2,3,4,5\n", "", "f:2:5: the row has more than 2 fields, the header has 2\n"},
      {"a,b\n\"1,2\n", "", "f:2:1: the quote is not closed\n"},
      {"a,b\n1,\"2\n3,4\n", "", "f:2:3: the quote is not closed\n"},
      {"a,b\n\"1\"x,2\n3,4\n", "3|4", "f:2:4: text after the closing quote\n"},
      {"a,b\n1,2\"x\n3,4\n", "3|4", "f:2:4: a quote inside a field that is not quoted\n"},
      {"", "", "f: the file is empty: no header line\n"},
      {"\n\n", "", "f: the file is empty: no header line\n"},
      {"a,b,a\n", "", "f:1:5: column \"a\" appears twice\n"},
  };
  for (const Case& c : cases) {
    const Table table = read_table(c.content);
    EXPECT_EQ(table.rows, c.rows) << c.content;
    EXPECT_EQ(table.errors, c.errors) << c.content;
  }
}

TEST(Csv, RefusesNulBytes) {
  EXPECT_EQ(read_table(std::string_view("a,b\n1\0,2\n3,4\n", 13)).errors, "f:2:2: the line contains a NUL byte\n");
  EXPECT_EQ(read_table(std::string_view("a,b\n1\0,2\n3,4\n", 13)).rows, "3|4");
  EXPECT_EQ(read_table(std::string_view("a,b\n\"x\n\0\",2\n", 12)).errors, "f:3:1: the line contains a NUL byte\n");
  EXPECT_EQ(read_table(std::string_view("a\0,b\n", 5)).errors, "f:1:2: the line contains a NUL byte\n");
}

TEST(Csv, CountsColumnsInCharactersNotBytes) {
  EXPECT_EQ(read_table("a,b\n\xc3\xa9\xc3\xa9,2,3\n").errors,
            "f:2:6: the row has more than 2 fields, the header has 2\n");
}

TEST(Csv, TakesOtherDelimitersWithoutQuotes) {
  EXPECT_EQ(read_table("a|b\n\"x|y\n", {.delimiter = '|', .quotes = false}).rows, "\"x|y");
}

TEST(Csv, LimitsLinesAndColumns) {
  const std::string almost(kMaxLineBytes - 2, 'x');
  EXPECT_EQ(read_table("a,b\n" + almost + ",y\n").rows, almost + "|y");
  EXPECT_EQ(read_table("a,b\n" + almost + ",yz\n1,2\n").errors, "f:2: the line is longer than 1 MiB\n");
  EXPECT_EQ(read_table("a,b\n\"" + std::string(3 * kMaxLineBytes, '\n') + "\",2\n").errors.find("f:"), 0U);
  std::string header = "c0";
  for (int i = 1; i < 1024; ++i) header += ",c" + std::to_string(i);
  EXPECT_EQ(read_table(header + "\n").errors, "");
  EXPECT_EQ(read_table(header + ",more\n").errors, "f:1: more than 1024 columns\n");
}

TEST(Csv, KeepsFieldsWholeAcrossBufferBoundaries) {
  std::string content = "a,b\n";
  std::string expected;
  for (int i = 0; i < 60'000; ++i) {
    content += std::to_string(i) + ",\"q" + std::to_string(i) + "\"\n";
    expected += (i == 0 ? "" : "/") + std::to_string(i) + "|q" + std::to_string(i);
  }
  EXPECT_EQ(read_table(content).rows, expected);
  EXPECT_EQ(read_table(gzip(content)).rows, expected);
}

TEST(Csv, KnowsThePlaceOfAFieldBehindLineBreaks) {
  const TempFile temp("a,b,c\n\"x\ny\",2,3\n4,5,6\n");
  Problems problems;
  CsvFile file(InputFile({temp.path(), {}, {}}), problems);
  ASSERT_TRUE(file.next());
  EXPECT_EQ(file.place(0).line, 2U);
  EXPECT_EQ(file.place(1).line, 3U);
  EXPECT_EQ(file.place(1).column, 4U);
  EXPECT_EQ(file.row(), 0U);
  ASSERT_TRUE(file.next());
  EXPECT_EQ(file.place(2).line, 4U);
  EXPECT_EQ(file.place(2).column, 5U);
  EXPECT_EQ(file.row(), 1U);
  EXPECT_FALSE(file.next());
}

TEST(Csv, TakesTheFirstLineAsDataWhereAHeaderIsOptional) {
  Problems problems;
  const TempFile bare("1,2\n3,4\n");
  CsvFile without(InputFile({bare.path(), {}, {}}), problems, {"a", "b"});
  EXPECT_EQ(without.columns(), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(without.next());
  EXPECT_EQ(without.fields()[0], "1");
  EXPECT_EQ(without.row(), 0U);
  const TempFile headed("a,b\n3,4\n");
  CsvFile with(InputFile({headed.path(), {}, {}}), problems, {"a", "b"});
  ASSERT_TRUE(with.next());
  EXPECT_EQ(with.fields()[0], "3");
}

}  // namespace
}  // namespace seatrial
