#include <doctest/doctest.h>

#include "specfuse/core/error.h"
#include "specfuse/run/experiment_scene.h"
#include "support/message_of.h"
#include "support/pair_file.h"
#include "support/random.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("experiment scene: a measured pair without a response has the one that the experiment gives, as it fits") {
  const TemporaryFolder folder;
  Cube hsi, msi;
  hsi.values = random_tensor({6, 5, 20}, "hsi");
  msi.values = random_tensor({12, 10, 3}, "msi");
  write_pair(folder.file("pair.h5"), PairFile{hsi, msi, 2, {}, {}});
  const auto load = [&](const std::string& fractions) {
    const std::string text =
        concat(R"({"name": "e", "data": {"pair": "pair.h5"}, "degrade": {"ratio": 2, "srf": {"fractions": [)",
               fractions, R"(]}}, "methods": [{"name": "bicubic"}]})");
    return load_scene(parse_config(text, "e.json", {}), {folder.file("")});
  };
  const Scene scene = load("[0, 0.3], [0.3, 0.7], [0.6, 1]");
  REQUIRE(scene.degradation.srf.shape() == Shape{3, 20});
  CHECK(scene.measured->degradation.srf.shape() == Shape{3, 20});
  CHECK(scene.degradation.srf[0] > 0);
  CHECK(scene.degradation.srf[19] == 0);
  CHECK(scene.degradation.srf[2 * 20 + 19] > 0);
  CHECK(contains(message_of<ConfigError>([&] { load("[0, 0.3], [0.6, 1]"); }),
                 "degrade.srf: expected 3 rows, one for each msi band of pair.h5, got 2"));
}
