#include "specfuse/networks/training.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>

#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/nn/init.h"
#include "specfuse/optim/optimizer.h"
#include "specfuse/optim/schedule.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

std::unique_ptr<Optimizer> make_optimizer(const std::vector<Parameter>& parameters, const TrainOptions& options) {
  if (options.optimizer == "sgd") {
    return std::make_unique<Sgd>(parameters, SgdOptions{options.momentum, options.weight_decay, options.bias_rate});
  }
  AdamWOptions adamw;
  adamw.weight_decay = options.weight_decay;
  return std::make_unique<AdamW>(parameters, adamw);
}

bool due(Index every, Index step) { return every > 0 && step % every == 0; }

/// One training: the loop and all it has to remember between steps.
class Training {
 public:
  Training(const TrainingTask& task, const TrainOptions& options, const FitContext& context)
      : task_(task), options_(options), context_(context), optimizer_(make_optimizer(task.parameters, options)),
        sampler_(context.seed, stream_of("sampler")) {
    for (const Parameter& parameter : task.parameters) parameter.value.set_name(parameter.name);
  }

  void run() {
    if (context_.resume && first_rank_says(std::filesystem::exists(context_.checkpoint_path))) {
      restore(read_checkpoint(context_.checkpoint_path));
    }
    Progress progress(context_.label, options_.steps, "steps", step_);
    since_start_ = Stopwatch();
    while (step_ < options_.steps) {
      take_step(progress);
      if (step_ == options_.steps) break;
      // A signal reaches the ranks one after the other, and all have to stop at the same step.
      if (sum_over_ranks(interrupted() ? 1.0 : 0.0) > 0) {
        save();
        wait_for_ranks();  // none may end while the first writes
        throw Interrupted(concat("interrupted at step ", step_, " of ", options_.steps,
                                 context_.checkpoint_path.empty() ? "" : "; continue with --resume"));
      }
      if (due(options_.checkpoint_every, step_)) save();
    }
    if (!best_.empty()) load_parameters(task_.parameters, Checkpoint{best_, {}, {}});
    save();
  }

 private:
  /// Seconds, those before an interruption included.
  double elapsed() const { return elapsed_before_ + since_start_.seconds(); }

  void take_step(Progress& progress) {
    const double rate = options_.learning_rate * rate_factor(options_.schedule, step_, options_.steps);
    optimizer_->clear_grads();
    const double value = find_gradients();
    optimizer_->step(rate);
    ++step_;

    TrainingRecord record{step_, value, rate, std::numeric_limits<double>::quiet_NaN(), elapsed()};
    const bool last = step_ == options_.steps;
    if (task_.validation && options_.validate_every > 0 && (last || due(options_.validate_every, step_))) {
      record.validation_loss = validate();
    }
    if (context_.record &&
        (due(options_.log_every, step_) || step_ == 1 || last || !std::isnan(record.validation_loss))) {
      context_.record(record);
    }
    char note[64];
    std::snprintf(note, sizeof note, "loss %.3e  rate %.1e", value, rate);
    progress.update(step_, note);
  }

  /// The gradients of a batch, clipped, and its loss.
  double find_gradients() {
    try {
      const RankShare share = share_of_rank(options_.tiles, this_rank());
      const auto weight = static_cast<float>(share.end - share.begin) / static_cast<float>(options_.tiles);
      Variable loss = task_.loss(sampler_, share);
      const double value = sum_over_ranks(weight * static_cast<double>(loss.value()[0]));
      if (!std::isfinite(value)) stop_over_value("the loss", step_ + 1);
      loss.backward(Tensor::from(loss.value().shape(), {weight}),
                    [&](const Variable& leaf) { sums_.add(leaf.grad_to_add().data(), leaf.grad_to_add().size()); });
      sums_.wait();
      const double unlimited = std::numeric_limits<double>::infinity();
      const double norm = clip_gradient_norm(task_.parameters, options_.clip_norm > 0 ? options_.clip_norm : unlimited);
      if (std::isfinite(norm)) return value;
    } catch (const Anomaly& anomaly) {
      stop(concat(anomaly.what(), ", in step ", step_ + 1));
    }
    for (const Parameter& parameter : task_.parameters) {
      const Tensor& grad = parameter.value.grad();
      if (grad.defined() && !all_finite(grad)) stop_over_value("the gradient of " + parameter.name, step_ + 1);
    }
    stop_over_value("the norm of all gradients", step_ + 1);
  }

