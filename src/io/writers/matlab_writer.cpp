#include "io/writers/writers.h"

#ifndef SPECFUSE_MATIO

namespace specfuse {

WriteImage matlab_writer() { return nullptr; }

}  // namespace specfuse

#else

#include <matio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include "io/reorder.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/io/file.h"

namespace specfuse {
namespace {

/// Of one variable in a file of version 5, in bytes.
constexpr Index kMostBytes = (Index{1} << 31) - 1;

/// A file that is gone where it was not moved away.
struct Temporary {
  std::string path;
  ~Temporary() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

template <std::size_t rank>
void write_variable(mat_t* file, const std::string& name, matio_classes kind, matio_types type,
                    std::array<std::size_t, rank> extents, const void* values) {
  const std::unique_ptr<matvar_t, decltype(&Mat_VarFree)> variable(
      Mat_VarCreate(name.c_str(), kind, type, static_cast<int>(rank), extents.data(), const_cast<void*>(values),
                    MAT_F_DONT_COPY_DATA),
      Mat_VarFree);
  SPECFUSE_CHECK(variable != nullptr && Mat_VarWrite(file, variable.get(), MAT_COMPRESSION_ZLIB) == 0, "variable ",
                 name);
}

void write_numbers(mat_t* file, const std::string& name, const std::vector<double>& numbers) {
  write_variable<2>(file, name, MAT_C_DOUBLE, MAT_T_DOUBLE, {1, numbers.size()}, numbers.data());
}

/// Whether MATLAB takes it for the name of a variable.
bool is_name(const std::string& name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !name.empty() && name.size() < 64 && std::isalpha(static_cast<unsigned char>(name[0])) != 0 &&
         std::all_of(name.begin(), name.end(), fits);
}

void write_attribute(mat_t* file, const std::string& name, const AttributeValue& value) {
  if (!is_name(name)) return;
  if (const auto* const numbers = std::get_if<std::vector<double> >(&value)) return write_numbers(file, name, *numbers);
  const std::string& text = std::get<std::string>(value);
  if (!text.empty()) write_variable<2>(file, name, MAT_C_CHAR, MAT_T_UTF8, {1, text.size()}, text.data());
}

void write_all(mat_t* file, const Cube& cube) {
  // The first dimension is the fastest.
  const Tensor values = in_order(with_no_data(cube), "bcr");
  write_variable<3>(file, "cube", MAT_C_SINGLE, MAT_T_SINGLE,
                    {static_cast<std::size_t>(cube.rows()), static_cast<std::size_t>(cube.cols()),
                     static_cast<std::size_t>(cube.bands())},
                    values.data());
  if (!cube.wavelength_nm.empty()) write_numbers(file, "wavelength_nm", cube.wavelength_nm);
  for (const auto& [name, value] : cube.attributes) write_attribute(file, name, value);
}

void write(const std::string& path, const Cube& cube) {
  SPECFUSE_CHECK(cube.values.size() <= kMostBytes / static_cast<Index>(sizeof(float)), "cannot write ", path,
                 ": a variable of MATLAB 7 holds at most 2 GB");
  const Temporary temporary{concat(path, ".tmp-", ::getpid())};
  {
    Mat_LogInit("specfuse");
    Mat_LogInitFunc("specfuse", [](int, char*) {});
    const std::unique_ptr<mat_t, decltype(&Mat_Close)> file(Mat_CreateVer(temporary.path.c_str(), nullptr, MAT_FT_MAT5),
                                                            Mat_Close);
    SPECFUSE_CHECK(file != nullptr, "cannot write ", path);
    try {
      write_all(file.get(), cube);
    } catch (const Error& problem) {
      throw Error(concat("cannot write ", path, ": ", problem.what()));
    }
  }
  move_file(temporary.path, path);
}

}  // namespace

WriteImage matlab_writer() { return write; }

}  // namespace specfuse

#endif
