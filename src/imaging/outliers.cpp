#include "specfuse/imaging/outliers.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <tuple>

#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/imaging/no_data.h"

namespace specfuse {
namespace {

/// Pixels that statistics are taken from, on a lattice, about.
constexpr double kSample = 4096;
/// A value is far beyond all others by so many times the range of all but two per cent at each end, and by so many
/// robust standard deviations from the median.
constexpr double kRanges = 6, kDeviations = 20;
/// Something bright reaches the pixels around, other bands and the other image: it is there where any of these is so
/// many ranges away from its median, of the many bands of an HSI more than this part. Of 408 simulated pairs of 17
/// scenes with glints and noise no value is taken for an outlier, and of wrapped ones at random places 96 of 100 are
/// found.
constexpr double kUnusual = 2, kUnusualAround = 1.5, kUnusualBands = 0.05;

double quantile(std::vector<float>& values, double part) {
  const auto at = values.begin() + std::llround(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return double{*at};
}

/// What is normal in a band.
struct Band {
  std::vector<float> values;
  double median = 0, low = 0, high = 0, deviation = 0;
  double range() const { return high - low; }
  bool is_beyond(double value) const {
    const double off = std::max(value - high, low - value);
    return range() > 0 && off > kRanges * range() && std::abs(value - median) > kDeviations * deviation;
  }
  double ranges_from_median(double value) const { return range() > 0 ? std::abs(value - median) / range() : 0; }
  void finish() {
    if (values.empty()) return;
    low = quantile(values, 0.02);
    high = quantile(values, 0.98);
    median = quantile(values, 0.5);
    for (float& value : values) value = static_cast<float>(std::abs(double{value} - median));
    deviation = 1.4826 * quantile(values, 0.5);
    values = {};
  }
};

/// One image of a pair on the scale of the HSI.
struct Side {
  std::vector<Band> bands;
  /// Of each band, over all pixels of the image itself.
  std::vector<float> least, most;

  explicit Side(Index count)
      : bands(static_cast<std::size_t>(count)), least(bands.size(), std::numeric_limits<float>::infinity()),
        most(bands.size(), -std::numeric_limits<float>::infinity()) {}

  void sample(const float* pixel) {
    for (std::size_t b = 0; b < bands.size(); ++b) bands[b].values.push_back(pixel[b]);
  }
  void look(const Cube& image) {
    for (Index p = 0; p < image.pixels(); ++p) {
      if (!image.is_valid(p)) continue;
      const float* const pixel = image.values.data() + p * image.bands();
      for (std::size_t b = 0; b < bands.size(); ++b) {
        least[b] = std::min(least[b], pixel[b]);
        most[b] = std::max(most[b], pixel[b]);
      }
    }
  }
  bool any_beyond() const {
    for (std::size_t b = 0; b < bands.size(); ++b) {
      if (bands[b].is_beyond(least[b]) || bands[b].is_beyond(most[b])) return true;
    }
    return false;
  }
  /// How many bands of a pixel are far from normal, yet not beyond all others.
  Index unusual(const float* pixel, bool or_beyond) const {
    Index count = 0;
    for (std::size_t b = 0; b < bands.size(); ++b) {
      if (bands[b].ranges_from_median(pixel[b]) <= kUnusual) continue;
      if (or_beyond || !bands[b].is_beyond(pixel[b])) ++count;
    }
    return count;
  }
};

/// The pixels within one of a pixel that hold data.
template <class Visit>
void around(const Cube& image, Index row, Index col, const Visit& visit) {
  for (Index r = std::max<Index>(0, row - 1); r <= std::min(image.rows() - 1, row + 1); ++r) {
    for (Index c = std::max<Index>(0, col - 1); c <= std::min(image.cols() - 1, col + 1); ++c) {
      if (image.is_valid(r * image.cols() + c)) visit(image.pixel(r, c));
    }
  }
}

/// Whether a value is an outlier judged by its own image, and what to fill in then: the mean of those
/// around that are not beyond all others either.
std::optional<float> filled(const Cube& image, const Side& side, Index row, Index col, std::size_t band) {
  const Band& normal = side.bands[band];
  const float* const itself = image.pixel(row, col);
  if (!image.is_valid(row * image.cols() + col) || !normal.is_beyond(itself[band])) return {};
  if (side.unusual(itself, false) > 0) return {};
  double sum = 0, count = 0, most = 0;
  around(image, row, col, [&](const float* pixel) {
    if (normal.is_beyond(pixel[band])) return;
    sum += pixel[band];
    ++count;
    most = std::max(most, normal.ranges_from_median(pixel[band]));
  });
  if (count == 0 || most >= kUnusualAround) return {};
  return static_cast<float>(sum / count);
}

/// Whether an image shows something unusual at this pixel or around.
bool is_shown(const Cube& image, const Side& side, Index row, Index col) {
  bool shown = false;
  const double most = kUnusualBands * static_cast<double>(image.bands());
  around(image, row, col,
         [&](const float* pixel) { shown = shown || static_cast<double>(side.unusual(pixel, true)) > most; });
  return shown;
}

Cube block_means(const Cube& msi, Index ratio) {
  Cube means(msi.rows() / ratio, msi.cols() / ratio, msi.bands());
  means.valid.assign(static_cast<std::size_t>(means.pixels()), 1);
  for (Index p = 0; p < msi.pixels(); ++p) {
    const Index row = p / msi.cols() / ratio, col = p % msi.cols() / ratio;
    if (!msi.is_valid(p)) means.valid[static_cast<std::size_t>(row * means.cols() + col)] = 0;
    const float* const from = msi.values.data() + p * msi.bands();
    for (Index b = 0; b < msi.bands(); ++b) means.pixel(row, col)[b] += from[b] / static_cast<float>(ratio * ratio);
  }
  return means;
}

class Search {
 public:
  explicit Search(const PairParts& pair)
      : pair_(pair), ratio_(pair.degradation().ratio), hsi_(pair.bands()), msi_(pair.msi_bands()) {}

  PairOutliers found() {
    learn();
    if (!hsi_.any_beyond() && !msi_.any_beyond()) return {};
    each_part(1, [this](const PairPart& part, const Rectangle& place) { look_at(part, place); });
    for (std::vector<Outlier>* list : {&found_.hsi, &found_.msi}) {
      const auto place = [](const Outlier& o) { return std::tuple(o.row, o.col, o.band); };
      std::sort(list->begin(), list->end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
    }
    return found_;
  }

 private:
  void each_part(Index margin, const std::function<void(const PairPart&, const Rectangle&)>& visit) const {
    for (const Rectangle& place : parts_of(pair_.rows(), pair_.cols(), pair_.side(), ratio_)) {
      SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while looking at the pair");
      visit(read_part(pair_, place, margin), place);
    }
  }

  void learn() {
    const double pixels = static_cast<double>(pair_.rows()) * static_cast<double>(pair_.cols());
    const auto step = std::max<Index>(1, std::llround(std::sqrt(pixels / kSample)));
    each_part(0, [&](const PairPart& part, const Rectangle& place) {
      const Cube &hsi = part.pair.hsi, means = block_means(part.pair.msi, ratio_);
      hsi_.look(hsi);
      msi_.look(part.pair.msi);
      for (Index p = 0; p < hsi.pixels(); ++p) {
        const Index row = p / hsi.cols(), col = p % hsi.cols();
        if ((place.row + row) % step != 0 || (place.col + col) % step != 0) continue;
        if (!hsi.is_valid(p) || !means.is_valid(p)) continue;
        hsi_.sample(hsi.pixel(row, col));
        msi_.sample(means.pixel(row, col));
      }
    });
    for (Side* side : {&hsi_, &msi_}) {
      for (Band& band : side->bands) band.finish();
    }
  }

  void look_at(const PairPart& part, const Rectangle& place) {
    const Cube &hsi = part.pair.hsi, &msi = part.pair.msi, means = block_means(msi, ratio_);
    look_in(
        hsi, hsi_, part.inner, place, [&](Index row, Index col) { return is_shown(means, msi_, row, col); },
        found_.hsi);
    const auto in_hsi = [&](Index row, Index col) { return is_shown(hsi, hsi_, row / ratio_, col / ratio_); };
    look_in(msi, msi_, fine_part(part.inner, ratio_), fine_part(place, ratio_), in_hsi, found_.msi);
  }

  /// In `inner` of a part of one image, which lies at `place` in the whole.
  template <class Shown>
  static void look_in(const Cube& image, const Side& side, const Rectangle& inner, const Rectangle& place,
                      const Shown& is_shown_in_other, std::vector<Outlier>& found) {
    for (Index i = 0; i < inner.rows * inner.cols; ++i) {
      const Index row = inner.row + i / inner.cols, col = inner.col + i % inner.cols;
      for (std::size_t b = 0; b < side.bands.size(); ++b) {
        const std::optional<float> fill = filled(image, side, row, col, b);
        if (!fill || is_shown_in_other(row, col)) continue;
        found.push_back({place.row + row - inner.row, place.col + col - inner.col, static_cast<Index>(b),
                         image.pixel(row, col)[b], *fill});
      }
    }
  }

  const PairParts& pair_;
  const Index ratio_;
  Side hsi_, msi_;
  PairOutliers found_;
};

void withhold(const std::vector<Outlier>& outliers, const Rectangle& place, Cube& part) {
  for (Outlier outlier : outliers) {
    outlier.row -= place.row;
    outlier.col -= place.col;
    if (!Rectangle{outlier.row, outlier.col, 1, 1}.is_within(place.rows, place.cols)) continue;
    if (part.outliers.empty()) part.values = part.values.clone();
    part.pixel(outlier.row, outlier.col)[outlier.band] = outlier.filled;
    part.outliers.push_back(outlier);
  }
}

void add_text(const std::vector<Outlier>& outliers, const char* image, const char* other, const char* given_back,
              std::vector<std::string>& texts) {
  if (outliers.empty()) return;
  constexpr std::size_t kNamed = 5;
  std::set<Index> bands;
  for (const Outlier& outlier : outliers) bands.insert(outlier.band + 1);
  std::string named = joined(bands);
  if (bands.size() > kNamed) named = concat(bands.size(), " from ", *bands.begin(), " to ", *bands.rbegin());
  const Outlier& first = outliers.front();
  texts.push_back(concat(outliers.size(), outliers.size() == 1 ? " value" : " values", " of the ", image,
                         bands.size() == 1 ? " (band " : " (bands ", named, "; the first ", first.measured, " in band ",
                         first.band + 1, " at row ", first.row, ", column ", first.col,
                         ") cannot have been measured: far beyond all others, and the ", other,
                         " shows nothing there. Methods and scores get the mean of the pixels around instead; ",
                         given_back, ", with a large sigma. data.outliers=keep takes them for measured"));
}

}  // namespace

PairOutliers find_outliers(const PairParts& pair) { return Search(pair).found(); }

void withhold_outliers(const PairOutliers& outliers, const Rectangle& coarse, Pair& part) {
  withhold(outliers.hsi, coarse, part.hsi);
  withhold(outliers.msi, fine_part(coarse, part.degradation.ratio), part.msi);
}

void mark_outliers(const PairOutliers& outliers, Index ratio, const Rectangle& fine, Cube& fused, Cube* sigma) {
  if (outliers.empty()) return;
  std::vector<Outlier> blocks;
  for (const Outlier& outlier : outliers.hsi) {
    for (Index i = 0; i < ratio * ratio; ++i) {
      blocks.push_back(outlier);
      blocks.back().row = outlier.row * ratio + i / ratio;
      blocks.back().col = outlier.col * ratio + i % ratio;
    }
  }
  withhold(blocks, fine, fused);
  fill_from_around(fused);
  if (sigma == nullptr) return;
  const auto enlarge = [](float& value, float least) { value = std::max(value, least); };
  for (const Outlier& outlier : fused.outliers) {
    enlarge(sigma->pixel(outlier.row, outlier.col)[outlier.band], std::abs(outlier.measured - outlier.filled));
  }
  for (const Outlier& outlier : outliers.msi) {
    const Index row = outlier.row - fine.row, col = outlier.col - fine.col;
    if (!Rectangle{row, col, 1, 1}.is_within(fine.rows, fine.cols)) continue;
    for (Index b = 0; b < fused.bands(); ++b) enlarge(sigma->pixel(row, col)[b], std::abs(fused.pixel(row, col)[b]));
  }
}

std::vector<std::string> outlier_texts(const PairOutliers& outliers) {
  std::vector<std::string> texts;
  add_text(outliers.hsi, "HSI", "MSI", "files of the result have what was measured", texts);
  add_text(outliers.msi, "MSI", "HSI", "the result has values of its own there", texts);
  return texts;
}

}  // namespace specfuse
