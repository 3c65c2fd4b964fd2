#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/imaging/image.h"
#include "specfuse/imaging/no_data.h"

namespace specfuse {

struct Choices;

/// A format of scenes: an entry of src/io/formats.def and a file in src/io/formats/.
struct SceneFormat {
  std::string name;
  /// One line for the documentation.
  std::string summary;
  /// Whether the file is one, by its first bytes or its name.
  bool (*recognises)(const std::string& path);
  /// The image of this name in it, as it is stored: a georeference is that of the whole image. A format without names
  /// ignores `dataset`; one that can be read as a whole only gives an image in memory. Throws as `open_image`.
  /// Null where the program was built without `library`.
  ImagePtr (*open)(const std::string& path, const std::string& dataset);
  /// What it needs, and the package of Debian that has it.
  std::string library{}, package{};
  /// All files that such an image is made of; null: the file alone.
  std::vector<std::string> (*files)(const std::string& path) = nullptr;
};

/// Every format, in the order in which they are tried.
const std::vector<SceneFormat>& scene_formats();

/// The format of a file or folder. Throws `DataError` where it is unreadable, of no format that is known, of one that
/// needs a library that is missing, or a folder of several.
const SceneFormat& format_of(const std::string& path);

/// Where in a file a scene is, how it is laid out, and what of it is used.
struct SceneSource {
  std::string dataset = "/cube";
  /// The order in the file, one of `axis_orders`; the cube has rows, columns and bands in this order.
  std::string axes = "rcb";
  /// What stands for no data; nothing given: the attribute `nodata`, if there is one.
  NoData no_data{};
  /// The first band and how many; none: all.
  std::optional<std::array<Index, 2>> bands{};
  /// Says what the file does not, of all its bands; may throw `ConfigError`.
  std::function<void(Cube& image)> describe{};
  /// The bands of these that are left, where another image has settled it; empty: it is settled here.
  std::vector<Index> remaining{};
  /// How errors call its wavelengths.
  std::string wavelengths = "/wavelength_nm";
};

/// An image of any integer or float type [rows, cols, bands] as float32, with the wavelengths of its bands where they
/// are known and the text attributes of the file. Bands that the file calls bad and those without data in any pixel are
/// left out, as noted in the image. Pixels of a part without data are marked, and filled in from those
/// around them in it. Throws `DataError` (file, dataset, expected, got) where it is missing, unreadable or in no format
/// that is known, has another rank, is empty, or where the wavelengths are not one per band in nanometres; reading a
/// part, where that is larger than memory or holds a value that is not finite.
ImagePtr open_image(const std::string& path, const SceneSource& source);

/// All of it. Throws the same, and where no pixel has data.
Cube read_scene(const std::string& path, const SceneSource& source);
Cube read_scene(const std::string& path);

/// The files that an image is made of. Throws as `open_image` where there is none.
std::vector<std::string> scene_files(const std::string& path);

/// r, c and b for rows, columns and bands in any order.
const Choices& axis_orders();

}  // namespace specfuse
