#include "specfuse/results/decision.h"

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

std::string name_of(const std::string& what) {
  if (what == "psf") return "PSF";
  return what == "srf" ? "response" : what;
}

}  // namespace

std::vector<Decision> decisions_of(const Estimate& estimate) {
  std::vector<Decision> decisions;
  for (const Finding& finding : estimate.findings) {
    if (finding.uses_found) {
      decisions.push_back({name_of(finding.what), finding.found,
                           concat("found in the pair (assumed: ", finding.assumed, "); ", finding.why)});
    } else {
      decisions.push_back({name_of(finding.what), finding.assumed, concat("as assumed; ", finding.why)});
    }
  }
  return decisions;
}

}  // namespace specfuse
