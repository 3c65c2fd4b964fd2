#include "run/scene_doubts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/no_data.h"
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

}  // namespace

std::string doubt_of_axes(const Cube& cube) {
  // On real scenes the share along spectra is 0.27 to 0.96, and 2.6 to 1000 times that of other axes.
  constexpr double kLeast = 0.2, kTimes = 2;
  if (cube.bands() == 1) return {};  // a picture
  const auto [rows, cols, bands] = common_steps(cube.values);
  if (std::max(rows, cols) < kLeast || std::max(rows, cols) <= kTimes * bands) return {};
  return concat("the scene is taken as ", cube.size_text(), " (rows, columns, bands), but it changes along its ",
                rows > cols ? "rows" : "columns", " as spectra do: is data.axes ",
                rows > cols ? "brc or bcr" : "rbc or cbr", "?");
}

std::string doubt_of_response(const Pair& pair) {
  // Calibrations of two instruments differ by less.
  constexpr double kTimes = 2;
  if (!pair.degradation.srf.defined()) return {};
  const std::vector<double> seen = band_means(degrade_spectrally(pair.hsi, pair.degradation.srf));
  const std::vector<double> measured = band_means(pair.msi);
  std::size_t worst = 0;
  double most = 0;
  for (std::size_t band = 0; band < seen.size(); ++band) {
    if (seen[band] <= 0 || measured[band] <= 0) continue;
    const double times = std::abs(std::log(seen[band] / measured[band]));
    if (times <= most) continue;
    most = times;
    worst = band;
  }
  if (most <= std::log(kTimes)) return {};
  return concat("the response makes of the HSI a mean of ", number_text(seen[worst]), " in band ", worst + 1,
                " of the MSI, which has ", number_text(measured[worst]),
                ": do the weights of its bands sum to one, and are both images in the same units? "
                "degrade.estimate with srf and gain does without either");
}

std::vector<std::string> scene_doubts(const ExperimentConfig& config, const Scene& scene) {
  std::vector<std::string> doubts;
  const std::string& sensor = config.degrade.srf.sensor;
  const Cube& spectra = scene.measured ? scene.measured->hsi : *scene.reference;
  if (!sensor.empty() && spectra.wavelength_nm.empty()) {
    doubts.push_back(concat("the scene has no wavelengths: the bands of ", sensor,
                            " are taken at fixed fractions of its band count, not at the sensor's edges; "
                            "data.wavelength_nm can supply them"));
  }
  if (config.data.nodata && spectra.valid.empty() && (!scene.measured || scene.measured->msi.valid.empty())) {
    doubts.push_back("data.nodata is given, but no pixel is without data");
  }
  const Index zeros = config.data.nodata ? 0 : pixels_of(spectra, 0);
  if (100 * zeros >= spectra.pixels()) {
    doubts.push_back(concat(zeros, " of ", spectra.pixels(),
                            " pixels are 0 in all bands: if nothing was measured there, "
                            "data.nodata.value=0 says so"));
  }
  const std::string axes = config.data.synthetic ? "" : doubt_of_axes(spectra);
  if (!axes.empty()) doubts.push_back(axes);
  const std::string response =
      scene.measured && !scene.estimate.srf ? doubt_of_response(*scene.measured) : std::string();
  if (!response.empty()) doubts.push_back(response);
  return doubts;
}

}  // namespace specfuse
