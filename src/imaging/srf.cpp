#include "specfuse/imaging/srf.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/imaging/sensors.h"

namespace specfuse {
namespace {

using Row = std::vector<double>;

/// The bands that the responses have to meet.
struct Bands {
  const std::vector<double>& wavelength_nm;
  std::size_t count;

  std::string text() const {
    if (wavelength_nm.empty()) return concat(count, " bands without wavelengths");
    const auto [least, most] = std::minmax_element(wavelength_nm.begin(), wavelength_nm.end());
    return concat(count, " bands from ", *least, " to ", *most, " nm");
  }
};

void check_options(const SrfOptions& options) {
  const int given = !options.sensor.empty() + !options.file.empty() + !options.weights.empty() +
                    !options.ranges.empty() + !options.fractions.empty();
  SPECFUSE_CHECK_AS(ConfigError, given == 1,
                    "srf: expected exactly one of sensor, file, weights, ranges and fractions, got ", given);
  SPECFUSE_CHECK_AS(ConfigError, options.shape == "box" || options.shape == "gaussian",
                    "srf: expected shape box or gaussian, got ", options.shape);
  SPECFUSE_CHECK_AS(ConfigError, options.shape == "box" || !options.sensor.empty(), "srf: shape ", options.shape,
                    " belongs to a sensor, got none");
  SPECFUSE_CHECK_AS(ConfigError, options.bands.empty() || !options.sensor.empty() || !options.file.empty(),
                    "srf: bands belong to a sensor or a file, got none");
}

std::vector<Row> rows_of_ranges(const std::vector<std::vector<Index>>& ranges, const Bands& bands) {
  std::vector<Row> rows;
  for (const auto& range : ranges) {
    SPECFUSE_CHECK_AS(ConfigError, range.size() == 2, "srf: expected ranges of two numbers [first, last], got ",
                      range.size(), " numbers");
    const Index first = range[0], last = range[1];
    SPECFUSE_CHECK_AS(ConfigError, 0 <= first && first <= last && last < static_cast<Index>(bands.count),
                      "srf: expected a range within bands 0 to ", bands.count - 1, ", got ", first, " to ", last);
    Row row(bands.count, 0.0);
    std::fill(row.begin() + first, row.begin() + last + 1, 1.0);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> rows_of_fractions(const std::vector<std::vector<double>>& fractions, const Bands& bands) {
  std::vector<std::vector<Index>> ranges;
  for (const auto& pair : fractions) {
    auto& range = ranges.emplace_back();
    for (const double fraction : pair) {
      SPECFUSE_CHECK_AS(ConfigError, fraction >= 0 && fraction <= 1, "srf: expected fractions from 0 to 1, got ",
                        fraction);
      range.push_back(static_cast<Index>(std::llround(fraction * static_cast<double>(bands.count - 1))));
    }
  }
  return rows_of_ranges(ranges, bands);
}

/// Of the sensor, those that are asked for.
std::vector<SensorBand> chosen_bands(const SrfOptions& options) {
  const std::vector<SensorBand>& all = sensor_bands(options.sensor);
  std::vector<SensorBand> chosen;
  for (const std::string& name : options.bands) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const SensorBand& band) { return band.name == name; });
    SPECFUSE_CHECK_AS(ConfigError, found != all.end(), "srf.bands: expected one of ",
                      joined(all, [](const SensorBand& band) { return band.name; }), " of ", options.sensor, ", got ",
                      name);
    chosen.push_back(*found);
  }
  return options.bands.empty() ? all : chosen;
}

std::vector<Row> rows_of_sensor(const SrfOptions& options, const Bands& bands) {
  const std::vector<SensorBand> sensor = chosen_bands(options);
  if (options.bands.empty() && bands.wavelength_nm.empty() && options.sensor == "landsat7")
    return rows_of_fractions(landsat7_fractions(), bands);
  SPECFUSE_CHECK_AS(ConfigError, !bands.wavelength_nm.empty(), "srf: sensor ", options.sensor,
                    " needs the wavelengths of the scene, which has none; give ranges, fractions or weights");
  std::vector<Row> rows;
  for (const SensorBand& band : sensor) {
    Row row;
    bool inside = false;
    for (const double wavelength : bands.wavelength_nm) {
      const bool in = wavelength >= band.low_nm && wavelength <= band.high_nm;
      const double offset = (2 * wavelength - band.low_nm - band.high_nm) / (band.high_nm - band.low_nm);
      row.push_back(options.shape == "box" ? (in ? 1.0 : 0.0) : std::exp(-std::numbers::ln2 * std::pow(offset, 6)));
      inside = inside || in;
    }
    SPECFUSE_CHECK_AS(ConfigError, inside, "srf: ", options.sensor, " band ", band.name, " (", band.low_nm, "-",
                      band.high_nm, " nm) expected a band of the scene inside its edges, got ", bands.text(),
                      "; srf.bands leaves it out, and data.msi.bands that of a measured MSI");
    rows.push_back(std::move(row));
  }
  return rows;
}

double interpolated(const std::vector<double>& x, const std::vector<double>& y, double at) {
  if (at < x.front() || at > x.back()) return 0;
  const auto right = static_cast<std::size_t>(std::distance(x.begin(), std::lower_bound(x.begin(), x.end(), at)));
  if (x[right] == at) return y[right];
  const double part = (at - x[right - 1]) / (x[right] - x[right - 1]);
  return y[right - 1] + part * (y[right] - y[right - 1]);
}

std::vector<Row> rows_of_table(const SrfOptions& options, const Bands& bands, const ResponseTable& table) {
  SPECFUSE_CHECK_AS(ConfigError, !table.wavelength_nm.empty(), "srf: the responses of ", options.file,
                    " have not been read");
  SPECFUSE_CHECK_AS(ConfigError, !bands.wavelength_nm.empty(), "srf: measured responses of ", table.source,
                    " need the wavelengths of the scene, which has none; give ranges, fractions or weights");
  std::vector<Row> rows;
  for (const std::string& name : options.bands.empty() ? table.names : options.bands) {
    const auto found = std::find(table.names.begin(), table.names.end(), name);
    SPECFUSE_CHECK_AS(ConfigError, found != table.names.end(), "srf: expected a column of ", table.source, ", got ",
                      name);
    const auto& values = table.values[static_cast<std::size_t>(std::distance(table.names.begin(), found))];
    Row row;
    for (const double wavelength : bands.wavelength_nm) {
      row.push_back(interpolated(table.wavelength_nm, values, wavelength));
    }
    SPECFUSE_CHECK_AS(ConfigError, *std::max_element(row.begin(), row.end()) > 0, "srf: ", table.source, " column ",
                      name, " expected a positive response at a band of the scene, got ", bands.text());
    rows.push_back(std::move(row));
  }
  return rows;
}

Tensor normalized(std::vector<Row> rows, const Bands& bands) {
  Tensor srf(Shape{static_cast<Index>(rows.size()), static_cast<Index>(bands.count)});
  float* out = srf.data();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SPECFUSE_CHECK_AS(ConfigError, rows[i].size() == bands.count, "srf: expected rows of ", bands.count,
                      " weights, got ", rows[i].size(), " in row ", i);
    double total = 0;
    for (double& weight : rows[i]) total += weight = std::max(weight, 0.0);
    SPECFUSE_CHECK_AS(ConfigError, std::isfinite(total) && total > 0,
                      "srf: expected finite weights with a positive one in row ", i, ", got a sum of ", total);
    for (const double weight : rows[i]) *out++ = static_cast<float>(weight / total);
  }
  return srf;
}

}  // namespace

