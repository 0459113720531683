// `seatrial fit`: tables of measured times to a calibration file. `seatrial fit predict`: a calibration's answer to the
// rows of a table, beside what was measured.
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <utility>

#include "models/cost_family.h"
#include "reports/fit_plot.h"
#include "reports/sha256.h"
#include "scenarios/calibration_file.h"
#include "scenarios/files.h"
#include "sim/error.h"
#include "tools/console.h"
#include "tools/verbs.h"
#include "tools/version.h"
#include "traces/raw_samples.h"

namespace seatrial {
namespace {

constexpr std::size_t kMaxTableBytes = std::size_t{256} << 20U;
constexpr const char* kCalibrateTool = "seatrial calibrate";  // in the environment of samples that we measured
constexpr std::size_t kListed = 100;                          // rows that could not be predicted

struct FitArguments {
  std::vector<std::string> tables;
  std::string out = "-";
  std::string device;
  std::string kind;
  std::string date;
  std::vector<std::string> notes;
  std::string calibration;
  std::string points;
  std::string predictions;
  std::string plot;
};

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string percent(double ratio) {
  char text[40];
  std::snprintf(text, sizeof text, "%.2f", 100 * ratio);
  return text;
}

std::string number_text(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

InputFile open_input(const std::string& path) {
  InputRequest request;
  request.file = path;
  return InputFile(std::move(request));
}

// Tables of a file: of CSV one, of raw samples one per kind.
RawSamples read_measurements(const std::string& path) {
  InputFile input = open_input(path);
  if (holds_raw_samples(input)) return read_raw_samples(std::move(input));
  RawSamples samples;
  samples.tables.push_back(read_cost_table(std::move(input)));
  return samples;
}

// Tables of one family are fitted together.
struct Gathered {
  const CostFamily* family = nullptr;
  std::vector<CostPoint> points;
};

Gathered& gathered_for(const CostFamily* family, std::vector<Gathered>& gathered) {
  for (Gathered& one : gathered) {
    if (one.family == family) return one;
  }
  return gathered.emplace_back(Gathered{family, {}});
}

// What raw samples say of the machine goes to the calibration, and how its probes ended.
void take_environment(const RawSamples& samples, const FitArguments& arguments, Calibration& calibration) {
  if (calibration.device.empty()) calibration.device = samples.fact("device");
  if (arguments.kind.empty() && samples.fact("tool") == kCalibrateTool) calibration.kind = "measured";
  if (calibration.date.empty()) calibration.date = samples.fact("started");
  for (const auto& fact : samples.environment) {
    if (fact.first != "device" && fact.first != "started") calibration.environment.push_back(fact);
  }
  for (const ProbeStatus& probe : samples.status) {
    calibration.status.emplace_back(probe.probe,
                                    probe.reason.empty() ? probe.status : probe.status + ": " + probe.reason);
  }
}

std::vector<Gathered> gather(const FitArguments& arguments, Calibration& calibration) {
  std::vector<Gathered> gathered;
  for (const std::string& path : arguments.tables) {
    const RawSamples samples = read_measurements(path);
    take_environment(samples, arguments, calibration);
    std::size_t used = 0;
    for (const CostTable& table : samples.tables) {
      Gathered& into = gathered_for(table.family, gathered);
      for (std::size_t i = 0; i < table.points.size(); ++i) {
        if (!table.usable[i]) continue;
        into.points.push_back(table.points[i]);
        ++used;
      }
    }
    if (used == 0) throw InputError({path}, "", "no row can be used", "numbers must be above 0");
    calibration.sources.push_back({file_name(path), sha256_base64(read_input_file(path, kMaxTableBytes)), used});
  }
  return gathered;
}

std::string errors_text(const FittedFamily& fitted) {
  std::string text = fitted.family + ": " + std::to_string(fitted.curves.size()) + " curves\n";
  for (const HeldOutErrors& held : fitted.held_out) {
    text += "  held out, " + held.split + ": MAPE " + percent(held.errors.mean) + " %, median " +
            percent(held.errors.median) + " %, p90 " + percent(held.errors.p90) + " %, worst " +
            percent(held.errors.worst) + " % over " + std::to_string(held.errors.points) + " points\n";
  }
  return text;
}

std::string plot_text(const Calibration& calibration, const std::vector<Gathered>& gathered) {
  std::vector<FitPlotFamily> families;
  for (std::size_t i = 0; i < gathered.size(); ++i) {
    families.push_back({gathered[i].family, &calibration.families[i], gathered[i].points});
  }
  return fit_plot_html("Fit of " + (calibration.device.empty() ? "measured times" : calibration.device), families);
}

int fit(const FitArguments& arguments) {
  if (arguments.tables.empty()) {
    throw InputError({}, "fit", "no table of measured times", "give CSV files; see docs/calibration.md");
  }
  Calibration calibration;
  calibration.kind = arguments.kind.empty() ? "public" : arguments.kind;
  calibration.date = arguments.date;
  calibration.device = arguments.device;
  calibration.tool_version = kVersion;
  calibration.notes = arguments.notes;
  std::string text;
  const std::vector<Gathered> gathered = gather(arguments, calibration);
  for (const Gathered& one : gathered) {
    calibration.families.push_back(fit_family(*one.family, one.points));
    if (calibration.families.back().curves.empty()) {
      throw InputError({}, "fit", "no measured time of the family " + std::string(one.family->name()) + " can be used");
    }
    text += errors_text(calibration.families.back());
  }
  write_text_file(arguments.out, calibration_text(calibration));
  if (!arguments.plot.empty()) write_text_file(arguments.plot, plot_text(calibration, gathered));
  std::fputs(text.c_str(), stderr);
  return kDone;
}

// What a row's line of the result says besides its cells.
struct RowAnswer {
  std::vector<CostTime> times;
  bool predicted = false;
  double error = std::nan("");  // mean over the row's times
  std::string why;              // not predicted
};

RowAnswer answer(const CostTable& table, const FittedFamily& fitted, std::size_t row) {
  RowAnswer result;
  const CostPoint& point = table.points[row];
  result.times.assign(table.layout->times.size(), CostTime{std::nan(""), true, "a number of the row is not above 0"});
  if (table.usable[row]) result.times = table.family->predict(fitted, point);
  ErrorSum errors;
  for (std::size_t i = 0; i < result.times.size(); ++i) {
    if (std::isfinite(result.times[i].value)) result.predicted = true;
    errors.add(result.times[i].value, point.times[i]);
    if (!std::isfinite(result.times[i].value) && result.why.empty()) result.why = result.times[i].note;
  }
  if (errors.points() > 0) result.error = errors.errors().mean;
  return result;
}

// Only those time columns that the file has.
std::vector<std::size_t> asked_times(const CostTable& table) {
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < table.layout->times.size(); ++i) {
    for (const std::string& column : table.columns) {
      if (column == table.layout->times[i]) asked.push_back(i);
    }
  }
  return asked;
}

std::string rows_text(const CostTable& table, const std::vector<RowAnswer>& answers) {
  const std::vector<std::size_t> asked = asked_times(table);
  std::vector<std::string> cells = table.columns;
  for (const std::size_t i : asked) cells.push_back("predicted_" + table.layout->times[i]);
  cells.emplace_back("basis");
  std::string text = csv_line(cells);
  for (std::size_t row = 0; row < answers.size(); ++row) {
    cells = table.rows[row];
    std::string basis;
    for (const std::size_t i : asked) {
      const CostTime& time = answers[row].times[i];
      cells.push_back(std::isfinite(time.value) ? number_text(time.value) : "");
      const std::string of_time = (time.extrapolated && std::isfinite(time.value) ? "extrapolated: " : "") + time.note;
      if (basis.find(of_time) == std::string::npos) basis += (basis.empty() ? "" : "; ") + of_time;
    }
    cells.push_back(basis);
    text += csv_line(cells);
  }
  return text;
}

std::string summary_text(const CostTable& table, const std::vector<RowAnswer>& answers) {
  std::string text;
  ErrorSum errors;
  std::size_t refused = 0;
  std::size_t extrapolated = 0;
  std::size_t unmeasured = 0;
  for (std::size_t row = 0; row < answers.size(); ++row) {
    const RowAnswer& of = answers[row];
    if (!of.predicted) {
      if (++refused <= kListed)
        text += "row " + std::to_string(row + 1) + " cannot be predicted: " + seatrial::quoted(of.why) + '\n';
      continue;
    }
    for (const CostTime& time : of.times) {
      if (!time.extrapolated || !std::isfinite(time.value)) continue;
      ++extrapolated;
      break;
    }
    if (std::isnan(of.error)) {
      ++unmeasured;
    } else {
      errors.add_error(of.error);
    }
  }
  if (refused > kListed) text += "and " + std::to_string(refused - kListed) + " more\n";
  if (unmeasured > 0) text += std::to_string(unmeasured) + " predicted rows have no measured time to compare with\n";
  if (extrapolated > 0) text += std::to_string(extrapolated) + " predicted rows are outside what was measured\n";
  const FitErrors sum = errors.errors();
  if (sum.points > 0) {
    text += table.layout->rates ? "errors of steps a second: " : "errors: ";
    text +=
        "median " + percent(sum.median) + " %, p90 " + percent(sum.p90) + " %, worst " + percent(sum.worst) + " %\n";
  }
  return text + "MAPE " + percent(sum.mean) + " % over " + std::to_string(sum.points) + " rows\n";
}

int predict(const FitArguments& arguments) {
  const Calibration calibration = read_calibration(arguments.calibration);
  const RawSamples samples = read_measurements(arguments.points);
  if (samples.tables.size() != 1) {
    throw InputError({arguments.points}, "", "samples of more than one kind", "predict them one file at a time");
  }
  const CostTable& table = samples.tables.front();
  const FittedFamily* fitted = calibration.find(table.family->name());
  if (fitted == nullptr) {
    std::string has;
    for (const FittedFamily& family : calibration.families) has += (has.empty() ? "" : ", ") + family.family;
    throw InputError({arguments.points}, "", "a table of the family " + std::string(table.family->name()),
                     "the calibration " + seatrial::quoted(arguments.calibration) + " has: " + has);
  }
  std::vector<RowAnswer> answers;
  for (std::size_t row = 0; row < table.points.size(); ++row) answers.push_back(answer(table, *fitted, row));
  const std::string rows = rows_text(table, answers);
  const std::string summary = summary_text(table, answers);
  if (arguments.predictions.empty()) {
    print(rows + summary);
    return kDone;
  }
  write_text_file(arguments.predictions, rows);
  print(summary);
  return kDone;
}

}  // namespace

void add_fit(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("fit", "cost models from tables of measured times, with their errors");
  app->require_subcommand(0, 1);
  const auto arguments = std::make_shared<FitArguments>();
  app->add_option("TABLE", arguments->tables, "CSV files of measured times, or raw samples (docs/calibration.md)");
  app->add_option("--out", arguments->out, "calibration file to write (default -: standard output)");
  app->add_option("--plot", arguments->plot, "HTML page to write: points, curves and residuals");
  app->add_option("--device", arguments->device, "what was measured, for instance \"NVIDIA H200\"");
  app->add_option("--date", arguments->date, "when it was measured (default: what raw samples say)");
  app->add_option("--kind", arguments->kind,
                  "where the numbers come from: measured, public or assumed (default public)")
      ->check(CLI::IsMember({"measured", "public", "assumed"}));
  add_repeatable(*app, "--note", arguments->notes, "a remark to keep in the file, such as a licence; may be repeated");

  CLI::App* ask = app->add_subcommand("predict", "predicts the times of a table's rows and compares them");
  ask->add_option("--calibration", arguments->calibration, "calibration file")->required();
  ask->add_option("--points", arguments->points, "CSV file with the columns of a table of measured times")->required();
  ask->add_option("--out", arguments->predictions, "file for the rows (default: before the summary)");
  verbs.push_back({app, [arguments, ask] { return ask->parsed() ? predict(*arguments) : fit(*arguments); }});
}

}  // namespace seatrial
