#include "compose/opened_inputs.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "specfuse/config/override.h"
#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/io/scene.h"
#include "specfuse/run/find_data.h"
#include "specfuse/run/open_images.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

constexpr const char* kSource = "--fuse";

std::string found(const std::string& name, const std::vector<std::string>& directories) {
  return fs::weakly_canonical(find_file(name, here_first(data_directories(directories)))).string();
}

bool is_hdf5(const std::string& path) { return format_of(path).name == "hdf5"; }

/// Of three dimensions, or of two where there is none such.
std::vector<std::string> image_datasets(const Hdf5Reader& file) {
  std::vector<std::string> cubes, planes;
  for (const std::string& name : file.datasets()) {
    const std::vector<Index> shape = file.shape(name);
    if (shape.size() == 3) cubes.push_back(name);
    if (shape.size() == 2 && shape[0] > 1 && shape[1] > 1) planes.push_back(name);
  }
  return cubes.empty() ? planes : cubes;
}

/// Names the dataset of an HDF5 file where that is another than /cube: the one that is called as its role, or the only
/// image.
void choose_dataset(const std::string& path, const std::string& role, Json& experiment) {
  const std::string field = concat("data.", role, ".dataset");
  if (!is_hdf5(path) || field_at(experiment, field) != nullptr) return;
  const Hdf5Reader file(path);
  std::string chosen;
  for (const std::string& name : {std::string("/cube"), "/" + role}) {
    if (chosen.empty() && file.has(name)) chosen = name;
  }
  if (chosen == "/cube") return;
  const std::vector<std::string> all = image_datasets(file);
  if (chosen.empty() && all.size() == 1) chosen = all.front();
  SPECFUSE_CHECK_AS(ConfigError, !chosen.empty(), path, ": which dataset is the ", role == "hsi" ? "HSI" : "MSI",
                    ", of ", all.empty() ? "none that are images" : joined(all), "? --set ", field, "=... says so");
  set_field(experiment, field, chosen, kSource);
}

std::string size_of(const OpenedInput& input) {
  return concat(input.image->rows(), " x ", input.image->cols(), " pixels");
}

/// Edge of a pixel of the HSI in pixels of the MSI, by their places or else by their sizes.
double width_in_pixels(const OpenedInput& hsi, const OpenedInput& msi) {
  const std::vector<double> coarse = hsi.geotransform(), fine = msi.geotransform();
  if (coarse.size() == 6 && fine.size() == 6) return std::abs(coarse[1] / fine[1]);
  return static_cast<double>(msi.image->cols()) / static_cast<double>(hsi.image->cols());
}

/// Opens each by itself, as the experiment is going to.
void open_told(const FuseRequest& request, const Json& experiment, OpenedInputs& inputs) {
  const DataConfig data = read_config(experiment, kSource).data;
  const ImagesApart images = open_apart(data, data_directories(request.data_directories));
  inputs.hsi.image = images.hsi;
  inputs.msi.image = images.msi.image;
  inputs.warped = images.msi.warped;
}

/// Where only the ratio is told, both begin at one corner.
void place_by_ratio(const FuseRequest& request, Json& experiment, OpenedInputs& inputs) {
  const Image &hsi = *inputs.hsi.image, &msi = *inputs.msi.image;
  const std::vector<double> of_hsi = inputs.hsi.geotransform(), of_msi = inputs.msi.geotransform();
  if (of_hsi.size() == 6 && of_msi.size() == 6) return;
  const Index whole = msi.rows() / hsi.rows();
  if (whole >= 1 && whole * hsi.rows() == msi.rows() && whole * hsi.cols() == msi.cols()) return;
  const Json* const told = field_at(experiment, "degrade.ratio");
  const std::string silent = of_hsi.size() == 6   ? inputs.msi.name + " does"
                             : of_msi.size() == 6 ? inputs.hsi.name + " does"
                                                  : concat(inputs.hsi.name, " and ", inputs.msi.name, " do");
  const char* const where = of_hsi.size() + of_msi.size() == 6 ? "it lies" : "they lie";
  const long guess = std::lround(width_in_pixels(inputs.hsi, inputs.msi));
  SPECFUSE_CHECK_AS(ConfigError, told != nullptr && told->is_number_integer(), silent, " not say where ", where,
                    ", and sizes of ", size_of(inputs.hsi), " and ", size_of(inputs.msi),
                    " have no whole ratio: how many MSI pixels wide is one of the HSI? --set degrade.ratio=",
                    std::max(2L, guess), " would say so, and that both begin at the same upper left corner");
  const auto ratio = told->get<double>();
  std::vector<double> coarse = of_hsi, fine = of_msi;
  // Away from the place of images that lie nowhere.
  if (coarse.empty() && fine.empty()) coarse = {0, ratio, 0, static_cast<double>(msi.rows()), 0, -ratio};
  if (fine.empty()) fine = {coarse[0], coarse[1] / ratio, 0, coarse[3], 0, coarse[5] / ratio};
  if (coarse.empty()) coarse = {fine[0], fine[1] * ratio, 0, fine[3], 0, fine[5] * ratio};
  if (of_hsi.empty()) set_field(experiment, "data.hsi.geotransform", coarse, kSource);
  if (of_msi.empty()) set_field(experiment, "data.msi.geotransform", fine, kSource);
  inputs.decisions.push_back(
      {"place", "both begin at one upper left corner", concat(silent, " not say where ", where)});
  open_told(request, experiment, inputs);
}

