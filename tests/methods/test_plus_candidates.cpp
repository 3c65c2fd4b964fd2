#include <doctest/doctest.h>

#include <algorithm>

#include "methods/plus_example.h"
#include "specfuse/core/error.h"
#include "specfuse/methods/plus/guided.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/signal_subspace.h"
#include "specfuse/tensor/math.h"
#include "support/message_of.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// What a method makes of a pair when it learns one scale down.
Cube made_by(const std::string& name, const Pair& pair) {
  const std::unique_ptr<FusionMethod> method = make_method(name);
  method->fit({{lower_scale(pair)}, {}}, {});
  return fuse(*method, pair).fused;
}

CandidateDescriptions of(const std::vector<std::pair<std::string, CandidateDescription>>& items) { return {items}; }

std::string refusal(const CandidateDescriptions& candidates, const Pair& pair = plus_pair().input) {
  return message_of<ConfigError>([&] { check_candidates(candidates, "path", pair); });
}

}  // namespace

TEST_CASE("plus candidates: come in their order, each from its method or from an earlier one") {
  const Pair pair = plus_pair().input;
  CandidateDescriptions candidates = quick_candidates();
  candidates.get("off") = {.method = "gsa", .enabled = false};
  candidates.get("both") = {.from = "linear", .projections = 2, .subspace = true};
  candidates.get("guided") = {.from = "bicubic", .guided = 2, .projections = 1};
  check_candidates(candidates, "path", pair);
  const std::vector<Tensor> made = make_candidates(candidates, pair, 0);
  REQUIRE(made.size() == 6);
  Cube linear = made_by("linear_injection", pair), gsa = made_by("gsa", pair);
  CHECK(relative_gap(made[0], linear.values) == 0);
  CHECK(relative_gap(made[1], gsa.values) == 0);
  CHECK(relative_gap(made[3], made_by("bicubic", pair).values) == 0);
  make_consistent(pair, gsa);
  CHECK(relative_gap(made[2], gsa.values) == 0);
  make_consistent(pair, linear);
  CHECK(relative_gap(made[4], linear.values) > 1e-5);
  make_consistent(pair, linear);
  project_on_signal(pair.hsi, linear);
  CHECK(relative_gap(made[4], linear.values) == 0);
  Cube guided = made_by("bicubic", pair);
  for (int round = 0; round < 2; ++round) add_guided(pair, noise_of(pair), guided);
  make_consistent(pair, guided);
  CHECK(relative_gap(made[5], guided.values) == 0);
}

TEST_CASE("plus candidates: those that draw random numbers take them from the seed") {
  const Pair pair = plus_pair().input;
  const CandidateDescriptions csu = of({{"csu", {.method = "csu"}}});
  const auto run = [&](std::uint64_t seed) { return make_candidates(csu, pair, seed).front(); };
  CHECK(relative_gap(run(3), run(3)) == 0);
  CHECK(relative_gap(run(3), run(4)) > 0);
}

TEST_CASE("plus candidates: the usual ones are twelve, and all suit a pair") {
  const CandidateDescriptions usual = default_candidates();
  CHECK(usual.items.size() == 12);
  CHECK(std::count_if(usual.items.begin(), usual.items.end(), [](const auto& item) { return item.second.in_base; }) ==
        7);
  CHECK(std::count_if(usual.items.begin(), usual.items.end(),
                      [](const auto& item) { return item.second.in_small_base.value_or(item.second.in_base); }) == 6);
  check_candidates(usual, "path", plus_pair().input);
}

