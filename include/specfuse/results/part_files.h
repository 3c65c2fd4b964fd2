#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/core/stopwatch.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

/// The parts of one result in files of their own, until it is whole.
class PartFiles {
 public:
  /// `places` in coarse pixels; neighbours pass over into each other in `overlap` of them beyond each.
  PartFiles(std::string folder, const PairParts& pair, std::vector<Rectangle> places, Index overlap);

  /// The side of the parts that a folder keeps: what was chosen once holds for all of them.
  static std::optional<Index> side_in(const std::string& folder);
  static void keep_side(const std::string& folder, Index side);

  const std::vector<Rectangle>& places() const { return places_; }
  /// Place i with its overlap, as far as there are pixels.
  Rectangle made(std::size_t i) const;
  bool has(std::size_t i) const;
  /// Keeps what was made of `made(i)`.
  void keep(std::size_t i, const FusedCube& part) const;
  /// How long parts have been made, since this was made and before that. The first rank keeps it with each of its
  /// parts.
  double seconds() const { return before_ + since_.seconds(); }

  /// Of the errors to be expected; none where no part has any.
  std::optional<double> width_95() const;
  /// The values of a rectangle of fine pixels in a dataset of the parts. Where they overlap, each counts the less the
  /// farther it lies beyond its place.
  Tensor read(const std::string& dataset, const Rectangle& fine) const;

 private:
  std::string file(std::size_t i) const;
  /// How much part i counts at fine positions [first, first + count) along an axis.
  std::vector<double> weights(Index begin, Index end, Index extent, Index first, Index count) const;

  std::string folder_;
  std::vector<Rectangle> places_;
  Index rows_, cols_, overlap_, ratio_, bands_;
  bool keeps_seconds_;
  double before_ = 0;
  Stopwatch since_;
};

}  // namespace specfuse
