#include <doctest/doctest.h>

#include <filesystem>

#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/results/metrics_json.h"
#include "specfuse/results/run_folder.h"
#include "support/example_results.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;
namespace fs = std::filesystem;

namespace {

constexpr RunFolder::Permission kResume{true, false}, kOverwrite{false, true};

/// A folder that is not there yet, and what runs in it.
struct RunPlace {
  TemporaryFolder parent;
  std::string path = parent.file("results");
  ExperimentConfig config = results_of({}).config;

  std::string file(const std::string& name) const { return concat(path, "/", name); }
  bool has(const std::string& name) const { return fs::exists(file(name)); }
  void put(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(file(name)).parent_path());
    write_text_atomically(file(name), text);
  }
  /// The same on data of another hash where one is given.
  std::optional<ExperimentResults> begin(RunFolder& folder, RunFolder::Permission permission = {},
                                         const std::string& data_hash = "0123456789abcdef") const {
    return folder.begin(config, data_hash, permission);
  }
  std::string refusal(RunFolder::Permission permission = {}, const std::string& data_hash = "0123456789abcdef") const {
    RunFolder folder(path);
    return message_of<ConfigError>([&] { begin(folder, permission, data_hash); });
  }
  /// Leaves an unfinished run.
  void leave_work() const {
    RunFolder folder(path);
    begin(folder);
    write_text_atomically(folder.kept("a.h5"), "checkpoint");
  }
  /// Leaves a finished one.
  void leave_results() const { put("metrics.json", metrics_json(results_of({}), {"metrics.json"})); }
};

void stage(const RunFolder& folder, const std::string& name, const std::string& text) {
  write_text_atomically(folder.staged(name), text);
}

}  // namespace

TEST_CASE("run folder: nothing appears before it is published, then everything, replacing what was there") {
  const RunPlace place;
  place.put("a/x.txt", "old");
  RunFolder folder(place.path);
  place.begin(folder);
  folder.add_folder("a");
  folder.add_folder("b");
  stage(folder, "a/x.txt", "new");
  stage(folder, "b/y.txt", "y");
  CHECK(folder.staged_files() == std::vector<std::string>{"a/x.txt", "b/y.txt"});
  CHECK(read_text(place.file("a/x.txt")) == "old");
  CHECK_FALSE(place.has("b/y.txt"));
  folder.publish();
  CHECK(read_text(place.file("a/x.txt")) == "new");
  CHECK(read_text(place.file("b/y.txt")) == "y");
}

TEST_CASE("run folder: what is not published is removed, and so is a folder made for nothing") {
  const RunPlace place;
  {
    RunFolder folder(place.path);
    place.begin(folder);
    stage(folder, "x.txt", "x");
  }
  CHECK_FALSE(fs::exists(place.path));
  // What somebody else made stays, empty or not.
  fs::create_directories(place.file("theirs"));
  {
    RunFolder folder(place.path);
    place.begin(folder);
  }
  CHECK(fs::is_empty(place.file("theirs")));
}

TEST_CASE("run folder: what a killed run left is cleared away") {
  const RunPlace place;
  place.put(".unfinished/stale.txt", "stale");
  place.put(".resume/log.jsonl", "stale");
  RunFolder folder(place.path);
  place.begin(folder);
  CHECK_FALSE(place.has(".resume/log.jsonl"));
  folder.publish();
  CHECK_FALSE(place.has("stale.txt"));
}

TEST_CASE("run folder: one run at a time") {
  const RunPlace place;
  RunFolder other(place.path);
  {
    RunFolder folder(place.path);
    place.begin(folder);
    CHECK_THROWS_WITH_AS(place.begin(other), doctest::Contains("another run is writing"), Error);
  }
  CHECK_NOTHROW(place.begin(other));
}

TEST_CASE("run folder: a checkpoint stays until a run is published or starts over; a log alone does not") {
  const RunPlace place;
  {
    RunFolder folder(place.path);
    place.begin(folder);
    write_text_atomically(folder.kept("log.jsonl"), "log");
    CHECK_FALSE(folder.keeps_work());
  }
  CHECK_FALSE(fs::exists(place.path));
  place.leave_work();
  CHECK(RunFolder(place.path).keeps_work());
  {
    RunFolder folder(place.path);
    place.begin(folder, kResume);
    folder.give_up();  // what an earlier run has made is not this one's to lose
    CHECK(place.has(".resume/a.h5"));
    stage(folder, "x.txt", "x");
    folder.publish();
  }
  CHECK_FALSE(place.has(".resume"));
  CHECK(place.has("x.txt"));
  RunFolder folder(place.path);
  place.begin(folder);
  write_text_atomically(folder.kept("a.h5"), "checkpoint");
  folder.give_up();
  CHECK_FALSE(place.has(".resume"));
}

TEST_CASE("run folder: an unfinished run is gone on with or replaced by who may, and only as the same experiment") {
  const RunPlace place;
  place.leave_work();
  CHECK(contains(place.refusal(), "holds an unfinished run of this configuration; --resume goes on with it"));
  CHECK(contains(place.refusal(kResume, "other"), "unfinished run of this configuration on other data"));
  CHECK(contains(place.refusal(kResume, "files-0123456789abcdef"), "made with the pair in memory, which --memory"));
  CHECK(RunFolder(place.path).data_hash_of(place.config) == "0123456789abcdef");
  RunPlace other;
  other.config.seeds = {7};
  CHECK_FALSE(RunFolder(place.path).data_hash_of(other.config));
  other.path = place.path;
  CHECK(contains(other.refusal(kResume), "holds an unfinished run of another configuration (seeds"));
  CHECK(place.has(".resume/a.h5"));
  RunFolder folder(place.path);
  other.begin(folder, kOverwrite);
  CHECK_FALSE(place.has(".resume/a.h5"));
}

