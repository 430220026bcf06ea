#include "tests/ledger/rules/rules_ledger.h"

#include <gtest/gtest.h>

#include <array>

#include "ledger/rules/rules_book.h"
#include "tests/ledger/rules/documents.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

const std::array<Book, 1>& Books() {
  static const auto* const books = new std::array<Book, 1>{RulesBook()};
  return *books;
}

}  // namespace

RulesLedger::RulesLedger() : ledger_(Books()) {
  GoTo("2026-12-01");
  entries_.push_back(GenesisEntry("test.example/log", now_));
  ledger_.Apply(state_, entries_.back());
  entries_.push_back(OperatorEntry(state_, "operator", now_));
  ledger_.Apply(state_, entries_.back());
}

void RulesLedger::GoTo(std::string_view date) {
  now_ = *ParseShanghai(std::string(date) + " 10:00:00");
}

std::string RulesLedger::Ask(Entry draft) {
  Command command;
  command.draft = std::move(draft);
  command.draft.set_caller(1);
  command.draft.set_request_id("\x02request" + std::to_string(++asked_));
  Decision decision = ledger_.Decide(state_, DecideInput{now_, command, nullptr, {}, nullptr, {}});
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    std::string text(RowOf(refusal->reason).name);
    text += refusal->field.empty() ? "" : " " + refusal->field;
    for (const auto& [key, value] : refusal->facts) {
      text += " " + key + "=" + value;
    }
    return text;
  }
  entries_.push_back(std::get<Entry>(decision));
  ledger_.Apply(state_, entries_.back());
  return "OK";
}

std::string RulesLedger::AskParts(std::string_view bytes, std::size_t part_bytes) {
  for (std::uint32_t number = 0; number * part_bytes < bytes.size(); ++number) {
    const std::string text = Ask(PartOf(number, bytes.substr(number * part_bytes, part_bytes)));
    if (text != "OK") {
      return text;
    }
  }
  return "OK";
}

std::string RulesLedger::AskDocument(pb::DocumentKind kind, std::string_view bytes,
                                     std::size_t part_bytes) {
  const std::string text = AskParts(bytes, part_bytes);
  const auto parts = static_cast<std::uint32_t>((bytes.size() + part_bytes - 1) / part_bytes);
  return text == "OK" ? Ask(PublicationOf(kind, bytes, parts)) : text;
}

std::string RulesLedger::FaultOf(Entry entry) const {
  entry.set_format(kEntryFormat);
  entry.set_recorded_micros(now_.value());
  entry.set_accounting_date(ShanghaiDate(now_).value());
  State copy(state_);
  return std::string(ledger_.TryApply(copy, entry).value_or("OK"));
}

Registry RulesLedger::Rebuilt() {
  Registry registry;
  for (const EntryIndex index : state_.TakeChanges().registry_entries) {
    Entry stored;
    EXPECT_TRUE(stored.ParseFromString(entries_[index.value()].SerializeAsString()));
    ledger_.Register(registry, index, stored);
  }
  return registry;
}

Entry PartOf(std::uint32_t number, std::string_view data) {
  Entry entry;
  entry.mutable_document_part()->set_number(number);
  entry.mutable_document_part()->set_data(std::string(data));
  return entry;
}

Entry PublicationOf(pb::DocumentKind kind, std::string_view bytes, std::uint32_t parts) {
  const Heading heading = HeadingOf(kind, bytes).value_or(Heading{});
  Entry entry;
  pb::Publication& publication = *entry.mutable_publication();
  publication.set_kind(kind);
  publication.set_code(heading.code);
  publication.set_version(heading.version);
  publication.set_first_date(heading.first_date.value());
  publication.set_sha256(std::string(32, 's'));
  publication.set_size(static_cast<std::uint32_t>(bytes.size()));
  publication.set_parts(parts);
  publication.set_note("note");
  return entry;
}

Entry SwitchOf(std::string_view set, std::string_view scenario, bool suspended) {
  Entry entry;
  pb::ScenarioSwitch& change = *entry.mutable_scenario_switch();
  change.set_rule_set(std::string(set));
  change.set_scenario(std::string(scenario));
  change.set_suspended(suspended);
  change.set_reason("fraud_wave");
  return entry;
}

Entry VenueOf(std::string_view code, std::uint32_t district) {
  Entry entry;
  pb::VenueCertificate& venue = *entry.mutable_venue_certificate();
  venue.set_code(std::string(code));
  venue.set_kind("restaurant");
  venue.set_display_name("a venue");
  venue.set_district(district);
  return entry;
}

Entry DelistingOf(std::uint32_t product, pb::DelistingKind kind) {
  Entry entry;
  entry.mutable_delisting()->set_product(product);
  entry.mutable_delisting()->set_kind(kind);
  entry.mutable_delisting()->set_reason("inspection");
  return entry;
}

}  // namespace tanhui::rules
