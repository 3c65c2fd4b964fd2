#include "specfuse/io/image_writer.h"

#include <filesystem>

#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/imaging/no_data.h"

namespace specfuse {

#define SPECFUSE_WRITER(name) ImageWriter name();
#include "io/writers.def"
#undef SPECFUSE_WRITER

namespace {

const ImageWriter& ready(const ImageWriter& writer, const std::string& field) {
  SPECFUSE_CHECK_AS(ConfigError, writer.begin != nullptr, field, ": ", writer.name, " needs ", writer.library,
                    ", and this program was built without it; install it, then build again");
  return writer;
}

}  // namespace

ImageWriter ImageWriter::packed(const Packing& packing) const {
  ImageWriter writer = *this;
  writer.begin = [begins = begin_packed, packing](const std::string& path, const Cube& like, Index rows, Index cols) {
    return begins(path, like, rows, cols, packing);
  };
  return writer;
}

void ImageWriter::write(const std::string& path, const Cube& cube) const {
  const std::unique_ptr<PartWriter> writer = begin(path, cube, cube.rows(), cube.cols());
  writer->write(0, 0, with_no_data(cube));
  writer->finish();
}

const std::vector<ImageWriter>& image_writers() {
  static const std::vector<ImageWriter> all = {
#define SPECFUSE_WRITER(name) name(),
#include "io/writers.def"
#undef SPECFUSE_WRITER
  };
  return all;
}

const Choices& image_formats() {
  static const Choices all = [] {
    Choices names{};
    for (const ImageWriter& writer : image_writers()) names.texts.push_back(writer.name);
    return names;
  }();
  return all;
}

const ImageWriter& image_writer(const std::string& name, const std::string& field) {
  for (const ImageWriter& writer : image_writers()) {
    if (writer.name == name) return ready(writer, field);
  }
  throw ConfigError(concat(field, ": no format is called ", name));
}

const ImageWriter& image_writer_for(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  for (const ImageWriter& writer : image_writers()) {
    if (writer.ending == ending) return ready(writer, path);
  }
  const std::string known =
      joined(image_writers(), [](const ImageWriter& writer) { return concat(writer.ending, " (", writer.name, ")"); });
  throw ConfigError(concat(path, ": expected a file ending in ", known, ", got ",
                           ending.empty() ? "a name without an ending" : ending));
}

}  // namespace specfuse
