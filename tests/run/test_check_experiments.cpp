#include <doctest/doctest.h>

#include "run/image_cache.h"
#include "specfuse/core/error.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/io/scene.h"
#include "specfuse/run/check_experiments.h"
#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/runner.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;

namespace {

const std::string kSynthetic = R"("data": {"synthetic": {"rows": 24, "cols": 24, "bands": 60}})";

ExperimentConfig config_of(const std::string& rest) {
  return parse_config(concat("{\"name\": \"e\", ", rest, "}"), "e.json", {});
}

std::vector<Findings> check(const std::vector<ExperimentConfig>& configs,
                            const std::vector<std::string>& folders = {}) {
  std::vector<const ExperimentConfig*> pointers;
  for (const ExperimentConfig& config : configs) pointers.push_back(&config);
  return check_experiments(pointers, folders);
}

std::vector<std::string> texts(const Findings& findings) {
  std::vector<std::string> all;
  for (const Findings::Mistake& mistake : findings.mistakes) all.push_back(mistake.text);
  return all;
}

/// What a dry run of one experiment throws; empty where it is right.
std::string plan_refusal(const ExperimentConfig& config) {
  try {
    plan_experiment(config, {});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("check_experiments: what is found of each is what a dry run of it says") {
  const std::string methods = R"("methods": [{"name": "bicubic"}, {"name": "gsa"}])";
  std::vector<ExperimentConfig> configs;
  for (const char* const degrade :
       {R"({"ratio": 2})", R"({"ratio": 5})", R"({"ratio": 4, "srf": {"sensor": "nosuch"}})", R"({"ratio": 7})",
        R"({"psf": {"type": "kernel", "file": "away.csv"}})", R"({"srf": {"ranges": [[0, 99]]}})"}) {
    configs.push_back(config_of(concat(kSynthetic, ", \"degrade\": ", degrade, ", ", methods)));
  }
  configs.push_back(config_of(concat("\"data\": {\"scene\": \"away.h5\"}, ", methods)));
  configs.push_back(config_of(concat(kSynthetic, R"(, "methods": [{"name": "gsa"}, {"name": "two_cnn_fu"}])")));
  configs.push_back(config_of(concat(kSynthetic, R"(, "protocol": {"type": "split", "train": {"rows": 12, "cols": 24},
      "validation": {"row": 12, "rows": 4, "cols": 8}, "test": {"row": 12, "col": 12, "rows": 8, "cols": 8}}, )",
                                     methods)));
  const std::vector<Findings> found = check(configs);
  REQUIRE(found.size() == configs.size());
  CHECK(found[0].mistakes.empty());
  for (std::size_t i = 1; i < configs.size(); ++i) {
    CAPTURE(i);
    CHECK(texts(found[i]) == std::vector<std::string>{plan_refusal(configs[i])});
    CHECK(found[i].mistakes.at(0).of_data == (i == 4 || i == 6));
  }
}

TEST_CASE("check_experiments: every method that is wrong is told, whatever the first one lacks") {
  const std::vector<Findings> found = check({config_of(concat(
      kSynthetic,
      R"(, "methods": [{"name": "two_cnn_fu"}, {"name": "gsa"}, {"name": "two_cnn_fu", "label": "b", "train": {"tile": 64},
      "model": {"branches": {"hsi": {"layers": {"conv": {"kernel": 5}}}}}}])"))});
  const std::vector<std::string> all = texts(found.at(0));
  REQUIRE(all.size() == 2);
  CHECK(contains(all[0], "methods.0: model.branches.hsi"));
  CHECK(contains(all[1], "methods.2: train.tile: "));
}

TEST_CASE("check_experiments: what several have in common is looked at once, and told of each") {
  const TemporaryFolder folder;
  Cube cube(24, 24, 20);
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = static_cast<float>(1 + i * 37 % 101);
  write_cube(folder.file("s.h5"), cube);
  std::vector<ExperimentConfig> configs;
  for (int i = 0; i < 6; ++i) {
    configs.push_back(config_of(concat(R"("data": {"scene": "s.h5"}, "degrade": {"ratio": )", 2 + i / 3, "}, ",
                                       R"("seeds": [)", i, R"(], "methods": [{"name": "bicubic"}])")));
  }
  const std::vector<Findings> found = check(configs, {folder.file("")});
  for (const Findings& one : found) {
    CHECK(one.mistakes.empty());
    REQUIRE(one.warnings.size() >= 1);
    CHECK(contains(one.warnings[0], "has no wavelengths"));
  }
}

TEST_CASE("image cache: a file is read once for many experiments, and forgotten where none asks for it") {
  ImageCache images;
  Index reads = 0;
  const auto open = [&] { return in_memory(Cube(++reads, 1, 1)); };
  CHECK(images.get("a", open)->rows() == 1);
  CHECK(images.get("a", open)->rows() == 1);
  images.forget_unused();
  CHECK(images.get("b", open)->rows() == 2);
  images.forget_unused();  // a was not asked for
  CHECK(images.get("b", open)->rows() == 2);
  CHECK(images.get("a", open)->rows() == 3);

  const TemporaryFolder folder;
  Cube cube(8, 8, 20);
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = static_cast<float>(1 + i % 7);
  write_cube(folder.file("s.h5"), cube);
  ImageCache kept;
  const auto config = [&](const char* data) {
    return config_of(
        concat(R"("data": {"scene": "s.h5")", data, R"(}, "degrade": {"ratio": 2}, "methods": [{"name": "gsa"}])"));
  };
  CHECK(load_scene(config(""), {folder.file("")}, &kept).reference->rows() == 8);
  std::filesystem::remove(folder.file("s.h5"));
  const Scene part = load_scene(config(R"(, "crop": {"rows": 4, "cols": 6})"), {folder.file("")}, &kept);
  CHECK(part.reference->cols() == 6);
  CHECK_THROWS_AS(load_scene(config(R"(, "bands": [2, 18])"), {folder.file("")}, &kept), DataError);
  CHECK_THROWS_AS(load_scene(config(R"(, "dataset": "/other")"), {folder.file("")}, &kept), DataError);
  CHECK_THROWS_AS(load_scene(config(""), {folder.file("")}), DataError);
}
