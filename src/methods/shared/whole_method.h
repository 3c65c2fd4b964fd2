#pragma once

#include "specfuse/methods/fusion_method.h"
#include "specfuse/methods/shared/spectra.h"

namespace specfuse {

/// A method that fuses the whole image at once, knows the response of the MSI, and learns nothing before: its options
/// have
///
///   static constexpr const char* kName;
///   /// Images of the size of the result that memory is taken for, measured.
///   double images(Index bands) const;
///   Cube fuse(const KnownPair& pair, std::uint64_t seed) const;
template <class Options>
class WholeMethod : public FusionMethod {
 public:
  explicit WholeMethod(const Options& options) : options_(options) {}
  std::string fit(const TrainingData&, const FitContext& context) override {
    seed_ = context.seed;
    return {};
  }
  void check(const TrainingData&, const Pair& pair) const override { check_pair_with_srf(pair, Options::kName); }
  Fuser fuser(const PairParts& pair) const override {
    return whole_fuser(pair, options_.images(pair.bands()), [this](const KnownPair& whole) -> FusedCube {
      check(TrainingData(), whole);
      return {options_.fuse(whole, seed_)};
    });
  }

 private:
  Options options_;
  std::uint64_t seed_ = 0;
};

}  // namespace specfuse
