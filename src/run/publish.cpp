#include "run/publish.h"

#include <filesystem>

#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/io/file.h"
#include "specfuse/io/png.h"
#include "specfuse/io/scene.h"
#include "specfuse/report/environment.h"
#include "specfuse/report/page.h"

namespace specfuse {
namespace {

void write_figures(const Report& report, const Output& output) {
  for (const FigureGroup& group : report.groups) {
    for (const Figure& figure : group.figures) {
      const std::string stem = output.staged("figures/" + figure.name);
      if (figure.image.rows > 0) write_text_atomically(stem + ".png", encode_png(figure.image));
      if (!figure.svg.empty()) write_text_atomically(stem + ".svg", figure.svg);
    }
  }
}

}  // namespace

void write_fusion(const Fusion& fusion, const std::vector<FitContext>& fits, const Output& output) {
  const FitContext& context = fits.back();
  write_cube(output.staged(context.label + "/fused.h5"), fusion.fused);
  const std::string path = output.staged(context.label + "/checkpoint.h5");
  if (fits.size() > 1 && std::filesystem::exists(fits.front().checkpoint_path)) {
    copy_file(fits.front().checkpoint_path, output.staged(context.label + "/pretrained.h5"));
  }
  // A long fit has written its own, with all that is needed to go on.
  if (std::filesystem::exists(context.checkpoint_path)) {
    copy_file(context.checkpoint_path, path);
  } else if (!fusion.checkpoint.tensors.empty()) {
    Checkpoint checkpoint = fusion.checkpoint;
    checkpoint.attributes["config"] = context.config;
    write_checkpoint(path, checkpoint);
  }
}

void write_results(const Results& results, const std::vector<FigureGroup>& figures, const std::string& log,
                   Output& output) {
  const Table scores = score_table(results), significance = significance_table(results);
  const auto below = [&](std::string (*written)(const Table&)) {
    return significance.rows.empty() ? std::string() : concat("\n", written(significance));
  };
  const Report report = make_report(results, figures);
  write_text_atomically(output.staged("config.json"), config_text(results.config));
  write_text_atomically(output.staged("environment.json"), environment_text());
  if (profiling()) write_text_atomically(output.staged("profile.json"), profile_trace());
  write_text_atomically(output.staged("metrics.json"), metrics_json(results));
  write_text_atomically(output.staged("metrics.csv"), table_csv(scores));
  write_text_atomically(output.staged("table.md"), table_markdown(scores) + below(table_markdown));
  write_text_atomically(output.staged("table.tex"), table_latex(scores) + below(table_latex));
  write_text_atomically(output.staged("report.html"), report_html(report));
  write_text_atomically(output.staged("log.jsonl"), log);
  output.add_folder("figures");
  write_figures(report, output);
  output.publish("metrics.json");
}

}  // namespace specfuse
