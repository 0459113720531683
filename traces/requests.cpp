// Logs of single requests to language models: BurstGPT, and Azure's LLM inference trace. They record tokens, not run
// times, so a request becomes a job that holds one GPU for an assumed time per token. That makes arrivals and sizes
// usable as a batch workload; it is not a model of serving, where requests share a GPU.
#include <cmath>

#include "traces/csv.h"
#include "traces/formats.h"
#include "traces/wall_clock.h"

namespace seatrial {
namespace {

// Assumed, of the order of a large model on one data-centre GPU; not measured.
constexpr double kPromptSecondsPerToken = 0.0002;
constexpr double kGenerationSecondsPerToken = 0.03;
constexpr double kMaxTokens = 1e9;
constexpr std::int64_t kAzureEpochS = 1'700'157'600;  // 2023-11-16 18:00:00, the hour of the published files

class RequestReader : public TraceReader {
 protected:
  using TraceReader::TraceReader;
  void fill(JobRecord& record, double prompt_tokens, double generated_tokens) {
    const double service = prompt_tokens * kPromptSecondsPerToken + generated_tokens * kGenerationSecondsPerToken;
    record.duration_ns = duration_from_seconds(service).ns;
    record.gpus = 1;
  }
};

class BurstGptReader final : public RequestReader {
 public:
  BurstGptReader(std::unique_ptr<RowSource> rows, Problems& problems) : RequestReader(std::move(rows), problems) {
    cells_.require("a burstgpt trace", {"Timestamp", "Request tokens", "Response tokens"});
  }

 private:
  RowResult map(JobRecord& record) override {
    const double generated = cells_.number(generated_, 0, kMaxTokens);
    fill(record, cells_.number(prompt_, 0, kMaxTokens), generated);
    record.submit_ns = cells_.instant_ns(submit_);
    record.tenant = cells_.text(model_);
    record.user = cells_.text(log_type_);
    record.trace_state = generated == 0 ? "failed" : "completed";
    return RowResult::Job;
  }

  const ColumnIndex submit_ = cells_.column("Timestamp");
  const ColumnIndex model_ = cells_.column("Model");
  const ColumnIndex prompt_ = cells_.column("Request tokens");
  const ColumnIndex generated_ = cells_.column("Response tokens");
  const ColumnIndex log_type_ = cells_.column("Log Type");
};

// The official file with its time stamps, or the copy that counts seconds from 2023-11-16 18:00:00.
class AzureReader final : public RequestReader {
 public:
  AzureReader(std::unique_ptr<RowSource> rows, Problems& problems) : RequestReader(std::move(rows), problems) {
    if (official_.present()) {
      cells_.require("an azure-llm trace", {"TIMESTAMP", "ContextTokens", "GeneratedTokens"});
    } else {
      cells_.require("an azure-llm trace", {"arrival_s", "context_tokens", "generated_tokens"});
    }
  }

 private:
  RowResult map(JobRecord& record) override {
    fill(record, cells_.number(prompt_, 0, kMaxTokens), cells_.number(generated_, 0, kMaxTokens));
    if (!official_.present()) {
      record.submit_ns = cells_.instant_ns(seconds_);
    } else if (const auto at = cells_.wall_clock_ns(official_, kAzureEpochS)) {
      record.submit_ns = *at;
    } else {
      cells_.problem(official_, "expected a time of arrival");
    }
    return RowResult::Job;
  }

  const ColumnIndex official_ = cells_.column("TIMESTAMP");
  const ColumnIndex seconds_ = cells_.column("arrival_s");
  const ColumnIndex prompt_ = cells_.column(official_.present() ? "ContextTokens" : "context_tokens");
  const ColumnIndex generated_ = cells_.column(official_.present() ? "GeneratedTokens" : "generated_tokens");
};

}  // namespace

std::unique_ptr<TraceReader> open_burstgpt(InputFile input, Problems& problems) {
  return std::make_unique<BurstGptReader>(std::make_unique<CsvFile>(std::move(input), problems), problems);
}

std::unique_ptr<TraceReader> open_azure_llm(InputFile input, Problems& problems) {
  return std::make_unique<AzureReader>(std::make_unique<CsvFile>(std::move(input), problems), problems);
}

}  // namespace seatrial
