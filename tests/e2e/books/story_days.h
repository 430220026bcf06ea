// What the stories of the books share: documents in force, the program run by somebody, the hour.
#ifndef TANHUI_TESTS_E2E_BOOKS_STORY_DAYS_H_
#define TANHUI_TESTS_E2E_BOOKS_STORY_DAYS_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/books/ledger_days.h"

namespace tanhui::e2e {

class StoryDays : public LedgerDays {
 protected:
  void SetUp() override;

  // The program puts its own time on what it asks for, long before the ledger's days here.
  static constexpr const char* kStillGood = "--not-after=1000d";

  // What the program says to `who` (shop or auditor; empty: the operator), who wants that status.
  std::string Run(int status, std::vector<std::string> arguments,
                  const std::string& who = {}) const;
  // Imports acts for budget demo; refused lines go to the file `rejects`. The totals.
  nlohmann::json Import(const std::string& file, const std::string& rejects) const;

  // Signed by the operator.
  void Publish(v1::DocumentKind kind, const google::protobuf::Message& document) const;
  // In force from 2027-01-01: set chongqing in district 500103, one point for ten grams, with these
  // rules; {source} in their text is the source of a figure.
  void PublishRules(std::string_view rules) const;

  // Of Shanghai, as YYYY-MM-DD HH:MM:SS; ahead.
  void GoTo(const std::string& time) {
    clock_.Wait(ParseShanghai(time)->value() - clock_.Wall().value());
  }
  // Path of a new file of the test's.
  std::string File(std::string_view name, std::string_view text) const {
    WriteBytes(scratch_ / name, text);
    return scratch_ / name;
  }
  v1::LogEntry EntryAt(std::uint64_t index) const;
  std::int64_t BalanceOfUser(const std::string& user) const;
};

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_BOOKS_STORY_DAYS_H_
