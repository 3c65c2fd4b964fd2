#include "io/detector_jump.h"

#include <cmath>

#include "specfuse/core/error.h"

namespace specfuse {

DetectorJump::DetectorJump(const std::vector<ProductBand>& bands) : bands_(bands) {
  for (std::size_t at = 0; at < bands.size(); ++at) {
    if (bands[at].detector != 1 || !bands[at].good) continue;
    std::size_t below = at, above = at;
    while (below > 0 && (bands[below].detector != 0 || !bands[below].good)) --below;
    while (above + 1 < bands.size() && (bands[above].detector != 0 || !bands[above].good)) ++above;
    if (bands[below].detector == 0 && bands[above].detector == 0) compared_.push_back({at, {below, above}});
  }
}

void DetectorJump::add(const Cube& stored) {
  for (Index p = 0; p < stored.pixels(); ++p) {
    const float* const pixel = stored.values.data() + p * stored.bands();
    const auto value = [&](std::size_t at) { return double{pixel[at]} * bands_[at].scale + bands_[at].offset; };
    for (const auto& [band, between] : compared_) {
      const auto [below, above] = between;
      const double low = bands_[below].wavelength_nm, high = bands_[above].wavelength_nm;
      const double part = high > low ? (bands_[band].wavelength_nm - low) / (high - low) : 0;
      const double first = (1 - part) * value(below) + part * value(above), difference = value(band) - first;
      if (!std::isfinite(difference)) continue;
      differences_ += difference;
      squares_ += difference * difference;
      sum_ += first;
      ++count_;
    }
  }
}

std::string DetectorJump::text(const std::vector<std::string>& detectors) const {
  const auto whole = [](double number) { return std::lround(number); };
  std::string text =
      concat(detectors[0], " and ", detectors[1], " both see ", whole(bands_[compared_.front().band].wavelength_nm),
             " to ", whole(bands_[compared_.back().band].wavelength_nm), " nm");
  if (count_ == 0 || sum_ <= 0) return text;
  const auto tenths = [&](double part) { return static_cast<double>(whole(1000 * part)) / 10; };
  const double mean = differences_ / sum_,
               rms = std::sqrt(squares_ / static_cast<double>(count_)) / sum_ * static_cast<double>(count_);
  return concat(text, ", where ", detectors[1], " is ", tenths(std::abs(mean)), " % ", mean < 0 ? "darker" : "brighter",
                " than ", detectors[0], " (root mean square of the differences: ", tenths(rms),
                " % of the mean); the bands of both are kept, in the order of their wavelengths");
}

}  // namespace specfuse
