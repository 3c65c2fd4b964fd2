#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "specfuse/results/training_log.h"
#include "support/temporary_folder.h"

using namespace specfuse;

namespace {

TrainingLog::Line line(const std::string& result, Index step, double loss) { return {result, 0, {step, loss, 0.1}}; }

}  // namespace

TEST_CASE("training log: one JSON object a line, null for what was not measured") {
  const TemporaryFolder folder;
  TrainingLog log(folder.file("log.jsonl"));
  log.add({"net", 3, {1, 0.5, 0.25}});
  CHECK(log.text() ==
        "{\"method\":\"net\",\"seed\":3,\"step\":1,\"loss\":0.5,\"learning_rate\":0.25,"
        "\"validation_loss\":null,\"seconds\":0.0}\n");
}

TEST_CASE("training log: a resumed fit replaces what it repeats, of its own result only") {
  const TemporaryFolder folder;
  {
    TrainingLog log(folder.file("log.jsonl"));
    log.add(line("a", 1, 10));
    log.add(line("b", 5, 50));
    log.add(line("a", 2, 20));
    log.add(line("a", 3, 30));
    std::ofstream(folder.file("log.jsonl"), std::ios::app) << "{\"method\": \"a\", \"st";  // killed while writing
  }
  TrainingLog log(folder.file("log.jsonl"));
  log.add(line("a", 2, 21));
  const auto records = log.records("a");
  REQUIRE(records.size() == 2);
  CHECK(records[0].loss == 10);
  CHECK(std::isnan(records[0].validation_loss));
  CHECK(records[1].loss == 21);
  CHECK(log.records("b").size() == 1);
}
