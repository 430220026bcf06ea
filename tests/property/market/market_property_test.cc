// Random days of merchants that settle beside a slow model: claims are what was claimed less what
// came back, money is settled once, every entry is decided again as an audit does and on no more of
// the state than it names.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "tests/ledger/claims/market.h"
#include "tests/property/decided_again.h"
#include "tests/property/market/market_model.h"

namespace tanhui::property {
namespace {

using namespace world;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr std::array kMerchants = {kMall, kKiosk};
constexpr std::array kAssets = {kPoints, kStamps};
constexpr std::array kMonies = {kFen, kStampFen};
constexpr int kCutoffMinute[] = {0, 23 * 60};

class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed), world_(MarketWithoutPrices()) {
    Done(world_, Award("s", kStampAlice, kStampBudget, 900));
    Done(world_, By(OpenMerchant("kiosk", kPoints, kKiosk), kOperator));
    const AccountNo kiosk(world_.last().account_opening().number());
    accounts_ = {kShop, kStoreAccount, kTillAccount, kStampShop, kiosk};
    numbers_ = {UnitNo(0), kStore, kTill, UnitNo(0), UnitNo(0)};
    model_.units.resize(accounts_.size());
    model_.units[0].levels = {0};
    model_.units[1].levels = {1, 0};
    model_.units[2].levels = {2, 1, 0};
    model_.units[3] = {0, 1, {3}};
    model_.units[4] = {1, 0, {4}};
    model_.settles[{0, 0}] = model_.settles[{0, 1}] = true;
    replica_ = world_.state();
    seen_ = world_.entries().size();
  }

  void Step() {
    switch (Below(14)) {
      case 0:
        world_.Wait(static_cast<std::int64_t>(Below(30)) * 60 * kMicrosPerMinute);
        break;
      case 1:
        NewPrice();
        break;
      case 2:
        NewConditions();
        break;
      case 3:
        Run();
        break;
      case 4:
        Below(3) == 0 ? Line() : SettleAll();
        break;
      case 5:
      case 6:
        Pass();
        break;
      case 7:
        Hold();
        break;
      case 8:
        Capture();
        break;
      case 9:
      case 10:
        Below(3) == 0 ? Cancel() : Refund();
        break;
      default:
        Redeem();
    }
    CatchUp();
    CheckBooks();
  }
  const MarketModel& model() const { return model_; }

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  int AnyOf(std::size_t size) { return static_cast<int>(Below(size)); }
  std::string NextId() { return "m" + std::to_string(++ids_); }
  int Today() const { return world_.today().value(); }
  int LedgerDayOf(int asset) const {
    return AccountingDate(world_.now(), kCutoffMinute[asset]).value();
  }
  int AssetOf(int unit) const { return model_.units[static_cast<std::size_t>(unit)].asset; }
  AccountNo CitizenOf(int unit) const { return AssetOf(unit) == 0 ? kAlice : kStampAlice; }

  // Asks, and expects the model's answer.
  bool Ask(const Command& command, const std::string& expected) {
    const State before = world_.state();
    const Command completed = world_.Complete(command);
    CheckPart(completed);
    const std::string outcome = world_.AskCompleted(completed);
    EXPECT_EQ(outcome.substr(0, outcome.find(' ')), expected)
        << outcome << " of " << command.draft.ShortDebugString().substr(0, 300);
    if (outcome == "OK") {
      ExpectDecidedAgain(world_, before);
    }
    return outcome == "OK";
  }

  // A working set's way: the accounts that are named, and those of the target.
  void CheckPart(const Command& command) {
    const State& all = world_.state();
    State part(all.head(), std::make_shared<Registry>(all.registry()));
    std::vector<AccountNo> names;
    world_.ledger().Names(all, command.draft, names);
    EntryIndex index;
    if (const Entry* target = world_.TargetOf(all, command, index)) {
      world_.ledger().Names(all, *target, names);
      for (const auto& posting : target->postings()) {
        names.emplace_back(posting.account());
      }
      part.LoadUndone(index, all.FindUndone(index));
    }
    if (const auto target = world_.ledger().TargetRequestOf(command.draft)) {
      if (const auto record = all.FindRequest(*target)) {
        part.LoadRequest(*target, *record);
      }
    }
    for (const AccountNo number : names) {
      if (all.FindAccount(number) != nullptr && part.FindAccount(number) == nullptr) {
        part.LoadAccount(number, *all.FindAccount(number));
      }
    }
    const Decision whole = world_.DecideOn(all, command);
    const Decision decision = world_.DecideOn(part, command);
    ASSERT_EQ(decision.index(), whole.index()) << command.draft.ShortDebugString();
    if (const auto* entry = std::get_if<Entry>(&decision)) {
      ASSERT_EQ(entry->SerializeAsString(), std::get<Entry>(whole).SerializeAsString());
      const Fault fault = world_.ledger().TryApply(part, *entry);
      ASSERT_FALSE(fault.has_value()) << *fault;
    }
  }

