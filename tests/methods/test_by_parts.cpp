#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/srf.h"
#include "specfuse/imaging/synthetic.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"
#include "specfuse/methods/two_cnn_fu.h"
#include "specfuse/tensor/math.h"
#include "support/message_of.h"
#include "support/network.h"
#include "support/random.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

/// A pair in memory that is looked at in small parts all the same.
class SmallParts : public WholePair {
 public:
  SmallParts(const Pair& pair, Index side) : WholePair(pair), side_(side) {}
  Index side() const override { return side_; }

 private:
  Index side_;
};

/// A synthetic scene as two sensors see it, of a size that no part divides.
Pair seen_pair(Index ratio, Index coarse_rows, Index coarse_cols, double fwhm) {
  SyntheticOptions scene;
  scene.rows = coarse_rows * ratio;
  scene.cols = coarse_cols * ratio;
  scene.bands = 20;
  const Cube cube = synthetic_scene(scene);
  Degradation degradation;
  degradation.ratio = ratio;
  PsfOptions psf;
  psf.fwhm = fwhm;
  degradation.psf = make_psf(psf, ratio);
  degradation.srf = random_tensor({3, 20}, "responses");
  for (Index i = 0; i < degradation.srf.size(); ++i) degradation.srf[i] = std::abs(degradation.srf[i]) / 10;
  return simulate(cube, degradation, 1);
}

/// Made part by part, each with its margin, and put together where the parts lie.
Cube put_together(const Fuser& fuser, const PairParts& pair, Index side) {
  const Index ratio = pair.degradation().ratio;
  Cube whole(pair.rows() * ratio, pair.cols() * ratio, pair.bands());
  for (const Rectangle& place : parts_of(pair.rows(), pair.cols(), side, 1)) {
    const PairPart part = read_part(pair, place, fuser.halo);
    const Cube made = part.inner_of_fine(fuser.fuse(part.pair).fused);
    for (Index row = 0; row < made.rows(); ++row) {
      std::copy_n(made.pixel(row, 0), made.cols() * made.bands(),
                  whole.pixel(place.row * ratio + row, place.col * ratio));
    }
  }
  return whole;
}

}  // namespace

TEST_CASE("parts: cover every pixel once, on corners of the unit, about equal in size") {
  for (const Index unit : {1, 3, 4}) {
    for (const Index side : {12, 24}) {
      std::vector<int> seen(static_cast<std::size_t>(37 * 50));
      Index largest = 0, smallest = 1000;
      for (const Rectangle& part : parts_of(37, 50, side, unit)) {
        CHECK(part.row % unit == 0);
        CHECK(part.col % unit == 0);
        largest = std::max({largest, part.rows, part.cols});
        smallest = std::min({smallest, part.rows, part.cols});
        for (Index row = part.row; row < part.row + part.rows; ++row) {
          for (Index col = part.col; col < part.col + part.cols; ++col)
            ++seen[static_cast<std::size_t>(row * 50 + col)];
        }
      }
      CHECK(std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; }));
      CHECK(largest <= side);
      CHECK(2 * smallest >= largest);
    }
  }
}

TEST_CASE("parts: none is smaller than it has to be, whatever is left over") {
  for (const auto& [extent, side, unit, least] :
       {std::array<Index, 4>{25, 24, 4, 24}, {47, 24, 4, 24}, {100, 24, 1, 24}, {25, 24, 24, 24}, {60, 32, 8, 24}}) {
    Index smallest = 1000, all = 0;
    for (const Rectangle& part : parts_of(extent, 10, side, unit, least)) {
      smallest = std::min(smallest, part.rows);
      all += part.rows;
    }
    CHECK(all == extent);
    CHECK(smallest > least - unit);
    CHECK((unit > 1 || smallest >= least));
  }
  CHECK(parts_of(100, 10, 24, 1, 24).size() == 4);
  CHECK(parts_of(25, 10, 24, 24, 24).size() == 1);
  CHECK(parts_of(25, 10, 24, 24).size() == 2);
}

TEST_CASE("covariance: of an image in parts is that of the whole, whatever the means of the parts") {
  Cube x(12, 5, 3), y(12, 5, 4);
  x.values = random_tensor({12, 5, 3}, "x");
  y.values = random_tensor({12, 5, 4}, "y");
  for (Index row = 0; row < 12; ++row) {
    for (Index i = 0; i < 15; ++i) x.pixel(row, 0)[i] += 100.0f * static_cast<float>(row);
    for (Index i = 0; i < 20; ++i) y.pixel(row, 0)[i] -= 30.0f * static_cast<float>(row * row);
  }
  Covariance sum;
  for (const auto& [first, count] : {std::pair<Index, Index>{0, 2}, {2, 7}, {9, 3}}) {
    add(sum, covariance(crop(x, {first, 0, count, 5}), crop(y, {first, 0, count, 5})));
  }
  const Covariance whole = covariance(x, y);
  CHECK(sum.pixels == whole.pixels);
  const auto check_close = [](const std::vector<double>& found, const std::vector<double>& expected) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-10));
  };
  check_close(sum.x_mean, whole.x_mean);
  check_close(sum.y_mean, whole.y_mean);
  check_close(sum.y_variance, whole.y_variance);
  check_close(sum.xx.values, whole.xx.values);
  check_close(sum.xy.values, whole.xy.values);
}

