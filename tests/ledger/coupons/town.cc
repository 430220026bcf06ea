#include "tests/ledger/coupons/town.h"

#include "ledger/core/check.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

constexpr std::int64_t kYuan = 100;

// A command with this request id and nothing else.
Command Draft(std::string_view id, ParticipantNo caller) {
  Command command = By(CreateScheme(id, "any"), caller);
  command.draft.clear_body();
  return command;
}

void Must(World& world, const Command& command) {
  Check(world.Ask(command) == "OK", "the town of a test");
}

Command Change(std::string_view id, CampaignNo campaign, pb::CampaignAction action) {
  Command command = Draft(id, kOperator);
  auto& body = *command.draft.mutable_campaign_change();
  body.set_campaign(campaign.value());
  body.set_action(action);
  body.set_reason("test");
  return command;
}

}  // namespace

World Town() {
  World world = Market();
  Must(world, CreateParticipant("bakery", "bakery", ParticipantKind::kMerchant));
  Must(world, OpenBudget("district-fen", "district-fen", kDistrict, kFen));
  Must(world, OpenBudget("sponsor-fen", "sponsor-fen", kSponsor, kFen));
  Must(world, By(OpenMerchant("kiosk-shop", kPoints, kKiosk), kOperator));
  Must(world, By(OpenMerchant("bakery-shop", kPoints, kBakery), kOperator));
  Must(world, OpenClaim("bakery-claim", kFen, kBakery));
  Must(world, By(OpenCitizen("carol", kPoints), kOperator));
  Must(world, By(OpenMinor("minor", kPoints), kOperator));
  Must(world, Consent("consent", kMinor, kAlice));
  Must(world, Fund("district-funds", kDistrictFen, kTownFen));
  Must(world, Fund("sponsor-funds", kSponsorFen, kTownFen));
  Must(world, Award("bob", kBob, kBudget, 500));
  Check(world.state().head().next_account == kStockOfFirst, "the town of a test");
  return world;
}

Command OpenCampaign(std::string_view id, std::string_view code, const ChangeOpening& change) {
  constexpr std::int64_t kStartMicros = kStart.value();
  Command command = Draft(id, kOperator);
  auto& body = *command.draft.mutable_campaign_opening();
  body.set_code(std::string(code));
  body.set_display_name("campaign " + std::string(code));
  body.set_organiser(kDistrict.value());
  body.set_money(kFen.value());
  body.set_face_fen(20 * kYuan);
  body.set_threshold_fen(100 * kYuan);
  body.set_issue_first_micros(kStartMicros);
  body.set_issue_last_micros(kStartMicros + 10 * kMicrosPerDay);
  body.set_use_first_micros(kStartMicros);
  body.set_use_last_micros(kStartMicros + 20 * kMicrosPerDay);
  body.set_stock(10);
  body.set_return_policy(pb::RETURN_POLICY_APPORTION);
  body.set_coupon_returns(true);
  for (const auto& [budget, permille] :
       {std::pair(kDistrictFen, 600), std::pair(kSponsorFen, 300)}) {
    auto& funder = *body.add_funders();
    funder.set_budget(budget.value());
    funder.set_permille(permille);
  }
  body.set_own_permille(100);
  if (change != nullptr) {
    change(body);
  }
  return command;
}

void PartOfOrder(pb::CampaignOpening& opening) {
  opening.clear_face_fen();
  opening.set_percent_permille(200);
  opening.set_ceiling_fen(50 * kYuan);
}

void ByLottery(pb::CampaignOpening& opening) {
  opening.set_seed_sha256(Sha256(kSeed));
  opening.set_beacon("the lottery of 8 March");
  opening.set_apply_last_micros(opening.issue_first_micros() + 5 * kMicrosPerDay);
}

void Reviewed(pb::CampaignOpening& opening) { opening.set_reviewed(true); }

void MerchantsOwn(pb::CampaignOpening& opening) {
  opening.set_organiser(kMall.value());
  opening.clear_funders();
  opening.set_own_permille(coupons::kWholePermille);
}

CampaignNo Opened(World& world, const Command& opening) {
  Done(world, opening);
  return CampaignNo(world.last().campaign_opening().number());
}

Command Pause(std::string_view id, CampaignNo campaign) {
  return Change(id, campaign, pb::CAMPAIGN_ACTION_PAUSE);
}

Command Resume(std::string_view id, CampaignNo campaign) {
  return Change(id, campaign, pb::CAMPAIGN_ACTION_RESUME);
}

Command End(std::string_view id, CampaignNo campaign) {
  return Change(id, campaign, pb::CAMPAIGN_ACTION_END);
}

Command Extend(std::string_view id, CampaignNo campaign, LedgerTime issue_last,
               LedgerTime use_last) {
  Command command = Change(id, campaign, pb::CAMPAIGN_ACTION_EXTEND);
  auto& body = *command.draft.mutable_campaign_change();
  body.set_issue_last_micros(issue_last.value());
  body.set_use_last_micros(use_last.value());
  return command;
}

