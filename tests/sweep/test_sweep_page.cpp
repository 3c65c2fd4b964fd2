#include <doctest/doctest.h>

#include "specfuse/report/report_html.h"
#include "support/text.h"
#include "sweep/sweep_example.h"
#include "sweep/sweep_figures.h"
#include "sweep/sweep_page.h"

using namespace specfuse;

namespace {

ReportContent page_of(const Sweep& sweep, const std::vector<RunOutcome>& outcomes) {
  return sweep_page(sweep, outcomes, readable_table(sweep, outcomes),
                    sweep_figures(sweep, sweep_table(sweep, outcomes)));
}

/// The value of a fact; "none" where there is none.
std::string fact(const Facts& facts, const std::string& name) {
  for (const auto& [known, value] : facts.lines) {
    if (known == name) return value;
  }
  return "none";
}

}  // namespace

TEST_CASE("sweep page: it says what varies, what does not, and when it was made") {
  const Sweep sweep = parse(R"("grid": {"degrade.ratio": [2, 4], "degrade.snr_db.hsi": [null, 30]}, "seeds": [7, 9])");
  const ReportContent page = page_of(sweep, all_done(sweep));
  CHECK(page.title == "s");
  REQUIRE(page.summary.size() == 4);
  CHECK(page.summary[0] == "A sweep over ratio: 2, 4");
  CHECK(page.summary[1] == "and SNR of the HSI [dB]: noise-free, 30");
  CHECK(page.summary[2] == "8 of 8 runs done; seeds 7, 9");
  CHECK(contains(page.summary[3], " UTC, specfuse " SPECFUSE_VERSION));
  REQUIRE(page.facts.size() == 2);
  CHECK(fact(page.facts[0], "SNR of the HSI [dB]") == "noise-free, 30 (degrade.snr_db.hsi)");
  CHECK(fact(page.facts[0], "seeds") == "7, 9");
  CHECK(fact(page.facts[1], "degrade.boundary") == "symmetric");
  CHECK(fact(page.facts[1], "methods.1.name") == "gsa");
  CHECK(fact(page.facts[1], "degrade.ratio") == "none");
  CHECK(fact(page.facts[1], "degrade.psf.fwhm") == "none");  // follows the ratio
  CHECK(fact(page.facts[1], "seeds") == "none");
  REQUIRE(page.groups.size() == 2);
  CHECK(page.groups[1].title == "By SNR of the HSI");
}

TEST_CASE("sweep page: what the methods have in common stays, what one field changes does not") {
  const Sweep sweep = parse(R"("grid": {"methods.1.label": ["x", "y"]})");
  const Facts facts = page_of(sweep, all_done(sweep)).facts[1];
  CHECK(fact(facts, "methods.1.name") == "gsa");
  CHECK(fact(facts, "methods.1.label") == "none");
  CHECK(fact(facts, "methods.0.label") == "bicubic");
  CHECK(fact(facts, "seeds") == "[0]");
}

TEST_CASE("sweep page: the table has the chosen metrics, with fields and values in words") {
  const Sweep sweep = parse(R"("grid": {"degrade.snr_db.hsi": [null, 30]})");
  const ReportContent page = page_of(sweep, all_done(sweep));
  REQUIRE(page.tables.size() == 1);
  const Table& table = page.tables[0];
  CHECK(table.fields == std::vector<std::string>{"SNR of the HSI [dB]"});
  CHECK(table.rows[0].fields == std::vector<std::string>{"noise-free"});
  CHECK(table.columns.size() == 5);
  CHECK(table.rows[1].group != table.rows[2].group);
  CHECK(contains(table.caption, "of rows with the same data and degradation"));
  const ReportContent empty = page_of(sweep, std::vector<RunOutcome>(2));
  CHECK(empty.tables.empty());
  CHECK(contains(report_html(empty), "0 of 2 runs done"));
}

TEST_CASE("sweep page: every run is there, with a link to its report, and with what went wrong or is doubtful") {
  const Sweep sweep = parse(R"("grid": {"degrade.ratio": [2, 3, 4, 5]})");
  std::vector<RunOutcome> outcomes = all_done(sweep);
  outcomes[1] = {std::nullopt, "no <room>"};
  outcomes[2].results.reset();
  outcomes[0].results->warnings = outcomes[3].results->warnings = {"few pixels"};
  outcomes[3].results->methods[0].fit_seconds = 12.4;
  const ReportContent page = page_of(sweep, outcomes);
  CHECK(page.summary[1] == "2 of 4 runs done, 1 failed");
  CHECK(page.notes ==
        std::vector<std::string>{"ratio 2 (and 1 more): warning: few pixels.", "ratio 3: failed: no <room>"});
  const auto& links = page.links.at(0).links;
  REQUIRE(links.size() == 4);
  CHECK(links[0].address == "runs/" + sweep.runs[0].hash + "/report.html");
  CHECK(links[0].text == "ratio 2");
  CHECK(links[1].address.empty());
  CHECK(links[1].note == "failed");
  CHECK(links[2].note == "missing");
  CHECK(links[3].note == "12 s");
  const std::string html = report_html(page);
  CHECK(count(html, "<a href=\"runs/") == 2);
  CHECK(contains(html, concat("<a href=\"runs/", sweep.runs[3].hash, "/report.html\">ratio 5</a>")));
  CHECK(contains(html, "no &lt;room&gt;"));
  CHECK(count(html, "http") == count(html, "xmlns=\"http://www.w3.org/2000/svg\""));
  CHECK_FALSE(contains(html, "<script"));
}
