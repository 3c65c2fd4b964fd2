#include "run/scene_warnings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "run/data_images.h"
#include "specfuse/core/error.h"
#include "specfuse/core/quantile.h"
#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/outliers.h"
#include "specfuse/report/input_figures.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

/// How much of the squared steps between neighbours along each axis is a step that all of a plane take together: a
/// large part along spectra, which have a shape in common, and little across the ground.
std::array<double, 3> common_steps(const Tensor& values) {
  const std::array<Index, 3> extents{values.dim(0), values.dim(1), values.dim(2)};
  const std::array<Index, 3> strides{extents[1] * extents[2], extents[2], 1};
  std::array<double, 3> shares{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    std::vector<double> sums(static_cast<std::size_t>(extents[axis]));
    double squares = 0;
    for (Index i = 0; i < values.size(); ++i) {
      const Index place = i / strides[axis] % extents[axis];
      if (place + 1 == extents[axis]) continue;
      const double step = double{values[i + strides[axis]]} - values[i];
      sums[static_cast<std::size_t>(place)] += step;
      squares += step * step;
    }
    const double plane = static_cast<double>(values.size()) / static_cast<double>(extents[axis]);
    double common = 0;
    for (const double sum : sums) common += sum * sum / plane;
    shares[axis] = squares > 0 ? common / squares : 0;
  }
  return shares;
}

/// Where the response of a measured pair is from.
std::string response_source(const ExperimentConfig& config, const Scene& scene) {
  return config.degrade.estimate.srf == Trust::found ? "as estimated" : scene.estimate.srf_told;
}

bool any_in_both(const Cube& one, const Cube& other) {
  for (Index p = 0; p < one.pixels(); ++p) {
    if (one.is_valid(p) && other.is_valid(p)) return true;
  }
  return false;
}

/// The median of the sizes of all values.
double median_size(const Cube& cube) {
  std::vector<float> sizes(cube.values.data(), cube.values.data() + cube.values.size());
  for (float& size : sizes) size = std::abs(size);
  return double{median(std::move(sizes))};
}

/// Sum of squared differences between a band of one image and a band of another of the same pixels.
double distance(const Cube& one, Index band, const Cube& other, Index other_band) {
  double squares = 0;
  for (Index p = 0; p < one.pixels(); ++p) {
    const double off = double{one.values[p * one.bands() + band]} - other.values[p * other.bands() + other_band];
    squares += off * off;
  }
  return squares;
}

/// Of a pan or an RGB image; empty where the MSI has more bands, or sees as far as the HSI.
std::string warning_of_few_bands(const Pair& pair) {
  constexpr Index kFew = 3;
  const std::string beyond = pair.msi.bands() > kFew ? "" : bands_beyond(pair);
  if (beyond.empty()) return {};
  return concat("the MSI has ", pair.msi.bands() == 1 ? "one band" : concat(pair.msi.bands(), " bands"),
                ", and the fine detail of ", beyond,
                ", is extrapolated from that: it is right only where all bands change together on the ground");
}

/// The band of `measured` that a band of `seen` is like: its own, where no other is half as far away.
Index most_like(const Cube& seen, Index band, const Cube& measured) {
  constexpr double kCloser = 0.25;  // of a sum of squares
  Index best = band;
  double least = kCloser * distance(seen, band, measured, band);
  for (Index other = 0; other < measured.bands(); ++other) {
    const double off = distance(seen, band, measured, other);
    if (other == band || off >= least) continue;
    least = off;
    best = other;
  }
  return best;
}

}  // namespace

std::string warning_of_axes(const Cube& cube) {
  // On real scenes the share along spectra is 0.27 to 0.96, and 2.6 to 1000 times that of other axes.
  constexpr double kLeast = 0.2, kTimes = 2;
  if (cube.bands() == 1) return {};  // a picture
  const auto [rows, cols, bands] = common_steps(cube.values);
  if (std::max(rows, cols) < kLeast || std::max(rows, cols) <= kTimes * bands) return {};
  return concat("the scene is taken as ", cube.size_text(), " (rows, columns, bands), but it changes along its ",
                rows > cols ? "rows" : "columns", " as spectra do: is data.axes ",
                rows > cols ? "brc or bcr" : "rbc or cbr", "?");
}

