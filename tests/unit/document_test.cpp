// The document reader: places, duplicates, and everything hostile that YAML allows.
#include "scenarios/document.h"

#include <gtest/gtest.h>

#include <string>

namespace seatrial {
namespace {

using Kind = DocumentNode::Kind;

Document parse(const std::string& text) {
  Problems problems;
  Document document = parse_document(text, "f.yaml", problems);
  problems.throw_if_any();
  return document;
}

std::string message_of(const std::string& text) {
  try {
    (void)parse(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no problem\n";
}

std::string repeat(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Document, KnowsThePlaceOfEveryKeyAndValue) {
  const Document document = parse("a: 1\nb:\n  - x\n  - {c: 'y z'}\n");
  const DocumentNode& root = document.root;
  ASSERT_EQ(root.kind, Kind::Mapping);
  EXPECT_EQ(root.entries[1].key, "b");
  EXPECT_EQ(root.entries[1].key_at.line, 2U);
  EXPECT_EQ(root.entries[1].key_at.column, 1U);
  const DocumentNode& list = *root.find("b");
  EXPECT_EQ(list.entries[0].value.at.line, 3U);
  EXPECT_EQ(list.entries[0].value.at.column, 5U);
  const DocumentNode& text = *list.entries[1].value.find("c");
  EXPECT_EQ(text.scalar, "y z");
  EXPECT_TRUE(text.quoted);
  EXPECT_FALSE(root.find("a")->quoted);
  EXPECT_EQ(text.at.column, 9U);
}

TEST(Document, ReadsJson) {
  const Document document = parse("{\"a\": [1, true, null, \"x\"], \"b\": {}}");
  const DocumentNode& list = *document.root.find("a");
  EXPECT_EQ(list.entries[0].value.scalar, "1");
  EXPECT_EQ(list.entries[2].value.kind, Kind::Null);
  EXPECT_TRUE(list.entries[3].value.quoted);
  EXPECT_EQ(document.root.find("b")->kind, Kind::Mapping);
}

TEST(Document, AcceptsByteOrderMarkAndCarriageReturns) {
  const Document document = parse(
      "\xef\xbb\xbf"
      "a: 1\r\nb: 2\r\n");
  EXPECT_EQ(document.root.find("b")->scalar, "2");
}

TEST(Document, AliasesAreCopies) {
  const Document document = parse("a: &x {k: 1}\nb: *x\n");
  EXPECT_EQ(document.root.find("b")->find("k")->scalar, "1");
}

TEST(Document, DuplicateKeysNameBothPlaces) {
  EXPECT_EQ(message_of("a: 1\nb: {c: 1, d: 2, c: 3}\na: 2\na: 3\n"),
            "f.yaml:2:17: b.c: given twice; first at line 2, column 5\n"
            "f.yaml:3:1: a: given twice; first at line 1, column 1\n"
            "f.yaml:4:1: a: given twice; first at line 1, column 1\n");
}

TEST(Document, DuplicateInAListNamesTheIndex) {
  EXPECT_EQ(message_of("a: [{}, {k: 1, k: 2}]"), "f.yaml:1:16: a[1].k: given twice; first at line 1, column 10\n");
}

TEST(Document, SyntaxErrorsHavePlaces) {
  EXPECT_EQ(message_of("a: [1, 2\nb: 3\n"), "f.yaml:2:2: not valid YAML: end of sequence flow not found\n");
  EXPECT_EQ(message_of("a: b: c\n"), "f.yaml:1:5: not valid YAML: illegal map value\n");
  EXPECT_EQ(message_of("a: 'x"), "f.yaml:1:6: not valid YAML: illegal EOF in scalar\n");
  EXPECT_EQ(message_of("d: *x\n"), "f.yaml:1:4: not valid YAML: the referenced anchor is not defined\n");
}

TEST(Document, OneDocumentOnly) {
  EXPECT_EQ(message_of("a: 1\n---\nb: 1\n"),
            "f.yaml:2:1: a second document begins here; a file holds one document; is the line indented as it should "
            "be?\n");
  EXPECT_EQ(message_of("---\na: 1\n...\n"), "no problem\n");
}

TEST(Document, TagsAreRefused) {
  EXPECT_EQ(message_of("a: !!python/object 1\n"),
            "f.yaml:1:4: tag \"tag:yaml.org,2002:python/object\" is not supported; leave the tag out\n");
  EXPECT_EQ(message_of("a: !x [1]\n"), "f.yaml:1:4: tag \"!x\" is not supported; leave the tag out\n");
}

TEST(Document, KeysArePlainText) {
  EXPECT_EQ(message_of("? [a]\n: 1\n"), "f.yaml:1:3: a key is a list; keys are plain text\n");
  EXPECT_EQ(message_of("? {a: 1}\n: 1\n"), "f.yaml:1:3: a key is a mapping; keys are plain text\n");
  EXPECT_EQ(message_of("~: 1\n"), "f.yaml:1:1: a key is nothing; keys are plain text\n");
}

TEST(Document, BytesAreUtf8WithoutNul) {
  EXPECT_EQ(message_of("a: 1\nb: \xff\n"), "f.yaml:2: bytes that are no UTF-8; save the file as UTF-8\n");
  EXPECT_EQ(message_of(std::string("a: \0\n", 5)), "f.yaml:1: a NUL byte in the text\n");
  EXPECT_EQ(message_of("\xff\xfe"
                       "a"),
            "f.yaml:1: bytes that are no UTF-8; save the file as UTF-8\n");
}

TEST(Document, SizeIsLimited) {
  const std::string comment = "a: 1 #" + std::string(kMaxDocumentBytes, 'x');
  EXPECT_EQ(message_of(comment), "f.yaml: larger than 8 MiB\n");
}

TEST(Document, DepthIsLimited) {
  const std::string deep = repeat("[", kMaxDocumentDepth) + repeat("]", kMaxDocumentDepth);
  EXPECT_EQ(message_of(deep), "no problem\n");
  EXPECT_EQ(message_of('[' + deep + ']'), "f.yaml:1:65: more than 64 levels of nesting\n");
  EXPECT_EQ(message_of(repeat("- ", 65) + "x"), "f.yaml:1:129: more than 64 levels of nesting\n");
}

// Each of these makes yaml-cpp recurse, or fill the memory, before it reports a single event.
TEST(Document, BracketBombsAreRefusedBeforeTheyAreParsed) {
  for (const char* piece : {"[", "{", "{a: [", "[{"}) {
    EXPECT_NE(message_of(repeat(piece, 100'000)).find("more than 64 levels"), std::string::npos) << piece;
  }
  EXPECT_EQ(message_of('[' + repeat("a,", 3'000'000) + ']'), "f.yaml: more than 1000000 nodes\n");
  EXPECT_EQ(message_of(repeat("[\"]\",", 1'300'000)), "f.yaml: more than 1000000 nodes\n");
}

TEST(Document, NodesAreCountedAsTheyAreRead) {
  EXPECT_EQ(message_of(repeat("- a\n", 1'000'001)), "f.yaml:1000000:3: more than 1000000 nodes\n");
}

TEST(Document, AliasBombsAreCountedNotExpanded) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 12; ++level) {
    const std::string alias = "*a" + std::to_string(level - 1);
    text +=
        "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + repeat(alias + ",", 9) + alias + "]\n";
  }
  EXPECT_NE(message_of(text).find("more than 1000000 nodes after aliases"), std::string::npos);
}

TEST(Document, AliasesCannotNestDeeperThanBrackets) {
  std::string text = "a0: &a0 [x]\n";
  for (int level = 1; level < 80; ++level) {
    text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [*a" + std::to_string(level - 1) + "]\n";
  }
  EXPECT_NE(message_of(text).find("more than 64 levels of nesting after aliases"), std::string::npos);
}

TEST(Document, AnAliasCannotContainItself) {
  EXPECT_EQ(message_of("a: &x [1, *x]\n"), "f.yaml:1:11: an alias inside the node it names\n");
  EXPECT_EQ(message_of("&x a: &y {b: *y}\n"), "f.yaml:1:14: an alias inside the node it names\n");
}

TEST(Document, OddButLegalTextsAreRead) {
  for (const char* text :
       {"", "\n", "# c\n", "%YAML 1.2\n---\na: 1\n", "a: |\n  b\n  c\n", "a: >-\n  b\n", "\"a\": \"\\u0041\"\n"}) {
    EXPECT_EQ(message_of(text), "no problem\n") << text;
  }
  EXPECT_EQ(parse("").root.kind, Kind::Null);
  EXPECT_EQ(parse("a: |\n  b\n").root.find("a")->scalar, "b\n");
}

}  // namespace
}  // namespace seatrial
