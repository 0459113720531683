// Two steps: yaml-cpp's events are recorded under limits (EventRecorder), then turned into a tree in which aliases are
// copied (TreeBuilder). See document.h.
#include "scenarios/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <numeric>
#include <sstream>
#include <utility>

#include "sim/check.h"
#include "sim/text.h"

namespace seatrial {
namespace {

struct RecordedEvent {
  enum class Kind : std::uint8_t { Null, Scalar, Alias, ListStart, MappingStart, End };
  Kind kind = Kind::Null;
  bool quoted = false;
  std::uint32_t anchor = 0;  // of this node, or the one that an alias names; 0: none
  Position at;
  std::string scalar;
};

// What both steps throw errors with.
struct Source {
  std::string file;
  std::uint32_t index = 0;
  bool has_lines = true;  // false for one-line fragments: their text is the place

  [[nodiscard]] Place place(Position at) const { return has_lines ? Place{file, at.line, at.column} : Place{file}; }
  [[noreturn]] void fail(Position at, std::string what, std::string hint = {}) const {
    throw InputError(place(at), "", std::move(what), std::move(hint));
  }
};

class EventRecorder final : public YAML::EventHandler {
 public:
  explicit EventRecorder(const Source& source) : source_(source) {}

  [[nodiscard]] std::vector<RecordedEvent>& events() { return events_; }
  void end_of_first_document() { first_document_over_ = true; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (first_document_over_) {
      source_.fail(position(mark), "a second document begins here; a file holds one document",
                   "is the line indented as it should be?");
    }
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(RecordedEvent::Kind::Null, mark, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(RecordedEvent::Kind::Alias, mark, anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    add(RecordedEvent::Kind::Scalar, mark, anchor);
    events_.back().quoted = tag == "!";
    events_.back().scalar = value;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(RecordedEvent::Kind::ListStart, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(RecordedEvent::Kind::MappingStart, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  [[nodiscard]] Position position(const YAML::Mark& mark) const {
    return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1), source_.index};
  }
  // yaml-cpp says "?" for nodes without a tag and "!" for quoted ones.
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    source_.fail(position(mark), "tag " + in_quotes(tag) + " is not supported", "leave the tag out");
  }
  void add(RecordedEvent::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (++nodes_ > kMaxDocumentNodes) {
      source_.fail(position(mark), "more than " + std::to_string(kMaxDocumentNodes) + " nodes");
    }
    events_.push_back({kind, false, static_cast<std::uint32_t>(anchor), position(mark), {}});
  }
  void open(RecordedEvent::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_tag(mark, tag);
    if (++depth_ > kMaxDocumentDepth) {
      source_.fail(position(mark), "more than " + std::to_string(kMaxDocumentDepth) + " levels of nesting");
    }
    add(kind, mark, anchor);
  }
  void close() {
    --depth_;
    events_.push_back({RecordedEvent::Kind::End, false, 0, {}, {}});
  }

  const Source& source_;
  std::vector<RecordedEvent> events_;
  std::size_t nodes_ = 0;
  std::size_t depth_ = 0;
  bool first_document_over_ = false;
};

class TreeBuilder {
 public:
  TreeBuilder(const Source& source, const std::vector<RecordedEvent>& events, Problems& problems)
      : source_(source), events_(events), problems_(problems) {
    index_anchors();
  }

  [[nodiscard]] DocumentNode build() {
    std::size_t at = 0;
    return node(at, 0);
  }

 private:
  struct AnchoredRange {
    std::size_t first = 0;
    std::size_t last = 0;  // of the anchored node's events
  };

  void index_anchors() {
    std::vector<std::uint32_t> open;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const RecordedEvent& event = events_[i];
      const bool starts =
          event.kind == RecordedEvent::Kind::ListStart || event.kind == RecordedEvent::Kind::MappingStart;
      if (event.anchor != 0 && event.kind != RecordedEvent::Kind::Alias) {
        if (anchors_.size() <= event.anchor) anchors_.resize(event.anchor + std::size_t{1});
        anchors_[event.anchor] = {i, i};
      }
      if (starts) open.push_back(event.anchor);
      if (event.kind == RecordedEvent::Kind::End) {
        if (open.back() != 0) anchors_[open.back()].last = i;
        open.pop_back();
      }
    }
  }

  // The node that begins at events_[at]; `at` is moved behind it.
  [[nodiscard]] DocumentNode node(std::size_t& at, std::size_t depth) {
    const std::size_t first = at;
    const RecordedEvent& event = events_[at++];
    if (++nodes_ > kMaxDocumentNodes) {
      source_.fail(event.at, "more than " + std::to_string(kMaxDocumentNodes) + " nodes after aliases");
    }
    DocumentNode out;
    out.at = event.at;
    switch (event.kind) {
      case RecordedEvent::Kind::Null:
      case RecordedEvent::Kind::End:
        break;
      case RecordedEvent::Kind::Scalar:
        out.kind = DocumentNode::Kind::Scalar;
        out.quoted = event.quoted;
        out.scalar = event.scalar;
        break;
      case RecordedEvent::Kind::Alias:
        return copy_of_anchor(first, depth);
      case RecordedEvent::Kind::ListStart:
      case RecordedEvent::Kind::MappingStart:
        if (depth >= kMaxDocumentDepth) {
          source_.fail(event.at, "more than " + std::to_string(kMaxDocumentDepth) + " levels of nesting after aliases");
        }
        if (event.kind == RecordedEvent::Kind::ListStart) {
          list(out, at, depth + 1);
        } else {
          mapping(out, at, depth + 1);
        }
        break;
    }
    return out;
  }

  [[nodiscard]] DocumentNode copy_of_anchor(std::size_t alias, std::size_t depth) {
    const AnchoredRange range = anchors_.at(events_[alias].anchor);
    if (range.first < alias && alias < range.last) source_.fail(events_[alias].at, "an alias inside the node it names");
    std::size_t at = range.first;
    return node(at, depth);
  }

  void list(DocumentNode& out, std::size_t& at, std::size_t depth) {
    out.kind = DocumentNode::Kind::List;
    const std::size_t outer = path_.size();
    for (std::size_t index = 0; events_[at].kind != RecordedEvent::Kind::End; ++index) {
      const Position entry_at = events_[at].at;
      path_ += '[' + std::to_string(index) + ']';
      out.entries.push_back({"", entry_at, node(at, depth)});
      path_.resize(outer);
    }
    ++at;
  }

  void mapping(DocumentNode& out, std::size_t& at, std::size_t depth) {
    out.kind = DocumentNode::Kind::Mapping;
    const std::size_t outer = path_.size();
    while (events_[at].kind != RecordedEvent::Kind::End) {
      const Position key_at = events_[at].at;
      DocumentNode key = node(at, depth);
      if (key.kind != DocumentNode::Kind::Scalar) {
        source_.fail(key_at, "a key is " + std::string(kind_name(key.kind)) + "; keys are plain text");
      }
      path_ = child_path(path_, key.scalar);
      DocumentNode value = node(at, depth);
      if (value.kind == DocumentNode::Kind::Null) value.at = key_at;  // an absent value is where its key is
      out.entries.push_back({std::move(key.scalar), key_at, std::move(value)});
      path_.resize(outer);
    }
    ++at;
    drop_duplicates(out);
  }

  void drop_duplicates(DocumentNode& mapping) {
    std::vector<std::size_t> order(mapping.entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto key = [&](std::size_t i) -> const std::string& { return mapping.entries[i].key; };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    std::vector<bool> again(order.size(), false);
    std::size_t first = 0;
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (key(order[i]) != key(order[first])) {
        first = i;
        continue;
      }
      again[order[i]] = true;
      const DocumentEntry& repeated = mapping.entries[order[i]];
      const Position before = mapping.entries[order[first]].key_at;
      problems_.add(
          source_.place(repeated.key_at), child_path(path_, repeated.key),
          "given twice; first at line " + std::to_string(before.line) + ", column " + std::to_string(before.column));
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < again.size(); ++i) {
      if (again[i]) continue;
      if (kept != i) mapping.entries[kept] = std::move(mapping.entries[i]);
      ++kept;
    }
    mapping.entries.resize(kept);
  }

  const Source& source_;
  const std::vector<RecordedEvent>& events_;
  Problems& problems_;
  std::vector<AnchoredRange> anchors_;  // by anchor number
  std::string path_;                    // of the node being built
  std::size_t nodes_ = 0;
};

// yaml-cpp reads flow collections to their end before the first event, with much memory per bracket and comma. Text
// that cannot be within the limits is therefore refused before it is handed over.
void refuse_bombs(const std::string& text, const Source& source) {
  constexpr std::size_t kOpenBrackets = 4096;  // brackets inside quotes and comments count too, hence the slack
  constexpr std::size_t kSeparators = 2 * kMaxDocumentNodes + kMaxDocumentNodes / 2;
  std::size_t open = 0;
  std::size_t separators = 0;
  Position at{1, 0, source.index};
  for (const char c : text) {
    ++at.column;
    if (c == '\n') at = {at.line + 1, 0, source.index};
    if (c == '[' || c == '{') ++open;
    if ((c == ']' || c == '}') && open > 0) --open;
    if (c == '[' || c == '{' || c == ',') ++separators;
    if (open > kOpenBrackets) {
      source.fail(at, "more than " + std::to_string(kMaxDocumentDepth) + " levels of nesting");
    }
  }
  if (separators > kSeparators) source.fail({}, "more than " + std::to_string(kMaxDocumentNodes) + " nodes");
}

void check_bytes(const std::string& text, const Source& source) {
  if (text.size() > kMaxDocumentBytes) source.fail({}, "larger than 8 MiB");
  if (is_utf8(text)) return;
  Position at{0, 0, source.index};
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    ++at.line;
    if (is_utf8(line)) continue;
    if (line.find('\0') != std::string::npos) source.fail(at, "a NUL byte in the text");
    source.fail(at, "bytes that are no UTF-8", "save the file as UTF-8");
  }
  source.fail(at, "bytes that are no UTF-8", "save the file as UTF-8");
}

[[nodiscard]] DocumentNode parse(const std::string& text, const Source& source, Problems& problems) {
  check_bytes(text, source);
  refuse_bombs(text, source);
  EventRecorder recorder(source);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(recorder)) return {};
    recorder.end_of_first_document();
    while (parser.HandleNextDocument(recorder)) {
    }
  } catch (const YAML::Exception& error) {
    const Position at{static_cast<std::uint32_t>(error.mark.line + 1),
                      static_cast<std::uint32_t>(error.mark.column + 1), source.index};
    source.fail(error.mark.is_null() ? Position{} : at, "not valid YAML: " + quoted(error.msg));
  }
  if (recorder.events().empty()) return {};
  return TreeBuilder(source, recorder.events(), problems).build();
}

}  // namespace

