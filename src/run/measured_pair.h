#pragma once

#include <memory>
#include <optional>

#include "specfuse/imaging/outliers.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/io/pair.h"
#include "specfuse/run/known_sensors.h"

namespace specfuse {

/// The images of a measured pair as a pair, part by part: with gaps that both share, and without outliers.
class MeasuredPair : public PairParts {
 public:
  MeasuredPair(ImagePtr hsi, ImagePtr msi, const Degradation& told);

  Index rows() const override { return hsi_->rows(); }
  Index cols() const override { return hsi_->cols(); }
  Index bands() const override { return hsi_->bands(); }
  Index msi_bands() const override { return msi_->bands(); }
  const Degradation& degradation() const override { return told_; }
  /// It does not follow the memory that there is, so that what is learned does not.
  Index side() const override;
  Pair read(const Rectangle& coarse) const override;

  /// Withholds these from now on.
  void withhold(const PairOutliers& outliers) { outliers_ = outliers; }

 private:
  ImagePtr hsi_, msi_;
  Degradation told_;
  PairOutliers outliers_;
};

/// A pair with what is known of its sensors applied, as methods get it.
class SensedPair : public PairParts {
 public:
  SensedPair(std::shared_ptr<const PairParts> told, KnownSensors sensors);

  Index rows() const override { return told_->rows(); }
  Index cols() const override { return told_->cols(); }
  Index bands() const override { return told_->bands(); }
  Index msi_bands() const override { return told_->msi_bands(); }
  const Degradation& degradation() const override { return degradation_; }
  Index side() const override { return told_->side(); }
  Index halo() const override { return halo_; }
  Pair read(const Rectangle& coarse) const override;

 private:
  std::shared_ptr<const PairParts> told_;
  KnownSensors sensors_;
  Degradation degradation_;
  Index halo_;
};

/// What people are shown of a pair and of its reference: means over step x step pixels of each.
struct Shown {
  Pair pair;
  std::optional<Cube> reference;
};

/// Reads all of both, part by part. Throws `Interrupted` when the user asked to stop.
Shown means_of(const PairParts& pair, const Image* reference, Index step);

/// The step that leaves something to look at, and enough for methods to be tried on.
Index step_to_show(const PairParts& pair);

}  // namespace specfuse
