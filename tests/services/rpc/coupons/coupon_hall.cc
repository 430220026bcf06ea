#include "tests/services/rpc/coupons/coupon_hall.h"

#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "services/rpc/draft.h"

namespace tanhui::rpc {
namespace {

CallerConfig CallerWith(const std::string& participant, Role role) {
  CallerConfig caller{participant, {}};
  caller.roles.Add(role);
  return caller;
}

constexpr char kTerms[] = R"(
  display_name: '金秋' organiser: 'participants/sponsor' money: 'assets/fen'
  face_fen: 2000 threshold_fen: 10000 stock: 20
  return_policy: RETURN_POLICY_APPORTION coupon_returns: true
  funders { budget: 'budgets/fen' permille: 900 } own_permille: 100
)";

}  // namespace

CouponHall::CouponHall() {
  authenticator_.AddToken(merkle::Sha256({"token of shop"}), CallerWith("shop", Role::kPlatform));
  authenticator_.AddToken(merkle::Sha256({"token of stall"}), CallerWith("stall", Role::kPlatform));
  authenticator_.AddToken(merkle::Sha256({"token of approver"}),
                          CallerWith("sponsor", Role::kApprover));
  authenticator_.AddToken(merkle::Sha256({"token of sponsor"}),
                          CallerWith("sponsor", Role::kPlatform));
}

CouponHall::~CouponHall() {
  if (desk_ != nullptr) {
    desk_->Stop();
    context_->case_desk = nullptr;
  }
}

void CouponHall::SetUp() {
  TownHall::SetUp();
  auto desk = CaseDesk::Open(CaseDeskOptions(), engine_->store(), clock_, [] { return true; });
  ASSERT_TRUE(desk.ok()) << desk.status().ToString();
  desk_ = *std::move(desk);
  context_->case_desk = desk_.get();
  const auto done = [](const auto& answer) {
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  };
  done(Operator().Call(
      &e2e::AdminStub::CreateAsset,
      Parsed<v1::CreateAssetRequest>("request_id: 'fen' asset_id: 'fen' display_name: '人民币' "
                                     "scheme: 'schemes/green' max_amount: 1000000000000 "
                                     "money: true")));
  for (const std::string merchant : {"shop", "stall"}) {
    done(Operator().Call(&e2e::SettlementStub::OpenClaim,
                         Parsed<v1::OpenClaimRequest>(absl::StrCat(
                             "request_id: 'claim ", merchant, "' merchant: 'participants/",
                             merchant, "' money: 'assets/fen'"))));
  }
  v1::PublishPriceRequest price = Parsed<v1::PublishPriceRequest>(
      "request_id: 'price' asset: 'assets/points' money: 'assets/fen' fen: 7 per_points: 2 "
      "reason: 'first'");
  price.set_first_date(FormatDate(ShanghaiDate(clock_.Wall())));
  done(Operator().Call(&e2e::SettlementStub::PublishPrice, price));
  for (const std::string store : {"s1", "s2"}) {
    done(
        Operator().Call(&e2e::MerchantsStub::CreateUnit,
                        Parsed<v1::CreateUnitRequest>(absl::StrCat(
                            "request_id: 'unit ", store, "' parent: 'participants/shop' unit_id: '",
                            store, "' display_name: '店' asset: 'assets/points'"))));
  }
  done(Operator().Call(&e2e::BudgetsStub::Create,
                       Parsed<v1::BudgetsServiceCreateRequest>(
                           "request_id: 'budget fen' budget_id: 'fen' display_name: '补贴' "
                           "asset: 'assets/fen' sponsor: 'participants/sponsor'")));
  done(Operator().Call(
      &e2e::BudgetsStub::Fund,
      Parsed<v1::FundRequest>("request_id: 'fund fen' budget: 'budgets/fen' points: 1000000")));
  ASSERT_EQ(Create("autumn", Terms()), "campaigns/autumn");
}