TEST_CASE("plus candidates: the base is the median of those in it") {
  CandidateDescriptions candidates;
  Pair large, small;
  large.degradation.ratio = small.degradation.ratio = 3;
  large.hsi = Cube(6, 6, 2);
  small.hsi = Cube(5, 7, 2);
  std::vector<Tensor> values;
  const auto add = [&](const char* name, bool in_base, const Tensor& value) {
    candidates.get(name) = {.method = "gsa", .in_base = in_base};
    values.push_back(value);
  };
  const Shape shape{1, 1, 2};
  add("a", true, Tensor::from(shape, {5, 1}));
  CHECK(median_of_base(candidates, values, large)[0] == 5);
  add("outside", false, Tensor::from(shape, {100, -100}));
  add("b", true, Tensor::from(shape, {1, 2}));
  CHECK(median_of_base(candidates, values, large).shape() == shape);
  CHECK(median_of_base(candidates, values, large)[0] == 3);
  CHECK(median_of_base(candidates, values, large)[1] == 1.5f);
  candidates.get("off") = {.method = "gsa", .enabled = false};
  add("c", true, Tensor::from(shape, {2, 9}));
  CHECK(median_of_base(candidates, values, large)[0] == 2);
  CHECK(median_of_base(candidates, values, large)[1] == 2);
  add("d", true, Tensor::from(shape, {-7, 4}));
  CHECK(median_of_base(candidates, values, large)[0] == 1.5f);
  CHECK(median_of_base(candidates, values, large)[1] == 3);
  // One more pixel than 35, and four are left one scale down.
  CHECK(median_of_base(candidates, values, small)[0] == 1.5f);
  for (const char* name : {"a", "b", "c"}) candidates.get(name).in_small_base = false;
  CHECK(median_of_base(candidates, values, small)[0] == -7);
  CHECK(median_of_base(candidates, values, large)[0] == 1.5f);
  candidates.get("outside").in_small_base = true;
  CHECK(median_of_base(candidates, values, small)[0] == 46.5f);
  for (const char* name : {"outside", "d"}) candidates.get(name).in_small_base = false;
  CHECK(median_of_base(candidates, values, small)[0] == 1.5f);  // no base at all is none
}

TEST_CASE("plus candidates: what is not well described is refused by name") {
  CHECK(refusal(of({{"x", {.method = "none"}}})) ==
        "path.x.method: expected one of bicubic, linear_injection, local_injection, gsa, sfim_hs, glp_hs, cnmf, "
        "hysure, fuse, csu, got \"none\"");
  for (const char* network : {"two_cnn_fu", "two_cnn_fu_plus"}) {
    CHECK(refusal(of({{"x", {.method = network}}})).starts_with("path.x.method: expected one of bicubic"));
  }
  const std::string later = "path.x.from: expected an earlier candidate that is enabled, got \"y\"";
  CHECK(refusal(of({{"x", {.from = "y"}}, {"y", {.method = "gsa"}}})) == later);
  CHECK(refusal(of({{"y", {.method = "gsa", .enabled = false}}, {"x", {.from = "y"}}})) == later);
  CHECK(refusal(of({{"x", {.from = "x"}}})).starts_with("path.x.from: expected an earlier candidate"));
  CHECK(refusal(of({{"y", {.method = "gsa"}}, {"x", {.method = "gsa", .from = "y"}}})) ==
        "path.x.method: expected none beside from, got \"gsa\"");
  const std::string no_base = "path: expected at least one that is in_base, got none";
  CHECK(refusal({}) == no_base);
  CHECK(refusal(of({{"x", {.method = "gsa", .in_base = false}}, {"y", {.method = "gsa", .enabled = false}}})) ==
        no_base);
  CHECK(refusal(of({{"x", {.method = "none", .enabled = false}}, {"y", {.method = "gsa"}}})) == "nothing was thrown");
  CHECK(refusal(of({{"local", {.method = "gsa"}}, {"loacl", {.enabled = false}}})) ==
        "path.loacl: expected a candidate that is there to leave out, got \"loacl\" (did you mean local?)");
}

TEST_CASE("plus candidates: pairs that are too small are refused, by the method or because there is no lower scale") {
  PlusScene tiny;
  tiny.ratio = 3;
  for (const auto& [rows, cols] : {std::pair<Index, Index>{2, 6}, {6, 2}, {1, 1}}) {
    tiny.coarse_rows = rows;
    tiny.coarse_cols = cols;
    CHECK(refusal(default_candidates(), plus_pair(tiny).input) ==
          concat("path: expected an HSI of at least 3 x 3 pixels, to learn one scale down at ratio 3, got ", rows,
                 " x ", cols, ": take a larger part, or a method that learns nothing, such as gsa"));
  }
}
