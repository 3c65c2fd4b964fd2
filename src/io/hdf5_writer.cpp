#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "io/hdf5_chunks.h"
#include "io/hdf5_handle.h"
#include "specfuse/io/hdf5.h"

namespace specfuse {

namespace {

#define WRITE_CHECK(condition, ...) SPECFUSE_CHECK(condition, "cannot write ", __VA_ARGS__, ": ", hdf5_reason())

/// Everything needed to create a dataset or group under a full name.
Handle group_creation(const std::string& path) {
  Handle creation(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  WRITE_CHECK(creation.valid() && H5Pset_create_intermediate_group(creation.get(), 1) >= 0, path);
  return creation;
}

struct NewDataset {
  std::string path, name;
  hid_t file, type;
};

Handle dataset_creation(const std::string& path) {
  Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  // Without the times of writing, equal results are equal files.
  WRITE_CHECK(creation.valid() && H5Pset_obj_track_times(creation.get(), false) >= 0 &&
                  H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER) >= 0,
              path);
  return creation;
}

Handle create_dataset(const NewDataset& dataset, const std::vector<hsize_t>& extents, const Handle& creation) {
  const Handle links = group_creation(dataset.path);
  const int rank = static_cast<int>(extents.size());
  const Handle space(rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, extents.data(), nullptr), H5Sclose);
  WRITE_CHECK(space.valid(), dataset.name, " to ", dataset.path);
  Handle handle(H5Dcreate2(dataset.file, dataset.name.c_str(), dataset.type, space.get(), links.get(), creation.get(),
                           H5P_DEFAULT),
                H5Dclose);
  WRITE_CHECK(handle.valid(), dataset.name, " to ", dataset.path);
  return handle;
}

/// Creates a dataset with room for its values, and returns where in the file that is.
std::uint64_t create_room(const NewDataset& dataset, const std::vector<hsize_t>& extents) {
  const Handle creation = dataset_creation(dataset.path);
  WRITE_CHECK(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY) >= 0, dataset.path);
  Handle handle = create_dataset(dataset, extents, creation);
  const haddr_t offset = H5Dget_offset(handle.get());
  WRITE_CHECK(offset != HADDR_UNDEF && handle.close(), dataset.name, " to ", dataset.path);
  return offset;
}

std::vector<hsize_t> extents_of(const Shape& shape) {
  std::vector<hsize_t> extents;
  for (int i = 0; i < shape.rank(); ++i) extents.push_back(static_cast<hsize_t>(shape[i]));
  return extents;
}

/// Where an attribute goes.
struct AttributePlace {
  std::string path, object, name;
  hid_t file;
};

