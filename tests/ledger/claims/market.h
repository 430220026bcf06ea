// Commands about merchants' units, prices and settlement in few words, and a world in which the
// mall settles what is redeemed there.
#ifndef TANHUI_TESTS_LEDGER_CLAIMS_MARKET_H_
#define TANHUI_TESTS_LEDGER_CLAIMS_MARKET_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/claims/terms.h"
#include "tests/ledger/points/words.h"

namespace tanhui::world {

Command CreateMoney(std::string_view id, std::string_view code, SchemeNo scheme);
Command OpenClaim(std::string_view id, AssetNo money, ParticipantNo merchant);
Command CreateStore(std::string_view id, ParticipantNo merchant, AssetNo asset,
                    std::string_view code);
Command CreateTill(std::string_view id, ParticipantNo merchant, AssetNo asset, UnitNo store,
                   std::string_view code);
// Unit 0: the merchant itself.
Command ChangeUnit(std::string_view id, ParticipantNo merchant, AssetNo asset, UnitNo unit,
                   const claims::Conditions& conditions);
inline claims::Conditions Suspended() { return {true, Amount(0), Amount(0)}; }
inline claims::Conditions Most(std::int64_t points, std::int64_t a_day = 0) {
  return {false, Amount(points), Amount(a_day)};
}
// So many fen for so many points.
struct Ratio {
  std::int64_t fen = 0;
  std::int64_t points = 1;
};
// Merchant 0: all.
Command Publish(std::string_view id, AssetNo asset, AssetNo money, ParticipantNo merchant,
                BusinessDate first_date, Ratio ratio);
Command BeginRun(std::string_view id, AssetNo money);
Command AddLine(std::string_view id, std::uint32_t run, ParticipantNo merchant);
Command TakeStep(std::string_view id, std::uint64_t line, entry::v1::SettlementAction action,
                 std::string_view reason = {}, std::string_view bank_reference = {});
Command Approve(std::string_view id, std::uint64_t line);
Command Pay(std::string_view id, std::uint64_t line);
Command Return(std::string_view id, std::uint64_t line, std::string_view bank_reference = {});

// The cast of Market() besides that of commands.h.
inline constexpr AssetNo kFen{3};       // money of kMidnight
inline constexpr AssetNo kStampFen{4};  // money of kLateEvening
inline constexpr AccountNo kFenIssuance{13};
inline constexpr AccountNo kSettling{15};
inline constexpr AccountNo kPaid{16};
inline constexpr AccountNo kStampFenIssuance{17};
inline constexpr AccountNo kStampSettling{19};
inline constexpr AccountNo kStampPaid{20};
inline constexpr AccountNo kClaim{21};       // of kMall in kFen
inline constexpr AccountNo kStampClaim{22};  // of kMall in kStampFen
inline constexpr UnitNo kStore{1};           // of kMall in kPoints: s1
inline constexpr UnitNo kTill{2};            // s1/t1
inline constexpr AccountNo kStoreAccount{23};
inline constexpr AccountNo kTillAccount{24};

// The mall settles in both assets, by one fen for a point from today on; it has a store with a till
// for kPoints; Alice has 500 points, and the budgets are funded.
World Market();
// The same without any price.
World MarketWithoutPrices();

// What a merchant's claim is, what of it is of today, what is in settlement and what was paid:
// "claim 12 today 12 settling 0 paid 0".
std::string Books(const World& world);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_CLAIMS_MARKET_H_
