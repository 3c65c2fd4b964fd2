#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "raw_hdf5.h"
#include "specfuse/io/checkpoint.h"
#include "specfuse/io/file.h"
#include "specfuse/io/hdf5.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"
#include "support/tensors.h"
#include "support/text.h"

using namespace specfuse;

TEST_CASE("checkpoint: tensors, state and attributes come back as they were") {
  const TemporaryFolder folder;
  const std::string path = folder.file("checkpoint.h5");
  Checkpoint checkpoint;
  checkpoint.tensors["model/hsi.conv1.weight"] = Tensor::from({2, 1, 3}, {1, 2, 3, 4, 5, 6.5f});
  checkpoint.tensors["model/hsi.conv1.bias"] = Tensor::from({1}, {-1});
  checkpoint.tensors["model/msi.conv1.weight"] = Tensor(Shape{3, 2, 1, 2});
  checkpoint.tensors["optimizer/best"] = Tensor::from({}, {std::numeric_limits<float>::infinity()});
  checkpoint.state = {{"step", 12}, {"rng", std::numeric_limits<std::uint64_t>::max()}};
  checkpoint.attributes = {{"method", "two_cnn_fu"}, {"config", "{\"a\": \"\u00fc\"}"}};
  write_checkpoint(path, checkpoint);
  write_checkpoint(path, checkpoint);
  CHECK(folder.entries() == 1);

  const Checkpoint read = read_checkpoint(path);
  CHECK(read.state == checkpoint.state);
  CHECK(read.attributes == checkpoint.attributes);
  REQUIRE(read.tensors.size() == checkpoint.tensors.size());
  for (const auto& entry : checkpoint.tensors) {
    const std::string& name = entry.first;
    const Tensor& tensor = entry.second;
    CAPTURE(name);
    REQUIRE(read.tensors.count(name) == 1);
    const Tensor& got = read.tensors.at(name);
    CHECK(got.shape() == tensor.shape());
    CHECK(std::equal(got.data(), got.data() + got.size(), tensor.data()));
  }
}

TEST_CASE("checkpoint: the bytes of its file are read as the file is") {
  const TemporaryFolder folder;
  const std::string path = folder.file("checkpoint.h5");
  Checkpoint checkpoint;
  checkpoint.tensors["model/weight"] = Tensor::from({2, 2}, {1, 2, 3, 4.5f});
  checkpoint.state["step"] = 12;
  checkpoint.attributes["method"] = "made up";
  write_checkpoint(path, checkpoint);
  const std::string text = read_text(path);
  const std::vector<unsigned char> bytes(text.begin(), text.end());
  // Two at a time: neither is in the way of the other.
  const Hdf5Reader held(bytes, "held");
  const Checkpoint read = read_checkpoint(std::span(bytes));
  CHECK(read.state == checkpoint.state);
  CHECK(read.attributes == checkpoint.attributes);
  REQUIRE(read.tensors.size() == 1);
  const Tensor& got = read.tensors.at("model/weight");
  CHECK(got.shape() == Shape{2, 2});
  CHECK(std::equal(got.data(), got.data() + 4, checkpoint.tensors.at("model/weight").data()));
  CHECK(held.size() == bytes.size());
  CHECK(held.read("/model/weight")[3] == 4.5f);
  for (const std::size_t count : {std::size_t{0}, std::size_t{100}, bytes.size() / 2}) {
    CHECK(contains(message_of<DataError>([&] { read_checkpoint(std::span(bytes.data(), count)); }),
                   "cannot read a checkpoint in memory as HDF5: "));
  }
}

TEST_CASE("checkpoint: one without any content comes back empty") {
  const TemporaryFolder folder;
  write_checkpoint(folder.file("a.h5"), {});
  const Checkpoint read = read_checkpoint(folder.file("a.h5"));
  CHECK(read.tensors.empty());
  CHECK(read.state.empty());
  CHECK(read.attributes.empty());
}

TEST_CASE("checkpoint: other files and later versions are refused") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  write_tensors(path, {{"model/x", Tensor(Shape{1})}});
  CHECK(contains(message_of<DataError>([&] { read_checkpoint(path); }), path + ": is not a checkpoint"));
  {
    RawFile raw(path);
    raw.number("format_version", H5T_STD_U64LE, 2);
    H5Gclose(H5Gcreate2(raw.id(), "state", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  }
  CHECK(message_of<DataError>([&] { read_checkpoint(path); }) ==
        path + ": expected checkpoint format version 1, got 2");
  CHECK(contains(message_of<DataError>([&] { read_checkpoint(folder.file("none.h5")); }), "No such file"));
}

TEST_CASE("tensors: names become groups and datasets, numbers attributes of the file") {
  const TemporaryFolder folder;
  const std::string path = folder.file("batch.h5");
  write_tensors(path, {{"grad/hsi.conv1.weight", Tensor::from({1, 2}, {1, 2})}, {"target", Tensor::from({1}, {3})}},
                {{"learning_rate", 1e-4}});
  const Hdf5Reader file(path);
  CHECK(file.datasets() == std::vector<std::string>{"/grad/hsi.conv1.weight", "/target"});
  CHECK(file.read("/grad/hsi.conv1.weight", 2)[1] == 2.0f);
  CHECK(file.number("/", "learning_rate") == 1e-4);
}

TEST_CASE("checkpoint: what was learned from comes back, and nothing where nothing was said") {
  const TemporaryFolder folder;
  Cube image(4, 4, 9);
  for (Index i = 0; i < image.values.size(); ++i) image.values[i] = static_cast<float>(1 + i * i % 101);
  Fingerprint seen;
  seen.add(image);
  Checkpoint checkpoint;
  save_learned_from({}, checkpoint);
  CHECK(checkpoint.tensors.empty());
  CHECK(load_learned_from(checkpoint).empty());
  save_learned_from(seen, checkpoint);
  write_checkpoint(folder.file("c.h5"), checkpoint);
  CHECK(seen.share_in(load_learned_from(read_checkpoint(folder.file("c.h5")))) == 1);
}
