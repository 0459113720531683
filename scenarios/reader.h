// Typed reading of a document: each accessor reports a problem with place, path and hint and goes on, so that one pass
// finds every mistake. A Value is a node with its path; a Section is a mapping whose keys are all accounted for.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/document.h"
#include "sim/error.h"
#include "sim/time.h"

namespace seatrial {

// `known: a, b, c (did you mean "b"?)` for a name that is not among the known ones.
[[nodiscard]] std::string known_names_hint(std::string_view typed, std::span<const std::string> known);

struct Range {
  double low = 0;  // inclusive
  double high = std::numeric_limits<double>::max();
  bool above_low = false;  // low itself is excluded
};

// A node to be read; cheap to copy. Borrows the document and the problems, which outlive it.
class Value {
 public:
  Value(const Document& document, const DocumentNode& node, std::string path, Problems& problems)
      : document_(&document), node_(&node), path_(std::move(path)), problems_(&problems) {}

  [[nodiscard]] const DocumentNode& node() const { return *node_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Place place() const { return document_->place(node_->at); }
  [[nodiscard]] bool is_mapping() const { return node_->kind == DocumentNode::Kind::Mapping; }
  [[nodiscard]] bool is_list() const { return node_->kind == DocumentNode::Kind::List; }
  [[nodiscard]] bool is_scalar() const { return node_->kind == DocumentNode::Kind::Scalar; }

  void problem(std::string what, std::string hint = {}) const;
  // Was something wrong found so far at a path that begins so? Then what follows from it is not worth a message.
  [[nodiscard]] bool is_wrong(std::string_view path) const;
  // Reports a key of this mapping that is none of the known ones, at the place of the key.
  void unknown_key(const DocumentEntry& entry, std::span<const std::string> known) const;
  // The same for a key that names something, such as a flavor: "unknown flavor ...".
  void unknown_name(const std::string& key, std::string_view noun, std::span<const std::string> known) const;
  // The value of a key, if it is there, or of a list's entry, below this one.
  [[nodiscard]] std::optional<Value> child(std::string_view key) const;
  [[nodiscard]] Value entry(std::size_t index) const;
  // The root of another document (a file that this one names), with the same problems. The document outlives the
  // result.
  [[nodiscard]] Value in(const Document& document) const { return {document, document.root, path_, *problems_}; }
  [[nodiscard]] Problems& problems() const { return *problems_; }
  // Another node at the same path, which outlives the result.
  [[nodiscard]] Value with(const DocumentNode& node) const { return {*document_, node, path_, *problems_}; }

  // Each gives nothing after reporting why.
  [[nodiscard]] std::optional<std::string> text() const;  // any scalar; not empty
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::int64_t low, std::int64_t high) const;
  [[nodiscard]] std::optional<double> number(Range range) const;
  [[nodiscard]] std::optional<Duration> duration(Range seconds = {}) const;
  [[nodiscard]] std::optional<std::int64_t> memory_mib() const;
  [[nodiscard]] std::optional<double> bytes() const;  // with a unit
  [[nodiscard]] std::optional<std::int64_t> cpu_milli() const;
  [[nodiscard]] std::optional<double> bytes_per_s() const;   // "2Gi/s"
  [[nodiscard]] std::optional<double> per_second() const;    // "12/s", "3/h"
  [[nodiscard]] std::optional<double> usd_per_hour() const;  // "32.77 USD/h"
  // One of the names, as its index; `noun` is used in "unknown <noun> ...".
  [[nodiscard]] std::optional<std::size_t> one_of(std::string_view noun, std::span<const std::string> names) const;
  // The entries of a list; empty after reporting that it is none.
  [[nodiscard]] std::vector<Value> list() const;
  // The entries of a mapping with free keys, each with the Value of its key's node.
  [[nodiscard]] std::vector<std::pair<std::string, Value>> mapping() const;

 private:
  [[nodiscard]] Value below(const DocumentEntry& entry) const;
  // The scalar's text, or nothing after "expected <what>".
  [[nodiscard]] std::optional<std::string> scalar(std::string_view expected) const;
  [[nodiscard]] std::optional<double> quantity(const std::function<std::optional<double>(std::string_view)>& parse,
                                               std::string_view expected, Range range, std::string_view unit) const;
  [[nodiscard]] bool in_range(double value, Range range, std::string_view unit) const;

  const Document* document_;
  const DocumentNode* node_;
  std::string path_;
  Problems* problems_;
};

// A mapping with a fixed set of keys. Every key is taken once; finish() reports those that nobody took.
class Section {
 public:
  // Reports a problem if the value is not a mapping; then every take() finds nothing.
  explicit Section(Value value, std::string_view noun = "a mapping");

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] const Value& value() const { return value_; }
  [[nodiscard]] bool has(std::string_view key) const { return value_.node().find(key) != nullptr; }
  // The value of the key, if it is there.
  [[nodiscard]] std::optional<Value> take(const std::string& key);
  // The same, reporting a missing key as a problem of this section.
  [[nodiscard]] std::optional<Value> require(const std::string& key, std::string_view hint = {});
  // Reports every key that was not taken, with the nearest of those that were.
  void finish() const;

  // Shorthand: takes the key and, where it is there and right, stores what `read` makes of it.
  template <class T, class Read>
  void read(const std::string& key, T& out, Read read_value) {
    const auto found = take(key);
    if (!found) return;
    if (auto got = read_value(*found)) out = static_cast<T>(std::move(*got));
  }
  void read_integer(const std::string& key, std::int64_t low, std::int64_t high, std::uint32_t& out);
  void read_integer(const std::string& key, std::int64_t low, std::int64_t high, std::uint64_t& out);
  void read_number(const std::string& key, Range range, double& out);
  void read_duration(const std::string& key, Range seconds, Duration& out);
  void read_boolean(const std::string& key, bool& out);
  void read_text(const std::string& key, std::string& out);

 private:
  Value value_;
  bool ok_;
  std::vector<std::string> taken_;
};

}  // namespace seatrial