std::string warning_of_response(const Pair& pair, const std::string& source) {
  // Calibrations of two instruments differ by less.
  constexpr double kTimes = 1.5;
  if (!pair.degradation.srf.defined()) return {};
  const Cube coarse = degrade_spatially(pair.msi, pair.degradation);
  if (!any_in_both(coarse, pair.hsi)) return {};
  const Cube seen = valid_pixels(degrade_spectrally(pair.hsi, pair.degradation.srf), coarse);
  const Cube measured = valid_pixels(coarse, pair.hsi);
  const std::string made = concat("the response (", source, ") makes of the HSI, in band ");
  double most = std::log(kTimes);
  std::string warning;
  for (Index band = 0; band < seen.bands(); ++band) {
    const double one = std::sqrt(mean_square(seen, band)), other = std::sqrt(mean_square(measured, band));
    if (one == 0 || other == 0 || std::abs(std::log(one / other)) <= most) continue;
    most = std::abs(std::log(one / other));
    warning =
        concat(made, band + 1, " of the MSI, what has a root mean square of ", number_text(one), " where the MSI has ",
               number_text(other), "; its rows sum to ", row_sums_text(pair.degradation.srf),
               ": do they have to sum to one, and are both images in the same units? degrade.estimate with gain "
               "auto does without either");
  }
  if (!warning.empty()) return warning;
  for (Index band = 0; band < seen.bands(); ++band) {
    const Index like = most_like(seen, band, measured);
    if (like == band) continue;
    return concat(made, band + 1, " of the MSI, what is like its band ", like + 1,
                  ": are the rows of the response in the order of the MSI's bands?");
  }
  return {};
}

void check_units(const Pair& pair, const std::string& source, bool unrelated) {
  constexpr double kTimes = 100;
  const Cube coarse = degrade_spatially(pair.msi, pair.degradation);
  if (!any_in_both(coarse, pair.hsi)) return;
  const Tensor& srf = pair.degradation.srf;
  const Cube hsi = srf.defined() ? degrade_spectrally(pair.hsi, srf) : pair.hsi;
  const double one = median_size(valid_pixels(hsi, coarse)), other = median_size(valid_pixels(coarse, hsi));
  if (one == 0 || other == 0 || std::max(one / other, other / one) <= kTimes) return;
  SPECFUSE_CHECK_AS(ConfigError, !unrelated, source, ": ", kUnrelated);
  throw ConfigError(concat("data: expected both images of ", source, " in the same units, got an HSI of ",
                           number_text(one), " where the MSI has ", number_text(other), " (medians",
                           srf.defined() ? ", under the response" : "",
                           "); degrade.estimate.gain finds the factor of each MSI band"));
}

std::vector<std::string> scene_warnings(const ExperimentConfig& config, const Scene& scene) {
  std::vector<std::string> warnings = scene.warnings;
  for (const std::vector<Scene>* const others : {&scene.train, &scene.validation}) {
    for (const Scene& other : *others) {
      for (const std::string& warning : other.warnings) {
        if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(warning);
      }
    }
  }
  const std::string& sensor = config.degrade.srf.sensor;
  const Cube& spectra = scene.measured ? scene.measured->hsi : *scene.reference;
  if (!sensor.empty() && spectra.wavelength_nm.empty()) {
    warnings.push_back(concat("the scene has no wavelengths: the bands of ", sensor,
                              " are taken at fixed fractions of its band count, not at the sensor's edges; "
                              "data.wavelength_nm can supply them"));
  }
  if (config.data.nodata && spectra.valid.empty() && spectra.notes.remaining.empty() &&
      (!scene.measured || scene.measured->msi.valid.empty())) {
    warnings.push_back("data.nodata is given, but no pixel is without data");
  }
  if (scene.measured) {
    for (const std::string& text : outlier_texts(scene.outliers)) warnings.push_back(concat("data: ", text));
  }
  const std::string axes = config.data.synthetic ? "" : warning_of_axes(spectra);
  if (!axes.empty()) warnings.push_back(axes);
  return warnings;
}

std::vector<std::string> task_warnings(const ExperimentConfig& config, const Scene& scene, const Task& task) {
  std::vector<std::string> warnings = task.sensors.warnings;
  if (task.pair_in_memory.disagreement.values.defined()) {
    for (std::string& text : changed_areas(task.pair_in_memory.disagreement, task.step))
      warnings.push_back(std::move(text));
  }
  if (scene.measured) check_units(task.pair_in_memory, source_of(config.data), task.sensors.unrelated);
  constexpr double kFew = 0.5;
  const std::vector<std::uint8_t> valid = valid_of_result(task.pair_in_memory);
  const double share = static_cast<double>(std::count(valid.begin(), valid.end(), std::uint8_t{1})) /
                       static_cast<double>(std::max<std::size_t>(valid.size(), 1));
  if (scene.measured && !valid.empty() && share < kFew)
    warnings.push_back(concat("only ", number_text(100 * share),
                              " % of the pixels hold data in both images: nothing is ",
                              "known of the others, and what is found of the sensors rests on these"));
  const std::string few = scene.measured && !task.sensors.unrelated ? warning_of_few_bands(task.pair_in_memory) : "";
  if (!few.empty()) warnings.push_back(few);
  const std::string warning = scene.measured && !task.sensors.unrelated
                                  ? warning_of_response(task.pair_in_memory, response_source(config, scene))
                                  : "";
  if (!warning.empty()) warnings.push_back(warning);
  return warnings;
}

}  // namespace specfuse