  void NewPrice() {
    const int asset = AnyOf(2);
    const bool first = std::none_of(model_.prices.begin(), model_.prices.end(),
                                    [asset](const auto& price) { return price.asset == asset; });
    ModelPrice price{asset, AnyOf(3) - 1, 0, static_cast<std::int64_t>(Below(8)),
                     1 + static_cast<std::int64_t>(Below(4))};
    const int ahead = AnyOf(4) - 1;
    price.first_day = LedgerDayOf(asset) + ahead;
    const std::string expected = ahead < (first ? 0 : 1)         ? "DATE_NOT_AHEAD"
                                 : first && price.merchant != -1 ? "NO_SETTLEMENT_PRICE"
                                                                 : "OK";
    const ParticipantNo merchant = price.merchant == -1
                                       ? ParticipantNo(0)
                                       : kMerchants[static_cast<std::size_t>(price.merchant)];
    const auto at = static_cast<std::size_t>(asset);
    if (Ask(Publish(NextId(), kAssets[at], kMonies[at], merchant, BusinessDate(price.first_day),
                    {price.fen, price.points}),
            expected)) {
      model_.prices.push_back(price);
    }
  }

  void NewConditions() {
    const auto at = Below(accounts_.size());
    ModelUnit& unit = model_.units[at];
    unit.suspended = Below(4) == 0;
    unit.most = Below(2) == 0 ? 0 : 5 + static_cast<std::int64_t>(Below(20));
    unit.most_a_day = Below(2) == 0 ? 0 : 10 + static_cast<std::int64_t>(Below(60));
    if (unit.most_a_day == 0) {
      unit.day = 0;
      unit.taken = 0;
    }
    Ask(ChangeUnit(NextId(), kMerchants[static_cast<std::size_t>(unit.merchant)],
                   kAssets[static_cast<std::size_t>(unit.asset)], numbers_[at],
                   {unit.suspended, Amount(unit.most), Amount(unit.most_a_day)}),
        "OK");
  }

  // Points are never what is missing.
  void TopUp(int unit) {
    if (SumOf(world_.Of(CitizenOf(unit)).lots) < Amount(100)) {
      Ask(Award(NextId(), CitizenOf(unit), AssetOf(unit) == 0 ? kBudget : kStampBudget, 100), "OK");
    }
  }

  void Redeem() {
    const int unit = AnyOf(accounts_.size());
    const auto points = 1 + static_cast<std::int64_t>(Below(15));
    const int day = LedgerDayOf(AssetOf(unit));
    const std::string id = NextId();
    TopUp(unit);
    if (Ask(world::Redeem(id, CitizenOf(unit), accounts_[static_cast<std::size_t>(unit)], points),
            model_.WhyNotTaken(ModelTaking::kRedemption, unit, points, Today(), day))) {
      model_.Count(unit, points, Today());
      model_.Take({id, world_.last_index(), unit, points}, day);
    }
  }

  void Hold() {
    const int unit = AnyOf(accounts_.size());
    const auto points = 1 + static_cast<std::int64_t>(Below(15));
    TopUp(unit);
    if (world_.Of(CitizenOf(unit)).holds.size() == kMaxHolds) {
      return;
    }
    const int day = LedgerDayOf(AssetOf(unit));
    if (Ask(HoldPoints(NextId(), CitizenOf(unit), accounts_[static_cast<std::size_t>(unit)], points,
                       world_.InDays(30)),
            model_.WhyNotTaken(ModelTaking::kHold, unit, points, Today(), day))) {
      model_.Count(unit, points, Today());
      model_.holds.push_back({world_.last_index(), unit, points});
      deadlines_.push_back(world_.InDays(30));
    }
  }

