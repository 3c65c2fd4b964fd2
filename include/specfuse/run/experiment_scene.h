#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/config/config.h"
#include "specfuse/imaging/outliers.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/io/pair.h"

namespace specfuse {

class ImageCache;

/// The images of an experiment, cropped, and how coarse and fine ones belong together.
struct Scene {
  /// None for a pair without one.
  std::optional<Cube> reference;
  /// Only where the experiment reads a pair in; otherwise `simulate` makes one from the reference.
  std::optional<Pair> measured;
  /// Values of a measured pair that cannot have been measured.
  PairOutliers outliers{};
  /// A measured pair that is larger than memory; `measured` and `reference` are then its means over step x step pixels,
  /// for people to look at and for checks.
  struct Large {
    std::shared_ptr<const PairParts> pair;
    /// Null where there is none.
    ImagePtr reference;
    Index step = 1;
  };
  std::optional<Large> large{};
  Degradation degradation;
  /// The names of the bands of the MSI; empty where they have none.
  std::vector<std::string> msi_names;
  /// What the methods are not told but have to be given from an estimate.
  EstimateOptions estimate;
  /// Whether the MSI is harmonised with the HSI.
  bool harmonise = false;
  /// Whether a reference lies on the grid of the MSI, wherever that points; otherwise on that of the HSI.
  bool reference_on_msi = false;
  /// How the MSI of a measured pair was turned, as `data.orientation`.
  std::string orientation;
  /// Other scenes that `transfer` learns from and selects with; each has a reference.
  std::vector<Scene> train, validation;
  /// What was done to images on grids of their own, for people; empty where nothing was.
  std::string grids{};
  /// Which bands of its files are left out, and warnings: sentences without their full stops.
  std::vector<std::string> warnings{};
  /// The folder where other scenes, and what is made of them to learn from, wait in files; empty: in memory.
  std::string scratch{};
};

/// Reads or synthesises what `config.data` and, for `transfer`, `config.protocol` name, looking for files in
/// `directories`, and resolves PSF and SRF for each. Throws `DataError` on data that is missing or unreadable and
/// `ConfigError` on a degradation that does not fit them or scenes of other bands. Images are taken from the cache
/// where they are there, and kept in it; null: there is none. `scratch` is that of the scene. A measured pair with
/// which a run would take more than `memory` bytes stays in its files.
Scene load_scene(const ExperimentConfig& config, const std::vector<std::string>& directories,
                 ImageCache* cache = nullptr, const std::string& scratch = "",
                 double memory = std::numeric_limits<double>::infinity());

/// The pair that the methods get: the measured one, or one simulated from the reference with noise of this seed.
Pair make_pair(const Scene& scene, Index seed);

}  // namespace specfuse