google::protobuf::Timestamp CouponHall::DaysAhead(int days) const {
  return ToTimestamp(LedgerTime(clock_.Wall().value() + days * kMicrosPerDay));
}

v1::CampaignTerms CouponHall::Terms() const {
  auto terms = Parsed<v1::CampaignTerms>(kTerms);
  *terms.mutable_issue_first_time() = DaysAhead(0);
  *terms.mutable_issue_last_time() = DaysAhead(10);
  *terms.mutable_use_first_time() = DaysAhead(0);
  *terms.mutable_use_last_time() = DaysAhead(20);
  return terms;
}

std::string CouponHall::Create(const std::string& code, const v1::CampaignTerms& terms) const {
  v1::CreateCampaignRequest request;
  request.set_request_id("campaign " + code);
  request.set_campaign_id(code);
  *request.mutable_terms() = terms;
  const auto answer = Operator().Call(&e2e::CouponsStub::CreateCampaign, request);
  return answer.ok() ? answer.response.name() : answer.reason();
}

v1::IssueCouponRequest CouponHall::IssueOf(const std::string& id, const std::string& account,
                                           const std::string& campaign) const {
  v1::IssueCouponRequest request;
  request.set_request_id(id);
  request.set_campaign(campaign);
  request.set_account(account);
  return request;
}

std::string CouponHall::Issue(const std::string& id, const std::string& account,
                              const std::string& campaign) const {
  const auto answer =
      A().Call(&e2e::CouponsStub::IssueCoupon, IssueOf("issue " + id, account, campaign));
  return answer.ok() ? answer.response.coupon() : answer.reason();
}

v1::GetCouponCodeResponse CouponHall::CodeOf(const std::string& coupon,
                                             const std::string& device) const {
  v1::GetCouponCodeRequest request;
  request.set_name(coupon);
  request.set_device(device);
  const auto answer = A().Call(&e2e::CouponsStub::GetCouponCode, request);
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return answer.response;
}

v1::CouponOrder CouponHall::Order(const std::string& id, std::int64_t fen) {
  v1::CouponOrder order;
  order.set_merchant("participants/shop");
  order.set_asset("assets/points");
  order.set_order_id(id);
  order.add_lines()->set_fen(fen);
  return order;
}

v1::RedeemCouponRequest CouponHall::UseOf(const std::string& id, const std::string& code,
                                          const v1::CouponOrder& order) const {
  v1::RedeemCouponRequest request;
  request.set_request_id(id);
  request.set_code(code);
  *request.mutable_order() = order;
  return request;
}

v1::RedeemCouponRequest CouponHall::UseByName(const std::string& id, const std::string& coupon,
                                              const v1::CouponOrder& order) const {
  v1::RedeemCouponRequest request = UseOf(id, "", order);
  request.set_coupon(coupon);
  return request;
}

std::string CouponHall::Redeem(const e2e::Client& by, const v1::RedeemCouponRequest& request) {
  const auto answer = by.Call(&e2e::CouponsStub::RedeemCoupon, request);
  return answer.ok() ? absl::StrCat(answer.response.discount_fen(),
                                    answer.response.replayed() ? " again" : "")
                     : answer.reason();
}

std::uint64_t CouponHall::Used(const std::string& id, const std::string& coupon,
                               const v1::CouponOrder& order) const {
  const auto answer = A().Call(&e2e::CouponsStub::RedeemCoupon, UseByName(id, coupon, order));
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return answer.response.entry_index();
}

v1::RefundCouponRequest CouponHall::RefundOf(const std::string& id, std::uint64_t use,
                                             std::int64_t fen) const {
  v1::RefundCouponRequest request;
  request.set_request_id(id);
  request.set_entry_index(use);
  request.add_lines()->set_fen(fen);
  return request;
}

v1::CouponState CouponHall::StateOf(const std::string& coupon) const {
  v1::GetCouponRequest request;
  request.set_name(coupon);
  const auto answer = Operator().Call(&e2e::CouponsStub::GetCoupon, request);
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return answer.response.coupon().state();
}

}  // namespace tanhui::rpc
