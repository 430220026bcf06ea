#include "tests/property/coupons/coupon_life.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "ledger/core/check.h"
#include "tests/ledger/points/earning/acts.h"

namespace tanhui::property {
namespace {

using namespace world;  // NOLINT: the words of commands
namespace pb = entry::v1;

constexpr std::int64_t kHour = 60 * kMicrosPerMinute;
constexpr std::uint32_t kCentre = 500103;
constexpr std::uint32_t kSuburb = 500104;
constexpr std::array kBudgets = {kDistrictFen, kSponsorFen};
constexpr int kMoreCitizens = 6;

ParticipantNo MerchantOf(const World& world, AccountNo shop) { return world.Of(shop).participant; }

}  // namespace

CouponLife::CouponLife(std::uint64_t seed)
    : random_(seed), world_(static_cast<World (*)()>(Town)()), model_(&Sha256) {
  OpenUnits();
  PublishProducts();
  citizens_ = {kAlice, kBob, kCarol, kMinor, kStampAlice};
  for (int i = 0; i < kMoreCitizens; ++i) {
    Done(world_, By(OpenCitizen(NextId(), kPoints), kOperator));
    citizens_.emplace_back(world_.last().account_opening().number());
  }
  for (const AccountNo citizen : citizens_) {
    model_.points[citizen.value()] = world_.BalanceOf(citizen);
  }
  model_.settles[kMall.value()] = model_.settles[kBakery.value()] = true;
  replica_ = world_.state();
  replica_.TakeChanges();
  applied_ = returns_seen_ = listed_from_ = world_.entries().size();
}

// A store of the mall with a till in one district, and one of the bakery in another.
void CouponLife::OpenUnits() {
  shops_ = {kShop, kStoreAccount, kTillAccount, kStampShop, kKioskShop, kBakeryShop};
  above_ = {{kStoreAccount, kShop}, {kTillAccount, kStoreAccount}};
  const auto open = [&](Command command, std::uint32_t district, AccountNo above) {
    auto& unit = *command.draft.mutable_unit_creation();
    unit.set_district(unit.level() == pb::UNIT_LEVEL_STORE ? district : 0);
    Done(world_, By(command, kOperator));
    shops_.emplace_back(world_.last().unit_creation().account());
    above_[shops_.back()] = above;
    districts_[shops_.back()] = district;
  };
  open(CreateStore(NextId(), kMall, kPoints, "centre"), kCentre, kShop);
  const UnitNo centre(world_.last().unit_creation().number());
  open(CreateTill(NextId(), kMall, kPoints, centre, "t"), kCentre, shops_.back());
  open(CreateStore(NextId(), kBakery, kPoints, "suburb"), kSuburb, kBakeryShop);
}

void CouponLife::PublishProducts() {
  constexpr int kSoon = 12;  // days
  pb::Catalogue catalogue;
  catalogue.set_code("appliances");
  catalogue.set_version(1);
  catalogue.set_first_date("2024-01-01");
  catalogue.set_display_name("appliances");
  catalogue.set_publisher("test");
  const auto add = [&](std::string_view code, const ModelProduct& listed) {
    pb::Product& product = *catalogue.add_products();
    product.set_code(std::string(code));
    product.set_category(listed.category);
    product.set_brand("brand");
    product.set_display_name(std::string(code));
    product.set_energy_grade(listed.grade);
    product.set_valid_to(FormatDate(BusinessDate(listed.last_day)));
    model_.products[static_cast<std::uint32_t>(catalogue.products_size())] = listed;
  };
  const int today = world_.today().value();
  add("f0", {"fridge", 0, today + 1'000});
  add("f1", {"fridge", 1, today + 1'000});
  add("f3", {"fridge", 3, today + 1'000});
  add("f2", {"fridge", 2, today + kSoon});
  add("l2", {"lamp", 2, today + 1'000});
  PublishDocument(world_, pb::DOCUMENT_KIND_CATALOGUE, catalogue.SerializeAsString());
}

void CouponLife::Step() {
  using Deed = void (CouponLife::*)();
  static constexpr std::pair<int, Deed> kDeeds[] = {
      {3, &CouponLife::Open},   {3, &CouponLife::Change},  {8, &CouponLife::Apply},
      {2, &CouponLife::Draw},   {20, &CouponLife::Issue},  {8, &CouponLife::Lock},
      {4, &CouponLife::Unlock}, {20, &CouponLife::Use},    {14, &CouponLife::GiveBack},
      {4, &CouponLife::Cancel}, {3, &CouponLife::Revoke},  {5, &CouponLife::Review},
      {1, &CouponLife::Merge},  {1, &CouponLife::Suspend}, {1, &CouponLife::Freeze},
      {2, &CouponLife::TopUp},  {2, &CouponLife::Settle},  {3, &CouponLife::Sweep}};
  int sum = 0;
  for (const auto& [weight, deed] : kDeeds) {
    sum += weight;
  }
  auto drawn = static_cast<int>(Below(static_cast<std::uint64_t>(sum)));
  for (const auto& [weight, deed] : kDeeds) {
    drawn -= weight;
    if (drawn < 0) {
      (this->*deed)();
      break;
    }
  }
  if (OneIn(4)) {
    world_.Wait(static_cast<std::int64_t>(Below(OneIn(12) ? 60 : 6)) * kHour +
                static_cast<std::int64_t>(Below(60)) * kMicrosPerMinute);
  }
  CheckBooks();
}

std::size_t CouponLife::Recent(std::size_t size) {
  const std::size_t last = std::min<std::size_t>(size, OneIn(3) ? size : 6);
  return size - 1 - Below(last);
}

std::size_t CouponLife::Usable() {
  std::size_t at = Recent(model_.coupons.size());
  for (int tries = 0; tries < 4; ++tries) {
    const ModelCoupon& coupon = model_.coupons[at];
    const ModelCouponState state = coupon.StateAt(Now());
    if ((state == ModelCouponState::kReady || state == ModelCouponState::kLocked) &&
        model_.ValidAt(coupon, Now())) {
      break;
    }
    at = Recent(model_.coupons.size());
  }
  return at;
}

std::int64_t CouponLife::Later(std::int64_t hours) const { return Now() + hours * kHour; }

ParticipantNo CouponLife::AnyCaller() { return OneIn(6) ? kOtherPlatform : kPlatform; }

// The discount, and who pays it.
void CouponLife::DrawValue(Opening& terms) {
  const auto any = [this](std::int64_t below) {
    return static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(below)));
  };
  if (OneIn(2)) {
    terms.clear_face_fen();
    terms.set_percent_permille(static_cast<std::uint32_t>(1 + any(1'000)));
    terms.set_ceiling_fen(1 + any(5'000));
  } else {
    terms.set_face_fen(1 + any(OneIn(12) ? 400'000 : 3'000));
  }
  terms.set_threshold_fen(OneIn(3) ? 0 : MaxDiscount(terms) + any(4'000));
  terms.clear_funders();
  const std::uint32_t own = OneIn(6) ? 1'000 : static_cast<std::uint32_t>(OneIn(2) ? 0 : any(999));
  std::uint32_t left = 1'000 - own;
  terms.set_own_permille(own);
  for (const AccountNo budget : kBudgets) {
    const bool last = budget == kBudgets.back();
    const auto permille = last ? left : static_cast<std::uint32_t>(any(left + 1));
    if (permille > 0) {
      terms.add_funders()->set_budget(budget.value());
      terms.mutable_funders()->rbegin()->set_permille(permille);
      left -= permille;
    }
  }
  if (own < 1'000) {
    terms.set_reviewed(OneIn(3));
    terms.set_funded_ceiling_fen(OneIn(4) ? 1 + any(MaxDiscount(terms)) : 0);
    if (OneIn(4)) {
      auto& trade_in = *terms.mutable_trade_in();
      trade_in.add_categories("fridge");
      if (OneIn(2)) {
        trade_in.add_categories("lamp");
      }
      trade_in.set_worst_grade(static_cast<std::uint32_t>(any(4)));
      terms.set_reviewed(true);
    }
  }
}

Opening CouponLife::RandomTerms() {
  Opening terms =
      OpenCampaign("-", "c" + std::to_string(model_.campaigns.size() + 1)).draft.campaign_opening();
  const auto any = [this](std::int64_t below) {
    return static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(below)));
  };
  DrawValue(terms);
  if (OneIn(4)) {
    terms.add_merchants(kMall.value());
    terms.add_merchants((OneIn(2) ? kKiosk : kBakery).value());
  }
  if (OneIn(5)) {
    terms.add_districts(kCentre);
    if (OneIn(2)) {
      terms.add_districts(kSuburb);
    }
  }
  if (OneIn(2)) {
    terms.add_categories("appliance");
    terms.add_categories("food");
  }
  terms.set_issue_first_micros(Later(OneIn(3) ? any(30) : 0));
  terms.set_issue_last_micros(terms.issue_first_micros() + (1 + any(240)) * kHour);
  terms.set_use_first_micros(terms.issue_first_micros() + (OneIn(3) ? any(48) : 0) * kHour);
  terms.set_use_last_micros(std::max(terms.issue_last_micros(), terms.use_first_micros()) +
                            (1 + any(200)) * kHour);
  terms.set_days_after_issue(static_cast<std::uint32_t>(OneIn(3) ? 1 + any(5) : 0));
  terms.set_stock(static_cast<std::uint64_t>(1 + any(12)));
  if (OneIn(3)) {
    for (const std::uint32_t minute : {0u, 600u, 900u}) {
      auto& release = *terms.add_daily_releases();
      release.set_minute(minute);
      release.set_coupons(static_cast<std::uint64_t>(1 + any(3)));
    }
  }
  terms.set_per_citizen(static_cast<std::uint32_t>(any(4)));
  terms.set_per_citizen_day(static_cast<std::uint32_t>(any(3)));
  terms.set_stacking_slot(static_cast<std::uint32_t>(any(4)));
  if (OneIn(4)) {
    terms.set_points_asset(kPoints.value());
    terms.set_price_points(1 + any(120));
  }
  terms.set_return_policy(static_cast<pb::ReturnPolicy>(1 + any(3)));
  terms.set_coupon_returns(!OneIn(3));
  if (OneIn(4)) {
    terms.add_attestations("real_name");
  }
  if (OneIn(4)) {
    ByLottery(terms);
    terms.set_stock(1 + Below(4));
    terms.clear_daily_releases();
    terms.set_apply_last_micros(terms.issue_first_micros() + (1 + any(90)) * kHour);
    terms.set_issue_last_micros(
        std::max(terms.issue_last_micros(), terms.apply_last_micros() + kHour));
    terms.set_use_last_micros(std::max(terms.use_last_micros(), terms.issue_last_micros()));
  }
  return terms;
}

void CouponLife::Open() {
  if (model_.campaigns.size() >= 24) {
    return;
  }
  const Opening terms = RandomTerms();
  const std::int64_t locked = LockOf(terms) * static_cast<std::int64_t>(terms.stock());
  bool enough = true;
  if (!terms.funders().empty()) {
    const std::vector<std::int64_t> parts = SplitOf(terms, locked);
    for (int i = 0; i < terms.funders_size(); ++i) {
      enough = enough && world_.BalanceOf(AccountNo(terms.funders(i).budget())) >=
                             parts[static_cast<std::size_t>(i)];
    }
  }
  const Command command = OpenCampaign(NextId(), terms.code(), [&](Opening& out) { out = terms; });
  if (Ask(command, enough ? "OK" : "INSUFFICIENT_BUDGET")) {
    ModelCampaign& campaign = model_.campaigns.emplace_back();
    campaign.terms = world_.last().campaign_opening();
    campaign.issue_last = terms.issue_last_micros();
    campaign.use_last = terms.use_last_micros();
  }
}

void CouponLife::Change() {
  if (model_.campaigns.empty()) {
    return;
  }
  const std::size_t at = AnyOf(model_.campaigns);
  ModelCampaign& campaign = model_.campaigns[at];
  const CampaignNo number(campaign.terms.number());
  const bool over = campaign.OverAt(Now());
  switch (campaign.paused && !OneIn(4) ? 1 : Below(8)) {
    case 0:
      if (Ask(Pause(NextId(), number), campaign.paused || over ? "CAMPAIGN_STATE" : "OK")) {
        campaign.paused = true;
      }
      break;
    case 1:
      if (Ask(Resume(NextId(), number), !campaign.paused || over ? "CAMPAIGN_STATE" : "OK")) {
        campaign.paused = false;
      }
      break;
    case 2:
      if (Ask(End(NextId(), number), over ? "CAMPAIGN_STATE" : "OK")) {
        campaign.ended = true;
      }
      break;
    default:
      Extend(at);
  }
}

void CouponLife::Extend(std::size_t at) {
  ModelCampaign& campaign = model_.campaigns[at];
  const bool issue = OneIn(2);
  const bool use = !issue || OneIn(2);
  const std::int64_t more = static_cast<std::int64_t>(1 + Below(20)) * kHour;
  const std::int64_t issue_last = campaign.issue_last + (issue ? more : 0);
  const std::int64_t use_last =
      std::max(campaign.use_last + (use ? more : 0), issue ? issue_last : 0);
  const bool state = (issue && campaign.OverAt(Now())) ||
                     (use_last != campaign.use_last && Now() > campaign.use_last);
  if (Ask(world::Extend(NextId(), CampaignNo(campaign.terms.number()), LedgerTime(issue_last),
                        LedgerTime(use_last)),
          state ? "CAMPAIGN_STATE" : "OK")) {
    campaign.issue_last = issue_last;
    campaign.use_last = use_last;
  }
}

bool CouponLife::Attest(const ModelCampaign& campaign,
                        google::protobuf::RepeatedPtrField<std::string>& out) {
  if (campaign.terms.attestations().empty() || OneIn(8)) {
    return campaign.terms.attestations().empty();
  }
  out = campaign.terms.attestations();
  return true;
}

void CouponLife::Apply() {
  if (model_.campaigns.empty()) {
    return;
  }
  std::size_t at = AnyOf(model_.campaigns);
  const auto open = [this](const ModelCampaign& campaign) {
    return campaign.lottery() && !campaign.paused && Now() <= campaign.terms.apply_last_micros();
  };
  for (int tries = 0; tries < 20 && !open(model_.campaigns[at]); ++tries) {
    at = AnyOf(model_.campaigns);
  }
  ModelCampaign& campaign = model_.campaigns[at];
  const AccountNo asked = citizens_[AnyOf(citizens_)];
  const std::uint64_t account = model_.Standing(asked.value());
  Command command = ApplyFor(NextId(), CampaignNo(campaign.terms.number()), asked);
  const bool attested =
      Attest(campaign, *command.draft.mutable_coupon_application()->mutable_attestations());
  const std::string why = model_.WhyNotApplied(at, account, attested, Now());
  if (asked == kMinor || frozen_[AccountNo(account)] ||
      (campaign.terms.points_asset() != 0 && asked == kStampAlice)) {
    return;
  }
  if (Ask(command, why)) {
    EXPECT_EQ(world_.last().coupon_application().ordinal(), campaign.applications.size());
    campaign.applications.push_back(world_.last_index());
    model_.applications.push_back(
        {world_.last_index(), at, asked.value(), world_.last().coupon_application().ordinal()});
  }
}

void CouponLife::Draw() {
  for (ModelCampaign& campaign : model_.campaigns) {
    const bool over = Now() > campaign.terms.apply_last_micros();
    if (!campaign.lottery() || !campaign.key.empty() || (!over && !OneIn(5))) {
      continue;
    }
    const std::string beacon = "beacon " + std::to_string(Below(1'000));
    const std::string expected = over && !campaign.OverAt(Now()) ? "OK" : "CAMPAIGN_STATE";
    if (Ask(DrawLottery(NextId(), CampaignNo(campaign.terms.number()), kSeed, beacon), expected)) {
      EXPECT_EQ(world_.last().lottery_draw().applications(), campaign.applications.size());
      campaign.key = DrawKey(&Sha256, kSeed, beacon);
    }
    return;
  }
}

void CouponLife::Issue() {
  if (model_.campaigns.empty()) {
    return;
  }
  std::size_t at = Recent(model_.campaigns.size());
  for (int tries = 0; tries < 4 && model_.campaigns[at].OverAt(Now()); ++tries) {
    at = AnyOf(model_.campaigns);
  }
  AccountNo asked = citizens_[AnyOf(citizens_)];
  ModelApplication* application = nullptr;
  if (!model_.applications.empty() && (model_.campaigns[at].lottery() || OneIn(10))) {
    application = &model_.applications[Recent(model_.applications.size())];
    at = application->campaign;
    asked = AccountNo(application->account);
  }
  ModelCampaign& campaign = model_.campaigns[at];
  const std::uint64_t account = model_.Standing(asked.value());
  const AccountNo acting(asked == kMinor && !OneIn(6) ? kAlice : AccountNo(0));
  const std::string id = NextId();
  Command command = IssueCoupon(id, CampaignNo(campaign.terms.number()), asked,
                                application == nullptr ? 0 : application->entry, acting);
  const bool attested =
      Attest(campaign, *command.draft.mutable_coupon_issue()->mutable_attestations());
  const bool other_asset = campaign.terms.points_asset() != 0 && asked == kStampAlice;
  const std::string expected =
      other_asset                   ? "ASSET_MISMATCH"
      : frozen_[AccountNo(account)] ? "ACCOUNT_FROZEN"
      : asked == kMinor && acting == AccountNo(0)
          ? "GUARDIAN_REQUIRED"
          : model_.WhyNotIssued(campaign, account, application, attested, Now());
  if (Ask(command, expected)) {
    const pb::CouponIssue& issue = world_.last().coupon_issue();
    EXPECT_EQ(issue.fen(), LockOf(campaign.terms));
    EXPECT_EQ(issue.points(), campaign.terms.price_points());
    const std::int64_t days = campaign.terms.days_after_issue();
    EXPECT_EQ(
        issue.valid_until_micros(),
        days == 0 ? campaign.use_last : std::min(campaign.use_last, Now() + days * kMicrosPerDay));
    ++campaign.issued;
    ++campaign.issued_on[DayAt(Now())];
    model_.points[account] -= campaign.terms.price_points();
    if (application != nullptr) {
      application->used = true;
    }
    model_.coupons.push_back(
        {id, world_.last_index(), at, asked.value(), Now(), issue.valid_until_micros()});
  }
}

bool CouponLife::IsFrozen(const ModelCoupon& coupon) {
  return frozen_[AccountNo(model_.Standing(coupon.account))];
}

bool CouponLife::IsSuspended(AccountNo shop) {
  const auto above = above_.find(shop);
  return suspended_[shop] || (above != above_.end() && IsSuspended(above->second));
}

ModelOrder CouponLife::RandomOrder(const ModelCampaign& campaign, pb::CouponOrder& body) {
  ModelOrder order;
  // Where there are few places, rather one of them.
  AccountNo merchant = shops_[AnyOf(shops_)];
  for (int tries = 0; tries < 3 && !campaign.terms.districts().empty() &&
                      districts_.find(merchant) == districts_.end();
       ++tries) {
    merchant = shops_[AnyOf(shops_)];
  }
  order.name = OneIn(6) && !model_.uses.empty() ? model_.uses[Recent(model_.uses.size())].order.name
                                                : "o" + std::to_string(ids_);
  order.merchant = MerchantOf(world_, merchant).value();
  order.suspended = IsSuspended(merchant);
  const auto district = districts_.find(merchant);
  order.district = district == districts_.end() ? 0 : district->second;
  std::vector<Goods> goods;
  const auto most =
      static_cast<std::uint64_t>(campaign.terms.threshold_fen() + MaxDiscount(campaign.terms) + 1);
  for (std::uint64_t line = 0; line < 1 + Below(4); ++line) {
    static const std::array<std::string, 3> kCategories = {"food", "appliance", "toys"};
    const std::string& category = kCategories[Below(3)];
    goods.push_back({static_cast<std::int64_t>(Below(most) + 1), category});
    const auto& wanted = campaign.terms.categories();
    const bool eligible =
        wanted.empty() || std::find(wanted.begin(), wanted.end(), category) != wanted.end();
    order.goods.push_back({goods.back().fen, eligible});
  }
  body = OrderAt(merchant, order.name, goods, campaign.terms.stacking_slot());
  return order;
}

ModelTradeIn CouponLife::RandomTradeIn(pb::CouponRedemption& body) {
  ModelTradeIn made;
  made.product = static_cast<std::uint32_t>(1 + Below(model_.products.size() + 1));
  const auto product = model_.products.find(made.product);
  made.category = OneIn(6)                           ? "washer"
                  : product == model_.products.end() ? "fridge"
                                                     : product->second.category;
  // Often those of one that was rejected, or that came back.
  std::vector<std::string> again;
  for (int tries = 0; tries < 8 && again.empty() && !model_.uses.empty(); ++tries) {
    const ModelUse& before = model_.uses[AnyOf(model_.uses)];
    const bool free = (before.reviewed && before.approved == 0) || before.GoodsLeft() == 0;
    again = free || OneIn(4) ? before.trade_in.pieces : again;
  }
  for (std::size_t i = 0; i < 4; ++i) {
    std::string piece =
        again.empty() || OneIn(3) ? std::to_string(i) + " of " + std::to_string(ids_) : again[i];
    body.mutable_order()->add_nullifiers(OrderNullifier(piece, 0));
    made.pieces.push_back(std::move(piece));
  }
  body.mutable_trade_in()->set_category(made.category);
  body.mutable_trade_in()->set_product(made.product);
  return made;
}

void CouponLife::Lock() {
  if (model_.coupons.empty()) {
    return;
  }
  ModelCoupon& coupon = model_.coupons[Usable()];
  pb::CouponOrder body;
  const ModelOrder order = RandomOrder(model_.Of(coupon), body);
  const std::int64_t deadline = Now() + (static_cast<std::int64_t>(Below(27)) - 1) * kHour;
  const ParticipantNo caller = AnyCaller();
  if (Ask(By(LockCoupon(NextId(), coupon.entry, body, LedgerTime(deadline)), caller),
          IsFrozen(coupon) ? "ACCOUNT_FROZEN"
                           : model_.WhyNotLocked(coupon, order, deadline, caller.value(), Now()))) {
    coupon.state = ModelCouponState::kLocked;
    coupon.touched = true;
    coupon.lock_until = deadline;
    coupon.locked_for = order;
    locks_[coupon.entry] = body;
  }
}

void CouponLife::Unlock() {
  if (model_.coupons.empty()) {
    return;
  }
  ModelCoupon& coupon = model_.coupons[Usable()];
  if (Ask(UnlockCoupon(NextId(), coupon.entry),
          coupon.StateAt(Now()) == ModelCouponState::kLocked ? "OK" : "COUPON_STATE")) {
    coupon.state = ModelCouponState::kReady;
  }
}

void CouponLife::Use() {
  if (model_.coupons.empty()) {
    return;
  }
  const std::size_t at = Usable();
  ModelCoupon& coupon = model_.coupons[at];
  const ModelCampaign& campaign = model_.Of(coupon);
  pb::CouponOrder body;
  ModelOrder order = RandomOrder(campaign, body);
  if (coupon.StateAt(Now()) == ModelCouponState::kLocked && !OneIn(4)) {
    const std::string other = order.name;
    order = coupon.locked_for;
    body = locks_[coupon.entry];
    if (OneIn(6)) {  // the same goods on another order
      order.name = other;
      *body.mutable_nullifiers() =
          OrderAt(kShop, other, {}, campaign.terms.stacking_slot()).nullifiers();
    }
    if (order.merchant == kMall.value() && OneIn(3)) {  // another till
      body.set_merchant(OneIn(2) ? kTillAccount.value() : kStampShop.value());
      order.district = 0;
    }
    order.suspended = IsSuspended(AccountNo(body.merchant()));
  }
  const ParticipantNo caller = AnyCaller();
  const std::string id = NextId();
  Command command = By(UseCoupon(id, coupon.entry, body), caller);
  const ModelTradeIn trade_in = campaign.terms.has_trade_in()
                                    ? RandomTradeIn(*command.draft.mutable_coupon_redemption())
                                    : ModelTradeIn();
  if (!Ask(command, IsFrozen(coupon)
                        ? "ACCOUNT_FROZEN"
                        : model_.WhyNotUsed(coupon, order, trade_in, caller.value(), Now()))) {
    return;
  }
  const pb::CouponRedemption& made = world_.last().coupon_redemption();
  ModelUse use{id, world_.last_index(), caller.value(), at, order, trade_in};
  use.discount = DiscountOf(campaign.terms, EligibleOf(order.goods));
  use.back.resize(order.goods.size());
  EXPECT_EQ(made.discount_fen(), use.discount);
  EXPECT_EQ(made.funded_fen(), FundedOf(campaign.terms, use.discount));
  EXPECT_EQ(made.campaign(), campaign.terms.number());
  coupon.state = ModelCouponState::kUsed;
  coupon.touched = true;
  std::vector<std::string> keys = SlotsOf(order, campaign.terms.stacking_slot());
  keys.insert(keys.end(), trade_in.pieces.begin(), trade_in.pieces.end());
  for (const std::string& key : keys) {
    model_.claims[key] = {model_.uses.size(), 0};
  }
  model_.uses.push_back(use);
  if (!campaign.terms.reviewed()) {
    model_.AddToClaim(order.merchant, model_.PaidFor(use), world_.today().value());
  }
}

}  // namespace tanhui::property
