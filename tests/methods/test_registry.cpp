#include <doctest/doctest.h>

#include <set>

#include "specfuse/core/error.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/two_cnn_fu.h"
#include "specfuse/methods/two_cnn_fu_plus.h"
#include "support/example.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

template <class Options>
MethodTraits traits_with(const std::string& method, const Options& options) {
  MethodTraits traits = method_type_of(method).traits;
  options.specify(traits);
  return traits;
}

}  // namespace

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

TEST_CASE("registry: what a method is follows from its line and its options") {
  const TrainingData some{{small_example(4, 5, 6, 3)}, {}};
  const MethodTraits bicubic = method_options("bicubic")->traits(),
                     linear = method_options("linear_injection")->traits();
  CHECK((bicubic.is_ready() && !bicubic.learns_from(some)));
  CHECK((!linear.is_ready() && linear.learns_by_parts && linear.learns_from(some) && !linear.learns_from({})));
  const MethodTraits shipped = method_options("two_cnn_fu_plus")->traits();
  CHECK((shipped.is_ready() && shipped.suits_any_pair && !shipped.learns_from(some)));
  CHECK(shipped.made_of.front() == "local_injection");
  PlusOptions plus;
  plus.tune.steps = 1;
  const MethodTraits tuned = traits_with("two_cnn_fu_plus", plus);
  CHECK((tuned.is_ready() && tuned.learns_from(some)));
  plus.weights = "none";
  plus.tune.steps = 0;
  const MethodTraits anew = traits_with("two_cnn_fu_plus", plus);
  CHECK((!anew.is_ready() && anew.learns_from(some)));
  TwoCnnFuOptions based;
  based.model.base = "gsa";
  CHECK(traits_with("two_cnn_fu", based).made_of == std::vector<std::string>{"gsa"});
  CHECK(method_options("two_cnn_fu")->make()->traits.writes_checkpoints);
}

TEST_CASE("registry: what several methods need of a pair is found once, and is that of the pair") {
  const TrainingPair example = small_example(4, 5, 6, 3);
  const KnownPair pair(example.input);
  const double* const noise = pair.noise().hsi.data();
  const float* const lower = pair.lower().input.msi.values.data();
  CHECK(pair.noise().hsi.data() == noise);
  CHECK(pair.lower().input.msi.values.data() == lower);
  CHECK(pair.noise().hsi == noise_of(example.input).hsi);
  CHECK(pair.noise().msi == noise_of(example.input).msi);
  CHECK(relative_gap(pair.lower().input.msi.values, lower_scale(example.input).input.msi.values) == 0);
}

TEST_CASE("registry: options reach the method") {
  const TrainingPair example = small_example(4, 5, 6, 3);
  const Tensor usual = fuse(*make_method("fuse"), example.input).fused.values;
  const Tensor narrow = fuse(*make_method("fuse", {{"dimension", 1}}), example.input).fused.values;
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
    const Tensor fused = fuse(fitted, example.input).fused.values;
    restored.restore(fitted.checkpoint());
    CHECK(relative_gap(fuse(restored, example.input).fused.values, fused) == 0);
  }
}