  [[noreturn]] void stop_over_value(const std::string& what, Index step) const {
    stop(concat(what, " is not finite at step ", step));
  }

  /// Ends a training that cannot go on.
  [[noreturn]] void stop(const std::string& reason) const {
    const std::string kept =
        saved_step_ == 0 ? std::string("no checkpoint had been written")
                         : concat("the last good checkpoint is ", context_.checkpoint_path, " of step ", saved_step_);
    throw Error(concat("training: ", reason, "; ", kept, "; try a smaller train.learning_rate",
                       detect_anomaly() ? "" : ", and --detect-anomaly to find the operation"));
  }

  double validate() {
    const NoGrad no_grad;
    const double loss = task_.validation();
    if (loss < best_loss_) {
      best_loss_ = loss;
      Checkpoint now_best;
      save_parameters(task_.parameters, now_best);
      best_.clear();
      for (const auto& [name, tensor] : now_best.tensors) best_[name] = tensor.clone();
    }
    return loss;
  }

  void save() {
    for (const Parameter& parameter : task_.parameters) {
      if (!all_finite(parameter.value.value())) stop_over_value(parameter.name, step_);
    }
    if (context_.checkpoint_path.empty() || this_rank() != 0) return;
    Checkpoint checkpoint;
    save_parameters(task_.parameters, checkpoint);
    for (const auto& [name, tensor] : optimizer_->memory()) checkpoint.tensors["optimizer/" + name] = tensor;
    for (const auto& [name, tensor] : best_) checkpoint.tensors["best/" + name] = tensor;
    checkpoint.state = {{"step", static_cast<std::uint64_t>(step_)},
                        {"seed", context_.seed},
                        {"sampler", sampler_.position()},
                        {"best_loss_bits", std::bit_cast<std::uint64_t>(best_loss_)},
                        {"milliseconds", static_cast<std::uint64_t>(1000 * elapsed())}};
    checkpoint.attributes["config"] = context_.config;
    save_learned_from(context_.learned_from, checkpoint);
    if (task_.describe) task_.describe(checkpoint);
    if (context_.sync_records) context_.sync_records();
    write_checkpoint(context_.checkpoint_path, checkpoint);
    saved_step_ = step_;
  }

  void restore(const Checkpoint& checkpoint) {
    const auto state = [&](const char* name) {
      const auto found = checkpoint.state.find(name);
      SPECFUSE_CHECK_AS(DataError, found != checkpoint.state.end(), context_.checkpoint_path, ": no state '", name,
                        "' to continue from");
      return found->second;
    };
    const auto config = checkpoint.attributes.find("config");
    SPECFUSE_CHECK_AS(ConfigError, config != checkpoint.attributes.end() && config->second == context_.config,
                      context_.checkpoint_path,
                      ": is of another configuration; go on with that one, or start anew without --resume");
    SPECFUSE_CHECK_AS(DataError, state("seed") == context_.seed, context_.checkpoint_path, ": expected seed ",
                      context_.seed, ", got ", state("seed"));
    SPECFUSE_CHECK_AS(DataError, state("step") <= static_cast<std::uint64_t>(options_.steps), context_.checkpoint_path,
                      ": expected at most ", options_.steps, " steps, got ", state("step"));
    best_ = checkpoint.tensors_in("best/");
    try {
      if (!best_.empty()) load_parameters(task_.parameters, {best_, {}, {}});  // only to see that it can be done
      load_parameters(task_.parameters, checkpoint);
      optimizer_->restore(checkpoint.tensors_in("optimizer/"), state("step"));
    } catch (const DataError& problem) {
      throw DataError(concat(context_.checkpoint_path, ": ", problem.what()));
    }
    best_loss_ = std::bit_cast<double>(state("best_loss_bits"));
    sampler_.seek(state("sampler"));
    step_ = saved_step_ = static_cast<Index>(state("step"));
    elapsed_before_ = static_cast<double>(state("milliseconds")) / 1000;
  }

  const TrainingTask& task_;
  const TrainOptions& options_;
  const FitContext& context_;
  std::unique_ptr<Optimizer> optimizer_;
  Rng sampler_;
  AsyncSums sums_;
  /// Steps taken, and those that the checkpoint in the file has.
  Index step_ = 0, saved_step_ = 0;
  double best_loss_ = std::numeric_limits<double>::infinity();
  std::map<std::string, Tensor> best_;
  Stopwatch since_start_;
  double elapsed_before_ = 0;
};

}  // namespace

