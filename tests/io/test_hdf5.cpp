#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

#include "raw_hdf5.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/cube.h"
#include "specfuse/io/hdf5.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;

TEST_CASE("hdf5: every integer and float type of either byte order is read as float32") {
  const TemporaryFolder folder;
  const std::string path = folder.file("types.h5");
  const hid_t types[] = {H5T_STD_I8LE,  H5T_STD_U8BE,   H5T_STD_I16LE,  H5T_STD_I16BE,  H5T_STD_U16LE, H5T_STD_U16BE,
                         H5T_STD_I32LE, H5T_STD_I32BE,  H5T_STD_U32LE,  H5T_STD_I64LE,  H5T_STD_I64BE, H5T_STD_U64LE,
                         H5T_STD_U64BE, H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE};
  std::vector<double> values;
  for (int i = 0; i < 3 * 5 * 7; ++i) values.push_back(i + 1);
  {
    RawFile raw(path);
    for (std::size_t i = 0; i < std::size(types); ++i) {
      raw.dataset(concat("t", i).c_str(), {3, 5, 7}, types[i], values);
    }
    raw.dataset("negative", {1}, H5T_STD_I16BE, {-300});
    raw.dataset("fraction", {1}, H5T_IEEE_F64BE, {0.1});
  }
  const Hdf5Reader file(path);
  for (std::size_t i = 0; i < std::size(types); ++i) {
    CAPTURE(i);
    const Tensor tensor = file.read(concat("/t", i), 3);
    CHECK(tensor.shape() == Shape{3, 5, 7});
    bool same = true;
    for (Index k = 0; k < tensor.size(); ++k) same = same && tensor[k] == static_cast<float>(k + 1);
    CHECK(same);
  }
  CHECK(file.read("/negative")[0] == -300.0f);
  CHECK(file.read("/fraction")[0] == 0.1f);
  CHECK(file.read_doubles("/fraction")[0] == 0.1);
  CHECK(file.datasets().size() == std::size(types) + 2);
}

TEST_CASE("hdf5: a missing dataset names those that exist, a group is not a dataset") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  {
    RawFile raw(path);
    raw.dataset("b", {1}, H5T_NATIVE_INT, {1});
    H5Gclose(H5Gcreate2(raw.id(), "group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    raw.dataset("group/a", {1}, H5T_NATIVE_INT, {1});
  }
  const Hdf5Reader file(path);
  CHECK(message_of<DataError>([&] { file.read("/cube"); }) == path + ": no dataset /cube; there is /b, /group/a");
  CHECK(contains(message_of<DataError>([&] { file.read("/group"); }), "/group is not a dataset"));
  CHECK(contains(message_of<DataError>([&] { file.read("/b/c"); }), "no dataset /b/c"));
  CHECK(file.has("/group/a"));
  CHECK(file.has("/"));
  CHECK_FALSE(file.has("/group/b"));
  CHECK_FALSE(file.has("/none/a"));
  CHECK_FALSE(file.has("/b/c"));
}

TEST_CASE("hdf5: five dimensions are read, six are refused") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  std::vector<double> values;
  for (int i = 0; i < 48; ++i) values.push_back(i);
  {
    RawFile raw(path);
    raw.dataset("five", {2, 3, 2, 2, 2}, H5T_NATIVE_DOUBLE, values);
    raw.dataset("six", {2, 3, 2, 2, 1, 2}, H5T_NATIVE_DOUBLE, values);
  }
  const Hdf5Reader file(path);
  const Tensor five = file.read("/five");
  CHECK(five.shape() == Shape{2, 3, 2, 2, 2});
  CHECK(five[47] == 47);
  CHECK(contains(message_of<DataError>([&] { file.read("/six"); }), "expected at most 5 dimensions"));
}

