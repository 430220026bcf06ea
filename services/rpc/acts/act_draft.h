// From an act as a platform tells it to what the ledger decides: names become numbers, a way
// becomes metres, evidence becomes keyed hashes.
#ifndef TANHUI_SERVICES_RPC_ACTS_ACT_DRAFT_H_
#define TANHUI_SERVICES_RPC_ACTS_ACT_DRAFT_H_

#include "ledger/core/business_time.h"
#include "ledger/rules/rulebook.h"
#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "tanhui/v1/points.pb.h"

namespace tanhui::rpc {

// Of an act: quantity, at most.
inline constexpr std::int64_t kMaxActQuantity = 1'000'000'000'000;

// Reads an act into the draft's earning; the act's time and of two parties which one must be there
// already, account and budget are left to the caller. Refusals name fields as
// "act.evidence[0].source".
void ReadAct(const Context& context, const v1::Act& act, Draft& draft);
// An act leaves no room for points that the caller states.
void RefuseStatedPoints(const v1::AwardRequest& request, Draft& draft);

// The six digits of a district; 0 when refused.
std::uint32_t ReadDistrict(std::string_view text, std::string_view field, Draft& draft);
// The venue of venues/{code}; nullptr when refused.
const rules::Venue* ReadVenue(std::string_view name, std::string_view field, Draft& draft);
// The number of the product {catalogue}/{code}; 0 when refused.
std::uint32_t ReadProduct(std::string_view name, std::string_view field, Draft& draft);

// The first month whose acts can still be recorded under any of the rule sets, and so the first
// whose evidence key is kept; nullopt before the first rule set.
std::optional<Month> FirstOpenMonth(const rules::Rulebook& book, BusinessDate today);

// "ruleSets/{code}/versions/{version}" and the like. Empty for a kind that is none.
std::string DocumentName(const rules::Document& document);
std::string DocumentCollection(entry::v1::DocumentKind kind);
// The name of a rule set in force; empty for a number that is none.
std::string RuleSetName(const rules::Rulebook& book, rules::DocumentNo number);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ACTS_ACT_DRAFT_H_
