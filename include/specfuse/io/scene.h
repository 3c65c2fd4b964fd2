#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/core/fields.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/io/image_on_disk.h"

namespace specfuse {

/// A format of scenes: an entry of src/io/formats.def and a file in src/io/formats/.
struct SceneFormat {
  std::string name;
  /// One line for the documentation.
  std::string summary;
  /// Whether the file is one, by its first bytes or its name.
  bool (*recognises)(const std::string& path);
  /// The image of this name in it; a format without names takes no notice of it. Throws as `read_scene` does.
  Cube (*read)(const std::string& path, const std::string& dataset);
  /// The same part by part; null where files of this format can be read as a whole only.
  std::unique_ptr<ImageOnDisk> (*open)(const std::string& path, const std::string& dataset) = nullptr;
};

/// Every format, in the order in which they are tried.
const std::vector<SceneFormat>& scene_formats();

/// Where in a file a scene is, how it is laid out, and what of it is used.
struct SceneSource {
  std::string dataset = "/cube";
  /// The order in the file, one of `axis_orders`; the cube has rows, columns and bands in this order.
  std::string axes = "rcb";
  /// What stands for no data; nothing given: what the attribute `nodata` says, if there is one.
  NoData no_data{};
  /// The first band and how many; none: all.
  std::optional<std::array<Index, 2>> bands{};
  /// Says what the file does not, of all its bands; may throw `ConfigError`.
  std::function<void(Cube& image)> describe{};
  /// The bands of these that are left, where another image has settled it; empty: it is settled here.
  std::vector<Index> kept{};
  /// How errors call its wavelengths.
  std::string wavelengths = "/wavelength_nm";
};

/// A cube of any integer or float type [rows, cols, bands] as float32, with the wavelengths of its bands where they are
/// known and the text attributes of the file. Bands that the file calls bad and those without data in any pixel are
/// left out, and the notes of the cube say so. Throws `DataError` (file, dataset, expected, got) where it is missing,
/// unreadable or in no format that is known, has another rank, is empty, larger than memory or holds a value that is
/// not finite, or where the wavelengths are not one per band in nanometres.
Cube read_scene(const std::string& path, const SceneSource& source);
Cube read_scene(const std::string& path);

/// r, c and b for rows, columns and bands in any order.
const Choices& axis_orders();

/// The cube as float32 in HDF5, its wavelengths as /wavelength_nm and its attributes on the file, never half-written.
/// Throws `Error` with the path and the reason.
void write_cube(const std::string& path, const Cube& cube, const std::string& dataset = "/cube");

/// The same with the error to be expected: /sigma, half widths of intervals that hold 68 % of the errors, with the
/// attribute `width_95`, what they are to be multiplied with to hold 95 %.
void write_fused(const std::string& path, const Cube& fused, const Cube& sigma, double width_95);

}  // namespace specfuse
