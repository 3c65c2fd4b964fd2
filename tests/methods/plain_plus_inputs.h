#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/plus/guided.h"
#include "specfuse/methods/plus/inputs.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/signal_subspace.h"
#include "specfuse/tensor/math.h"

namespace specfuse::testing {

/// A value for every pixel and band.
using Channel = std::function<double(Index pixel, Index band)>;

inline double root_mean_square(const Cube& cube, Index band) {
  double sum = 0;
  for (Index p = 0; p < cube.pixels(); ++p) sum += std::pow(double{cube.values[p * cube.bands() + band]}, 2);
  return std::sqrt(sum / static_cast<double>(cube.pixels()));
}

inline Cube difference(Cube x, const Cube& y) {
  x.values = x.values.clone();
  add_scaled(x.values, y.values, -1.0f);
  return x;
}

/// What the least squares fit of every band by the two of `d` leaves of it.
inline Cube unexplained(const Cube& of, const Cube& d) {
  Cube result = of;
  result.values = of.values.clone();
  for (Index b = 0; b < of.bands(); ++b) {
    double aa = 0, ab = 0, bb = 0, ay = 0, by = 0;
    for (Index p = 0; p < of.pixels(); ++p) {
      const double x = d.values[2 * p], z = d.values[2 * p + 1], y = of.values[p * of.bands() + b];
      aa += x * x, ab += x * z, bb += z * z, ay += x * y, by += z * y;
    }
    const double scale = aa * bb - ab * ab, first = (ay * bb - by * ab) / scale, second = (by * aa - ay * ab) / scale;
    for (Index p = 0; p < of.pixels(); ++p) {
      result.values[p * of.bands() + b] -= static_cast<float>(first * d.values[2 * p] + second * d.values[2 * p + 1]);
    }
  }
  return result;
}

/// The inputs as their header writes them, for a pair of two MSI bands, each the mean of a part of the spectrum.
class PlainInputs {
 public:
  PlainInputs(const Pair& pair, const PlusInputOptions& options) : pair_(pair) {
    const std::vector<Tensor> candidates = make_candidates(options.candidates, pair, 0);
    base_ = Cube(pair.msi.rows(), pair.msi.cols(), bands());
    base_.values = median_of_base(options.candidates, candidates, pair).clone();
    for (Index round = 0; round < options.guided; ++round) add_guided(pair, noise_of(pair), base_);
    for (Index round = 0; round < options.consistency; ++round) make_consistent(pair, noise_of(pair), base_);
    set_deviations();
    for (Index b = 0; b < bands(); ++b) {
      double sum = 0;
      for (const Tensor& candidate : candidates) {
        for (Index p = 0; p < base_.pixels(); ++p) sum += std::pow(double{candidate[p * bands() + b]} - base(p, b), 2);
      }
      const double count = static_cast<double>(base_.pixels()) * static_cast<double>(candidates.size());
      scale_.push_back(std::sqrt(sum / count) + 1e-6 * whole_);
    }
    for (const Tensor& candidate : candidates) {
      channels_.push_back(
          [=, this](Index p, Index b) { return limited(candidate[p * bands() + b] - base(p, b), b, 8); });
    }
    add_others();
  }

  Index bands() const { return pair_.hsi.bands(); }
  double base(Index pixel, Index band) const { return base_.values[pixel * bands() + band]; }
  double scale(Index band) const { return scale_[static_cast<std::size_t>(band)]; }
  const std::vector<Channel>& channels() const { return channels_; }

 private:
  double limited(double deviation, Index band, double limit) const {
    return std::clamp(deviation / scale(band), -limit, limit);
  }

  void set_deviations() {
    double total = 0, square = 0;
    const auto pixels = static_cast<double>(base_.pixels()), many = static_cast<double>(bands());
    for (Index b = 0; b < bands(); ++b) {
      double of_band = 0, off = 0;
      for (Index p = 0; p < base_.pixels(); ++p) of_band += base(p, b) / pixels;
      for (Index p = 0; p < base_.pixels(); ++p) off += std::pow(base(p, b) - of_band, 2) / pixels;
      mean_.push_back(of_band);
      deviation_.push_back(std::sqrt(off));
      total += of_band / many;
    }
    for (Index i = 0; i < base_.values.size(); ++i) square += std::pow(base_.values[i] - total, 2) / pixels / many;
    whole_ = std::sqrt(square);
  }

  void add_of_band(const std::function<double(Index)>& value, double limit) {
    channels_.push_back(
        [=, this](Index, Index b) { return std::clamp(std::log(value(b) / scale(b)), -limit, limit) / 3; });
  }

  void add_others() {
    const Cube up = upsample_cubic(pair_.hsi, pair_.degradation.ratio);
    channels_.push_back(
        [=, this](Index p, Index b) { return limited((up.values[p * bands() + b] - base(p, b)) / 8, b, 10); });
    const Cube off =
        upsample_cubic(difference(pair_.hsi, degrade_spatially(base_, pair_.degradation)), pair_.degradation.ratio);
    channels_.push_back([=, this](Index p, Index b) { return limited(off.values[p * bands() + b], b, 8); });
    channels_.push_back([this](Index p, Index b) {
      // A response that is 1 / n over n bands has the pseudo-inverse 1 there.
      const Index m = b < bands() / 2 ? 0 : 1, first = m == 0 ? 0 : bands() / 2, end = m == 0 ? bands() / 2 : bands();
      double seen = 0;
      for (Index k = first; k < end; ++k) seen += base(p, k) / static_cast<double>(end - first);
      return limited(pair_.msi.values[2 * p + m] - seen, b, 8);
    });
    channels_.push_back([this](Index p, Index b) {
      const auto at = static_cast<std::size_t>(b);
      return (base(p, b) - mean_[at]) / (deviation_[at] + 1e-6 * whole_);
    });
    add_of_band([this](Index b) { return deviation_[static_cast<std::size_t>(b)] + 1e-6 * whole_; }, 10);
    for (const std::vector<double>& noise : {noise_of(pair_).hsi, hsi_noise(pair_.hsi)}) {
      add_of_band([=](Index b) { return noise[static_cast<std::size_t>(b)]; }, 6);
    }
    const Pair lower = degrade_pair(pair_);
    const Cube seen = crop(pair_.hsi, {0, 0, lower.msi.rows(), lower.msi.cols()});
    const auto detail_of = [&](const Cube& image, const Cube& coarse) {
      return difference(image, upsample_cubic(coarse, pair_.degradation.ratio));
    };
    const Cube detail = detail_of(seen, lower.hsi);
    const Cube left = unexplained(detail, detail_of(lower.msi, degrade_spatially(lower.msi, lower.degradation)));
    add_of_band([=](Index b) { return root_mean_square(detail, b); }, 6);
    add_of_band([=](Index b) { return root_mean_square(left, b); }, 6);
    const double ratio = static_cast<double>(pair_.degradation.ratio);
    channels_.push_back([=](Index, Index) { return std::log2(ratio) - 2; });
  }

  Pair pair_;
  Cube base_;
  double whole_ = 0;
  std::vector<double> scale_, mean_, deviation_;
  std::vector<Channel> channels_;
};

}  // namespace specfuse::testing
