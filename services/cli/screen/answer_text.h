// Answers of the ledger as text for people.
#ifndef TANHUI_SERVICES_CLI_SCREEN_ANSWER_TEXT_H_
#define TANHUI_SERVICES_CLI_SCREEN_ANSWER_TEXT_H_

#include <string>

#include "google/protobuf/message.h"
#include "ledger/core/business_time.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/accounts.pb.h"
#include "tanhui/v1/log.pb.h"
#include "tanhui/v1/points.pb.h"

namespace tanhui::cli {

// One line of protobuf JSON with the fields' own names, default values included.
std::string JsonLine(const google::protobuf::Message& message);

// Any message as names and values, nested messages flattened: times in Asia/Shanghai, bytes in
// hexadecimal, enum values without their type's name. Empty texts are left out.
std::string AnswerText(const google::protobuf::Message& message);
void AddFacts(const google::protobuf::Message& message, FactList* facts);

// YYYY-MM-DD HH:MM:SS +08:00.
std::string TimeText(LedgerTime time);

// ENTRY_KIND_AWARD as award.
std::string KindName(v1::EntryKind kind);
// The other way round; UNSPECIFIED when no kind is called so.
v1::EntryKind KindNamed(std::string_view name);

// How to go on; empty on the last page.
std::string NextPage(const std::string& token);

// These are tables.
std::string LogText(const v1::ListLogEntriesResponse& page);
std::string AwardResultsText(const v1::BatchAwardRequest& requests,
                             const v1::BatchAwardResponse& results);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_SCREEN_ANSWER_TEXT_H_
