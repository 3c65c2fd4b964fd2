#pragma once

#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

namespace specfuse {

/// Options describe themselves once, and reading, defaults, checks and writing all follow from it:
///
///   struct PsfOptions {
///     std::string type = "gaussian";
///     double fwhm = 4;
///     template <class Fields> void describe(Fields& fields) {
///       fields("type", type, Choices{"gaussian", "box", "delta"});
///       fields("fwhm", fwhm, Range{0.1, 100});
///     }
///   };
///
/// A field is a bool, int, Index, double, string, a struct that describes itself, or an optional or vector of these.

/// Numbers from `least` to `most`, both included. Applies to every element of a vector.
struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

/// One of these texts.
struct Choices {
  Choices(std::initializer_list<const char*> list) : texts(list.begin(), list.end()) {}
  std::vector<std::string> texts;
};

}  // namespace specfuse
