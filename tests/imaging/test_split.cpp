#include "specfuse/core/error.h"
#include "specfuse/imaging/split.h"
#include "support/golden.h"
#include "support/message_of.h"

using namespace specfuse;

namespace {

const Split kSplit{{0, 0, 40, 40}, {0, 60, 40, 36}, {60, 0, 40, 96}};

SplitLimits limits(Index psf_reach = 4) {
  SplitLimits result;
  result.rows = 100;
  result.cols = 96;
  result.psf_reach = psf_reach;
  return result;
}

}  // namespace

TEST_CASE("split: the gap is the larger of the two axes, zero where rectangles touch, negative where they overlap") {
  CHECK(gap({0, 0, 4, 4}, {0, 4, 4, 4}) == 0);
  CHECK(gap({0, 0, 4, 4}, {10, 7, 4, 4}) == 6);
  CHECK(gap({10, 7, 4, 4}, {0, 0, 4, 4}) == 6);
  CHECK(gap({0, 0, 4, 4}, {2, 3, 4, 4}) == -1);
}

TEST_CASE("split: parts just far enough apart are taken, one pixel more of reach is refused with all that is needed") {
  CHECK_NOTHROW(check_split(kSplit, limits(5)));
  CHECK(message_of<ConfigError>([] { check_split(kSplit, limits(6)); }) ==
        "split: expected train (rows 0-39, cols 0-39) and validation (rows 0-39, cols 60-95) at least 21 fine pixels "
        "apart (receptive field 15 and PSF 6), got 20");
}

TEST_CASE("split: every two parts are held apart") {
  Split split = kSplit;
  split.validation = {80, 60, 20, 36};
  CHECK(message_of<ConfigError>([&] { check_split(split, limits()); }).find("validation (rows 80-99") !=
        std::string::npos);
  split = kSplit;
  split.test = {40, 0, 40, 20};
  CHECK(message_of<ConfigError>([&] { check_split(split, limits()); }).find("and test (rows 40-79") !=
        std::string::npos);
}

TEST_CASE("split: overlapping parts are refused even where no distance is needed") {
  SplitLimits close = limits(0);
  close.receptive_field_radius = 0;
  Split split = kSplit;
  split.validation = {0, 40, 40, 20};
  CHECK_NOTHROW(check_split(split, close));
  split.validation = {36, 36, 4, 4};
  CHECK_THROWS_AS(check_split(split, close), ConfigError);
}

TEST_CASE("split: parts that are empty, outside or not made of whole coarse pixels are refused") {
  const auto message = [](const Rectangle& train) {
    Split split = kSplit;
    split.train = train;
    return message_of<ConfigError>([&] { check_split(split, limits()); });
  };
  CHECK(message({0, 0, 0, 40}) == "split: expected at least one pixel in train, got 0 x 40");
  CHECK(message({0, 0, 104, 40}) == "split: expected train inside 100 x 96 pixels, got rows 0-103, cols 0-39");
  CHECK(message({-4, 0, 40, 40}) == "split: expected train inside 100 x 96 pixels, got rows -4-35, cols 0-39");
  CHECK(message({0, 2, 40, 32}) ==
        "split: expected train to start and extend by multiples of the ratio 4, got rows 0-39, cols 2-33");
  CHECK(message({0, 0, 40, 39}).find("multiples of the ratio 4") != std::string::npos);
}
