#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "methods/plain_plus_inputs.h"
#include "methods/plus_example.h"
#include "specfuse/core/error.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/tensor/math.h"
#include "support/random.h"
#include "support/temporary_folder.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// Half the step of 16 bits, and rounding.
constexpr double kHalfStep = 5.0 / 32767 + 2e-5;

Tensor whole_of(const PlusInputs& inputs) {
  return inputs.cut({{0, 0, inputs.rows(), inputs.cols()}, 0, inputs.bands()});
}

double largest_gap(const Tensor& x, const Tensor& y) {
  REQUIRE(x.shape() == y.shape());
  double gap = 0;
  for (Index i = 0; i < x.size(); ++i) gap = std::max(gap, std::abs(double{x[i]} - y[i]));
  return gap;
}

}  // namespace

TEST_CASE("plus inputs: are what their header says") {
  PlusScene odd;
  odd.ratio = 3;
  odd.coarse_rows = 7;
  for (const PlusScene& scene : {PlusScene{}, odd}) {
    const Pair pair = plus_pair(scene).input;
    const PlusInputOptions options = quick_inputs();
    const PlusInputs inputs(pair, options, 0);
    const PlainInputs plain(pair, options);
    const Tensor got = whole_of(inputs);
    REQUIRE(got.dim(3) == static_cast<Index>(plain.channels().size()));
    for (Index b = 0; b < inputs.bands(); ++b) {
      CHECK(inputs.scale()[static_cast<std::size_t>(b)] == doctest::Approx(plain.scale(b)).epsilon(1e-5));
    }
    std::vector<double> gaps(plain.channels().size()), sizes(plain.channels().size());
    for (Index i = 0; i < inputs.base().size(); ++i) {
      const Index pixel = i / inputs.bands(), band = i % inputs.bands();
      CHECK(inputs.base()[i] == doctest::Approx(plain.base(pixel, band)).epsilon(1e-6));
      for (std::size_t c = 0; c < gaps.size(); ++c) {
        const double expected = plain.channels()[c](pixel, band);
        gaps[c] = std::max(gaps[c], std::abs(got[i * got.dim(3) + static_cast<Index>(c)] - expected));
        sizes[c] = std::max(sizes[c], std::abs(expected));
      }
    }
    for (std::size_t c = 0; c < gaps.size(); ++c) {
      INFO("channel ", c);
      CHECK(gaps[c] < kHalfStep);
      CHECK(sizes[c] > 0.05);
    }
  }
}

TEST_CASE("plus inputs: kinds and candidates that are left out change the channels, and nothing else") {
  const Pair pair = plus_pair().input;
  const PlusInputOptions all = quick_inputs();
  CHECK(all.channels() == 14);
  CHECK(PlusInputOptions().channels() == 22);
  const PlusInputs inputs(pair, all, 0);
  const Tensor whole = whole_of(inputs);
  // The channels of each kind, in the order in which they come.
  const std::vector<std::pair<std::string, std::vector<Index>>> kinds = {
      {"candidates", {0, 1, 2, 3}}, {"interpolated", {4}}, {"misfit", {5, 6}}, {"level", {7}}, {"spread", {8}},
      {"noise", {9, 10}},           {"detail", {11, 12}},  {"ratio", {13}}};
  for (const auto& [key, places] : kinds) {
    const std::string& kind = key;  // not every compiler lets the macro take `key`
    PlusInputOptions alone = all;
    alone.kinds = {kind};
    CHECK(alone.has(kind));
    CHECK(all.has(kind));
    CHECK(alone.has("ratio") == (kind == "ratio"));
    const PlusInputs part(pair, alone, 0);
    REQUIRE(part.channels() == alone.channels());
    const Tensor got = whole_of(part);
    REQUIRE(got.dim(3) == static_cast<Index>(places.size()));
    INFO(kind);
    PlusInputs kept = inputs;
    kept.keep_only(alone);
    CHECK(largest_gap(whole_of(kept), got) == 0);
    double gap = 0;
    for (Index i = 0; i < got.size(); ++i) {
      const Index from = i / got.dim(3) * all.channels() + places[static_cast<std::size_t>(i % got.dim(3))];
      gap = std::max(gap, std::abs(double{got[i]} - whole[from]));
    }
    CHECK(gap == 0);
  }
  CHECK(largest_gap(whole_of(inputs), whole) == 0);
  PlusInputOptions fewer = all;
  fewer.candidates.get("bicubic").enabled = false;
  CHECK(fewer.channels() == 13);
  CHECK(PlusInputs(pair, fewer, 0).channels() == 13);
}

