#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/nn/layer.h"

namespace specfuse {
namespace {

/// A convolution from an earlier layer's value straight to here, its kernel as long as all between take off together,
/// added to what the layers between made: relu(x + relu(conv(from))).
struct SkipLayer : CloneableLayer<SkipLayer> {
  std::string source = "conv1";

  void describe(FieldVisitor& fields) override { fields("from", source, "The earlier layer, by name, or `input`."); }
  std::optional<std::string> from() const override { return source; }

  LayerPlan plan(const LayerSite& site) const override {
    site.expect_no_cube();
    const Flow& from = *site.from;
    site.expect(from.kind == site.in.kind && from.kind != Flow::Kind::features && from.length >= site.in.length, "from",
                concat("a layer whose value is of the kind of ", site.in.text(), " and no shorter"), from.text());
    const Index kernel = from.length - site.in.length + 1;
    LayerPlan plan;
    plan.size_field = "from";
    plan.out = site.in;
    const bool image = from.kind == Flow::Kind::image;
    const Shape weight =
        image ? Shape{site.in.channels, from.channels, kernel, kernel} : Shape{site.in.channels, from.channels, kernel};
    plan.parameters = weight_and_bias(site.name, weight);
    plan.flops = 2.0 * static_cast<double>(weight.size() * (image ? 1 : site.in.length));
    plan.forward = [image](const LayerInputs& of) {
      const Variable skipped =
          (image ? conv2d : conv1d)(of.from, of.parameters[0], of.parameters[1], {.activation = Activation::relu});
      return add(of.x, skipped, Activation::relu);
    };
    return plan;
  }
};

}  // namespace

LayerType skip_layer() {
  return layer_type<SkipLayer>("skip", "a convolution from an earlier layer, as long as all between together, added");
}

}  // namespace specfuse
