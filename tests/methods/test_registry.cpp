#include <doctest/doctest.h>

#include <set>

#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/two_cnn_fu.h"
#include "support/example.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("registry: every line of methods.def names the method of its file, which says what it is") {
  std::vector<std::string> lines;
#define SPECFUSE_METHOD(name) lines.push_back(#name);
#include "methods/methods.def"
#undef SPECFUSE_METHOD
  REQUIRE(lines.size() == method_types().size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(method_types()[i].name == lines[i]);
    CHECK(!method_types()[i].summary.empty());
  }
}

TEST_CASE("registry: an unknown method is refused with the known ones, an unknown option by its name") {
  CHECK_THROWS_WITH_AS(make_method("gas"), doctest::Contains("expected one of bicubic, linear_injection"), ConfigError);
  CHECK_THROWS_WITH_AS(make_method("cnmf", {{"endmember", 3}}), doctest::Contains("'endmember'"), Error);
}

TEST_CASE("registry: options reach the method") {
  const TrainingPair example = small_example(4, 5, 6, 3);
  const Tensor usual = make_method("fuse")->fuse(example.input).values;
  const Tensor narrow = make_method("fuse", {{"dimension", 1}})->fuse(example.input).values;
  CHECK(relative_gap(narrow, usual) > 1e-4);
}

TEST_CASE(
    "two_cnn_fu: any other method can be its base, itself or an unknown one is refused by the name of the field") {
  const auto with_base = [](const std::string& base) {
    TwoCnnFuOptions options;
    options.model.base = base;
    return TwoCnnFu(options);
  };
  for (const MethodType& method : method_types()) {
    if (method.name != "two_cnn_fu" && method.name != kExternal) CHECK_NOTHROW(with_base(method.name));
  }
  for (const std::string base : {"two_cnn_fu", "external", "gas"}) {
    CHECK_THROWS_WITH_AS(with_base(base), doctest::Contains("model.base: expected one of none, bicubic"), ConfigError);
  }
}

TEST_CASE("two_cnn_fu: after a restore its base is the same, whether it learns or only takes the seed") {
  TrainingPair example = small_example(8, 8, 9, 3);
  for (const std::string base : {"csu", "linear_injection"}) {
    TwoCnnFuOptions options;
    options.model = {};
    options.model.base = base;
    options.model.output = "residual";
    options.model.branches.get("base").input = "base";
    options.model.fusion.items = {layer("out", "linear", {{"activation", "none"}})};
    options.train.steps = options.train.tile = options.train.tiles = 1;
    TwoCnnFu fitted(options), restored(options);
    FitContext context;
    context.seed = 5;
    fitted.fit({{example}, {}}, context);
    const Tensor fused = fitted.fuse(example.input).values;
    restored.restore(fitted.checkpoint());
    CHECK(relative_gap(restored.fuse(example.input).values, fused) == 0);
  }
}
