// YAML or JSON text as a small tree in which every key and value knows its line and column. The only place that sees
// yaml-cpp, and only as a stream of events, so that limits hold while the text is read: a hostile file can neither
// exhaust the memory nor the stack. Aliases are copied, within the same limits. Used by load.h and override.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/error.h"

namespace seatrial {

inline constexpr std::size_t kMaxDocumentBytes = 8U << 20U;
inline constexpr std::size_t kMaxDocumentNodes = 1'000'000;  // after aliases
inline constexpr std::size_t kMaxDocumentDepth = 64;

// Where in which source: 0 is the file, the others are overrides. Lines and columns count from 1; 0 = unknown.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t source = 0;
};

struct DocumentEntry;

struct DocumentNode {
  enum class Kind : std::uint8_t { Null, Scalar, List, Mapping };
  Kind kind = Kind::Null;
  bool quoted = false;  // the scalar was written in quotes or as a block: it is text
  Position at;
  std::string scalar;
  std::vector<DocumentEntry> entries;  // of a list (keys are empty) or a mapping, in the order of the file

  // The value of a key of a mapping, or nullptr. Linear in the number of keys.
  [[nodiscard]] const DocumentNode* find(std::string_view key) const;
  [[nodiscard]] DocumentNode* find(std::string_view key);
};

struct DocumentEntry {
  std::string key;
  Position key_at;
  DocumentNode value;
};

struct Document {
  std::vector<std::string> sources;  // the file as the user named it, then one text per override
  std::string text;                  // of the file
  DocumentNode root;

  [[nodiscard]] Place place(Position position) const;
};

// Parses one YAML document. Duplicate keys are added to `problems` (the first one stays); what makes the text
// unreadable is thrown as InputError: syntax, size, depth, number of nodes, several documents, tags, bytes that are no
// UTF-8. An empty text gives a Null root.
[[nodiscard]] Document parse_document(std::string text, const std::string& file, Problems& problems);

// Parses a piece of YAML that is not a file (the value of an override) whose positions name `source`.
[[nodiscard]] DocumentNode parse_fragment(const std::string& text, const std::string& shown_as, std::uint32_t source);

// "a mapping", "a list", "nothing", "text" for messages.
[[nodiscard]] const char* kind_name(DocumentNode::Kind kind);

// User text for a message, shortened and escaped, between double quotes.
[[nodiscard]] std::string in_quotes(std::string_view user_text, std::size_t shown = 80);

// Appends `.key` or, at the top, `key`, shortened and escaped like all user text.
[[nodiscard]] std::string child_path(const std::string& path, std::string_view key);
[[nodiscard]] std::string child_path(const std::string& path, std::size_t index);

}  // namespace seatrial
