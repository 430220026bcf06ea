// Publishing a document: its parts and the publication in one atomic batch.
#ifndef TANHUI_SERVICES_RPC_SERVICES_RULES_PUBLICATION_H_
#define TANHUI_SERVICES_RPC_SERVICES_RULES_PUBLICATION_H_

#include "services/rpc/context.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/rules.pb.h"

namespace tanhui::rpc {

// Finishes or refuses its call.
void StartPublication(const Context& context,
                      CallPointer<v1::PublishDocumentRequest, v1::PublishDocumentResponse> call);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_RULES_PUBLICATION_H_
