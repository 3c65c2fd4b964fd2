#include <doctest/doctest.h>

#include <limits>

#include "specfuse/report/found_figures.h"
#include "specfuse/report/trust.h"
#include "support/example_results.h"
#include "support/text.h"

using namespace specfuse;

TEST_CASE("trust: with a reference the nearest method is named, with its warnings and what is known of its errors") {
  MethodResult near = result_of("linear_injection", 0, 40.25), far = result_of("bicubic", 0, 25);
  near.scores->values.push_back({"sam_deg", 1.5});
  near.mean_sigma = 2;
  near.relative_sigma = 0.125;
  near.width_95 = 2.5;
  near.reliability = Reliability{0.75, 0.875, {}, {}};
  std::vector<std::string> said = trust_sentences(results_of({far, near}), 2);
  REQUIRE(said.size() == 3);
  CHECK(said[0] ==
        "Closest to the reference of 2 methods is linear_injection: PSNR 40.2 dB, mean spectral angle 1.50 degrees.");
  CHECK(said[1] == "There were 2 warnings: read them first.");
  CHECK(said[2] ==
        "The method expects errors (sigma) of 2 on average, 12.5 % of the mean of the HSI: about 68 % of the values "
        "lie within "
        "sigma of the truth, 95 % within 2.5 sigma. Of its true errors 75 % are within sigma.");
  said = trust_sentences(results_of({far}), 0);
  CHECK(contains(said[0], "is bicubic: PSNR 25.0 dB."));
  CHECK(said[1] == "There was no warning.");
  CHECK(contains(said[2], "bicubic does not say"));
  ExperimentResults extrapolated = results_of({far});
  extrapolated.unseen_bands = "3 of 9 bands, outside of 441 to 942 nm";
  said = trust_sentences(extrapolated, 0);
  REQUIRE(said.size() == 4);
  CHECK(said[3] == "Not seen by the MSI are 3 of 9 bands, outside of 441 to 942 nm: trust their fine detail least.");
}

TEST_CASE("trust: without a reference both inputs say how well the result agrees with them") {
  MethodResult result = result_of("bicubic", 0, 1);
  result.scores.reset();
  result.no_reference.values = {{"hsi_psnr_db", 45}, {"msi_psnr_db", 33}};
  ExperimentResults results = results_of({result});
  results.config.methods.resize(1);
  CHECK(trust_sentences(results, 1)[0] ==
        "Degraded to the inputs again, the image agrees closely with the HSI (45 dB) and well with the MSI (33 dB).");
  CHECK(trust_sentences(results, 1)[1] == "There was one warning: read it first.");
  results.methods.front().no_reference.values[1].value = std::numeric_limits<double>::infinity();
  CHECK(contains(trust_sentences(results, 0)[0], "closely with the HSI (45 dB) and exactly with the MSI."));
  results.methods.front().no_reference.values[1].value = 15;
  CHECK(contains(trust_sentences(results, 0)[0], "badly with the MSI (15 dB): look at the maps"));
  results.methods.front().no_reference = {};
  CHECK(contains(trust_sentences(results, 0)[0], "is not known"));
}

TEST_CASE("found figures: the PSF, the shift where it varies, and the gains, as far as they are known") {
  ExperimentResults results = results_of({result_of("bicubic", 0, 1)});
  CHECK(found_figures(results).empty());
  results.figures.psf = Tensor::from({2, 2}, {0.5f, 0.25f, 0.25f, 0});
  REQUIRE(found_figures(results).size() == 1);
  CHECK(found_figures(results)[0].figures.size() == 1);
  Estimate& estimate = results.estimates[0];
  estimate.shift = {0.5, -0.25};
  estimate.field.emplace(std::array{90.0, 45.0}, std::array{std::vector{0.0, 0.0}, std::vector{0.0, 0.0}});
  estimate.gain = {2, 3};
  const std::vector<Figure> figures = found_figures(results)[0].figures;
  REQUIRE(figures.size() == 3);
  CHECK(contains(figures[1].svg, "longest line: 0.56 MSI pixels"));
  // 9 x 4 places, each with a line 30 units long: down and to the left.
  CHECK(contains(figures[1].svg, "l-13.4 26.8"));
  CHECK(contains(figures[2].svg, ">gain</text>"));
}
