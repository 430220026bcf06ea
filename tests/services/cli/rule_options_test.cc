// What commands of rules read off a command line and out of documents.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/cli/commands/rules/document_file.h"
#include "services/cli/commands/rules/evidence_option.h"

namespace tanhui::cli {
namespace {

TEST(EvidenceOption, NamesAndValues) {
  const auto evidence = ParseEvidence(
      "source=cq-metro,subject=a=b,device=17,time=2027-01-02 08:00:00,kind=serial,reference=f");
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  EXPECT_EQ(evidence->kind(), v1::EVIDENCE_KIND_SERIAL);
  EXPECT_EQ(evidence->subject(), "a=b");
  EXPECT_EQ(evidence->time().seconds(), 1798848000);
  EXPECT_EQ(ParseEvidence("source=s,subject=1")->kind(), v1::EVIDENCE_KIND_RECORD);
  EXPECT_EQ(ParseEvidence("source=s,subject=1,time=2027-01-02 08:00:00")->kind(),
            v1::EVIDENCE_KIND_MOMENT);
}

TEST(EvidenceOption, Faults) {
  for (const char* wrong :
       {"", "source=s", "subject=1", "source=s,subject=", "source=s,,subject=1", "source=s,subject",
        "source=s,subject=1,kind=photo", "source=s,subject=1,colour=red",
        "source=s,source=t,subject=1", "source=s,subject=1,time=noon"}) {
    const auto evidence = ParseEvidence(wrong);
    EXPECT_FALSE(evidence.ok()) << wrong;
    EXPECT_FALSE(evidence.status().message().empty());
  }
}

TEST(LinesOfPaths, FindsTheInnermostParts) {
  const std::string yaml =
      "code: a\n"
      "# a comment\n"
      "rules:\n"
      "  - scenario: x\n"
      "    rates:\n"
      "      - grams: 5\n"
      "      - {points: 7,\n"
      "         per: 0}\n"
      "caps: []\n";
  EXPECT_THAT(LinesOfPaths(yaml, {"code", "rules[0].scenario", "rules[0].rates[0].grams",
                                  "rules[0].rates[1].per", "rules[0].rates[1].source.text",
                                  "rules[9].scenario", "caps[0]"}),
              testing::ElementsAre(1U, 4U, 6U, 8U, 7U, 4U, 9U));
  EXPECT_THAT(LinesOfPaths("a: [", {"a", "b"}), testing::ElementsAre(0U, 0U));
}

}  // namespace
}  // namespace tanhui::cli
