#include "specfuse/config/field_labels.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"

namespace specfuse {
namespace {

std::vector<std::string> steps_of(const std::string& path) {
  std::vector<std::string> steps{""};
  for (const char letter : path) {
    if (letter == '.') {
      steps.emplace_back();
    } else {
      steps.back() += letter;
    }
  }
  return steps;
}

/// What the stars of a pattern are in a path; none where it does not match.
std::optional<std::vector<std::string>> stars_of(const std::string& pattern, const std::string& path) {
  const std::vector<std::string> expected = steps_of(pattern), got = steps_of(path);
  if (expected.size() != got.size()) return std::nullopt;
  std::vector<std::string> stars;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (expected[i] == "*") {
      stars.push_back(got[i]);
    } else if (expected[i] != got[i]) {
      return std::nullopt;
    }
  }
  return stars;
}

FieldLabel label_in(const std::vector<NamedField>& fields, const std::string& path) {
  for (const NamedField& field : fields) {
    const auto stars = stars_of(field.path, path);
    if (!stars) continue;
    FieldLabel label{field.name, field.unit, field.nothing};
    for (std::size_t i = 0; i < stars->size(); ++i) {
      const std::size_t at = label.name.find(concat("$", i + 1));
      if (at != std::string::npos) label.name.replace(at, 2, (*stars)[i]);
    }
    return label;
  }
  return {path, "", ""};
}

/// The label of the method that a step into the list of methods leads to.
std::string method_label(const std::string& step, const std::vector<MethodConfig>& methods) {
  const bool position = !step.empty() && step.find_first_not_of("0123456789") == std::string::npos;
  if (position && step.size() < 6 && std::stoul(step) < methods.size()) return methods[std::stoul(step)].label;
  return step;
}

std::string text_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_boolean()) return json.get<bool>() ? "yes" : "no";
  if (!json.is_structured()) return json_text(json);
  std::string text;
  for (const auto& [key, item] : json.items()) {
    text += concat(text.empty() ? "" : ", ", json.is_object() ? key + " " : "", text_of(item));
  }
  return text;
}

}  // namespace

std::vector<NamedField> named_fields() {
  return {
      {"data.scene", "scene"},
      {"data.pair", "pair"},
      {"data.hsi", "HSI"},
      {"data.hsi.file", "HSI"},
      {"data.msi", "MSI"},
      {"data.msi.file", "MSI"},
      {"data.crop.rows", "rows of the crop", "fine pixels"},
      {"data.crop.cols", "columns of the crop", "fine pixels"},
      {"data.synthetic.rows", "rows of the scene", "fine pixels"},
      {"data.synthetic.cols", "columns of the scene", "fine pixels"},
      {"data.synthetic.bands", "bands of the scene"},
      {"data.synthetic.seed", "seed of the scene"},
      {"data.synthetic.materials", "materials of the scene"},
      {"data.synthetic.variability", "spectral variability"},
      {"data.synthetic.bilinear", "bilinear mixing"},
      {"degrade.ratio", "ratio"},
      {"degrade.psf", "PSF"},
      {"degrade.psf.type", "PSF"},
      {"degrade.psf.fwhm", "PSF FWHM", "fine pixels", "as the ratio"},
      {"degrade.boundary", "boundary"},
      {"degrade.srf.sensor", "sensor of the MSI"},
      {"degrade.srf.shape", "shape of the responses"},
      {"degrade.srf.file", "file of the responses"},
      {"degrade.snr_db", "SNR", "dB"},
      {"degrade.snr_db.hsi", "SNR of the HSI", "dB", "noise-free"},
      {"degrade.snr_db.msi", "SNR of the MSI", "dB", "noise-free"},
      {"degrade.msi_shift", "shift of the MSI", "fine pixels"},
      {"degrade.estimate.srf", "response against the pair"},
      {"degrade.estimate.psf", "PSF against the pair"},
      {"degrade.estimate.shift", "shift against the pair"},
      {"degrade.estimate.gain", "gain against the pair"},
      {"degrade.harmonise", "harmonised"},
      {"protocol.type", "protocol"},
      {"protocol.validation_fraction", "share kept for validation"},
      {"protocol.train.rows", "rows to train on", "fine pixels"},
      {"protocol.train.cols", "columns to train on", "fine pixels"},
      {"protocol.fine_tune.steps", "steps of fine-tuning"},
      {"protocol.fine_tune.learning_rate", "learning rate of fine-tuning"},
      {"seeds", "seeds"},
  };
}

