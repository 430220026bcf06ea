// Making codes, linking by them, unlinking and rebinding.
#ifndef TANHUI_SERVICES_RPC_SERVICES_LINKS_LINKING_H_
#define TANHUI_SERVICES_RPC_SERVICES_LINKS_LINKING_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/links.pb.h"

namespace tanhui::rpc {

// Each finishes, fails or refuses its call.
void StartCreateLinkCode(const Context& context,
                         CallPointer<v1::CreateLinkCodeRequest, v1::CreateLinkCodeResponse> call);
void StartLink(const Context& context, CallPointer<v1::LinkRequest, v1::LinkResponse> call);
void StartUnlink(const Context& context, CallPointer<v1::UnlinkRequest, v1::UnlinkResponse> call);
void StartRebind(const Context& context, CallPointer<v1::RebindRequest, v1::RebindResponse> call);
void StartResolve(const Context& context,
                  CallPointer<v1::ResolveRequest, v1::ResolveResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_LINKS_LINKING_H_
