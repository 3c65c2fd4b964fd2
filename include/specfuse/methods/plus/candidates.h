#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/core/fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

/// One estimate of the fine image, from the pair alone.
struct CandidateDescription {
  /// A method of the bench, with its default options; or `from`, an earlier candidate to go on from.
  std::string method{};
  std::optional<std::string> from{};
  /// Rounds of `add_guided`, of consistency with both inputs, and then a projection on the signal subspace of the HSI.
  Index guided = 0, projections = 0;
  bool subspace = false;
  /// Whether it is one of those whose median is the base.
  bool in_base = true;
  /// The same where few coarse pixels are left one scale down; none: as `in_base`.
  std::optional<bool> in_small_base{};
  bool enabled = true;
  void describe(FieldVisitor& fields);
};

using CandidateDescriptions = Named<CandidateDescription>;

/// The twelve candidates of two_cnn_fu_plus, seven of them in the base, and six where little can be learned.
CandidateDescriptions default_candidates();

/// Throws `ConfigError` naming the candidate and the field, below the key path `path`, where one is not well described,
/// or does not suit the pair.
void check_candidates(const CandidateDescriptions& candidates, const std::string& path, const KnownPair& pair);

/// What each that is enabled makes of the pair, [rows, cols, bands], in their order. Methods that learn do so one scale
/// down; those that draw random numbers take them from the seed.
std::vector<Tensor> make_candidates(const CandidateDescriptions& candidates, const KnownPair& pair, std::uint64_t seed);

/// The median over those that are in the base, for every value: [rows, cols, bands]. Where fewer than four coarse
/// pixels are left of the pair one scale down, which is what injection learns from, the base is another, unless it were
/// empty.
Tensor median_of_base(const CandidateDescriptions& candidates, const std::vector<Tensor>& values, const Pair& pair);

}  // namespace specfuse
