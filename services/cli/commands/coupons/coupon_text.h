// Campaigns and coupons as people read them: fen in yuan, one line for what a coupon is worth.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_COUPONS_COUPON_TEXT_H_
#define TANHUI_SERVICES_CLI_COMMANDS_COUPONS_COUPON_TEXT_H_

#include <string>
#include <string_view>

#include "tanhui/v1/coupons.pb.h"

namespace tanhui::cli {

// `20.00 yuan off from 50.00 on`, `10 % off, at most 30.00 yuan`.
std::string ValueText(const v1::CampaignTerms& terms);
// CAMPAIGN_STATE_NOT_BEGUN as `not begun`, given the prefix.
std::string StateText(const std::string& name, std::string_view prefix);

std::string CampaignText(const v1::Campaign& campaign);
std::string CampaignsText(const v1::ListCampaignsResponse& page);
// Of all pages as one.
std::string StatementText(const v1::GetCampaignStatementResponse& statement);
std::string StatementText(const v1::GetMerchantStatementResponse& statement);

std::string CouponText(const v1::Coupon& coupon);
std::string CouponsText(const v1::ListCouponsResponse& page);

// Answers whose amounts are fen.
std::string LockText(const v1::LockCouponResponse& answer);
std::string RedemptionText(const v1::RedeemCouponResponse& answer);
std::string RefundText(const v1::RefundCouponResponse& answer);
std::string OrderRefundText(const v1::RefundOrderResponse& answer);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_COUPONS_COUPON_TEXT_H_
