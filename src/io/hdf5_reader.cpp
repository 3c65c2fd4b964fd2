#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "io/hdf5_handle.h"
#include "specfuse/io/hdf5.h"

namespace specfuse {

namespace {

#define READ_CHECK(condition, ...) SPECFUSE_CHECK_AS(DataError, condition, __VA_ARGS__)

/// Called by the library before it would follow a link into another file.
herr_t refuse_external_link(const char*, const char*, const char*, const char*, unsigned*, hid_t, void* seen) {
  *static_cast<bool*>(seen) = true;
  return -1;
}

/// Groups deeper than this are refused: the library descends by recursion, until its stack is full.
constexpr std::ptrdiff_t kDeepestGroup = 32;

/// Deflate makes a file at most this many times smaller. A dataset that claims more has no values for what it claims.
constexpr double kBestCompression = 1100;

herr_t collect_dataset(hid_t, const char* name, const H5O_info_t* info, void* names) {
  const std::string_view path = name;
  if (std::count(path.begin(), path.end(), '/') >= kDeepestGroup) return -1;
  if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(names)->push_back(concat("/", name));
  return 0;
}

std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) text += concat(i == 0 ? "" : ", ", names[i]);
  if (names.size() > kShown) text += concat(" and ", names.size() - kShown, " more");
  return text.empty() ? "none" : text;
}

std::string shape_text(const std::vector<Index>& extents) { return concat("[", joined(extents), "]"); }

/// The filters that nearly every file uses, and no others: they come from anywhere, even out of a folder of plugins,
/// and trust the file.
void check_filters(const Hdf5Reader& reader, const std::string& name, const Handle& creation) {
  const int count = H5Pget_nfilters(creation.get());
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    char filter[64] = "";
    const H5Z_filter_t id = H5Pget_filter2(creation.get(), static_cast<unsigned>(i), &flags, &values, nullptr,
                                           sizeof filter, filter, nullptr);
    READ_CHECK(id == H5Z_FILTER_DEFLATE || id == H5Z_FILTER_SHUFFLE || id == H5Z_FILTER_FLETCHER32, reader.path(), ": ",
               name, " is compressed with filter ", id, " ", filter,
               ": expected deflate, shuffle and fletcher32 only; h5repack -f GZIP=4 makes it so");
  }
}

/// Refuses what is no dataset, and one whose values lie in other files: those may be missing or changed unseen.
Handle open_dataset(const Hdf5Reader& reader, hid_t file, const std::string& name) {
  Handle dataset = open_object(reader, file, name);
  READ_CHECK(H5Iget_type(dataset.get()) == H5I_DATASET, reader.path(), ": ", name, " is not a dataset; there is ",
             list(reader.datasets()));
  const Handle creation(H5Dget_create_plist(dataset.get()), H5Pclose);
  READ_CHECK(creation.valid(), reader.path(), ": cannot read ", name, ": ", hdf5_reason());
  const bool elsewhere = H5Pget_external_count(creation.get()) > 0 || H5Pget_layout(creation.get()) == H5D_VIRTUAL;
  READ_CHECK(!elsewhere, reader.path(), ": ", name, " keeps its values in another file, which is refused");
  check_filters(reader, name, creation);
  return dataset;
}

std::vector<Index> extents_of(const Hdf5Reader& reader, const std::string& name, const Handle& dataset) {
  const Handle space(H5Dget_space(dataset.get()), H5Sclose);
  hsize_t extents[H5S_MAX_RANK];
  const int rank = space.valid() ? H5Sget_simple_extent_dims(space.get(), extents, nullptr) : -1;
  READ_CHECK(rank >= 0, reader.path(), ": cannot read the shape of ", name, ": ", hdf5_reason());
  std::vector<Index> result;
  for (int i = 0; i < rank; ++i) {
    READ_CHECK(extents[i] < hsize_t{1} << 62, reader.path(), ": ", name, " is too large");
    result.push_back(static_cast<Index>(extents[i]));
  }
  return result;
}

/// Refuses values that cannot be there: more than the file has room for, or than its bytes can be unpacked to.
void check_stored(const Hdf5Reader& reader, const std::string& name, const Handle& dataset, double bytes) {
  const double stored = static_cast<double>(H5Dget_storage_size(dataset.get()));
  READ_CHECK(stored <= static_cast<double>(reader.size()) && bytes <= stored * kBestCompression, reader.path(), ": ",
             name, " claims ", bytes, " bytes of values, of which ", stored,
             " would be stored: expected them in the file of ", reader.size(), " bytes");
}

double values_in(const std::vector<Index>& extents) {
  double count = 1;
  for (const Index extent : extents) count *= static_cast<double>(extent);
  return count;
}

