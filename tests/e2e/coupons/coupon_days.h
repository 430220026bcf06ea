// What the tests of coupons share: two funders with fen, a campaign out of the file that is
// shipped, citizens who can earn points by cycling, and orders.
#ifndef TANHUI_TESTS_E2E_COUPONS_COUPON_DAYS_H_
#define TANHUI_TESTS_E2E_COUPONS_COUPON_DAYS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/books/story_days.h"

namespace tanhui::e2e {

// It is noon of 2027-01-05. The district Yuzhong has 500.00 yuan in budget district, the sponsor
// 100.00 in budget sponsor; nothing is opened yet.
class CouponDays : public StoryDays {
 protected:
  void SetUp() override;

  // Path of a copy of deploy/coupons/autumn.yaml with names and dates of this world: 20.00 off from
  // 50.00 on, ten coupons to 2027-01-15, used to the 20th, 100 points each; of a discount 60 % from
  // the district, 20 % from the sponsor, 20 % from the merchant.
  std::string Sample() const;
  // Path of a file that says the same but for what is replaced, each of which stands there once.
  std::string SampleWith(
      const std::string& name,
      const std::vector<std::pair<std::string, std::string>>& replacements) const;
  void OpenCampaign(const std::string& path) const;

  // Awards so many points; for tests in which it does not matter how they were earned.
  void Give(const std::string& user, std::int64_t points) const;
  v1::IssueCouponRequest IssueOf(const std::string& user) const;
  // The number of a coupon of campaign autumn.
  std::uint64_t Issue(const std::string& user) const;
  v1::GetCouponCodeResponse CodesOf(std::uint64_t coupon) const;

  // An order of these lines, as CATEGORY=FEN, at merchant[/store[/till]].
  static v1::CouponOrder OrderAt(const std::string& place, const std::string& id,
                                 const std::vector<std::string>& lines);
  static v1::RedeemCouponRequest RedemptionOf(const std::string& request_id,
                                              const std::string& code,
                                              const v1::CouponOrder& order);
  // The entry of a redemption by the merchant itself, with a short code.
  std::uint64_t Use(const Client& merchant, std::uint64_t coupon,
                    const v1::CouponOrder& order) const;
  // Gives back parts of lines, as LINE=FEN.
  v1::RefundCouponResponse GiveBack(const Client& merchant, std::uint64_t redemption,
                                    const std::vector<std::string>& lines) const;

  // Where the fen of the campaign are: not issued, held, in review, rest, returned, merchants' net.
  // Checks that they sum to what was set aside.
  std::vector<std::int64_t> Money() const;
  std::int64_t BudgetOf(const std::string& code) const;
};

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_COUPONS_COUPON_DAYS_H_
