#include "specfuse/run/import_scene.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "run/check_images.h"
#include "run/data_images.h"
#include "run/scene_warnings.h"
#include "specfuse/config/config.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/io/file.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/io/png.h"
#include "specfuse/report/picture.h"
#include "specfuse/report/text_format.h"
#include "specfuse/run/find_data.h"

namespace specfuse {
namespace {

/// The settings as those of an experiment with this scene, which checks them as it does those of any.
DataConfig data_of(const Import& import) {
  const Json json{
      {"name", "import"}, {"data", {{"scene", import.from}}}, {"methods", Json::array({{{"name", "bicubic"}}})}};
  std::vector<std::string> settings;
  for (const std::string& setting : import.settings) {
    settings.push_back(setting.starts_with("data.") ? setting : "data." + setting);
  }
  return parse_config(json_text(json), "--import", settings).data;
}

std::string wavelengths_text(const Cube& cube) {
  if (cube.wavelength_nm.empty()) return "unknown; --set wavelength_nm=... gives them";
  const auto [least, most] = std::minmax_element(cube.wavelength_nm.begin(), cube.wavelength_nm.end());
  return concat(number_text(*least), " to ", number_text(*most), " nm");
}

std::string values_text(const Cube& cube) {
  const auto [least, most] = std::minmax_element(cube.values.data(), cube.values.data() + cube.values.size());
  return concat(number_text(double{*least}), " to ", number_text(double{*most}));
}

std::string place_text(const Cube& cube) {
  const std::vector<double> at = numbers_of(cube, kGeotransformAttribute);
  if (at.size() != 6) return "unknown";
  return concat("upper left corner at ", exact_number_text(at[0]), ", ", exact_number_text(at[3]), ", pixels of ",
                exact_number_text(at[1]), " x ", exact_number_text(at[5]),
                cube.attributes.contains(kProjectionAttribute) ? "" : ", projection unknown");
}

std::string with_ending(const std::string& path, const char* ending) {
  return std::filesystem::path(path).replace_extension(ending).string();
}

/// Throws where a file that is to be made is what is read.
void check_not_read(const Import& import, const std::vector<std::string>& made) {
  const std::string from = find_file(import.from, import.directories);
  for (const std::string& file : made) {
    // An ENVI header may be named after its data with or without their ending.
    for (const std::string& read : {from, with_ending(from, ".hdr"), with_ending(from, ""), from + ".hdr"}) {
      std::error_code ignored;
      SPECFUSE_CHECK_AS(ConfigError, !std::filesystem::equivalent(file, read, ignored), import.to, ": ", file,
                        " would be written, and is what the scene is read from; expected another name");
    }
  }
}

void check_free(const Import& import, const std::string& file) {
  SPECFUSE_CHECK_AS(ConfigError, import.overwrite || !std::filesystem::exists(file), file,
                    " is there already; --overwrite replaces it");
}

}  // namespace

std::string import_scene(const Import& import) {
  const ImageWriter& writer = image_writer_for(import.to);
  const std::string picture = with_ending(import.to, ".png");
  std::vector<std::string> made{import.to};
  if (writer.name == "envi") made.push_back(with_ending(import.to, ".hdr"));
  if (writer.name == "envi" || writer.name == "geotiff") made.push_back(import.to + ".aux.xml");
  for (const std::string& file : made) check_free(import, file);
  made.push_back(picture);
  check_not_read(import, made);
  Cube cube = load_cube(data_of(import), import.directories);
  UndeclaredNoData seen;
  seen.add(cube);
  check_declared(seen, "data", cube);
  const bool told = std::any_of(import.settings.begin(), import.settings.end(), [](const std::string& setting) {
    return setting.starts_with("axes=") || setting.starts_with("data.axes=");
  });
  const std::string warning = told ? "" : warning_of_axes(cube);
  SPECFUSE_CHECK_AS(ConfigError, warning.empty(), import.from, ": ", warning,
                    " --set axes=... says so; axes=rcb keeps them");
  // The same scene in another format has the same picture.
  const std::string pixels = encode_png(page_sized(composite(cube, stretch_of(cube))));
  if (!std::filesystem::exists(picture) || read_text(picture) != pixels) check_free(import, picture);
  for (const std::string& sentence : cube.notes.warnings) warn(sentence);
  writer.write(import.to, cube);
  write_text_atomically(picture, pixels);
  const auto missing = std::count(cube.valid.begin(), cube.valid.end(), std::uint8_t{0});
  std::string text = concat("scene        ", import.to, "\npicture      ", picture, "\nsize         ", cube.size_text(),
                            " (rows, columns, bands)\n");
  for (const std::string& left : cube.notes.left_out) text += concat("left out     ", left, "\n");
  return text + concat("wavelengths  ", wavelengths_text(cube), "\nvalues       ", values_text(cube), "\nno data      ",
                       missing, " of ", cube.pixels(), " pixels\nplace        ", place_text(cube), "\n");
}

}  // namespace specfuse
