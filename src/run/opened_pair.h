#pragma once

#include <memory>
#include <string>
#include <vector>

#include "specfuse/imaging/no_data.h"
#include "specfuse/io/pair.h"
#include "specfuse/run/experiment_scene.h"

namespace specfuse {

/// What is seen of undeclared no data while the images of a pair are read.
struct SeenValues {
  bool now = false;
  UndeclaredNoData hsi, msi;
};

/// The images of a measured pair: brought together, watched, and cut to what is used.
struct OpenedPair {
  PairImages images;
  std::shared_ptr<SeenValues> seen;
};

/// Opens the images that `data` names. Throws as `load_scene`.
OpenedPair open_measured(const DataConfig& data, const std::vector<std::string>& directories, ImageCache* cache);

/// Adds what left an image's file, and its warnings, to those of a scene.
void add_notes(const FileNotes& notes, Scene& scene);

/// Makes an opened pair that of a scene whose degradation is known: in memory, or in its files where a run with it in
/// memory takes more than `memory` bytes. Throws as `load_scene`.
void take_pair(OpenedPair opened, const ExperimentConfig& config, double memory, Scene& scene);

}  // namespace specfuse