TEST_CASE("plus inputs: are the same whatever the scene is multiplied with") {
  const Pair pair = plus_pair().input;
  Pair brighter = pair;
  for (Cube* cube : {&brighter.hsi, &brighter.msi}) {
    cube->values = cube->values.clone();
    scale(cube->values, 1000);
  }
  CHECK(largest_gap(whole_of(PlusInputs(brighter, quick_inputs(), 0)), whole_of(PlusInputs(pair, quick_inputs(), 0))) <
        2 * kHalfStep);
}

TEST_CASE("plus inputs: stay finite and limited where the candidates agree, and where a band is constant") {
  Pair pair = plus_pair().input;
  for (Cube* cube : {&pair.hsi, &pair.msi}) cube->values = cube->values.clone();
  for (Index p = 0; p < pair.hsi.pixels(); ++p) pair.hsi.values[p * pair.hsi.bands() + 3] = 7;
  PlusInputOptions single = quick_inputs();
  single.candidates.items.resize(1);
  for (const PlusInputOptions& options : {quick_inputs(), single}) {
    const PlusInputs inputs(pair, options, 0);
    CHECK(all_finite(inputs.base()));
    for (const float e : inputs.scale()) CHECK((e > 0 && std::isfinite(e)));
    CHECK(all_finite(whole_of(inputs)));
    CHECK(max_abs(whole_of(inputs)) < 20);
  }
  fill(pair.hsi.values, 0);
  fill(pair.msi.values, 0);
  const PlusInputs black(pair, quick_inputs(), 0);
  CHECK(max_abs(black.base()) == 0);
  CHECK(all_finite(whole_of(black)));
}

// Made by the code that trained the shipped weights, which it has to suit; kernels move the fifth digit at most.
TEST_CASE("plus inputs: stay what the shipped weights have learned from" * doctest::test_suite("long")) {
  struct Known {
    Index row, col, band;
    double value;
  };
  const PlusInputs inputs(plus_pair({25, 14, 48, 6, 4, 1}).input, PlusInputOptions(), 0);
  // The third lies beyond the last whole pixel one scale down.
  for (const Known& known :
       {Known{0, 0, 10, 1823.77}, {50, 28, 24, 4001.75}, {96, 52, 0, 218.876}, {99, 55, 47, 1451.68}}) {
    const Index at = (known.row * inputs.cols() + known.col) * inputs.bands() + known.band;
    CHECK(inputs.base()[at] == doctest::Approx(known.value).epsilon(1e-4));
  }
  for (const auto& [band, e] : {std::pair<std::size_t, double>{0, 49.7473}, {20, 42.4606}, {47, 66.5391}}) {
    CHECK(inputs.scale()[band] == doctest::Approx(e).epsilon(1e-4));
  }
}

TEST_CASE("plus inputs: a part is that part of the whole") {
  const PlusInputs inputs(plus_pair().input, quick_inputs(), 0);
  const Tensor whole = whole_of(inputs);
  const Block block{{3, 2, 5, 4}, 2, 6};
  const Tensor part = inputs.cut(block);
  REQUIRE(part.shape() == Shape{5, 4, 6, inputs.channels()});
  Index off = 0;
  for (Index i = 0; i < part.size(); ++i) {
    const Index c = i % part.dim(3), b = i / part.dim(3) % 6, col = i / part.dim(3) / 6 % 4, row = i / part.dim(3) / 24;
    const Index at = ((row + 3) * inputs.cols() + col + 2) * inputs.bands() + b + 2;
    off += part[i] != whole[at * part.dim(3) + c];
  }
  CHECK(off == 0);
}

