#include "specfuse/results/training_log.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"

namespace specfuse {
namespace {

std::string line_text(const TrainingLog::Line& line) {
  const TrainingRecord& record = line.record;
  // A value that is not finite is written as null, as JSON has no word for it.
  return json_text(Json{{"method", line.result},
                        {"seed", line.seed},
                        {"step", record.step},
                        {"loss", record.loss},
                        {"learning_rate", record.learning_rate},
                        {"validation_loss", record.validation_loss},
                        {"seconds", record.seconds}});
}

Index integer(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_integer() ? found->get<Index>() : 0;
}

double number(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

TrainingLog::TrainingLog(const std::string& path) : path_(path) { read(path_); }

void TrainingLog::read(const std::string& path) {
  std::ifstream file(path);
  for (std::string text; std::getline(file, text);) {
    const Json json = json_of(text);
    if (!json.is_object()) return;  // the last line of a run that was killed
    const auto method = json.find("method");
    if (method == json.end() || !method->is_string() || !json.contains("step")) continue;  // a remark, no record
    insert({method->get<std::string>(),
            integer(json, "seed"),
            {integer(json, "step"), number(json, "loss"), number(json, "learning_rate"),
             number(json, "validation_loss"), number(json, "seconds")}});
  }
}

void TrainingLog::insert(const Line& line) {
  const auto same = [&](const Line& old) { return old.result == line.result; };
  const auto last = std::find_if(lines_.rbegin(), lines_.rend(), same);
  if (last != lines_.rend() && last->record.step >= line.record.step) {
    std::erase_if(lines_, [&](const Line& old) { return same(old) && old.record.step >= line.record.step; });
  }
  lines_.push_back(line);
}

void TrainingLog::add(const Line& line) {
  if (!file_) {  // without the line that a killed run left half-written
    write_text_atomically(path_, text());
    file_.emplace(path_);
  }
  insert(line);
  file_->write(line_text(line) + "\n");
}

void TrainingLog::sync() {
  if (file_) file_->sync();
}

std::vector<TrainingRecord> TrainingLog::records(const std::string& result) const {
  std::vector<TrainingRecord> found;
  for (const Line& line : lines_) {
    if (line.result == result) found.push_back(line.record);
  }
  return found;
}

std::vector<LossCurve> TrainingLog::curves(const std::string& result) const {
  std::vector<LossCurve> curves;
  for (const std::string& fit : {result, fine_tuning_of(result)}) {
    LossCurve curve{fit, {}, {}, {}};
    for (const TrainingRecord& record : records(fit)) {
      curve.step.push_back(static_cast<double>(record.step));
      curve.loss.push_back(record.loss);
      curve.validation_loss.push_back(record.validation_loss);
    }
    if (!curve.step.empty()) curves.push_back(curve);
  }
  return curves;
}

std::string TrainingLog::text() const {
  std::string all;
  for (const Line& line : lines_) all += line_text(line) + "\n";
  return all;
}

}  // namespace specfuse
