#include "tests/ledger/sequencer/coupons/coupon_work.h"

#include <string>

#include "tests/ledger/coupons/town.h"

namespace tanhui::sequencer {

using namespace world;  // NOLINT: the words of commands

std::vector<Command> CampaignCommands(std::uint64_t citizens) {
  const AccountNo claim(kNextAccount.value() + citizens + 4);  // behind those of the money
  const AccountNo district(claim.value() + 1);
  const AccountNo sponsor(claim.value() + 2);
  const auto small = [=](entry::v1::CampaignOpening& opening) {
    opening.mutable_funders(0)->set_budget(district.value());
    opening.mutable_funders(1)->set_budget(sponsor.value());
    opening.set_face_fen(10);
    opening.set_threshold_fen(100);
    opening.set_stock(50'000);
  };
  const auto reviewed = [=](entry::v1::CampaignOpening& opening) {
    small(opening);
    Reviewed(opening);
  };
  return {CreateMoney("money", "fen", kMidnight),
          OpenClaim("claim", kFen, kMall),
          OpenBudget("district-fen", "district-fen", kDistrict, kFen),
          OpenBudget("sponsor-fen", "sponsor-fen", kSponsor, kFen),
          Fund("fund-district", district, kTownFen),
          Fund("fund-sponsor", sponsor, kTownFen),
          OpenCampaign("campaign", "first", small),
          OpenCampaign("reviewed", "second", reviewed)};
}

Command CouponWork(std::string_view id, AccountNo citizen, std::optional<std::uint64_t> coupon,
                   std::optional<std::uint64_t> use, std::mt19937_64& random) {
  const std::uint64_t dice = random() % 12;
  if (dice < 4 || !coupon.has_value()) {
    return IssueCoupon(id, CampaignNo(1 + dice % 2), citizen);
  }
  const auto order =
      OrderAt(kShop, "o" + std::to_string(random() % 5'000), {{60, "food"}, {70, "tools"}});
  if (dice < 7 && use.has_value()) {
    return dice == 4 ? ReviewUse(id, *use, 1, "no_invoice") : RefundCoupon(id, *use, {{0, 20}});
  }
  switch (dice) {
    case 7:
      return LockCoupon(id, *coupon, order, LedgerTime(kStart.value() + kMicrosPerDay));
    case 8:
      return random() % 2 == 0 ? UnlockCoupon(id, *coupon) : RevokeCoupon(id, *coupon);
    default:
      return UseCoupon(id, *coupon, order);
  }
}

}  // namespace tanhui::sequencer
