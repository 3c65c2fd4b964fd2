#include "specfuse/report/scene_figures.h"

#include <algorithm>
#include <cmath>

#include "report/band_series.h"
#include "specfuse/core/error.h"
#include "specfuse/report/line_chart.h"
#include "specfuse/report/picture.h"
#include "specfuse/report/scene_places.h"
#include "specfuse/report/text_format.h"

namespace specfuse {

namespace {

std::string scale_note(double end) {
  return concat(" One scale for all results, up to ", number_text(end),
                ", the median of their 99th percentiles; grey: not defined.");
}

Figure picture(const std::string& name, const std::string& caption, const Picture& image) {
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

/// The first of these attributes that is a text; empty where none is.
std::string attribute_text(const Cube& cube, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto found = cube.attributes.find(name);
    if (found == cube.attributes.end()) continue;
    if (const auto* const text = std::get_if<std::string>(&found->second)) return *text;
  }
  return {};
}

/// The finite values of a map, sorted.
std::vector<float> defined_values(const Tensor& map) {
  std::vector<float> values;
  std::copy_if(map.data(), map.data() + map.size(), std::back_inserter(values),
               [](float value) { return std::isfinite(value); });
  std::sort(values.begin(), values.end());
  return values;
}

/// Where the common scale of some maps ends: at the median of their 99th percentiles, so that neither a single pixel
/// nor a single bad method can hide all others.
float common_end(const std::vector<Tensor>& maps) {
  std::vector<float> ends;
  for (const Tensor& map : maps) {
    if (!map.defined()) continue;
    const std::vector<float> values = defined_values(map);
    if (!values.empty()) ends.push_back(values[(values.size() - 1) * 99 / 100]);
  }
  std::sort(ends.begin(), ends.end());
  const float end = ends.empty() ? 0 : ends[(ends.size() - 1) / 2];
  return end > 0 ? end : 1;
}

/// The same for differences of either sign to the map at `best`.
float end_of_differences(const std::vector<Tensor>& differences, std::size_t best) {
  std::vector<Tensor> sizes;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    if (i == best) continue;
    sizes.push_back(differences[i].clone());
    for (Index k = 0; k < sizes.back().size(); ++k) sizes.back()[k] = std::abs(sizes.back()[k]);
  }
  return common_end(sizes);
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

SceneFigures::SceneFigures(const Cube& hsi, const Cube& msi, const std::optional<Cube>& reference, PixelPlace place)
    : place_(place), fine_rows_(msi.rows()) {
  const Cube& truth = reference ? *reference : hsi;
  data_.wavelength_nm = hsi.wavelength_nm;
  data_.scene = attribute_text(truth, {"scene"});
  data_.sensor = attribute_text(truth, {"sensor"});
  data_.unit = attribute_text(truth, {"units", "unit"});
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
    details_ = {
        "Detail", concat("The same part of each, in natural colour: ", in_scene(*data_.detail).text(), "."), {}, {}};
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
  const Picture image = composite(cube, natural);
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

void SceneFigures::add(const MethodName& method, const Cube& fused, const std::optional<Differences>& differences,
                       const Tensor& expected, const std::array<Tensor, 2>& against_inputs) {
  add_pictures(concat("fused_", method.label), method.title, fused, data_.natural, data_.false_colour);
  results_.push_back(
      {method, {method.label, spectra_at(fused, fine_rows_, data_.samples)}, differences, expected, against_inputs});
}

FigureGroup SceneFigures::spectrum_charts() const {
  FigureGroup group{"Spectra", concat("Of a few pixels: ", truth_.label, " and results."), {}, {}};
  for (std::size_t i = 0; i < data_.samples.size(); ++i) {
    const SamplePixel& sample = data_.samples[i];
    Chart chart{band_axis(data_.wavelength_nm), data_.unit.empty() ? "value of the scene" : data_.unit, {}, false};
    const auto add_series = [&](const FigureData::Spectra& spectra, const std::string& name, int colour) {
      Series series = band_series(data_.wavelength_nm, spectra.at[i]);
      series.name = name;
      series.colour = colour;
      chart.series.push_back(series);
    };
    add_series(truth_, truth_.label, kInk);
    for (std::size_t k = 0; k < results_.size(); ++k)
      add_series(results_[k].spectra, results_[k].method.title, static_cast<int>(k));
    const std::string caption =
        concat(sample.name, " (", i + 1, "): row ", place_.row + sample.row, ", col ", place_.col + sample.col);
    group.figures.push_back({concat("spectrum_", i + 1), caption, {}, line_chart(chart)});
  }
  return group;
}

bool SceneFigures::has_differences() const { return !results_.empty() && results_.front().differences; }

bool SceneFigures::has_expected() const {
  return std::any_of(results_.begin(), results_.end(), [](const Result& result) { return result.expected.defined(); });
}

float SceneFigures::end_of(Tensor Differences::*map) const {
  // Without a reference there are expected errors alone.
  std::vector<Tensor> maps;
  for (const Result& result : results_) {
    maps.push_back(result.differences ? *result.differences.*map : result.expected);
  }
  return common_end(maps);
}

FigureGroup SceneFigures::error_maps() const {
  const float high = end_of(&Differences::error);
  FigureGroup group;
  group.colour_bar = {"error_scale", "", {}, heat_bar(high, unit_text())};
  for (const Result& result : results_) {
    const auto& [label, title] = result.method;
    if (result.differences) {
      group.figures.push_back(picture(concat("error_", label), title, heat_map(result.differences->error, 0, high)));
    }
    if (result.expected.defined()) {
      group.figures.push_back(
          picture(concat("expected_", label), title + ", expected", heat_map(result.expected, 0, high)));
    }
  }
  if (has_differences()) {
    group.title = "Error";
    group.note = "Root mean square over bands of result minus reference at each pixel";
    if (has_expected()) group.note += "; beside it that of sigma, the error that the method itself expects";
    group.note += "." + scale_note(high);
  } else {
    group.title = "Expected error";
    group.note =
        concat("Root mean square over bands of sigma, the error that the method itself expects, at each pixel.",
               scale_note(high));
  }
  return group;
}

Rectangle SceneFigures::in_scene(const Rectangle& part) const {
  return {place_.row + part.row, place_.col + part.col, part.rows, part.cols};
}

std::string SceneFigures::unit_text() const { return data_.unit.empty() ? "(values of the scene)" : data_.unit; }

std::size_t SceneFigures::best() const {
  std::vector<double> squares;
  for (const Result& result : results_) {
    const Tensor& error = result.differences->error;
    double sum = 0;
    for (Index i = 0; i < error.size(); ++i) sum += std::isnan(error[i]) ? 0 : double{error[i]} * double{error[i]};
    squares.push_back(sum);
  }
  return static_cast<std::size_t>(std::min_element(squares.begin(), squares.end()) - squares.begin());
}

std::vector<Tensor> SceneFigures::differences_to(std::size_t best) const {
  const Tensor& least = results_[best].differences->error;
  std::vector<Tensor> maps;
  for (const Result& result : results_) {
    Tensor map = result.differences->error.clone();
    for (Index i = 0; i < map.size(); ++i) map[i] -= least[i];
    maps.push_back(map);
  }
  return maps;
}

FigureGroup SceneFigures::difference_maps() const {
  const std::size_t least = best();
  const std::vector<Tensor> maps = differences_to(least);
  const float end = end_of_differences(maps, least);
  FigureGroup group{
      "Difference to the best",
      concat("Error minus that of ", results_[least].method.title,
             ", which has the least mean squared error: blue where a method is better there, red where it "
             "is worse.",
             scale_note(end)),
      {"difference_scale", "", {}, difference_bar(end, unit_text())},
      {}};
  for (std::size_t i = 0; i < results_.size(); ++i) {
    if (i == least) continue;
    const auto& [label, title] = results_[i].method;
    group.figures.push_back(picture(concat("difference_", label), title, difference_map(maps[i], end)));
  }
  return group;
}

FigureGroup SceneFigures::angle_maps() const {
  const float high = end_of(&Differences::sam_deg);
  FigureGroup group{"Spectral angle",
                    concat("Angle between the spectra of result and reference at each pixel.", scale_note(high)),
                    {"sam_scale", "", {}, heat_bar(high, "degrees")},
                    {}};
  for (const Result& result : results_) {
    const auto& [label, title] = result.method;
    group.figures.push_back(picture(concat("sam_", label), title, heat_map(result.differences->sam_deg, 0, high)));
  }
  return group;
}

bool SceneFigures::has_input_maps(std::size_t input) const {
  return !results_.empty() && results_.front().against_inputs[input].defined();
}

float SceneFigures::end_of_input(std::size_t input) const {
  std::vector<Tensor> maps;
  for (const Result& result : results_) maps.push_back(result.against_inputs[input]);
  return common_end(maps);
}

FigureGroup SceneFigures::input_maps(std::size_t input) const {
  const std::string key = input == 0 ? "hsi" : "msi", name = input == 0 ? "HSI" : "MSI";
  const float high = end_of_input(input);
  FigureGroup group{concat("Against the ", name),
                    concat("Root mean square over bands of the result, degraded again, minus the ", name,
                           " in each pixel of the HSI.", scale_note(high)),
                    {concat(key, "_scale"), "", {}, heat_bar(high, unit_text())},
                    {}};
  for (const Result& result : results_) {
    const auto& [label, title] = result.method;
    group.figures.push_back(
        picture(concat("against_", key, "_", label), title, heat_map(result.against_inputs[input], 0, high)));
  }
  return group;
}

std::vector<FigureGroup> SceneFigures::groups() const {
  std::vector<FigureGroup> groups{composites_};
  if (data_.false_colour) groups.push_back(false_colours_);
  if (data_.detail) groups.push_back(details_);
  if (has_differences() || has_expected()) groups.push_back(error_maps());
  if (has_differences()) {
    if (results_.size() > 1) groups.push_back(difference_maps());
    groups.push_back(angle_maps());
  }
  for (const std::size_t input : {std::size_t{0}, std::size_t{1}}) {
    if (has_input_maps(input)) groups.push_back(input_maps(input));
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
  for (const std::size_t input : {std::size_t{0}, std::size_t{1}}) {
    if (has_input_maps(input)) data.input_ends[input] = end_of_input(input);
  }
  if (has_differences() && results_.size() > 1) {
    const std::size_t least = best();
    data.best = results_[least].spectra.label;
    data.difference_end = end_of_differences(differences_to(least), least);
  }
  if (data.detail) data.detail = in_scene(*data.detail);
  for (SamplePixel& sample : data.samples) sample = {sample.name, place_.row + sample.row, place_.col + sample.col};
  return data;
}

}  // namespace specfuse
