#pragma once

#include <cstdint>
#include <vector>

#include "specfuse/imaging/cube.h"

namespace specfuse {

/// What spectra images hold, small enough to be kept beside what was learned from them: hashes of runs of neighbouring
/// bands, of which the smallest are kept (a bottom-k sketch, Broder 1997). A part of an image has those of its pixels,
/// some of its bands have those of theirs, and an image times a number has nearly all of them.
class Fingerprint {
 public:
  /// Adds the pixels that have data. Runs that repeat a value, as fill and saturation do, or that are not above 0, do
  /// not count.
  void add(const Cube& image);
  void add(const Fingerprint& other);
  bool empty() const { return hashes_.empty(); }

  /// The share of its runs that `other` has, too, of those that both would keep; 0 below one in a hundred or fewer than
  /// three, as unrelated scenes share some by chance.
  double share_in(const Fingerprint& other) const;

  /// As a tensor [hashes, 2] of the upper and the lower 24 bits of each, which floats hold, and back. Throws
  /// `DataError` on anything else.
  Tensor tensor() const;
  static Fingerprint from(const Tensor& tensor);

 private:
  /// Sorted, each once, the smallest of all that were added.
  std::vector<std::uint64_t> hashes_;
};

}  // namespace specfuse
