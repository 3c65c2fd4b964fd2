#include "compose/msi_sensor.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <regex>

#include "specfuse/core/text.h"
#include "specfuse/imaging/sensors.h"
#include "specfuse/imaging/srf.h"

namespace specfuse {
namespace {

using Places = std::vector<std::size_t>;

/// What file names call a sensor, and the bands that its products of so many bands have, counted from 0.
struct Known {
  const char* sensor;
  const char* pattern;
  std::vector<Places> products;
};

const std::vector<Known>& known_sensors() {
  static const std::vector<Known> all{
      // All bands of 10 m and 20 m, and those of 10 m.
      {"sentinel2a",
       "(^|[^a-z0-9])(s2[abc]?|sentinel[-_ ]?2[abc]?)([^a-z0-9]|$)|msil[12][ac]|(^|_)t[0-9]{2}[a-z]{3}_",
       {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {0, 1, 2, 6}}},
      {"landsat8",
       "(^|[^a-z0-9])(l[co]0[89]|landsat[-_ ]?[89]|oli)([^a-z0-9]|$)",
       {{0, 1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6}}},
      {"landsat7", "(^|[^a-z0-9])(le07|landsat[-_ ]?7|etm\\+?)([^a-z0-9]|$)", {{0, 1, 2, 3, 4, 5}}},
      {"worldview2", "(^|[^a-z0-9])(wv0?2|worldview[-_ ]?2)([^a-z0-9]|$)", {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 2, 4, 6}}},
      {"ikonos", "(^|[^a-z0-9])(ikonos)([^a-z0-9]|$)", {{0, 1, 2, 3}}}};
  return all;
}

const Known* sensor_in_name(const std::string& file) {
  const std::string name = lower_case(std::filesystem::path(file).filename().string());
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

/// What a product calls the bands of the table of a sensor.
std::vector<std::string> product_names(const std::string& sensor) {
  if (sensor == "landsat7") return {"B1", "B2", "B3", "B4", "B5", "B7"};
  std::vector<std::string> names = sensor_list().at(sensor);
  for (std::size_t i = 0; i < names.size() && sensor != "sentinel2a"; ++i) names[i] = concat("B", i + 1);
  return names;
}

/// The places of all names in a list; none where one is missing or there twice.
std::optional<Places> places_in(const std::vector<std::string>& names, const std::vector<std::string>& list) {
  Places places;
  for (const std::string& name : names) {
    const auto found = std::find(list.begin(), list.end(), name);
    const auto place = static_cast<std::size_t>(found - list.begin());
    if (found == list.end() || std::find(places.begin(), places.end(), place) != places.end()) return {};
    places.push_back(place);
  }
  return places.empty() ? std::nullopt : std::optional(places);
}

/// The bands of a sensor nearest to these centres, each within its edges, and how far off they are on average.
std::optional<std::pair<Places, double>> nearest_bands(const std::vector<double>& centres, const std::string& sensor) {
  const std::vector<SensorBand>& bands = sensor_bands(sensor);
  Places places;
  double off = 0;
  for (const double centre : centres) {
    const auto distance = [&](const SensorBand& band) { return std::abs(centre - (band.low_nm + band.high_nm) / 2); };
    const auto best = std::min_element(bands.begin(), bands.end(), [&](const SensorBand& one, const SensorBand& other) {
      return distance(one) < distance(other);
    });
    const auto place = static_cast<std::size_t>(best - bands.begin());
    const bool taken = std::find(places.begin(), places.end(), place) != places.end();
    if (taken || centre < best->low_nm || centre > best->high_nm) return {};
    places.push_back(place);
    off += distance(*best) / static_cast<double>(centres.size());
  }
  return std::pair(places, off);
}

std::optional<MsiSensor> by_wavelengths(const MsiClues& clues) {
  constexpr double kFar = 8;  // nm, on average: those of two sensors lie farther apart
  std::optional<MsiSensor> best;
  double least = kFar;
  if (clues.wavelength_nm.size() < 2) return {};
  for (const Known& known : known_sensors()) {
    const auto found = nearest_bands(clues.wavelength_nm, known.sensor);
    if (!found || found->second >= least) continue;
    least = found->second;
    best = MsiSensor{known.sensor, found->first,
                     concat("its wavelengths in ", std::filesystem::path(clues.file).filename().string(),
                            " are those of that sensor")};
  }
  return best;
}

std::optional<MsiSensor> by_names(const MsiClues& clues, const Known* known) {
  std::vector<std::string> names;
  for (const std::string& name : clues.band_names) names.push_back(band_in(name));
  const bool red_edge = std::find(names.begin(), names.end(), "B8A") != names.end();
  const bool tens = names.size() == 4 && places_in(names, {"B2", "B3", "B4", "B8"});
  if (known == nullptr && !red_edge && !tens) return {};
  const std::string sensor = known == nullptr ? "sentinel2a" : known->sensor;
  const std::optional<Places> places = places_in(names, product_names(sensor));
  if (!places) return {};
  return MsiSensor{sensor, *places, concat("its bands are called ", joined(clues.band_names))};
}

}  // namespace

std::optional<MsiSensor> msi_sensor(const MsiClues& clues) {
  if (const auto found = by_wavelengths(clues)) return found;
  const Known* const known = sensor_in_name(clues.file);
  if (const auto found = by_names(clues, known)) return found;
  if (known == nullptr) return {};
  for (const Places& product : known->products) {
    if (product.size() != clues.bands) continue;
    return MsiSensor{known->sensor, product,
                     concat(std::filesystem::path(clues.file).filename().string(), " is named after it, and has ",
                            clues.bands, " bands")};
  }
  return {};
}

}  // namespace specfuse
