#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/imaging/common_grid.h"
#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/shift.h"
#include "specfuse/imaging/srf.h"
#include "specfuse/imaging/synthetic.h"
#include "specfuse/imaging/training_data.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/metrics/metrics.h"
#include "support/message_of.h"
#include "support/text.h"

using namespace specfuse;

namespace {

GridPlace grid_place(const Cube& image) {
  return {numbers_of(image, kGeotransformAttribute), image.rows(), image.cols()};
}

/// The means of an image over pixels of any size, the first of which begins at `begin` on both axes: each of its own
/// pixels counts as much as it lies within.
Cube means_over(const Cube& image, const std::array<double, 2>& begin, double size, Index rows, Index cols) {
  const auto along = [&](const Cube& from, double first, Index count, bool down) {
    Cube to(down ? count : from.rows(), down ? from.cols() : count, from.bands());
    for (Index row = 0; row < to.rows(); ++row) {
      for (Index col = 0; col < to.cols(); ++col) {
        const double left = first + static_cast<double>(down ? row : col) * size, right = left + size;
        std::vector<double> sums(static_cast<std::size_t>(from.bands()));
        for (Index at = static_cast<Index>(left); static_cast<double>(at) < right - 1e-9; ++at) {
          const double part = std::min(right, static_cast<double>(at + 1)) - std::max(left, static_cast<double>(at));
          const float* const pixel = down ? from.pixel(at, col) : from.pixel(row, at);
          for (std::size_t b = 0; b < sums.size(); ++b) sums[b] += part / size * double{pixel[b]};
        }
        std::transform(sums.begin(), sums.end(), to.pixel(row, col), [](double x) { return static_cast<float>(x); });
      }
    }
    return to;
  };
  Cube result = along(along(image, begin[0], rows, true), begin[1], cols, false);
  result.wavelength_nm = image.wavelength_nm;
  return result;
}

/// North up, x and y of the upper left corner at `begin` pixels of a metre to the right of 1000 and below 9000.
void place(Cube& image, const std::array<double, 2>& begin, double size) {
  image.attributes[kGeotransformAttribute] = std::vector<double>{1000 + begin[1], size, 0, 9000 - begin[0], 0, -size};
}

Cube placed(Index rows, Index cols, Index bands, const std::array<double, 2>& begin, double size) {
  Cube image(rows, cols, bands);
  for (Index i = 0; i < image.values.size(); ++i)
    image.values[i] = static_cast<float>(std::sin(0.1 * double(i * i % 997)));
  place(image, begin, size);
  return image;
}

/// Over the range of the true one.
double psnr_db(const Cube& one, const Cube& truth) {
  double squares = 0;
  const auto [least, most] = std::minmax_element(truth.values.data(), truth.values.data() + truth.values.size());
  for (Index i = 0; i < one.values.size(); ++i)
    squares += std::pow(double{one.values[i]} - double{truth.values[i]}, 2) / static_cast<double>(one.values.size());
  return 20 * std::log10((double{*most} - double{*least}) / std::sqrt(squares));
}

double injected_psnr_db(const Pair& pair, const Cube& reference) {
  const std::unique_ptr<FusionMethod> method = make_method("linear_injection");
  method->fit({{lower_scale(pair)}, {}}, {});
  const Cube fused = fuse(*method, pair).fused;
  for (const Score& score : evaluate(reference, fused, pair.degradation.ratio).values) {
    if (score.key == "psnr_db") return score.value;
  }
  return 0;
}

/// Both images on their common grid; returns what is done to them.
std::string bring_together(const CommonGrid& grid, Cube& hsi, Cube& msi) {
  const std::string text = grid_text(grid, msi);
  ImagePtr coarse = in_memory(hsi), fine = in_memory(msi);
  specfuse::bring_together(grid, coarse, fine);
  hsi = coarse->read_all();
  msi = fine->read_all();
  return text;
}

std::string refusal(const Cube& hsi, const Cube& msi) {
  return message_of<DataError>([&] { common_grid(grid_place(hsi), grid_place(msi), "x"); });
}

}  // namespace

