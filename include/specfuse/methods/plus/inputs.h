#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "specfuse/methods/plus/candidates.h"

namespace specfuse {

struct PlusInputOptions {
  CandidateDescriptions candidates = default_candidates();
  /// Kinds of input; see `PlusInputs`.
  std::vector<std::string> kinds{"candidates", "interpolated", "level", "misfit", "spread", "noise", "detail", "ratio"};
  /// Rounds of `add_guided` on the base.
  Index guided = 2;
  /// Rounds of consistency with both inputs, as far as their noise allows, before the network and after it.
  Index consistency = 3;
  void describe(FieldVisitor& fields);
  bool has(const std::string& kind) const;
  /// How many channels they have together.
  Index channels() const;
};

/// A part of an image, all three axes.
struct Block {
  Rectangle pixels;
  Index band = 0, bands = 0;
};

/// What the network sees of a pair, for every pixel and band. The base is the median of the candidates, guided to
/// the HSI and made consistent with both inputs as far as their noise allows. Beside it stand the candidates, and what
/// shows how far to trust them, in units of their own disagreement. These hold no trace of sensor or units, and are the
/// same whatever a scene is multiplied with. Kinds:
///
///   candidates    (candidate - base) / e of each, e the root mean square of that over pixels and candidates
///   interpolated  (up(hsi) - base) / (8 e)
///   level         (base - mean) / deviation of the base in its band
///   misfit        up(hsi - degrade(base)) / e, and the residual to the MSI spread over the bands by pinv(srf), / e
///   spread        log(deviation / e) / 3
///   noise         log(noise of the HSI / e) / 3
///   detail        log(rms of the HSI's detail / e) / 3 one scale down, and of what the MSI's detail leaves of it
///   ratio         log2(ratio) - 2
///
/// The first four differ from pixel to pixel, the others from band to band. Of these four all except level are kept in
/// 16 bits and limited to 10 in size, candidates and residuals to 8.
class PlusInputs {
 public:
  /// Throws what a candidate throws that cannot be made of the pair; see `check_candidates`.
  PlusInputs(const KnownPair& pair, const PlusInputOptions& options, std::uint64_t seed);
  /// Names what the constructor makes of the same arguments with the same kernels: 16 hexadecimal digits.
  static std::string key(const Pair& pair, const PlusInputOptions& options, std::uint64_t seed);

  /// From a file that `write` made. Throws `DataError` where it is none.
  explicit PlusInputs(const std::string& path);
  /// Of inputs of all kinds those that `options` has: as if they had been made alone. Throws `Error` where some are not
  /// there.
  void keep_only(const PlusInputOptions& options);
  /// Throws `Error` with path and reason where it cannot be written.
  void write(const std::string& path) const;

  /// Leaves what differs from pixel to pixel in files of a folder; see `copy_on_disk`.
  void move_to_disk(const std::string& folder);

  /// The median of the candidates [rows, cols, bands], guided and made consistent, and e of each band.
  const Tensor& base() const { return base_; }
  const std::vector<float>& scale() const { return scale_; }
  Index rows() const { return base_.dim(0); }
  Index cols() const { return base_.dim(1); }
  Index bands() const { return base_.dim(2); }
  Index channels() const;

  /// The inputs of a part: [block.pixels.rows, block.pixels.cols, block.bands, channels].
  Tensor cut(const Block& block) const;

 private:
  using Plane = std::shared_ptr<std::int16_t[]>;
  /// Not set.
  static Plane plane_of(Index values);
  Tensor minus_base(const Tensor& values) const;
  void add_plane(const Tensor& deviation, float unit, float limit);
  void add_detail(const KnownPair& pair);

  Tensor base_;
  std::vector<float> scale_;
  bool level_ = false;
  /// Of the base in each band.
  std::vector<float> mean_, deviation_;
  std::vector<Plane> planes_;
  std::vector<std::vector<float>> by_band_;
};

}  // namespace specfuse
