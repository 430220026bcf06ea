#include "tests/ledger/points/earning/acts.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "ledger/rules/rulebook.h"
#include "tests/ledger/points/words.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

constexpr char kSet[] = R"(
  code: "town" version: 1 first_date: "2024-01-01" display_name: "town" city: "chongqing"
  districts { code: 500103 name: "centre" }
  asset: "points" points_for_grams { points: 1 grams: 10 }
  late_days: 7 resubmit_days: 10 max_age_days: 60 unclaimed_days: 30
  grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 }
  grades { grade: EVIDENCE_GRADE_CHECKED percent: 80 }
  rules { scenario: "ride" display_name: "ride" unit: UNIT_METRE
    rates { grams: "46.7" per: 1000 source { mark: SOURCE_MARK_WEAK text: "a study" } } }
  rules { scenario: "walk" display_name: "walk" unit: UNIT_STEP
    min_quantity: 100 max_quantity: 50000
    rates { points: "1" per: 1000 source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "bike" display_name: "bike" unit: UNIT_METRE
    rates { grams: "100" per: 1000 source { mark: SOURCE_MARK_WEAK text: "a study" } } }
  rules { scenario: "bottle" display_name: "bottle" unit: UNIT_ITEM min_evidence: 1
    rates { points: "0.3" source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "post" display_name: "post" unit: UNIT_TIME
    rates { points: "7" source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "recycle" display_name: "recycle" unit: UNIT_GRAM weigh_days: 14
    min_evidence: 1
    rates { code: "paper" points: "0.5" per: 100
            source { mark: SOURCE_MARK_ASSUMED text: "us" } }
    rates { code: "glass" off: "no source" } }
  rules { scenario: "swap" display_name: "swap" unit: UNIT_TIME first_share_percent: 60
    min_evidence: 1
    rates { points: "9.5" source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "deposit" display_name: "deposit" unit: UNIT_ITEM payout_step: 10
    rates { points: "3.5" grams: "2" source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "buy" display_name: "buy" unit: UNIT_ITEM measure: MEASURE_PRODUCT_SAVING
    catalogue: "green" categories: "fridge" needs_serial: true
    rates { grams: "0.5" per: 100 source { mark: SOURCE_MARK_DERIVED text: "a factor" } } }
  rules { scenario: "meal" display_name: "meal" unit: UNIT_TIME venue_kind: "restaurant"
    min_seconds: 600
    rates { points: "5" source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "car" display_name: "car" unit: UNIT_METRE off: "no source" }
  rules { scenario: "stamp" display_name: "stamp" unit: UNIT_TIME asset: "stamps"
    rates { points: "1" source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "plant" display_name: "plant" unit: UNIT_TIME
    rates { points: "10" source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "seed" display_name: "seed" unit: UNIT_TIME
    rates { points: "10" source { mark: SOURCE_MARK_ASSUMED text: "us" } } }
  rules { scenario: "trip" display_name: "trip" unit: UNIT_METRE measure: MEASURE_STATIONS
    rates { grams: "46.7" per: 1000 source { mark: SOURCE_MARK_WEAK text: "a study" } } }
  caps { code: "ride_day" scenarios: "ride" period: PERIOD_DAY counted: COUNTED_ACTS most: 3 }
  caps { code: "walk_day" scenarios: "walk" period: PERIOD_DAY counted: COUNTED_QUANTITY
         most: 10000 }
  caps { code: "bike_week" scenarios: "bike" period: PERIOD_WEEK counted: COUNTED_GRAMS
         most: 500 }
  caps { code: "bottle_month" scenarios: "bottle" period: PERIOD_MONTH counted: COUNTED_POINTS
         most: 10 }
  caps { code: "post_year" scenarios: "post" period: PERIOD_YEAR counted: COUNTED_POINTS
         most: 20 refuses: true }
  caps { code: "things" scenarios: "buy" period: PERIOD_YEAR counted: COUNTED_QUANTITY
         most: 2 per_category: true refuses: true }
  bonuses { code: "day" display_name: "day" first_date: "2024-02-20" last_date: "2024-03-05"
            scenarios: "plant" percent: 20 most: 5 budget: "extra" }
  bonuses { code: "seeds" display_name: "seeds" first_date: "2024-02-20" last_date: "2024-03-05"
            scenarios: "seed" percent: 55 budget: "budget" }
  goals { code: "family" display_name: "family" first_date: "2024-02-01" last_date: "2024-05-31"
          scenarios: "walk" counted: COUNTED_QUANTITY target: 12000 reward: 50 budget: "extra"
          claim_days: 30 source { mark: SOURCE_MARK_ASSUMED text: "us" } })";

constexpr char kCatalogue[] = R"(
  code: "green" version: 1 first_date: "2024-01-01" display_name: "list" publisher: "the city"
  products { code: "F 1" category: "fridge" brand: "F" display_name: "F 1"
             saving_watt_hours: 40000 certificate: "c1" valid_to: "2024-12-31" }
  products { code: "L 1" category: "lamp" brand: "L" display_name: "L 1"
             saving_watt_hours: 5000 certificate: "c2" }
  products { code: "F 0" category: "fridge" brand: "F" display_name: "F 0"
             saving_watt_hours: 30000 certificate: "c3" valid_to: "2024-02-20" })";

template <typename Message>
Message Parsed(const char* text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

// As the operator, with the text of a request id.
Command Asked(std::string_view id) {
  Command command = Fund(id, kBudget, 1);
  command.draft.clear_body();
  return By(command, kOperator);
}

std::string Claim(char scope, std::string_view text) {
  return std::string(1, scope) + Sha256(text).substr(0, 16);
}

}  // namespace

pb::RuleSet TownSet() { return Parsed<pb::RuleSet>(kSet); }
pb::Catalogue TownCatalogue() { return Parsed<pb::Catalogue>(kCatalogue); }

void PublishDocument(World& world, pb::DocumentKind kind, const std::string& bytes) {
  const std::string id = "doc" + std::to_string(world.last_index());
  Command part = Asked(id + "part");
  part.draft.mutable_document_part()->set_data(bytes);
  EXPECT_EQ(world.Ask(part), "OK");
  const auto heading = rules::HeadingOf(kind, bytes);
  ASSERT_TRUE(heading.has_value());
  Command publication = Asked(id);
  pb::Publication& body = *publication.draft.mutable_publication();
  body.set_kind(kind);
  body.set_code(heading->code);
  body.set_version(heading->version);
  body.set_first_date(heading->first_date.value());
  body.set_sha256(Sha256(bytes));
  body.set_size(static_cast<std::uint32_t>(bytes.size()));
  body.set_parts(1);
  body.set_note("a signed note");
  EXPECT_EQ(world.Ask(publication), "OK");
}

void PublishSet(World& world, const pb::RuleSet& set) {
  PublishDocument(world, pb::DOCUMENT_KIND_RULE_SET, set.SerializeAsString());
}

World Town(std::int64_t points) {
  World world = Funded(points);
  Done(world, By(OpenBudget("extra", "extra", kDistrict, kPoints), kOperator));
  Done(world, By(Fund("extra fund", kExtra, 1'000), kOperator));
  PublishDocument(world, pb::DOCUMENT_KIND_CATALOGUE, TownCatalogue().SerializeAsString());
  PublishSet(world, TownSet());
  Done(world, Certify("venue1", "bistro", "restaurant"));
  Done(world, Certify("venue2", "hall", "hall"));
  return world;
}

Command Act(std::string_view id, std::string_view scenario, std::uint64_t quantity,
            AccountNo account) {
  static const pb::RuleSet set = TownSet();
  Command command = By(Asked(id), kPlatform);
  pb::Earning& act = *command.draft.mutable_earning();
  for (int i = 0; i < set.rules_size(); ++i) {
    if (set.rules(i).scenario() == scenario) {
      act.set_scenario(static_cast<std::uint32_t>(i + 1));
      act.set_unit(set.rules(i).unit());
    }
  }
  EXPECT_NE(act.scenario(), 0u) << scenario;
  act.set_account(account.value());
  act.set_budget(kBudget.value());
  act.set_district(kCentre);
  act.set_quantity(quantity);
  return ActAt(command, kStart);
}

Command ActOn(std::string_view date, Command act) { return ActAt(std::move(act), On(date)); }

Command Shown(Command act, std::string_view record) {
  act.draft.mutable_earning()->add_nullifiers(Claim('\x01', record));
  return act;
}

Command ShownSerial(Command act, std::string_view serial) {
  act.draft.mutable_earning()->add_nullifiers(Claim('\x02', serial));
  return act;
}

Command Suspend(std::string_view id, std::string_view scenario, bool suspended) {
  Command command = Asked("switch " + std::string(id));
  pb::ScenarioSwitch& body = *command.draft.mutable_scenario_switch();
  body.set_rule_set("town");
  body.set_scenario(std::string(scenario));
  body.set_suspended(suspended);
  body.set_reason("fraud_wave");
  return command;
}

Command Certify(std::string_view id, std::string_view code, std::string_view kind, bool withdrawn) {
  Command command = Asked(id);
  pb::VenueCertificate& venue = *command.draft.mutable_venue_certificate();
  venue.set_code(std::string(code));
  venue.set_display_name("venue " + std::string(code));
  venue.set_kind(std::string(kind));
  venue.set_district(kCentre);
  venue.set_first_date(Day("2024-01-01").value());
  venue.set_last_date(Day("2024-12-31").value());
  venue.set_withdrawn(withdrawn);
  return command;
}

Command Delist(std::string_view id, std::uint32_t product, pb::DelistingKind kind) {
  Command command = Asked(id);
  command.draft.mutable_delisting()->set_product(product);
  command.draft.mutable_delisting()->set_kind(kind);
  command.draft.mutable_delisting()->set_reason("inspection");
  return command;
}

Command RewardOf(std::string_view id, std::uint32_t goal, AccountNo member) {
  Command command = By(Asked(id), kPlatform);
  command.draft.mutable_goal_reward()->set_goal(goal);
  command.draft.mutable_goal_reward()->set_account(member.value());
  return command;
}

std::string Counted(const World& world, AccountNo account) {
  const Account& of = world.Of(account);
  std::string text =
      "carry " + std::to_string(of.carry) + " g" + std::to_string(of.gram_carry) + ";";
  for (const Tally& tally : of.tallies) {
    text += " " + std::to_string(tally.limit.value());
    text += tally.category == 0 ? "" : "/" + std::to_string(tally.category);
    text += "@" + FormatDate(tally.first) + ":" + std::to_string(tally.amount);
  }
  return text;
}

std::string Earned(const World& world) {
  const pb::Earning& act = world.last().earning();
  std::string text = std::to_string(act.points()) + " g" + std::to_string(act.grams()) + " carry " +
                     std::to_string(act.carry()) + " g" + std::to_string(act.gram_carry());
  return act.bonus_points() == 0 ? text : text + " bonus " + std::to_string(act.bonus_points());
}

}  // namespace tanhui::world