TEST_CASE("common grid: a pair on grids of their own is nearly the pair that was simulated on one" *
          doctest::test_suite("long")) {
  SyntheticOptions options;
  options.rows = options.cols = 130;
  options.bands = 60;
  // In pixels of a metre, as sharp as an MSI of four shows it: what is finer no resampling knows.
  const Cube scene = upsample_cubic(synthetic_scene(options), 4);
  SrfOptions bands;
  bands.sensor = "landsat7";
  const Cube seen = degrade_spectrally(scene, make_srf(bands, scene.wavelength_nm, scene.bands()));
  struct Case {
    double hsi, msi;
    std::array<double, 2> offset;  // of the MSI, up and to the left
    Index ratio;
    double least_db, margin_db;
  };
  // As 30 m are to 3.6 m.
  for (const Case& one : {Case{25, 3, {1.3, 2.6}, 8, 55, 1.3}}) {
    CAPTURE(one.hsi);
    const Index coarse = static_cast<Index>(480 / one.hsi), msi = static_cast<Index>(505 / one.msi);
    const double fine = one.hsi / static_cast<double>(one.ratio);
    const std::array<double, 2> at{10, 10}, msi_at{at[0] - one.offset[0], at[1] - one.offset[1]};
    Pair direct, joined;
    direct.hsi = joined.hsi = means_over(scene, at, one.hsi, coarse, coarse);
    direct.msi = means_over(seen, at, fine, coarse * one.ratio, coarse * one.ratio);
    joined.msi = means_over(seen, msi_at, one.msi, msi, msi);
    place(joined.hsi, at, one.hsi);
    place(joined.msi, msi_at, one.msi);
    const CommonGrid grid = common_grid(grid_place(joined.hsi), grid_place(joined.msi), "x");
    CHECK(grid.ratio == one.ratio);
    CHECK(grid.hsi == Rectangle{0, 0, coarse, coarse});
    CHECK_FALSE(grid.meets());
    CHECK(contains(bring_together(grid, joined.hsi, joined.msi), "MSI resampled from "));
    const double near_db = psnr_db(joined.msi, direct.msi);
    CHECK(near_db > one.least_db);
    // What the sensors see of one place is kept as well.
    direct.degradation.ratio = joined.degradation.ratio = one.ratio;
    PsfOptions box;
    box.type = "box";
    direct.degradation.psf = joined.degradation.psf = make_psf(box, one.ratio);
    const Cube reference = means_over(scene, at, fine, coarse * one.ratio, coarse * one.ratio);
    const double best = injected_psnr_db(direct, reference), got = injected_psnr_db(joined, reference);
    CHECK(got > best - one.margin_db);
    const std::vector<double> place_of_msi = numbers_of(joined.msi, kGeotransformAttribute);
    CHECK(place_of_msi[0] == doctest::Approx(1010));
    CHECK(place_of_msi[1] == doctest::Approx(fine));
    CHECK(place_of_msi[5] == doctest::Approx(-fine));
  }
}

TEST_CASE("common grid: an MSI whose pixels lie beside whole ones of the HSI is not resampled, the PSF is moved") {
  SyntheticOptions options;
  options.rows = options.cols = 130;
  options.bands = 60;
  const Cube scene = upsample_cubic(synthetic_scene(options), 4);
  SrfOptions bands;
  bands.sensor = "landsat7";
  const Cube seen = degrade_spectrally(scene, make_srf(bands, scene.wavelength_nm, scene.bands()));
  PsfOptions box;
  box.type = "box";
  Pair direct, joined;
  direct.hsi = joined.hsi = means_over(scene, {10, 10}, 12, 40, 40);
  direct.msi = means_over(seen, {10, 10}, 4, 120, 120);
  joined.msi = means_over(seen, {9, 7}, 4, 124, 124);
  place(joined.hsi, {10, 10}, 12);
  place(joined.msi, {9, 7}, 4);
  const Cube before = joined.msi;
  const CommonGrid grid = common_grid(grid_place(joined.hsi), grid_place(joined.msi), "x");
  CHECK(grid.meets());
  // An HSI pixel begins 1 and 3 m behind one of the MSI, whose pixels are 4 m wide: the nearest begins there and 4 m
  // on.
  CHECK(grid.msi == Rectangle{0, 1, 120, 120});
  CHECK(grid.beside[0] == doctest::Approx(0.25));
  CHECK(grid.beside[1] == doctest::Approx(-0.25));
  CHECK(contains(bring_together(grid, joined.hsi, joined.msi), "lie 0.25 down and -0.25 right of one beside"));
  const Tensor expected = crop(before, grid.msi).values;
  CHECK(std::equal(expected.data(), expected.data() + expected.size(), joined.msi.values.data()));
  direct.degradation.ratio = joined.degradation.ratio = 3;
  const Tensor psf = direct.degradation.psf = make_psf(box, 3);
  joined.degradation.psf = moved_psf(psf, grid.beside, moved_psf_size(psf, grid.beside));
  const double best = injected_psnr_db(direct, means_over(scene, {10, 10}, 4, 120, 120));
  const Cube there = means_over(scene, {9, 11}, 4, 120, 120);
  const double got = injected_psnr_db(joined, there);
  CHECK(got > best - 3);         // the edges of a box between two pixels are not sharp
  joined.degradation.psf = psf;  // as if nobody knew
  CHECK(injected_psnr_db(joined, there) < got - 2);
}