void SrfOptions::describe(FieldVisitor& fields) {
  fields("sensor", sensor, Label{"sensor of the MSI"},
         "Published band edges of a sensor, one of those of `--list`; `landsat7` where nothing else is given, except "
         "for a pair.");
  fields("shape", shape, Choices{"box", "gaussian"}, Label{"shape of the responses"},
         "Inside the edges of a sensor: equal weights, or a super-Gaussian that is one half at them.");
  fields("file", file, Label{"file of the responses"},
         "CSV of measured responses, first column `wavelength_nm`; found as data is.");
  fields("bands", bands,
         "Bands of the sensor, or columns of the file, to use in this order; none: all, or those that the MSI's file "
         "names or has the wavelengths of, if it has fewer than the sensor. Valid only with `sensor` or `file`.");
  fields("weights", weights, "One row of weights, one for each HSI band, for each MSI band.");
  fields("ranges", ranges, "Band indices [first, last] from 0, both included, one range for each MSI band.");
  fields("fractions", fractions, Range{0, 1}, "The same in fractions of the band count.");
}

std::vector<std::string> response_names(const SrfOptions& options, const ResponseTable& measured) {
  if (!options.file.empty()) return options.bands.empty() ? measured.names : options.bands;
  std::vector<std::string> names;
  if (options.sensor.empty()) return names;
  for (const SensorBand& band : chosen_bands(options)) names.emplace_back(band.name);
  return names;
}

Tensor make_srf(const SrfOptions& options, const std::vector<double>& wavelength_nm, Index bands,
                const ResponseTable& measured) {
  check_options(options);
  SPECFUSE_CHECK(bands >= 1 && (wavelength_nm.empty() || static_cast<Index>(wavelength_nm.size()) == bands),
                 "make_srf: expected one wavelength for each of ", bands, " bands, got ", wavelength_nm.size());
  const Bands scene{wavelength_nm, static_cast<std::size_t>(bands)};
  if (!options.sensor.empty()) return normalized(rows_of_sensor(options, scene), scene);
  if (!options.file.empty()) return normalized(rows_of_table(options, scene, measured), scene);
  if (!options.ranges.empty()) return normalized(rows_of_ranges(options.ranges, scene), scene);
  if (!options.fractions.empty()) return normalized(rows_of_fractions(options.fractions, scene), scene);
  return normalized(options.weights, scene);
}

Tensor make_srf(const SrfOptions& options, const Cube& image, const ResponseTable& measured) {
  const bool by_wavelength = !image.wavelength_nm.empty() && (!options.sensor.empty() || !options.file.empty());
  const std::vector<Index>& remaining = image.notes.remaining;
  if (remaining.empty() || by_wavelength) return make_srf(options, image.wavelength_nm, image.bands(), measured);
  const Tensor all = make_srf(options, {}, image.notes.bands, measured);
  std::vector<Row> rows;
  for (Index row = 0; row < all.dim(0); ++row) {
    Row& weights = rows.emplace_back();
    for (const Index band : remaining) weights.push_back(double{all[row * all.dim(1) + band]});
  }
  return normalized(rows, {image.wavelength_nm, remaining.size()});
}

Tensor response_rows(const Tensor& srf, const std::vector<Index>& rows) {
  Tensor result = Tensor::uninitialized({std::ssize(rows), srf.dim(1)});
  float* to = result.data();
  for (const Index row : rows) to = std::copy_n(srf.data() + row * srf.dim(1), srf.dim(1), to);
  return result;
}

}  // namespace specfuse
