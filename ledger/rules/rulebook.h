// Everything that decides what acts earn: documents in force, switches, venues, delistings. A value
// that is never changed once it is in a registry; a change makes another one, which shares the
// documents.
#ifndef TANHUI_LEDGER_RULES_RULEBOOK_H_
#define TANHUI_LEDGER_RULES_RULEBOOK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ledger/core/account.h"
#include "ledger/core/registry.h"
#include "ledger/rules/document_check.h"
#include "ledger/rules/name_numbers.h"
#include "ledger/rules/rule_set.h"
#include "ledger/rules/station_map.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::rules {

struct Document {
  DocumentNo number;
  entry::v1::DocumentKind kind = entry::v1::DOCUMENT_KIND_UNSPECIFIED;
  std::string code;
  std::uint32_t version = 0;
  BusinessDate first_date;
  EntryIndex publication;  // its parts stand right before it
  std::uint32_t parts = 0;
  std::uint32_t size = 0;  // bytes
  std::string sha256;
};

// A product in one version of its catalogue.
struct Listing {
  CategoryNo category;
  std::string brand;
  std::uint64_t saving_watt_hours = 0;  // a year
  std::uint32_t energy_grade = 0;       // 1 is the best; 0: none
  BusinessDate first;                   // of the certificate; 0: no such limit
  BusinessDate last;
};
struct CatalogueVersion {
  DocumentNo document;
  std::string code;
  std::uint32_t version = 0;
  BusinessDate first_date;
  absl::flat_hash_map<ProductNo, Listing> listings;
};
struct StationVersion {
  DocumentNo document;
  std::uint32_t version = 0;
  BusinessDate first_date;
  StationMap stations;
};
struct MaterialVersion {
  DocumentNo document;
  std::uint32_t version = 0;
  BusinessDate first_date;
  std::map<std::string, std::string, std::less<>> materials;  // code by item
};
// By which codes the postings of a scheme are exported (会计科目).
struct AccountCode {
  AccountKind kind = AccountKind::kCitizen;
  int entry_kind = 0;  // number of the body's field; 0: any
  std::string debit;   // of postings below zero
  std::string credit;
  std::string summary;
};
struct AccountCodesVersion {
  std::string code;
  std::uint32_t version = 0;
  BusinessDate first_date;
  EntryIndex publication;
  std::string scheme;  // code
  std::vector<AccountCode> rows;
  // The first row that fits; nullptr when none does.
  const AccountCode* Find(AccountKind kind, int entry_kind) const;
};

struct Venue {
  VenueNo number;
  std::string code;
  std::string display_name;
  std::string kind;
  std::uint32_t district = 0;
  BusinessDate first;  // 0: no such limit
  BusinessDate last;
  bool withdrawn = false;
};

// When a scenario of a set was last suspended; days of record, both included.
struct Suspension {
  bool suspended = false;
  BusinessDate first;  // 0: it never was
  BusinessDate last;   // when it reopened
};

// What a tally's number stands for.
struct Limit {
  std::string set;
  std::string code;
  entry::v1::Period period = entry::v1::PERIOD_UNSPECIFIED;     // of caps
  entry::v1::Counted counted = entry::v1::COUNTED_UNSPECIFIED;  // of caps and goals
  entry::v1::Unit unit = entry::v1::UNIT_UNSPECIFIED;           // of a counted quantity
  bool per_category = false;
  BusinessDate first;           // of a bonus or goal
  BusinessDate last;            // likewise; the latest of all versions
  std::uint32_t keep_days = 0;  // after the last day of the period; the most of all versions
  bool goal = false;
};

// What a document says of itself.
struct Heading {
  std::string code;
  std::uint32_t version = 0;
  BusinessDate first_date;
};
// nullopt when the bytes are no document of the kind, or its first date is none.
std::optional<Heading> HeadingOf(entry::v1::DocumentKind kind, std::string_view bytes);

class Rulebook {
 public:
  // The rule set of the district at a date; nullptr when there is none.
  const RuleSet* InForce(std::uint32_t district, BusinessDate date) const;
  // The version of a set in force; nullptr likewise. Also by the number of its document.
  const RuleSet* SetInForce(std::string_view code, BusinessDate date) const;
  const RuleSet* Find(DocumentNo document) const;
  bool KnowsDistrict(std::uint32_t district) const { return districts_.contains(district); }
  bool KnowsSet(std::string_view set) const { return rule_sets_.contains(set); }
  // Any version of the set has a rule for the scenario.
  bool KnowsScenario(std::string_view set, ScenarioNo scenario) const;

