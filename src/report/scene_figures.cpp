#include "specfuse/report/scene_figures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "specfuse/core/error.h"
#include "specfuse/report/line_chart.h"
#include "specfuse/report/picture.h"
#include "specfuse/report/scene_places.h"

namespace specfuse {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kScaleNote =
    " One scale for all results, up to the median of their 99th percentiles; grey: not defined.";

Figure picture(const std::string& name, const std::string& caption, const Image& image) {
  return {name, caption, page_sized(image), {}};
}

std::string colour_note(const Cube& shown, const Stretch& stretch) {
  std::string note = "Colour composites of ";
  for (std::size_t k = 0; k < 3; ++k) {
    const Index band = stretch.bands[k];
    note += k == 0 ? "" : k == 1 ? ", " : " and ";
    note += shown.wavelength_nm.empty()
                ? concat("band ", band + 1)
                : concat(std::lround(shown.wavelength_nm[static_cast<std::size_t>(band)]), " nm");
  }
  return concat(note, " as red, green and blue, from the 2nd to the 98th percentile. All images with all bands share ",
                "these limits; the MSI has its own.");
}

/// The finite values of a map, sorted.
std::vector<float> defined_values(const Tensor& map) {
  std::vector<float> values;
  std::copy_if(map.data(), map.data() + map.size(), std::back_inserter(values),
               [](float value) { return std::isfinite(value); });
  std::sort(values.begin(), values.end());
  return values;
}

/// Broken where bands are missing, sorted where detectors overlap.
Series band_series(const std::vector<double>& wavelength_nm, const std::vector<double>& psnr) {
  Series series;
  if (wavelength_nm.size() != psnr.size()) {
    for (std::size_t band = 0; band < psnr.size(); ++band) series.x.push_back(static_cast<double>(band + 1));
    series.y = psnr;
    return series;
  }
  std::vector<std::size_t> order(psnr.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return wavelength_nm[a] < wavelength_nm[b]; });
  const double usual = (wavelength_nm[order.back()] - wavelength_nm[order.front()]) / static_cast<double>(order.size());
  for (const std::size_t band : order) {
    if (!series.x.empty() && wavelength_nm[band] - series.x.back() > 4 * usual) {
      series.x.push_back(series.x.back());
      series.y.push_back(kNan);
    }
    series.x.push_back(wavelength_nm[band]);
    series.y.push_back(psnr[band]);
  }
  return series;
}

/// The spectrum of a cube of fine or coarse pixels at each place.
std::vector<std::vector<double>> spectra_at(const Cube& cube, Index fine_rows, const std::vector<SamplePixel>& places) {
  const Index ratio = fine_rows / cube.rows();
  std::vector<std::vector<double>> spectra;
  for (const SamplePixel& place : places) {
    const float* const values = cube.pixel(place.row / ratio, place.col / ratio);
    spectra.emplace_back(values, values + cube.bands());
  }
  return spectra;
}

}  // namespace

SceneFigures::SceneFigures(const Cube& hsi, const Cube& msi, const std::optional<Cube>& reference, std::string unit)
    : unit_(std::move(unit)), fine_rows_(msi.rows()) {
  const Cube& truth = reference ? *reference : hsi;
  data_.wavelength_nm = hsi.wavelength_nm;
  data_.hsi_size = hsi.size_text();
  data_.msi_size = msi.size_text();
  if (reference) data_.reference_size = reference->size_text();
  data_.natural = stretch_of(truth);
  data_.msi_natural = stretch_of(msi);
  data_.false_colour = false_colour_of(truth);
  if (data_.false_colour) data_.msi_false_colour = false_colour_of(msi);
  data_.detail = detail_of(msi, msi.rows() / hsi.rows());
  data_.samples = sample_pixels(hsi, msi, reference);
  truth_ = {reference ? "reference" : "HSI input", spectra_at(truth, fine_rows_, data_.samples)};

  composites_ = {"Natural colour", colour_note(hsi, data_.natural), {}, {}};
  if (data_.false_colour) false_colours_ = {"False colour", colour_note(hsi, *data_.false_colour), {}, {}};
  if (data_.detail) {
    details_ = {"Detail", concat("The same part of each, in natural colour: ", data_.detail->text(), "."), {}, {}};
  }
  add_pictures("hsi", concat("HSI input, ", data_.hsi_size), hsi, data_.natural, data_.false_colour);
  add_pictures("msi", concat("MSI input, ", data_.msi_size), msi, data_.msi_natural, data_.msi_false_colour);
  if (reference) {
    add_pictures("reference", concat("reference, ", data_.reference_size), *reference, data_.natural,
                 data_.false_colour);
  }
}

void SceneFigures::add_pictures(const std::string& name, const std::string& caption, const Cube& cube,
                                const Stretch& natural, const std::optional<Stretch>& false_colour) {
  const Image image = composite(cube, natural);
  composites_.figures.push_back(picture(name, caption, image));
  if (false_colour) {
    false_colours_.figures.push_back(picture("false_" + name, caption, composite(cube, *false_colour)));
  }
  if (!data_.detail) return;
  const Index ratio = fine_rows_ / cube.rows();
  const Rectangle& fine = *data_.detail;
  const Rectangle part{fine.row / ratio, fine.col / ratio, fine.rows / ratio, fine.cols / ratio};
  details_.figures.push_back(picture("detail_" + name, caption, composite(crop(cube, part), natural)));
}

