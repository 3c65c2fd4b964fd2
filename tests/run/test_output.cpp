#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "run/output.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"

using namespace specfuse;
namespace fs = std::filesystem;

namespace {

/// A folder that is not there yet, removed after a test.
struct Folder {
  std::string path = concat(fs::temp_directory_path().string(), "/specfuse-output-", getpid());
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("output: nothing appears before it is published, then everything, replacing what was there") {
  const Folder folder;
  fs::create_directories(folder.path + "/a");
  write_text_atomically(folder.path + "/a/x.txt", "old");
  Output output(folder.path, false);
  output.add_folder("a");
  output.add_folder("b");
  write_text_atomically(output.staged("a/x.txt"), "new");
  write_text_atomically(output.staged("b/y.txt"), "y");
  CHECK(read_text(folder.path + "/a/x.txt") == "old");
  CHECK_FALSE(fs::exists(folder.path + "/b/y.txt"));
  output.publish();
  CHECK(read_text(folder.path + "/a/x.txt") == "new");
  CHECK(read_text(folder.path + "/b/y.txt") == "y");
}

TEST_CASE("output: what is not published is removed, and so is a folder made for nothing") {
  const Folder folder;
  {
    Output output(folder.path, false);
    output.add_folder("a");
    write_text_atomically(output.staged("a/x.txt"), "x");
  }
  CHECK_FALSE(fs::exists(folder.path));
  // What somebody else made stays, empty or not.
  fs::create_directories(folder.path + "/theirs");
  { Output output(folder.path, false); }
  CHECK(fs::is_empty(folder.path + "/theirs"));
}

TEST_CASE("output: what a killed run left is cleared away") {
  const Folder folder;
  fs::create_directories(folder.path + "/.unfinished");
  write_text_atomically(folder.path + "/.unfinished/stale.txt", "stale");
  Output output(folder.path, false);
  output.publish();
  CHECK_FALSE(fs::exists(folder.path + "/stale.txt"));
}

TEST_CASE("output: one run at a time") {
  const Folder folder;
  {
    Output output(folder.path, false);
    CHECK_THROWS_WITH_AS(Output(folder.path, true), doctest::Contains("another run is writing"), Error);
  }
  CHECK_NOTHROW(Output(folder.path, false));
}

TEST_CASE("output: a checkpoint that was kept stays until a run is published or starts over; a log alone does not") {
  const Folder folder;
  const std::string kept = folder.path + "/.resume/a.h5";
  {
    Output output(folder.path, false);
    write_text_atomically(output.kept("log.jsonl"), "log");
  }
  CHECK_FALSE(fs::exists(folder.path));
  {
    Output output(folder.path, false);
    write_text_atomically(output.kept("a.h5"), "checkpoint");
  }
  CHECK(fs::exists(kept));
  {
    Output output(folder.path, true);
    CHECK(fs::exists(kept));
    write_text_atomically(output.staged("x.txt"), "x");
    output.publish();
  }
  CHECK_FALSE(fs::exists(folder.path + "/.resume"));
  CHECK(fs::exists(folder.path + "/x.txt"));
}

TEST_CASE("output: a name that is taken by something else is refused before anything is moved") {
  const Folder folder;
  fs::create_directories(folder.path + "/z.json");
  Output output(folder.path, false);
  write_text_atomically(output.staged("a.txt"), "a");
  write_text_atomically(output.staged("z.json"), "z");
  CHECK_THROWS_WITH_AS(output.publish(), doctest::Contains("z.json"), Error);
  CHECK_FALSE(fs::exists(folder.path + "/a.txt"));
  write_text_atomically(folder.path + "/b", "a file");
  CHECK_THROWS_WITH_AS(output.add_folder("b"), doctest::Contains("something else"), Error);
}

TEST_CASE("output: the file that says that all are there comes last") {
  const std::string names = "abcdefgh";  // whatever order they are found in, one comes before the folder
  for (const char last : names) {
    const Folder folder;
    Output output(folder.path, false);
    for (const char name : names) write_text_atomically(output.staged(std::string(1, name)), "x");
    output.add_folder("folder");
    write_text_atomically(output.staged("folder/y"), "y");
    write_text_atomically(folder.path + "/folder", "in the way of the folder");
    CHECK_THROWS_AS(output.publish(std::string(1, last)), Error);
    CHECK_FALSE(fs::exists(concat(folder.path, "/", last)));
    fs::remove(folder.path + "/folder");
    output.publish(std::string(1, last));
    CHECK(fs::exists(concat(folder.path, "/", last)));
  }
}