TEST_CASE("common grid: where the grids meet, both images come back to the bit, cut to their common part") {
  const Cube hsi = placed(6, 8, 3, {100, 200}, 30);
  // Begins an HSI pixel below and two to the right, and ends in the middle of others.
  const Cube msi = placed(43, 38, 2, {130, 260}, 3);
  const CommonGrid grid = common_grid(grid_place(hsi), grid_place(msi), "x");
  CHECK(grid.ratio == 10);
  REQUIRE(grid.meets());
  CHECK(grid.hsi == Rectangle{1, 2, 4, 3});
  CHECK(grid.msi == Rectangle{0, 0, 40, 30});
  Cube cut_hsi = hsi, cut_msi = msi;
  CHECK(bring_together(grid, cut_hsi, cut_msi) ==
        "MSI not resampled (3), ratio 10, rows 1-4, cols 2-4 of the HSI and rows 0-39, cols 0-29 of the MSI");
  const Cube expected_hsi = crop(hsi, grid.hsi), expected_msi = crop(msi, grid.msi);
  CHECK(std::equal(cut_hsi.values.data(), cut_hsi.values.data() + cut_hsi.values.size(), expected_hsi.values.data()));
  CHECK(std::equal(cut_msi.values.data(), cut_msi.values.data() + cut_msi.values.size(), expected_msi.values.data()));
  CHECK(numbers_of(cut_hsi, kGeotransformAttribute) == numbers_of(expected_hsi, kGeotransformAttribute));

  // An MSI that needs no cut still cuts the HSI.
  Cube around = hsi, inner = placed(40, 30, 2, {130, 260}, 3);
  CHECK(contains(bring_together(common_grid(grid_place(around), grid_place(inner), "x"), around, inner),
                 "rows 0-39, cols 0-29 of the MSI"));
  CHECK(around.rows() == 4);

  // Nothing to do at all, nothing to say. A geotransform that was rounded is no reason to resample.
  Cube whole = placed(60, 80, 2, {100 + 1e-4, 200 - 1e-4}, 3), same = hsi;
  const Tensor before = whole.values;
  CHECK(bring_together(common_grid(grid_place(hsi), grid_place(whole), "x"), same, whole).empty());
  CHECK(whole.values.data() == before.data());
  // An offset of more than a thousandth of a pixel is one.
  CHECK(common_grid(grid_place(hsi), grid_place(placed(70, 90, 2, {91, 182}, 3)), "x").meets());
  const auto beside = [&](const Cube& other) { return common_grid(grid_place(hsi), grid_place(other), "x").beside; };
  CHECK(beside(placed(70, 90, 2, {91, 182}, 3)) == std::array<double, 2>{});
  const auto [down, right] = beside(placed(70, 90, 2, {91.01, 182}, 3));
  CHECK(std::abs(down) + std::abs(right) == doctest::Approx(0.01 / 3));
  CHECK_FALSE(common_grid(grid_place(hsi), grid_place(placed(70, 90, 2, {91, 182}, 3.001)), "x").meets());
}

