#include "specfuse/imaging/sensors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "specfuse/core/error.h"
#include "specfuse/core/nearest.h"
#include "specfuse/core/text.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/srf.h"

namespace specfuse {
namespace {

/// Edges from centre and width, as ESA publishes them.
SensorBand centred(const char* name, double centre_nm, double width_nm) {
  return {name, centre_nm - width_nm / 2, centre_nm + width_nm / 2};
}

using SensorBands = std::vector<SensorBand>;

/// MSI bands of 10 m and 20 m by their centres and widths: ESA, SentiWiki, S2 Mission, spectral bands (units A and B,
/// and C to whole nanometres, with the widths of A).
SensorBands sentinel2(const std::array<double, 10>& centres, const std::array<double, 10>& widths) {
  const std::array<const char*, 10> names{"B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B11", "B12"};
  SensorBands bands;
  for (std::size_t i = 0; i < names.size(); ++i) bands.push_back(centred(names[i], centres[i], widths[i]));
  return bands;
}

/// OLI and OLI-2 bands 1-7 (30 m, without cirrus): USGS, Landsat 8 Data Users Handbook, band designations; those of
/// Landsat 9 are the same (Landsat 9 Data Users Handbook).
const SensorBands kOli{{"coastal", 435, 451}, {"blue", 452, 512},    {"green", 533, 590},  {"red", 636, 673},
                       {"nir", 851, 879},     {"swir1", 1566, 1651}, {"swir2", 2107, 2294}};

/// TM bands 1-5 and 7: USGS, band designations for the Landsat satellites, nominal.
const SensorBands kThematicMapper{{"blue", 450, 520}, {"green", 520, 600},   {"red", 630, 690},
                                  {"nir", 760, 900},  {"swir1", 1550, 1750}, {"swir2", 2080, 2350}};

std::map<std::string, SensorBands> landsats() {
  return {{"landsat5", kThematicMapper},
          // ETM+ bands 1-5 and 7: NASA, Landsat 7 Science Data Users Handbook, in-flight half-power edges.
          {"landsat7",
           {{"blue", 441, 514},
            {"green", 519, 601},
            {"red", 631, 692},
            {"nir", 772, 898},
            {"swir1", 1547, 1749},
            {"swir2", 2064, 2345}}},
          {"landsat8", kOli},
          {"landsat9", kOli},
          // Multispectral bands: USGS, EO-1 User Guide 2.3, 2003, ALI spectral bands.
          {"ali",
           {{"MS-1'", 433, 453},
            {"MS-1", 450, 515},
            {"MS-2", 525, 605},
            {"MS-3", 630, 690},
            {"MS-4", 775, 805},
            {"MS-4'", 845, 890},
            {"MS-5'", 1200, 1300},
            {"MS-5", 1550, 1750},
            {"MS-7", 2080, 2350}}}};
}

std::map<std::string, SensorBands> sentinels() {
  const std::array<double, 10> widths_a{66, 36, 31, 15, 15, 20, 106, 21, 91, 175};
  return {{"sentinel2a", sentinel2({492.4, 559.8, 664.6, 704.1, 740.5, 782.8, 832.8, 864.7, 1613.7, 2202.4}, widths_a)},
          {"sentinel2b", sentinel2({492.1, 559.0, 664.9, 703.8, 739.1, 779.7, 832.9, 864.0, 1610.4, 2185.7},
                                   {66, 36, 31, 16, 15, 20, 106, 22, 94, 185})},
          {"sentinel2c", sentinel2({489, 561, 667, 707, 741, 785, 835, 866, 1612, 2191}, widths_a)}};
}

std::map<std::string, SensorBands> commercial_sensors() {
  // Multispectral bands: DigitalGlobe, data sheets of WorldView-2 and WorldView-3, which name the same.
  const SensorBands worldview{{"coastal", 400, 450}, {"blue", 450, 510},     {"green", 510, 580}, {"yellow", 585, 625},
                              {"red", 630, 690},     {"red_edge", 705, 745}, {"nir1", 770, 895},  {"nir2", 860, 1040}};
  return {// Multispectral bands: GeoEye, IKONOS relative spectral response, full width at half maximum.
          {"ikonos", {{"blue", 445, 516}, {"green", 506, 595}, {"red", 632, 698}, {"nir", 757, 853}}},
          {"worldview2", worldview},
          {"worldview3", worldview},
          {"worldview3_swir",
           {{"swir1", 1195, 1225},
            {"swir2", 1550, 1590},
            {"swir3", 1640, 1680},
            {"swir4", 1710, 1750},
            {"swir5", 2145, 2185},
            {"swir6", 2185, 2225},
            {"swir7", 2235, 2285},
            {"swir8", 2295, 2365}}},
          // Planet, PlanetScope product specifications: instruments PS2, PS2.SD and PSB.SD.
          {"dove", {{"blue", 455, 515}, {"green", 500, 590}, {"red", 590, 670}, {"nir", 780, 860}}},
          {"dove_r", {{"blue", 464, 517}, {"green", 547, 585}, {"red", 650, 682}, {"nir", 846, 888}}},
          {"superdove",
           {{"coastal_blue", 431, 452},
            {"blue", 465, 515},
            {"green_i", 513, 549},
            {"green", 547, 583},
            {"yellow", 600, 620},
            {"red", 650, 680},
            {"rededge", 697, 713},
            {"nir", 845, 885}}}};
}

const std::map<std::string, SensorBands>& sensors() {
  static const std::map<std::string, SensorBands> table = [] {
    std::map<std::string, SensorBands> all = landsats();
    all.merge(sentinels());
    all.merge(commercial_sensors());
    return all;
  }();
  return table;
}

}  // namespace

const std::vector<SensorBand>& sensor_bands(const std::string& sensor) {
  const auto found = sensors().find(sensor);
  if (found != sensors().end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, bands] : sensors()) names.push_back(name);
  throw ConfigError(
      concat("srf: expected one of the sensors ", joined(names), ", got ", sensor, did_you_mean(sensor, names)));
}

