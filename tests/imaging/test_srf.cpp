#include <map>

#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/sensors.h"
#include "specfuse/imaging/srf.h"
#include "support/golden.h"
#include "support/message_of.h"

using namespace specfuse;

namespace {

std::vector<double> every_20_nm() {
  std::vector<double> wavelength_nm;
  for (int i = 0; i < 106; ++i) wavelength_nm.push_back(400 + 20 * i);
  return wavelength_nm;
}

SrfOptions sensor(const std::string& name) {
  SrfOptions options;
  options.sensor = name;
  return options;
}

constexpr const char* kTable = "wavelength_nm,A,\"B\"\n450,0,1\n505,0.5,0\n630,1,0.25\n700,-0.25,0.5\n";

}  // namespace

TEST_CASE("srf: landsat7 agrees with NumPy as boxes and as super-Gaussians") {
  check_digest(make_srf(sensor("landsat7"), every_20_nm(), 106), {0, 0, 42.40952381});
  SrfOptions smooth = sensor("landsat7");
  smooth.shape = "gaussian";
  check_digest(make_srf(smooth, every_20_nm(), 106), {7.284794916e-29, 6.353870644e-28, 42.13706731});
}

TEST_CASE("srf: a band counts on both edges and not beyond them") {
  const Tensor srf = make_srf(sensor("ikonos"), {444.9, 445, 516, 516.1, 550, 660, 800}, 7);
  CHECK(srf[0] == 0.0f);
  CHECK(srf[1] == 0.5f);
  CHECK(srf[2] == 0.5f);
  CHECK(srf[3] == 0.0f);
}

TEST_CASE("srf: every sensor has its published number of bands, and rows sum to one") {
  std::vector<double> wavelength_nm;
  for (int i = 0; i < 500; ++i) wavelength_nm.push_back(400 + 5 * i);
  const std::vector<std::pair<std::string, Index>> expected{
      {"landsat7", 6}, {"landsat8", 7}, {"sentinel2a", 10}, {"ikonos", 4}, {"worldview2", 8}};
  for (const auto& [name, bands] : expected) {
    const Tensor srf = make_srf(sensor(name), wavelength_nm, 500);
    CHECK(srf.shape() == Shape{bands, 500});
    for (Index i = 0; i < bands; ++i) {
      double total = 0;
      for (Index b = 0; b < 500; ++b) total += double{srf[i * 500 + b]};
      CHECK(total == doctest::Approx(1));
    }
  }
}

TEST_CASE("srf: the edges of every sensor are the published ones, typed a second time") {
  const std::vector<double> oli{435, 451, 452, 512, 533, 590, 636, 673, 851, 879, 1566, 1651, 2107, 2294};
  const std::vector<double> worldview{400, 450, 450, 510, 510, 580, 585, 625, 630, 690, 705, 745, 770, 895, 860, 1040};
  const std::map<std::string, std::vector<double>> published{
      {"landsat5", {450, 520, 520, 600, 630, 690, 760, 900, 1550, 1750, 2080, 2350}},
      {"landsat9", oli},
      {"ali", {433, 453, 450, 515, 525, 605, 630, 690, 775, 805, 845, 890, 1200, 1300, 1550, 1750, 2080, 2350}},
      {"sentinel2b", {459.1, 525.1, 541.0, 577.0, 649.4, 680.4, 695.8,  711.8,  731.6,  746.6,
                      769.7, 789.7, 779.9, 885.9, 853.0, 875.0, 1563.4, 1657.4, 2093.2, 2278.2}},
      {"sentinel2c", {456, 522, 543, 579, 651.5, 682.5, 699.5,  714.5,  733.5,  748.5,
                      775, 795, 782, 888, 855.5, 876.5, 1566.5, 1657.5, 2103.5, 2278.5}},
      {"worldview3", worldview},
      {"worldview3_swir",
       {1195, 1225, 1550, 1590, 1640, 1680, 1710, 1750, 2145, 2185, 2185, 2225, 2235, 2285, 2295, 2365}},
      {"dove", {455, 515, 500, 590, 590, 670, 780, 860}},
      {"dove_r", {464, 517, 547, 585, 650, 682, 846, 888}},
      {"superdove", {431, 452, 465, 515, 513, 549, 547, 583, 600, 620, 650, 680, 697, 713, 845, 885}},
      {"landsat7", {441, 514, 519, 601, 631, 692, 772, 898, 1547, 1749, 2064, 2345}},
      {"landsat8", oli},
      {"sentinel2a", {459.4, 525.4, 541.8, 577.8, 649.1, 680.1, 696.6,  711.6,  733.0,  748.0,
                      772.8, 792.8, 779.8, 885.8, 854.2, 875.2, 1568.2, 1659.2, 2114.9, 2289.9}},
      {"ikonos", {445, 516, 506, 595, 632, 698, 757, 853}},
      {"worldview2", worldview}};
  for (const auto& [name, edges] : published) {
    const std::vector<SensorBand>& bands = sensor_bands(name);
    REQUIRE(2 * bands.size() == edges.size());
    for (std::size_t i = 0; i < bands.size(); ++i) {
      CHECK(bands[i].low_nm == doctest::Approx(edges[2 * i]).epsilon(1e-9));
      CHECK(bands[i].high_nm == doctest::Approx(edges[2 * i + 1]).epsilon(1e-9));
    }
  }
  CHECK(published.size() == sensor_list().size());
}

