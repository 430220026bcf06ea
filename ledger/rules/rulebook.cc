#include "ledger/rules/rulebook.h"

#include <algorithm>

#include "ledger/core/check.h"
#include "ledger/rules/tallies.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

// Versions stand in order of their first dates.
template <typename Version>
const Version* LatestOf(const std::vector<std::shared_ptr<const Version>>& versions,
                        BusinessDate date) {
  const auto after = std::upper_bound(
      versions.begin(), versions.end(), date,
      [](BusinessDate day, const auto& version) { return day < version->first_date; });
  return after == versions.begin() ? nullptr : std::prev(after)->get();
}

template <typename Codes>
auto LatestOf(const Codes& versions, std::string_view code, BusinessDate date)
    -> decltype(versions.begin()->second.front().get()) {
  const auto found = versions.find(code);
  return found == versions.end() ? nullptr : LatestOf(found->second, date);
}

}  // namespace

const RuleSet* Rulebook::InForce(std::uint32_t district, BusinessDate date) const {
  const auto found = districts_.find(district);
  const RuleSet* set = found == districts_.end() ? nullptr : SetInForce(found->second, date);
  // A version can leave out a district that another one has.
  return set != nullptr &&
                 std::binary_search(set->districts.begin(), set->districts.end(), district)
             ? set
             : nullptr;
}

const RuleSet* Rulebook::SetInForce(std::string_view code, BusinessDate date) const {
  return LatestOf(rule_sets_, code, date);
}

const RuleSet* Rulebook::Find(DocumentNo document) const {
  if (document.value() == 0 || document.value() > documents_.size()) {
    return nullptr;
  }
  const Document& found = documents_[document.value() - 1];
  return found.kind == pb::DOCUMENT_KIND_RULE_SET
             ? rule_sets_.find(found.code)->second[found.version - 1].get()
             : nullptr;
}

bool Rulebook::KnowsScenario(std::string_view set, ScenarioNo scenario) const {
  const auto found = rule_sets_.find(set);
  return found != rule_sets_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [scenario](const auto& version) {
           return version->Find(scenario) != nullptr;
         });
}

const CatalogueVersion* Rulebook::CatalogueInForce(std::string_view code, BusinessDate date) const {
  return LatestOf(catalogues_, code, date);
}

const StationVersion* Rulebook::StationsInForce(BusinessDate date) const {
  return stations_.empty() ? nullptr : LatestOf(stations_.begin()->second, date);
}

const MaterialVersion* Rulebook::MaterialsInForce(BusinessDate date) const {
  return materials_tables_.empty() ? nullptr : LatestOf(materials_tables_.begin()->second, date);
}

const AccountCode* AccountCodesVersion::Find(AccountKind kind, int entry_kind) const {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const AccountCode& candidate) {
    return candidate.kind == kind &&
           (candidate.entry_kind == 0 || candidate.entry_kind == entry_kind);
  });
  return row == rows.end() ? nullptr : &*row;
}

const AccountCodesVersion* Rulebook::AccountCodesInForce(std::string_view scheme, BusinessDate date,
                                                         EntryIndex before) const {
  const auto found = account_codes_.find(scheme);
  const AccountCodesVersion* newest = nullptr;
  if (found != account_codes_.end()) {
    for (const auto& version : found->second) {
      if (version->first_date <= date && version->publication < before) {
        newest = version.get();
      }
    }
  }
  return newest;
}

const Limit* Rulebook::Find(LimitNo limit) const {
  return limit.value() == 0 || limit.value() > limits_.size() ? nullptr
                                                              : &limits_[limit.value() - 1];
}

const Goal* Rulebook::FindGoal(LimitNo limit) const {
  const Limit* found = Find(limit);
  const RuleSet* set =
      found == nullptr || !found->goal ? nullptr : SetInForce(found->set, found->last);
  if (set == nullptr) {
    return nullptr;
  }
  const auto goal = std::find_if(set->goals.begin(), set->goals.end(),
                                 [limit](const Goal& row) { return row.limit == limit; });
  return goal == set->goals.end() ? nullptr : &*goal;
}

const Venue* Rulebook::Find(VenueNo venue) const {
  return venue.value() == 0 || venue.value() > venues_.size() ? nullptr
                                                              : &venues_[venue.value() - 1];
}

const Venue* Rulebook::FindVenue(std::string_view code) const {
  return Find(VenueNo(venue_numbers_.Find(code)));
}

Suspension Rulebook::SuspensionOf(std::string_view set, ScenarioNo scenario) const {
  const auto found = suspensions_.find({std::string(set), scenario});
  return found == suspensions_.end() ? Suspension{} : found->second;
}

std::vector<const Document*> Rulebook::VersionsOf(pb::DocumentKind kind,
                                                  std::string_view code) const {
  std::vector<const Document*> versions;
  for (const Document& document : documents_) {
    if (document.kind == kind && document.code == code) {
      versions.push_back(&document);
    }
  }
  return versions;
}

bool Rulebook::IsOver(const Tally& tally, BusinessDate today) const {
  const Limit* limit = Find(tally.limit);
  if (limit == nullptr) {
    return false;
  }
  const BusinessDate last =
      limit->period == pb::PERIOD_UNSPECIFIED ? limit->last : LastOf(limit->period, tally.first);
  return today.value() > std::int64_t{last.value()} + limit->keep_days;
}

void Rulebook::Switch(std::string_view set, ScenarioNo scenario, bool suspended,
                      BusinessDate today) {
  Suspension& spell = suspensions_[{std::string(set), scenario}];
  if (suspended && (spell.first == BusinessDate(0) || spell.last != today)) {
    spell.first = today;  // a spell that ended today goes on
  }
  spell.suspended = suspended;
  spell.last = suspended ? BusinessDate(0) : today;
}

void Rulebook::SetDelisted(ProductNo product, pb::DelistingKind kind) {
  if (kind == pb::DELISTING_KIND_RELISTED) {
    delisted_.erase(product);
  } else {
    delisted_[product] = kind;
  }
}

void Rulebook::Certify(const Venue& venue) {
  tanhui::Check(venue_numbers_.Add(venue.code) == venue.number.value(),
                "a venue's number is not its code's");
  if (venue.number.value() > venues_.size()) {
    venues_.push_back(venue);
  } else {
    venues_[venue.number.value() - 1] = venue;
  }
}

const Rulebook& RulebookOf(const Registry& registry) {
  static const auto* const kNone = new Rulebook();
  return registry.rulebook() == nullptr ? *kNone : *registry.rulebook();
}

}  // namespace tanhui::rules
