#include "specfuse/imaging/sensors.h"

#include <map>

#include "specfuse/core/error.h"
#include "specfuse/core/nearest.h"
#include "specfuse/core/text.h"
#include "specfuse/imaging/srf.h"

namespace specfuse {
namespace {

/// Edges from centre and width, as ESA publishes them.
SensorBand centred(const char* name, double centre_nm, double width_nm) {
  return {name, centre_nm - width_nm / 2, centre_nm + width_nm / 2};
}

const std::map<std::string, std::vector<SensorBand>>& sensors() {
  static const std::map<std::string, std::vector<SensorBand>> table{
      // ETM+ bands 1-5 and 7: NASA, Landsat 7 Science Data Users Handbook, in-flight half-power edges.
      {"landsat7",
       {{"blue", 441, 514},
        {"green", 519, 601},
        {"red", 631, 692},
        {"nir", 772, 898},
        {"swir1", 1547, 1749},
        {"swir2", 2064, 2345}}},
      // OLI bands 1-7 (30 m, without cirrus): USGS, Landsat 8 Data Users Handbook, band designations.
      {"landsat8",
       {{"coastal", 435, 451},
        {"blue", 452, 512},
        {"green", 533, 590},
        {"red", 636, 673},
        {"nir", 851, 879},
        {"swir1", 1566, 1651},
        {"swir2", 2107, 2294}}},
      // MSI bands of 10 m and 20 m of unit A: ESA, Sentinel-2 MSI User Guide, spatial and spectral resolution.
      {"sentinel2a",
       {centred("B2", 492.4, 66), centred("B3", 559.8, 36), centred("B4", 664.6, 31), centred("B5", 704.1, 15),
        centred("B6", 740.5, 15), centred("B7", 782.8, 20), centred("B8", 832.8, 106), centred("B8A", 864.7, 21),
        centred("B11", 1613.7, 91), centred("B12", 2202.4, 175)}},
      // Multispectral bands: GeoEye, IKONOS relative spectral response, full width at half maximum.
      {"ikonos", {{"blue", 445, 516}, {"green", 506, 595}, {"red", 632, 698}, {"nir", 757, 853}}},
      // Multispectral bands: DigitalGlobe, WorldView-2 data sheet.
      {"worldview2",
       {{"coastal", 400, 450},
        {"blue", 450, 510},
        {"green", 510, 580},
        {"yellow", 585, 625},
        {"red", 630, 690},
        {"red_edge", 705, 745},
        {"nir1", 770, 895},
        {"nir2", 860, 1040}}},
  };
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