TEST_CASE("srf: a sensor band outside the scene is named with its edges and the scene's") {
  CHECK(message_of<ConfigError>([] {
          make_srf(sensor("landsat7"), {500, 400, 900}, 3);
        }) ==
        "srf: landsat7 band green (519-601 nm) expected a band of the scene inside its edges, "
        "got 3 bands from 400 to 900 nm; srf.bands leaves it out, and data.msi.bands that of a measured MSI");
  CHECK(
      message_of<ConfigError>([] { make_srf(sensor("landsat6"), {500}, 1); }) ==
      "srf: expected one of the sensors ali, dove, dove_r, ikonos, landsat5, landsat7, landsat8, landsat9, sentinel2a, "
      "sentinel2b, sentinel2c, superdove, worldview2, worldview3, worldview3_swir, got landsat6 (did you mean "
      "landsat5?)");
}

TEST_CASE("srf: some bands of a sensor, by their names") {
  SrfOptions options = sensor("sentinel2a");
  options.bands = {"B8", "B3"};
  const Tensor srf = make_srf(options, {550, 560, 850}, 3);
  CHECK(srf.shape() == Shape{2, 3});
  CHECK(std::vector<float>(srf.data(), srf.data() + 6) == std::vector<float>{0, 0, 1, 0.5f, 0.5f, 0});
  CHECK(response_names(options) == options.bands);
  options.bands = {"B3", "B99"};
  CHECK(message_of<ConfigError>([&] {
          make_srf(options, {550, 560, 850}, 3);
        }) == "srf.bands: expected one of B2, B3, B4, B5, B6, B7, B8, B8A, B11, B12 of sentinel2a, got B99");
  SrfOptions ranges;
  ranges.ranges = {{0, 1}};
  ranges.bands = {"B3"};
  CHECK_THROWS_AS(make_srf(ranges, {}, 3), ConfigError);
}

TEST_CASE("srf: which bands of a sensor an image has, by their names or their wavelengths") {
  Cube image(1, 1, 3);
  image.wavelength_nm = {835, 560, 665};
  CHECK(bands_of_image(image, "sentinel2a") == std::vector<std::string>{"B8", "B3", "B4"});
  CHECK(bands_of_image(image, "worldview2") == std::vector<std::string>{"nir1", "green", "red"});
  image.attributes[kBandNamesAttribute] = std::string("B8A, B11, B2");
  CHECK(bands_of_image(image, "sentinel2a") == std::vector<std::string>{"B8A", "B11", "B2"});
  CHECK(band_names_of(select_bands(image, {2, 0})) == std::vector<std::string>{"B2", "B8A"});
  image.attributes.clear();
  image.wavelength_nm = {835, 836, 665};  // two of one band
  CHECK(bands_of_image(image, "sentinel2a").empty());
  image.wavelength_nm = {835, 1000, 665};
  CHECK(bands_of_image(image, "sentinel2a").empty());
}

TEST_CASE("srf: without wavelengths landsat7 takes fractions of the band count, other sensors are refused") {
  const Tensor srf = make_srf(sensor("landsat7"), {}, 189);
  const Index first[] = {6, 15, 25, 36, 109, 158}, last[] = {13, 23, 31, 47, 124, 175};
  for (Index i = 0; i < 6; ++i) {
    for (Index b = 0; b < 189; ++b) {
      const bool inside = b >= first[i] && b <= last[i];
      REQUIRE(srf[i * 189 + b] == (inside ? 1.0f / static_cast<float>(last[i] - first[i] + 1) : 0.0f));
    }
  }
  CHECK_THROWS_AS(make_srf(sensor("ikonos"), {}, 189), ConfigError);
}

TEST_CASE("srf: ranges, fractions and weights make their rows") {
  SrfOptions ranges;
  ranges.ranges = {{0, 1}, {2, 2}};
  check_digest(make_srf(ranges, {}, 3), {0.5, 1, 0.5 * 1 + 0.5 * 8 + 1 * 10});
  SrfOptions fractions;
  fractions.fractions = {{0, 0.25}, {1, 1}};
  check_digest(make_srf(fractions, {}, 3), {0.5, 1, 0.5 * 1 + 0.5 * 8 + 1 * 10});
  SrfOptions weights;
  weights.weights = {{1, -5, 3}};
  check_digest(make_srf(weights, {}, 3), {0.25, 0.75, 0.25 + 0.75 * 2});
}

