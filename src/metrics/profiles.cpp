#include "specfuse/metrics/profiles.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "metrics/profile_metrics.h"
#include "specfuse/core/error.h"

namespace specfuse {
namespace {

double plain_decibels(double peak, double squared_error) { return 10 * std::log10(peak * peak / squared_error); }

/// No band is left out.
template <class Value>
double mean_of_all(const Totals& totals, Value value) {
  double total = 0;
  for (const BandStatistics& band : totals.bands) total += value(band);
  return total / static_cast<double>(totals.bands.size());
}

double psnr_of_bands(const Totals& totals, const Sums&, LeftOut&) {
  return mean_of_all(totals, [](const BandStatistics& band) { return plain_decibels(band.most, band.squared_error); });
}
double psnr_by_most(const Totals& totals, const Sums&, LeftOut&) {
  return plain_decibels(most(totals), mean_squared_error(totals));
}
double psnr_by_span(const Totals& totals, const Sums&, LeftOut&) {
  const auto less = [](const BandStatistics& a, const BandStatistics& b) { return a.least < b.least; };
  const double least = std::min_element(totals.bands.begin(), totals.bands.end(), less)->least;
  return plain_decibels(most(totals) - least, mean_squared_error(totals));
}

double sam_of_all_deg(const Totals& totals, const Sums& sums, LeftOut&) {
  const bool all = static_cast<Index>(sums[1]) == totals.pixels;
  return all ? sums[0] / sums[1] : std::numeric_limits<double>::quiet_NaN();
}
double sam_of_all_rad(const Totals& totals, const Sums& sums, LeftOut& left_out) {
  return sam_of_all_deg(totals, sums, left_out) * std::numbers::pi / 180;
}

/// sqrt(mean over b of MSE_b / mean_b^2), with the means of one of the images.
double relative_error(const Totals& totals, double BandStatistics::*mean = &BandStatistics::mean) {
  return std::sqrt(
      mean_of_all(totals, [mean](const BandStatistics& b) { return b.squared_error / (b.*mean * b.*mean); }));
}
double ergas_by_four(const Totals& totals, const Sums&, LeftOut&) { return 100.0 / 4 * relative_error(totals); }
double ergas_multiplied(const Totals& totals, const Sums&, LeftOut&) {
  return 100 * static_cast<double>(totals.ratio) * relative_error(totals);
}
double ergas_by_fused(const Totals& totals, const Sums&, LeftOut&) {
  return 100 / static_cast<double>(totals.ratio) * relative_error(totals, &BandStatistics::fused_mean);
}

template <class Number>
Number rounded(Number value) {
  return std::round(std::clamp(value, Number{0}, Number{65535}));
}
Totals of_integers(Totals totals) {
  for (BandStatistics& band : totals.bands) {
    band.least = rounded(band.least);
    band.most = rounded(band.most);
  }
  return totals;
}
Cube integers(Cube cube) {
  cube.values = cube.values.clone();
  for (Index i = 0; i < cube.values.size(); ++i) cube.values[i] = rounded(cube.values[i]);
  return cube;
}
Sums q2n_sums_of_integers(const Part& part) {
  return metric_of("q2n").sums(
      {integers(part.reference), integers(part.fused), of_integers(part.totals), part.rows, part.cols});
}
double q2n_of_integers(const Totals& totals, const Sums& sums, LeftOut& left_out) {
  return metric_of("q2n").value(of_integers(totals), sums, left_out);
}

/// A metric of ours with the convention of a toolbox: another value of the same sums.
Metric with(const char* key, decltype(Metric::value) value, const std::string& definition) {
  Metric metric = metric_of(key);
  metric.info.definition = definition;
  metric.value = value;
  return metric;
}
Metric in_radians(Metric metric) {
  metric.info.key = "sam_rad";
  metric.info.unit = "rad";
  return metric;
}

struct Profile {
  std::string name, source;
  std::vector<Metric> metrics;
};

std::vector<Profile> make_profiles() {
  Metric q2n = with("q2n", q2n_of_integers, "as ours, of both images rounded to integers from 0 to 65535");
  q2n.sums = q2n_sums_of_integers;
  std::vector<Metric> sewar = sewar_metrics();
  sewar.insert(sewar.begin(), with("psnr_db", psnr_by_most,
                                   "10 log10(MAX^2 / MSE) over all values; MAX = max(x), which its user has to give "
                                   "for real numbers"));
  std::vector<Profile> profiles{
      {"matlab_hsms",
       "the Matlab toolbox of Yokoya, Grohnfeldt and Chanussot 2017",
       {with("psnr_db", psnr_of_bands, "mean over b of 10 log10(max(x_b)^2 / MSE_b)"),
        with("sam_deg", metric_of("sam_deg").value, "mean angle over pixels where neither norm is zero"),
        with("ergas", ergas_by_fused,
             "100 / r * sqrt(mean over b of MSE_b / mean(y_b)^2): by the means of the fused image, which it is handed "
             "first"),
        q2n}},
      {"sewar", "the Python package, full_ref.py", sewar},
      {"torchmetrics",
       "its functional interface, ERGAS as up to release 1.4",
       {with("psnr_db", psnr_by_span, "10 log10((max(x) - min(x))^2 / MSE) over all values"),
        in_radians(with("sam_deg", sam_of_all_rad, "mean angle over all pixels")),
        with("ergas", ergas_multiplied, "100 r sqrt(mean over b of MSE_b / mean(x_b)^2): r multiplies")}},
      {"ssrnet",
       "metrics.py of the code of Zhang et al. 2021",
       {with("psnr_db", psnr_by_most, "10 log10(max(x)^2 / MSE) over all values"),
        with("rmse", metric_of("rmse").value, "root of MSE over all values"),
        with("sam_deg", sam_of_all_deg, "mean angle over all pixels"),
        with("ergas", ergas_by_four, "100 / 4 * sqrt(mean over b of MSE_b / mean(x_b)^2), whatever r is")}}};
  for (Profile& profile : profiles) {
    for (Metric& metric : profile.metrics) metric.info.source = profile.source;
  }
  return profiles;
}

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> list = make_profiles();
  return list;
}

}  // namespace

std::vector<std::string> metric_profiles() {
  std::vector<std::string> names;
  for (const Profile& profile : profiles()) names.push_back(profile.name);
  return names;
}

const std::vector<Metric>& metrics_of(const std::string& profile) {
  for (const Profile& candidate : profiles()) {
    if (candidate.name == profile) return candidate.metrics;
  }
  throw Error(concat("metrics: expected one of ", joined(metric_profiles()), ", got ", profile));
}

std::vector<MetricInfo> profile_metrics(const std::string& profile) {
  std::vector<MetricInfo> list;
  for (const Metric& metric : metrics_of(profile)) list.push_back(metric.info);
  return list;
}

}  // namespace specfuse
