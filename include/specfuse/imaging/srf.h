#pragma once

#include <map>
#include <string>
#include <vector>

#include "specfuse/imaging/cube.h"
#include "specfuse/tensor/tensor.h"

namespace specfuse {

class FieldVisitor;

/// The spectral response of the MSI, one row for each of its bands. Exactly one of sensor, file, weights, ranges and
/// fractions is given.
struct SrfOptions {
  /// One of `sensor_list`: published band edges of the reflective bands.
  std::string sensor;
  /// box: equal weights of the bands centred inside the edges, both included. gaussian: super-Gaussian weights
  /// exp(-ln 2 * (2 |l - c| / width)^6), one half at the edges. Of a sensor only.
  std::string shape = "box";
  /// CSV of measured responses; see `parse_response_csv`.
  std::string file;
  /// Bands of the sensor, or columns of the file, to use in this order; none: all.
  std::vector<std::string> bands;
  /// Explicit rows of one weight per band.
  std::vector<std::vector<double>> weights;
  /// Rows of equal weights of the bands [first, last], counted from 0, both included.
  std::vector<std::vector<Index>> ranges;
  /// Rows of equal weights of a range [first, last] in fractions of the band count: 0 is the first band, 1 the last,
  /// and f between them the band round(f * (bands - 1)), both ends included.
  std::vector<std::vector<double>> fractions;

  /// Whether any of them is.
  bool given() const {
    return !(sensor.empty() && file.empty() && weights.empty() && ranges.empty() && fractions.empty());
  }

  void describe(FieldVisitor& fields);
};

/// The named sensors and the names of their bands.
std::map<std::string, std::vector<std::string>> sensor_list();

/// Measured responses: values[i][w] is the response of column i at wavelength_nm[w]; wavelengths increase.
struct ResponseTable {
  /// Where it was read, for messages.
  std::string source;
  std::vector<std::string> names;
  std::vector<double> wavelength_nm;
  std::vector<std::vector<double>> values;
};

/// Reads a comma-separated text with a header line `wavelength_nm,NAME,...`. Throws `DataError` naming `source`, the
/// line and what was expected of it.
ResponseTable parse_response_csv(const std::string& text, const std::string& source);

/// Reads the column `wavelength_nm` of a comma-separated text with a header line. Throws `DataError` likewise.
std::vector<double> parse_wavelength_csv(const std::string& text, const std::string& source);

/// The names of the bands of the MSI: those of the sensor, or of the columns of the file. Empty where they have none.
/// Throws as `make_srf`.
std::vector<std::string> response_names(const SrfOptions& options, const ResponseTable& measured = {});

/// The response matrix [msi bands, bands] of a scene whose bands are centred at `wavelength_nm` (empty: unknown);
/// rows clipped at 0 and scaled to sum 1. Measured responses are interpolated linearly at the band centres and are 0
/// outside their table. Without wavelengths, landsat7 takes the fractions 0.03-0.07, 0.08-0.12, 0.135-0.165,
/// 0.19-0.25, 0.58-0.66 and 0.84-0.93 of the band count, rounded as in `SrfOptions::fractions`, and other sensors and
/// files are an error. `measured` holds what `options.file` contains, and is read for a file only.
/// Throws `ConfigError` on options that contradict each other and on a row without any band of the scene.
Tensor make_srf(const SrfOptions& options, const std::vector<double>& wavelength_nm, Index bands,
                const ResponseTable& measured = {});

/// The same on the bands that are left of an image. What counts or numbers bands means those before some of them left.
Tensor make_srf(const SrfOptions& options, const Cube& image, const ResponseTable& measured = {});

/// These rows of a response, counted from 0.
Tensor response_rows(const Tensor& srf, const std::vector<Index>& rows);

}  // namespace specfuse
