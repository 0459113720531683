// Walking a path through the document and replacing what is there; see override.h.
#include "scenarios/override.h"

#include <algorithm>
#include <utility>

#include "scenarios/reader.h"
#include "sim/text.h"

namespace seatrial {
namespace {

// A policy is a name or a mapping with `name`: these keys accept both spellings.
bool is_policy(const std::vector<PathStep>& steps, std::size_t length) {
  return length == 2 && steps[0].text == "scheduler" && !steps[1].in_brackets &&
         (steps[1].text == "order" || steps[1].text == "placement");
}

class Override {
 public:
  Override(Document& document, const std::string& text, Problems& problems)
      : document_(document), problems_(problems), shown_("--set " + quoted(text, 200)) {
    const std::size_t equals = end_of_path(text);
    if (equals == std::string::npos || equals == 0) {
      fail("", "expected PATH=VALUE", "such as scheduler.order=sjf");
      return;
    }
    path_ = text.substr(0, equals);
    value_ = text.substr(equals + 1);
  }

  void apply() {
    if (path_.empty()) return;
    std::string why;
    const std::vector<PathStep> steps = parse_path(path_, why);
    if (!why.empty()) return fail(path_, why, "a path is written like cluster.pools[a100].count");
    if (steps.size() > kMaxDocumentDepth) return fail(path_, "the path has too many steps");
    document_.sources.push_back(shown_);
    source_ = static_cast<std::uint32_t>(document_.sources.size() - 1);
    try {
      DocumentNode value = parse_fragment(value_, shown_, source_);
      if (DocumentNode* target = walk(steps)) *target = std::move(value);
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems().all()) problems_.add(problem);
    }
  }

 private:
  // The `=` that ends the path: the first one outside brackets and quotes.
  static std::size_t end_of_path(const std::string& text) {
    bool in_key_quotes = false;
    bool in_brackets = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '"') in_key_quotes = !in_key_quotes;
      if (in_key_quotes) continue;
      if (text[i] == '[') in_brackets = true;
      if (text[i] == ']') in_brackets = false;
      if (text[i] == '=' && !in_brackets) return i;
    }
    return std::string::npos;
  }

  void fail(const std::string& path, std::string what, std::string hint = {}) {
    problems_.add(Place{shown_}, path.empty() ? "" : quoted(path), std::move(what), std::move(hint));
  }

  // The node that the path names, created where only keys are missing; nullptr after reporting why there is none.
  DocumentNode* walk(const std::vector<PathStep>& steps) {
    DocumentNode* node = &document_.root;
    std::string walked;
    for (std::size_t i = 0; i < steps.size() && node != nullptr; ++i) {
      const bool renames_policy = i + 1 == steps.size() && is_policy(steps, i) && steps[i].text == "name";
      if (renames_policy && node->kind != DocumentNode::Kind::List) return node;
      if (is_policy(steps, i) && node->kind == DocumentNode::Kind::Scalar) name_to_mapping(*node);
      node = steps[i].in_brackets ? list_entry(*node, steps[i].text, walked) : key_of(*node, steps[i].text, walked);
      walked = steps[i].in_brackets ? walked + '[' + quoted(steps[i].text) + ']' : child_path(walked, steps[i].text);
    }
    return node;
  }

  // `sjf` becomes `{name: sjf}`, so that a parameter can be set beside the name.
  static void name_to_mapping(DocumentNode& node) {
    DocumentNode name = std::move(node);
    const Position at = name.at;
    node = DocumentNode{DocumentNode::Kind::Mapping, false, at, {}, {}};
    node.entries.push_back({"name", at, std::move(name)});
  }

  DocumentNode* key_of(DocumentNode& node, const std::string& key, const std::string& walked) {
    const Position here{0, 0, source_};
    if (node.kind == DocumentNode::Kind::Null) node.kind = DocumentNode::Kind::Mapping;
    if (node.kind != DocumentNode::Kind::Mapping) {
      const bool is_list = node.kind == DocumentNode::Kind::List;
      fail(child_path(walked, key), std::string("there is ") + kind_name(node.kind) + " here, which has no keys",
           is_list ? "name an entry by index or name, such as " + (walked + "[0]") : "");
      return nullptr;
    }
    if (DocumentNode* found = node.find(key)) return found;
    node.entries.push_back({key, here, DocumentNode{DocumentNode::Kind::Null, false, here, {}, {}}});
    return &node.entries.back().value;
  }

  DocumentNode* list_entry(DocumentNode& node, const std::string& wanted, const std::string& walked) {
    const std::string path = walked + '[' + quoted(wanted) + ']';
    if (node.kind != DocumentNode::Kind::List) {
      fail(path, std::string("expected a list here, found ") + kind_name(node.kind));
      return nullptr;
    }
    std::vector<std::string> names;
    for (DocumentEntry& entry : node.entries) {
      const DocumentNode* name = entry.value.find("name");
      if (name == nullptr || name->kind != DocumentNode::Kind::Scalar) continue;
      if (name->scalar == wanted) return &entry.value;
      names.push_back(name->scalar);
    }
    const auto index = parse_integer(wanted);
    if (index && *index >= 0 && static_cast<std::size_t>(*index) < node.entries.size()) {
      return &node.entries[static_cast<std::size_t>(*index)].value;
    }
    if (index) {
      fail(path, "the list has " + std::to_string(node.entries.size()) + " entries", "indexes count from 0");
    } else {
      fail(path, "no entry is named " + in_quotes(wanted), names.empty() ? "" : known_names_hint(wanted, names));
    }
    return nullptr;
  }

  Document& document_;
  Problems& problems_;
  std::string shown_;
  std::string path_;
  std::string value_;
  std::uint32_t source_ = 0;
};

}  // namespace

std::vector<PathStep> parse_path(std::string_view path, std::string& why) {
  std::vector<PathStep> steps;
  std::size_t at = 0;
  while (at < path.size() && why.empty()) {
    const bool in_brackets = path[at] == '[';
    if (in_brackets || (path[at] == '.' && !steps.empty())) ++at;
    if (at < path.size() && path[at] == '"') {
      const std::size_t close = path.find('"', at + 1);
      if (close == std::string_view::npos) why = "a quote is not closed";
      if (!why.empty()) break;
      steps.push_back({std::string(path.substr(at + 1, close - at - 1)), in_brackets});
      at = close + 1;
    } else {
      const std::size_t end = std::min(path.find_first_of(in_brackets ? "]" : ".[\"", at), path.size());
      steps.push_back({std::string(path.substr(at, end - at)), in_brackets});
      at = end;
    }
    if (steps.back().text.empty()) why = "a step of the path is empty";
    if (in_brackets && (at >= path.size() || path[at] != ']')) why = "a bracket is not closed";
    if (in_brackets) ++at;
    if (at < path.size() && path[at] != '.' && path[at] != '[') why = "expected . or [ between two steps";
    if (at + 1 == path.size() && path[at] == '.') why = "the path ends in a dot";
  }
  return steps;
}

void apply_overrides(Document& document, const std::vector<std::string>& overrides, Problems& problems) {
  for (const std::string& text : overrides) Override(document, text, problems).apply();
}

}  // namespace seatrial
