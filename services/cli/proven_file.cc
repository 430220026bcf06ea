#include "services/cli/proven_file.h"

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/core/ledger.h"
#include "ledger/core/request_id.h"
#include "ledger/signing/receipt.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/screen/answer_text.h"

namespace tanhui::cli {
namespace {

constexpr std::string_view kReceiptStart = "c2sp.org/tlog-proof@";

// The set member of the oneof `body`, or nullptr.
const google::protobuf::FieldDescriptor* BodyOf(const entry::v1::Entry& entry) {
  const auto* body = entry.GetDescriptor()->FindOneofByName("body");
  return entry.GetReflection()->GetOneofFieldDescriptor(entry, body);
}

absl::StatusOr<entry::v1::Entry> EntryOf(const std::string& leaf) {
  entry::v1::Entry entry;
  if (!entry.ParseFromString(leaf)) {
    return absl::InvalidArgumentError("the leaf is no log entry");
  }
  if (entry.format() != kEntryFormat || BodyOf(entry) == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("the leaf is an entry of format ", entry.format(),
                     ", which this program does not know: use a newer one"));
  }
  return entry;
}

std::string HexOf(std::string_view bytes) {
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

// The field's name of a body, such as file_record; `checkpoint` for a bare checkpoint.
std::string KindOf(const ProvenFile& proven) {
  return proven.index ? BodyOf(proven.entry)->name() : "checkpoint";
}

// The importer's receipt file (回执): totals by scenario and by reason.
void AddFileFacts(const entry::v1::FileRecord& file, FactList* facts) {
  facts->Add("file id", file.file_id());
  facts->Add("sha256", HexOf(file.sha256()));
  facts->Add("period", absl::StrCat(FormatDate(BusinessDate(file.period_start())), " to ",
                                    FormatDate(BusinessDate(file.period_end()))));
  facts->Add("lines", Grouped(static_cast<std::int64_t>(file.lines())));
  for (const entry::v1::AwardedLines& awarded : file.awarded()) {
    facts->Add(absl::StrCat("awarded ", awarded.scenario()),
               Grouped(static_cast<std::int64_t>(awarded.awards())));
  }
  for (const entry::v1::RefusedLines& refused : file.refused()) {
    facts->Add(absl::StrCat("refused ", refused.reason()),
               Grouped(static_cast<std::int64_t>(refused.lines())));
  }
  facts->Add("points", Grouped(file.points()));
  if (!file.supersedes_file_id().empty()) {
    facts->Add("supersedes", file.supersedes_file_id());
  }
}

// What moved and what stood after it, then each lot that changed.
void AddPosting(const entry::v1::Posting& posting, FactList* facts) {
  std::string after =
      absl::StrCat(Signed(posting.amount()), ", then ", Grouped(posting.balance_after()));
  if (posting.held_after() != 0) {
    absl::StrAppend(&after, ", held ", Grouped(posting.held_after()));
  }
  if (posting.debt_after() != 0) {
    absl::StrAppend(&after, ", debt ", Grouped(posting.debt_after()));
  }
  facts->Add(absl::StrCat("account no. ", posting.account()), after);
  for (const entry::v1::LotPart& lot : posting.lots()) {
    const Month month(static_cast<std::uint16_t>(lot.expiry_month()));
    facts->Add("lot", absl::StrCat(
                          Signed(lot.points()),
                          month == kNever ? " for ever" : " until " + FormatDate(LastDayOf(month)),
                          ", ", Signed(lot.grams()), " gCO2e, scheme no. ", lot.scheme(),
                          ", funder no. ", lot.funder()));
  }
}

void AddEntryFacts(const entry::v1::Entry& entry, FactList* facts) {
  facts->Add("recorded", TimeText(LedgerTime(entry.recorded_micros())));
  facts->Add("business date", FormatDate(BusinessDate(entry.business_date())));
  facts->Add("accounting date", FormatDate(BusinessDate(entry.accounting_date())));
  if (entry.caller() != 0) {
    facts->Add("caller", absl::StrCat("participant no. ", entry.caller()));
  }
  if (const auto id = RequestId::FromStored(entry.request_id())) {
    facts->Add("request id", id->text());
  }
  if (entry.has_file_record()) {
    AddFileFacts(entry.file_record(), facts);
  } else {
    AddFacts(entry.GetReflection()->GetMessage(entry, BodyOf(entry)), facts);
  }
  for (const entry::v1::Posting& posting : entry.postings()) {
    AddPosting(posting, facts);
  }
}

}  // namespace

absl::StatusOr<ProvenFile> Prove(std::string_view text,
                                 std::span<const signing::NamedVerifier> keys) {
  ProvenFile proven;
  if (!text.starts_with(kReceiptStart)) {
    absl::StatusOr<signing::Checkpoint> checkpoint = signing::OpenCheckpoint(text, keys);
    if (!checkpoint.ok()) {
      return checkpoint.status();
    }
    proven.checkpoint = *std::move(checkpoint);
    return proven;
  }
  const absl::StatusOr<signing::VerifiedReceipt> receipt = signing::VerifyReceipt(text, keys);
  if (!receipt.ok()) {
    return receipt.status();
  }
  absl::StatusOr<entry::v1::Entry> entry = EntryOf(receipt->leaf);
  if (!entry.ok()) {
    return entry.status();
  }
  proven.checkpoint = receipt->checkpoint;
  proven.index = receipt->index;
  proven.entry = *std::move(entry);
  return proven;
}

absl::StatusOr<signing::NamedVerifier> ReadVerifierKey(const std::string& key_or_file) {
  absl::StatusOr<signing::NamedVerifier> key = signing::ParseVerifierKey(key_or_file);
  if (key.ok()) {
    return key;
  }
  const absl::StatusOr<std::string> text = ReadWholeFile(key_or_file);
  if (!text.ok()) {
    // A key has two plus signs; a file's name hardly ever.
    return key_or_file.find('+') == std::string::npos ? text.status() : key.status();
  }
  return signing::ParseVerifierKey(*text);
}

std::string ProvenText(const ProvenFile& proven) {
  FactList facts;
  if (proven.index) {
    facts.Add("index", std::to_string(*proven.index));
  }
  facts.Add("what", absl::StrReplaceAll(KindOf(proven), {{"_", " "}}));
  if (proven.index) {
    AddEntryFacts(proven.entry, &facts);
  }
  facts.Add("log origin", proven.checkpoint.origin);
  facts.Add("log size", std::to_string(proven.checkpoint.size));
  facts.Add("log root", HexOf(proven.checkpoint.root.view()));
  return facts.Text() + "verified\n";
}

std::string ProvenJson(const ProvenFile& proven) {
  nlohmann::ordered_json json;
  json["verified"] = true;
  json["kind"] = KindOf(proven);
  if (proven.index) {
    json["index"] = *proven.index;
  }
  json["origin"] = proven.checkpoint.origin;
  json["size"] = proven.checkpoint.size;
  json["root"] = HexOf(proven.checkpoint.root.view());
  if (proven.index) {
    json["entry"] = nlohmann::ordered_json::parse(JsonLine(proven.entry));
  }
  return json.dump() + "\n";
}

std::string UnprovenJson(const absl::Status& why) {
  nlohmann::ordered_json json;
  json["verified"] = false;
  json["error"] = std::string(why.message());
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tanhui::cli
