// See page.h. Style and script are files of reports/assets, embedded by CMake.
#include "reports/page.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <span>

#include "reports/sha256.h"
#include "sim/error.h"

namespace seatrial {

extern const std::string_view kUplotCss;
extern const std::string_view kUplotJs;
extern const std::string_view kUplotLicense;
extern const std::string_view kPageCss;
extern const std::string_view kCoreJs;
extern const std::string_view kTablesJs;
extern const std::string_view kChartsJs;
extern const std::string_view kDrawJs;
extern const std::string_view kPictureJs;
extern const std::string_view kRunJs;
extern const std::string_view kRunTimeJs;
extern const std::string_view kRunGroupsJs;
extern const std::string_view kRunMapJs;
extern const std::string_view kRunEventsJs;
extern const std::string_view kRunDevicesJs;
extern const std::string_view kRunSharesJs;
extern const std::string_view kCompareJs;
extern const std::string_view kPlanJs;
extern const std::string_view kPlanChartsJs;

namespace {

// Text in HTML, in quotes or outside. Controls become U+FFFD.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += "\xef\xbf\xbd";
        } else {
          out += c;
        }
    }
  }
  return out;
}

std::string joined(std::span<const std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) {
    out += part;
    out += '\n';
  }
  return out;
}

// Inside a script element only `<` can do harm; in JSON it occurs in strings alone.
void append_inert(std::string_view json, std::string& out) {
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
}

std::string page(const PageHead& head, const std::string& script, std::string_view document) {
  const std::string style = joined(std::array{kUplotCss, kPageCss});
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-";
  html += sha256_base64(style) + "'; script-src 'sha256-" + sha256_base64(script);
  html += "'; base-uri 'none'; form-action 'none'\">\n";
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html +=
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" + escaped(head.title) + " - seatrial</title>\n";
  html += "<style>" + style + "</style>\n</head>\n<body>\n";
  html += "<noscript><h1>" + escaped(head.verdict) + "</h1><p>The charts of this page need JavaScript; it sends ";
  html += "nothing anywhere. Every number is in the files beside it.</p></noscript>\n";
  html += "<script type=\"application/json\" id=\"document\">";
  html.reserve(html.size() + document.size() + document.size() / 64 + script.size());
  append_inert(document, html);
  html += "</script>\n<!-- uPlot draws the charts over time.\n";
  html += kUplotLicense;
  html += "-->\n<script>" + script + "</script>\n</body>\n</html>\n";
  return html;
}

}  // namespace

std::string run_html(std::string_view report_json, const std::string& file) {
  const PageHead head = read_page_head(report_json, "seatrial.report/1", file);
  return page(head,
              joined(std::array{kUplotJs, kCoreJs, kTablesJs, kDrawJs, kPictureJs, kChartsJs, kRunTimeJs, kRunGroupsJs,
                                kRunMapJs, kRunDevicesJs, kRunEventsJs, kRunSharesJs, kRunJs}),
              report_json);
}

std::string comparison_html(std::string_view comparison_json, const std::string& file) {
  const PageHead head = read_page_head(comparison_json, "seatrial.comparison/1", file);
  return page(head, joined(std::array{kUplotJs, kCoreJs, kTablesJs, kDrawJs, kPictureJs, kCompareJs}), comparison_json);
}

std::string plan_html(std::string_view plan_json, const std::string& file) {
  const PageHead head = read_page_head(plan_json, "seatrial.plan/1", file);
  return page(head, joined(std::array{kUplotJs, kCoreJs, kTablesJs, kDrawJs, kPictureJs, kPlanChartsJs, kPlanJs}),
              plan_json);
}

std::string rebuilt_report(const std::string& result_folder) {
  const auto here = [&](const char* name) { return std::filesystem::exists(result_folder + '/' + name); };
  const auto build = [&](const char* name, auto html) {
    const std::string file = result_folder + '/' + name;
    return html(read_whole_file(system_files(), file), file);
  };
  if (here("report.json")) return build("report.json", run_html);
  if (here("comparison.json")) return build("comparison.json", comparison_html);
  if (here("plan.json")) return build("plan.json", plan_html);
  throw InputError({result_folder, 0, 0}, "", "no report.json, comparison.json or plan.json here",
                   "a run with --no-report writes none: run it again without");
}

void rebuild_report(const std::string& result_folder, const FileLayer& files) {
  const std::string html = rebuilt_report(result_folder);
  const std::string final_path = result_folder + "/report.html";
  const std::string temporary = result_folder + "/.report.html.partial-" + std::to_string(::getpid());
  files.unlink(temporary.c_str());
  try {
    OutputFile file(files, temporary);
    file.append(html);
    file.close();
    while (files.rename(temporary.c_str(), final_path.c_str()) < 0) {
      if (errno != EINTR) throw SystemError(final_path, "cannot rename to this", errno);
    }
  } catch (...) {
    files.unlink(temporary.c_str());
    throw;
  }
}

}  // namespace seatrial