void TrainOptions::describe(FieldVisitor& fields) {
  fields("optimizer", optimizer, Choices{"sgd", "adamw"}, Label{"optimiser"}, "`sgd` is Caffe's momentum rule.");
  fields("learning_rate", learning_rate, Range{1e-12, 1e3}, Label{"learning rate"},
         "The highest rate of the schedule.");
  fields("schedule", schedule, Choices{"constant", "cosine", "one_cycle"}, Label{"schedule of the learning rate"},
         "How the rate changes over all `steps`.");
  fields("steps", steps, Range{0, 1e9}, Label{"training steps"}, "Steps of the optimiser, a batch each.");
  fields("tile", tile, Range{1, 1024}, Label{"side of a training tile", "pixels"},
         "Side of a training tile in pixels; 1 gives independent patches as in the paper.");
  fields("tiles", tiles, Range{1, 65536}, Label{"tiles in a batch"}, "Tiles in a batch.");
  fields("weight_decay", weight_decay, Range{0, 10}, Label{"weight decay"}, "On weights, not on biases.");
  fields("momentum", momentum, Range{0, 1}, Label{"momentum"}, OnlyWith{"optimizer=sgd"}, "Of the gradients.");
  fields("bias_rate", bias_rate, Range{0, 100}, OnlyWith{"optimizer=sgd"},
         "Rate of biases as a multiple of that of weights.");
  fields("clip_norm", clip_norm, Range{0, 1e9}, Label{"limit of the gradient's norm"},
         "Limit of the norm of all gradients together; 0: none.");
  fields("init", init, Choices{"he", "gaussian"}, Label{"initial weights"}, "Initial weights; biases start at 0.");
  fields("conv_deviation", conv_deviation, Range{0, 10}, OnlyWith{"init=gaussian"},
         "Standard deviation of the initial weights of convolutions.");
  fields("fc_deviation", fc_deviation, Range{0, 10}, OnlyWith{"init=gaussian"}, "The same of fully connected layers.");
  fields("checkpoint_every", checkpoint_every, Range{0, 1e9}, "Steps between checkpoints; 0: at the end only.");
  fields("validate_every", validate_every, Range{0, 1e9},
         "Steps between validations, where the protocol has a validation part; 0: never.");
  fields("log_every", log_every, Range{0, 1e9}, "Steps between lines of `log.jsonl`; 0: never.");
}

void check_ranks(const TrainOptions& options) {
  SPECFUSE_CHECK_AS(ConfigError, options.tiles >= rank_count(), "train.tiles: expected at least one for each of ",
                    rank_count(), " ranks, got ", options.tiles);
}

void initialize(const std::vector<Parameter>& parameters, const TrainOptions& options, std::uint64_t seed) {
  for (const Parameter& parameter : parameters) {
    Tensor tensor = parameter.value.value();
    if (parameter.role != Role::weight || parameter.starts_at_zero) {
      std::fill_n(tensor.data(), tensor.size(), parameter.role == Role::gain ? 1.0f : 0.0f);
      continue;
    }
    Rng rng(seed, stream_of("init " + parameter.name));
    if (options.init == "he") {
      init_he(tensor, rng);
    } else {
      init_gaussian(tensor, tensor.shape().rank() > 2 ? options.conv_deviation : options.fc_deviation, rng);
    }
  }
}

void train(const TrainingTask& task, const TrainOptions& options, const FitContext& context) {
  SPECFUSE_CHECK(options.tiles >= rank_count(), "train: expected a tile for each rank");
  Training(task, options, context).run();
}

void save_parameters(const std::vector<Parameter>& parameters, Checkpoint& checkpoint) {
  for (const Parameter& parameter : parameters) checkpoint.tensors["model/" + parameter.name] = parameter.value.value();
}

void load_parameters(const std::vector<Parameter>& parameters, const Checkpoint& checkpoint) {
  for (const Parameter& parameter : parameters) {
    const Tensor& found = checkpoint.tensor("model/" + parameter.name);
    SPECFUSE_CHECK_AS(DataError, found.shape() == parameter.value.shape(), "checkpoint: expected 'model/",
                      parameter.name, "' of shape ", parameter.value.shape().text(), ", got ", found.shape().text());
    Tensor to = parameter.value.value();
    std::copy_n(found.data(), to.size(), to.data());
  }
}

}  // namespace specfuse
