// Acts by the rules for benchmarks: metro rides with a piece of evidence each, that three caps
// count.
#ifndef TANHUI_BENCH_RIDE_CLERK_H_
#define TANHUI_BENCH_RIDE_CLERK_H_

#include <google/protobuf/text_format.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/clerk.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::bench {

inline constexpr std::uint32_t kRideDistrict = 500'103;
inline constexpr std::int32_t kRulesFrom = 20'454;  // 2026-01-01 in days since 1970
// Nobody reaches its caps.
inline constexpr char kRideRules[] = R"(
  code: "bench" version: 1 first_date: "2026-01-01" display_name: "bench" city: "chongqing"
  districts { code: 500103 name: "centre" } asset: "points"
  points_for_grams { points: 1 grams: 10 }
  late_days: 7 resubmit_days: 10 max_age_days: 60 unclaimed_days: 30
  grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 }
  rules { scenario: "metro_ride" display_name: "metro" unit: UNIT_METRE min_evidence: 1
    rates { grams: "46.7" per: 1000 source { mark: SOURCE_MARK_WEAK text: "a study" } } }
  caps { code: "day" scenarios: "metro_ride" period: PERIOD_DAY counted: COUNTED_ACTS
         most: 1000000 }
  caps { code: "month" scenarios: "metro_ride" period: PERIOD_MONTH counted: COUNTED_GRAMS
         most: 100000000 }
  caps { code: "year" scenarios: "metro_ride" period: PERIOD_YEAR counted: COUNTED_POINTS
         most: 100000000 })";

// Makes its commands of the clerk's, whose accounts and request ids they have.
class RideClerk {
 public:
  explicit RideClerk(Clerk& clerk) : clerk_(clerk) {}

  // Puts the rules in force; one batch. Nobody signs them, so an audit would find that.
  std::vector<Command> Publication() {
    entry::v1::RuleSet rules;
    Check(google::protobuf::TextFormat::ParseFromString(kRideRules, &rules),
          "the rules of the bench");
    const std::string bytes = rules.SerializeAsString();
    std::vector<Command> commands(2);
    commands[0] = clerk_.Award();
    commands[0].draft.mutable_document_part()->set_data(bytes);
    commands[1] = clerk_.Award();
    entry::v1::Publication& publication = *commands[1].draft.mutable_publication();
    publication.set_kind(entry::v1::DOCUMENT_KIND_RULE_SET);
    publication.set_code("bench");
    publication.set_version(1);
    publication.set_first_date(kRulesFrom);
    publication.set_sha256(std::string(merkle::Sha256(bytes).view()));
    publication.set_size(static_cast<std::uint32_t>(bytes.size()));
    publication.set_parts(1);
    publication.set_note("note");
    return commands;
  }

  // Of 8 km, with a piece of evidence that nobody has claimed.
  Command Ride(LedgerTime at) {
    Command command = clerk_.Award();
    const entry::v1::Award award = command.draft.award();
    entry::v1::Earning& act = *command.draft.mutable_earning();  // replaces the award
    act.set_account(award.account());
    act.set_budget(award.budget());
    act.set_scenario(1);
    act.set_district(kRideDistrict);
    act.set_quantity(8'000);
    act.set_unit(entry::v1::UNIT_METRE);
    const Hash256 hash = merkle::Sha256("ride " + std::to_string(++rides_));
    act.add_nullifiers("\x01" + std::string(hash.view().substr(0, 16)));
    command.draft.set_act_micros(at.value());
    return command;
  }

  std::vector<Command> Rides(std::size_t count, LedgerTime at) {
    std::vector<Command> commands;
    commands.reserve(count);
    while (commands.size() < count) {
      commands.push_back(Ride(at));
    }
    return commands;
  }

 private:
  Clerk& clerk_;
  std::uint64_t rides_ = 0;
};

}  // namespace tanhui::bench

#endif  // TANHUI_BENCH_RIDE_CLERK_H_
