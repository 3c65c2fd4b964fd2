#include "specfuse/metrics/profiles.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "metrics/comparison.h"
#include "metrics/sewar.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/sums.h"

namespace specfuse {
namespace {

double decibels(double peak, double squared_error) { return 10 * std::log10(peak * peak / squared_error); }

/// The extremes of the whole reference.
double most(const Comparison& images) {
  const auto less = [](const BandStatistics& a, const BandStatistics& b) { return a.most < b.most; };
  return std::max_element(images.bands.begin(), images.bands.end(), less)->most;
}
double least(const Comparison& images) {
  const auto less = [](const BandStatistics& a, const BandStatistics& b) { return a.least < b.least; };
  return std::min_element(images.bands.begin(), images.bands.end(), less)->least;
}

template <class Value>
double mean_of_bands(const Comparison& images, Value value) {
  double total = 0;
  for (const BandStatistics& band : images.bands) total += value(band);
  return total / static_cast<double>(images.bands.size());
}

double band_psnr(const Comparison& images) {
  return mean_of_bands(images, [](const BandStatistics& band) { return decibels(band.most, band.squared_error); });
}
double global_psnr(const Comparison& images) { return decibels(most(images), mean_squared_error(images)); }
double span_psnr(const Comparison& images) {
  return decibels(most(images) - least(images), mean_squared_error(images));
}

/// NaN where a spectrum has norm zero.
double sam_of_all_deg(const Comparison& images) {
  const Cube& x = images.reference;
  const auto total = sum_over_rows(x.rows(), 1, [&](Index row, double* sum) {
    for (Index col = 0; col < x.cols(); ++col) {
      sum[0] += angle_deg(x.pixel(row, col), images.fused.pixel(row, col), x.bands());
    }
  });
  return total[0] / static_cast<double>(x.pixels());
}
double sam_of_all_rad(const Comparison& images) { return sam_of_all_deg(images) * std::numbers::pi / 180; }
double sam_of_defined_deg(const Comparison& images) {
  LeftOut ignored;
  return sam_deg(images, ignored);
}

/// sqrt(mean over b of MSE_b / mean(x_b)^2)
double relative_error(const Comparison& images) {
  return std::sqrt(
      mean_of_bands(images, [](const BandStatistics& band) { return band.squared_error / (band.mean * band.mean); }));
}
double ergas_by_four(const Comparison& images) { return 100.0 / 4 * relative_error(images); }
double ergas_multiplied(const Comparison& images) {
  return 100 * static_cast<double>(images.ratio) * relative_error(images);
}
double ergas_by_fused(const Comparison& images) {
  const Comparison turned{images.fused, images.reference, images.ratio,
                          band_statistics(images.fused, images.reference)};
  return 100 / static_cast<double>(images.ratio) * relative_error(turned);
}

Cube integers(const Cube& cube) {
  Cube result(cube.rows(), cube.cols(), cube.bands());
  for (Index i = 0; i < cube.values.size(); ++i) {
    result.values[i] = std::round(std::clamp(cube.values[i], 0.0f, 65535.0f));
  }
  return result;
}
double q2n_of_integers(const Comparison& images) {
  const Cube x = integers(images.reference), y = integers(images.fused);
  LeftOut ignored;
  return q2n({x, y, images.ratio, band_statistics(x, y)}, ignored);
}

double plain_rmse(const Comparison& images) { return std::sqrt(mean_squared_error(images)); }

struct Measure {
  MetricInfo info;
  double (*value)(const Comparison&);
};
struct Profile {
  std::string name;
  std::vector<Measure> measures;
};

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> list{
      {"matlab_hsms",
       {{{"psnr_db", "dB", true}, band_psnr},
        {{"sam_deg", "deg", false}, sam_of_defined_deg},
        {{"ergas", "", false}, ergas_by_fused},
        {{"q2n", "", true}, q2n_of_integers}}},
      {"sewar",
       {{{"psnr_db", "dB", true}, global_psnr},
        {{"sam_rad", "rad", false}, sewar_sam_rad},
        {{"ergas", "", false}, sewar_ergas},
        {{"uqi", "", true}, sewar_uqi}}},
      {"torchmetrics",
       {{{"psnr_db", "dB", true}, span_psnr},
        {{"sam_rad", "rad", false}, sam_of_all_rad},
        {{"ergas", "", false}, ergas_multiplied}}},
      {"ssrnet",
       {{{"psnr_db", "dB", true}, global_psnr},
        {{"rmse", "", false}, plain_rmse},
        {{"sam_deg", "deg", false}, sam_of_all_deg},
        {{"ergas", "", false}, ergas_by_four}}},
  };
  return list;
}

const Profile& profile_of(const std::string& name) {
  for (const Profile& profile : profiles()) {
    if (profile.name == name) return profile;
  }
  throw Error(concat("evaluate_profile: expected one of matlab_hsms, sewar, torchmetrics and ssrnet, got ", name));
}

}  // namespace

std::vector<std::string> metric_profiles() {
  std::vector<std::string> names;
  for (const Profile& profile : profiles()) names.push_back(profile.name);
  return names;
}

std::vector<MetricInfo> profile_metrics(const std::string& profile) {
  std::vector<MetricInfo> list;
  for (const Measure& measure : profile_of(profile).measures) list.push_back(measure.info);
  return list;
}

Scores evaluate_profile(const std::string& profile, const Cube& reference, const Cube& fused, Index ratio) {
  const Profile& chosen = profile_of(profile);
  SPECFUSE_CHECK(ratio >= 1, "evaluate_profile: expected a ratio of at least 1, got ", ratio);
  check_comparable(reference, fused);
  const Comparison images{reference, fused, ratio, band_statistics(reference, fused)};
  Scores scores;
  for (const Measure& measure : chosen.measures) scores.values.push_back({measure.info.key, measure.value(images)});
  return scores;
}

}  // namespace specfuse
