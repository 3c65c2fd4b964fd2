#pragma once

#include <memory>

#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/outliers.h"
#include "specfuse/io/pair.h"
#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/known_sensors.h"

namespace specfuse {

/// The measured pair of an experiment that stays on disk: parts of what `data.crop` leaves of it.
class StreamedPair : public PairParts {
 public:
  /// Throws as `load_scene`.
  StreamedPair(const DataConfig& data, const std::vector<std::string>& directories);

  Index rows() const override { return place_.rows; }
  Index cols() const override { return place_.cols; }
  Index bands() const override { return file_.bands(); }
  Index msi_bands() const override { return file_.msi_bands(); }
  const Degradation& degradation() const override { return degradation_; }
  Index side() const override { return side_; }
  Pair read(const Rectangle& coarse) const override;
  /// In fine pixels, on the grid of the MSI.
  Cube read_reference(const Rectangle& fine) const;
  /// The same as the file has it.
  Cube reference_as_told(const Rectangle& fine) const;
  /// Where a result has data, in a rectangle of fine pixels; empty: everywhere.
  std::vector<std::uint8_t> valid_of(const Rectangle& fine) const;

  Index ratio() const { return file_.ratio(); }
  Index fine_rows() const { return rows() * ratio(); }
  Index fine_cols() const { return cols() * ratio(); }
  bool has_reference() const { return file_.has_reference(); }
  /// What is done to images on grids of their own.
  const std::string& grids() const { return file_.grids(); }
  void set_side(Index side) { side_ = side; }
  /// Withholds outliers from now on; looks at the whole pair for them.
  void mask_outliers() { outliers_ = find_outliers(*this); }
  const PairOutliers& outliers() const { return outliers_; }
  /// How its images belong together.
  void set_degradation(const Degradation& degradation);
  /// Looks at the sensors; from then on the images are as the methods get them.
  void look_at(const EstimateOptions& options, bool harmonise);
  const KnownSensors& sensors() const { return sensors_; }
  /// Coarse pixels around a part that are read with it.
  Index halo() const { return halo_; }

  /// The whole pair as means of step x step pixels, with its reference, and what its images disagree on. Throws
  /// `ConfigError` where there is undeclared no data.
  PairFile preview(Index step, Cube* disagreement = nullptr) const;

  /// What is seen of undeclared no data while the preview is made, in the images as they lie on the disk.
  struct Look {
    bool now = false;
    UndeclaredNoData hsi, msi;
  };

 private:
  /// Both images as they are told.
  Pair as_told(const Rectangle& coarse) const;

  std::unique_ptr<Look> look_;
  bool one_file_;
  PairOnDisk file_;
  /// In coarse pixels.
  Rectangle place_;
  Index side_ = 0;
  /// Whether it is said what stands for no data.
  bool may_lack_data_ = false;
  PairOutliers outliers_;
  Degradation told_, degradation_;
  KnownSensors sensors_;
  Index halo_ = 0;
};

}  // namespace specfuse