void check_no_pair_of_itself(const OpenedInputs& inputs, const Json& experiment) {
  std::error_code ignored;
  if (!fs::equivalent(inputs.hsi.path, inputs.msi.path, ignored)) return;
  const Json* const hsi = field_at(experiment, "data.hsi.dataset");
  const Json* const msi = field_at(experiment, "data.msi.dataset");
  const bool two = is_hdf5(inputs.hsi.path) && (hsi != nullptr) + (msi != nullptr) > 0 &&
                   (hsi == nullptr || msi == nullptr || *hsi != *msi);
  SPECFUSE_CHECK_AS(ConfigError, two, kSource, ": expected an HSI and an MSI, got ", inputs.hsi.name, " twice");
}

/// Finds and opens both.
void open_both(const FuseRequest& request, Json& experiment, OpenedInputs& inputs) {
  for (auto [input, role] : {std::pair(&inputs.hsi, "hsi"), std::pair(&inputs.msi, "msi")}) {
    input->path = found(input->name, request.data_directories);
    set_field(experiment, concat("data.", role, ".file"), input->path, kSource);
    choose_dataset(input->path, role, experiment);
  }
  check_no_pair_of_itself(inputs, experiment);
  open_told(request, experiment, inputs);
  for (OpenedInput* const input : {&inputs.hsi, &inputs.msi}) {
    input->corner = input->image->read({0, 0, 1, 1});
    input->stored = stored_as(input->path);
  }
}

/// Fewer bands on a finer grid: an MSI where the HSI is expected.
bool are_exchanged(const OpenedInputs& inputs) {
  return inputs.hsi.image->bands() < inputs.msi.image->bands() && width_in_pixels(inputs.hsi, inputs.msi) < 1;
}

bool speaks_of_roles(const FuseRequest& request) {
  return std::any_of(request.settings.begin(), request.settings.end(), [](const std::string& setting) {
    return setting.starts_with("data.hsi.") || setting.starts_with("data.msi.");
  });
}

void check_finer(const OpenedInputs& inputs) {
  constexpr double kLeast = 1.5;
  const double width = width_in_pixels(inputs.hsi, inputs.msi);
  const std::vector<double> coarse = inputs.hsi.geotransform(), fine = inputs.msi.geotransform();
  const bool placed = coarse.size() == 6 && fine.size() == 6;
  const std::string got = placed ? concat("pixels of ", std::abs(coarse[1]), " and ", std::abs(fine[1]))
                                 : concat(size_of(inputs.hsi), " and ", size_of(inputs.msi));
  SPECFUSE_CHECK_AS(ConfigError, width >= kLeast, inputs.hsi.name, " and ", inputs.msi.name,
                    ": expected an MSI with finer pixels than the HSI, got ", got, ": there is nothing to sharpen");
}

}  // namespace

const Json* field_at(const Json& json, const std::string& path) {
  const Json* at = &json;
  for (std::size_t begin = 0, end = 0; begin <= path.size(); begin = end + 1) {
    end = std::min(path.find('.', begin), path.size());
    const std::string key = path.substr(begin, end - begin);
    if (!at->is_object() || !at->contains(key)) return nullptr;
    at = &at->at(key);
  }
  return at;
}

OpenedInputs open_inputs(const FuseRequest& request, Json& experiment) {
  const Json before = experiment;
  OpenedInputs inputs{{request.hsi, ""}, {request.msi, ""}};
  open_both(request, experiment, inputs);
  if (are_exchanged(inputs) && !speaks_of_roles(request)) {
    inputs = {{request.msi, ""}, {request.hsi, ""}};
    experiment = before;
    open_both(request, experiment, inputs);
    inputs.decisions.push_back({"order", "the second file is the HSI",
                                concat("it has ", inputs.hsi.image->bands(),
                                       " bands and the coarser pixels; the first has ", inputs.msi.image->bands())});
  }
  check_finer(inputs);
  place_by_ratio(request, experiment, inputs);
  inputs.pair = join_images(inputs.hsi.image, {inputs.msi.image, inputs.warped},
                            concat(inputs.hsi.name, " and ", inputs.msi.name));
  return inputs;
}

}  // namespace specfuse
