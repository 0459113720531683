// The HTML pages: one self-contained file each, a template with a JSON document inline, so that a page can be built
// anew from its document to the same bytes. No request leaves a page: its content security policy names the hashes of
// its own style and script and forbids all else. Nothing in the document can become markup.
#pragma once

#include <string>
#include <string_view>

#include "reports/file_layer.h"

namespace seatrial {

// Each throws InputError, naming `file`, if the document is not one of its schema.
[[nodiscard]] std::string run_html(std::string_view report_json, const std::string& file = "report.json");
[[nodiscard]] std::string comparison_html(std::string_view comparison_json,
                                          const std::string& file = "comparison.json");
[[nodiscard]] std::string plan_html(std::string_view plan_json, const std::string& file = "plan.json");

// The page of a result folder, from its report.json, comparison.json or plan.json. Throws InputError where the folder
// has none of them.
[[nodiscard]] std::string rebuilt_report(const std::string& result_folder);
// The same, written in place of the folder's report.html in one step.
void rebuild_report(const std::string& result_folder, const FileLayer& files = system_files());

// What the frame of a page takes from its document (page_json.cpp).
struct PageHead {
  std::string title;    // the scenario's name
  std::string verdict;  // for readers without script
};
[[nodiscard]] PageHead read_page_head(std::string_view document, std::string_view schema, const std::string& file);

}  // namespace seatrial
