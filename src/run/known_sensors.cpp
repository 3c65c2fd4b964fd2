#include "specfuse/run/known_sensors.h"

#include <cmath>

#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/estimate/registration.h"
#include "specfuse/imaging/shift.h"

namespace specfuse {
namespace {

bool demands(const EstimateOptions& options) {
  return options.srf == Trust::found || options.psf == Trust::found || options.gain == Trust::found ||
         options.shift == Trust::found;
}

/// An image moved down and to the right.
class MovedImage : public Image {
 public:
  MovedImage(ImagePtr image, const std::array<double, 2>& shift, Boundary boundary)
      : image_(std::move(image)), shift_(shift), boundary_(boundary) {}
  Index rows() const override { return image_->rows(); }
  Index cols() const override { return image_->cols(); }
  Index bands() const override { return image_->bands(); }
  Cube read(const Rectangle& part) const override {
    const Rectangle seen = with_margin(part, shift_reach(shift_), rows(), cols());
    const Cube moved = shift_image(image_->read(seen), {-shift_[0], -shift_[1]}, boundary_);
    return seen == part ? moved : crop(moved, {part.row - seen.row, part.col - seen.col, part.rows, part.cols});
  }

 private:
  ImagePtr image_;
  std::array<double, 2> shift_;
  Boundary boundary_;
};

}  // namespace

Index KnownSensors::halo(const Degradation& told) const {
  return harmony ? harmony_halo(estimate ? as_estimated(told, *estimate) : told) : 0;
}

Pair KnownSensors::apply(const Pair& told) const {
  Pair pair = estimate ? with_estimate(told, *estimate) : told;
  if (harmony) harmonise(*harmony, pair);
  return pair;
}

void KnownSensors::widen(const Pair& applied, FusedWithSigma& fusion) const {
  if (fusion.sigma && harmony) widen_sigma(*harmony, applied.disagreement, fusion.fused, *fusion.sigma);
}

void KnownSensors::place(const Cube& reference, const Pair& applied) {
  // Both fits are of the same shift; one that is this far off found another.
  constexpr double kFar = 0.25;
  if (!estimate || !estimate->shift) return;
  reference_shift = {-(*estimate->shift)[0], -(*estimate->shift)[1]};
  const Degradation& degradation = applied.degradation;
  if (!degradation.srf.defined()) return;
  const Cube seen = degrade_spectrally(reference, degradation.srf);
  const std::array<double, 2> fine = register_images(applied.msi, seen, reference_shift, degradation.boundary);
  const double off = std::hypot(fine[0] - reference_shift[0], fine[1] - reference_shift[1]);
  if (off < kFar) reference_shift = fine;
}

ImagePtr KnownSensors::on_msi(const ImagePtr& reference, Boundary boundary) const {
  if (reference_shift == std::array<double, 2>{}) return reference;
  return std::make_shared<MovedImage>(reference, reference_shift, boundary);
}

KnownSensors look_at_sensors(const PairParts& pair, const EstimateOptions& options, bool harmonise) {
  const ProgressTitle title("looking at the sensors");
  KnownSensors known;
  if (options.any()) {
    try {
      known.estimate = estimate_degradation(pair, options);
      known.warnings = known.estimate->warnings;
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& problem) {
      if (demands(options)) throw;
      known.warnings.push_back(
          concat("what is told of the sensors could not be tested against the pair and is taken as "
                 "it is: ",
                 problem.what()));
    }
  }
  if (!harmonise) return known;
  const Estimate none;
  const EstimatedPair estimated(pair, known.estimate ? *known.estimate : none);
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

void check_orientation(const Pair& pair) {
  const std::string turned = better_orientation(pair);
  SPECFUSE_CHECK_AS(ConfigError, turned.empty(), "data: ", turned,
                    "; turn one of the files (data.msi.axes exchanges rows and columns)");
}

}  // namespace specfuse