TEST_CASE("run folder: the results of the same experiment are given back, those of another are not lost") {
  const RunPlace place;
  CHECK_FALSE(RunFolder(place.path).results(place.config));
  place.leave_results();
  CHECK(RunFolder(place.path).results(place.config)->scored_on.empty());
  CHECK(contains(place.refusal({}, "other"), "holds results of this configuration on other data"));
  RunFolder folder(place.path);
  CHECK(place.begin(folder, kResume)->data_hash == "0123456789abcdef");
  CHECK_FALSE(place.has(".resume"));
}

TEST_CASE("run folder: results that are not whole, or of another experiment, are none") {
  const RunPlace place;
  const std::string whole = metrics_json(results_of({}));
  ExperimentConfig other = place.config;
  other.seeds = {7};
  for (const std::string& wrong : {std::string("{}"), std::string("[]"), std::string("null"), std::string("\"x\""),
                                   whole.substr(0, whole.size() - 20)}) {
    place.put("metrics.json", wrong);
    CHECK_FALSE(RunFolder(place.path).results(place.config));
    CHECK(contains(place.refusal(), "holds results of an unknown configuration; --overwrite replaces it"));
  }
  place.put("metrics.json", whole);
  CHECK(RunFolder(place.path).results(place.config));
  CHECK_FALSE(RunFolder(place.path).results(other));
}

TEST_CASE("run folder: a file that no run has written is not replaced without a word") {
  const RunPlace place;
  place.put("report.html", "mine");
  CHECK(contains(place.refusal(), "holds report.html, which no run has written"));
  CHECK(read_text(place.file("report.html")) == "mine");
  RunFolder folder(place.path);
  CHECK_NOTHROW(place.begin(folder, kOverwrite));
}

TEST_CASE("run folder: metrics.json is the first to go and the last to come") {
  const RunPlace place;
  place.put("metrics.json", "of the earlier run");
  RunFolder folder(place.path);
  place.begin(folder, kOverwrite);
  stage(folder, "metrics.json", "of this one");
  folder.add_folder("z");
  stage(folder, "z/x.txt", "x");
  // A move that fails, as a run may be killed before any.
  place.put("z", "in the way");
  CHECK_THROWS_AS(folder.publish(), Error);
  CHECK_FALSE(place.has("metrics.json"));
  // Its list of files is what the next run removes them by.
  CHECK(read_text(place.file(".earlier.json")) == "of the earlier run");
  fs::remove(place.file("z"));
  folder.publish();
  CHECK(read_text(place.file("metrics.json")) == "of this one");
  CHECK_FALSE(place.has(".earlier.json"));
}

TEST_CASE("run folder: a name that is taken by something else is refused before anything is moved") {
  const RunPlace place;
  fs::create_directories(place.file("z.json"));
  RunFolder folder(place.path);
  place.begin(folder);
  stage(folder, "a.txt", "a");
  stage(folder, "z.json", "z");
  CHECK_THROWS_WITH_AS(folder.publish(), doctest::Contains("z.json"), Error);
  CHECK_FALSE(place.has("a.txt"));
  place.put("b", "a file");
  CHECK_THROWS_WITH_AS(folder.add_folder("b"), doctest::Contains("something else"), Error);
}

TEST_CASE("run folder: files of an earlier run go when the new ones are there, what is not known stays") {
  const RunPlace place;
  for (const char* name : {"old/fused.h5", "a.txt", "b.txt", "c.txt", "mine.txt"}) place.put(name, "old");
  write_text_atomically(place.parent.file("outside.txt"), "mine");
  place.put("metrics.json", R"({"config": {}, "files": ["old/fused.h5", "old/checkpoint.h5", "a.txt", "b.txt", 3,
      "../outside.txt", "metrics.json"]})");
  place.put(".earlier.json", R"({"config": {}, "files": ["c.txt"]})");
  RunFolder folder(place.path);
  place.begin(folder, kOverwrite);
  stage(folder, "b.txt", "new");
  folder.publish();
  for (const char* name : {"old", "a.txt", "c.txt", "metrics.json"}) CHECK_FALSE(place.has(name));
  CHECK(read_text(place.file("b.txt")) == "new");
  CHECK(read_text(place.file("mine.txt")) == "old");
  CHECK(fs::exists(place.parent.file("outside.txt")));
  place.put("list.json", R"({"files": ["a.txt"]})");  // of who knows whom
  CHECK(listed_files(place.file("list.json"), "config").empty());
}

TEST_CASE("run folder: a failure is remembered until it is forgotten") {
  const RunPlace place;
  const RunFolder folder(place.path);
  CHECK(folder.failure().empty());
  folder.record_failure("no room");
  CHECK(folder.failure() == "no room");
  folder.forget_failure();
  CHECK(folder.failure().empty());
}

TEST_CASE("file lock: of a file and of a folder, one at a time") {
  const TemporaryFolder parent;
  for (const std::string& path : {parent.file("new.json"), parent.file(".")}) {
    {
      const FileLock lock(path);
      CHECK(lock.held());
      CHECK_FALSE(FileLock(path).held());
    }
    CHECK(FileLock(path, true).held());
  }
  CHECK_THROWS_WITH_AS(FileLock(parent.file("no/folder")), doctest::Contains("cannot open"), Error);
}
