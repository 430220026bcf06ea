// The town hall with a campaign of coupons, tills that take them, and a desk that watches.
#ifndef TANHUI_TESTS_SERVICES_RPC_COUPONS_COUPON_HALL_H_
#define TANHUI_TESTS_SERVICES_RPC_COUPONS_COUPON_HALL_H_

#include <memory>
#include <string>

#include "services/rpc/cases/case_desk.h"
#include "tests/services/rpc/unclaimed/town_hall.h"

namespace tanhui::rpc {

// assets/fen; the district's budget fen with 1,000,000 fen; shop and stall with claims; stores s1
// and s2 of shop. The campaign autumn: 2000 fen off from 10000 on, the sponsor pays 900 permille,
// the merchant bears 100; 20 coupons, for ten days from now on, used for 20; a coupon returns.
class CouponHall : public TownHall {
 protected:
  CouponHall();
  ~CouponHall() override;
  void SetUp() override;

  e2e::Client Shop() const { return Operator().WithToken("token of shop"); }
  e2e::Client Stall() const { return Operator().WithToken("token of stall"); }
  e2e::Client Approver() const { return Operator().WithToken("token of approver"); }
  e2e::Client Sponsor() const { return Operator().WithToken("token of sponsor"); }

  google::protobuf::Timestamp DaysAhead(int days) const;
  // Another campaign: the terms of autumn, changed by text of CampaignTerms. Its name, or the
  // reason why not.
  v1::CampaignTerms Terms() const;
  std::string Create(const std::string& code, const v1::CampaignTerms& terms) const;

  v1::IssueCouponRequest IssueOf(const std::string& id, const std::string& account,
                                 const std::string& campaign = "campaigns/autumn") const;
  // The coupon of platform a's citizen, or the reason; the request is "issue {id}".
  std::string Issue(const std::string& id, const std::string& account,
                    const std::string& campaign = "campaigns/autumn") const;
  v1::GetCouponCodeResponse CodeOf(const std::string& coupon, const std::string& device = {}) const;

  // At shop, of one line.
  static v1::CouponOrder Order(const std::string& id, std::int64_t fen = 12'000);
  v1::RedeemCouponRequest UseOf(const std::string& id, const std::string& code,
                                const v1::CouponOrder& order) const;
  // By the platform that is linked to the holder.
  v1::RedeemCouponRequest UseByName(const std::string& id, const std::string& coupon,
                                    const v1::CouponOrder& order) const;
  // "discount", "discount again" or the reason.
  static std::string Redeem(const e2e::Client& by, const v1::RedeemCouponRequest& request);
  // Index of the entry of a use that is expected to go through.
  std::uint64_t Used(const std::string& id, const std::string& coupon,
                     const v1::CouponOrder& order) const;
  v1::RefundCouponRequest RefundOf(const std::string& id, std::uint64_t use,
                                   std::int64_t fen) const;

  v1::CouponState StateOf(const std::string& coupon) const;

  std::unique_ptr<CaseDesk> desk_;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_TESTS_SERVICES_RPC_COUPONS_COUPON_HALL_H_
