#include "tests/e2e/coupons/coupon_days.h"

#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/child_process.h"

namespace tanhui::e2e {

void CouponDays::SetUp() {
  StoryDays::SetUp();
  Do(Operator(), &AdminStub::CreateParticipant,
     "request_id: 'yuzhong' participant_id: 'yuzhong' display_name: '渝中区' "
     "kind: PARTICIPANT_KIND_DISTRICT");
  for (const auto& [budget, participant, fen] :
       {std::tuple("district", "yuzhong", 50'000), std::tuple("sponsor", "sponsor", 10'000)}) {
    Do(Operator(), &BudgetsStub::Create,
       absl::StrCat("request_id: 'budget ", budget, "' budget_id: '", budget,
                    "' display_name: '资金' asset: 'assets/fen' sponsor: 'participants/",
                    participant, "'"));
    Do(Operator(), &BudgetsStub::Fund,
       absl::StrCat("request_id: 'funds ", budget, "' budget: 'budgets/", budget,
                    "' points: ", fen));
  }
}

std::string CouponDays::Sample() const { return SampleWith("autumn.yaml", {}); }

std::string CouponDays::SampleWith(
    const std::string& name,
    const std::vector<std::pair<std::string, std::string>>& replacements) const {
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  std::string text = e2e::ReadWholeFile(
      absl::StrCat(source == nullptr ? "." : source, "/deploy/coupons/autumn.yaml"));
  std::vector<std::pair<std::string, std::string>> all = {
      {"organiser: my-city", "organiser: yuzhong"},
      {"money: my-fen", "money: fen"},
      {"points_asset: my-points", "points_asset: points"},
      {"issue_last_time: 2027-12-31", "issue_last_time: 2027-01-15"},
      {"use_last_time: 2028-01-31", "use_last_time: 2027-01-20"}};
  all.insert(all.end(), replacements.begin(), replacements.end());
  for (const auto& [before, after] : all) {
    EXPECT_EQ(absl::StrReplaceAll({{before, after}}, &text), 1) << before;
  }
  return File(name, text);
}

void CouponDays::OpenCampaign(const std::string& path) const {
  Run(0, {"campaign", "create", path, kStillGood});
}

void CouponDays::Give(const std::string& user, std::int64_t points) const {
  const std::string account = OpenCitizen(Operator(), user);
  const auto given = Operator().Call(&PointsStub::Award, AwardOf(FreshId(), account, points));
  EXPECT_TRUE(given.ok()) << given.status.error_message();
}

v1::IssueCouponRequest CouponDays::IssueOf(const std::string& user) const {
  v1::IssueCouponRequest request;
  request.set_request_id(FreshId());
  request.set_campaign("campaigns/autumn");
  request.set_platform_user_id(user);
  request.set_asset("assets/points");
  return request;
}

std::uint64_t CouponDays::Issue(const std::string& user) const {
  const auto issued = Operator().Call(&CouponsStub::IssueCoupon, IssueOf(user));
  EXPECT_TRUE(issued.ok()) << user << ": " << issued.status.error_message();
  return issued.response.entry_index();
}

v1::GetCouponCodeResponse CouponDays::CodesOf(std::uint64_t coupon) const {
  return Do(Operator(), &CouponsStub::GetCouponCode, absl::StrCat("name: 'coupons/", coupon, "'"));
}

v1::CouponOrder CouponDays::OrderAt(const std::string& place, const std::string& id,
                                    const std::vector<std::string>& lines) {
  const std::vector<std::string> parts = absl::StrSplit(place, '/');
  v1::CouponOrder order;
  order.set_merchant("participants/" + parts[0]);
  order.set_store(parts.size() > 1 ? parts[1] : "");
  order.set_till(parts.size() > 2 ? parts[2] : "");
  order.set_asset("assets/points");
  order.set_order_id(id);
  for (const std::string& line : lines) {
    const std::vector<std::string> sides = absl::StrSplit(line, '=');
    v1::OrderLine& out = *order.add_lines();
    out.set_category(sides[0]);
    std::int64_t fen = 0;
    EXPECT_TRUE(absl::SimpleAtoi(sides.back(), &fen)) << line;
    out.set_fen(fen);
  }
  return order;
}

v1::RedeemCouponRequest CouponDays::RedemptionOf(const std::string& request_id,
                                                 const std::string& code,
                                                 const v1::CouponOrder& order) {
  v1::RedeemCouponRequest request;
  request.set_request_id(request_id);
  request.set_code(code);
  *request.mutable_order() = order;
  return request;
}

std::uint64_t CouponDays::Use(const Client& merchant, std::uint64_t coupon,
                              const v1::CouponOrder& order) const {
  const auto used = merchant.Call(&CouponsStub::RedeemCoupon,
                                  RedemptionOf(FreshId(), CodesOf(coupon).code(), order));
  EXPECT_TRUE(used.ok()) << order.order_id() << ": " << used.status.error_message();
  return used.response.entry_index();
}

v1::RefundCouponResponse CouponDays::GiveBack(const Client& merchant, std::uint64_t redemption,
                                              const std::vector<std::string>& lines) const {
  std::string request = absl::StrCat("request_id: '", FreshId(), "' entry_index: ", redemption);
  for (const std::string& line : lines) {
    const std::vector<std::string> sides = absl::StrSplit(line, '=');
    absl::StrAppend(&request, " lines { line: ", sides[0], " fen: ", sides.back(), " }");
  }
  return Do(merchant, &CouponsStub::RefundCoupon, request);
}

std::vector<std::int64_t> CouponDays::Money() const {
  const auto told = Do(Operator(), &CouponsStub::GetCampaignStatement, "name: 'campaigns/autumn'");
  EXPECT_EQ(told.next_page_token(), "");
  const std::int64_t net = told.sums().claimed_fen();
  const std::vector<std::int64_t> money = {told.not_issued_fen(), told.held_fen(),
                                           told.review_fen(),     told.rest_fen(),
                                           told.gone_fen() - net, net};
  std::int64_t sum = 0;
  for (const std::int64_t fen : money) {
    sum += fen;
  }
  EXPECT_EQ(sum, told.locked_fen());
  return money;
}

std::int64_t CouponDays::BudgetOf(const std::string& code) const {
  return Do(Operator(), &BudgetsStub::Get, absl::StrCat("name: 'budgets/", code, "'"))
      .budget()
      .available();
}

}  // namespace tanhui::e2e
