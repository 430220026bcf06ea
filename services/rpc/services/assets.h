// The methods of AdminService about kinds of points and their terms.
#ifndef TANHUI_SERVICES_RPC_SERVICES_ASSETS_H_
#define TANHUI_SERVICES_RPC_SERVICES_ASSETS_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/admin.pb.h"

namespace tanhui::rpc {

// Each finishes or refuses its call.
void StartAsset(const Context& context,
                CallPointer<v1::CreateAssetRequest, v1::CreateAssetResponse> call);
void StartTerms(const Context& context,
                CallPointer<v1::SetTermsRequest, v1::SetTermsResponse> call);
void GetAsset(const Context& context, CallPointer<v1::GetAssetRequest, v1::GetAssetResponse> call);
void ListAssets(const Context& context,
                CallPointer<v1::ListAssetsRequest, v1::ListAssetsResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_ASSETS_H_