  const CatalogueVersion* CatalogueInForce(std::string_view code, BusinessDate date) const;
  // Of the only table: there is one code for each of the two kinds. nullptr when there is none in
  // force.
  const StationVersion* StationsInForce(BusinessDate date) const;
  const MaterialVersion* MaterialsInForce(BusinessDate date) const;
  // Of a scheme the newest version for a date that was published before an entry; nullptr when
  // there is none.
  const AccountCodesVersion* AccountCodesInForce(std::string_view scheme, BusinessDate date,
                                                 EntryIndex before) const;

  const NameNumbers& scenarios() const { return scenarios_; }
  const NameNumbers& materials() const { return materials_; }
  const NameNumbers& categories() const { return categories_; }
  const NameNumbers& products() const { return products_; }  // names are catalogue, '/', code
  bool Delisted(ProductNo product) const { return delisted_.contains(product); }
  // Why; nullopt unless it is delisted.
  std::optional<entry::v1::DelistingKind> DelistingOf(ProductNo product) const {
    const auto found = delisted_.find(product);
    return found == delisted_.end() ? std::nullopt : std::optional(found->second);
  }
  // nullptr for a number without a limit.
  const Limit* Find(LimitNo limit) const;
  // By the code of a set and that of its cap, bonus or goal; 0 when there is none.
  LimitNo FindLimit(std::string_view set, std::string_view code) const;
  const std::vector<Limit>& limits() const { return limits_; }  // in order of numbers, from 1
  // The goal as the version of its set says that is in force on its last day; nullptr when there is
  // none.
  const Goal* FindGoal(LimitNo limit) const;
  const Venue* Find(VenueNo venue) const;
  const Venue* FindVenue(std::string_view code) const;
  const std::vector<Venue>& venues() const { return venues_; }
  Suspension SuspensionOf(std::string_view set, ScenarioNo scenario) const;
  const std::vector<Document>& documents() const { return documents_; }
  // Versions of one document, in order.
  std::vector<const Document*> VersionsOf(entry::v1::DocumentKind kind,
                                          std::string_view code) const;
  // Nothing is counted in the tally any more. Never of a limit that is not known.
  bool IsOver(const Tally& tally, BusinessDate today) const;

  // --- changes, to a copy that nobody else holds ---
  // The message's own checks and, when it passes them, those against what is published. Does not
  // look at whether version and first date come next.
  Found Check(entry::v1::DocumentKind kind, std::string_view bytes) const;
  // Puts a document that Check finds nothing wrong with in force; its number and version are the
  // next ones.
  void Publish(const Document& document, std::string_view bytes);
  // `today` is the date of record.
  void Switch(std::string_view set, ScenarioNo scenario, bool suspended, BusinessDate today);
  void SetDelisted(ProductNo product, entry::v1::DelistingKind kind);
  // A known venue, or one with the next number and a new code.
  void Certify(const Venue& venue);

 private:
  template <typename Version>
  using Versions = std::map<std::string, std::vector<std::shared_ptr<const Version>>, std::less<>>;

  Found CheckAgainstPublished(const entry::v1::RuleSet& set) const;
  void PublishRules(const Document& document, const entry::v1::RuleSet& set);
  void PublishCatalogue(const Document& document, const entry::v1::Catalogue& catalogue);
  void PublishStations(const Document& document, const entry::v1::StationTable& table);
  void PublishMaterials(const Document& document, const entry::v1::MaterialTable& table);
  Found CheckAgainstPublished(const entry::v1::AccountCodes& codes) const;
  void PublishAccountCodes(const Document& document, const entry::v1::AccountCodes& codes);
  // Adds a limit, or widens the one of its code.
  void PutLimit(const Limit& limit);

  std::vector<Document> documents_;
  Versions<RuleSet> rule_sets_;
  Versions<CatalogueVersion> catalogues_;
  Versions<StationVersion> stations_;
  Versions<MaterialVersion> materials_tables_;
  Versions<AccountCodesVersion> account_codes_;                // by the code of the scheme
  absl::flat_hash_map<std::uint32_t, std::string> districts_;  // code of the set
  // By code; the same in all sets and versions.
  std::map<std::string, entry::v1::EvidenceKind, std::less<>> sources_;
  NameNumbers scenarios_;
  NameNumbers materials_;
  NameNumbers categories_;
  NameNumbers products_;
  NameNumbers limit_numbers_;  // names are set, '/', code
  std::vector<Limit> limits_;
  std::map<std::pair<std::string, ScenarioNo>, Suspension> suspensions_;
  absl::flat_hash_map<ProductNo, entry::v1::DelistingKind> delisted_;
  std::vector<Venue> venues_;
  NameNumbers venue_numbers_;  // by code
};

// The registry's; an empty one before the first document.
const Rulebook& RulebookOf(const Registry& registry);

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_RULEBOOK_H_
