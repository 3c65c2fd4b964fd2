#include <doctest/doctest.h>

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/sweep/sweep.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;

namespace {

const std::string kBase = R"({"data": {"scene": "s.h5"}, "degrade": {"ratio": 3},
    "methods": [{"name": "bicubic"}, {"name": "two_cnn_fu", "train": {"steps": 7}}]})";

/// The runs of an inline base and the rest of a "sweep" object.
Sweep sweep_of(const std::string& rest, const std::vector<std::string>& settings = {}) {
  return parse_sweep(concat("{\"name\": \"s\", \"sweep\": {\"base\": ", kBase, rest.empty() ? "" : ", ", rest, "}}"),
                     "s.json", settings);
}

std::vector<std::string> texts(const Sweep& sweep) {
  std::vector<std::string> all;
  for (const SweepRun& run : sweep.runs) all.push_back(sweep.text_of(run));
  return all;
}

std::string refusal(const std::string& rest, const std::vector<std::string>& settings = {}) {
  try {
    sweep_of(rest, settings);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

std::string file_refusal(const std::string& text) {
  try {
    parse_sweep(text, "s.json", {});
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("sweep: each entry of the list comes with each point of the grid, the last field fastest, and each seed") {
  const Sweep sweep =
      sweep_of(R"("grid": {"degrade.ratio": [2, 4], "degrade.psf.type": ["box", "delta"]}, "seeds": [5, 3],
      "list": [{"methods.1.train.steps": 1}, {"methods.1.train.steps": 2, "methods.1.model.branches.msi.patch": 33}])");
  REQUIRE(sweep.runs.size() == 16);
  CHECK(sweep.fields.size() == 4);
  CHECK(sweep.fields[1].path == "methods.1.model.branches.msi.patch");
  CHECK(sweep.fields[1].listed);
  CHECK_FALSE(sweep.fields[2].listed);
  const std::vector<std::string> all = texts(sweep);
  CHECK(all[0] == "methods.1.train.steps=1, degrade.ratio=2, degrade.psf.type=box, seed 5");
  CHECK(all[1] == "methods.1.train.steps=1, degrade.ratio=2, degrade.psf.type=box, seed 3");
  CHECK(all[2] == "methods.1.train.steps=1, degrade.ratio=2, degrade.psf.type=delta, seed 5");
  CHECK(all[4] == "methods.1.train.steps=1, degrade.ratio=4, degrade.psf.type=box, seed 5");
  CHECK(all[15] ==
        "methods.1.train.steps=2, methods.1.model.branches.msi.patch=33, degrade.ratio=4, degrade.psf.type=delta, seed "
        "3");
  CHECK(sweep.runs[15].point == 7);
  CHECK(sweep.runs[14].point == 7);
  CHECK(sweep.runs[0].values[1].empty());
  CHECK(sweep.runs[0].values[3] == "\"box\"");
}

TEST_CASE("sweep: a run is the experiment that --set would give, whatever order the file has") {
  const std::vector<std::string> settings{"degrade.ratio=4", "methods.1.train.steps=9", "seeds=[2]"};
  const std::string named = "{\"name\": \"other\", " + kBase.substr(1);
  const std::string expected = config_hash(parse_config(named, "e.json", settings));
  const Sweep sweep = sweep_of(R"("seeds": [1, 2], "grid": {"degrade.ratio": [4], "methods.1.train.steps": [8, 9]})");
  REQUIRE(sweep.runs.size() == 4);
  CHECK(sweep.runs[3].hash == expected);
  CHECK(sweep.runs[3].config.name == "s");
  CHECK(sweep.runs[3].config.seeds == std::vector<Index>{2});
  const Sweep swapped = sweep_of(R"("grid": {"methods.1.train.steps": [8, 9], "degrade.ratio": [4]}, "seeds": [1, 2])");
  for (std::size_t i = 0; i < 4; ++i) CHECK(swapped.runs[i].hash == sweep.runs[i].hash);
}

TEST_CASE("sweep: without seeds a run has those of the base experiment") {
  const Sweep sweep = sweep_of(R"("grid": {"degrade.ratio": [2, 4]})", {"seeds=[4, 5]", "methods.1.label=net"});
  REQUIRE(sweep.runs.size() == 2);
  CHECK_FALSE(sweep.seeded);
  CHECK(sweep.runs[1].config.seeds == std::vector<Index>{4, 5});
  CHECK(sweep.runs[1].config.methods[1].label == "net");
  CHECK(texts(sweep) == std::vector<std::string>{"degrade.ratio=2", "degrade.ratio=4"});
}

TEST_CASE("sweep: the base experiment lies beside the sweep file") {
  const TemporaryFolder folder;
  const std::string base = folder.file("base.json"), file = folder.file("sweep.json");
  write_text_atomically(base, "{\"name\": \"b\", " + kBase.substr(1));
  const auto with = [](const char* grid) {
    return concat(R"({"name": "s", "sweep": {"base": "base.json", "grid": )", grid, "}}");
  };
  CHECK(parse_sweep(with(R"({"degrade.ratio": [2, 8]})"), file, {}).runs[1].config.degrade.ratio == 8);
  CHECK_THROWS_WITH_AS(parse_sweep(with(R"({"degrade.rato": [2]})"), file, {}),
                       (file + ": degrade.rato=2: " + base +
                        ": degrade.rato: unknown key; did you mean "
                        "\"ratio\"?")
                           .c_str(),
                       ConfigError);
  CHECK_THROWS_WITH_AS(parse_sweep(with("{\"degrade.ratio\": [2]}"), folder.file("below/sweep.json"), {}),
                       doctest::Contains("/below/base.json"), ConfigError);
}

TEST_CASE("sweep: what is not a sweep is told apart") {
  CHECK(is_sweep(R"({"sweep": 1})"));
  CHECK_FALSE(is_sweep(R"({"name": "e"})"));
  CHECK_FALSE(is_sweep("[\"sweep\"]"));
  CHECK_FALSE(is_sweep("{\"sweep\": "));
}

TEST_CASE("sweep: a wrong file is refused with the key path") {
  const std::string grid = R"("grid": {"degrade.ratio": [2]})";
  CHECK(file_refusal(R"({"sweep": {}})") == "s.json: name: expected a text, got null");
  CHECK(file_refusal(R"({"name": "s", "sweep": []})") == "s.json: sweep: expected an object, got a list of 0");
  CHECK(file_refusal(R"({"name": "s", "sweep": {}})") ==
        "s.json: sweep.base: expected an experiment or the name of its file, got null");
  CHECK(file_refusal(R"({"name": "s", "sweep": {}, "seeds": [1]})") ==
        "s.json: seeds: unknown key; known: name, sweep");
  CHECK(refusal(R"("gird": {})") == "s.json: sweep.gird: unknown key; did you mean \"grid\"?");
  CHECK(refusal("") == "s.json: sweep: expected grid, list or seeds, got none of them");
  CHECK(refusal(R"("grid": [])") == "s.json: sweep.grid: expected an object of path: list of values, got a list of 0");
  CHECK(refusal(R"("grid": {"degrade.ratio": 2})") ==
        "s.json: sweep.grid.degrade.ratio: expected a list of at least one value, got 2");
  CHECK(refusal(R"("grid": {"degrade.ratio": []})") ==
        "s.json: sweep.grid.degrade.ratio: expected a list of at least one value, got a list of 0");
  CHECK(refusal(R"("list": [{}])") == "s.json: sweep.list.0: expected an object of path: value, got an object");
  CHECK(refusal(R"("seeds": 3)") == "s.json: sweep.seeds: expected a list of at least one integer, got 3");
  CHECK(refusal(R"("seeds": ["x"])") ==
        "s.json: sweep.base: seeds.0: expected an integer from 0 to 9.0072e+15, got \"x\"");
  CHECK(refusal(R"("grid": {"methods.2.label": ["x"]})") ==
        "s.json: methods.2.label=x: methods.2.label: expected a position from 0 to 1, a label or + in the list, got "
        "\"2\"");
  CHECK(refusal(R"("grid": {"degrade.ratio": [2, 99]})") ==
        "s.json: degrade.ratio=99: sweep.base: degrade.ratio: expected an integer from 2 to 64, got 99");
  CHECK(contains(file_refusal(concat(R"({"name": "a/b", "sweep": {"base": )", kBase, ", ", grid, "}}")),
                 "name: expected letters"));
}

TEST_CASE("sweep: a field is varied once") {
  CHECK(refusal(R"("grid": {"degrade.ratio": [2]}, "list": [{"degrade.ratio": 4}])") ==
        "s.json: sweep.grid.degrade.ratio: expected it in grid or list, got it in both");
  CHECK(refusal(R"("grid": {"degrade": [{}], "degrade.ratio": [2]})") ==
        "s.json: sweep.grid: degrade.ratio: the sweep sets degrade too");
  CHECK(refusal(R"("grid": {"name": ["x"]})") == "s.json: sweep.grid: name: the sweep sets name too");
  CHECK(refusal(R"("grid": {"seeds": [[1]]}, "seeds": [2])") == "s.json: sweep.grid: seeds: the sweep sets seeds too");
  CHECK(refusal(R"("grid": {"seeds": [[1], [2, 3]]})") == "accepted");
}

TEST_CASE("sweep: no setting is varied away, and none is needed to make the base complete") {
  const std::string grid = R"("grid": {"degrade.psf": [{"type": "box"}, {"type": "delta"}]}, "seeds": [0])";
  CHECK(refusal(grid, {"degrade.psf.fwhm=3"}) == "--set degrade.psf.fwhm=3: s.json sets degrade.psf in each run");
  CHECK(refusal(grid, {"degrade.psf={}"}) == "--set degrade.psf={}: s.json sets degrade.psf in each run");
  CHECK(refusal(grid, {"seeds=[1]"}) == "--set seeds=[1]: s.json sets seeds in each run");
  const std::string named = R"("grid": {"methods.two_cnn_fu.train.steps": [1, 2]})";
  CHECK(refusal(named, {"methods.1.train.steps=5"}) ==
        "--set methods.1.train.steps=5: s.json sets methods.two_cnn_fu.train.steps in each run");
  CHECK(refusal(named, {"methods.1.train.tile=5"}) == "accepted");
  CHECK(refusal(R"("grid": {"methods.two_cnn_fu.train.steps": [1], "methods.1.train.steps": [2]})") ==
        "s.json: sweep.grid: methods.1.train.steps: the sweep sets methods.two_cnn_fu.train.steps too");
  CHECK(refusal(grid, {"name=x"}) == "--set name=x: s.json sets name in each run");
  CHECK(sweep_of(grid, {"degrade={\"ratio\": 5}"}).runs[1].config.degrade.ratio == 5);
  CHECK(refusal(grid, {"methods.2.name=bicubic"}) ==
        "--set methods.2.name=bicubic: expected a position from 0 to 1, a label or + in the list, got \"2\"");
}

TEST_CASE("sweep: two runs that are the same are refused, and so are too many") {
  CHECK(refusal(R"("grid": {"degrade.ratio": [4, 2, 4.0]})") ==
        "s.json: sweep: expected runs that differ, got degrade.ratio=4 and degrade.ratio=4.0");
  CHECK(contains(refusal(R"("seeds": [1, 2, 1])"), "got seed 1 and seed 1"));
  std::string many = "[0";
  for (int i = 1; i < 101; ++i) many += concat(",", i);
  many += "]";
  CHECK(refusal(concat("\"grid\": {\"methods.1.train.steps\": ", many, ", \"methods.1.train.momentum\": ", many,
                       "}")) == "s.json: sweep: expected at most 10000 runs, got 10201");
  CHECK(contains(refusal(concat("\"grid\": {\"methods.1.train.steps\": ", many, "}, \"seeds\": ", many)), "10201"));
}

TEST_CASE("sweep: one mistake of many runs is one line that says in which, two mistakes are two lines") {
  const auto lines = [](const std::string& rest) {
    try {
      sweep_of(rest);
    } catch (const BadSweep& problem) {
      CHECK_FALSE(problem.of_data_alone);
      return problem.lines;
    }
    return std::vector<std::string>();
  };
  const std::string rest =
      R"("grid": {"degrade.ratio": [2, 99, 1], "degrade.psf.type": ["box", "delta"]}, "seeds": [0, 1])";
  CHECK(lines(rest) ==
        std::vector<std::string>{
            "s.json: degrade.ratio=99 (4 runs): sweep.base: degrade.ratio: expected an integer from 2 to "
            "64, got 99",
            "s.json: degrade.ratio=1 (4 runs): sweep.base: degrade.ratio: expected an integer from 2 to "
            "64, got 1"});
  CHECK(lines(R"("grid": {"methods.two_cnn_fu.train.step": [1, 2, 3]})").size() == 1);
  CHECK(
      contains(lines(R"("grid": {"methods.two_cnn_fu.train.step": [1, 2, 3]})")[0], "s.json: all 3 runs: sweep.base"));
  CHECK(lines(R"("grid": {"degrade.ratio": [2]})").empty());
  std::string many = "100";
  for (int i = 101; i < 140; ++i) many += concat(",", i);
  const std::vector<std::string> most = lines(concat("\"grid\": {\"degrade.ratio\": [", many, "]}"));
  REQUIRE(most.size() == 21);
  CHECK(most.back() == "s.json: and 20 more mistakes");
}

TEST_CASE("sweep: some of the runs are called by what they alone have in common, or by the first of them") {
  const Sweep sweep =
      sweep_of(R"("grid": {"degrade.ratio": [2, 4], "degrade.snr_db.hsi": [null, 30]}, "seeds": [5, 6])");
  CHECK(sweep.text_of(std::vector<std::size_t>{3}) == "degrade.ratio=2, degrade.snr_db.hsi=30, seed 6");
  CHECK(sweep.text_of({4, 5, 6, 7}) == "degrade.ratio=4 (4 runs)");
  CHECK(sweep.text_of({2, 3}) == "degrade.ratio=2, degrade.snr_db.hsi=30 (2 runs)");
  CHECK(sweep.text_of({4, 5, 7}) == "degrade.ratio=4, degrade.snr_db.hsi=null, seed 5 (and 2 more)");
  CHECK(sweep.text_of({0, 1, 2, 3, 4, 5, 6, 7}) == "all 8 runs");
  CHECK(sweep.text_of(sweep.runs[7], Wording::labels) == "ratio 4, SNR of the HSI 30 dB, seed 6");
  CHECK(sweep.text_of({0, 1, 4, 5}, Wording::labels) == "SNR of the HSI noise-free (4 runs)");
}