std::vector<std::string> product_names(const std::string& sensor) {
  std::vector<std::string> names;
  for (const SensorBand& band : sensor_bands(sensor))
    names.push_back(sensor.starts_with("sentinel2") ? band.name : concat("B", names.size() + 1));
  const bool sixth_is_thermal = sensor == "landsat5" || sensor == "landsat7";
  if (sixth_is_thermal) names.back() = "B7";
  return names;
}

bool is_sensor(const std::string& sensor) { return sensors().contains(sensor); }

std::vector<std::string> bands_of_image(const Cube& image, const std::string& sensor) {
  const SensorBands& bands = sensor_bands(sensor);
  const std::vector<std::string> names = band_names_of(image);
  std::vector<std::string> result;
  for (std::size_t at = 0; at < static_cast<std::size_t>(image.bands()); ++at) {
    const SensorBand* best = nullptr;
    double least = std::numeric_limits<double>::infinity();
    for (const SensorBand& band : bands) {
      const double off = image.wavelength_nm.empty()
                             ? std::numeric_limits<double>::infinity()
                             : std::abs(image.wavelength_nm[at] - (band.low_nm + band.high_nm) / 2);
      const bool named = !names.empty() && names[at] == band.name;
      const bool centred_in = off < (band.high_nm - band.low_nm) / 2;
      if (!named && (!centred_in || off >= least)) continue;
      best = &band;
      least = named ? -1 : off;
    }
    if (best == nullptr || std::find(result.begin(), result.end(), best->name) != result.end()) return {};
    result.emplace_back(best->name);
  }
  return result;
}

std::map<std::string, std::vector<std::string>> sensor_list() {
  std::map<std::string, std::vector<std::string>> list;
  for (const auto& [name, bands] : sensors()) {
    for (const SensorBand& band : bands) list[name].emplace_back(band.name);
  }
  return list;
}

const std::vector<std::vector<double>>& landsat7_fractions() {
  static const std::vector<std::vector<double>> fractions{{0.03, 0.07}, {0.08, 0.12}, {0.135, 0.165},
                                                          {0.19, 0.25}, {0.58, 0.66}, {0.84, 0.93}};
  return fractions;
}

}  // namespace specfuse