void SceneFigures::add(const std::string& label, const Cube& fused, const std::optional<Differences>& differences,
                       const Tensor& expected) {
  add_pictures(concat("fused_", label), label, fused, data_.natural, data_.false_colour);
  results_.push_back({{label, spectra_at(fused, fine_rows_, data_.samples)}, differences, expected});
}

FigureGroup SceneFigures::spectrum_charts() const {
  FigureGroup group{"Spectra", concat("Of a few pixels: ", truth_.label, " and results."), {}, {}};
  for (std::size_t i = 0; i < data_.samples.size(); ++i) {
    const SamplePixel& sample = data_.samples[i];
    Chart chart{data_.wavelength_nm.empty() ? "band" : "wavelength [nm]",
                unit_.empty() ? "value of the scene" : unit_,
                {},
                false};
    const auto add_series = [&](const FigureData::Spectra& spectra, int colour) {
      Series series = band_series(data_.wavelength_nm, spectra.at[i]);
      series.name = spectra.label;
      series.colour = colour;
      chart.series.push_back(series);
    };
    add_series(truth_, kInk);
    for (std::size_t k = 0; k < results_.size(); ++k) add_series(results_[k].spectra, static_cast<int>(k));
    const std::string caption = concat(sample.name, " (", i + 1, "): row ", sample.row, ", col ", sample.col);
    group.figures.push_back({concat("spectrum_", i + 1), caption, {}, line_chart(chart)});
  }
  return group;
}

bool SceneFigures::has_differences() const { return !results_.empty() && results_.front().differences; }

bool SceneFigures::has_expected() const {
  return std::any_of(results_.begin(), results_.end(), [](const Result& result) { return result.expected.defined(); });
}

float SceneFigures::end_of(Tensor Differences::*map) const {
  // Without a reference there are expected errors alone. The scale ends at the median over the results of their 99th
  // percentiles, so that neither a single pixel nor a single bad method can hide all others.
  std::vector<float> ends;
  for (const Result& result : results_) {
    const Tensor& shown = result.differences ? *result.differences.*map : result.expected;
    if (!shown.defined()) continue;
    const std::vector<float> values = defined_values(shown);
    if (!values.empty()) ends.push_back(values[(values.size() - 1) * 99 / 100]);
  }
  std::sort(ends.begin(), ends.end());
  const float high = ends.empty() ? 0 : ends[ends.size() / 2];
  return high > 0 ? high : 1;
}

FigureGroup SceneFigures::error_maps() const {
  const float high = end_of(&Differences::error);
  FigureGroup group;
  group.colour_bar = colour_bar(0, high, unit_.empty() ? "(values of the scene)" : unit_);
  for (const Result& result : results_) {
    const std::string& label = result.spectra.label;
    if (result.differences) {
      group.figures.push_back(picture(concat("error_", label), label, heat_map(result.differences->error, 0, high)));
    }
    if (result.expected.defined()) {
      group.figures.push_back(
          picture(concat("expected_", label), label + ", expected", heat_map(result.expected, 0, high)));
    }
  }
  if (has_differences()) {
    group.title = "Error";
    group.note = "Root mean square over bands of result minus reference at each pixel";
    if (has_expected()) group.note += "; beside it that of sigma, the error that the method itself expects";
    group.note += concat(".", kScaleNote);
  } else {
    group.title = "Expected error";
    group.note = concat(
        "Root mean square over bands of sigma, the error that the method itself expects, at each pixel.", kScaleNote);
  }
  return group;
}

FigureGroup SceneFigures::angle_maps() const {
  const float high = end_of(&Differences::sam_deg);
  FigureGroup group{"Spectral angle",
                    concat("Angle between the spectra of result and reference at each pixel.", kScaleNote),
                    colour_bar(0, high, "degrees"),
                    {}};
  for (const Result& result : results_) {
    const std::string& label = result.spectra.label;
    group.figures.push_back(picture(concat("sam_", label), label, heat_map(result.differences->sam_deg, 0, high)));
  }
  return group;
}

FigureGroup SceneFigures::band_chart() const {
  const bool by_wavelength = !data_.wavelength_nm.empty();
  Chart chart{by_wavelength ? "wavelength [nm]" : "band", "PSNR [dB]", {}, false};
  for (const Result& result : results_) {
    Series series = band_series(data_.wavelength_nm, result.differences->band_psnr_db);
    series.name = result.spectra.label;
    series.colour = static_cast<int>(chart.series.size());
    chart.series.push_back(series);
  }
  return {"PSNR of each band",
          "10 log10(max² / mean squared error) of each band; higher is better.",
          {},
          {{"band_psnr", "", {}, line_chart(chart)}}};
}

std::vector<FigureGroup> SceneFigures::groups() const {
  std::vector<FigureGroup> groups{composites_};
  if (data_.false_colour) groups.push_back(false_colours_);
  if (data_.detail) groups.push_back(details_);
  if (has_differences() || has_expected()) groups.push_back(error_maps());
  if (has_differences()) {
    groups.push_back(angle_maps());
    groups.push_back(band_chart());
  }
  groups.push_back(spectrum_charts());
  return groups;
}

FigureData SceneFigures::data() const {
  FigureData data = data_;
  data.spectra.push_back(truth_);
  for (const Result& result : results_) data.spectra.push_back(result.spectra);
  if (has_differences() || has_expected()) data.error_end = end_of(&Differences::error);
  if (has_differences()) data.sam_end_deg = end_of(&Differences::sam_deg);
  return data;
}

}  // namespace specfuse
