// Documents for tests: a rule set with something of everything, a catalogue and two tables.
#ifndef TANHUI_TESTS_LEDGER_RULES_DOCUMENTS_H_
#define TANHUI_TESTS_LEDGER_RULES_DOCUMENTS_H_

#include <string>
#include <string_view>

#include "ledger/rules/rulebook.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::rules {

// Set `demo`, version 1 from 2027-01-01, of districts 500103 and 500112.
entry::v1::RuleSet DemoSet();
// Version `version` of the same from a date.
entry::v1::RuleSet DemoSet(std::uint32_t version, std::string_view first_date);
// Catalogue `green`, version 1 from 2027-01-01.
entry::v1::Catalogue DemoCatalogue();
// Table `metro`, version 1 from 2027-01-01: a circle of four stations in chongqing, 1 km, 1 km, 1
// km and 500 m, and two in chengdu that no track leads to from there.
entry::v1::StationTable DemoStations();
// Table `things`, version 1 from 2027-01-01.
entry::v1::MaterialTable DemoMaterials();

// Days since 1970 of YYYY-MM-DD.
BusinessDate Day(std::string_view text);

// "path: problem" of the first; "OK" when nothing is wrong.
std::string Text(const Found& found);

// Publishes as the next document from its kind; expects that nothing is wrong with it.
void Publish(Rulebook& book, entry::v1::DocumentKind kind, std::string_view bytes);
inline void Publish(Rulebook& book, const entry::v1::RuleSet& set) {
  Publish(book, entry::v1::DOCUMENT_KIND_RULE_SET, set.SerializeAsString());
}

}  // namespace tanhui::rules

#endif  // TANHUI_TESTS_LEDGER_RULES_DOCUMENTS_H_
