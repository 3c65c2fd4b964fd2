#include "compose/msi_sensor.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <regex>

#include "specfuse/core/text.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/sensors.h"
#include "specfuse/imaging/srf.h"

namespace specfuse {
namespace {

using Names = std::vector<std::string>;

/// What file names call a sensor, and the bands of its products that have some of them.
struct Known {
  const char* sensor;
  const char* pattern;
  std::vector<Names> products{};
};

const std::vector<Known>& known_sensors() {
  static const std::vector<Known> all{
      // The bands of 10 m.
      {"sentinel2a",
       "(^|[^a-z0-9])(s2[abc]?|sentinel[-_ ]?2[abc]?)([^a-z0-9]|$)|msil[12][ac]|(^|_)t[0-9]{2}[a-z]{3}_",
       {{"B2", "B3", "B4", "B8"}}},
      {"landsat8",
       "(^|[^a-z0-9])(l[co]0[89]|landsat[-_ ]?[89]|oli)([^a-z0-9]|$)",
       {{"blue", "green", "red", "nir", "swir1", "swir2"}}},
      {"landsat7", "(^|[^a-z0-9])(le07|landsat[-_ ]?7|etm\\+?)([^a-z0-9]|$)"},
      {"worldview2", "(^|[^a-z0-9])(wv0?2|worldview[-_ ]?2)([^a-z0-9]|$)", {{"blue", "green", "red", "nir1"}}},
      {"ikonos", "(^|[^a-z0-9])(ikonos)([^a-z0-9]|$)"}};
  return all;
}

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

const Known* sensor_in_name(const std::string& file) {
  const std::string name = lower_case(file_name(file));
  for (const Known& known : known_sensors()) {
    if (std::regex_search(name, std::regex(known.pattern))) return &known;
  }
  return nullptr;
}

/// "B2" of "B02", "band 2" or "B2, central wavelength 490 nm"; empty of other names.
std::string band_in(const std::string& name) {
  static const std::regex pattern("(^|[^a-z0-9])b(and)?[ _]?0*([0-9]{1,2}a?)([^a-z0-9]|$)");
  std::smatch found;
  const std::string low = lower_case(name);
  if (!std::regex_search(low, found, pattern)) return {};
  std::string number = found[3];
  if (number.back() == 'a') number.back() = 'A';
  return "B" + number;
}

/// The bands of a sensor that a product calls so; empty where one is none of them, or there twice.
Names bands_called(const Names& names, const std::string& sensor) {
  const Names called = product_names(sensor), bands = sensor_list().at(sensor);
  Names result;
  for (const std::string& name : names) {
    const auto found = std::find(called.begin(), called.end(), name);
    if (found == called.end()) return {};
    const std::string& band = bands[static_cast<std::size_t>(found - called.begin())];
    if (std::find(result.begin(), result.end(), band) != result.end()) return {};
    result.push_back(band);
  }
  return result;
}

/// How far the centres of these bands are from those of a sensor on average, in nanometres.
double mean_distance(const std::vector<double>& centres, const std::string& sensor, const Names& bands) {
  double sum = 0;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    for (const SensorBand& band : sensor_bands(sensor)) {
      if (band.name == bands[i]) sum += std::abs(centres[i] - (band.low_nm + band.high_nm) / 2);
    }
  }
  return sum / static_cast<double>(bands.size());
}

std::optional<MsiSensor> by_metadata(const Cube& msi, const std::string& file) {
  const std::string sensor = text_of(msi, kSensorAttribute);
  if (!is_sensor(sensor)) return {};
  const Names bands = bands_of_image(msi, sensor);
  if (bands.empty()) return {};
  return MsiSensor{sensor, bands, file_name(file) + " says so"};
}

std::optional<MsiSensor> by_wavelengths(const Cube& msi, const std::string& file) {
  constexpr double kFar = 8;  // nm, on average: those of two sensors lie farther apart
  std::optional<MsiSensor> best;
  double least = kFar;
  if (msi.wavelength_nm.size() < 2) return {};
  for (const auto& [sensor, all] : sensor_list()) {
    const Names bands = bands_of_image(msi, sensor);
    const double off = bands.empty() ? kFar : mean_distance(msi.wavelength_nm, sensor, bands);
    if (off >= least) continue;
    least = off;
    best = MsiSensor{sensor, bands, concat("its wavelengths in ", file_name(file), " are those of that sensor")};
  }
  return best;
}

std::optional<MsiSensor> by_names(const Names& band_names, const Known* known) {
  Names names;
  for (const std::string& name : band_names) names.push_back(band_in(name));
  const bool red_edge = std::find(names.begin(), names.end(), "B8A") != names.end();
  Names sorted = names;
  std::sort(sorted.begin(), sorted.end());
  if (known == nullptr && !red_edge && sorted != Names{"B2", "B3", "B4", "B8"}) return {};
  const std::string sensor = known == nullptr ? "sentinel2a" : known->sensor;
  const Names bands = bands_called(names, sensor);
  if (bands.empty()) return {};
  return MsiSensor{sensor, bands, concat("its bands are called ", joined(band_names))};
}

}  // namespace

std::optional<MsiSensor> msi_sensor(const Cube& msi, const std::vector<std::string>& band_names,
                                    const std::string& file) {
  if (const auto found = by_metadata(msi, file)) return found;
  if (const auto found = by_wavelengths(msi, file)) return found;
  const Known* const known = sensor_in_name(file);
  if (const auto found = by_names(band_names, known)) return found;
  if (known == nullptr) return {};
  std::vector<Names> products = known->products;
  products.push_back(sensor_list().at(known->sensor));
  for (const Names& product : products) {
    if (std::ssize(product) != msi.bands()) continue;
    return MsiSensor{known->sensor, product,
                     concat(file_name(file), " is named after it, and has ", msi.bands(), " bands"), true};
  }
  return {};
}

}  // namespace specfuse
