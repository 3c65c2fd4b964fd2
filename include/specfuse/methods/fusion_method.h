#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/imaging/training_data.h"
#include "specfuse/io/checkpoint.h"
#include "specfuse/networks/fit_context.h"
#include "specfuse/networks/network_sizes.h"

namespace specfuse {

/// A fused image with what its method says of its error, where it says anything.
struct FusedWithSigma {
  Cube fused;
  /// Half widths of intervals that hold 68 % of the errors, of the size of the image; and those that hold 95 % as a
  /// multiple of them.
  std::optional<Cube> sigma{};
  double width_95 = 2;
  /// What a program of somebody else's said while it made the image; empty where none did.
  std::string log{};
  /// Peak memory of that program in MiB; 0 where there is none, or the system does not say.
  double program_memory_mb = 0;
};

/// How a method fuses a pair part by part, after it has seen all that it needs of the whole.
struct PartFusion {
  /// Fuses the hsi and the msi of a part with its margin, and the margin with it.
  std::function<FusedWithSigma(const Pair& part)> fuse;
  /// Coarse pixels around a part that have a say in it.
  Index margin = 0;
  /// Coarse pixels beyond a part in which its result passes over into that of its neighbours; 0: they meet.
  Index overlap = 0;
  /// Bytes that `fuse` takes: for each fine pixel, and whatever the part.
  double bytes_per_pixel = 0, bytes_at_least = 0;
  /// Coarse pixels that a side of a part has to have.
  Index least_side = 1;
};

/// The path of a file that an option names. Throws `DataError` where there is none.
using FileFinder = std::function<std::string(const std::string& name)>;

/// A way to fuse a pair into the fine image with all bands. Each has a file of its own; see methods/registry.h.
class FusionMethod {
 public:
  virtual ~FusionMethod() = default;

  /// Of all answers that what it has learned is from, those behind its checkpoint or its weights included.
  Fingerprint learned_from;

  /// Finds the files that the options name and returns their paths; before anything else that may read them.
  virtual std::vector<std::string> find_files(const FileFinder&) { return {}; }

  /// Throws `ConfigError` where the options do not suit the data, before anything long is started.
  virtual void check(const TrainingData&, const Pair&) const {}

  /// What `check` lets pass, and yet makes the result doubtful; empty where there is nothing.
  virtual std::string doubts(const TrainingData&) const { return {}; }

  /// Learns from examples, or takes no more than the seed. Throws `Interrupted`, its checkpoint written, when the user
  /// asked to stop.
  virtual void fit(const TrainingData&, const FitContext&) {}

  /// The fused image [msi rows, msi cols, hsi bands] with the wavelengths and attributes of pair.hsi. Throws
  /// `Interrupted` when the user asked to stop.
  virtual Cube fuse(const Pair& pair) const = 0;

  /// The same part by part, for a pair larger than memory; none where it needs the whole image at once. Looks at the
  /// parts of the pair for all that it needs of the whole. To be used as long as the method is there.
  virtual std::optional<PartFusion> by_parts(const PairParts&) const { return {}; }

  /// `fit` on a pair one scale down, part by part: what `lower_scale` makes of each. Throws `ConfigError` where it
  /// learns and cannot do that.
  virtual void fit_by_parts(const PairParts&, const FitContext&) {
    SPECFUSE_CHECK_AS(ConfigError, !learns(), "checkpoint: expected what it learned, as it cannot learn part by part");
  }

  /// The same, with the error to be expected. Throws as `fuse` does.
  virtual FusedWithSigma fuse_with_sigma(const Pair& pair) const { return {fuse(pair)}; }

  /// The other methods of the bench that its result is made of, by name; one may be there twice.
  virtual std::vector<std::string> made_of() const { return {}; }

  /// Whether it learns from examples.
  virtual bool learns() const { return false; }

  /// Whether it may have a checkpoint.
  virtual bool has_checkpoints() const { return learns(); }

  /// Whether `fit` takes anything from such examples.
  virtual bool learns_from(const TrainingData& data) const { return learns() && !data.train.empty(); }

  /// Whether it is to fuse its training image, too, for scores of what it learned from.
  virtual bool fuses_training_image() const { return true; }

  /// Whether it can fuse without being fitted or restored.
  virtual bool is_ready() const { return !learns(); }

  /// Whether what it learned holds for pairs of any bands and ratio.
  virtual bool suits_any_pair() const { return false; }

  /// What `fit` decided, for log and report; empty where there was nothing to decide.
  virtual std::string remarks() const { return {}; }

  /// Whether `fit` writes the checkpoint of its context itself, with all that is needed to go on.
  virtual bool writes_checkpoints() const { return false; }

  /// Whether several ranks do its fits and fusions together: all have to call `fit`, `fuse` and `fuse_with_sigma` then.
  virtual bool shares_work() const { return false; }

  /// How far around a pixel the MSI has a say in its fused spectrum, in fine pixels.
  virtual Index receptive_radius(const NetworkSizes&) const { return 0; }

  /// The layers of its network for a pair of these bands, aligned for the terminal; empty where it has none.
  virtual std::string model_text(const Pair&) const { return {}; }

  /// What `restore` needs to fuse without a fit; empty tensors for methods that learn nothing.
  virtual Checkpoint checkpoint() const { return {}; }
  virtual void restore(const Checkpoint&) {}
};

/// A method whose result at a pixel depends on what is near it, and on sums over the whole pair.
class LocalMethod : public FusionMethod {
 public:
  Cube fuse(const Pair& pair) const override { return by_parts(WholePair(pair))->fuse(pair).fused; }
};

}  // namespace specfuse