/// One value, or `count` of them as a list.
void write_attribute(const AttributePlace& place, hid_t type, const void* value, hsize_t count = 1) {
  const Handle object(H5Oopen(place.file, place.object.c_str(), H5P_DEFAULT), H5Oclose);
  const Handle space(count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr), H5Sclose);
  WRITE_CHECK(object.valid() && space.valid(), "attribute ", place.name, " to ", place.path);
  Handle handle(H5Acreate2(object.get(), place.name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  WRITE_CHECK(handle.valid() && H5Awrite(handle.get(), type, value) >= 0 && handle.close(), "attribute ", place.name,
              " to ", place.path);
}

/// The frame of the file, in memory and for reading.
class Mapping {
 public:
  Mapping(int descriptor, std::size_t size)
      : bytes_(::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0)), size_(size) {}
  ~Mapping() {
    if (bytes_ != MAP_FAILED) ::munmap(bytes_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  bool valid() const { return bytes_ != MAP_FAILED; }
  const char* at(std::size_t offset) const { return static_cast<const char*>(bytes_) + offset; }

 private:
  void* bytes_;
  std::size_t size_;
};

}  // namespace

// Written to disk directly, a library that meets a full disk can neither finish nor close the file, and crashes over it
// when the program ends. So it writes to a file in memory, which has holes where the values will be: these go to disk
// from where they are, and those that are packed when they are made.
Hdf5Writer::Hdf5Writer(const std::string& path) : target_(path), frame_(::memfd_create("hdf5", MFD_CLOEXEC)) {
  silence_hdf5();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // The default driver would follow the link to a file that has no name.
  if (access.valid() && H5Pset_fapl_stdio(access.get()) >= 0) {
    file_ = H5Fcreate(concat("/proc/self/fd/", frame_).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get());
  }
  if (file_ < 0) ::close(frame_);
  WRITE_CHECK(file_ >= 0, path);
}

Hdf5Writer::~Hdf5Writer() {
  H5Fclose(file_);
  ::close(frame_);
}

void Hdf5Writer::write(const std::string& dataset, const Tensor& values) {
  SPECFUSE_CHECK(values.size() > 0, "cannot write ", dataset, " to ", target_.path(), ": it has no values");
  const std::uint64_t offset =
      create_room({target_.path(), dataset, file_, H5T_NATIVE_FLOAT}, extents_of(values.shape()));
  const auto held = std::make_shared<Tensor>(values);
  parts_.push_back({offset, {held, held->data()}, static_cast<std::size_t>(values.size()) * sizeof(float)});
}

void Hdf5Writer::write(const std::string& dataset, const std::vector<double>& values) {
  SPECFUSE_CHECK(!values.empty(), "cannot write ", dataset, " to ", target_.path(), ": it has no values");
  const std::uint64_t offset = create_room({target_.path(), dataset, file_, H5T_NATIVE_DOUBLE}, {values.size()});
  const auto held = std::make_shared<std::vector<double>>(values);
  parts_.push_back({offset, {held, held->data()}, values.size() * sizeof(double)});
}

void Hdf5Writer::write(const std::string& dataset, const Shape& shape,
                       const std::shared_ptr<const std::int16_t[]>& values) {
  SPECFUSE_CHECK(shape.size() > 0, "cannot write ", dataset, " to ", target_.path(), ": it has no values");
  const std::uint64_t offset = create_room({target_.path(), dataset, file_, H5T_NATIVE_INT16}, extents_of(shape));
  parts_.push_back({offset, {values, values.get()}, static_cast<std::size_t>(shape.size()) * sizeof(std::int16_t)});
}

void Hdf5Writer::write_packed(const std::string& dataset, const Tensor& image) {
  create_packed(dataset, image.shape());
  write_part(dataset, 0, 0, image);
}

std::array<Index, 2> Hdf5Writer::chunk_of(const Shape& image) {
  const std::array<Index, 3> chunk = chunk_shape(image);
  return {chunk[0], chunk[1]};
}

void Hdf5Writer::create_packed(const std::string& dataset, const Shape& image) {
  SPECFUSE_CHECK(image.rank() == 3 && image.size() > 0, "cannot write ", dataset, " to ", target_.path(),
                 ": expected [rows, cols, bands], got ", image.text());
  const std::array<Index, 3> chunk = chunk_shape(image);
  const hsize_t extents[] = {hsize_t(chunk[0]), hsize_t(chunk[1]), hsize_t(chunk[2])};
  const Handle creation = dataset_creation(target_.path());
  WRITE_CHECK(H5Pset_chunk(creation.get(), 3, extents) >= 0 && H5Pset_shuffle(creation.get()) >= 0 &&
                  H5Pset_deflate(creation.get(), 1) >= 0,
              dataset, " to ", target_.path());
  Handle handle = create_dataset({target_.path(), dataset, file_, H5T_NATIVE_FLOAT}, extents_of(image), creation);
  WRITE_CHECK(handle.close(), dataset, " to ", target_.path());
  packed_[dataset] = image;
}

void Hdf5Writer::write_part(const std::string& dataset, Index row, Index col, const Tensor& part) {
  const auto found = packed_.find(dataset);
  SPECFUSE_CHECK(found != packed_.end(), "cannot write ", dataset, " to ", target_.path(), ": there is no room for it");
  const Shape& image = found->second;
  const std::array<Index, 3> chunk = chunk_shape(image);
  const auto fits = [&](Index first, Index count, int axis) {
    const Index side = chunk[static_cast<std::size_t>(axis)], end = first + count;
    return first >= 0 && first % side == 0 && end <= image[axis] && (end % side == 0 || end == image[axis]);
  };
  SPECFUSE_CHECK(
      part.shape().rank() == 3 && part.dim(2) == image[2] && fits(row, part.dim(0), 0) && fits(col, part.dim(1), 1),
      "cannot write ", dataset, " to ", target_.path(), ": expected whole chunks of ", chunk[0], " x ", chunk[1],
      " pixels of ", image.text(), ", got ", part.shape().text(), " from ", row, ", ", col);
  Handle handle(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  WRITE_CHECK(handle.valid(), dataset, " to ", target_.path());
  pack_chunks(part, chunk, [&](Index down, Index across, const std::string& bytes) {
    const hsize_t first[] = {hsize_t(row + down), hsize_t(col + across), 0};
    unsigned filters = 0;
    haddr_t offset = HADDR_UNDEF;
    hsize_t stored = 0;
    WRITE_CHECK(H5Dwrite_chunk(handle.get(), H5P_DEFAULT, 0, first, bytes.size(), bytes.data()) >= 0 &&
                    H5Dget_chunk_info_by_coord(handle.get(), first, &filters, &offset, &stored) >= 0 &&
                    offset != HADDR_UNDEF && stored == bytes.size(),
                dataset, " to ", target_.path());
    target_.write_at(offset, bytes.data(), bytes.size());
    parts_.push_back({offset, nullptr, bytes.size()});
    // What is on disk needs no memory any more.
    ::fallocate(frame_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                static_cast<off_t>(bytes.size()));
  });
  WRITE_CHECK(handle.close(), dataset, " to ", target_.path());
}

void Hdf5Writer::create_group(const std::string& group) {
  const Handle links = group_creation(target_.path());
  const Handle handle(H5Gcreate2(file_, group.c_str(), links.get(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  WRITE_CHECK(handle.valid(), group, " to ", target_.path());
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, const std::string& text) {
  // Variable in length: fixed ones end at 64 KB, which a configuration with a long response can exceed.
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  WRITE_CHECK(type.valid() && H5Tset_size(type.get(), H5T_VARIABLE) >= 0 && H5Tset_cset(type.get(), H5T_CSET_UTF8) >= 0,
              "attribute ", name, " to ", target_.path());
  const char* value = text.c_str();
  write_attribute({target_.path(), object, name, file_}, type.get(), &value);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, double number) {
  write_attribute({target_.path(), object, name, file_}, H5T_NATIVE_DOUBLE, &number);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::uint64_t number) {
  write_attribute({target_.path(), object, name, file_}, H5T_NATIVE_UINT64, &number);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, const std::vector<double>& numbers) {
  SPECFUSE_CHECK(!numbers.empty(), "cannot write attribute ", name, " to ", target_.path(), ": it has no values");
  write_attribute({target_.path(), object, name, file_}, H5T_NATIVE_DOUBLE, numbers.data(), numbers.size());
}

void Hdf5Writer::finish() {
  hsize_t size = 0;
  WRITE_CHECK(H5Fflush(file_, H5F_SCOPE_LOCAL) >= 0 && H5Fget_filesize(file_, &size) >= 0, target_.path());
  const Mapping frame(frame_, size);
  SPECFUSE_CHECK(frame.valid(), "cannot write ", target_.path(), ": cannot map ", size, " bytes");
  std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) { return a.offset < b.offset; });
  std::uint64_t done = 0;
  for (const Part& part : parts_) {
    target_.write_at(done, frame.at(done), part.offset - done);
    if (part.values != nullptr) target_.write_at(part.offset, part.values.get(), part.bytes);
    done = part.offset + part.bytes;
  }
  target_.write_at(done, frame.at(done), size - done);
  target_.commit();
}

#undef WRITE_CHECK

}  // namespace specfuse