  void Capture() {
    if (model_.holds.empty()) {
      return;
    }
    const auto at = Below(model_.holds.size());
    ModelHold& hold = model_.holds[at];
    const auto points =
        1 + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(hold.points)));
    const int day = LedgerDayOf(AssetOf(hold.unit));
    std::string expected =
        model_.WhyNotTaken(ModelTaking::kCapture, hold.unit, points, Today(), day);
    const bool open = hold.open && deadlines_[at] > world_.now();
    if (!open && expected != "UNIT_SUSPENDED" && expected != "NO_SETTLEMENT_PRICE") {
      expected = "HOLD_RESOLVED";
    }
    const std::string id = NextId();
    if (Ask(world::Capture(id, hold.entry, points), expected)) {
      hold.open = false;
      model_.Take({id, world_.last_index(), hold.unit, points}, day);
    }
  }

  void Refund() {
    if (model_.deeds.empty()) {
      return;
    }
    ModelDeed& deed = model_.deeds[Below(model_.deeds.size())];
    const std::int64_t left = deed.cancelled ? 0 : deed.points - deed.back;
    const auto points =
        1 + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(deed.points)));
    if (Ask(world::Refund(NextId(), deed.entry, points),
            points > left ? "NOTHING_LEFT_TO_UNDO" : "OK")) {
      model_.GiveBack(deed, points, LedgerDayOf(AssetOf(deed.unit)));
    }
  }

  void Cancel() {
    if (model_.deeds.empty()) {
      return;
    }
    ModelDeed& deed = model_.deeds[Below(model_.deeds.size())];
    const std::string expected = deed.cancelled   ? "ALREADY_CANCELLED"
                                 : deed.back != 0 ? "NOT_CANCELLABLE"
                                                  : "OK";
    if (Ask(world::Cancel(NextId(), deed.id), expected)) {
      model_.GiveBack(deed, deed.points, LedgerDayOf(AssetOf(deed.unit)));
      deed.cancelled = true;
    }
  }

  void Run() {
    const int asset = AnyOf(2);
    const int day = LedgerDayOf(asset);
    const auto last = model_.last_run.find(asset);
    const bool taken = last != model_.last_run.end() && last->second == day;
    if (Ask(BeginRun(NextId(), kMonies[static_cast<std::size_t>(asset)]),
            taken ? "SETTLEMENT_STATE" : "OK")) {
      model_.last_run[asset] = day;
      runs_[static_cast<std::size_t>(asset)] = ++run_count_;
    }
  }

  void Line() {
    const int asset = AnyOf(2);
    const std::uint32_t run = runs_[static_cast<std::size_t>(asset)];
    if (run == 0) {
      return;
    }
    const int merchant = AnyOf(2);
    const std::pair of(merchant, asset);
    const int day = LedgerDayOf(asset);
    const std::int64_t fen = model_.claim[of] - model_.NetOf(of, day);
    const std::string expected = !model_.settles[of]             ? "UNKNOWN_ACCOUNT"
                                 : model_.last_run[asset] != day ? "SETTLEMENT_STATE"
                                 : fen <= 0                      ? "NOTHING_TO_SETTLE"
                                                                 : "OK";
    if (Ask(AddLine(NextId(), run, kMerchants[static_cast<std::size_t>(merchant)]), expected)) {
      EXPECT_EQ(world_.last().settlement_line().fen(), fen);
      model_.claim[of] -= fen;
      model_.lines.push_back({world_.last_index(), merchant, asset, fen, ModelState::kClaimed});
    }
  }

  // A run with a line of whoever is named.
  void SettleAll() {
    Run();
    Line();
    Line();
  }

  // A step of a line.
  void Pass() {
    if (model_.lines.empty()) {
      return;
    }
    // The last ones: others are done already.
    const std::size_t last = model_.lines.size() - 1;
    ModelLine& line = model_.lines[last - Below(std::min<std::size_t>(last + 1, 3))];
    using enum ModelState;
    const std::uint64_t drawn = Below(8);
    const int action = drawn == 7 ? 2 : drawn < 4 ? 0 : 1;
    const bool can = action == 0   ? line.state == kClaimed
                     : action == 1 ? line.state == kApproved
                                   : line.state != kReturned;
    const Command command = action == 0   ? Approve(NextId(), line.entry)
                            : action == 1 ? Pay(NextId(), line.entry)
                                          : Return(NextId(), line.entry, "bank");
    if (Ask(command, can ? "OK" : "SETTLEMENT_STATE")) {
      line.state = action == 0 ? kApproved : action == 1 ? kPaid : kReturned;
      if (action == 2) {
        model_.claim[{line.merchant, line.asset}] += line.fen;
      }
    }
  }

  // The entries, applied to another state, make the same one.
  void CatchUp() {
    for (; seen_ < world_.entries().size(); ++seen_) {
      const Fault fault = world_.ledger().TryApply(replica_, world_.entries()[seen_]);
      ASSERT_FALSE(fault.has_value()) << *fault;
    }
    ASSERT_EQ(replica_.accounts(), world_.state().accounts());
    ASSERT_EQ(replica_.undone(), world_.state().undone());
  }

  void CheckBooks() {
    using enum ModelState;
    const Registry& registry = world_.state().registry();
    for (int asset = 0; asset < 2; ++asset) {
      const Asset& money = *registry.Find(kMonies[static_cast<std::size_t>(asset)]);
      std::int64_t claims = 0;
      std::int64_t settling = 0;
      std::int64_t paid = 0;
      for (int merchant = 0; merchant < 2; ++merchant) {
        const std::pair of(merchant, asset);
        const auto claim = registry.FindMerchantAccount(
            kMerchants[static_cast<std::size_t>(merchant)], money.number);
        if (!claim.has_value()) {
          continue;
        }
        std::int64_t claimed = 0;
        for (const ModelDeed& deed : model_.deeds) {
          const ModelUnit& at = model_.units[static_cast<std::size_t>(deed.unit)];
          claimed +=
              std::pair(at.merchant, at.asset) == of ? deed.FenOf(deed.points - deed.back) : 0;
        }
        const std::int64_t open = model_.InState(of, kClaimed) + model_.InState(of, kApproved);
        const Account& account = world_.Of(*claim);
        ASSERT_EQ(account.balance.units() + open + model_.InState(of, kPaid), claimed);
        ASSERT_EQ(account.balance.units(), model_.claim[of]);
        const int day = LedgerDayOf(asset);
        ASSERT_EQ(account.given.On(BusinessDate(day)).units(), model_.NetOf(of, day));
        claims += account.balance.units();
        settling += open;
        paid += model_.InState(of, kPaid);
      }
      ASSERT_EQ(world_.BalanceOf(money.settling), settling);
      ASSERT_EQ(world_.BalanceOf(money.paid), paid);
      ASSERT_EQ(world_.BalanceOf(money.issuance), -claims - settling - paid);
    }
  }

  std::mt19937_64 random_;
  World world_;
  MarketModel model_;
  std::vector<AccountNo> accounts_;  // of the model's units
  std::vector<UnitNo> numbers_;
  std::vector<LedgerTime> deadlines_;  // of the model's holds
  std::array<std::uint32_t, 2> runs_{};
  std::uint32_t run_count_ = 0;
  State replica_;
  std::size_t seen_ = 0;
  std::uint64_t ids_ = 0;
};

TEST(MarketProperty, ClaimsAreWhatWasClaimed) {
  const std::uint64_t first = FromEnvironment("TANHUI_SEED", 1);
  const std::uint64_t lives = FromEnvironment("TANHUI_LIVES", 12);
  std::size_t paid = 0;
  std::size_t back = 0;
  for (std::uint64_t seed = first; seed < first + lives; ++seed) {
    SCOPED_TRACE("TANHUI_SEED=" + std::to_string(seed));
    Life life(seed);
    for (int step = 0; step < 400 && !testing::Test::HasFailure(); ++step) {
      life.Step();
    }
    ASSERT_FALSE(testing::Test::HasFailure());
    for (const ModelLine& line : life.model().lines) {
      paid += line.state == ModelState::kPaid ? 1 : 0;
    }
    for (const ModelDeed& deed : life.model().deeds) {
      back += deed.claims && deed.back > 0 && deed.FenOf(deed.points) > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(paid, 5u) << "too few things happen";
  EXPECT_GT(back, 20u) << "too few things happen";
}

}  // namespace
}  // namespace tanhui::property
