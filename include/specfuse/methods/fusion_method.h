#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/imaging/pair_parts.h"
#include "specfuse/imaging/training_data.h"
#include "specfuse/io/checkpoint.h"
#include "specfuse/methods/shared/signal_subspace.h"
#include "specfuse/networks/fit_context.h"

namespace specfuse {

struct NetworkSizes;

/// A pair in memory with what several methods need of it: each is found when it is first asked for, and kept.
class KnownPair : public Pair {
 public:
  KnownPair(const Pair& pair) : Pair(pair) {}
  KnownPair(const KnownPair&) = delete;
  KnownPair& operator=(const KnownPair&) = delete;

  /// Its `noise_of` and `lower_scale`. Throw as they do.
  const PairNoise& noise() const;
  const TrainingPair& lower() const;

 private:
  mutable std::once_flag has_noise_, has_lower_;
  mutable PairNoise noise_;
  mutable TrainingPair lower_;
};

/// What a method makes of a part, or of a whole pair, in memory: the fused image, with the error that the method
/// predicts where it predicts any.
struct FusedCube {
  Cube fused;
  /// Half widths of intervals that hold 68 % of the errors, of the size of the image; and those that hold 95 % as a
  /// multiple of them.
  std::optional<Cube> sigma{};
  double width_95 = 2;
  /// The output of the external program that made the image; empty where there was none.
  std::string log{};
  /// Peak memory of that program in MiB; 0 where there is none, or it is not known.
  double program_memory_mb = 0;
};

/// How a method fuses parts of a pair, after it has seen all that it needs of the whole.
struct Fuser {
  /// Fuses a part with its halo, and the halo with it: [msi rows, msi cols, hsi bands] with the wavelengths and
  /// attributes of the HSI. Throws `Interrupted` when the user asked to stop.
  std::function<FusedCube(const KnownPair& part)> fuse;
  /// Coarse pixels around a part that its result depends on.
  Index halo = 0;
  /// Coarse pixels beyond a part in which its result is blended with that of its neighbours; 0: they meet.
  Index blend = 0;
  /// Bytes that `fuse` takes: for each fine pixel, and whatever the part.
  double bytes_per_pixel = 0, bytes_at_least = 0;
  /// Coarse pixels that a side of a part has to have.
  Index least_side = 1;
  /// Whether the only part is the whole image.
  bool whole = false;
};

/// Of a method that makes up-sampled images and MSI detail of a part, and no more.
Fuser local_fuser(const PairParts& pair, std::function<FusedCube(const KnownPair& part)> fuse);

/// Of a method that needs the whole image, and memory for so many images of the size of its result.
Fuser whole_fuser(const PairParts& pair, double images, std::function<FusedCube(const KnownPair& pair)> fuse);

/// What a method is, with its options.
struct MethodTraits {
  /// Whether it learns from examples, from a pair larger than memory as well, and whether that makes a checkpoint.
  bool learns = false, learns_by_parts = false, has_checkpoints = false;
  /// Whether it has learned already, as its weights come with it or were restored; and whether `fit` goes on from
  /// there.
  bool trained = false, tunes = false;
  /// Whether what it learned holds for pairs of any bands and ratio.
  bool suits_any_pair = false;
  /// Whether several ranks do its fits and fusions together: all have to call `fit` and its fuser then.
  bool shares_work = false;
  /// Whether `fit` writes the checkpoint of its context itself, with all that is needed to go on.
  bool writes_checkpoints = false;
  /// Whether it is to fuse its training image, too, for scores of what it learned from.
  bool fuses_training_image = true;
  /// The other methods of the bench that its result is made of, by name; one may be there twice.
  std::vector<std::string> made_of{};

  /// Whether it can fuse without being fitted or restored.
  bool is_ready() const { return trained || !learns; }
  /// Whether `fit` takes anything from these examples.
  bool learns_from(const TrainingData& data) const { return learns && !data.empty() && (tunes || !trained); }
};

/// What is known of a method's network before it is made.
struct NetworkOutline {
  /// How far around a pixel the MSI influences its fused spectrum, in fine pixels.
  Index receptive_radius = 0;
  /// Its layers, aligned for the terminal; empty where there is no network.
  std::string layers{};
};

/// The path of a file that an option names. Throws `DataError` where there is none.
using FileFinder = std::function<std::string(const std::string& name)>;

/// A way to fuse a pair into the fine image with all bands. Each has a file of its own; see methods/registry.h.
class FusionMethod {
 public:
  virtual ~FusionMethod() = default;

  /// By its registry line and its options; set where it is made.
  MethodTraits traits;
  /// Of all answers that what it has learned is from, those behind its checkpoint or its weights included.
  Fingerprint learned_from;

  /// Finds the files that the options name and returns their paths; before anything else that may read them.
  virtual std::vector<std::string> find_files(const FileFinder&) { return {}; }

  /// Throws `ConfigError` where the options do not suit the data, before anything long is started.
  virtual void check(const TrainingData&, const Pair&) const {}

  /// A warning of what `check` lets pass; empty where there is none.
  virtual std::string warnings(const TrainingData&) const { return {}; }

  /// Learns from examples, or takes no more than the seed. Returns what it decided, for log and report; empty where
  /// there was nothing to decide. Throws `Interrupted`, its checkpoint written, when the user asked to stop.
  virtual std::string fit(const TrainingData&, const FitContext&) { return {}; }

  /// Looks at the parts of a pair for all that it needs of the whole. To be used as long as the method is there. Throws
  /// `Error` where it is neither ready nor fitted, `ConfigError` where it was fitted for other bands.
  virtual Fuser fuser(const PairParts& pair) const = 0;

  /// Of a pair of these bands.
  virtual NetworkOutline network(const NetworkSizes&) const { return {}; }

  /// What `restore` needs to fuse without a fit; empty tensors for methods that learn nothing.
  virtual Checkpoint checkpoint() const { return {}; }
  virtual void restore(const Checkpoint&) {}
};

/// Fuses a pair in memory, which is one part. Throws as the method's fuser does.
FusedCube fuse(const FusionMethod& method, const KnownPair& pair);

}  // namespace specfuse
