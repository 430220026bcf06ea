// Statements come in pages whose sums add up; people want the whole.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_COUPONS_STATEMENT_PAGES_H_
#define TANHUI_SERVICES_CLI_COMMANDS_COUPONS_STATEMENT_PAGES_H_

#include <algorithm>
#include <chrono>
#include <optional>

#include "services/cli/session.h"
#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::cli {

// Adds a later page to what was read before; what a page says of now replaces it.
void AddPageOfCampaign(const v1::GetCampaignStatementResponse& page,
                       v1::GetCampaignStatementResponse* whole);
void AddPageOfMerchant(const v1::GetMerchantStatementResponse& page,
                       v1::GetMerchantStatementResponse* whole);

// Asks for all pages and prints them as one.
template <typename Response, typename Request>
void TellWhole(Session* session,
               grpc::Status (v1::CouponsService::Stub::*method)(grpc::ClientContext*,
                                                                const Request&, Response*),
               Request request, void (*add)(const Response&, Response*),
               const AnswerWriter<Response>& text) {
  constexpr std::chrono::seconds kTimeout{60};  // a page goes through up to 10,000 entries
  session->connection.timeout = std::max(session->connection.timeout, kTimeout);
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  Response whole;
  do {
    Response page;
    const grpc::Status status = connection->Call(method, request, &page);
    if (!status.ok()) {
      session->exit_code = ReportFailure(*session, status);
      return;
    }
    add(page, &whole);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  PrintAnswer<Response>(*session, whole, text);
}

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_COUPONS_STATEMENT_PAGES_H_