TEST_CASE("common grid: the part and the ratio follow from what the MSI covers") {
  const Cube hsi = placed(80, 60, 1, {0, 0}, 30);
  // As HyMap at 3.6 m lies on EnMAP: 1.2 m above and 2.4 m to the left, a row and a column short.
  const CommonGrid grid = common_grid(grid_place(hsi), grid_place(placed(660, 494, 1, {-1.2, -2.4}, 3.6)), "x");
  CHECK(grid.ratio == 8);
  CHECK(grid.hsi == Rectangle{0, 0, 79, 59});
  CHECK(grid.fine.rows == 632);
  CHECK(grid.fine.cols == 472);
  CHECK(grid.fine.begin[0] == doctest::Approx(1.2 / 3.6));
  CHECK(grid.fine.begin[1] == doctest::Approx(2.4 / 3.6));
  CHECK(grid.fine.size[0] == doctest::Approx(3.75 / 3.6));
  // An MSI in the middle, and an HSI in the middle.
  CHECK(common_grid(grid_place(hsi), grid_place(placed(40, 40, 1, {95, 65}, 10)), "x").hsi == Rectangle{4, 3, 12, 12});
  CHECK(common_grid(grid_place(hsi), grid_place(placed(400, 400, 1, {-95, -65}, 10)), "x").hsi ==
        Rectangle{0, 0, 80, 60});
  // Two pixels nearly as wide are of ratio 2 as long as an HSI pixel is nearer to two.
  CHECK(common_grid(grid_place(hsi), grid_place(placed(140, 120, 1, {0, 0}, 19.9)), "x").ratio == 2);
  CHECK(common_grid(grid_place(hsi), grid_place(placed(140, 120, 1, {0, 0}, 12.1)), "x").ratio == 2);
}

TEST_CASE("common grid: what lies nowhere, turned, mirrored, elsewhere or too coarse is refused") {
  const Cube hsi = placed(8, 8, 1, {0, 0}, 30), msi = placed(80, 80, 1, {1, 1}, 3);
  const auto changed = [](Cube image, std::size_t number, double value) {
    std::vector<double> at = numbers_of(image, kGeotransformAttribute);
    at[number] = value;
    image.attributes[kGeotransformAttribute] = at;
    return image;
  };
  Cube nowhere = msi;
  nowhere.attributes.clear();
  CHECK(refusal(hsi, nowhere) == "x: expected the six numbers of a geotransform of the MSI, got 0");
  CHECK(refusal(nowhere, msi) == "x: expected the six numbers of a geotransform of the HSI, got 0");
  CHECK(contains(refusal(hsi, changed(msi, 2, 0.5)),
                 "expected the MSI to lie along the axes of its projection, got a "
                 "geotransform turned by 0.5 and 0; gdalwarp"));
  CHECK(contains(refusal(changed(hsi, 4, 1), msi), "expected the HSI to lie along the axes"));
  CHECK(contains(refusal(hsi, changed(msi, 5, 3)), "expected rows and columns of HSI and MSI to go the same way"));
  CHECK(contains(refusal(hsi, changed(msi, 1, 0)), "expected a geotransform of the MSI with pixels of some size"));
  CHECK(contains(refusal(hsi, changed(msi, 0, 5000)), "expected images of one place, got no HSI pixel that the MSI"));
  CHECK(contains(refusal(hsi, placed(9, 9, 1, {1, 1}, 3)), "expected images of one place"));  // a part of a pixel
  CHECK(contains(refusal(hsi, placed(20, 20, 1, {0, 0}, 21)), "got 1.42857 down and 1.42857 to the right"));
  CHECK(
      contains(refusal(hsi, changed(msi, 1, 6)), "nearest to one whole number on both axes, got 10 down and 5 to the"));
  CHECK(contains(refusal(hsi, placed(900, 900, 1, {0, 0}, 0.4)), "expected HSI pixels of 1.5 to 64 MSI pixels"));
}

