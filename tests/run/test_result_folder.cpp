#include <doctest/doctest.h>

#include <filesystem>

#include "run/result_folder.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "support/temporary_folder.h"

using namespace specfuse;
namespace fs = std::filesystem;

namespace {

/// A folder that is not there yet.
struct Folder {
  TemporaryFolder parent;
  std::string path = parent.file("results");
};

}  // namespace

TEST_CASE("result folder: nothing appears before it is published, then everything, replacing what was there") {
  const Folder folder;
  fs::create_directories(folder.path + "/a");
  write_text_atomically(folder.path + "/a/x.txt", "old");
  ResultFolder results(folder.path);
  results.begin(false);
  results.add_folder("a");
  results.add_folder("b");
  write_text_atomically(results.staged("a/x.txt"), "new");
  write_text_atomically(results.staged("b/y.txt"), "y");
  CHECK(read_text(folder.path + "/a/x.txt") == "old");
  CHECK_FALSE(fs::exists(folder.path + "/b/y.txt"));
  results.publish();
  CHECK(read_text(folder.path + "/a/x.txt") == "new");
  CHECK(read_text(folder.path + "/b/y.txt") == "y");
}

TEST_CASE("result folder: what is not published is removed, and so is a folder made for nothing") {
  const Folder folder;
  {
    ResultFolder results(folder.path);
    results.begin(false);
    results.add_folder("a");
    write_text_atomically(results.staged("a/x.txt"), "x");
  }
  CHECK_FALSE(fs::exists(folder.path));
  // What somebody else made stays, empty or not.
  fs::create_directories(folder.path + "/theirs");
  {
    ResultFolder results(folder.path);
    results.begin(false);
  }
  CHECK(fs::is_empty(folder.path + "/theirs"));
}

TEST_CASE("result folder: what a killed run left is cleared away") {
  const Folder folder;
  fs::create_directories(folder.path + "/.unfinished");
  write_text_atomically(folder.path + "/.unfinished/stale.txt", "stale");
  ResultFolder results(folder.path);
  results.begin(false);
  results.publish();
  CHECK_FALSE(fs::exists(folder.path + "/stale.txt"));
}

TEST_CASE("result folder: one run at a time") {
  const Folder folder;
  {
    ResultFolder results(folder.path);
    results.begin(false);
    CHECK_THROWS_WITH_AS(ResultFolder{folder.path}, doctest::Contains("another run is writing"), Error);
  }
  CHECK_NOTHROW(ResultFolder{folder.path});
}

TEST_CASE(
    "result folder: a checkpoint that was kept stays until a run is published or starts over; a log alone does not") {
  const Folder folder;
  const std::string kept = folder.path + "/.resume/a.h5";
  {
    ResultFolder results(folder.path);
    results.begin(false);
    write_text_atomically(results.kept("log.jsonl"), "log");
  }
  CHECK_FALSE(fs::exists(folder.path));
  {
    ResultFolder results(folder.path);
    results.begin(false);
    write_text_atomically(results.kept("a.h5"), "checkpoint");
  }
  CHECK(fs::exists(kept));
  {
    ResultFolder results(folder.path);
    results.begin(true);
    CHECK(fs::exists(kept));
    write_text_atomically(results.staged("x.txt"), "x");
    results.publish();
  }
  CHECK_FALSE(fs::exists(folder.path + "/.resume"));
  CHECK(fs::exists(folder.path + "/x.txt"));
}

TEST_CASE("result folder: what says that all is there is not there while files are moved") {
  const Folder folder;
  fs::create_directories(folder.path);
  write_text_atomically(folder.path + "/all.json", "of the earlier run");
  ResultFolder results(folder.path);
  results.begin(false);
  write_text_atomically(results.staged("all.json"), "of this one");
  results.add_folder("b");
  write_text_atomically(results.staged("b/x.txt"), "x");
  // A move that fails, as a run may be killed before any.
  write_text_atomically(folder.path + "/b", "in the way");
  CHECK_THROWS_AS(results.publish("all.json"), Error);
  CHECK_FALSE(fs::exists(folder.path + "/all.json"));
  // Its list of files is what the next run removes them by.
  CHECK(read_text(folder.path + "/.earlier.json") == "of the earlier run");
  fs::remove(folder.path + "/b");
  results.publish("all.json");
  CHECK(read_text(folder.path + "/all.json") == "of this one");
  CHECK_FALSE(fs::exists(folder.path + "/.earlier.json"));
}

TEST_CASE("result folder: a name that is taken by something else is refused before anything is moved") {
  const Folder folder;
  fs::create_directories(folder.path + "/z.json");
  ResultFolder results(folder.path);
  results.begin(false);
  write_text_atomically(results.staged("a.txt"), "a");
  write_text_atomically(results.staged("z.json"), "z");
  CHECK_THROWS_WITH_AS(results.publish(), doctest::Contains("z.json"), Error);
  CHECK_FALSE(fs::exists(folder.path + "/a.txt"));
  write_text_atomically(folder.path + "/b", "a file");
  CHECK_THROWS_WITH_AS(results.add_folder("b"), doctest::Contains("something else"), Error);
}

TEST_CASE("result folder: files of an earlier run go when the new ones are there, what is not known stays") {
  const Folder folder;
  fs::create_directories(folder.path + "/old");
  for (const char* name : {"/old/fused.h5", "/a.txt", "/b.txt", "/mine.txt"}) {
    write_text_atomically(folder.path + name, "old");
  }
  ResultFolder results(folder.path);
  results.begin(false);
  write_text_atomically(results.staged("b.txt"), "new");
  results.publish("b.txt", {"old/fused.h5", "old/checkpoint.h5", "a.txt", "b.txt"});
  CHECK_FALSE(fs::exists(folder.path + "/old"));
  CHECK_FALSE(fs::exists(folder.path + "/a.txt"));
  CHECK(read_text(folder.path + "/b.txt") == "new");
  CHECK(read_text(folder.path + "/mine.txt") == "old");
}

TEST_CASE("result folder: the file that says that all are there comes last") {
  const std::string names = "abcdefgh";  // whatever order they are found in, one comes before the folder
  for (const char last : names) {
    const Folder folder;
    ResultFolder results(folder.path);
    results.begin(false);
    for (const char name : names) write_text_atomically(results.staged(std::string(1, name)), "x");
    results.add_folder("folder");
    write_text_atomically(results.staged("folder/y"), "y");
    write_text_atomically(folder.path + "/folder", "in the way of the folder");
    CHECK_THROWS_AS(results.publish(std::string(1, last)), Error);
    CHECK_FALSE(fs::exists(concat(folder.path, "/", last)));
    fs::remove(folder.path + "/folder");
    results.publish(std::string(1, last));
    CHECK(fs::exists(concat(folder.path, "/", last)));
  }
}
