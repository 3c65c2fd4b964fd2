#include <doctest/doctest.h>

#include "support/text.h"
#include "sweep/field_scale.h"
#include "sweep/sweep_example.h"
#include "sweep/sweep_figures.h"

using namespace specfuse;

namespace {

std::vector<Figure> figures_of(const Sweep& sweep, const std::vector<RunOutcome>& outcomes) {
  std::vector<Figure> all;
  for (const FigureGroup& group : sweep_figures(sweep, sweep_table(sweep, outcomes))) {
    all.insert(all.end(), group.figures.begin(), group.figures.end());
  }
  return all;
}

std::vector<Figure> figures_of(const Sweep& sweep) { return figures_of(sweep, all_done(sweep)); }

/// The chart without its legend.
std::string plot_of(const std::string& svg) { return svg.substr(svg.find("<g fill=\"none\"")); }

/// The axis of a sweep over the values of one field.
Chart axis_of(const std::string& field, const std::string& values) {
  const Sweep sweep = parse(concat("\"grid\": {\"", field, "\": ", values, "}"));
  std::vector<const SweepRun*> runs;
  for (const SweepRun& run : sweep.runs) runs.push_back(&run);
  Chart chart;
  FieldScale(runs, 0, sweep.fields[0].label).set_axis(chart);
  return chart;
}

std::vector<std::string> names_of(const Chart& chart) {
  std::vector<std::string> names;
  for (const auto& [value, name] : chart.x_ticks) names.push_back(name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("sweep figures: a chart for each field and metric, a line for each method and value of other fields") {
  const Sweep sweep = parse(R"("grid": {"degrade.ratio": [4, 2, 3], "degrade.psf.type": ["box", "delta"]})");
  const std::vector<Figure> figures = figures_of(sweep);
  REQUIRE(figures.size() == 8);
  CHECK(figures[0].name == "degrade.ratio_psnr_db");
  CHECK(figures[1].name == "degrade.ratio_sam_deg");
  CHECK(figures[4].name == "degrade.psf.type_psnr_db");
  const std::string by_ratio = figures[0].svg, by_psf = figures[4].svg;
  CHECK(count(by_ratio, "<polyline") == 4);
  CHECK(count(plot_of(by_ratio), "<circle") == 6);
  CHECK(count(plot_of(by_ratio), "<polygon") == 6);
  CHECK(contains(by_ratio, ">PSNR [dB]<"));
  CHECK(contains(by_ratio, ">ratio<"));
  CHECK(contains(figures[1].svg, ">SAM [degrees]<"));
  // Names have no order to be joined in.
  CHECK(count(by_psf, "<polyline") == 0);
  CHECK(count(plot_of(by_psf), "<line") == 12);
  CHECK(contains(by_psf, ">box<"));
  CHECK(contains(by_psf, "<title>bicubic, ratio 3</title>"));
  // The legend has each method and each other value once.
  for (const char* const name : {">bicubic<", ">gsa<", ">PSF box<", ">PSF delta<"}) CHECK(count(by_ratio, name) == 1);
}

TEST_CASE("sweep figures: a method has one colour and marker wherever it is, the others are told by dashes") {
  const Sweep sweep = parse(R"("list": [{"methods.0.label": "cubic"}, {"methods.0.label": "bicubic"}],
      "grid": {"degrade.ratio": [2, 3], "degrade.boundary": ["circular", "symmetric"]})");
  std::vector<RunOutcome> outcomes = all_done(sweep);
  const std::vector<Figure> all = figures_of(sweep, outcomes);
  // Only what is not the first entry: cubic, gsa and bicubic are the first, second and third of the configurations.
  for (std::size_t i = 0; i < 4; ++i) outcomes[i].results.reset();
  const std::vector<Figure> later = figures_of(sweep, outcomes);
  const auto legend_colour = [](const std::string& svg, int place) {
    return contains(svg.substr(0, svg.find("<g fill=\"none\"")), concat("var(--series-", place, ","));
  };
  for (const Figure& figure : later) {
    CAPTURE(figure.name);
    CHECK_FALSE(legend_colour(figure.svg, 0));
    CHECK(legend_colour(figure.svg, 1));
    CHECK(legend_colour(figure.svg, 2));
    CHECK(count(figure.svg, "<circle") == 0);
  }
  CHECK(legend_colour(all[0].svg, 0));
  const std::string plot = plot_of(later.front().svg), style = "style=\"stroke:var(--series-2,#009e73)\" ";
  CHECK(count(plot, style + "stroke-dasharray=\"2 2\"><title>bicubic, label of cubic bicubic, boundary circular") == 1);
  CHECK(count(plot, style + "stroke-dasharray=\"9 3 2 3\"><title>bicubic, label of cubic bicubic, boundary symm") == 1);
}

TEST_CASE("sweep figures: fields of a list vary together, a field of one value has no chart, seeds make bars") {
  const Sweep sweep = parse(R"("seeds": [0, 1], "grid": {"degrade.boundary": ["circular"]},
      "list": [{"degrade.ratio": 2, "degrade.psf.fwhm": 1}, {"degrade.ratio": 4, "degrade.psf.fwhm": 50}])");
  const std::vector<Figure> figures = figures_of(sweep);
  REQUIRE(figures.size() == 8);
  CHECK(figures[4].name == "degrade.psf.fwhm_psnr_db");
  CHECK(count(figures[4].svg, "<polyline") == 2);
  CHECK(contains(figures[4].svg, ">gsa<"));
  CHECK_FALSE(contains(figures[4].svg, "boundary"));
  CHECK(contains(figures[4].svg, ">50<"));
  CHECK(contains(figures[4].svg, ">PSF FWHM [fine pixels]<"));
  const std::string bare = figures_of(parse(R"("grid": {"degrade.ratio": [2, 4]})")).front().svg;
  const auto bars = [](const std::string& svg) { return count(plot_of(svg), "<line"); };
  CHECK(bars(figures[0].svg) == 4 * 3);
  CHECK(bars(bare) == 0);
}

TEST_CASE("sweep figures: numbers that are spread as powers have an axis of powers") {
  CHECK(axis_of("degrade.ratio", "[8, 2, 4]").x_logarithmic);
  CHECK_FALSE(axis_of("degrade.ratio", "[2, 3, 4]").x_logarithmic);
  CHECK(axis_of("methods.0.label", "[\"a\", \"b\"]").x_label == "label of a");
  CHECK(axis_of("degrade.psf.fwhm", "[1, 50]").x_logarithmic);
  CHECK_FALSE(axis_of("degrade.psf.fwhm", "[1, 4]").x_logarithmic);
  CHECK_FALSE(axis_of("degrade.snr_db.hsi", "[-10, 1, 100]").x_logarithmic);
  CHECK(names_of(axis_of("degrade.ratio", "[8, 2, 4]")) == Names{"2", "4", "8"});
}

TEST_CASE("sweep figures: what is no number is in words, numbers beside it in their order") {
  CHECK(names_of(axis_of("degrade.snr_db.hsi", "[null, 35, 25]")) == Names{"25", "35", "noise-free"});
  CHECK(axis_of("degrade.snr_db.hsi", "[null, 35, 25]").x_label == "SNR of the HSI [dB]");
  CHECK(names_of(axis_of("degrade.srf.sensor", R"(["landsat8", "ikonos"])")) == Names{"landsat8", "ikonos"});
  CHECK(names_of(axis_of("degrade.estimate.srf", "[true, false]")) == Names{"yes", "no"});
  CHECK(names_of(axis_of("degrade.psf", R"([{"type": "box"}, {"type": "gaussian", "fwhm": 3.25}])")) ==
        Names{"type box", "type gaussian, fwhm …"});
}

TEST_CASE("sweep figures: values that lie close together leave the axis to round numbers") {
  const auto axis = [](const char* values) {
    return figures_of(parse(concat("\"grid\": {\"degrade.psf.fwhm\": ", values, "}"))).front().svg;
  };
  CHECK(contains(axis("[7, 1.13, 3]"), ">1.13<"));
  CHECK_FALSE(contains(axis("[7, 1.13, 1.2]"), ">1.13<"));
  CHECK(contains(axis("[1.13, 1.2, 90]"), ">10<"));
}
