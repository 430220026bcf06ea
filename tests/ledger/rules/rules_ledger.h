// A ledger in memory with the book of rules alone, for tests of decide, apply and registers.
#ifndef TANHUI_TESTS_LEDGER_RULES_RULES_LEDGER_H_
#define TANHUI_TESTS_LEDGER_RULES_RULES_LEDGER_H_

#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/ledger.h"
#include "ledger/rules/rulebook.h"

namespace tanhui::rules {

class RulesLedger {
 public:
  // Genesis and the operator, who asks for everything; today is 2026-12-01.
  RulesLedger();

  // Decides at 10:00 of today and applies: "OK", or the reason with its facts.
  std::string Ask(Entry draft);
  // Parts of at most `part_bytes`, then the publication.
  std::string AskDocument(entry::v1::DocumentKind kind, std::string_view bytes,
                          std::size_t part_bytes = 60'000);
  std::string AskParts(std::string_view bytes, std::size_t part_bytes = 60'000);
  // The fault that applying the entry to a copy finds; "OK" when there is none.
  std::string FaultOf(Entry entry) const;

  void GoTo(std::string_view date);
  const Rulebook& book() const { return RulebookOf(state_.registry()); }
  const State& state() const { return state_; }
  const Entry& last() const { return entries_.back(); }
  // A registry made from the entries that the state remembered as the registry's.
  Registry Rebuilt();

 private:
  Ledger ledger_;
  State state_;
  std::vector<Entry> entries_;
  LedgerTime now_;
  std::uint64_t asked_ = 0;
};

// Drafts; a publication says what the document says.
Entry PartOf(std::uint32_t number, std::string_view data);
Entry PublicationOf(entry::v1::DocumentKind kind, std::string_view bytes, std::uint32_t parts = 1);
Entry SwitchOf(std::string_view set, std::string_view scenario, bool suspended);
Entry VenueOf(std::string_view code, std::uint32_t district);
Entry DelistingOf(std::uint32_t product, entry::v1::DelistingKind kind);

}  // namespace tanhui::rules

#endif  // TANHUI_TESTS_LEDGER_RULES_RULES_LEDGER_H_
