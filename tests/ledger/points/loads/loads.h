// Commands about loads of opening balances, in few words.
#ifndef TANHUI_TESTS_LEDGER_POINTS_LOADS_LOADS_H_
#define TANHUI_TESTS_LEDGER_POINTS_LOADS_LOADS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/core/postings.h"
#include "ledger/points/loads/register.h"
#include "tests/ledger/points/words.h"

namespace tanhui::world {

// Any command with a request id; its body is replaced.
inline Command Bare(std::string_view id) { return By(CreateScheme(id, "none"), kOperator); }

// Of the end of 2024-02-27.
inline Command OpenLoad(std::string_view id, std::string_view code, std::uint64_t accounts,
                        std::int64_t points, std::int64_t grams = 0, AssetNo asset = kPoints) {
  Command command = Bare(id);
  auto& body = *command.draft.mutable_load_opening();
  body.set_code(std::string(code));
  body.set_asset(asset.value());
  body.set_as_of_date(19'780);
  body.set_file_sha256(Sha256(code));
  body.set_accounts(accounts);
  body.set_points(points);
  body.set_grams(grams);
  return command;
}

// A lot of kMidnight and kSponsor; months are counted from 1970-01: 649 is 2024-02.
inline Lot Stated(std::uint16_t month, std::int64_t points, std::int64_t grams = 0) {
  return Lot{{Month(month), kMidnight, kSponsor}, Amount(points), grams};
}

inline Command StateBalance(std::string_view id, std::uint64_t load, AccountNo account,
                            const Lots& lots) {
  Command command = Bare(id);
  auto& body = *command.draft.mutable_opening_balance();
  body.set_target(load);
  body.set_account(account.value());
  for (const Lot& lot : lots) {
    WriteLot(lot, *body.add_lots());
  }
  return command;
}

inline Command EndLoad(std::string_view id, std::uint64_t load, entry::v1::LoadStep step) {
  Command command = Bare(id);
  command.draft.mutable_load_closing()->set_target(load);
  command.draft.mutable_load_closing()->set_step(step);
  return command;
}
inline Command Seal(std::string_view id, std::uint64_t load) {
  return EndLoad(id, load, entry::v1::LOAD_STEP_SEAL);
}
inline Command Drop(std::string_view id, std::uint64_t load) {
  return EndLoad(id, load, entry::v1::LOAD_STEP_DROP);
}

inline Command CreditBalance(std::string_view id, std::uint64_t balance) {
  Command command = Bare(id);
  command.draft.mutable_opening_credit()->set_target(balance);
  return command;
}

inline LoadTotals TotalsOf(const World& world, std::uint64_t load) {
  return world.state().FindUndone(EntryIndex(load)).load.value_or(LoadTotals{});
}

// The index of the load's opening; kBob's account number is the next but one after the cast's.
struct Begun {
  World world;
  std::uint64_t load = 0;
  AccountNo opening{0};
};
inline Begun Begin(std::uint64_t accounts, std::int64_t points, std::int64_t grams = 0) {
  Begun begun{Funded(), 0, {}};
  begun.opening = begun.world.state().head().next_account;
  begun.load = Done(begun.world, OpenLoad("load", "old", accounts, points, grams));
  return begun;
}

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_POINTS_LOADS_LOADS_H_
