#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "specfuse/config/config.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/outliers.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/io/pair.h"
#include "specfuse/io/scene.h"

namespace specfuse {

/// Throws `ConfigError` naming the key path unless the part lies inside an image of rows x cols pixels.
void check_inside(const std::string& path, const Rectangle& part, Index rows, Index cols);
/// The same, and unless it is made of whole pixels of the HSI.
void check_coarse_part(const std::string& path, const Rectangle& part, Index rows, Index cols, Index ratio);

/// Throws `ConfigError` where something was seen in an image; `path` is that of its configuration. Warnings are
/// noted.
void check_declared(const UndeclaredNoData& seen, const std::string& path, Cube& image);

/// Throws where an image, which is of the file and dataset `source`, has no data in any pixel.
void require_data(const Cube& cube, const DataConfig& data, const std::string& source);

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

/// What was read for one kind of files, by what tells them apart.
template <class Content>
class FilesRead {
 public:
  /// What was read before, or what `read` gives.
  template <class Read>
  Content get(const std::string& key, const Read& read) {
    const auto found = files_.find(key);
    if (found == files_.end()) return files_.emplace(key, std::pair<Content, bool>{read(), true}).first->second.first;
    found->second.second = true;
    return found->second.first;
  }
  /// Forgets what nobody asked for since the last call.
  void forget_unused() {
    std::erase_if(files_, [](const auto& file) { return !file.second.second; });
    for (auto& [key, file] : files_) file.second = false;
  }

 private:
  /// And whether it was asked for.
  std::map<std::string, std::pair<Content, bool>> files_;
};

/// Images that were read, for many experiments on the same ones.
using SceneFiles = FilesRead<ImagePtr>;

/// Equal where data comes from one file, or is one synthetic scene, whatever part of it is used.
std::string file_key(const DataConfig& data);

/// What `read` gives, kept in `files` for others where there are any (null: none).
ImagePtr image_of(SceneFiles* files, const std::string& key, const std::function<ImagePtr()>& read);

/// Adds what left an image's file, and its warnings, to those of a scene.
void add_notes(const FileNotes& notes, Scene& scene);

/// The scene that `data` names or describes, not a pair, with its wavelengths, the chosen bands and part. `files`,
/// where given, remembers what was read. Throws `DataError`, and `ConfigError` naming fields below `data`.
Cube load_cube(const DataConfig& data, const std::vector<std::string>& directories, SceneFiles* files = nullptr);

/// The files of the measured pair that `data` names: one, or that of the HSI and that of the MSI. Throws `DataError`.
std::vector<std::string> image_files(const DataConfig& data, const std::vector<std::string>& directories);

/// The files that `data` names, for people.
std::string source_of(const DataConfig& data);

/// How the file of an image is to be read, with the wavelengths, the geotransform and the bands that its configuration
/// says. What is read throws `ConfigError` naming fields below `path`.
SceneSource source_in(const ImageConfig& image, const std::string& path, const std::vector<std::string>& directories);

/// An HSI and an MSI in files of their own, before they are joined.
struct ImagesApart {
  ImagePtr hsi;
  BesideImage msi;
};

/// Opens `data.hsi` and, on the projection of that and turned as `data.orientation` says, `data.msi`. Throws as
/// `load_scene`.
ImagesApart open_apart(const DataConfig& data, const std::vector<std::string>& directories,
                       SceneFiles* files = nullptr);

/// Reads or synthesises what `config.data` and, for `transfer`, `config.protocol` name, looking for files in
/// `directories`, and resolves PSF and SRF for each. Throws `DataError` on data that is missing or unreadable and
/// `ConfigError` on a degradation that does not fit them or scenes of other bands. What is in `files` is not read
/// again, and what is read is kept there; null: nothing is kept. `scratch` is that of the scene. A measured pair
/// with which a run would take more than `memory` bytes stays in its files.
Scene load_scene(const ExperimentConfig& config, const std::vector<std::string>& directories,
                 SceneFiles* files = nullptr, const std::string& scratch = "",
                 double memory = std::numeric_limits<double>::infinity());

/// The pair that the methods get: the measured one, or one simulated from the reference with noise of this seed.
Pair make_pair(const Scene& scene, Index seed);

}  // namespace specfuse
