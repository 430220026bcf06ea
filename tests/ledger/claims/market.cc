#include "tests/ledger/claims/market.h"

#include "ledger/core/check.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

constexpr std::string_view kBankReference = "bank-2024-03";

// An operator's command with this request id and nothing else.
Command Draft(std::string_view id) {
  Command command = CreateScheme(id, "any");
  command.draft.clear_body();
  return command;
}

pb::UnitCreation& UnitOf(Command& command, ParticipantNo merchant, AssetNo asset,
                         std::string_view code) {
  auto& body = *command.draft.mutable_unit_creation();
  body.set_merchant(merchant.value());
  body.set_asset(asset.value());
  body.set_code(std::string(code));
  body.set_display_name("unit " + std::string(code));
  return body;
}

void Must(World& world, const Command& command) {
  Check(world.Ask(command) == "OK", "the market of a test");
}

}  // namespace

Command CreateMoney(std::string_view id, std::string_view code, SchemeNo scheme) {
  Command command = CreateAsset(id, code, scheme);
  command.draft.mutable_asset_creation()->set_money(true);
  return command;
}

Command OpenClaim(std::string_view id, AssetNo money, ParticipantNo merchant) {
  Command command = By(OpenMerchant(id, money, merchant), kOperator);
  command.draft.mutable_account_opening()->set_kind(pb::ACCOUNT_KIND_CLAIM);
  return command;
}

Command CreateStore(std::string_view id, ParticipantNo merchant, AssetNo asset,
                    std::string_view code) {
  Command command = Draft(id);
  UnitOf(command, merchant, asset, code).set_level(pb::UNIT_LEVEL_STORE);
  return command;
}

Command CreateTill(std::string_view id, ParticipantNo merchant, AssetNo asset, UnitNo store,
                   std::string_view code) {
  Command command = Draft(id);
  auto& body = UnitOf(command, merchant, asset, code);
  body.set_level(pb::UNIT_LEVEL_TILL);
  body.set_parent(store.value());
  return command;
}

Command ChangeUnit(std::string_view id, ParticipantNo merchant, AssetNo asset, UnitNo unit,
                   const claims::Conditions& conditions) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_unit_change();
  body.set_unit(unit.value());
  body.set_merchant(merchant.value());
  body.set_asset(asset.value());
  body.set_suspended(conditions.suspended);
  body.set_most_points(conditions.most_points.units());
  body.set_most_points_a_day(conditions.most_points_a_day.units());
  body.set_reason("test");
  return command;
}

Command Publish(std::string_view id, AssetNo asset, AssetNo money, ParticipantNo merchant,
                BusinessDate first_date, Ratio ratio) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_settlement_price();
  body.set_asset(asset.value());
  body.set_money(money.value());
  body.set_merchant(merchant.value());
  body.set_first_date(first_date.value());
  body.set_fen(ratio.fen);
  body.set_per_points(ratio.points);
  body.set_reason("contract");
  return command;
}

Command BeginRun(std::string_view id, AssetNo money) {
  Command command = Draft(id);
  command.draft.mutable_settlement_run()->set_money(money.value());
  return command;
}

Command AddLine(std::string_view id, std::uint32_t run, ParticipantNo merchant) {
  Command command = Draft(id);
  command.draft.mutable_settlement_line()->set_run(run);
  command.draft.mutable_settlement_line()->set_merchant(merchant.value());
  return command;
}

Command TakeStep(std::string_view id, std::uint64_t line, pb::SettlementAction action,
                 std::string_view reason, std::string_view bank_reference) {
  Command command = Draft(id);
  auto& body = *command.draft.mutable_settlement_step();
  body.set_target(line);
  body.set_action(action);
  body.set_reason(std::string(reason));
  return WithReference(std::move(command), bank_reference);
}

Command Approve(std::string_view id, std::uint64_t line) {
  return TakeStep(id, line, pb::SETTLEMENT_ACTION_APPROVE);
}

Command Pay(std::string_view id, std::uint64_t line) {
  return TakeStep(id, line, pb::SETTLEMENT_ACTION_PAY, {}, kBankReference);
}

Command Return(std::string_view id, std::uint64_t line, std::string_view bank_reference) {
  return TakeStep(id, line, pb::SETTLEMENT_ACTION_RETURN, "wrong_bank_account", bank_reference);
}

World MarketWithoutPrices() {
  World world = Funded();
  Must(world, Fund("stamps", kStampBudget, 10'000));
  Must(world, CreateMoney("fen", "fen", kMidnight));
  Must(world, CreateMoney("stamp-fen", "stamp-fen", kLateEvening));
  Must(world, OpenClaim("claim", kFen, kMall));
  Must(world, OpenClaim("stamp-claim", kStampFen, kMall));
  Must(world, CreateStore("store", kMall, kPoints, "s1"));
  Must(world, CreateTill("till", kMall, kPoints, kStore, "t1"));
  Must(world, Award("alice", kAlice, kBudget, 500));
  return world;
}

World Market() {
  World world = MarketWithoutPrices();
  const ParticipantNo all;
  Must(world, Publish("price", kPoints, kFen, all, world.today(), {1, 1}));
  Must(world, Publish("stamp-price", kStamps, kStampFen, all, world.today(), {1, 1}));
  return world;
}

std::string Books(const World& world) {
  const Account& claim = world.Of(kClaim);
  return "claim " + std::to_string(claim.balance.units()) + " today " +
         std::to_string(claim.given.On(world.today()).units()) + " settling " +
         std::to_string(world.BalanceOf(kSettling)) + " paid " +
         std::to_string(world.BalanceOf(kPaid));
}

}  // namespace tanhui::world