TEST_CASE("by parts: local methods make of parts what they make of the whole") {
  for (const auto& chosen : {std::pair<Index, Index>{2, 6}, {3, 9}, {4, 8}}) {
    for (const double fwhm : {1.0, 2.5}) {
      const Index ratio = chosen.first, side = chosen.second;
      CAPTURE(ratio);
      CAPTURE(fwhm);
      const Pair pair = seen_pair(ratio, 23, 17, fwhm);
      const SmallParts parts(pair, side);
      for (const char* name : {"bicubic", "gsa", "sfim_hs", "glp_hs", "linear_injection"}) {
        CAPTURE(name);
        const auto of_whole = make_method(name), of_parts = make_method(name);
        of_whole->fit({{lower_scale(pair)}, {}}, {});
        of_parts->fit({{}, {}, &parts}, {});
        const Cube whole = fuse(*of_whole, pair).fused;
        const Fuser fuser = of_parts->fuser(parts);
        CHECK(!fuser.whole);
        for (const Index by : {side, Index{5}, Index{40}}) {
          CHECK(relative_gap(put_together(fuser, parts, by).values, whole.values) < 2e-6);
        }
      }
    }
  }
}

TEST_CASE("by parts: up-sampling gives the same bits") {
  const Pair pair = seen_pair(3, 23, 17, 1);
  const auto method = make_method("bicubic");
  const Cube parts = put_together(method->fuser(WholePair(pair)), WholePair(pair), 7);
  const Cube whole = fuse(*method, pair).fused;
  CHECK(std::equal(parts.values.data(), parts.values.data() + parts.values.size(), whole.values.data()));
}

TEST_CASE("by parts: the halo is no wider than a part needs") {
  Pair pair = seen_pair(4, 24, 24, 2.5);
  const auto method = make_method("sfim_hs");
  const Fuser fuser = method->fuser(WholePair(pair));
  const Rectangle place{8, 8, 4, 4};
  const PairPart part = read_part(WholePair(pair), place, fuser.halo);
  const Cube made = part.inner_of_fine(fuser.fuse(part.pair).fused);
  // One coarse pixel less around it, and some of what it needs is missing.
  const PairPart less = read_part(WholePair(pair), place, fuser.halo - 1);
  CHECK(relative_gap(less.inner_of_fine(fuser.fuse(less.pair).fused).values, made.values) > 1e-6);
}

TEST_CASE("by parts: the negative bands are those of the whole image") {
  Pair pair = seen_pair(2, 12, 12, 1);
  pair.hsi.values = pair.hsi.values.clone();
  pair.hsi.pixel(11, 11)[4] = -1;
  const auto method = make_method("gsa");
  const SmallParts parts(pair, 4);
  const Cube whole = fuse(*method, pair).fused, made = put_together(method->fuser(parts), parts, 4);
  CHECK(relative_gap(made.values, whole.values) < 2e-6);
}

TEST_CASE("by parts: nothing is learned from a part without data") {
  Pair pair = seen_pair(2, 24, 24, 1);
  const auto method = make_method("gsa");
  const Cube whole = fuse(*method, pair).fused;
  // As much again without data: first what a boundary would show, then anything.
  Pair wider = pair;
  wider.hsi = Cube(24, 48, 20);
  wider.msi = Cube(48, 96, 3);
  for (const auto& [from, to] : {std::pair<const Cube*, Cube*>{&pair.hsi, &wider.hsi}, {&pair.msi, &wider.msi}}) {
    fill(to->values, 1e6f);
    to->valid.assign(static_cast<std::size_t>(to->pixels()), 0);
    const Index cols = from->cols();
    for (Index row = 0; row < from->rows(); ++row) {
      std::copy_n(from->pixel(row, 0), cols * from->bands(), to->pixel(row, 0));
      for (Index col = 0; col < cols / 2; ++col) {
        std::copy_n(from->pixel(row, cols - 1 - col), from->bands(), to->pixel(row, cols + col));
      }
      std::fill_n(to->valid.begin() + row * to->cols(), cols, std::uint8_t{1});
    }
  }
  const Fuser of_wider = method->fuser(SmallParts(wider, 12));
  CHECK(relative_gap(of_wider.fuse(pair).fused.values, whole.values) < 1e-5);
}

TEST_CASE("by parts: methods that need the whole image say so, and for how much memory") {
  const Pair pair = seen_pair(2, 12, 12, 1);
  for (const char* name : {"fuse", "hysure", "cnmf", "csu", "local_injection"}) {
    const Fuser fuser = make_method(name)->fuser(WholePair(pair));
    CHECK(fuser.whole);
    CHECK(fuser.bytes_per_pixel > 4.0 * 20);  // the result itself
  }
  const auto refined = make_method("linear_injection", {{"subspace", true}});
  refined->fit({{lower_scale(pair)}, {}}, {});
  CHECK(refined->fuser(WholePair(pair)).whole);
}

TEST_CASE("by parts: a network makes of parts what it makes of the whole, with a base and without") {
  const Pair pair = seen_pair(2, 14, 11, 1);
  for (const char* base : {"none", "gsa"}) {
    CAPTURE(base);
    TwoCnnFuOptions options;
    options.model = small_network();
    options.model.base = base;
    if (options.model.base != "none") options.model.output = "residual";
    options.train = small_training();
    options.fuse_tile = 7;
    TwoCnnFu method(options);
    method.fit({{lower_scale(pair)}, {}}, {});
    const SmallParts parts(pair, 6);
    const Fuser fuser = method.fuser(parts);
    CHECK(!fuser.whole);
    CHECK(relative_gap(put_together(fuser, parts, 6).values, fuse(method, pair).fused.values) < 2e-6);
  }
  TwoCnnFuOptions options;
  options.model = small_network();
  options.model.base = "hysure";
  options.model.output = "residual";
  options.train = small_training();
  TwoCnnFu method(options);
  method.fit({{lower_scale(pair)}, {}}, {});
  CHECK(method.fuser(WholePair(pair)).whole);
}
