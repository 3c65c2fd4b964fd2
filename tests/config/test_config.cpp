#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "specfuse/config/config.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"

using namespace specfuse;

namespace {

const std::string kSmall = R"({"name": "small", "data": {"scene": "s.h5"}, "degrade": {"ratio": 3},
    "methods": [{"name": "bicubic"}, {"name": "two_cnn_fu", "train": {"steps": 7}}]})";

ExperimentConfig parse(const std::vector<std::string>& settings = {}, const std::string& text = kSmall) {
  return parse_config(text, "e.json", settings);
}

std::string refusal(const std::vector<std::string>& settings) {
  try {
    parse(settings);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("config: defaults that follow from other fields are resolved") {
  const ExperimentConfig config = parse();
  CHECK(config.data.dataset == "/cube");
  CHECK(config.degrade.psf.fwhm == 3.0);
  CHECK(config.degrade.srf.sensor == "landsat7");
  CHECK(config.methods[1].label == "two_cnn_fu");
  CHECK_FALSE(parse({"degrade.psf.type=box"}).degrade.psf.fwhm);
  CHECK(parse({"degrade.srf.ranges=[[0, 1]]"}).degrade.srf.sensor.empty());
}

TEST_CASE("config: the resolved text is an experiment of its own that resolves to itself") {
  const std::string text = config_text(parse());
  CHECK(config_text(parse({}, text)) == text);
  CHECK(text.find("\"steps\": 7") != std::string::npos);
  CHECK(text.find("\"maps\": 20") != std::string::npos);
}

TEST_CASE("config: a setting reaches objects, lists and fields that the file lacks") {
  CHECK(parse({"degrade.ratio=8"}).degrade.ratio == 8);
  CHECK(parse({"methods.1.label=long"}).methods[1].label == "long");
  CHECK(parse({"seeds=[3, 4]"}).seeds == std::vector<Index>{3, 4});
  CHECK(parse({"degrade.snr_db.hsi=35"}).degrade.snr_db.hsi == 35.0);
  CHECK(parse({"name=first", "name=second"}).name == "second");
}

TEST_CASE("config: no data is a number or says more") {
  CHECK(parse({"data.nodata=-9999"}).data.nodata->value == -9999);
  CHECK(parse({R"(data.nodata={"nan": true})"}).data.nodata->nan);
  CHECK_FALSE(parse({"data.nodata=null"}).data.nodata);
  CHECK(refusal({"data.nodata=none"}).find("data.nodata: expected a number or an object, got \"none\"") !=
        std::string::npos);
  CHECK(refusal({"data.crop=3"}).find("data.crop: expected an object, got 3") != std::string::npos);
}

TEST_CASE("config: what is wrong below a new name that is near another asks what was meant") {
  const std::string branches = "methods.1.model.branches.";
  CHECK(refusal({branches + "hsi.layers.cnov.kernel=9"})
            .ends_with("got nothing; \"cnov\" is new (did you mean conv?) (methods.1 is \"two_cnn_fu\")"));
  CHECK(refusal({branches + "hsi.layers.conv.kernel=x"}).find("is new") == std::string::npos);
  CHECK(refusal({branches + "hsi.layers.other.kernel=9"}).find("is new") == std::string::npos);
  CHECK(refusal({branches + "his.layers.a.kernel=9"}).find("; \"his\" is new (did you mean hsi?)") !=
        std::string::npos);
}

TEST_CASE("config: profiles are known ones, each once") {
  CHECK(parse({"metric_profiles=[\"ssrnet\", \"sewar\"]"}).metric_profiles ==
        std::vector<std::string>{"ssrnet", "sewar"});
  CHECK(refusal({"metric_profiles=[\"none\"]"}).find("metric_profiles.0: expected one of matlab_hsms, sewar") !=
        std::string::npos);
  CHECK(refusal({"metric_profiles=[\"sewar\", \"sewar\"]"}) ==
        "e.json: metric_profiles: expected profiles that differ, got one twice");
}

TEST_CASE("config: each part of the sensors is tested against the pair, estimated or taken as told") {
  const auto estimate = [](const std::vector<std::string>& settings) { return parse(settings).degrade.estimate; };
  const EstimateConfig simulated = estimate({});
  for (const auto& one : {simulated.srf, simulated.psf, simulated.gain, simulated.shift}) CHECK(one == Trust::told);
  CHECK_FALSE(estimate({}).options({}, "").any());
  CHECK(parse().degrade.harmonise == false);
  const std::vector<std::string> pair{"data={\"pair\": \"p.h5\"}"};
  const EstimateConfig measured = estimate(pair);
  for (const auto& one : {measured.srf, measured.psf, measured.gain, measured.shift}) CHECK(one == Trust::tested);
  CHECK(parse(pair).degrade.harmonise == true);
  // Each of the three is another, written as it is read: the words of JSON beside a text.
  const EstimateConfig mixed =
      estimate({pair[0], "degrade.estimate.srf=true", "degrade.estimate.psf=false", "degrade.estimate.gain=\"true\""});
  const EstimateOptions options = mixed.options({}, "a.csv");
  CHECK(options.srf == Trust::found);
  CHECK(options.psf == Trust::told);
  CHECK(options.gain == Trust::found);
  CHECK(options.shift == Trust::tested);
  CHECK(options.srf_told == "a.csv");
  const ExperimentConfig config = parse({pair[0], "degrade.estimate.srf=true", "degrade.estimate.psf=false"});
  const Json written = parse_json(config_text(config), "c.json")["degrade"];
  CHECK(written["estimate"]["srf"] == true);
  CHECK(written["estimate"]["psf"] == false);
  CHECK(written["estimate"]["shift"] == "auto");
  CHECK(written["harmonise"] == true);
  CHECK(config_hash(parse({pair[0], "degrade.estimate.srf=true"})) != config_hash(parse(pair)));
  CHECK(config_hash(parse({pair[0], "degrade.estimate.srf=\"auto\""})) == config_hash(parse(pair)));
  // A known response with an unknown gain is the usual case of some products.
  CHECK(estimate({"degrade.estimate.gain=true"}).options({}, "").gain == Trust::found);
  CHECK(refusal({"degrade.estimate.srf=\"yes\""}) ==
        "e.json: degrade.estimate.srf: expected one of auto, true, false, got \"yes\"");
  CHECK(refusal({"degrade.estimate.srf=1"}).find("degrade.estimate.srf: expected") != std::string::npos);
  CHECK(refusal({"degrade.estimate.psf=true", "degrade.psf.type=box"}) ==
        "e.json: degrade.estimate.psf: expected auto or false, as it is true for a gaussian psf only, got true with "
        "psf.type box");
}

TEST_CASE("config: a setting that leads nowhere is refused") {
  CHECK(refusal({"methods.2.name=bicubic"}) ==
        "--set methods.2.name=bicubic: expected a position from 0 to 1, a label or + in the list, got \"2\"");
  CHECK(refusal({"methods.x=1"}) ==
        "--set methods.x=1: expected a position from 0 to 1, a label or + in the list, got \"x\"");
  CHECK(refusal({"name.x=1"}) == "--set name.x=1: nothing is below the value before \"x\"");
  CHECK(refusal({"degrade..ratio=1"}) == "--set degrade..ratio=1: the path has an empty part");
  CHECK(refusal({"ratio"}) == "--set: expected path=value, got \"ratio\"");
  CHECK(refusal({"degrade.ration=1"}) == "e.json: degrade.ration: unknown key; did you mean \"ratio\"?");
  CHECK(refusal({"name=\xff"}) == "--set: expected a text in UTF-8, got other bytes");
}

TEST_CASE("config: the hashes follow what is computed, not how it is called or written") {
  const ExperimentConfig config = parse();
  CHECK(config_hash(config).size() == 16);
  CHECK(config_hash(parse({"name=other"})) == config_hash(config));
  CHECK(config_hash(parse({"report.metrics=[\"cc\"]"})) == config_hash(config));
  CHECK(config_hash(parse({"degrade.psf.fwhm=3"})) == config_hash(config));
  CHECK(config_hash(parse({"methods.1.train.steps=8"})) != config_hash(config));
  CHECK(degradation_hash(parse({"methods.1.train.steps=8"})) == degradation_hash(config));
  CHECK(degradation_hash(parse({"degrade.psf.fwhm=3.5"})) != degradation_hash(config));
}

TEST_CASE("config: names cannot lead out of the output folder") {
  for (const char* name : {"", ".", "..", "a/b", "/a", ".hidden", "-x", "a b"}) {
    CHECK(refusal({concat("name=\"", name, "\"")}).rfind("e.json: name: expected letters", 0) == 0);
  }
  CHECK(refusal({"name=A-1_b.c"}) == "accepted");
  for (const std::string name : kResultNames) {
    CHECK(refusal({"methods.1.label=" + name}).ends_with("no name of a result file, got " + name));
  }
}

TEST_CASE("config: two results cannot share a folder") {
  CHECK(refusal({"methods.1.label=bicubic"}) ==
        "e.json: methods.1.label: expected labels and seeds that differ, got bicubic twice");
  CHECK(refusal({"seeds=[1, 1]"}) ==
        "e.json: methods.0.label: expected labels and seeds that differ, got bicubic-seed1 twice");
  const ExperimentConfig config = parse({"seeds=[1, 2]"});
  CHECK(config.folder_of(config.methods[0], 2) == "bicubic-seed2");
}

TEST_CASE("config: fields that would be ignored are refused") {
  CHECK(refusal({"data.pair=p.h5"}) ==
        "e.json: data: expected exactly one of scene, pair, synthetic, and hsi with msi, got 2");
  CHECK(refusal({"data={\"pair\": \"p.h5\", \"dataset\": \"/x\"}"}) ==
        "e.json: `data.dataset` is valid only with `data.scene`");
  CHECK(refusal({"protocol.train={\"rows\": 1, \"cols\": 1}"}) ==
        "e.json: `protocol.train` is valid only with `protocol.type` `split`");
  CHECK(refusal({"protocol.type=split"}) == "e.json: `protocol.type` `split` requires `protocol.train`");
}

TEST_CASE("config: transfer needs scenes to learn from, and other protocols refuse them") {
  const std::string scenes = "protocol.train_scenes=[{\"scene\": \"t.h5\"}]";
  const std::string transfer = "protocol.type=transfer";
  CHECK(parse({transfer, scenes}).protocol.train_scenes.at(0).dataset == "/cube");
  CHECK(refusal({transfer}) == "e.json: `protocol.type` `transfer` requires `protocol.train_scenes`");
  CHECK(refusal({scenes}) == "e.json: `protocol.train_scenes` is valid only with `protocol.type` `transfer`");
  CHECK(refusal({"protocol.fine_tune={}"}) ==
        "e.json: `protocol.fine_tune` is valid only with `protocol.type` `transfer`");
  CHECK(refusal({transfer, "protocol.train_scenes=[{}]"}) ==
        "e.json: protocol.train_scenes.0: expected exactly one of scene, pair, synthetic, and hsi with msi, got 0");
  CHECK(refusal({transfer, scenes, "protocol.validation_fraction=0.2"}) == "accepted");
  CHECK(refusal({transfer, scenes, "protocol.validation_fraction=0.2",
                 "protocol.validation_scenes=[{\"scene\": \"v.h5\"}]"}) ==
        "e.json: protocol.validation_fraction: expected it or validation_scenes, got both");
  CHECK(parse({transfer, scenes, "protocol.fine_tune={}"}).protocol.fine_tune->steps == 200);
}

TEST_CASE("config: wavelengths are given in one way") {
  CHECK(parse({"data.wavelength_nm={\"file\": \"w.csv\"}"}).data.wavelength_nm->file == "w.csv");
  CHECK(refusal({"data.wavelength_nm={\"range\": [400, 900]}"}) == "accepted");
  CHECK(refusal({"data.wavelength_nm={\"values\": [400, 500]}"}) == "accepted");
  const std::string expected = "e.json: data.wavelength_nm: expected exactly one of values, range and file, got ";
  CHECK(refusal({"data.wavelength_nm={\"range\": [400, 900], \"file\": \"w.csv\"}"}) == expected + "2");
  CHECK(refusal({"data.wavelength_nm={\"range\": [400, 900], \"values\": [400]}"}) == expected + "2");
  CHECK(refusal({"data.wavelength_nm={}"}) == expected + "0");
}

TEST_CASE("config: bands are chosen of a scene only") {
  CHECK(parse({"data.bands=[3, 4]"}).data.bands == std::array<Index, 2>{3, 4});
  CHECK(refusal({"data={\"synthetic\": {}, \"bands\": [0, 4]}"}) ==
        "e.json: `data.bands` is valid only with `data.scene`");
  CHECK(refusal({"data.bands=[3]"}).starts_with("e.json: data.bands"));
  CHECK(refusal({"data.bands=[-1, 4]"}).starts_with("e.json: data.bands"));
}

TEST_CASE("config: training scenes under several degradations are for methods that suit any pair") {
  const std::vector<std::string> transfer{"protocol.type=transfer", "protocol.train_scenes=[{\"scene\": \"t.h5\"}]",
                                          "protocol.degradations=[{\"ratio\": 3}, {}]"};
  const auto with = [&](const char* method) {
    std::vector<std::string> settings = transfer;
    settings.push_back(concat("methods=[{\"name\": \"bicubic\"}, {\"name\": \"", method, "\"}]"));
    return settings;
  };
  CHECK(refusal(transfer) ==
        "e.json: protocol.degradations: expected them with methods that suit any pair only, got two_cnn_fu");
  const ExperimentConfig config = parse(with("two_cnn_fu_plus"));
  REQUIRE(config.protocol.degradations.size() == 2);
  CHECK(config.protocol.degradations[0].ratio == 3);
  CHECK(config.protocol.degradations[1].ratio == DegradeConfig().ratio);
  // What they leave open is filled in as for the scene to fuse.
  CHECK(config.protocol.degradations[0].psf.fwhm == 3);
  CHECK(config.protocol.degradations[0].srf.sensor == "landsat7");
  std::vector<std::string> estimated = with("two_cnn_fu_plus");
  estimated.push_back("protocol.degradations.1.estimate.psf=true");
  CHECK(refusal(estimated) == "e.json: protocol.degradations: expected no estimate, as they are known, got one");
  CHECK(refusal({"protocol.degradations=[{}]"}) ==
        "e.json: `protocol.degradations` is valid only with `protocol.type` `transfer`");
}

TEST_CASE("config: apply needs no checkpoint for a method that is ready") {
  const std::string apply = "protocol.type=apply";
  CHECK(refusal({apply, "methods=[{\"name\": \"two_cnn_fu_plus\"}]"}) == "accepted");
  CHECK(refusal({apply, "methods=[{\"name\": \"two_cnn_fu_plus\", \"checkpoint\": \"c.h5\"}]"}) == "accepted");
  CHECK(refusal({apply, "methods=[{\"name\": \"two_cnn_fu_plus\", \"weights\": \"none\"}]"}) ==
        "e.json: methods.0.checkpoint: expected the file of what two_cnn_fu_plus learned, as apply trains nothing, got "
        "nothing");
}

TEST_CASE("config: apply needs a checkpoint for each method that learns, and other protocols refuse one") {
  const std::string apply = "protocol.type=apply", file = "methods.1.checkpoint=c.h5";
  CHECK(parse({apply, file}).methods[1].checkpoint == "c.h5");
  CHECK(refusal({apply}) ==
        "e.json: methods.1.checkpoint: expected the file of what two_cnn_fu learned, as apply "
        "trains nothing, got nothing");
  CHECK(refusal({file}) ==
        "e.json: methods.1.checkpoint: expected it with apply, or with a method that suits any "
        "pair, got c.h5");
  CHECK(refusal({apply, file, "methods.0.checkpoint=c.h5"}) ==
        "e.json: methods.0.checkpoint: expected nothing, as bicubic keeps none, got c.h5");
}

TEST_CASE("config: each protocol has one name, and an unknown one is refused with those that are known") {
  for (const Protocol protocol : {Protocol::wald, Protocol::split, Protocol::transfer, Protocol::apply}) {
    ProtocolConfig written;
    written.type = protocol;
    if (protocol == Protocol::split) written.train = written.validation = written.test = Region{{0, 0, 1, 1}};
    if (protocol == Protocol::transfer) written.train_scenes.resize(1);
    const Json json = write_fields(written);
    CHECK(json["type"] == name_of(protocol));
    ProtocolConfig read;
    read_fields(json, "protocol", "e.json", read);
    CHECK(read.type == protocol);
  }
  CHECK(refusal({"protocol.type=Wald"}) ==
        "e.json: protocol.type: expected one of wald, split, transfer, apply, got \"Wald\" (did you mean wald?)");
}
