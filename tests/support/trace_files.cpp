// Temporary trace files; see trace_files.h.
#include "tests/support/trace_files.h"

#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "sim/text.h"

namespace seatrial {

TempFile::TempFile(std::string_view content)
    : path_((std::filesystem::temp_directory_path() / "seatrial-XXXXXX").string()) {
  const int descriptor = mkstemp(path_.data());
  if (descriptor < 0) throw std::runtime_error("no temporary file");
  while (!content.empty()) {
    const ssize_t count = write(descriptor, content.data(), content.size());
    if (count <= 0) throw std::runtime_error("cannot write " + path_);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  close(descriptor);
}

TempFile::~TempFile() { unlink(path_.c_str()); }

std::string gzip(std::string_view content) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("deflate");
  std::string out(deflateBound(&stream, content.size()) + 64, '\0');
  std::string in(content);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

Workload read_text(TraceOptions options, std::string_view content) {
  const TempFile file(content);
  options.file = file.path();
  WorkloadBuilder builder;
  read_trace(options, builder);
  return builder.build();
}

Workload read_text(const std::string& format, std::string_view content) {
  TraceOptions options;
  options.format = format;
  return read_text(std::move(options), content);
}

std::string error_of(TraceOptions options, std::string_view content) {
  const TempFile file(content);
  options.file = file.path();
  try {
    WorkloadBuilder builder;
    read_trace(options, builder);
  } catch (const InputError& error) {
    std::string text = error.what();
    for (std::size_t at = text.find(file.path()); at != std::string::npos; at = text.find(file.path(), at)) {
      text.replace(at, file.path().size(), "trace");
    }
    return text;
  }
  return {};
}

std::string error_of(const std::string& format, std::string_view content) {
  TraceOptions options;
  options.format = format;
  return error_of(std::move(options), content);
}

WhereCondition condition(std::string column, WhereCondition::Op op, double number) {
  WhereCondition made;
  made.column = std::move(column);
  made.op = op;
  made.number = number;
  made.place = Place{"where.yaml", 3, 5};
  return made;
}

WhereCondition condition(std::string column, std::vector<std::string> values) {
  WhereCondition made = condition(std::move(column), WhereCondition::Op::Equal, 0);
  made.values = std::move(values);
  return made;
}

std::string jobs_text(const Workload& workload) {
  std::string out;
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const JobId job{i};
    out += workload.name(job) + ' ' + seconds_text(workload.submit(job).ns) + ' ' +
           seconds_text(workload.duration(job).ns) + ' ' + std::to_string(workload.request(job).gpus) + '\n';
  }
  return out;
}

}  // namespace seatrial
