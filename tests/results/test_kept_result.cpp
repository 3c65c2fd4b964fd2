#include <doctest/doctest.h>

#include <filesystem>

#include "specfuse/io/file.h"
#include "specfuse/io/scene.h"
#include "specfuse/results/kept_result.h"
#include "support/example_results.h"
#include "support/random.h"
#include "support/temporary_folder.h"

using namespace specfuse;
using namespace specfuse::testing;
namespace fs = std::filesystem;

namespace {

/// A result in the folder of a run.
struct Example {
  TemporaryFolder parent;
  RunFolder folder{parent.file("results")};
  FusedCube made{Cube(3, 5, 7)};
  Fusion fusion;

  Example() {
    folder.begin(results_of({}).config, "hash", {});
    made.fused.values = random_tensor({3, 5, 7}, "fused");
    made.sigma = made.fused;
    made.width_95 = 2.5;
    made.log = "said";
    fusion.result.fit_seconds = 1.5;
    fusion.result.remarks = "as it was";
    fusion.fused_training = Cube(1, 2, 7);
  }
  KeptResult kept() const { return {folder, "bicubic-seed0"}; }
  void keep() const {
    kept().begin();
    kept().write(made, OutputConfig{});
    kept().finish(fusion);
  }
  bool has(const std::string& name) const { return fs::exists(concat(kept().directory(), "/", name)); }
};

}  // namespace

TEST_CASE("kept result: what was finished is found again, with its image in the file or in memory") {
  const Example example;
  CHECK_FALSE(example.kept().find({}, 1, true));
  example.keep();
  for (const bool in_memory : {false, true}) {
    const Fusion found = example.kept().find({}, 1, in_memory).value();
    CHECK(found.image.fused->is_in_memory() == in_memory);
    CHECK(found.result.folder == "bicubic-seed0");
    CHECK(found.result.fit_seconds == 1.5);
    CHECK(found.result.remarks == "as it was");
    CHECK(found.image.width_95 == 2.5);
    CHECK(relative_gap(found.image.fused->read_all().values, example.made.fused.values) == 0);
    CHECK(relative_gap(found.image.sigma->read_all().values, example.made.fused.values) == 0);
    CHECK(found.fused_training->size_text() == "1 x 2 x 7");
  }
}

TEST_CASE("kept result: what is not whole is none, and begins anew") {
  const Example example;
  const std::string folder = example.kept().directory();
  for (const char* broken : {"result.json", "fused.h5", "training.h5"}) {
    example.keep();
    write_text_atomically(concat(folder, "/", broken), "half");
    CHECK_FALSE(example.kept().find({}, 1, false));
  }
  for (const char* missing : {"result.json", "fused.h5"}) {
    example.keep();
    fs::remove(concat(folder, "/", missing));
    CHECK_FALSE(example.kept().find({}, 1, false));
  }
  example.keep();
  example.kept().begin();
  CHECK(fs::is_empty(folder));
}

TEST_CASE("kept result: its files are published, and kept until all are") {
  Example example;
  example.keep();
  example.kept().stage(example.folder);
  CHECK(example.folder.staged_files() ==
        std::vector<std::string>{"bicubic-seed0/fused.h5", "bicubic-seed0/output.txt"});
  CHECK(example.has("fused.h5"));
  example.folder.publish();
  CHECK_FALSE(example.has("fused.h5"));
  const Cube published = read_scene(example.folder.published("bicubic-seed0/fused.h5"));
  CHECK(relative_gap(published.values, example.made.fused.values) == 0);
}