/// Checks all that could make a read of a part fail or fill the memory, before anything is allocated.
void check_readable(const Hdf5Reader& reader, const std::string& name, const Handle& dataset,
                    const std::vector<Index>& extents, const std::vector<Index>& part) {
  const Handle type(H5Dget_type(dataset.get()), H5Tclose);
  READ_CHECK(type.valid(), reader.path(), ": cannot read the type of ", name, ": ", hdf5_reason());
  READ_CHECK(is_plain_number(type), reader.path(), ": ", name,
             " is not numeric: expected integers of 8 to 64 bits or IEEE floats of 16 to 64");
  for (const Index extent : extents) {
    READ_CHECK(extent > 0, reader.path(), ": ", name, " is empty: its shape is ", shape_text(extents));
  }
  const double bytes = values_in(part) * sizeof(float);
  READ_CHECK(bytes <= memory_bytes(), reader.path(), ": ", name, " ", shape_text(part), " takes ", bytes / 1e9,
             " GB as float32, more than the ", memory_bytes() / 1e9, " GB of memory here");
  check_stored(reader, name, dataset, values_in(extents) * static_cast<double>(H5Tget_size(type.get())));
}

}  // namespace

Handle open_object(const Hdf5Reader& reader, hid_t file, const std::string& name) {
  bool external = false;
  const Handle access(H5Pcreate(H5P_LINK_ACCESS), H5Pclose);
  READ_CHECK(access.valid() && H5Pset_elink_cb(access.get(), refuse_external_link, &external) >= 0, "cannot read ",
             reader.path(), ": ", hdf5_reason());
  Handle object(H5Oopen(file, name.c_str(), access.get()), H5Oclose);
  READ_CHECK(!external, reader.path(), ": ", name, " leads into another file, which is refused");
  if (object.valid()) return object;
  const std::string reason = hdf5_reason();
  READ_CHECK(reader.has(name), reader.path(), ": no dataset ", name, "; there is ", list(reader.datasets()));
  throw DataError(concat(reader.path(), ": cannot open ", name, ": ", reason));
}

Hdf5Reader::Hdf5Reader(const std::string& path) : path_(path) {
  silence_hdf5();
  struct stat status {};
  READ_CHECK(::stat(path.c_str(), &status) == 0, "cannot read ", path, ": ", std::strerror(errno));
  READ_CHECK(S_ISREG(status.st_mode), "cannot read ", path, ": it is not a regular file");
  size_ = static_cast<std::uint64_t>(status.st_size);
  file_ = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const std::string reason = file_ >= 0 ? "" : hdf5_reason();
  const bool held = reason == std::strerror(EAGAIN) || reason.find("already open for write") != std::string::npos;
  READ_CHECK(file_ >= 0, "cannot read ", path, " as HDF5: ", reason,
             held ? ": another program has it open to write, or ended without closing it; close it there" : "");
}

Hdf5Reader::Hdf5Reader(std::span<const unsigned char> bytes, const std::string& name)
    : path_(name), size_(bytes.size()) {
  silence_hdf5();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // The library copies the bytes, and takes them without const.
  const bool set = H5Pset_fapl_core(access.get(), 1 << 16, false) >= 0 &&
                   H5Pset_file_image(access.get(), const_cast<unsigned char*>(bytes.data()), bytes.size()) >= 0;
  file_ = set ? H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.get()) : H5I_INVALID_HID;
  READ_CHECK(file_ >= 0, "cannot read ", name, " as HDF5: ", hdf5_reason());
}

Hdf5Reader::~Hdf5Reader() { H5Fclose(file_); }

std::vector<std::string> Hdf5Reader::datasets() const {
  std::vector<std::string> names;
  READ_CHECK(H5Ovisit(file_, H5_INDEX_NAME, H5_ITER_INC, collect_dataset, &names) >= 0, "cannot list ", path_,
             ", or its groups are more than ", kDeepestGroup, " deep: ", hdf5_reason());
  std::sort(names.begin(), names.end());
  return names;
}

bool Hdf5Reader::has(const std::string& name) const {
  // The library answers for the last part of a name only, and only where the parts before it are there.
  for (std::size_t end = name.find('/', 1);; end = name.find('/', end + 1)) {
    const std::string part = name.substr(0, end);
    if (part != "/" && H5Lexists(file_, part.c_str(), H5P_DEFAULT) <= 0) return false;
    if (end == std::string::npos) return true;
  }
}

std::vector<Index> Hdf5Reader::shape(const std::string& dataset) const {
  return extents_of(*this, dataset, open_dataset(*this, file_, dataset));
}

