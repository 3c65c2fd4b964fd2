#include "compose/pair_decisions.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "specfuse/core/text.h"
#include "specfuse/core/threads.h"
#include "specfuse/report/text_format.h"
#include "specfuse/run/known_sensors.h"

namespace specfuse {
namespace {

/// Seconds of one processor that a method takes for each value of its result, as in bench/SIZE.md.
const std::map<std::string, double> kSeconds{
    {"linear_injection", 4e-9}, {"gsa", 8e-9}, {"sfim_hs", 8e-9},  {"glp_hs", 1.1e-8}, {"bicubic", 1e-9},
    {"fuse", 4.4e-8},           {"csu", 9e-8}, {"hysure", 2.8e-7}, {"cnmf", 3.2e-7},   {"local_injection", 4.4e-7},
    {"two_cnn_fu_plus", 5.9e-6}};

/// From two thirds to twice as long as expected: computers and pairs differ.
std::string time_text(double expected) {
  const double least = expected / 1.5, most = 2 * expected;
  if (most < 10) return "a few seconds";
  const auto range = [&](double unit, const char* name) {
    const auto from = std::max(1L, std::lround(least / unit));
    return concat(from, " to ", std::max(from + 1, std::lround(most / unit)), " ", name);
  };
  if (most < 120) return range(1, "seconds");
  return most < 7200 ? range(60, "minutes") : range(3600, "hours");
}

/// "12 % of the HSI pixels", where both images disagree beyond noise.
std::string disagreement_text(const Cube& map) {
  constexpr float kNoise = 3;  // standard deviations
  Index beyond = 0;
  for (Index i = 0; i < map.pixels(); ++i) beyond += map.is_valid(i) && map.values[i * map.bands()] > kNoise ? 1 : 0;
  const double share = 100 * static_cast<double>(beyond) / static_cast<double>(map.pixels());
  return beyond == 0 ? "" : concat(number_text(share, share < 1 ? 2 : 0), " % of the HSI pixels");
}

/// "12 % of the HSI": the share of pixels without data.
std::string gaps_in(const Cube& image, const char* name) {
  const auto missing = std::count(image.valid.begin(), image.valid.end(), std::uint8_t{0});
  const double share = 100 * static_cast<double>(missing) / static_cast<double>(image.pixels());
  return missing == 0 ? "" : concat(number_text(share, share < 1 ? 2 : 0), " % of the ", name);
}

std::string size_text(double bytes) {
  if (bytes < 0x1p30) return concat(std::lround(std::max(1.0, bytes / 0x1p20)), " MiB");
  return concat(number_text(bytes / 0x1p30, 1), " GiB");
}

}  // namespace

std::vector<Decision> pair_decisions(const ExperimentConfig& config, const Scene& scene, const Task& task,
                                     const std::optional<double>& memory) {
  const KnownSensors& sensors = task.sensors;
  std::vector<Decision> decisions = sensors.estimate ? decisions_of(*sensors.estimate) : std::vector<Decision>{};
  const auto add = [&](const std::string& what, const std::string& decided, const std::string& why) {
    decisions.push_back({what, decided, why});
  };
  if (!sensors.harmony) {
    add("harmonised", "no", "the response is not known, or degrade.harmonise says so");
  } else if (const std::string disagreeing = disagreement_text(task.pair_in_memory.disagreement); disagreeing.empty()) {
    add("harmonised", "nothing to do", "the images disagree nowhere beyond their noise");
  } else {
    add("harmonised", disagreeing,
        "the ground seems to have changed there between the dates: the MSI was adjusted to the HSI");
  }
  if (const std::string beyond = bands_beyond(task.pair_in_memory); !beyond.empty()) {
    add("extrapolated", beyond, "the MSI does not see there: what these show in detail follows from the other bands");
  }
  const std::string in_hsi = gaps_in(task.pair_in_memory.hsi, "HSI"), in_msi = gaps_in(task.pair_in_memory.msi, "MSI");
  if (!in_hsi.empty() || !in_msi.empty()) {
    add("gaps", "no data in the result there",
        concat(in_hsi, in_hsi.empty() || in_msi.empty() ? "" : " and ", in_msi, " have none"));
  }
  const PairParts& parts = *task.pair;
  const Index ratio = parts.degradation().ratio;
  const double values = static_cast<double>(parts.rows() * parts.cols() * ratio * ratio * parts.bands());
  const std::string limit =
      memory ? concat(size_text(*memory), " may be taken (--memory)") : "what is free is the limit";
  add("parts", scene.large ? "part by part, from the files" : "all in memory",
      concat("the result takes ", size_text(4 * values), "; ", limit));
  const auto cost = kSeconds.find(config.methods.front().name);
  if (cost != kSeconds.end()) {
    add("time", time_text(values * cost->second / threads()),
        concat("as measured on two cores of a server, for ", threads(), threads() == 1 ? " thread" : " threads",
               "; the report comes on top"));
  }
  return decisions;
}

}  // namespace specfuse