TEST_CASE("hdf5: another rank, no values, no numbers, too many values and unknown filters are refused before reading") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  {
    RawFile raw(path);
    raw.dataset("flat", {3, 4}, H5T_NATIVE_INT, std::vector<double>(12));
    raw.dataset("row", {1, 3}, H5T_NATIVE_DOUBLE, {1.5, 2.5, 3.5});
    raw.dataset("one", {1, 1, 1}, H5T_NATIVE_DOUBLE, {4.5});
    raw.dataset("empty", {3, 0, 2}, H5T_NATIVE_FLOAT, {});
    raw.dataset("nothing", {0}, H5T_NATIVE_DOUBLE, {});
    raw.dataset("six", {1, 1, 1, 1, 1, 2}, H5T_NATIVE_FLOAT, {1, 2});
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 4);
    raw.dataset("text", {2}, text, {});
    H5Tclose(text);
    const hid_t chunked = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[] = {1, 1000, 1000};
    H5Pset_chunk(chunked, 3, chunk);
    const hid_t filtered = H5Pcopy(chunked);
    H5Pset_filter(filtered, 305, H5Z_FLAG_OPTIONAL, 0, nullptr);
    raw.special_dataset("filtered", {1, 1000, 1000}, filtered);
    H5Pclose(filtered);
    raw.special_dataset("huge", {1000000, 1000000, 1000}, chunked);
    raw.special_dataset("overflow", {hsize_t{1} << 40, hsize_t{1} << 13, 1000}, chunked);
    H5Pclose(chunked);
  }
  const Hdf5Reader file(path);
  CHECK(message_of<DataError>([&] { file.read("/flat", 3); }) == path + ": /flat: expected 3 dimensions, got 2 [3, 4]");
  CHECK(contains(message_of<DataError>([&] { file.read_doubles("/flat"); }), "expected 1 dimension, got 2 [3, 4]"));
  CHECK(message_of<DataError>([&] { file.read_doubles("/nothing"); }) ==
        path + ": /nothing is empty: its shape is [0]");
  CHECK(file.read_doubles("/row") == std::vector<double>{1.5, 2.5, 3.5});
  CHECK(file.read_doubles("/one") == std::vector<double>{4.5});
  CHECK(message_of<DataError>([&] { file.read("/empty"); }) == path + ": /empty is empty: its shape is [3, 0, 2]");
  CHECK(contains(message_of<DataError>([&] { file.read("/six"); }), "expected at most 5 dimensions"));
  CHECK(contains(message_of<DataError>([&] { file.read("/text"); }), "is not numeric"));
  CHECK(contains(message_of<DataError>([&] { file.read("/filtered"); }), "is compressed with filter 305"));
  CHECK(contains(message_of<DataError>([&] { file.read("/huge"); }), "takes 4e+06 GB as float32"));
  CHECK(contains(message_of<DataError>([&] { file.read("/overflow"); }), "of memory here"));
}

TEST_CASE("hdf5: a file that is missing, cut short or no HDF5 gives one line with path and reason") {
  const TemporaryFolder folder;
  const std::string whole = folder.file("whole.h5"), cut = folder.file("cut.h5"), text = folder.file("text.h5");
  RawFile(whole).dataset("cube", {20, 20, 5}, H5T_NATIVE_DOUBLE, std::vector<double>(2000, 1.0));
  write_text_atomically(cut, read_text(whole).substr(0, 9000));
  write_text_atomically(text, "rows,cols\n");
  const std::string truncated = message_of<DataError>([&] { Hdf5Reader file(cut); });
  CHECK(contains(truncated, cut));
  CHECK(contains(truncated, "truncated file"));
  CHECK(truncated.find('\n') == std::string::npos);
  CHECK(contains(message_of<DataError>([&] { Hdf5Reader file(text); }), "signature"));
  CHECK(message_of<DataError>([&] { Hdf5Reader file(folder.file("no")); }) ==
        "cannot read " + folder.file("no") + ": No such file or directory");
  CHECK(contains(message_of<DataError>([&] { Hdf5Reader file(folder.file("")); }), "not a regular file"));
}

