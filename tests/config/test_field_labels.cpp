#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "specfuse/config/field_labels.h"
#include "specfuse/config/field_rows.h"
#include "specfuse/core/error.h"
#include "specfuse/nn/layer.h"
#include "support/text.h"

using namespace specfuse;

namespace {

/// With NAME for each *, as `field_rows` has it.
std::string plain(std::string path) {
  for (std::size_t star; (star = path.find('*')) != path.npos;) path.replace(star, 1, "NAME");
  return path;
}

/// The paths of what describes itself; also those of an object that is described elsewhere.
void add_paths(const Place& place, std::set<std::string>& paths) {
  const std::vector<FieldRow> rows = field_rows(place);
  for (const FieldRow& row : rows) {
    paths.insert(row.path);
    const std::string mark = "It has the fields of `";
    const std::size_t at = row.help.find(mark);
    if (at == row.help.npos) continue;
    const std::size_t begin = at + mark.size();
    const std::string other = row.help.substr(begin, row.help.find('`', begin) - begin) + ".";
    for (const FieldRow& below : rows) {
      if (below.path.starts_with(other)) paths.insert(row.path + "." + below.path.substr(other.size()));
    }
  }
}

std::vector<MethodConfig> methods(const std::vector<std::string>& labels) {
  std::vector<MethodConfig> all(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) all[i].label = labels[i];
  return all;
}

}  // namespace

TEST_CASE("field labels: every field of the table is one, and is there once") {
  ExperimentConfig config;
  MethodConfig entry;
  entry.options = method_types().front().default_options();
  std::set<std::string> known, options;
  add_paths(place_of(config), known);
  add_paths(place_of(entry), options);
  for (const MethodType& type : method_types()) add_paths(place_of(*type.default_options()), options);
  for (const LayerType& type : layer_types()) {
    for (const FieldRow& row : field_rows(place_of(*type.default_options()))) {
      options.insert("model.branches.NAME.layers.NAME." + row.path);
      options.insert("model.fusion.NAME." + row.path);
    }
  }
  std::set<std::string> named;
  for (const NamedField& field : named_fields()) {
    CAPTURE(field.path);
    CHECK(known.count(plain(field.path)) == 1);
    CHECK(named.insert(field.path).second);
  }
  named.clear();
  for (const NamedField& field : named_options()) {
    CAPTURE(field.path);
    CHECK(options.count(plain(field.path)) == 1);
    CHECK(named.insert(field.path).second);
  }
}

TEST_CASE("field labels: a field is called by what it means, with its unit") {
  const auto axis = [](const std::string& path) { return field_label(path, methods({"bicubic", "net"})).axis(); };
  CHECK(axis("degrade.ratio") == "ratio");
  CHECK(axis("degrade.snr_db.hsi") == "SNR of the HSI [dB]");
  CHECK(axis("degrade.psf.fwhm") == "PSF FWHM [fine pixels]");
  CHECK(axis("methods.1.train.steps") == "training steps of net");
  CHECK(axis("methods.net.train.learning_rate") == "learning rate of net");
  CHECK(axis("methods.1.model.branches.msi.layers.conv.kernel") == "kernel of conv in branch msi of net [taps]");
  CHECK(axis("methods.1.model.branches.msi.patch") == "neighbourhood of branch msi of net [fine pixels]");
  CHECK(field_label("methods.0.train.steps", methods({"net"})).axis() == "training steps");
}

TEST_CASE("field labels: what has no name is called by its path") {
  CHECK(field_label("degrade.srf.columns", {}).axis() == "degrade.srf.columns");
  CHECK(field_label("methods.0.train.bias_rate", methods({"net", "other"})).axis() == "train.bias_rate of net");
  CHECK(field_label("methods.7.cache", methods({"net", "other"})).axis() == "cache of 7");
  CHECK(field_label("methods", {}).axis() == "methods");
}

TEST_CASE("field labels: values are in words where they are no numbers") {
  const FieldLabel snr = field_label("degrade.snr_db.hsi", {}), psf = field_label("degrade.psf", {});
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
