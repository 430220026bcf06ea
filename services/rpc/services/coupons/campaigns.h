// CouponsService: opening, reading and changing campaigns.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_CAMPAIGNS_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_CAMPAIGNS_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/campaigns.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses the call.
void StartCreateCampaign(const Context& context,
                         CallPointer<v1::CreateCampaignRequest, v1::CreateCampaignResponse> call);
void StartGetCampaign(const Context& context,
                      CallPointer<v1::GetCampaignRequest, v1::GetCampaignResponse> call);
void StartListCampaigns(const Context& context,
                        CallPointer<v1::ListCampaignsRequest, v1::ListCampaignsResponse> call);
void StartChangeCampaign(const Context& context,
                         CallPointer<v1::ChangeCampaignRequest, v1::ChangeCampaignResponse> call);
void StartDrawLottery(const Context& context,
                      CallPointer<v1::DrawLotteryRequest, v1::DrawLotteryResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_CAMPAIGNS_H_