std::vector<NamedField> named_options() {
  return {
      {"name", "method"},
      {"train.steps", "training steps"},
      {"train.learning_rate", "learning rate"},
      {"train.optimizer", "optimiser"},
      {"train.schedule", "schedule of the learning rate"},
      {"train.tile", "side of a training tile", "pixels"},
      {"train.tiles", "tiles in a batch"},
      {"train.weight_decay", "weight decay"},
      {"train.momentum", "momentum"},
      {"train.clip_norm", "limit of the gradient's norm"},
      {"train.init", "initial weights"},
      {"tune.steps", "steps of fine-tuning"},
      {"tune.learning_rate", "learning rate of fine-tuning"},
      {"model.preset", "preset"},
      {"model.base", "base estimate"},
      {"model.output", "output"},
      {"model.bands_per_network", "bands per network", "", "all"},
      {"model.consistency", "rounds of consistency in the network"},
      {"model.branches.*.patch", "neighbourhood of branch $1", "fine pixels", "the smallest"},
      {"model.branches.*.enabled", "branch $1"},
      {"model.branches.*.layers.*.kernel", "kernel of $2 in branch $1", "taps"},
      {"model.branches.*.layers.*.maps", "maps of $2 in branch $1"},
      {"model.branches.*.layers.*.units", "units of $2 in branch $1"},
      {"model.branches.*.layers.*.repeat", "layers $2 in branch $1"},
      {"model.branches.*.layers.*.enabled", "layer $2 in branch $1"},
      {"model.fusion.*.units", "units of $1"},
      {"projections", "rounds of consistency"},
      {"subspace", "projection on the subspace"},
      {"dimension", "dimension of the subspace"},
      {"endmembers", "endmembers"},
      {"rounds", "rounds"},
      {"iterations", "iterations"},
      {"total_variation", "weight of the total variation"},
      {"msi_weight", "weight of the MSI"},
      {"hsi_snr_db", "assumed SNR of the HSI", "dB", "from the pair"},
      {"msi_snr_db", "assumed SNR of the MSI", "dB", "from the pair"},
      {"reach", "reach", "coarse pixels"},
      {"likeness", "likeness"},
      {"shrink", "shrinkage"},
      {"flips", "mean over flips"},
  };
}

std::string FieldLabel::axis() const { return unit.empty() ? name : concat(name, " [", unit, "]"); }

std::string FieldLabel::value(const std::string& json) const {
  const Json parsed = json_of(json);
  if (parsed.is_discarded()) return json;
  if (parsed.is_null()) return nothing.empty() ? "none" : nothing;
  return text_of(parsed);
}

std::string FieldLabel::with_value(const std::string& json) const {
  const bool number = json_of(json).is_number();
  return concat(name, " ", value(json), number && !unit.empty() ? " " + unit : "");
}

FieldLabel field_label(const std::string& path, const std::vector<MethodConfig>& methods) {
  const std::string begin = "methods.";
  const std::size_t end = path.starts_with(begin) ? path.find('.', begin.size()) : std::string::npos;
  if (end == std::string::npos) return label_in(named_fields(), path);
  FieldLabel label = label_in(named_options(), path.substr(end + 1));
  if (methods.size() > 1) {
    label.name += concat(" of ", method_label(path.substr(begin.size(), end - begin.size()), methods));
  }
  return label;
}

}  // namespace specfuse
