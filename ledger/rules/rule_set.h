// A rule set as the ledger uses it: texts read, names as numbers, ratios exact.
#ifndef TANHUI_LEDGER_RULES_RULE_SET_H_
#define TANHUI_LEDGER_RULES_RULE_SET_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/rules/ratio.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::rules {

using ScenarioNo = Number<struct ScenarioNoTag, std::uint32_t>;
using MaterialNo = Number<struct MaterialNoTag, std::uint32_t>;
using CategoryNo = Number<struct CategoryNoTag, std::uint32_t>;
using ProductNo = Number<struct ProductNoTag, std::uint32_t>;
using VenueNo = Number<struct VenueNoTag, std::uint32_t>;
using DocumentNo = Number<struct DocumentNoTag, std::uint32_t>;

// What one unit of quantity earns.
struct Rate {
  MaterialNo material;  // 0: the only one
  std::string off;      // why it earns nothing; empty: it does
  Ratio micrograms;     // millionths of a gram of CO2e
  Ratio micropoints;    // millionths of a point
};

inline constexpr std::size_t kGrades = 4;  // by number of entry::v1::EvidenceGrade

struct Rule {
  ScenarioNo scenario;
  std::string off;  // why it earns nothing; empty: it does
  entry::v1::Unit unit = entry::v1::UNIT_UNSPECIFIED;
  entry::v1::Measure measure = entry::v1::MEASURE_UNSPECIFIED;
  std::vector<Rate> rates;
  std::array<std::uint32_t, kGrades> percents{};  // by grade; 0: refused
  std::string asset;                              // code; empty: any
  std::int64_t step = 1;                          // points are paid in multiples of it
  std::uint64_t min_quantity = 0;                 // 0: no limit, as max_quantity
  std::uint64_t max_quantity = 0;
  std::uint32_t min_seconds = 0;
  std::uint32_t weigh_days = 0;           // 0: not booked
  std::string catalogue;                  // code; empty: no product needed
  std::vector<CategoryNo> categories;     // empty: all
  std::string venue_kind;                 // empty: anywhere
  std::uint32_t first_share_percent = 0;  // 0: an act of one
  std::uint32_t min_evidence = 0;
  bool needs_serial = false;
  bool check_in = false;
  std::uint32_t late_days = 0;
  std::vector<std::uint32_t> caps;     // indexes in RuleSet::caps, in order of their numbers
  std::vector<std::uint32_t> bonuses;  // in RuleSet::bonuses
  std::vector<std::uint32_t> goals;    // in RuleSet::goals
};

struct Cap {
  LimitNo limit;
  std::string code;
  entry::v1::Period period = entry::v1::PERIOD_DAY;
  entry::v1::Counted counted = entry::v1::COUNTED_ACTS;
  std::int64_t most = 0;  // as tallies count: grams and points in millionths
  bool per_category = false;
  bool refuses = false;  // always for acts
};

struct Bonus {
  LimitNo limit;
  BusinessDate first;
  BusinessDate last;
  std::uint32_t percent = 0;
  std::int64_t most = 0;  // points; 0: no limit
  std::string budget;     // code
};

struct Goal {
  LimitNo limit;
  std::string code;
  std::string display_name;
  BusinessDate first;
  BusinessDate last;
  entry::v1::Counted counted = entry::v1::COUNTED_ACTS;
  std::int64_t target = 0;  // as tallies count
  std::int64_t reward = 0;  // points
  std::string budget;       // code
  std::uint32_t claim_days = 0;
};

struct RuleSet {
  DocumentNo document;
  std::string code;
  std::uint32_t version = 0;
  BusinessDate first_date;
  std::string city;
  std::vector<std::uint32_t> districts;  // in order
  std::uint32_t late_days = 0;
  std::uint32_t resubmit_days = 0;
  std::uint32_t max_age_days = 0;
  std::uint32_t unclaimed_days = 0;
  std::vector<Rule> rules;  // in order of scenario
  std::vector<Cap> caps;    // in order of limit, as bonuses and goals
  std::vector<Bonus> bonuses;
  std::vector<Goal> goals;
  // By code; empty: any source is taken.
  std::map<std::string, entry::v1::EvidenceKind, std::less<>> sources;

  // nullptr when the set does not name the scenario.
  const Rule* Find(ScenarioNo scenario) const;
};

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_RULE_SET_H_