const DocumentNode* DocumentNode::find(std::string_view key) const {
  if (kind != Kind::Mapping) return nullptr;
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const DocumentEntry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

DocumentNode* DocumentNode::find(std::string_view key) {
  return const_cast<DocumentNode*>(std::as_const(*this).find(key));
}

Place Document::place(Position position) const {
  CHECK(position.source < sources.size());
  if (position.source != 0) return Place{sources[position.source]};
  return Place{sources[0], position.line, position.column};
}

Document parse_document(std::string text, const std::string& file, Problems& problems) {
  Document document;
  document.sources.push_back(file);
  document.text = std::move(text);
  document.root = parse(document.text, Source{file}, problems);
  if (document.root.at.line == 0) document.root.at = {1, 1, 0};
  return document;
}

DocumentNode parse_fragment(const std::string& text, const std::string& shown_as, std::uint32_t source) {
  Problems problems;
  DocumentNode node = parse(text, Source{shown_as, source, false}, problems);
  problems.throw_if_any();
  node.at.source = source;
  return node;
}

const char* kind_name(DocumentNode::Kind kind) {
  switch (kind) {
    case DocumentNode::Kind::Null:
      return "nothing";
    case DocumentNode::Kind::Scalar:
      return "a single value";
    case DocumentNode::Kind::List:
      return "a list";
    case DocumentNode::Kind::Mapping:
      return "a mapping";
  }
  return "";
}

std::string in_quotes(std::string_view user_text, std::size_t shown) {
  std::string out(1, '"');
  out += quoted(user_text, shown);
  return out += '"';
}

std::string child_path(const std::string& path, std::string_view key) {
  return path.empty() ? quoted(key) : path + '.' + quoted(key);
}

std::string child_path(const std::string& path, std::size_t index) { return path + '[' + std::to_string(index) + ']'; }

}  // namespace seatrial
