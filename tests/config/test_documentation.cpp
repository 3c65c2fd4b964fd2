#include <doctest/doctest.h>

#include "specfuse/config/documentation.h"
#include "specfuse/config/listing.h"
#include "specfuse/core/error.h"

using namespace specfuse;

TEST_CASE("documentation: what stands between the marks is made anew, the rest stays") {
  const std::string text = "before\n<!-- generated: scene formats -->\nstale\n\n<!-- end -->\nbehind\n";
  const std::string made = with_documentation(text, "a.md");
  CHECK(
      made.starts_with("before\n<!-- generated: scene formats -->\n\n| format | what it is |\n|---|---|\n| `enmap` |"));
  CHECK(made.ends_with("|\n\n<!-- end -->\nbehind\n"));
  CHECK(with_documentation(made, "a.md") == made);
}

TEST_CASE("documentation: an unknown part and a missing end are refused by file and name") {
  CHECK_THROWS_WITH_AS(with_documentation("<!-- generated: method -->\n<!-- end -->\n", "a.md"),
                       doctest::Contains("a.md: <!-- generated: method -->: expected one of data, "), ConfigError);
  CHECK_THROWS_WITH_AS(with_documentation("<!-- generated: data -->\n", "a.md"),
                       doctest::Contains("a.md: <!-- generated: data -->: expected <!-- end --> after it, got none"),
                       ConfigError);
}

TEST_CASE("listing: one name shows what it is, with its options; an unknown one is refused") {
  CHECK(listing_text("cnmf").starts_with("cnmf: coupled non-negative matrix factorisation (Yokoya"));
  CHECK(listing_text("cnmf").find("  rounds: integer, default 4, 1 - 1000\n      Rounds of") != std::string::npos);
  CHECK(listing_text("conv1d").find("  activation: text, default relu, one of none, relu\n") != std::string::npos);
  CHECK(listing_text("ergas").starts_with("ergas: lower is better\n  100 / ratio"));
  CHECK_THROWS_WITH_AS(listing_text("gas"), doctest::Contains("--list: expected the name"), ConfigError);
}
