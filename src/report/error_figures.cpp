#include "specfuse/report/error_figures.h"

#include <algorithm>

#include "report/band_series.h"
#include "specfuse/core/error.h"

namespace specfuse {
namespace {

std::string value_axis(const std::string& name, const std::string& unit) {
  return unit.empty() ? concat(name, ", values of the scene") : concat(name, " [", unit, "]");
}

/// A line for each method.
template <class Method, class Points>
Chart chart_of(const std::vector<Method>& methods, const std::string& x_label, const std::string& y_label,
               const Points& points) {
  Chart chart{x_label, y_label, {}, false};
  for (const Method& method : methods) {
    Series series = points(method);
    series.name = method.label;
    series.colour = method.colour;
    chart.series.push_back(series);
  }
  return chart;
}

FigureGroup band_figures(const std::vector<MethodErrors>& methods, const FigureData& scene) {
  const std::vector<double>& wavelength_nm = scene.wavelength_nm;
  std::vector<Series> areas;
  if (scene.response.defined()) areas = response_series(scene.response, wavelength_nm, scene.msi_names);
  Chart psnr = chart_of(methods, band_axis(wavelength_nm), "PSNR [dB]",
                        [&](const MethodErrors& method) { return band_series(wavelength_nm, method.band_psnr_db); });
  Chart error =
      chart_of(methods, band_axis(wavelength_nm), value_axis("RMSE", scene.unit),
               [&](const MethodErrors& method) { return band_series(wavelength_nm, method.statistics.band_rmse); });
  error.logarithmic = true;  // a bad method hides no other
  psnr.areas = error.areas = areas;
  const std::string behind = areas.empty() ? "" : " Behind them the response of the MSI's bands.";
  return {
      "Error of each band",
      concat("PSNR, 10 log10(max² / mean squared error), higher is better; and the root mean square error.", behind),
      {},
      {{"band_psnr", "", {}, line_chart(psnr)}, {"band_rmse", "", {}, line_chart(error)}}};
}

/// Without the smallest errors, of which there are a few over many decades.
Series histogram_of(const ErrorStatistics& statistics) {
  constexpr double kFew = 0.002;
  const std::vector<double>& density = statistics.density;
  const double most = density.empty() ? 0 : *std::max_element(density.begin(), density.end());
  const auto first = std::find_if(density.begin(), density.end(), [=](double part) { return part >= kFew * most; });
  const auto skipped = first - density.begin();
  return {"", {statistics.bin.begin() + skipped, statistics.bin.end()}, {first, density.end()}};
}

FigureGroup size_figures(const std::vector<MethodErrors>& methods, const FigureData& scene) {
  Chart sizes = chart_of(methods, value_axis("|error|", scene.unit), "% of all values per decade",
                         [](const MethodErrors& method) { return histogram_of(method.statistics); });
  sizes.x_logarithmic = true;
  Chart angles = chart_of(methods, value_axis("brightness of the pixel", scene.unit), "spectral angle [degrees]",
                          [](const MethodErrors& method) {
                            Series series{"", method.statistics.brightness, method.statistics.angle_deg};
                            series.dotted = true;
                            return series;
                          });
  angles.logarithmic = true;
  return {
      "Distribution of errors",
      "How many values have an error of which size; and the median spectral angle of pixels sorted by the root mean "
      "square of their spectrum in the reference into twenty groups of equal size.",
      {},
      {{"error_sizes", "", {}, line_chart(sizes)}, {"angle_by_brightness", "", {}, line_chart(angles)}}};
}

}  // namespace

std::vector<FigureGroup> error_figures(const std::vector<MethodErrors>& methods, const FigureData& scene) {
  return {band_figures(methods, scene), size_figures(methods, scene)};
}

FigureGroup agreement_figure(const std::vector<MethodAgreement>& methods, const FigureData& scene) {
  const std::string y_label = "PSNR [dB]";
  const Chart hsi = chart_of(methods, band_axis(scene.wavelength_nm), y_label, [&](const MethodAgreement& method) {
    return band_series(scene.wavelength_nm, method.psnr_db[0]);
  });
  FigureGroup group{"Consistency by band",
                    "The result, degraded again, against each band of both inputs; higher is better.",
                    {},
                    {{"hsi_band_psnr", "against the HSI", {}, line_chart(hsi)}}};
  const std::size_t bands = methods.front().psnr_db[1].size();
  if (bands == 0) return group;
  Chart msi = chart_of(methods, "MSI band", y_label, [](const MethodAgreement& method) {
    Series series = band_series({}, method.psnr_db[1]);
    series.dotted = true;
    series.stroke = kBandStroke;
    return series;
  });
  for (std::size_t band = 0; band < bands; ++band) {
    msi.x_ticks.emplace_back(band + 1, band < scene.msi_names.size() ? scene.msi_names[band] : concat(band + 1));
  }
  group.figures.push_back({"msi_band_psnr", "against the MSI", {}, line_chart(msi)});
  return group;
}

FigureGroup cost_figure(const std::vector<MethodCost>& methods) {
  constexpr double kLeast = 1e-3;  // what is below is noise
  Chart chart{"seconds to fit and fuse", "PSNR over all values [dB]", {}, false, true};
  for (const MethodCost& method : methods) {
    Series series{method.label, {std::max(method.seconds, kLeast)}, {method.psnr_db}, false, method.colour};
    series.dotted = true;
    chart.series.push_back(series);
  }
  return {"Time against quality", "Up and to the left is better.", {}, {{"time", "", {}, line_chart(chart)}}};
}

}  // namespace specfuse