TEST_CASE("hdf5: values in other files are refused, and links that go round in circles end in an error") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5"), other = folder.file("other.h5");
  RawFile(other).dataset("cube", {1, 1, 1}, H5T_NATIVE_FLOAT, {1});
  {
    RawFile raw(path);
    raw.dataset("cube", {1, 1, 1}, H5T_NATIVE_FLOAT, {5});
    H5Lcreate_external(other.c_str(), "/cube", raw.id(), "outside", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/outside", raw.id(), "to_outside", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/cube", raw.id(), "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/round_b", raw.id(), "round_a", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/round_a", raw.id(), "round_b", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(raw.id(), "/", raw.id(), "root_again", H5P_DEFAULT, H5P_DEFAULT);
    const hid_t external = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(external, other.c_str(), 0, 2);
    raw.special_dataset("raw", {1, 1, 1}, external);
    H5Pclose(external);
    const hid_t virtual_layout = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t one[] = {1};
    const hid_t space = H5Screate_simple(1, one, nullptr);
    H5Pset_virtual(virtual_layout, space, other.c_str(), "/cube", space);
    raw.special_dataset("virtual", {1}, virtual_layout);
    H5Sclose(space);
    H5Pclose(virtual_layout);
  }
  const Hdf5Reader file(path);
  for (const std::string name : {"/outside", "/to_outside", "/raw", "/virtual"}) {
    CAPTURE(name);
    CHECK(contains(message_of<DataError>([&] { file.read(name); }), "another file, which is refused"));
  }
  CHECK(file.read("/soft", 3)[0] == 5.0f);
  CHECK(file.read("/root_again/root_again/cube", 3)[0] == 5.0f);
  CHECK(contains(message_of<DataError>([&] { file.read("/round_a"); }), "too many"));
  CHECK(file.datasets() == std::vector<std::string>{"/cube", "/raw", "/virtual"});
}

TEST_CASE("hdf5: texts of fixed and variable length and numbers are read, other attributes passed over") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  {
    RawFile raw(path);
    raw.dataset("cube", {1}, H5T_NATIVE_FLOAT, {1});
    raw.fixed_text("/", "terminated", std::string("AVIRIS\0xx", 9), H5T_STR_NULLTERM);
    raw.fixed_text("/", "padded", std::string("EnMAP\0\0", 7), H5T_STR_NULLPAD);
    raw.fixed_text("/", "spaces", "Hyperion  ", H5T_STR_SPACEPAD);
    raw.fixed_text("/", "several", "abcdef", H5T_STR_NULLPAD, 3);
    raw.fixed_text("/cube", "unit", "reflectance", H5T_STR_NULLPAD);
    raw.number("ratio", H5T_STD_I16BE, 4);
    raw.number("scale", H5T_IEEE_F32LE, 0.5);
  }
  const Hdf5Reader file(path);
  CHECK(file.texts("/") ==
        std::map<std::string, std::string>{{"terminated", "AVIRIS"}, {"padded", "EnMAP"}, {"spaces", "Hyperion"}});
  CHECK(file.texts("/cube") == std::map<std::string, std::string>{{"unit", "reflectance"}});
  CHECK(file.numbers("/") == std::map<std::string, std::vector<double>>{{"ratio", {4}}, {"scale", {0.5}}});
  CHECK(file.number("/", "ratio") == 4.0);
  CHECK(file.number("/", "scale") == 0.5);
  CHECK_FALSE(file.number("/", "none"));
  CHECK(file.integers("/") == std::map<std::string, std::uint64_t>{{"ratio", 4}});
  CHECK(contains(message_of<DataError>([&] { file.number("/", "padded"); }), "padded of /: expected one number"));
}

