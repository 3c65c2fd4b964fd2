#include <doctest/doctest.h>

#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/orientation.h"

using namespace specfuse;

namespace {

using Values = std::vector<float>;

/// 0 1 2
/// 3 4 5, of which 4 has no data, 10 m wide pixels from (100, 200) on.
Cube numbered(double step_down = -10) {
  Cube image(2, 3, 1);
  for (Index i = 0; i < 6; ++i) image.values[i] = static_cast<float>(i);
  image.valid = {1, 1, 1, 1, 0, 1};
  image.attributes[kGeotransformAttribute] = std::vector<double>{100, 10, 0, 200, 0, step_down};
  return image;
}

Values values_of(const Cube& image) {
  Values values;
  for (Index i = 0; i < image.values.size(); ++i) values.push_back(image.values[i]);
  return values;
}

/// The image moved to where parts of it can be told apart.
Cube turned(const std::string& name, const Cube& image = numbered()) {
  return oriented(in_memory(image), name)->read_all();
}

}  // namespace

TEST_CASE("orientation: each does to an image what its name says") {
  CHECK(values_of(turned("")) == Values{0, 1, 2, 3, 4, 5});
  CHECK(values_of(turned("flip_rows")) == Values{3, 4, 5, 0, 1, 2});
  CHECK(values_of(turned("flip_cols")) == Values{2, 1, 0, 5, 4, 3});
  CHECK(values_of(turned("rotate_180")) == Values{5, 4, 3, 2, 1, 0});
  CHECK(values_of(turned("transpose")) == Values{0, 3, 1, 4, 2, 5});
  CHECK(values_of(turned("rotate_left")) == Values{2, 5, 1, 4, 0, 3});
  CHECK(values_of(turned("rotate_right")) == Values{3, 0, 4, 1, 5, 2});
  CHECK(values_of(turned("anti_transpose")) == Values{5, 2, 4, 1, 3, 0});
  CHECK(turned("rotate_left").rows() == 3);
  CHECK(turned("rotate_left").valid == std::vector<std::uint8_t>{1, 1, 1, 0, 1, 1});
  CHECK_THROWS_AS(turned("askew"), Error);
}

TEST_CASE("orientation: parts are those of the whole, with their place") {
  // South up, as the file says: turned, it is as it should be.
  const Cube south_up = numbered(10);
  for (const Orientation& how : orientations()) {
    CAPTURE(how.name);
    const ImagePtr image = oriented(in_memory(south_up), how.name);
    const Cube whole = image->read_all();
    for (Index row = 0; row < whole.rows(); ++row) {
      const Rectangle part{row, 1, 1, whole.cols() - 1};
      const Cube read = image->read(part), expected = crop(whole, part);
      CHECK(values_of(read) == values_of(expected));
      CHECK(read.valid == expected.valid);
      CHECK(numbers_of(read, kGeotransformAttribute) == numbers_of(expected, kGeotransformAttribute));
    }
  }
  CHECK(numbers_of(turned("flip_rows", south_up), kGeotransformAttribute) ==
        std::vector<double>{100, 10, 0, 220, 0, -10});
  // Of a file whose place is right and whose pixels are not.
  CHECK(numbers_of(turned("flip_rows"), kGeotransformAttribute) == std::vector<double>{100, 10, 0, 200, 0, -10});
}

TEST_CASE("orientation: one after the other is one of them, or none") {
  CHECK(combined("flip_rows", "flip_cols") == "rotate_180");
  CHECK(combined("rotate_left", "rotate_left") == "rotate_180");
  CHECK(combined("rotate_left", "rotate_right").empty());
  CHECK(combined("", "transpose") == "transpose");
  for (const Orientation& one : orientations()) {
    for (const Orientation& other : orientations())
      CHECK(values_of(turned(combined(one.name, other.name))) == values_of(turned(other.name, turned(one.name))));
  }
}
