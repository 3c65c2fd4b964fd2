#include <doctest/doctest.h>

#include "specfuse/sweep/field_label.h"

using namespace specfuse;

namespace {

ExperimentConfig experiment(const std::string& methods) {
  return parse_config(R"({"name": "e", "data": {"scene": "s.h5"}, "methods": [)" + methods + "]}", "e.json", {});
}

const char* const kTwo = R"({"name": "bicubic"}, {"name": "two_cnn_fu", "label": "net"})";

}  // namespace

TEST_CASE("field label: a field is called by what it means, with its unit") {
  const ExperimentConfig two = experiment(kTwo);
  const auto axis = [&](const std::string& path) { return field_label(path, two).axis(); };
  CHECK(axis("degrade.ratio") == "ratio");
  CHECK(axis("degrade.snr_db.hsi") == "SNR of the HSI [dB]");
  CHECK(axis("degrade.psf.fwhm") == "PSF FWHM [fine pixels]");
  CHECK(axis("data.crop.rows") == "rows of the part [fine pixels]");
  CHECK(axis("data.synthetic.bands") == "bands of the scene");
  CHECK(axis("methods.1.train.steps") == "training steps of net");
  CHECK(axis("methods.1.model.branches.msi.layers.conv.kernel") == "kernel of conv of branch msi of net [taps]");
  CHECK(axis("methods.1.model.branches.msi.patch") == "neighbourhood of branch msi of net [fine pixels]");
  CHECK(field_label("methods.0.train.steps", experiment(R"({"name": "two_cnn_fu"})")).axis() == "training steps");
}

TEST_CASE("field label: looking for it changes nothing of the experiment") {
  const ExperimentConfig two = experiment(kTwo);
  const std::string before = config_text(two);
  field_label("data.crop.rows", two);
  field_label("methods.1.model.branches.msi.patch", two);
  field_label("methods.1.model.branches.nowhere.patch", two);
  CHECK(config_text(two) == before);
}

TEST_CASE("field label: what has no name is called by its path") {
  const ExperimentConfig two = experiment(kTwo);
  CHECK(field_label("degrade.srf.bands", two).axis() == "degrade.srf.bands");
  CHECK(field_label("methods.1.train.bias_rate", two).axis() == "train.bias_rate of net");
  CHECK(field_label("methods.1.model.branches.msi.layers.conv.dilation", two).axis() ==
        "model.branches.msi.layers.conv.dilation of net");
  CHECK(field_label("methods.1.model.branches.nowhere.patch", two).axis() == "model.branches.nowhere.patch of net");
  CHECK(field_label("methods.7.cache", two).axis() == "methods.7.cache");
  CHECK(field_label("methods", two).axis() == "methods");
}

TEST_CASE("field label: values are in words where they are no numbers") {
  const ExperimentConfig two = experiment(kTwo);
  const FieldLabel snr = field_label("degrade.snr_db.hsi", two), psf = field_label("degrade.psf", two);
  CHECK(snr.value("null") == "noise-free");
  CHECK(snr.value("30") == "30");
  CHECK(snr.with_value("30") == "SNR of the HSI 30 dB");
  CHECK(snr.with_value("null") == "SNR of the HSI noise-free");
  CHECK(psf.value("null") == "none");
  CHECK(psf.value("true") == "yes");
  CHECK(psf.value("false") == "no");
  CHECK(psf.value("\"box\"") == "box");
  CHECK(psf.value(R"({"type": "gaussian", "fwhm": 3.5})") == "type gaussian, fwhm 3.5");
  CHECK(psf.value("[0, 0.5]") == "0, 0.5");
}
