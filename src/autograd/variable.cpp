#include "specfuse/autograd/variable.h"

#include <atomic>
#include <map>
#include <mutex>
#include <unordered_set>
#include <utility>

#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/tensor/math.h"

namespace specfuse {
namespace {

thread_local bool grad_enabled = true;
std::atomic<bool> detecting_anomaly{false};

double bytes_of(const Tensor& x) { return static_cast<double>(x.size()) * sizeof(float); }

/// What the backward pass of an operation is called in a profile.
const char* backward_name(const char* operation) {
  static std::map<std::string, std::string> names;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  return names.try_emplace(operation, std::string(operation) + " backward").first->second.c_str();
}

}  // namespace

void set_detect_anomaly(bool on) { detecting_anomaly = on; }
bool detect_anomaly() { return detecting_anomaly.load(std::memory_order_relaxed); }

NoGrad::NoGrad() : before_(std::exchange(grad_enabled, false)) {}
NoGrad::~NoGrad() { grad_enabled = before_; }

struct Variable::Node {
  Tensor value, grad;
  Shape shape;
  Layout layout = Layout::plain;
  bool requires_grad = false;
  /// Whether the operation that made it was differentiated already.
  bool freed = false;
  const char* operation = "";
  /// What the operation cost, while profiling.
  double flops = 0, bytes = 0;
  std::string name;
  std::vector<Variable> parents;
  Backward backward;

  /// Long chains are taken apart in a loop: the default would recurse once per operation.
  ~Node() {
    std::vector<Variable> waiting = release_parents();
    while (!waiting.empty()) {
      const std::shared_ptr<Node> node = std::move(waiting.back().node_);
      waiting.pop_back();
      if (!node || node.use_count() > 1) continue;
      for (Variable& parent : node->release_parents()) waiting.push_back(std::move(parent));
    }
  }

  /// Hands over the parents, and lets go of the closure that holds them too.
  std::vector<Variable> release_parents() {
    std::vector<Variable> released = std::move(parents);
    parents.clear();
    backward = nullptr;
    return released;
  }
};

Variable::Variable(Stored value, bool requires_grad) : node_(std::make_shared<Node>()) {
  node_->value = std::move(value.elements);
  node_->shape = value.shape;
  node_->layout = value.layout;
  node_->requires_grad = requires_grad;
}

Variable::Variable(Stored value, std::vector<Variable> parents, Backward backward, const char* operation)
    : Variable(std::move(value)) {
  if (detect_anomaly()) check_forward(node_->value, parents, operation);
  if (ProfileSpan* span = ProfileSpan::current()) {
    double bytes = bytes_of(node_->value);
    for (const Variable& parent : parents) bytes += bytes_of(parent.value());
    span->add_bytes(bytes);
    node_->flops = span->flops();
    node_->bytes = bytes;
  }
  if (!grad_enabled) return;
  for (const Variable& parent : parents) node_->requires_grad |= parent.requires_grad();
  if (!node_->requires_grad) return;
  node_->parents = std::move(parents);
  node_->backward = std::move(backward);
  node_->operation = operation;
}

std::string Variable::layer_of(const std::vector<Variable>& parents) {
  // The nearest named variables, generation by generation: most operations have none of their own.
  std::unordered_set<const Node*> seen;
  for (std::vector<Variable> generation = parents, before; !generation.empty(); generation = std::move(before)) {
    std::string names;
    before.clear();
    for (const Variable& variable : generation) {
      if (!seen.insert(variable.node_.get()).second) continue;
      if (!variable.node_->name.empty()) names += (names.empty() ? "" : ", ") + variable.node_->name;
      before.insert(before.end(), variable.node_->parents.begin(), variable.node_->parents.end());
    }
    if (!names.empty()) return names;
  }
  return "no named layer";
}

void Variable::check_forward(const Tensor& value, const std::vector<Variable>& parents, const char* operation) {
  if (all_finite(value)) return;
  const std::string inputs = joined(parents, [](const Variable& parent) {
    return concat(parent.shape().text(), all_finite(parent.value()) ? "" : " that is not finite itself");
  });
  throw Anomaly(concat("anomaly: the value of ", operation, " at ", layer_of(parents), " is not finite; it makes ",
                       value.shape().text(), " of ", inputs));
}

void Variable::check_backward(const Node& node) {
  for (const Variable& parent : node.parents) {
    const Tensor& grad = parent.grad();
    SPECFUSE_CHECK_AS(Anomaly, !grad.defined() || all_finite(grad), "anomaly: a gradient that ", node.operation, " at ",
                      layer_of(node.parents), " passes on is not finite; it is that of ",
                      parent.node_->name.empty() ? "its input" : parent.node_->name, " ", grad.shape().text());
  }
}

const Tensor& Variable::value() const { return node_->value; }
Tensor& Variable::value() { return node_->value; }
const Shape& Variable::shape() const { return node_->shape; }
Layout Variable::layout() const { return node_->layout; }
bool Variable::requires_grad() const { return node_->requires_grad; }
const Tensor& Variable::grad() const { return node_->grad; }
void Variable::clear_grad() { node_->grad = Tensor(); }
void Variable::set_name(const std::string& name) const { node_->name = name; }

Tensor& Variable::grad_to_add() const {
  if (!node_->grad.defined()) node_->grad = Tensor(node_->value.shape());
  return node_->grad;
}

void Variable::backward() {
  SPECFUSE_CHECK(value().size() == 1, "backward: expected a value of one element, got shape ", shape().text());
  backward(Tensor::from(value().shape(), {1.0f}));
}

void Variable::backward(const Tensor& grad, const LeafDone& leaf_done) {
  SPECFUSE_CHECK(requires_grad(), "backward: nothing here requires a gradient");
  SPECFUSE_CHECK(!node_->freed, "backward: this graph was differentiated already");
  add_scaled(grad_to_add(), grad);

  // Depth-first order without recursion: a node is listed after all its parents.
  std::vector<Variable> order;
  std::unordered_set<const Node*> seen{node_.get()};
  std::vector<std::pair<Variable, std::size_t>> path{{*this, 0}};
  while (!path.empty()) {
    auto& [variable, next] = path.back();
    if (next == variable.node_->parents.size()) {
      order.push_back(std::move(variable));
      path.pop_back();
      continue;
    }
    const Variable parent = variable.node_->parents[next++];
    SPECFUSE_CHECK(!parent.node_->freed, "backward: a part of this graph was differentiated already");
    if (parent.requires_grad() && seen.insert(parent.node_.get()).second) path.emplace_back(parent, 0);
  }

  for (; !order.empty(); order.pop_back()) {
    Node& node = *order.back().node_;
    if (!node.backward) {
      if (leaf_done) leaf_done(order.back());  // what was made of it has all been differentiated
      continue;
    }
    {
      // The gradients of the inputs and those of the weights each cost as much as the forward pass.
      const ProfileSpan span(profiling() ? backward_name(node.operation) : "", 2 * node.flops, 2 * node.bytes);
      node.backward(node.grad);
    }
    if (detect_anomaly()) check_backward(node);
    node.release_parents();
    node.grad = Tensor();
    node.freed = true;
  }
}

}  // namespace specfuse
