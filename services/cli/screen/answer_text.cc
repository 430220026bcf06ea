#include "services/cli/screen/answer_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "ledger/core/check.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/client/request_stamp.h"

namespace tanhui::cli {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string TimestampText(const google::protobuf::Timestamp& time) {
  return TimeText(FromTimestamp(time));
}

// ENTRY_KIND_ACCOUNT_OPENING of the enum EntryKind as `account opening`.
std::string EnumText(const EnumValueDescriptor* value) {
  const std::string& type = value->type()->name();
  std::string prefix;
  for (std::size_t i = 0; i < type.size(); ++i) {
    if (i > 0 && absl::ascii_isupper(static_cast<unsigned char>(type[i]))) {
      prefix.push_back('_');
    }
    prefix.push_back(absl::ascii_toupper(static_cast<unsigned char>(type[i])));
  }
  std::string name = value->name();
  if (name.starts_with(prefix + "_")) {
    name.erase(0, prefix.size() + 1);
  }
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", " "}});
}

std::string ScalarText(const Message& message, const FieldDescriptor* field, int at) {
  const Reflection* reflection = message.GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
      return Grouped(repeated ? reflection->GetRepeatedInt64(message, field, at)
                              : reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(repeated ? reflection->GetRepeatedUInt64(message, field, at)
                                     : reflection->GetUInt64(message, field));
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(repeated ? reflection->GetRepeatedInt32(message, field, at)
                                     : reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(repeated ? reflection->GetRepeatedUInt32(message, field, at)
                                     : reflection->GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (repeated ? reflection->GetRepeatedBool(message, field, at)
                       : reflection->GetBool(message, field))
                 ? "yes"
                 : "no";
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(repeated ? reflection->GetRepeatedEnum(message, field, at)
                               : reflection->GetEnum(message, field));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = repeated ? reflection->GetRepeatedString(message, field, at)
                                  : reflection->GetString(message, field);
      return field->type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(text) : text;
    }
    default:
      return "?";  // the API has no other types
  }
}

// 350000 as 0.35, -1250000 as -1.25.
std::string MillionthsText(std::int64_t millionths) {
  constexpr std::uint64_t kMillion = 1'000'000;
  const bool below = millionths < 0;
  const std::uint64_t size =
      below ? -static_cast<std::uint64_t>(millionths) : static_cast<std::uint64_t>(millionths);
  std::string rest = std::to_string(kMillion + size % kMillion);  // a 1, then six digits
  rest.erase(rest.find_last_not_of('0') + 1);
  return absl::StrCat(below ? "-" : "", Grouped(static_cast<std::int64_t>(size / kMillion)),
                      rest.size() > 1 ? "." : "", rest.substr(1));
}

// What only some answers have, and others leave at zero: an entry's index (entry 0, the genesis
// entry, is never one of these), and what only acts earn.
bool IsLeftOut(const Message& message, const FieldDescriptor* field) {
  static constexpr std::string_view kNames[] = {"entry_index",  "cancellation_index",
                                                "grams",        "expected_points",
                                                "bonus_points", "carry_millionths"};
  return !field->is_repeated() &&
         std::find(std::begin(kNames), std::end(kNames), field->name()) != std::end(kNames) &&
         ScalarText(message, field, -1) == "0";
}

void AddField(const Message& message, const FieldDescriptor* field, int at, FactList* facts) {
  if (IsLeftOut(message, field)) {
    return;
  }
  const Reflection* reflection = message.GetReflection();
  std::string name = absl::StrReplaceAll(field->name(), {{"_", " "}});
  if (field->name() == "carry_millionths") {
    facts->Add("carried", MillionthsText(reflection->GetInt64(message, field)));
    return;
  }
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    std::string text = ScalarText(message, field, at);
    if (!text.empty()) {
      facts->Add(std::move(name), std::move(text));
    }
    return;
  }
  const Message& nested = field->is_repeated() ? reflection->GetRepeatedMessage(message, field, at)
                                               : reflection->GetMessage(message, field);
  if (nested.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
    facts->Add(std::move(name),
               TimestampText(static_cast<const google::protobuf::Timestamp&>(nested)));
    return;
  }
  AddFacts(nested, facts);
}

// What a whole entry moved: the sum of what accounts gained.
std::int64_t Moved(const v1::LogEntry& entry) {
  std::int64_t moved = 0;
  for (const v1::EntryPosting& posting : entry.postings()) {
    moved += std::max<std::int64_t>(posting.amount(), 0);
  }
  return moved;
}

}  // namespace

std::string NextPage(const std::string& token) {
  return token.empty() ? "" : absl::StrCat("more: --page-token ", token, "\n");
}

std::string TimeText(LedgerTime time) { return FormatShanghai(time) + " +08:00"; }

void AddFacts(const Message& message, FactList* facts) {
  const Reflection* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->is_repeated()) {
      for (int at = 0; at < reflection->FieldSize(message, field); ++at) {
        AddField(message, field, at, facts);
      }
    } else if (!field->has_presence() || reflection->HasField(message, field)) {
      AddField(message, field, 0, facts);
    }
  }
}

std::string JsonLine(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  Check(status.ok(), "a message of our API has a JSON form");
  return json + "\n";
}

std::string AnswerText(const Message& message) {
  FactList facts;
  AddFacts(message, &facts);
  return facts.Text();
}

v1::EntryKind KindNamed(std::string_view name) {
  for (int kind = v1::EntryKind_MIN; kind <= v1::EntryKind_MAX; ++kind) {
    if (v1::EntryKind_IsValid(kind) && KindName(static_cast<v1::EntryKind>(kind)) == name) {
      return static_cast<v1::EntryKind>(kind);
    }
  }
  return v1::ENTRY_KIND_UNSPECIFIED;
}

std::string KindName(v1::EntryKind kind) {
  const EnumValueDescriptor* value = v1::EntryKind_descriptor()->FindValueByNumber(kind);
  return value == nullptr ? absl::StrCat("kind ", static_cast<int>(kind)) : EnumText(value);
}

std::string LogText(const v1::ListLogEntriesResponse& page) {
  Table table({">index", "kind", "caller", "scenario", ">moved", "business date", "recorded"});
  for (const v1::LogEntry& entry : page.entries()) {
    table.Add({std::to_string(entry.index()), KindName(entry.kind()), entry.caller(),
               entry.scenario(), Grouped(Moved(entry)), entry.business_date(),
               TimestampText(entry.record_time())});
  }
  return absl::StrCat(table.Text(), NextPage(page.next_page_token()), "as of entry ",
                      page.as_of_index(), "\n");
}

std::string AwardResultsText(const v1::BatchAwardRequest& requests,
                             const v1::BatchAwardResponse& results) {
  Table table({"request id", ">entry", ">points", ">balance", "outcome"});
  for (int i = 0; i < results.results_size() && i < requests.requests_size(); ++i) {
    const v1::AwardResult& result = results.results(i);
    if (result.has_error()) {
      table.Add(
          {requests.requests(i).request_id(), "", "", "", RefusalLine(DetailsOf(result.error()))});
      continue;
    }
    const v1::AwardResponse& award = result.award();
    table.Add({requests.requests(i).request_id(), std::to_string(award.entry_index()),
               Grouped(award.points()), Grouped(award.balance()),
               award.replayed() ? "replayed" : "awarded"});
  }
  return table.Text();
}

}  // namespace tanhui::cli
