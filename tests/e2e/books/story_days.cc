#include "tests/e2e/books/story_days.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/document_note.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tests/e2e/child_process.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::e2e {

void StoryDays::SetUp() {
  LedgerDays::SetUp();
  for (const char* who : {"shop", "auditor"}) {
    File(absl::StrCat(who, ".token"), absl::StrCat("token-", who, "\n"));
  }
  Do(Operator(), &RulesStub::SetPublisherKey,
     absl::StrCat("request_id: 'publisher' participant: 'participants/operator' verifier_key: '",
                  signing::FormatVerifierKey(signing::DemoSigner()), "'"));
}

std::string StoryDays::Run(int status, std::vector<std::string> arguments,
                           const std::string& who) const {
  const std::string said = testing::PrintToString(arguments);
  std::vector<std::string> all = {"--lang", "en", "--address", address_};
  if (!who.empty()) {
    all.insert(all.end(), {"--token-file", scratch_ / (who + ".token")});
  }
  all.insert(all.end(), arguments.begin(), arguments.end());
  const ProgramResult ran = RunProgram("tanhui", all, std::chrono::seconds(120));
  EXPECT_EQ(ran.status, status) << said << ": " << ran.output;
  return ran.output;
}

nlohmann::json StoryDays::Import(const std::string& file, const std::string& rejects) const {
  const std::string output =
      Run(0, {"--json", "import", file, "--format", "acts", "--acts", "--budget", "demo",
              "--evidence-source", "orders", "--district", "500103", "--reject-file", rejects});
  auto totals = nlohmann::json::parse(
      output.substr(std::min(output.find("{\"lines\""), output.size())), nullptr, false);
  EXPECT_FALSE(totals.is_discarded()) << output;
  return totals;
}

void StoryDays::Publish(v1::DocumentKind kind, const google::protobuf::Message& document) const {
  const auto* fields = document.GetReflection();
  const auto* type = document.GetDescriptor();
  v1::PublishDocumentRequest request;
  request.set_request_id(FreshId());
  request.set_kind(kind);
  request.set_document(document.SerializeAsString());
  signing::DocumentTitle title;
  title.kind = std::string(signing::DocumentKindWord(static_cast<entry::v1::DocumentKind>(kind)));
  title.code = fields->GetString(document, type->FindFieldByName("code"));
  title.version = fields->GetUInt32(document, type->FindFieldByName("version"));
  title.first_date = fields->GetString(document, type->FindFieldByName("first_date"));
  title.sha256 = merkle::Sha256(request.document());
  const auto note = signing::SignDocumentNote(title, signing::DemoSigner());
  ASSERT_TRUE(note.ok()) << note.status();
  request.set_note(*note);
  const auto published = Operator().Call(&RulesStub::PublishDocument, request);
  ASSERT_TRUE(published.ok()) << title.code << ": " << published.status.error_message();
}

void StoryDays::PublishRules(std::string_view rules) const {
  const std::string text = absl::StrCat(
      "code: 'chongqing' version: 1 first_date: '2027-01-01' display_name: '重庆' "
      "city: 'chongqing' districts { code: 500103 name: '渝中区' } "
      "points_for_grams { points: 1 grams: 10 } late_days: 7 resubmit_days: 7 max_age_days: 60 "
      "unclaimed_days: 30 grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 } ",
      std::string(rules));
  Publish(v1::DOCUMENT_KIND_RULE_SET,
          Parsed<entry::v1::RuleSet>(absl::StrReplaceAll(
              text, {{"{source}", "source { mark: SOURCE_MARK_ASSUMED text: 'story' }"}})));
}

v1::LogEntry StoryDays::EntryAt(std::uint64_t index) const {
  return Do(Operator(), &LogStub::GetEntry, absl::StrCat("index: ", index)).entry();
}

std::int64_t StoryDays::BalanceOfUser(const std::string& user) const {
  return Do(Operator(), &AccountsStub::GetAccount,
            absl::StrCat("platform_user_id: '", user, "' asset: 'assets/points'"))
      .account()
      .available();
}

}  // namespace tanhui::e2e