Command ApplyFor(std::string_view id, CampaignNo campaign, AccountNo account,
                 const std::vector<std::string>& attestations) {
  Command command = Draft(id, kPlatform);
  auto& body = *command.draft.mutable_coupon_application();
  body.set_campaign(campaign.value());
  body.set_account(account.value());
  body.mutable_attestations()->Assign(attestations.begin(), attestations.end());
  return command;
}

Command DrawLottery(std::string_view id, CampaignNo campaign, std::string_view seed,
                    std::string_view beacon_value) {
  Command command = Draft(id, kOperator);
  auto& body = *command.draft.mutable_lottery_draw();
  body.set_campaign(campaign.value());
  body.set_seed(std::string(seed));
  body.set_beacon_value(std::string(beacon_value));
  return command;
}

Command IssueCoupon(std::string_view id, CampaignNo campaign, AccountNo account,
                    std::uint64_t application, AccountNo acting) {
  Command command = Draft(id, kPlatform);
  auto& body = *command.draft.mutable_coupon_issue();
  body.set_campaign(campaign.value());
  body.set_account(account.value());
  body.set_application(application);
  body.set_acting(acting.value());
  return command;
}

Command RevokeCoupon(std::string_view id, std::uint64_t coupon, bool points_back,
                     std::string_view reason) {
  Command command = Draft(id, kOperator);
  auto& body = *command.draft.mutable_coupon_revocation();
  body.set_coupon(coupon);
  body.set_points_back(points_back);
  body.set_reason(std::string(reason));
  return command;
}

std::string OrderNullifier(std::string_view order, std::uint32_t slot) {
  constexpr char kForEver = 2;
  constexpr std::size_t kHashBytes = 16;
  std::string nullifier = kForEver + Sha256("order " + std::string(order)).substr(0, kHashBytes);
  nullifier.back() = static_cast<char>(static_cast<unsigned char>(nullifier.back()) ^ slot);
  return nullifier;
}

pb::CouponOrder OrderAt(AccountNo merchant, std::string_view order, const std::vector<Goods>& goods,
                        std::uint32_t slot) {
  pb::CouponOrder body;
  body.set_merchant(merchant.value());
  for (const Goods& line : goods) {
    auto& out = *body.add_lines();
    out.set_category(line.category);
    out.set_fen(line.fen);
  }
  for (std::uint32_t s = 1; s <= coupons::kStackingSlots; ++s) {
    if (slot == 0 || slot == s) {
      body.add_nullifiers(OrderNullifier(order, s));
    }
  }
  return body;
}

Command LockCoupon(std::string_view id, std::uint64_t coupon, const pb::CouponOrder& order,
                   LedgerTime deadline) {
  Command command = Draft(id, kPlatform);
  auto& body = *command.draft.mutable_coupon_lock();
  body.set_coupon(coupon);
  *body.mutable_order() = order;
  body.set_deadline_micros(deadline.value());
  return command;
}

Command UnlockCoupon(std::string_view id, std::uint64_t coupon) {
  Command command = Draft(id, kPlatform);
  command.draft.mutable_coupon_unlock()->set_coupon(coupon);
  return command;
}

Command UseCoupon(std::string_view id, std::uint64_t coupon, const pb::CouponOrder& order) {
  Command command = Draft(id, kPlatform);
  auto& body = *command.draft.mutable_coupon_redemption();
  body.set_coupon(coupon);
  *body.mutable_order() = order;
  return command;
}

Command RefundCoupon(std::string_view id, std::uint64_t use, const std::vector<GoodsBack>& lines) {
  Command command = Draft(id, kPlatform);
  auto& body = *command.draft.mutable_coupon_refund();
  body.set_target(use);
  for (const GoodsBack& back : lines) {
    auto& out = *body.add_lines();
    out.set_line(back.line);
    out.set_fen(back.fen);
  }
  return command;
}

Command ReviewUse(std::string_view id, std::uint64_t use, std::int64_t approved,
                  std::string_view reason) {
  Command command = Draft(id, kOperator);
  auto& body = *command.draft.mutable_coupon_review();
  body.set_target(use);
  body.set_approved_fen(approved);
  body.set_reason(std::string(reason));
  return command;
}

const coupons::Campaign& CampaignIn(const World& world, CampaignNo campaign) {
  const auto* found = coupons::CampaignsOf(world.state().registry()).Find(campaign);
  Check(found != nullptr, "a test's campaign");
  return *found;
}

std::string FenOf(const World& world, CampaignNo number) {
  const coupons::Campaign& campaign = CampaignIn(world, number);
  const auto fen = [&world](AccountNo account) { return std::to_string(world.BalanceOf(account)); };
  return "stock " + fen(campaign.stock_account) + " coupons " + fen(campaign.coupons_account()) +
         " review " + fen(campaign.review_account()) + " rest " + fen(campaign.rest_account());
}

}  // namespace tanhui::world
