// Writes into the folder given the scenes that tests/cli/test_cli.py feeds to the program.
#include <cmath>
#include <cstdio>
#include <numeric>

#include "io/raw_hdf5.h"

using namespace specfuse;

namespace {

void write_scene(const std::string& path, const std::vector<hsize_t>& extents, bool with_nan = false) {
  const hsize_t count = std::accumulate(extents.begin(), extents.end(), hsize_t{1}, std::multiplies<>());
  std::vector<double> values(count);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1 + static_cast<double>(i * 2654435761u % 1000);
  if (with_nan) values[values.size() / 2] = std::nan("");
  RawFile(path).dataset("cube", extents, H5T_NATIVE_FLOAT, values);
}

}  // namespace

int main(int count, char** texts) {
  if (count != 2) return std::fprintf(stderr, "usage: make_bad_files FOLDER\n"), 2;
  const std::string folder = std::string(texts[1]) + "/";
  write_scene(folder + "good.h5", {16, 16, 40});
  write_scene(folder + "rank2.h5", {16, 16});
  write_scene(folder + "rank4.h5", {2, 8, 8, 40});
  write_scene(folder + "nan.h5", {16, 16, 40}, true);
  write_scene(folder + "odd.h5", {15, 16, 40});
}
