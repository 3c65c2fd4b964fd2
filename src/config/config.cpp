#include "specfuse/config/config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/check_config.h"
#include "config/enum_field.h"
#include "specfuse/config/override.h"
#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/io/file.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/metrics/profiles.h"

namespace specfuse {
namespace {

void resolve(DataConfig& data) {
  if (data.scene && !data.dataset) data.dataset = "/cube";
  if (data.scene && !data.axes) data.axes = "rcb";
  for (std::optional<ImageConfig>* image : {&data.hsi, &data.msi}) {
    if (!*image) continue;
    if (!(*image)->dataset) (*image)->dataset = "/cube";
    if (!(*image)->axes) (*image)->axes = "rcb";
  }
}

void resolve(DegradeConfig& degrade, bool simulates, bool measured = false) {
  if (degrade.psf.type == "gaussian" && !degrade.psf.fwhm) degrade.psf.fwhm = static_cast<double>(degrade.ratio);
  if (simulates && !degrade.srf.given()) degrade.srf.sensor = "landsat7";
  EstimateConfig& estimate = degrade.estimate;
  for (std::optional<Trust>* one : {&estimate.srf, &estimate.psf, &estimate.gain, &estimate.shift})
    if (!*one) *one = measured ? Trust::tested : Trust::told;
  if (!degrade.harmonise) degrade.harmonise = measured;
}

void resolve(ExperimentConfig& config) {
  resolve(config.data);
  for (DataConfig& scene : config.protocol.train_scenes) resolve(scene);
  for (DataConfig& scene : config.protocol.validation_scenes) resolve(scene);
  // A measured pair brings what it has; only scenes that are simulated need a response.
  const bool simulates = !config.data.is_measured() || config.protocol.type == Protocol::transfer;
  resolve(config.degrade, simulates, config.data.is_measured());
  for (DegradeConfig& degradation : config.protocol.degradations) resolve(degradation, true);
  for (MethodConfig& method : config.methods) {
    if (method.label.empty()) method.label = method.name;
  }
}

/// " (methods.2 is two_cnn_fu)" where a message is of an entry of `methods`, which it names by its position.
std::string named_method(const Json& json, const std::string& message) {
  const std::size_t at = message.find(": methods.");
  if (at == std::string::npos || !json.contains("methods") || !json.at("methods").is_array()) return {};
  const std::size_t begin = at + 10, end = message.find_first_not_of("0123456789", begin);
  const std::string number = message.substr(begin, end - begin);
  if (number.empty() || number.size() > 6 || std::stoul(number) >= json.at("methods").size()) return {};
  const Json& method = json.at("methods")[std::stoul(number)];
  if (!method.is_object() || !method.contains("name") || !method.at("name").is_string()) return {};
  return concat(" (methods.", number, " is ", shown(method.at("name")), ")");
}

constexpr EnumNames<Protocol, 4> kProtocols{{{"wald", Protocol::wald},
                                             {"split", Protocol::split},
                                             {"transfer", Protocol::transfer},
                                             {"apply", Protocol::apply}}};
constexpr EnumNames<Boundary, 3> kBoundaries{
    {{"symmetric", Boundary::symmetric}, {"replicate", Boundary::replicate}, {"circular", Boundary::circular}}};
constexpr EnumNames<Trust, 3> kTrusts{{{"auto", Trust::tested}, {"true", Trust::found}, {"false", Trust::told}}};

std::string hash_text(const Json& json) {
  const std::string text = json_text(json);
  return hex_hash(text.data(), text.size());
}

}  // namespace

std::string name_of(Protocol protocol) { return name_in(kProtocols, protocol); }

void SnrConfig::describe(FieldVisitor& fields) {
  fields("hsi", hsi, Range{-20, 200}, Label{"SNR of the HSI", "dB", "noise-free"}, "Of the HSI in dB; null: no noise.");
  fields("msi", msi, Range{-20, 200}, Label{"SNR of the MSI", "dB", "noise-free"}, "Of the MSI in dB; null: no noise.");
}

void DegradeConfig::describe(FieldVisitor& fields) {
  fields("ratio", ratio, Range{2, 64}, Label{"ratio"},
         "Edge of a coarse pixel in fine pixels. Has to divide the scene; `data.crop` can cut it to fit.");
  fields("psf", psf, Label{"PSF"}, "Point spread function, centred on the block of fine pixels of a coarse one.");
  enum_field(fields, "boundary", boundary, kBoundaries, Label{"boundary"}, "How the image goes on beyond its edges.");
  fields("srf", srf, "Spectral response of the MSI: exactly one of sensor, file, weights, ranges, fractions.");
  fields("snr_db", snr_db, Label{"SNR", "dB"}, "Signal to noise ratio 10 log10(mean(x_b^2) / variance) of each band.");
  fields("msi_shift", msi_shift, Range{-100, 100}, Label{"shift of the MSI", "fine pixels"},
         "Registration error: the MSI samples the scene this many fine pixels down and to the right.");
  fields(
      "estimate", estimate,
      "What is assumed of the sensors against what the pair says of them. A measured pair has `auto` in each field by "
      "default, a simulated one `false`. The scores of `no_reference` use what the methods are given.");
  fields("harmonise", harmonise, Label{"harmonised"},
         "Whether the MSI is brought to the HSI on the coarse scale, band by band, where they disagree "
         "by more than noise: changes between two dates, errors of the response; null: for measured pairs.");
}

void EstimateConfig::describe(FieldVisitor& fields) {
  enum_field(
      fields, "srf", srf, kTrusts, Label{"response against the pair"},
      "The response. `auto`: what is assumed is kept unless another response explains the MSI far better; without one "
      "it is estimated. `true`: estimated in any case, as the published bands of a sensor (box or super-Gaussian) "
      "with as many bands as the MSI, or filters close to these, or the fitted box, super-Gaussian or Gaussian of "
      "each band, one shape for all. `false`: as assumed.");
  enum_field(fields, "psf", psf, kTrusts, Label{"PSF against the pair"},
             "The PSF. `auto`: as assumed unless a Gaussian of other widths, down and across, or a form of its own, "
             "explains the "
             "pair better by more than noise. `true`: that Gaussian, or its form, in any case. `false`: as assumed.");
  enum_field(
      fields, "shift", shift, kTrusts, Label{"shift against the pair"},
      "The registration error of the MSI, up to two coarse pixels, also one that varies slowly over the image. It "
      "becomes part of the PSF (what varies is taken out of the HSI): no fine pixel is resampled, the result lies "
      "on the grid of the MSI, and a reference on that of the HSI is moved for the "
      "scores. `auto`: where the pair shows one; `true`: whatever is found; `false`: none.");
  enum_field(
      fields, "gain", gain, kTrusts, Label{"gain against the pair"},
      "Gain and offset of each MSI band, for images that are not in the same units; they are taken back from the "
      "MSI. `auto`: where the pair shows any; `true`: whatever is found; `false`: none.");
}

EstimateOptions EstimateConfig::options(const PsfOptions& psf_told, const std::string& srf_told) const {
  const bool gaussian = psf_told.type == "gaussian" && psf_told.fwhm;
  const std::string told = gaussian ? concat("Gaussian, FWHM ", *psf_told.fwhm, " fine pixels") : psf_told.type;
  const auto resolved = [](const std::optional<Trust>& trust) { return trust.value_or(Trust::told); };
  return {resolved(srf), resolved(psf), resolved(gain), resolved(shift), told, srf_told};
}

void FineTuneConfig::describe(FieldVisitor& fields) {
  fields("steps", steps, Range{0, 1e9}, Label{"steps of fine-tuning"}, "Steps of the optimiser.");
  fields("learning_rate", learning_rate, Range{1e-12, 1e3}, Label{"learning rate of fine-tuning"},
         "The highest rate of the method's schedule.");
}

void ProtocolConfig::describe(FieldVisitor& fields) {
  const OnlyWith split{"type=split"}, transfer{"type=transfer"};
  const RequiredWith required_with_split{"type=split"};
  enum_field(fields, "type", type, kProtocols, Label{"protocol"},
             "`wald`: train one scale down, with the HSI itself as the answer; needs no reference. `split`: train on a "
             "part of the reference, score another. `transfer`: train on other scenes of the same sensor, with their "
             "references as the answers. `apply`: train nothing; each method that learns brings a `checkpoint`.");
  fields("validation_fraction", validation_fraction, Range{0, 0.9}, Label{"share kept for validation"},
         OnlyWith{"type=wald", "type=transfer"},
         "This part of the rows of each training image, at the end, is kept for validation; 0: "
         "none.");
  fields("train", train, split, required_with_split,
         "The part to train on, in pixels of the (cropped) reference, multiples of the ratio.");
  fields("validation", validation, split, required_with_split,
         "The part that chooses the checkpoint; never the test part.");
  fields("test", test, split, required_with_split,
         "The only part that is scored. Every two parts are at least half the largest patch (15 "
         "pixels or more) plus the reach of the PSF apart.");
  fields("train_scenes", train_scenes, transfer, RequiredWith{"type=transfer"},
         "Other scenes, each as `data` describes it and degraded as the scene to fuse is, with "
         "noise of its own. They need a reference and the same numbers of bands.");
  fields("validation_scenes", validation_scenes, transfer,
         "Scenes to choose the checkpoint with, instead of `validation_fraction`.");
  fields("degradations", degradations, transfer,
         "Each training and validation scene is there under each of these, each as `degrade` describes it, "
         "instead of as the scene to fuse is: for methods that suit pairs of any bands and ratio. Scenes are cut to "
         "whole coarse pixels, and left out where these are fewer than `ratio` x `ratio`.");
  fields("fine_tune", fine_tune, transfer,
         "Go on by `wald` on the scene to fuse, from the fitted parameters and with their normalisation. "
         "Methods that are not trained in steps are fitted anew there.");
}

void MethodConfig::describe(FieldVisitor& fields) {
  Choices names{};
  for (const MethodType& method : method_types()) names.texts.push_back(method.name);
  fields("name", name, names, Label{"method"}, "Which method.");
  fields("label", label,
         "Tells two entries of one method apart and names their folder; the name where it is not given.");
  fields("title", title, "What tables, figures and papers call it, any text; the label where it is not given.");
  fields("checkpoint", checkpoint,
         "With `apply`, for a method that learns: the `checkpoint.h5` (or `pretrained.h5`) of an earlier run, looked "
         "for from the current folder, then as data is. Its `model` and `train` are taken from it and need not be "
         "given; what is given has to agree. `degrade.ratio` and the numbers of bands have to be those it was trained "
         "for; the size of the images is free. To two_cnn_fu_plus, which suits any pair, with any protocol: it goes on "
         "from there.");
  if (!options) options = method_options(name);
  options->describe(fields);
}

void ExperimentConfig::describe(FieldVisitor& fields) {
  fields("name", name, "Required. Names the output folder `results/NAME`: letters, digits, `.`, `_`, `-`.");
  fields("data", data,
         "Required. Where the images come from: exactly one of scene, pair, synthetic, and hsi with msi.");
  fields("degrade", degrade, "How the coarse HSI and the MSI come from the reference.");
  fields("protocol", protocol, "What the methods may learn from.");
  fields("seeds", seeds, Range{0, 9007199254740992}, Label{"seeds"},
         "The experiment runs once for each: noise, initial weights and batches follow it. With several, result "
         "folders are called `LABEL-seedN`.");
  fields("methods", methods, "Required, at least one: what fuses, each with its own options.");
  Choices profiles{};
  profiles.texts = specfuse::metric_profiles();
  fields("metric_profiles", metric_profiles, profiles,
         "Conventions of other toolboxes to score by as well, beside ours.");
  fields("report", report, "What is shown; it changes no result.");
  fields("output", output, "What is written for other programs.");
}

void OutputConfig::describe(FieldVisitor& fields) {
  fields(
      "format", format, image_formats(),
      "Format of the fused images, and of the errors to be expected, for other programs: beside `fused.h5` stands "
      "`fused` with the ending of the format, such as `fused.tif`, with wavelengths, no data and the place on earth. "
      "`hdf5`: nothing more.");
  fields(
      "int16", int16, OnlyWith{"format=geotiff", "format=envi"},
      "Stores the values of the fused images in that format as integers of 16 bits, with no data as -32768; a warning "
      "counts values that do not fit and are clipped. null: as they are.");
}

void PackingConfig::describe(FieldVisitor& fields) {
  fields("scale", scale, Range{1e-30, 1e30}, "What stored integers are multiplied with; the file says it.");
  fields("offset", offset, "What is added then.");
}

void ReportConfig::describe(FieldVisitor& fields) {
  Choices keys{};
  for (const MetricInfo& metric : metric_list()) keys.texts.push_back(metric.key);
  fields("metrics", metrics, keys,
         "Metrics of the table on the terminal, in `table.md` and in `table.tex`; `metrics.csv` and the report have "
         "all.");
}

std::string ExperimentConfig::folder_of(const MethodConfig& method, Index seed) const {
  return seeds.size() == 1 ? method.label : concat(method.label, "-seed", seed);
}

ExperimentConfig parse_config(const std::string& text, const std::string& file,
                              const std::vector<std::string>& overrides) {
  Json json = parse_json(text, file);
  SPECFUSE_CHECK_AS(ConfigError, json.is_object(), file, ": expected an object, got ", json.type_name());
  for (const std::string& setting : overrides) apply_override(json, setting);
  return read_config(json, file);
}

ExperimentConfig read_config(const Json& json, const std::string& file) {
  ExperimentConfig config;
  try {
    read_fields(json, "", file, config);
  } catch (const ConfigError& problem) {
    throw ConfigError(problem.what() + named_method(json, problem.what()));
  }
  resolve(config);
  check_config(config, file);
  return config;
}

std::string read_config_text(const std::string& file) {
  try {
    return read_text(file);
  } catch (const DataError& problem) {
    throw ConfigError(problem.what());
  }
}

std::string config_text(const ExperimentConfig& config) { return json_text(write_fields(config), 2) + "\n"; }

std::string config_hash(const ExperimentConfig& config) {
  Json json = write_fields(config);
  json.erase("name");
  json.erase("report");
  for (Json& method : json["methods"]) method.erase("title");
  if (config.output.format == OutputConfig{}.format) json.erase("output");
  return hash_text(json);
}

std::string degradation_hash(const ExperimentConfig& config) { return hash_text(write_fields(config.degrade)); }

}  // namespace specfuse
