#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <sstream>

#include "specfuse/core/text.h"

using namespace specfuse;

TEST_CASE("text: numbers are written as a stream writes them") {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double number : {0.0, -0.0, 1.0, 0.1, 1 / 3.0, 123456.0, 1234567.0, 999999.5, 1e-4, 1.5e-5, -2.5e300,
                              5e-324, infinity, -infinity, infinity - infinity, -(infinity - infinity)}) {
    std::ostringstream stream;
    stream << number << static_cast<float>(number);
    CHECK(concat(number, static_cast<float>(number)) == stream.str());
  }
  CHECK(concat(std::numeric_limits<std::int64_t>::min(), " ", std::numeric_limits<std::uint64_t>::max()) ==
        "-9223372036854775808 18446744073709551615");
  CHECK(concat('c', true, std::int16_t{-7}, 8u) == "c1-78");
}

TEST_CASE("text: parts follow each other, and lists have commas") {
  const std::string text = "band";
  CHECK(concat() == "");
  CHECK(concat(text, " ", std::string_view("of"), "") == "band of");
  CHECK(joined(std::vector<std::string>{}) == "");
  CHECK(joined(std::vector<std::string>{"a", "", "b"}) == "a, , b");
}

TEST_CASE("text: what is cut ends with a whole word, or else a whole character") {
  CHECK(shortened("twelve bands", 12) == "twelve bands");
  CHECK(shortened("twelve bands of an image", 15) == "twelve bands of …");
  CHECK(shortened("a twelve-bands", 8) == "a twelve …");
  CHECK(shortened("µµµµ", 5) == "µµ …");
}
