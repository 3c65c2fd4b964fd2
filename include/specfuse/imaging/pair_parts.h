#pragma once

#include <functional>

#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// A pair that is looked at part by part, since it may be larger than memory.
class PairParts {
 public:
  virtual ~PairParts() = default;

  /// Of the hsi, in coarse pixels.
  virtual Index rows() const = 0;
  virtual Index cols() const = 0;
  virtual Index bands() const = 0;
  virtual Index msi_bands() const = 0;
  virtual const Degradation& degradation() const = 0;
  /// Side of the parts it is best looked at in, in coarse pixels: a multiple of the ratio, or more than the image has.
  virtual Index side() const = 0;
  /// Coarse pixels around a part that are read with it.
  virtual Index halo() const { return 0; }
  /// Both images of a rectangle of coarse pixels.
  virtual Pair read(const Rectangle& coarse) const = 0;
};

/// A part of a cube, which is not copied where that is all of it.
Cube part_of(const Cube& cube, const Rectangle& part);

/// A part of a pair with a margin around it, as far as there are pixels.
struct PairPart {
  Pair pair;
  /// Where the part itself is in pair.hsi.
  Rectangle inner;

  /// The part itself of an image at the scale of the hsi, and of one at the scale of the msi.
  Cube inner_of_coarse(const Cube& image) const;
  Cube inner_of_fine(const Cube& image) const;
};

/// A part of a pair with so many coarse pixels around it.
PairPart read_part(const PairParts& pair, const Rectangle& part, Index margin);

/// Parts that cover an image of rows x cols pixels, row after row, about equal in size and no larger than `side`, which
/// is a multiple of `unit`, as all their corners are. Where that would make them smaller than `least`, they are larger.
std::vector<Rectangle> parts_of(Index rows, Index cols, Index side, Index unit, Index least = 0);

/// Shows every part of `pair.side()` in turn, row after row: each coarse pixel is in one, not counting margins, and
/// each pixel one scale down is whole. Parts without data in any pixel of one image are passed over. Throws
/// `Interrupted` when the user asked to stop.
void for_each_part(const PairParts& pair, Index margin, const std::function<void(const PairPart&)>& visit);

/// A pair in memory: one part, and nothing is copied to read it.
class WholePair : public PairParts {
 public:
  explicit WholePair(const Pair& pair) : pair_(pair) {}
  Index rows() const override { return pair_.hsi.rows(); }
  Index cols() const override { return pair_.hsi.cols(); }
  Index bands() const override { return pair_.hsi.bands(); }
  Index msi_bands() const override { return pair_.msi.bands(); }
  const Degradation& degradation() const override { return pair_.degradation; }
  Index side() const override;
  Pair read(const Rectangle& coarse) const override;

 private:
  Pair pair_;
};

/// The halo in coarse pixels of the degraded msi of a part, and of its msi detail, which is also that of cubic
/// up-sampling.
Index degrade_margin(const Degradation& degradation);
Index detail_margin(const Degradation& degradation);

/// `fine` where a rectangle of coarse pixels lies.
Rectangle fine_part(const Rectangle& coarse, Index ratio);

/// A part of both images; `fine` is in pixels of the MSI and a multiple of the ratio in all its numbers.
Pair crop_pair(const Pair& pair, const Rectangle& fine);

}  // namespace specfuse
