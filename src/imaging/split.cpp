#include "specfuse/imaging/split.h"

#include <algorithm>
#include <array>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

struct Part {
  const char* name;
  const Rectangle& rectangle;
};

void check_part(const Part& part, const SplitLimits& limits) {
  const Rectangle& r = part.rectangle;
  const Index ratio = limits.ratio;
  SPECFUSE_CHECK_AS(ConfigError, r.rows >= 1 && r.cols >= 1, "split: expected at least one pixel in ", part.name,
                    ", got ", r.rows, " x ", r.cols);
  SPECFUSE_CHECK_AS(ConfigError, r.is_within(limits.rows, limits.cols), "split: expected ", part.name, " inside ",
                    limits.rows, " x ", limits.cols, " pixels, got ", r.text());
  SPECFUSE_CHECK_AS(ConfigError, r.row % ratio == 0 && r.col % ratio == 0 && r.rows % ratio == 0 && r.cols % ratio == 0,
                    "split: expected ", part.name, " to start and extend by multiples of the ratio ", ratio, ", got ",
                    r.text());
}

}  // namespace

Index gap(const Rectangle& a, const Rectangle& b) {
  const Index rows = std::max(a.row - (b.row + b.rows), b.row - (a.row + a.rows));
  const Index cols = std::max(a.col - (b.col + b.cols), b.col - (a.col + a.cols));
  return std::max(rows, cols);
}

void check_split(const Split& split, const SplitLimits& limits) {
  SPECFUSE_CHECK_AS(ConfigError, limits.ratio >= 1, "split: expected a ratio of at least 1, got ", limits.ratio);
  const std::array<Part, 3> parts{{{"train", split.train}, {"validation", split.validation}, {"test", split.test}}};
  for (const Part& part : parts) check_part(part, limits);
  const Index needed = limits.receptive_field_radius + limits.psf_reach;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (std::size_t j = i + 1; j < parts.size(); ++j) {
      const Index apart = gap(parts[i].rectangle, parts[j].rectangle);
      SPECFUSE_CHECK_AS(ConfigError, apart >= needed, "split: expected ", parts[i].name, " (",
                        parts[i].rectangle.text(), ") and ", parts[j].name, " (", parts[j].rectangle.text(),
                        ") at least ", needed, " fine pixels apart (receptive field ", limits.receptive_field_radius,
                        " and PSF ", limits.psf_reach, "), got ", apart);
    }
  }
}

}  // namespace specfuse