Tensor Hdf5Reader::read(const std::string& dataset) const {
  const Handle handle = open_dataset(*this, file_, dataset);
  const std::vector<Index> extents = extents_of(*this, dataset, handle);
  READ_CHECK(extents.size() <= Shape::kMaxRank, path_, ": ", dataset, " has shape ", shape_text(extents),
             ": expected at most ", Shape::kMaxRank, " dimensions");
  check_readable(*this, dataset, handle, extents, extents);
  Tensor values = Tensor::uninitialized(Shape(extents));
  READ_CHECK(H5Dread(handle.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0, path_,
             ": cannot read ", dataset, ": ", hdf5_reason());
  return values;
}

Tensor Hdf5Reader::read(const std::string& dataset, int rank) const {
  const std::vector<Index> extents = shape(dataset);
  READ_CHECK(extents.size() == static_cast<std::size_t>(rank), path_, ": ", dataset, ": expected ", rank,
             rank == 1 ? " dimension" : " dimensions", ", got ", extents.size(), " ", shape_text(extents));
  return read(dataset);
}

Tensor Hdf5Reader::read_part(const std::string& dataset, const std::array<Index, 2>& first,
                             const std::array<Index, 2>& count) const {
  const std::vector<Index> extents = shape(dataset);
  READ_CHECK(extents.size() == 2 || extents.size() == 3, path_, ": ", dataset,
             ": expected 3 dimensions, or 2 of one band, got ", extents.size(), " ", shape_text(extents));
  if (extents.size() == 3) return read_block(dataset, {first[0], first[1], 0}, {count[0], count[1], extents[2]});
  return read_block(dataset, {first[0], first[1]}, {count[0], count[1]}).reshape({count[0], count[1], 1});
}

Tensor Hdf5Reader::read_block(const std::string& dataset, const std::vector<Index>& first,
                              const std::vector<Index>& count) const {
  const Handle handle = open_dataset(*this, file_, dataset);
  const std::vector<Index> extents = extents_of(*this, dataset, handle);
  READ_CHECK(extents.size() == first.size(), path_, ": ", dataset, ": expected ", first.size(), " dimensions, got ",
             extents.size(), " ", shape_text(extents));
  for (std::size_t i = 0; i < first.size(); ++i) {
    SPECFUSE_CHECK(first[i] >= 0 && count[i] >= 1 && first[i] <= extents[i] - count[i], path_, ": ", dataset,
                   ": expected a part of ", shape_text(extents), ", got ", count[i], " from ", first[i]);
  }
  check_readable(*this, dataset, handle, extents, count);
  const std::vector<hsize_t> start(first.begin(), first.end()), size(count.begin(), count.end());
  const Handle there(H5Dget_space(handle.get()), H5Sclose),
      here(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
  Tensor values = Tensor::uninitialized(Shape(count));
  READ_CHECK(there.valid() && here.valid() &&
                 H5Sselect_hyperslab(there.get(), H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr) >= 0 &&
                 H5Dread(handle.get(), H5T_NATIVE_FLOAT, here.get(), there.get(), H5P_DEFAULT, values.data()) >= 0,
             path_, ": cannot read ", dataset, ": ", hdf5_reason());
  return values;
}

std::optional<double> Hdf5Reader::fill_value(const std::string& dataset) const {
  const Handle handle = open_dataset(*this, file_, dataset);
  const Handle creation(H5Dget_create_plist(handle.get()), H5Pclose);
  H5D_fill_value_t kind = H5D_FILL_VALUE_UNDEFINED;
  double value = 0;
  const bool any = H5Pfill_value_defined(creation.get(), &kind) >= 0 && kind == H5D_FILL_VALUE_USER_DEFINED &&
                   H5Pget_fill_value(creation.get(), H5T_NATIVE_DOUBLE, &value) >= 0;
  return any ? std::optional(value) : std::nullopt;
}

std::vector<double> Hdf5Reader::read_doubles(const std::string& dataset) const {
  const Handle handle = open_dataset(*this, file_, dataset);
  const std::vector<Index> extents = extents_of(*this, dataset, handle);
  const auto longer = std::count_if(extents.begin(), extents.end(), [](Index extent) { return extent > 1; });
  READ_CHECK(!extents.empty() && longer <= 1, path_, ": ", dataset, ": expected 1 dimension, got ", extents.size(), " ",
             shape_text(extents));
  check_readable(*this, dataset, handle, extents, extents);
  std::vector<double> values(static_cast<std::size_t>(*std::max_element(extents.begin(), extents.end())));
  READ_CHECK(H5Dread(handle.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0, path_,
             ": cannot read ", dataset, ": ", hdf5_reason());
  return values;
}

#undef READ_CHECK

}  // namespace specfuse