TEST_CASE("resampling: polynomials up to the fourth degree keep their means over any pixels") {
  // The mean of x^n over [a, b].
  const auto mean = [](int n, double a, double b) {
    return (std::pow(b, n + 1) - std::pow(a, n + 1)) / ((n + 1) * (b - a));
  };
  const double at = 0.05;  // so that powers stay near 1
  Cube image(24, 20, 5);
  for (Index row = 0; row < 24; ++row) {
    for (Index col = 0; col < 20; ++col) {
      for (int n = 0; n < 5; ++n)
        image.pixel(row, col)[n] = static_cast<float>(mean(n, at * double(row), at * double(row + 1)) +
                                                      2 * mean(n, at * double(col), at * double(col + 1)));
    }
  }
  for (const double size : {0.77, 1.0, 1.23}) {
    const Cube fine = resample(image, {{4.3, 5.6}, {size, size}, 8, 6});
    REQUIRE(fine.values.shape() == Shape{8, 6, 5});
    for (Index row = 0; row < 8; ++row) {
      for (Index col = 0; col < 6; ++col) {
        const double down = at * (4.3 + double(row) * size), right = at * (5.6 + double(col) * size);
        for (int n = 0; n < 5; ++n) {
          CHECK(fine.pixel(row, col)[n] ==
                doctest::Approx(mean(n, down, down + at * size) + 2 * mean(n, right, right + at * size)).epsilon(1e-6));
        }
      }
    }
  }
}

TEST_CASE("resampling: pixels of two by two are their mean, and a part of a large image is that of the whole") {
  const Cube image = placed(40, 44, 2, {0, 0}, 1);
  const Cube halved = resample(image, {{2, 4}, {2, 2}, 5, 6});
  for (Index row = 0; row < 5; ++row) {
    for (Index col = 0; col < 6; ++col) {
      const Index r = 2 + 2 * row, c = 4 + 2 * col;
      CHECK(halved.pixel(row, col)[1] == doctest::Approx((image.pixel(r, c)[1] + image.pixel(r + 1, c)[1] +
                                                          image.pixel(r, c + 1)[1] + image.pixel(r + 1, c + 1)[1]) /
                                                         4)
                                             .epsilon(1e-5));
    }
  }
  const FineGrid all{{0.3, 0.4}, {0.9, 1.1}, 40, 38}, some{{0.3 + 20 * 0.9, 0.4 + 10 * 1.1}, {0.9, 1.1}, 3, 2};
  const Cube of_all = crop(resample(image, all), {20, 10, 3, 2}), of_some = resample(image, some);
  for (Index i = 0; i < of_some.values.size(); ++i) CHECK(of_some.values[i] == doctest::Approx(of_all.values[i]));
}

TEST_CASE("resampling: what is made from a pixel without data has none, and nothing that stood there is in it") {
  Cube image = placed(30, 26, 1, {0, 0}, 1);
  const FineGrid grid{{3.4, 3}, {1, 1}, 20, 20};  // only rows lie between
  const Cube full = resample(image, grid);
  CHECK(full.valid.empty());
  image.valid.assign(30 * 26, 1);
  image.valid[15 * 26 + 12] = 0;
  fill_from_around(image);
  const Cube with_gap = resample(image, grid);
  for (Index row = 0; row < 20; ++row) {
    for (Index col = 0; col < 20; ++col) {
      // Fine row r covers image rows r + 3.4 to r + 4.4, the edges beside which reach from r + 1 to r + 6.
      const bool valid = col != 9 || row + 6 < 15 || row + 1 > 15;
      CHECK(with_gap.is_valid(row * 20 + col) == valid);
      if (valid) CHECK(with_gap.pixel(row, col)[0] == full.pixel(row, col)[0]);
    }
  }
  // Also where there are fewer columns than rows.
  const FineGrid narrow{{3.4, 10}, {1, 1}, 20, 4};
  image.valid.assign(30 * 26, 1);
  image.valid[20 * 26 + 12] = 0;
  const Cube few = resample(image, narrow);
  for (Index row = 0; row < 20; ++row) CHECK(few.is_valid(row * 4 + 2) == (row + 6 < 20 || row + 1 > 20));
  // A gap that nothing is made from leaves no mark.
  image.valid.assign(30 * 26, 1);
  image.valid[0] = 0;
  CHECK(resample(image, grid).valid.empty());
}
