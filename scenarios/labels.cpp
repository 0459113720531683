// Chooses which values of the settings a name needs; see labels.h.
#include "scenarios/labels.h"

#include <algorithm>
#include <map>
#include <set>

#include "scenarios/document.h"
#include "scenarios/override.h"

namespace seatrial {
namespace {

constexpr const char* kAbsent = "\x01";  // no value of a document has it

// A value within an axis: its key from the axis on, and what each choice of the axis has there.
struct Leaf {
  std::string key;                  // "partitioner.delay"; empty: the axis itself
  std::vector<std::string> values;  // by choice
};

using Leaves = std::map<std::string, std::string>;

// A list of plain values is one value.
bool is_plain(const DocumentNode& node) {
  return node.kind == DocumentNode::Kind::Scalar || node.kind == DocumentNode::Kind::Null ||
         (node.kind == DocumentNode::Kind::List &&
          std::all_of(node.entries.begin(), node.entries.end(),
                      [](const DocumentEntry& entry) { return entry.value.kind == DocumentNode::Kind::Scalar; }));
}

void collect(const DocumentNode& node, const std::string& key, std::vector<std::string>& order, Leaves& leaves) {
  if (!is_plain(node)) {
    std::size_t index = 0;
    for (const DocumentEntry& entry : node.entries) {
      const std::string step = node.kind == DocumentNode::Kind::List ? std::to_string(++index) : entry.key;
      collect(entry.value, key.empty() ? step : key + '.' + step, order, leaves);
    }
    if (!node.entries.empty()) return;
  }
  order.push_back(key);
  leaves[key] = node.kind == DocumentNode::Kind::Scalar ? node.scalar : flow_text(node);
}

// `layout: all-balanced` beside `layout: {file: x}` is the layout's name.
void name_scalars(std::vector<std::string>& order, std::vector<Leaves>& choices) {
  for (std::string& key : order) {
    const std::string prefix = key.empty() ? "" : key + '.';
    const bool deeper = std::any_of(order.begin(), order.end(), [&](const std::string& other) {
      return other != key && other.size() > prefix.size() && other.starts_with(prefix);
    });
    if (!deeper) continue;
    for (Leaves& leaves : choices) {
      auto found = leaves.extract(key);
      if (found.empty()) continue;
      found.key() = prefix + "name";
      leaves.insert(std::move(found));
    }
    key = prefix + "name";
  }
}

std::vector<Leaf> leaves_of(const std::vector<std::string>& choices) {
  std::vector<std::string> order;
  std::vector<Leaves> read;
  for (const std::string& choice : choices) {
    collect(parse_fragment(choice, choice, 1), "", order, read.emplace_back());
  }
  name_scalars(order, read);
  std::vector<Leaf> out;
  std::set<std::string> seen;
  for (const std::string& key : order) {
    if (!seen.insert(key).second) continue;
    Leaf leaf{key, {}};
    for (const Leaves& leaves : read) {
      const auto found = leaves.find(key);
      leaf.values.push_back(found == leaves.end() ? kAbsent : found->second);
    }
    const bool differs = std::any_of(leaf.values.begin(), leaf.values.end(),
                                     [&](const std::string& value) { return value != leaf.values.front(); });
    if (differs) out.push_back(std::move(leaf));
  }
  return out;
}

bool is_name(const Leaf& leaf) { return leaf.key == "name" || leaf.key.ends_with(".name"); }

// How many choices these leaves tell apart.
std::size_t classes(const std::vector<const Leaf*>& leaves, std::size_t choices) {
  std::set<std::vector<std::string_view>> found;
  for (std::size_t i = 0; i < choices; ++i) {
    std::vector<std::string_view> values;
    for (const Leaf* leaf : leaves) values.push_back(leaf->values[i]);
    found.insert(std::move(values));
  }
  return found.size();
}

// As few leaves as a greedy choice finds that tell all choices apart: the one that splits most first, a `name` before
// others, then in the order of the file.
std::vector<const Leaf*> chosen(const std::vector<Leaf>& leaves, std::size_t choices) {
  std::vector<const Leaf*> out;
  std::size_t reached = 1;
  while (reached < choices) {
    const Leaf* best = nullptr;
    std::size_t most = reached;
    for (const Leaf& leaf : leaves) {
      out.push_back(&leaf);
      const std::size_t split = classes(out, choices);
      out.pop_back();
      if (split > most || (split == most && best != nullptr && is_name(leaf) && !is_name(*best))) {
        best = &leaf;
        most = split;
      }
    }
    if (best == nullptr) break;  // they differ in quotes alone
    out.push_back(best);
    reached = most;
  }
  std::sort(out.begin(), out.end());  // both point into `leaves`, which is in the order of the file
  return out;
}

std::string last_part(const std::string& key) { return key.substr(key.rfind('.') + 1); }

// Of paths to files, what follows the folders that they share.
std::size_t shared_folders(const std::vector<std::string>& values) {
  std::size_t shared = std::string::npos;
  for (const std::string& value : values) {
    if (value == kAbsent) continue;
    const std::string& first = values.front() == kAbsent ? value : values.front();
    const auto end = std::mismatch(value.begin(), value.end(), first.begin(), first.end()).first;
    shared = std::min(shared, static_cast<std::size_t>(end - value.begin()));
  }
  const auto any =
      std::find_if(values.begin(), values.end(), [](const std::string& value) { return value != kAbsent; });
  if (any == values.end() || shared == 0) return 0;
  const std::size_t slash = any->rfind('/', shared - 1);
  return slash == std::string::npos ? 0 : slash + 1;
}

std::string clipped(const std::string& text) {
  if (text.size() <= kLabelShown) return text;
  const auto begins = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U; };
  std::size_t head = kLabelShown / 2;
  std::size_t tail = text.size() - (kLabelShown - kLabelShown / 2 - 3);
  while (head > 0 && !begins(head)) --head;
  while (tail < text.size() && !begins(tail)) ++tail;
  return text.substr(0, head) + "..." + text.substr(tail);
}

// A number or a switch needs its key.
bool speaks(const std::string& value) {
  const char first = value.empty() ? '\0' : value.front();
  const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '/' ||
                      static_cast<unsigned char>(first) >= 0x80;
  return letter && value != "true" && value != "false" && value != "null";
}

// "on-demand", but "min_interval 10m".
std::string words(const Leaf& leaf, std::size_t choice) {
  const std::string& value = leaf.values[choice];
  const std::string shown = clipped(value.substr(shared_folders(leaf.values)));
  if (leaf.key.empty() || is_name(leaf) || speaks(value)) return shown;
  return last_part(leaf.key) + ' ' + shown;
}

bool is_single_value(const std::string& choice) { return choice.empty() || (choice[0] != '{' && choice[0] != '['); }

// One name for each choice of an axis.
std::vector<std::string> choice_labels(const std::vector<std::string>& choices) {
  const std::vector<Leaf> leaves = leaves_of(choices);
  const std::vector<const Leaf*> needed = chosen(leaves, choices.size());
  std::vector<std::string> out;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    std::string label;
    for (const Leaf* leaf : needed) {
      if (leaf->values[i] == kAbsent) continue;
      if (!label.empty()) label += ", ";
      label += words(*leaf, i);
    }
    // What has nothing of it is told by the first thing that it has and others have not.
    for (const Leaf& leaf : leaves) {
      if (label.empty() && leaf.values[i] != kAbsent) label = words(leaf, i);
    }
    out.push_back(label.empty() ? clipped(choices[i]) : label);
  }
  return out;
}