TEST_CASE("hdf5: what is written is read back, in the bits, and equal contents are equal files") {
  const TemporaryFolder folder;
  const std::string long_text(100000, 'x');
  const auto write = [&](const std::string& path) {
    Hdf5Writer file(path);
    file.write("/a/b/values", Tensor::from({1, 3}, {1.5f, std::numeric_limits<float>::infinity(), -0.0f}));
    file.write("/scalar", Tensor::from({}, {7}));
    file.write("/precise", std::vector<double>{0.1, 1e300});
    file.attribute("/", "note", long_text);
    file.attribute("/", "empty", "");
    file.attribute("/a", "most", std::numeric_limits<std::uint64_t>::max());
    file.attribute("/a", "rate", 1e-4);
    CHECK_FALSE(std::filesystem::exists(path));
    file.finish();
  };
  write(folder.file("1.h5"));
  // Times in the file would be in whole seconds.
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  write(folder.file("2.h5"));
  CHECK(folder.entries() == 2);
  CHECK(read_text(folder.file("1.h5")) == read_text(folder.file("2.h5")));
  const Hdf5Reader file(folder.file("1.h5"));
  const Tensor values = file.read("/a/b/values");
  CHECK(values.shape() == Shape{1, 3});
  CHECK(values[1] == std::numeric_limits<float>::infinity());
  CHECK(std::signbit(values[2]));
  CHECK(file.read("/scalar").shape() == Shape{});
  CHECK(file.read("/scalar")[0] == 7.0f);
  CHECK(file.read_doubles("/precise") == std::vector<double>{0.1, 1e300});
  CHECK(file.texts("/") == std::map<std::string, std::string>{{"empty", ""}, {"note", long_text}});
  CHECK(file.integers("/a").at("most") == std::numeric_limits<std::uint64_t>::max());
  CHECK(file.number("/a", "rate") == 1e-4);
}

TEST_CASE("hdf5: integers of 16 bits are read back as floats, and take two bytes each") {
  const TemporaryFolder folder;
  const std::string path = folder.file("integers.h5");
  const std::vector<std::int16_t> values{
      0, 1, -1, 300, std::numeric_limits<std::int16_t>::max(), std::numeric_limits<std::int16_t>::min()};
  {
    Hdf5Writer file(path);
    const std::shared_ptr<std::int16_t[]> few(new std::int16_t[values.size()]), many(new std::int16_t[20000]);
    std::copy(values.begin(), values.end(), few.get());
    std::fill_n(many.get(), 20000, std::int16_t{7});
    file.write("/plane", Shape{2, 3}, few);
    file.write("/inner/large", Shape{1000, 20}, many);
    CHECK(contains(message_of<Error>([&] { file.write("/none", Shape{0}, few); }), "/none"));
    file.finish();
  }
  const Hdf5Reader file(path);
  const Tensor plane = file.read("/plane", 2);
  CHECK(plane.shape() == Shape{2, 3});
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(plane[static_cast<Index>(i)] == values[i]);
  CHECK(file.read("/inner/large")[19999] == 7);
  CHECK(file.size() >= 40000);
  CHECK(file.size() < 50000);
}

TEST_CASE("hdf5: a packed image is read back in the bits, is smaller, and is the same file on any number of threads") {
  const TemporaryFolder folder;
  Tensor image({70, 300, 37});  // several chunks, cut off at both edges
  for (Index i = 0; i < image.size(); ++i) image[i] = static_cast<float>(100 + i % 37 + i / 37 % 300) / 7;
  image[5] = std::numeric_limits<float>::quiet_NaN();
  const int before = threads();
  for (const int count : {1, 3}) {
    set_threads(count);
    Hdf5Writer writer(folder.file(concat(count, ".h5")));
    writer.write_packed("/group/image", image);
    writer.write("/plain", Tensor({2, 2}));
    writer.attribute("/group/image", "answer", 42.0);
    writer.finish();
  }
  set_threads(before);
  CHECK(read_text(folder.file("1.h5")) == read_text(folder.file("3.h5")));
  const Hdf5Reader file(folder.file("1.h5"));
  CHECK(file.size() < static_cast<std::uint64_t>(image.size()) * 2);
  CHECK(file.number("/group/image", "answer") == 42.0);
  CHECK(file.read("/plain").shape() == Shape{2, 2});
  const Tensor read = file.read("/group/image", 3);
  CHECK(std::memcmp(read.data(), image.data(), static_cast<std::size_t>(image.size()) * sizeof(float)) == 0);
  CHECK(contains(message_of<Error>([&] {
                   Hdf5Writer(folder.file("no.h5")).write_packed("/a", Tensor({2, 2}));
                 }),
                 "expected [rows, cols, bands], got"));
}