TEST_CASE("srf: malformed rows are refused") {
  const auto refused = [](auto set) {
    SrfOptions options;
    set(options);
    CHECK_THROWS_AS(make_srf(options, {}, 3), ConfigError);
  };
  refused([](SrfOptions& o) { o.ranges = {{0, 3}}; });
  refused([](SrfOptions& o) { o.ranges = {{-1, 1}}; });
  refused([](SrfOptions& o) { o.ranges = {{1}}; });
  refused([](SrfOptions& o) { o.fractions = {{0.5, 1.5}}; });
  refused([](SrfOptions& o) { o.weights = {{1, 2}}; });
  refused([](SrfOptions& o) { o.weights = {{0, -1, 0}}; });
  SrfOptions backwards;
  backwards.ranges = {{2, 1}};
  CHECK(message_of<ConfigError>([&] { make_srf(backwards, {}, 3); }) ==
        "srf: expected a range within bands 0 to 2, got 2 to 1");
}

TEST_CASE("srf: exactly one kind of response must be given, with the options that belong to it") {
  const auto refused = [](auto set) {
    SrfOptions options = sensor("landsat7");
    set(options);
    CHECK_THROWS_AS(make_srf(options, every_20_nm(), 106), ConfigError);
  };
  refused([](SrfOptions& o) { o.sensor = ""; });
  refused([](SrfOptions& o) { o.ranges = {{0, 1}}; });
  refused([](SrfOptions& o) { o.shape = "triangle"; });
  refused([](SrfOptions& o) { o.sensor = "", o.ranges = {{0, 1}}, o.shape = "gaussian"; });
  refused([](SrfOptions& o) { o.sensor = "", o.file = "never_read.csv"; });
}

TEST_CASE("srf: measured responses are interpolated at the band centres, clipped and scaled") {
  SrfOptions options;
  options.file = "table.csv";
  const ResponseTable table = parse_response_csv(kTable, "table.csv");
  check_digest(make_srf(options, every_20_nm(), 106, table), {0, 0, 14.49968587});
  options.bands = {"B"};
  CHECK(make_srf(options, {450, 700}, 2, table)[0] == doctest::Approx(2.0 / 3));
  CHECK_THROWS_AS(make_srf(options, {}, 2, table), ConfigError);
  CHECK(message_of<ConfigError>([&] {
          make_srf(options, {300, 301}, 2, table);
        }) ==
        "srf: table.csv column B expected a positive response at a band of the scene, got 2 bands from 300 to 301 nm");
  options.bands = {"C"};
  CHECK_THROWS_AS(make_srf(options, {450, 700}, 2, table), ConfigError);
}

TEST_CASE("srf: a malformed table is reported with its line") {
  const auto message = [](const char* text) {
    return message_of<DataError>([&] { parse_response_csv(text, "t.csv"); });
  };
  CHECK(message("") == "t.csv: expected a header wavelength_nm,NAME,..., got nothing");
  CHECK(message("nm,A\n1,2\n") ==
        "t.csv line 1: expected a header wavelength_nm,NAME,..., got 2 columns, the first \"nm\"");
  CHECK(message("wavelength_nm,A\n") == "t.csv: expected lines of numbers after the header, got none");
  CHECK(message("wavelength_nm,A\n1,2,3\n") == "t.csv line 2: expected 2 fields as in the first line, got 3");
  CHECK(message("wavelength_nm,A\n\n400,2\n400,2\n") == "t.csv line 4: expected a wavelength above 400, got 400");
  CHECK(message("wavelength_nm,A\n400,\n") == "t.csv line 2: expected a finite number, got \"\"");
}

TEST_CASE("srf: wavelengths are a column of a table, wherever it stands") {
  CHECK(parse_wavelength_csv("# bands\nband,wavelength_nm,fwhm\n1,450.5,10\n2,440,9\n", "b.csv") ==
        std::vector<double>{450.5, 440});
  CHECK(parse_wavelength_csv("wavelength_nm\n", "b.csv").empty());
  const auto message = [](const char* text) {
    return message_of<DataError>([&] { parse_wavelength_csv(text, "b.csv"); });
  };
  CHECK(message("") == "b.csv: expected a header with wavelength_nm, got nothing");
  CHECK(message("band,nm\n1,2\n") == "b.csv line 1: expected a column wavelength_nm, got 2 others");
  CHECK(message("band,wavelength_nm\n1\n") == "b.csv line 2: expected 2 fields as in the first line, got 1");
  CHECK(message("band,wavelength_nm\n1,x\n") == "b.csv line 2: expected a finite number, got \"x\"");
}
