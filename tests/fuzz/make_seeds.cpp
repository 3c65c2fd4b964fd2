// Writes into the folder given what the fuzzers of the HDF5 readers start from: scene/, pair/ and checkpoint/.
#include <cstdio>
#include <filesystem>

#include "io/raw_hdf5.h"
#include "specfuse/config/config.h"
#include "specfuse/io/checkpoint.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/io/scene.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/two_cnn_fu.h"
#include "support/example.h"
#include "support/network.h"
#include "support/pair_file.h"

using namespace specfuse;

namespace {

Cube described_cube() {
  Cube cube = testing::wavy_cube(4, 3, 2);
  cube.wavelength_nm = {450, 550};
  cube.attributes = {{"sensor", std::string("AVIRIS")}, {"gain", std::vector<double>{1, 2}}};
  return cube;
}

/// Integers in chunks, shuffled and deflated, as h5py and Matlab write them; and in the latest form of the format.
void write_packed(const std::string& path, bool latest) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (latest) H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
  const hsize_t extents[] = {4, 4, 3}, chunk[] = {2, 2, 3};
  const hid_t space = H5Screate_simple(3, extents, nullptr), layout = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(layout, 3, chunk);
  H5Pset_shuffle(layout);
  H5Pset_deflate(layout, 4);
  H5Pset_fletcher32(layout);
  const hid_t dataset = H5Dcreate2(file, "cube", H5T_STD_I16BE, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  std::vector<int> values(48);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int>(i * i % 41);
  H5Dwrite(dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(dataset);
  H5Pclose(layout);
  H5Sclose(space);
  H5Fclose(file);
  H5Pclose(access);
}

void write_scenes(const std::string& folder) {
  write_cube(folder + "plain.h5", described_cube());
  write_packed(folder + "packed.h5", false);
  write_packed(folder + "latest.h5", true);
  RawFile raw(folder + "linked.h5");
  raw.dataset("values", {2, 2, 2}, H5T_IEEE_F64BE, {1, 2, 3, 4, 5, 6, 7, 8});
  H5Lcreate_soft("/values", raw.id(), "cube", H5P_DEFAULT, H5P_DEFAULT);
  raw.fixed_text("/values", "unit", "reflectance  ", H5T_STR_SPACEPAD);
}

void write_pairs(const std::string& folder) {
  const TrainingPair example = testing::small_example(2, 2, 3, 2);
  PairFile pair{example.input.hsi, example.input.msi, 2, example.target, example.input.degradation.srf};
  write_pair(folder + "whole.h5", pair);
  pair.reference.reset();
  pair.srf = Tensor();
  write_pair(folder + "measured.h5", pair);
}

void write_checkpoints(const std::string& folder) {
  const TrainingData data{{testing::small_example(4, 4, 9, 2)}, {}};
  const auto write = [&](FusionMethod& method, const std::string& name, const std::string& options) {
    method.fit(data, {});
    Checkpoint checkpoint = method.checkpoint();
    checkpoint.state["step"] = 1;
    const std::string before = R"({"name": "a", "data": {"scene": "s.h5"}, "methods": [{"name": ")";
    checkpoint.attributes["config"] = config_text(parse_config(concat(before, name, options, "}]}"), "seed", {}));
    write_checkpoint(concat(folder, name, ".h5"), checkpoint);
  };
  write(*make_method("linear_injection"), "linear_injection", "\"");
  TwoCnnFuOptions options;
  options.model = testing::small_network();
  options.train = testing::small_training();
  options.train.steps = 1;
  TwoCnnFu network(options);
  write(network, "two_cnn_fu", R"(", "model": {"branches": {"hsi": {"layers": {"conv": {"maps": 3, "kernel": 3},
    "fc": {"units": 6}}}, "msi": {"patch": 5, "layers": {"conv": {"maps": 4, "kernel": 2}, "fc": {"units": 7}}}},
    "fusion": {"fc1": {"units": 8}}})");
}

}  // namespace

int main(int count, char** texts) {
  if (count != 2) return std::fprintf(stderr, "usage: make_seeds FOLDER\n"), 2;
  const std::string folder = std::string(texts[1]) + "/";
  for (const char* name : {"scene/", "pair/", "checkpoint/"}) std::filesystem::create_directories(folder + name);
  write_scenes(folder + "scene/");
  write_pairs(folder + "pair/");
  write_checkpoints(folder + "checkpoint/");
}
