#include "specfuse/run/known_sensors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "run/measured_pair.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/estimate/registration.h"
#include "specfuse/imaging/orientation.h"
#include "specfuse/imaging/shift.h"

namespace specfuse {
namespace {

bool demands(const EstimateOptions& options) {
  return options.srf == Trust::found || options.psf == Trust::found || options.gain == Trust::found ||
         options.shift == Trust::found;
}

/// Window of the interpolation where the shift varies.
constexpr Index kVaryingReach = 64;

/// An image moved down and to the right, by as much in each pixel or as a field says.
class MovedImage : public Image {
 public:
  MovedImage(ImagePtr image, const std::array<double, 2>& shift, const std::optional<ShiftField>& field,
             Boundary boundary)
      : image_(std::move(image)), shift_(shift), field_(field), boundary_(boundary) {}
  Index rows() const override { return image_->rows(); }
  Index cols() const override { return image_->cols(); }
  Index bands() const override { return image_->bands(); }
  Cube read(const Rectangle& part) const override {
    const Index reach = shift_reach(shift_) + (field_ ? field_reach(*field_) : 0);
    const Rectangle seen = with_margin(part, reach, rows(), cols());
    const Cube image = image_->read(seen);
    const Cube moved =
        field_ ? shift_image(image, onto_msi(*field_, shift_, {seen.row, seen.col}), boundary_, kVaryingReach)
               : shift_image(image, {-shift_[0], -shift_[1]}, boundary_);
    return seen == part ? moved : crop(moved, {part.row - seen.row, part.col - seen.col, part.rows, part.cols});
  }

 private:
  ImagePtr image_;
  std::array<double, 2> shift_;
  std::optional<ShiftField> field_;
  Boundary boundary_;
};

}  // namespace

Index KnownSensors::halo(const Degradation& told) const {
  const Index of_estimate = estimate ? estimate_halo(*estimate, told) : 0;
  return of_estimate + (harmony ? harmony_halo(estimate ? as_estimated(told, *estimate) : told) : 0);
}

Pair KnownSensors::apply(const Pair& told, const std::array<Index, 2>& begin) const {
  Pair pair = estimate ? with_estimate(told, *estimate, begin) : told;
  if (harmony) harmonise(*harmony, pair);
  return pair;
}

void KnownSensors::widen_sigma(const Pair& applied, FusedCube& fusion) const {
  if (fusion.sigma && harmony) specfuse::widen_sigma(*harmony, applied.disagreement, fusion.fused, *fusion.sigma);
}

void KnownSensors::register_reference(const Cube& reference, const Pair& applied, const std::array<Index, 2>& begin) {
  // Both fits are of the same shift; one that is this far off found another.
  constexpr double kFar = 0.25;
  if (!estimate || !(estimate->shift || estimate->field)) return;
  const std::array<double, 2> shift = estimate->shift.value_or(std::array<double, 2>{});
  reference_shift = {-shift[0], -shift[1]};
  const Degradation& degradation = applied.degradation;
  if (!degradation.srf.defined()) return;
  Cube seen = degrade_spectrally(reference, degradation.srf);
  if (estimate->field) {
    const std::array<Index, 2> fine{begin[0] * degradation.ratio, begin[1] * degradation.ratio};
    seen = shift_image(seen, onto_msi(*estimate->field, {}, fine), degradation.boundary, kVaryingReach);
  }
  const std::array<double, 2> fine = register_images(applied.msi, seen, reference_shift, degradation.boundary);
  const double off = std::hypot(fine[0] - reference_shift[0], fine[1] - reference_shift[1]);
  if (off < kFar) reference_shift = fine;
}

ImagePtr KnownSensors::on_msi(const ImagePtr& reference, Boundary boundary) const {
  const std::optional<ShiftField> field = estimate ? estimate->field : std::nullopt;
  if (reference_shift == std::array<double, 2>{} && !field) return reference;
  return std::make_shared<MovedImage>(reference, reference_shift, field, boundary);
}

KnownSensors look_at_sensors(const PairParts& pair, const EstimateOptions& options, bool harmonise) {
  const ProgressTitle title("looking at the sensors");
  KnownSensors known;
  if (options.any()) {
    try {
      known.estimate = estimate_degradation(pair, options);
      known.warnings = known.estimate->warnings;
      known.unrelated = known.estimate->unrelated;
    } catch (const Interrupted&) {
      throw;
    } catch (const UnrelatedImages&) {
      if (demands(options)) throw;
      known.unrelated = true;
    } catch (const Error& problem) {
      if (demands(options)) throw;
      known.warnings.push_back(
          concat("what is assumed of the sensors could not be tested against the pair and is taken as "
                 "it is: ",
                 problem.what()));
    }
  }
  if (known.unrelated) known.warnings.push_back(kUnrelated);
  if (!harmonise) return known;
  const SensedPair estimated({std::shared_ptr<const void>(), &pair}, known);  // which it does not own
  if (!estimated.degradation().srf.defined()) {
    known.warnings.push_back("the MSI is not harmonised with the HSI, as its response is not known");
    return known;
  }
  try {
    known.harmony = harmony_of(estimated);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& problem) {
    known.warnings.push_back(concat("the MSI is not harmonised with the HSI: ", problem.what()));
  }
  return known;
}

std::string bands_beyond(const Pair& pair) {
  constexpr float kSeen = 0.05f;  // of the peak of a response
  const Tensor& srf = pair.degradation.srf;
  const std::vector<double>& nm = pair.hsi.wavelength_nm;
  if (!srf.defined() || nm.empty()) return {};
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (Index row = 0; row < srf.dim(0); ++row) {
    const float* const weights = srf.data() + row * srf.dim(1);
    const float peak = *std::max_element(weights, weights + srf.dim(1));
    for (std::size_t b = 0; b < nm.size(); ++b) {
      if (weights[b] < kSeen * peak) continue;
      low = std::min(low, nm[b]);
      high = std::max(high, nm[b]);
    }
  }
  const auto beyond = std::count_if(nm.begin(), nm.end(), [&](double band) { return band < low || band > high; });
  return beyond == 0 ? ""
                     : concat(beyond, " of ", std::ssize(nm), " bands, outside of ", std::lround(low), " to ",
                              std::lround(high), " nm");
}

void check_orientation(const Pair& pair, const std::string& given) {
  const BetterOrientation better = better_orientation(pair);
  if (better.name.empty()) return;
  const std::string name = combined(given, better.name);
  throw ConfigError(concat("data: ", better.text,
                           name.empty() ? "; without `data.orientation` it lies right"
                                        : concat("; --set data.orientation=", name, " turns it back")));
}

}  // namespace specfuse
