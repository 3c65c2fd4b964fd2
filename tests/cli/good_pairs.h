#pragma once

// Pairs that tests of the program fuse, as other programs write them.
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "io/raw_hdf5.h"

namespace specfuse::testing {

/// Values from 1 to 1000 without a pattern.
inline std::vector<double> some_values(const std::vector<hsize_t>& extents) {
  const hsize_t count = std::accumulate(extents.begin(), extents.end(), hsize_t{1}, std::multiplies<>());
  std::vector<double> values(count);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1 + static_cast<double>(i * 2654435761u % 1000);
  return values;
}

/// A pair of ratio 4 with its reference: three spectra that mix in waves and blocks, and a little that is of no
/// spectrum.
inline void write_stream_pair(const std::string& path) {
  constexpr hsize_t kRows = 320, kCols = 288, kBands = 12, kMsiBands = 3, kRatio = 4;
  const std::vector<double> noise = some_values({kRows, kCols, kBands});
  std::vector<double> reference, msi(kRows * kCols * kMsiBands), hsi(kRows * kCols * kBands / (kRatio * kRatio));
  std::vector<double> response(kMsiBands * kBands);
  for (hsize_t b = 0; b < kBands; ++b) response[b / 4 * kBands + b] = 0.25;
  for (hsize_t pixel = 0; pixel < kRows * kCols; ++pixel) {
    const hsize_t row = pixel / kCols, col = pixel % kCols;
    const double waves = 0.5 + 0.5 * std::sin(0.11 * static_cast<double>(row) + 0.07 * static_cast<double>(col));
    const double blocks = (row / 6 + col / 10) % 3 == 0 ? 1 : 0.2;
    for (hsize_t b = 0; b < kBands; ++b) {
      const double band = static_cast<double>(b);
      const double value = 800 * waves * (1 + 0.05 * band) + 600 * blocks * (1.5 - 0.1 * band) +
                           300 * (1 - waves) * std::abs(std::sin(band)) + 0.02 * noise[pixel * kBands + b];
      reference.push_back(value);
      msi[pixel * kMsiBands + b / 4] += 0.25 * value;
      hsi[(row / kRatio * (kCols / kRatio) + col / kRatio) * kBands + b] += value / (kRatio * kRatio);
    }
  }
  RawFile file(path);
  file.dataset("hsi", {kRows / kRatio, kCols / kRatio, kBands}, H5T_NATIVE_FLOAT, hsi);
  file.dataset("msi", {kRows, kCols, kMsiBands}, H5T_NATIVE_FLOAT, msi);
  file.dataset("reference", {kRows, kCols, kBands}, H5T_NATIVE_FLOAT, reference);
  file.dataset("srf", {kMsiBands, kBands}, H5T_NATIVE_FLOAT, response);
}

/// Two pairs of ratio 4 in which a coarse pixel is the mean of its fine ones. In field.h5 the MSI samples the ground
/// 0.6 pixels further down and 0.4 to the left, has gains and offsets, and shows other ground in rows 80 to 127 and
/// columns 56 to 103. In flipped.h5 it lies upside down.
inline void write_field_pairs(const std::string& folder) {
  constexpr hsize_t kRows = 288, kCols = 256, kBands = 12, kMsiBands = 3, kRatio = 4;
  const auto ground = [](double row, double col, hsize_t b) {
    double value = 1500;
    for (int k = 1; k <= 4; ++k) {
      const double waves = std::sin((0.13 + 0.31 * k) * row + 0.4 * std::sin(0.21 * col) * k) +
                           std::cos((0.19 + 0.27 * k) * col - 0.05 * k * row);
      value += (250 / k + 60) * waves * std::cos(0.4 * k * static_cast<double>(b) + k);
    }
    return value;
  };
  const std::vector<double> noise = some_values({kRows, kCols, kMsiBands});
  std::vector<double> reference, msi, flipped(kRows * kCols * kMsiBands);
  std::vector<double> hsi(kRows * kCols * kBands / (kRatio * kRatio)), response(kMsiBands * kBands);
  for (hsize_t b = 0; b < kBands; ++b) response[b / 4 * kBands + b] = 0.25;
  for (hsize_t pixel = 0; pixel < kRows * kCols; ++pixel) {
    const hsize_t row = pixel / kCols, col = pixel % kCols;
    const bool changed = row >= 80 && row < 128 && col >= 56 && col < 104;
    const double down = static_cast<double>(row), right = static_cast<double>(col);
    for (hsize_t m = 0; m < kMsiBands; ++m) {
      double seen = 0.005 * noise[pixel * kMsiBands + m], straight = seen;
      for (hsize_t b = 4 * m; b < 4 * m + 4; ++b) {
        seen += 0.25 * ground(down + 0.6, right - 0.4, b);
        straight += 0.25 * ground(down, right, b);
      }
      msi.push_back((changed ? 1.3 : 1) * (0.9 + 0.1 * static_cast<double>(m)) * seen + 100);
      flipped[((kRows - 1 - row) * kCols + col) * kMsiBands + m] = straight;
    }
    for (hsize_t b = 0; b < kBands; ++b) {
      reference.push_back(ground(down, right, b));
      hsi[(row / kRatio * (kCols / kRatio) + col / kRatio) * kBands + b] += reference.back() / (kRatio * kRatio);
    }
  }
  for (const bool turned : {false, true}) {
    RawFile file(folder + (turned ? "flipped.h5" : "field.h5"));
    file.dataset("hsi", {kRows / kRatio, kCols / kRatio, kBands}, H5T_NATIVE_FLOAT, hsi);
    file.dataset("msi", {kRows, kCols, kMsiBands}, H5T_NATIVE_FLOAT, turned ? flipped : msi);
    file.dataset("reference", {kRows, kCols, kBands}, H5T_NATIVE_FLOAT, reference);
    file.dataset("srf", {kMsiBands, kBands}, H5T_NATIVE_FLOAT, response);
  }
}

}  // namespace specfuse::testing