TEST_CASE("plus inputs: are the same from a file") {
  const TemporaryFolder folder;
  const std::string path = folder.file("inputs.h5");
  PlusInputOptions few = quick_inputs();
  few.kinds = {"noise"};
  for (const PlusInputOptions& options : {quick_inputs(), few}) {
    const PlusInputs inputs(plus_pair().input, options, 0);
    inputs.write(path);
    const PlusInputs read(path);
    CHECK(relative_gap(read.base(), inputs.base()) == 0);
    CHECK(read.scale() == inputs.scale());
    CHECK(read.channels() == inputs.channels());
    CHECK(largest_gap(whole_of(read), whole_of(inputs)) == 0);
  }
  CHECK_THROWS_AS(PlusInputs(folder.file("none.h5")), Error);
  const auto write = [&](const Tensor& bands, const Tensor& plane) {
    Hdf5Writer file(path);
    file.write("/base", Tensor({2, 3, 4}));
    file.write("/bands", bands);
    file.write("/planes/0", plane);
    file.finish();
  };
  write(Tensor({2, 4}), Tensor({2, 3, 4}));
  CHECK_THROWS_WITH_AS(PlusInputs{path}, doctest::Contains("expected three rows of 4 bands"), DataError);
  write(Tensor({3, 5}), Tensor({2, 3, 4}));
  CHECK_THROWS_WITH_AS(PlusInputs{path}, doctest::Contains("got [3, 5]"), DataError);
  write(Tensor({3, 4}), Tensor({2, 3, 5}));
  CHECK_THROWS_WITH_AS(PlusInputs{path}, doctest::Contains("expected planes of [2, 3, 4]"), DataError);
}

TEST_CASE("plus inputs: their key tells apart all that they depend on, and nothing else") {
  const Pair pair = plus_pair().input;
  const PlusInputOptions options = quick_inputs();
  std::vector<std::string> keys{PlusInputs::key(pair, options, 0), PlusInputs::key(pair, options, 1)};
  const auto add_pair = [&](const std::function<void(Pair&)>& change) {
    Pair other = pair;
    for (Tensor* values : {&other.hsi.values, &other.msi.values, &other.degradation.psf, &other.degradation.srf}) {
      *values = values->clone();
    }
    change(other);
    keys.push_back(PlusInputs::key(other, options, 0));
  };
  add_pair([](Pair& other) { other.hsi.values[5] += 1; });
  add_pair([](Pair& other) { other.msi.values[5] += 1; });
  add_pair([](Pair& other) { other.degradation.psf[0] += 1; });
  add_pair([](Pair& other) { other.degradation.srf[0] += 1; });
  add_pair([](Pair& other) { other.degradation.ratio = 4; });
  add_pair([](Pair& other) { other.degradation.boundary = Boundary::circular; });
  const auto add_options = [&](const std::function<void(PlusInputOptions&)>& change) {
    PlusInputOptions other = options;
    change(other);
    keys.push_back(PlusInputs::key(pair, other, 0));
  };
  add_options([](PlusInputOptions& other) { other.guided = 1; });
  add_options([](PlusInputOptions& other) { other.consistency = 2; });
  add_options([](PlusInputOptions& other) { other.kinds.pop_back(); });
  add_options([](PlusInputOptions& other) { std::swap(other.candidates.items[0], other.candidates.items[1]); });
  const auto add_candidate = [&](const std::function<void(CandidateDescription&)>& change) {
    add_options([&](PlusInputOptions& other) { change(other.candidates.get("gsa")); });
  };
  add_candidate([](CandidateDescription& gsa) { gsa.method = "cnmf"; });
  add_candidate([](CandidateDescription& gsa) { gsa.from = "linear"; });
  add_candidate([](CandidateDescription& gsa) { gsa.guided = 1; });
  add_candidate([](CandidateDescription& gsa) { gsa.projections = 1; });
  add_candidate([](CandidateDescription& gsa) { gsa.subspace = true; });
  add_candidate([](CandidateDescription& gsa) { gsa.in_base = false; });
  add_candidate([](CandidateDescription& gsa) { gsa.enabled = false; });
  for (const std::string& key : keys) {
    CHECK(key.size() == 16);
    CHECK(std::count(keys.begin(), keys.end(), key) == 1);
  }
  PlusInputOptions disabled = options;
  disabled.candidates.get("more") = {.method = "cnmf", .enabled = false};
  CHECK(PlusInputs::key(pair, disabled, 0) == keys.front());
}
