#include "specfuse/report/cube_copy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/io/deflate.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

constexpr double kMargin = 1.0 / 8, kSteps = 254;
/// Of a part of an image, if it is more than one band.
constexpr Index kPartValues = Index{1} << 20;

Index kept(Index count, Index step) { return (count + step - 1) / step; }

/// The smallest step with which the fine images and the HSI have no more values than there may be.
Index step_for(Index rows, Index cols, Index bands, Index fine_images, Index ratio, Index most) {
  for (Index step = 1;; ++step) {
    const Index coarse = kept(step, ratio) * ratio;
    const Index pixels = fine_images * kept(rows, step) * kept(cols, step) + kept(rows, coarse) * kept(cols, coarse);
    if (pixels * bands <= most || step >= std::max(rows, cols)) return step;
  }
}

}  // namespace

CubeCopy::CubeCopy(const Cube& hsi, const std::optional<Cube>& reference, Index ratio, const CubeCopyOptions& options)
    : options_(options), rows_(hsi.rows() * ratio), cols_(hsi.cols() * ratio), bands_(hsi.bands()),
      wavelength_nm_(hsi.wavelength_nm), has_reference_(reference.has_value()) {
  step_ = step_for(rows_, cols_, bands_, options.results + (reference ? 1 : 0), ratio, options.most_values);
  take_ranges(reference ? *reference : hsi);
  pack("HSI input", hsi, ratio, kept(step_, ratio));
  if (!reference) return;
  SPECFUSE_CHECK(reference->rows() == rows_ && reference->cols() == cols_ && reference->bands() == bands_,
                 "CubeCopy: expected a reference of ", rows_, " x ", cols_, " x ", bands_, ", got ",
                 reference->size_text());
  pack("reference", *reference, 1, step_);
}

void CubeCopy::take_ranges(const Cube& truth) {
  std::vector<float> low(static_cast<std::size_t>(bands_), std::numeric_limits<float>::infinity());
  std::vector<float> high(low.size(), -std::numeric_limits<float>::infinity());
  for (Index i = 0; i < truth.pixels(); ++i) {
    if (!truth.is_valid(i)) continue;
    const float* const values = truth.values.data() + i * bands_;
    for (std::size_t band = 0; band < low.size(); ++band) {
      low[band] = std::min(low[band], values[band]);
      high[band] = std::max(high[band], values[band]);
    }
  }
  for (std::size_t band = 0; band < low.size(); ++band) {
    if (!(low[band] <= high[band])) low[band] = high[band] = 0;  // no data at all
    const double range = double{high[band]} - double{low[band]};
    // A constant band has no range; what comes close to it should still be told apart.
    const double shown = range > 0 ? range : std::max(std::abs(double{low[band]}) / 100, 1e-6);
    low_.push_back(low[band] - kMargin * shown);
    step_size_.push_back((1 + 2 * kMargin) * shown / kSteps);
  }
}

std::vector<std::uint8_t> CubeCopy::codes_of(const Cube& cube, Index step, Packed& packed) const {
  const Index pixels = packed.rows * packed.cols;
  std::vector<std::uint8_t> codes(static_cast<std::size_t>(pixels * bands_));
  std::vector<Index> outside(static_cast<std::size_t>(packed.rows));
  parallel_for(packed.rows, [&](Index row) {
    for (Index col = 0; col < packed.cols; ++col) {
      if (!cube.is_valid(row * step * cube.cols() + col * step)) continue;
      const float* const values = cube.pixel(row * step, col * step);
      for (Index band = 0; band < bands_; ++band) {
        const auto b = static_cast<std::size_t>(band);
        if (std::isnan(values[band])) continue;
        const double at = (double{values[band]} - low_[b]) / step_size_[b];
        outside[static_cast<std::size_t>(row)] += at < -0.5 || at > kSteps + 0.5;
        codes[static_cast<std::size_t>(band * pixels + row * packed.cols + col)] =
            static_cast<std::uint8_t>(1 + std::lround(std::clamp(at, 0.0, kSteps)));
      }
    }
  });
  packed.outside = std::accumulate(outside.begin(), outside.end(), Index{0});
  return codes;
}

void CubeCopy::pack(const std::string& label, const Cube& cube, Index scale, Index step) {
  Packed packed{label, kept(cube.rows(), step), kept(cube.cols(), step), scale * step, 0, {}};
  const std::vector<std::uint8_t> codes = codes_of(cube, step, packed);
  const Index pixels = packed.rows * packed.cols;
  const Index bands_each = std::max(Index{1}, kPartValues / pixels);
  packed.parts.resize(static_cast<std::size_t>(kept(bands_, bands_each)));
  parallel_for(static_cast<Index>(packed.parts.size()), [&](Index part) {
    const auto first = static_cast<std::size_t>(part * bands_each * pixels);
    const auto last = static_cast<std::size_t>(std::min(bands_, (part + 1) * bands_each) * pixels);
    std::vector<unsigned char> differences(codes.begin() + static_cast<std::ptrdiff_t>(first),
                                           codes.begin() + static_cast<std::ptrdiff_t>(last));
    const auto band = static_cast<std::size_t>(pixels);
    for (std::size_t i = std::max(first, band); i < last; ++i) {
      differences[i - first] = static_cast<unsigned char>(codes[i] - codes[i - band]);
    }
    packed.parts[static_cast<std::size_t>(part)] = base64(deflated(differences, Repeats::ignored));
  });
  images_.push_back(std::move(packed));
}

void CubeCopy::add(const std::string& label, const Cube& fused) {
  SPECFUSE_CHECK(fused.rows() == rows_ && fused.cols() == cols_ && fused.bands() == bands_, "CubeCopy: expected ",
                 label, " of ", rows_, " x ", cols_, " x ", bands_, ", got ", fused.size_text());
  pack(label, fused, 1, step_);
}

ViewerData CubeCopy::viewer(const std::optional<Rectangle>& detail) const {
  Json images = Json::array();
  ViewerData data;
  data.cubes = "const specfuseCubes = [";
  for (const Packed& image : images_) {
    images.push_back({{"label", image.label},
                      {"rows", image.rows},
                      {"cols", image.cols},
                      {"scale", image.scale},
                      {"outside", image.outside}});
    data.cubes += data.cubes.ends_with('[') ? "[" : ",\n[";
    for (const std::string& part : image.parts)
      data.cubes += concat(&part == &image.parts.front() ? "\"" : ",\n\"", part, "\"");
    data.cubes += "]";
  }
  data.cubes += "];\n";
  if (data.cubes.size() > options_.most_in_page) data.file = kReportCubesFile;
  const Json part = detail ? Json{detail->row, detail->col, detail->rows, detail->cols} : Json();
  data.description = json_text(Json{{"rows", rows_},
                                    {"cols", cols_},
                                    {"bands", bands_},
                                    {"origin", {options_.row, options_.col}},
                                    {"detail", part},
                                    {"step", step_},
                                    {"hasReference", has_reference_},
                                    {"wavelengths", wavelength_nm_},
                                    {"low", low_},
                                    {"stepSize", step_size_},
                                    {"file", data.file},
                                    {"images", images}});
  return data;
}

}  // namespace specfuse
