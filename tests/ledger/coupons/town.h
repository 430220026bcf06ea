// Commands about campaigns and coupons in few words, and a town in which coupons are given away.
#ifndef TANHUI_TESTS_LEDGER_COUPONS_TOWN_H_
#define TANHUI_TESTS_LEDGER_COUPONS_TOWN_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/coupons/campaigns.h"
#include "tests/ledger/claims/market.h"

namespace tanhui::world {

// The cast of Town() besides that of commands.h and market.h; all fen are kFen.
inline constexpr ParticipantNo kBakery{8};           // a merchant
inline constexpr AccountNo kDistrictFen{25};         // a budget of kDistrict
inline constexpr AccountNo kSponsorFen{26};          // a budget of kSponsor
inline constexpr AccountNo kKioskShop{27};           // of kKiosk in kPoints, which has no claim
inline constexpr AccountNo kBakeryShop{28};          // of kBakery in kPoints
inline constexpr AccountNo kBakeryClaim{29};         // in kFen
inline constexpr AccountNo kCarol{30};               // a citizen without points
inline constexpr AccountNo kMinor{31};               // kAlice is the guardian
inline constexpr std::int64_t kTownFen = 1'000'000;  // in each of the two budgets
// The accounts of the first campaign that is opened in Town().
inline constexpr AccountNo kStockOfFirst{32};
inline constexpr AccountNo kCouponsOfFirst{33};
inline constexpr AccountNo kReviewOfFirst{34};
inline constexpr AccountNo kRestOfFirst{35};

// Market() with two budgets of fen, a kiosk without a claim, a bakery with one; Bob has 500 points
// as Alice has.
World Town();

// --- campaigns ---
using ChangeOpening = std::function<void(entry::v1::CampaignOpening&)>;
// 20 yuan off from 100 yuan on: the district pays 600 permille, the sponsor 300, the merchant bears
// 100; 10 coupons, issued for 10 days from now on and used for 20. `change` makes another one of
// it.
Command OpenCampaign(std::string_view id, std::string_view code,
                     const ChangeOpening& change = nullptr);
// 200 permille off, at most 50 yuan; otherwise the same. A change for OpenCampaign.
void PartOfOrder(entry::v1::CampaignOpening& opening);
// By lottery: applications for 5 days, the seed is kSeed; likewise.
void ByLottery(entry::v1::CampaignOpening& opening);
// Each discount is reviewed; likewise.
void Reviewed(entry::v1::CampaignOpening& opening);
// The merchant pays all of it; likewise.
void MerchantsOwn(entry::v1::CampaignOpening& opening);
inline constexpr std::string_view kSeed = "0123456789abcdef0123456789abcdef";

// Asks for it and expects it to be taken: the campaign.
CampaignNo Opened(World& world, const Command& opening);

Command Pause(std::string_view id, CampaignNo campaign);
Command Resume(std::string_view id, CampaignNo campaign);
Command End(std::string_view id, CampaignNo campaign);
Command Extend(std::string_view id, CampaignNo campaign, LedgerTime issue_last,
               LedgerTime use_last);
Command ApplyFor(std::string_view id, CampaignNo campaign, AccountNo account,
                 const std::vector<std::string>& attestations = {});
Command DrawLottery(std::string_view id, CampaignNo campaign, std::string_view seed = kSeed,
                    std::string_view beacon_value = "3141592");

// --- coupons ---
// What the platform attests is put in by hand where a campaign asks for it.
Command IssueCoupon(std::string_view id, CampaignNo campaign, AccountNo account,
                    std::uint64_t application = 0, AccountNo acting = AccountNo(0));
Command RevokeCoupon(std::string_view id, std::uint64_t coupon, bool points_back = false,
                     std::string_view reason = "resold");

struct Goods {
  std::int64_t fen = 0;
  std::string category = {};
};
// An order named `order`; slot 0 uses up all four of its nullifiers.
entry::v1::CouponOrder OrderAt(AccountNo merchant, std::string_view order,
                               const std::vector<Goods>& goods, std::uint32_t slot = 0);
// One of them, 17 bytes; slot 1 to 4.
std::string OrderNullifier(std::string_view order, std::uint32_t slot);

Command LockCoupon(std::string_view id, std::uint64_t coupon, const entry::v1::CouponOrder& order,
                   LedgerTime deadline);
Command UnlockCoupon(std::string_view id, std::uint64_t coupon);
Command UseCoupon(std::string_view id, std::uint64_t coupon, const entry::v1::CouponOrder& order);
struct GoodsBack {
  std::uint32_t line = 0;
  std::int64_t fen = 0;
};
Command RefundCoupon(std::string_view id, std::uint64_t use, const std::vector<GoodsBack>& lines);
Command ReviewUse(std::string_view id, std::uint64_t use, std::int64_t approved,
                  std::string_view reason = {});

// Where the fen of a campaign are: "stock 18000 coupons 0 review 0 rest 0".
std::string FenOf(const World& world, CampaignNo campaign);
const coupons::Campaign& CampaignIn(const World& world, CampaignNo campaign);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_COUPONS_TOWN_H_
