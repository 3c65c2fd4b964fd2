#include "specfuse/config/registry.h"

#include "specfuse/core/error.h"
#include "specfuse/methods/bicubic.h"
#include "specfuse/methods/cnmf.h"
#include "specfuse/methods/csu.h"
#include "specfuse/methods/fuse.h"
#include "specfuse/methods/glp_hs.h"
#include "specfuse/methods/gsa.h"
#include "specfuse/methods/hysure.h"
#include "specfuse/methods/linear_injection.h"
#include "specfuse/methods/sfim_hs.h"
#include "specfuse/methods/two_cnn_fu.h"

namespace specfuse {
namespace {

template <class Method>
class OptionsOf : public MethodOptions {
 public:
  void describe(FieldVisitor& fields) override { options_.describe(fields); }
  std::unique_ptr<FusionMethod> make() const override { return std::make_unique<Method>(options_); }

 private:
  typename Method::Options options_;
};

template <class Method>
MethodEntry entry(const char* name, const char* summary) {
  return {name, summary, []() -> std::unique_ptr<MethodOptions> { return std::make_unique<OptionsOf<Method>>(); }};
}

}  // namespace

const std::vector<MethodEntry>& methods() {
  static const std::vector<MethodEntry> all = {
      entry<Bicubic>("bicubic", "cubic up-sampling of the HSI; ignores the MSI"),
      entry<LinearInjection>("linear_injection",
                             "up-sampled HSI plus the MSI's detail times a matrix fitted one scale down"),
      entry<Gsa>("gsa", "adaptive Gram-Schmidt, hypersharpened (Aiazzi et al. 2007); learns from the pair itself"),
      entry<SfimHs>("sfim_hs", "smoothing-filter-based intensity modulation, hypersharpened (Liu 2000)"),
      entry<GlpHs>("glp_hs", "generalised Laplacian pyramid, hypersharpened (Aiazzi et al. 2006, Selva et al. 2015)"),
      entry<Cnmf>("cnmf", "coupled non-negative matrix factorisation (Yokoya, Yairi and Iwasaki 2012)"),
      entry<Hysure>("hysure", "vector total variation in a subspace (Simoes et al. 2015)"),
      entry<Fuse>("fuse", "Gaussian prior in a subspace (Wei, Dobigeon and Tourneret 2015)"),
      entry<Csu>("csu", "coupled spectral unmixing on the simplex (Lanaras, Baltsavias and Schindler 2015)"),
      entry<TwoCnnFu>("two_cnn_fu", "the two-branch network of Yang, Zhao and Chan, Remote Sensing 2018, 10(5), 800"),
  };
  return all;
}

std::unique_ptr<MethodOptions> method_options(const std::string& name) {
  std::string known;
  for (const MethodEntry& method : methods()) {
    if (method.name == name) return method.default_options();
    known.append(known.empty() ? "" : ", ").append(method.name);
  }
  throw ConfigError(concat("methods: expected one of ", known, ", got \"", name, "\""));
}

}  // namespace specfuse
