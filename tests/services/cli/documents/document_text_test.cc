// Documents as YAML and as text format: what is read, and how errors name the place.
#include "services/cli/documents/document_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "google/protobuf/util/message_differencer.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tanhui/v1/campaigns.pb.h"

namespace tanhui::cli {
namespace {

using entry::v1::RuleSet;
using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;

constexpr std::string_view kRules = R"(# A comment.
code: "here"
version: 1
first_date: 2027-01-01
points_for_grams: {points: 1, grams: 10}
districts:
  - {code: 500103, name: 渝中区}
grades: [{grade: declared, percent: 50}]
rules:
  - scenario: metro_ride
    unit: metre
    measure: MEASURE_STATIONS
    rates:
      - grams: 46.70
        per: 1000
        source: {mark: verified, text: 'a "public" source: no'}
    categories: [a, b]
    needs_serial: true
  - scenario: dining
    off: no source
caps:
  - {code: c, scenarios: [metro_ride], period: day, counted: acts, most: 18446744073709551615}
)";

RuleSet Read(std::string_view yaml) {
  RuleSet rules;
  const absl::Status read = ReadDocumentText("rules.yaml", yaml, &rules);
  EXPECT_TRUE(read.ok()) << read;
  return rules;
}

TEST(DocumentText, ReadsEveryFormOfField) {
  const RuleSet rules = Read(kRules);
  EXPECT_EQ(rules.code(), "here");
  EXPECT_EQ(rules.first_date(), "2027-01-01");
  EXPECT_EQ(rules.points_for_grams().grams(), 10U);
  ASSERT_EQ(rules.districts_size(), 1);
  EXPECT_EQ(rules.districts(0).code(), 500103U);
  EXPECT_EQ(rules.districts(0).name(), "渝中区");
  EXPECT_EQ(rules.grades(0).grade(), entry::v1::EVIDENCE_GRADE_DECLARED);
  ASSERT_EQ(rules.rules_size(), 2);
  const entry::v1::Rule& ride = rules.rules(0);
  EXPECT_EQ(ride.unit(), entry::v1::UNIT_METRE);
  EXPECT_EQ(ride.measure(), entry::v1::MEASURE_STATIONS);
  EXPECT_EQ(ride.rates(0).grams(), "46.70") << "a decimal stays the text that it is";
  EXPECT_EQ(ride.rates(0).source().mark(), entry::v1::SOURCE_MARK_VERIFIED);
  EXPECT_EQ(ride.rates(0).source().text(), "a \"public\" source: no");
  EXPECT_THAT(ride.categories(), testing::ElementsAre("a", "b"));
  EXPECT_TRUE(ride.needs_serial());
  EXPECT_EQ(rules.rules(1).off(), "no source");
  EXPECT_EQ(rules.caps(0).most(), 18446744073709551615U);
}

TEST(DocumentText, ReadsTimesBytesAndNumbersBelowZero) {
  v1::CreateCampaignRequest request;
  const absl::Status read = ReadDocumentText("campaign.yaml", R"(campaign_id: autumn
terms:
  face_fen: -9223372036854775808
  stock: 10
  issue_first_time: 2027-01-05 10:00:00
  issue_last_time: "2027-01-05T10:00:00.5+08:00"
  seed_sha256: 00fF
  return_policy: withdraw
  funders: [{budget: district, permille: 600}]
)",
                                             &request);
  ASSERT_TRUE(read.ok()) << read;
  const v1::CampaignTerms& terms = request.terms();
  EXPECT_EQ(terms.face_fen(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(terms.issue_first_time().seconds(), 1'799'114'400);
  EXPECT_EQ(terms.issue_last_time().nanos(), 500'000'000);
  EXPECT_EQ(terms.seed_sha256(), std::string("\0\xff", 2));
  EXPECT_EQ(terms.return_policy(), v1::RETURN_POLICY_WITHDRAW);
  v1::CreateCampaignRequest again;
  ASSERT_TRUE(ReadDocumentText("again.yaml", DocumentYaml(request), &again).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(request, again)) << DocumentYaml(request);
}

TEST(DocumentText, TellsOfBadTimesBytesAndNumbers) {
  v1::CreateCampaignRequest request;
  const absl::Status read = ReadDocumentText("campaign.yaml", R"(terms:
  face_fen: 1.5
  ceiling_fen: 9223372036854775808
  issue_first_time: tomorrow
  issue_last_time: [2027-01-05 10:00:00]
  seed_sha256: abc
)",
                                             &request);
  EXPECT_THAT(std::vector<std::string>(absl::StrSplit(read.message(), '\n')),
              testing::ElementsAre(
                  HasSubstr("campaign.yaml:2: terms.face_fen: `1.5` is no whole number"),
                  HasSubstr("campaign.yaml:3: terms.ceiling_fen: "),
                  HasSubstr("campaign.yaml:4: terms.issue_first_time: 'tomorrow' is no time"),
                  HasSubstr("campaign.yaml:5: terms.issue_last_time: needs one value"),
                  HasSubstr("campaign.yaml:6: terms.seed_sha256: `abc` is no hexadecimal")));
}

TEST(DocumentText, WhatItWritesReadsBackEqual) {
  RuleSet rules = Read(kRules);
  entry::v1::Rule* odd = rules.add_rules();
  for (const char* text :
       {"null", "~",   "true", "- a", "a: b", "#",  "two\nlines", " space ", "é😀", "'", "\"",
        "{",    "[x]", "0x10", "&a",  "*a",   "!t", "%",          "@",       "`",  ""}) {
    odd->add_categories(text);
  }
  odd->set_off("~");
  odd->mutable_points_for_grams();
  const std::string yaml = DocumentYaml(rules);
  const RuleSet back = Read(yaml);
  EXPECT_TRUE(MessageDifferencer::Equals(rules, back)) << yaml;
  EXPECT_EQ(DocumentBytes(rules), DocumentBytes(back));
  EXPECT_THAT(yaml, HasSubstr("unit: metre\n"));
}

TEST(DocumentText, BytesReadBack) {
  const RuleSet rules = Read(kRules);
  RuleSet back;
  ASSERT_TRUE(ReadDocumentBytes(DocumentBytes(rules), &back).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(rules, back));
  EXPECT_FALSE(ReadDocumentBytes("\x0a\xff", &back).ok());
}

TEST(DocumentText, ReadsTextFormat) {
  RuleSet rules;
  ASSERT_TRUE(
      ReadDocumentText("a.textproto", "code: 'x' # a comment\nrules { unit: UNIT_STEP }", &rules)
          .ok());
  EXPECT_EQ(rules.rules(0).unit(), entry::v1::UNIT_STEP);
  const absl::Status wrong = ReadDocumentText("a.textproto", "code: 'x'\nnonsense: 1\n", &rules);
  EXPECT_THAT(std::string(wrong.message()), testing::StartsWith("a.textproto:2: "));
  EXPECT_THAT(std::string(wrong.message()), HasSubstr("nonsense"));
}

TEST(DocumentText, ErrorsNameFileLineAndPath) {
  struct Case {
    std::string yaml;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"code: a\nspeed: 1\n", "f.yaml:2: `speed` is not known here; known are code, version, "},
      {"rules:\n  - scenario: a\n    unti: metre\n",
       "f.yaml:3: rules[0]: `unti` is not known here; known are scenario, "},
      {"rules:\n  - scenario: a\n  - unit: mile\n",
       "f.yaml:3: rules[1].unit: `mile` is none of time, metre, step, gram, item, watt_hour"},
      {"rules:\n  - unit: unspecified\n", "f.yaml:2: rules[0].unit: `unspecified` is none of"},
      {"code: a\ncode: b\n", "f.yaml:2: code: stands here twice; keep one of them"},
      {"code:\n", "f.yaml:1: code: has no value; give it one or take the line out"},
      {"version: -1\n", "f.yaml:1: version: `-1` is no whole number from 0 to 4294967295"},
      {"version: 1.0\n", "f.yaml:1: version: `1.0` is no whole number"},
      {"version: 4294967296\n", "f.yaml:1: version: `4294967296` is no whole number"},
      {"version: 0x1\n", "f.yaml:1: version: `0x1` is no whole number"},
      {"version: ''\n", "f.yaml:1: version: `` is no whole number"},
      {"rules: [{needs_serial: yes}]\n",
       "f.yaml:1: rules[0].needs_serial: `yes` is neither true nor false"},
      {"rules: {scenario: a}\n", "f.yaml:1: rules: needs a list"},
      {"code: [a]\n", "f.yaml:1: code: needs one value, not a list"},
      {"rules:\n- scenario: a\n  rates:\n  - source: here\n",
       "f.yaml:4: rules[0].rates[0].source: needs names with values"},
      {"rules: [a]\n", "f.yaml:1: rules[0]: needs names with values"},
      {"rules: [~]\n", "f.yaml:1: rules[0]: needs names with values"},
      {"- a\n", "f.yaml:1: needs names with values"},
      {"", "f.yaml:1: is empty"},
      {"code: a\n---\ncode: b\n", "f.yaml:1: holds more than one document"},
      {"code: a\n  version: 1\n", "f.yaml:2: is no YAML: "},
      {"code: \"a\n", "f.yaml:1: is no YAML: "},
      {"code: *nowhere\n", "f.yaml:1: is no YAML: "},
      {"code: \xff\n", "f.yaml: is not UTF-8 text"},
  };
  for (const Case& wrong : cases) {
    RuleSet rules;
    const absl::Status read = ReadDocumentText("f.yaml", wrong.yaml, &rules);
    ASSERT_FALSE(read.ok()) << wrong.yaml;
    EXPECT_THAT(std::string(read.message()), testing::StartsWith(wrong.message)) << wrong.yaml;
  }
}

TEST(DocumentText, AllErrorsAreTold) {
  RuleSet rules;
  const absl::Status read = ReadDocumentText(
      "f.yaml", "speed: 1\nversion: x\nrules:\n- unit: mile\n- scenario: a\n  unti: 1\n", &rules);
  const std::vector<std::string> lines = absl::StrSplit(read.message(), '\n');
  EXPECT_THAT(lines, testing::ElementsAre(testing::StartsWith("f.yaml:1: `speed`"),
                                          testing::StartsWith("f.yaml:2: version: `x`"),
                                          testing::StartsWith("f.yaml:4: rules[0].unit: `mile`"),
                                          testing::StartsWith("f.yaml:6: rules[1]: `unti`")));
  std::string many;
  for (int i = 0; i < 60; ++i) {
    many += "field" + std::to_string(i) + ": 1\n";
  }
  const std::vector<std::string> most =
      absl::StrSplit(ReadDocumentText("f.yaml", many, &rules).message(), '\n');
  EXPECT_EQ(most.size(), 50U);
}

TEST(DocumentText, KindsHaveNamesAndTypes) {
  for (const auto kind :
       {entry::v1::DOCUMENT_KIND_RULE_SET, entry::v1::DOCUMENT_KIND_CATALOGUE,
        entry::v1::DOCUMENT_KIND_STATION_TABLE, entry::v1::DOCUMENT_KIND_MATERIAL_TABLE}) {
    const auto document = NewDocument(kind);
    EXPECT_EQ(DocumentKindOf(*document), kind);
    EXPECT_EQ(DocumentKindNamed(DocumentKindName(kind)), kind);
    SetDocumentHead({.code = "c", .version = 7, .first_date = "2027-01-01", .display_name = "n"},
                    document.get());
    const DocumentHead head = DocumentHeadOf(*document);
    EXPECT_EQ(head.code, "c");
    EXPECT_EQ(head.version, 7U);
    EXPECT_EQ(head.first_date, "2027-01-01");
    EXPECT_EQ(head.display_name, "n");
  }
  EXPECT_EQ(DocumentKindNamed("song"), std::nullopt);
  EXPECT_EQ(DocumentKindName(entry::v1::DOCUMENT_KIND_UNSPECIFIED), "");
}

TEST(DocumentText, NamesTheFileThatIsMissing) {
  RuleSet rules;
  EXPECT_THAT(std::string(ReadDocumentFile("no/such.yaml", &rules).message()),
              HasSubstr("no/such.yaml"));
}

}  // namespace
}  // namespace tanhui::cli
