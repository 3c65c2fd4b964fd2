#include "config/check_config.h"

#include <algorithm>
#include <set>

#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/io/image_writer.h"

namespace specfuse {
namespace {

/// Whether a run writes something of this name beside the folders of its results.
bool is_result_name(const std::string& text) {
  return std::find(kResultNames.begin(), kResultNames.end(), text) != kResultNames.end();
}

/// Whether a text can name a file or folder inside the output folder.
bool is_plain_name(const std::string& text) {
  const std::string allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !text.empty() && text.size() <= 100 && text[0] != '.' && text[0] != '-' &&
         text.find_first_not_of(allowed) == std::string::npos;
}

class Checker {
 public:
  explicit Checker(const std::string& file) : file_(file) {}

  void check(const ExperimentConfig& config) const {
    expect(is_plain_name(config.name), "name", "letters, digits, '.', '_' and '-', not led by '.' or '-'", config.name);
    check_data(config.data, "data");
    check_estimate(config.degrade);
    check_measured(config);
    check_transfer(config.protocol);
    expect(!config.seeds.empty(), "seeds", "at least one", "none");
    expect(!config.methods.empty(), "methods", "at least one", "none");
    const std::set<std::string> profiles(config.metric_profiles.begin(), config.metric_profiles.end());
    expect(profiles.size() == config.metric_profiles.size(), "metric_profiles", "profiles that differ", "one twice");
    const ImageWriter& writer = image_writer(config.output.format, file_ + ": output.format");
    expect(!config.output.int16 || writer.begin_packed, "output.int16", "it with a format that packs integers",
           writer.name);
    std::set<std::string> folders;
    for (std::size_t i = 0; i < config.methods.size(); ++i) {
      const MethodConfig& method = config.methods[i];
      check_checkpoint(config.protocol, method, concat("methods.", i));
      const std::string path = concat("methods.", i, ".label");
      expect(is_plain_name(method.label) && !is_result_name(method.label), path,
             "letters, digits, '.', '_' and '-', not led by '.' or '-', and no name of a result file", method.label);
      for (const Index seed : config.seeds) {
        expect(folders.insert(config.folder_of(method, seed)).second, path, "labels and seeds that differ",
               config.folder_of(method, seed) + " twice");
      }
    }
  }

 private:
  void expect(bool holds, const std::string& path, const std::string& expected, const std::string& got) const {
    SPECFUSE_CHECK_AS(ConfigError, holds, file_, ": ", path, ": expected ", expected, ", got ",
                      got.empty() ? "nothing" : got);
  }

  void check_data(const DataConfig& data, const std::string& path) const {
    const bool images = data.hsi || data.msi;
    const int sources = data.scene.has_value() + data.pair.has_value() + data.synthetic.has_value() + images;
    expect(sources == 1, path, "exactly one of scene, pair, synthetic, and hsi with msi", concat(sources));
    if (data.hsi) check_image(*data.hsi, path + ".hsi");
    if (data.msi) check_image(*data.msi, path + ".msi");
    SPECFUSE_CHECK_AS(ConfigError, !data.nodata || data.scene || data.nodata->mask.empty(), file_, ": `", path,
                      ".nodata.mask` is valid only with `", path, ".scene`");
    check_wavelengths(data.wavelength_nm, path);
  }

  void check_image(const ImageConfig& image, const std::string& path) const {
    expect(!image.file.empty(), path + ".file", "the file of the image", "");
    check_wavelengths(image.wavelength_nm, path);
  }

  void check_wavelengths(const std::optional<WavelengthConfig>& given, const std::string& path) const {
    if (!given) return;
    const int lists = !given->values.empty() + given->range.has_value() + !given->file.empty();
    expect(lists == 1, path + ".wavelength_nm", "exactly one of values, range and file", concat(lists));
  }

  /// Options that do not fit each other are an error here.
  void check_options(const MethodConfig& method, const std::string& path) const {
    try {
      method.options->make();
    } catch (const ConfigError& problem) {
      throw ConfigError(concat(file_, ": ", path, ": ", problem.what()));
    }
  }

  void check_checkpoint(const ProtocolConfig& protocol, const MethodConfig& method, const std::string& entry) const {
    const std::string path = entry + ".checkpoint";
    const MethodTraits traits = method.options->traits();
    const bool apply = protocol.type == Protocol::apply;
    check_options(method, entry);
    expect(protocol.degradations.empty() || !traits.learns || traits.suits_any_pair, "protocol.degradations",
           "them with methods that suit any pair only", method.name);
    expect(!method.checkpoint || apply || traits.suits_any_pair, path,
           "it with apply, or with a method that suits any pair", method.checkpoint.value_or(""));
    expect(!method.checkpoint || traits.has_checkpoints, path, concat("nothing, as ", method.name, " keeps none"),
           method.checkpoint.value_or(""));
    expect(!apply || traits.is_ready() || method.checkpoint, path,
           concat("the file of what ", method.name, " learned, as apply trains nothing"), "");
  }

  void check_transfer(const ProtocolConfig& protocol) const {
    const auto check_scenes = [&](const std::string& path, const std::vector<DataConfig>& scenes) {
      for (std::size_t i = 0; i < scenes.size(); ++i) check_data(scenes[i], concat(path, ".", i));
    };
    check_scenes("protocol.train_scenes", protocol.train_scenes);
    check_scenes("protocol.validation_scenes", protocol.validation_scenes);
    const auto estimates = [](const DegradeConfig& degrade) { return degrade.estimate.options({}, "").any(); };
    expect(std::none_of(protocol.degradations.begin(), protocol.degradations.end(), estimates), "protocol.degradations",
           "no estimate, as they are known", "one");
    expect(protocol.validation_scenes.empty() || protocol.validation_fraction == 0, "protocol.validation_fraction",
           "it or validation_scenes", "both");
  }

  void check_measured(const ExperimentConfig& config) const {
    if (!config.data.is_measured() || config.protocol.type == Protocol::transfer) return;
    const DegradeConfig& degrade = config.degrade;
    const bool simulated = degrade.snr_db.hsi || degrade.snr_db.msi || degrade.msi_shift != std::array<double, 2>{0, 0};
    expect(!simulated, "degrade", "neither snr_db nor msi_shift with a measured pair, which has its own",
           "one of them");
  }

  void check_estimate(const DegradeConfig& degrade) const {
    expect(degrade.estimate.psf != Trust::found || degrade.psf.type == "gaussian", "degrade.estimate.psf",
           "auto or false, as it is true for a gaussian psf only", concat("true with psf.type ", degrade.psf.type));
  }

  std::string file_;
};

}  // namespace

void check_config(const ExperimentConfig& config, const std::string& file) { Checker(file).check(config); }

}  // namespace specfuse
