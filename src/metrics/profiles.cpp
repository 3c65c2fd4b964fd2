#include "specfuse/metrics/profiles.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "metrics/metric.h"
#include "metrics/sewar.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/sums.h"

namespace specfuse {
namespace {

/// The same without a check for a peak of zero.
double plain_decibels(double peak, double squared_error) { return 10 * std::log10(peak * peak / squared_error); }

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
  return mean_of_bands(images,
                       [](const BandStatistics& band) { return plain_decibels(band.most, band.squared_error); });
}
double global_psnr(const Comparison& images) { return plain_decibels(most(images), mean_squared_error(images)); }
double span_psnr(const Comparison& images) {
  return plain_decibels(most(images) - least(images), mean_squared_error(images));
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
  return metric_of("sam_deg").value(images, ignored);
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
  return metric_of("q2n").value({x, y, images.ratio, band_statistics(x, y)}, ignored);
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

MetricInfo higher(const char* key, const char* unit, const char* definition, const char* source) {
  return {key, unit, true, definition, source};
}
MetricInfo lower(const char* key, const char* unit, const char* definition, const char* source) {
  return {key, unit, false, definition, source};
}
MetricInfo of_windows(MetricInfo info) {
  info.windows = true;
  return info;
}

Profile matlab_hsms() {
  const char* const source = "the Matlab toolbox of Yokoya, Grohnfeldt and Chanussot 2017";
  return {"matlab_hsms",
          {{higher("psnr_db", "dB", "mean over b of 10 log10(max(x_b)^2 / MSE_b)", source), band_psnr},
           {lower("sam_deg", "deg", "mean angle over pixels where neither norm is zero", source), sam_of_defined_deg},
           {lower("ergas", "",
                  "100 / r * sqrt(mean over b of MSE_b / mean(y_b)^2): by the means of the fused image, which it is "
                  "handed first",
                  source),
            ergas_by_fused},
           {of_windows(higher("q2n", "", "as ours, of both images rounded to integers from 0 to 65535", source)),
            q2n_of_integers}}};
}

Profile sewar() {
  const char* const source = "the Python package, full_ref.py";
  return {
      "sewar",
      {{higher("psnr_db", "dB",
               "10 log10(MAX^2 / MSE) over all values; MAX = max(x), which its user has to give for real numbers",
               source),
        global_psnr},
       {lower("sam_rad", "rad", "mean over b of the angle between the images x_b and y_b as vectors of pixels", source),
        sewar_sam_rad},
       {of_windows(lower(
            "ergas", "",
            "mean over 8 x 8 windows of 100 r sqrt(sum over b of MSE_b / (mean(x_b) / 64)^2), within the window: r "
            "multiplies, and bands are not averaged; stride 1, without the last window along each axis",
            source)),
        sewar_ergas},
       {of_windows(higher(
            "uqi", "",
            "mean over b and 8 x 8 windows of 4 (64 E[xy] - E[x]E[y]) E[x]E[y] / ((64 (E[x^2] + E[y^2]) - E[x]^2 - "
            "E[y]^2) (E[x]^2 + E[y]^2)): means stand where sums were meant; windows as for ergas",
            source)),
        sewar_uqi}}};
}

Profile torchmetrics() {
  const char* const source = "its functional interface, ERGAS as up to release 1.4";
  return {
      "torchmetrics",
      {{higher("psnr_db", "dB", "10 log10((max(x) - min(x))^2 / MSE) over all values", source), span_psnr},
       {lower("sam_rad", "rad", "mean angle over all pixels", source), sam_of_all_rad},
       {lower("ergas", "", "100 r sqrt(mean over b of MSE_b / mean(x_b)^2): r multiplies", source), ergas_multiplied}}};
}

Profile ssrnet() {
  const char* const source = "metrics.py of the code of Zhang et al. 2021";
  return {"ssrnet",
          {{higher("psnr_db", "dB", "10 log10(max(x)^2 / MSE) over all values", source), global_psnr},
           {lower("rmse", "", "root of MSE over all values", source), plain_rmse},
           {lower("sam_deg", "deg", "mean angle over all pixels", source), sam_of_all_deg},
           {lower("ergas", "", "100 / 4 * sqrt(mean over b of MSE_b / mean(x_b)^2), whatever r is", source),
            ergas_by_four}}};
}

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> list{matlab_hsms(), sewar(), torchmetrics(), ssrnet()};
  return list;
}

const Profile& profile_of(const std::string& name) {
  for (const Profile& profile : profiles()) {
    if (profile.name == name) return profile;
  }
  std::string known;
  for (const Profile& profile : profiles()) known.append(known.empty() ? "" : ", ").append(profile.name);
  throw Error(concat("evaluate_profile: expected one of ", known, ", got ", name));
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
  return profile_scores_of(profile, ValidImages(reference, fused, ratio));
}

Scores profile_scores_of(const std::string& profile, const ValidImages& images) {
  Scores scores;
  for (const Measure& measure : profile_of(profile).measures) {
    scores.values.push_back({measure.info.key, measure.value(images.seen_by(measure.info))});
  }
  return scores;
}

}  // namespace specfuse