TEST_CASE("hdf5: an image packed part by part is the one packed at once, and is read part by part") {
  const TemporaryFolder folder;
  Tensor image({300, 290, 50});
  for (Index i = 0; i < image.size(); ++i) image[i] = static_cast<float>(i * 7919 % 10007);
  const auto [down, across] = Hdf5Writer::chunk_of(image.shape());
  REQUIRE(down < 100);
  const auto part_of = [&](Index row, Index col, Index rows, Index cols) {
    Cube cube;
    cube.values = image;
    return crop(cube, {row, col, rows, cols}).values;
  };
  Hdf5Writer writer(folder.file("a.h5"));
  writer.create_packed("/image", image.shape());
  writer.write("/between", Tensor({3, 3}));
  // From the end on: the order does not matter.
  writer.write_part("/image", 2 * down, 0, part_of(2 * down, 0, 300 - 2 * down, 290));
  writer.write_part("/image", 0, across, part_of(0, across, 2 * down, 290 - across));
  writer.write_part("/image", 0, 0, part_of(0, 0, 2 * down, across));
  for (const auto& [row, col, rows] : {std::array<Index, 3>{1, 0, down}, {0, 0, down - 1}, {4 * down, 0, down}}) {
    CHECK(contains(message_of<Error>([&, row = row, col = col, rows = rows] {
                     writer.write_part("/image", row, col, Tensor({rows, 290, 50}));
                   }),
                   "expected whole chunks of"));
  }
  CHECK(contains(message_of<Error>([&] { writer.write_part("/none", 0, 0, image); }), "there is no room for it"));
  writer.finish();
  const Hdf5Reader file(folder.file("a.h5"));
  const Tensor read = file.read("/image");
  CHECK(std::memcmp(read.data(), image.data(), static_cast<std::size_t>(image.size()) * sizeof(float)) == 0);
  CHECK(file.read("/between").size() == 9);
  const Tensor part = file.read_part("/image", {17, 33}, {80, 1}), expected = part_of(17, 33, 80, 1);
  REQUIRE(part.shape() == expected.shape());
  CHECK(std::equal(part.data(), part.data() + part.size(), expected.data()));
  CHECK(contains(message_of<Error>([&] { file.read_part("/image", {17, 33}, {284, 1}); }), "expected a part of"));
  CHECK(file.read_part("/between", {1, 0}, {2, 3}).shape() == Shape{2, 3, 1});
}

TEST_CASE("hdf5: an unfinished or impossible write leaves nothing and says why") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  {
    Hdf5Writer file(path);
    file.write("/x", Tensor(Shape{50, 50}));
    CHECK(folder.entries() == 1);
    CHECK(contains(message_of<Error>([&] { file.write("/y", Tensor()); }), "/y to " + path + ": it has no values"));
    CHECK(contains(message_of<Error>([&] { file.write("/y", Tensor(Shape{3, 0})); }), "it has no values"));
    CHECK(contains(message_of<Error>([&] { file.write("/x", Tensor(Shape{1})); }), "cannot write /x to " + path));
    CHECK(contains(message_of<Error>([&] { file.attribute("/z", "a", 1.0); }), "attribute a to " + path));
  }
  CHECK(folder.entries() == 0);
  const std::string nowhere = folder.file("no/a.h5");
  CHECK(message_of<Error>([&] { Hdf5Writer file(nowhere); }) ==
        "cannot write " + nowhere + ": No such file or directory");
}