// The last steps of each path that tell it from the others: "count", or "a.count" and "b.count".
std::vector<std::string> short_paths(const std::vector<std::string>& paths) {
  std::vector<std::vector<PathStep>> steps;
  std::size_t longest = 1;
  for (const std::string& path : paths) {
    std::string why;
    steps.push_back(parse_path(path, why));
    longest = std::max(longest, steps.back().size());
  }
  for (std::size_t length = 1; length <= longest; ++length) {
    std::vector<std::string> out;
    for (const auto& of_path : steps) {
      std::string text;
      for (std::size_t i = of_path.size() - std::min(length, of_path.size()); i < of_path.size(); ++i) {
        text.append(text.empty() ? "" : ".").append(of_path[i].text);
      }
      out.push_back(std::move(text));
    }
    if (std::set<std::string>(out.begin(), out.end()).size() == out.size()) return out;
  }
  return paths;
}

}  // namespace

std::vector<std::string> point_labels(const std::vector<std::vector<Setting>>& points) {
  struct Varied {
    std::string path;
    std::vector<std::string> choices;
    std::map<std::string, std::string> labels;  // by choice
  };
  std::vector<Varied> varied;
  for (std::size_t axis = 0; !points.empty() && axis < points.front().size(); ++axis) {
    Varied one{points.front()[axis].path, {}, {}};
    std::set<std::string_view> seen;
    for (const auto& point : points) {
      if (seen.insert(point[axis].value).second) one.choices.push_back(point[axis].value);
    }
    const std::vector<std::string> labels = choice_labels(one.choices);
    for (std::size_t i = 0; i < labels.size(); ++i) one.labels[one.choices[i]] = labels[i];
    varied.push_back(std::move(one));
  }
  std::vector<std::string> paths;
  for (const Varied& one : varied) {
    if (one.choices.size() > 1 || points.size() == 1) paths.push_back(one.path);
  }
  const std::vector<std::string> keys = short_paths(paths);
  std::vector<std::string> out;
  std::map<std::string, int> used;
  for (const auto& point : points) {
    std::string label;
    std::size_t key = 0;
    for (std::size_t axis = 0; axis < varied.size(); ++axis) {
      if (varied[axis].choices.size() == 1 && points.size() > 1) continue;
      const std::string& words = varied[axis].labels[point[axis].value];
      const bool several = words.find(", ") != std::string::npos;
      if (!label.empty()) label += ", ";
      if (keys.size() > 1) label += keys[key] + '=';
      if (keys.size() == 1 && !speaks(words) && is_single_value(point[axis].value)) label += keys[key] + ' ';
      label += keys.size() > 1 && several ? '(' + words + ')' : words;
      ++key;
    }
    if (label.empty()) label = "as written";
    const int copies = ++used[label];
    out.push_back(copies == 1 ? label : label + " (" + std::to_string(copies) + ')');
  }
  return out;
}

}  // namespace seatrial
