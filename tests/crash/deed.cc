#include "tests/crash/deed.h"

namespace tanhui::crash {
namespace {

using e2e::Client;

template <typename Response>
Reply ReplyOf(const e2e::Answer<Response>& answer) {
  Reply out;
  out.status = answer.status;
  out.outcome = {answer.response.entry_index(),
                 answer.response.points(),
                 answer.response.balance(),
                 {},
                 v1::REQUEST_STATE_DONE};
  out.replayed = answer.response.replayed();
  return out;
}

Reply SendOne(const Client& client, const v1::AwardRequest& request) {
  return ReplyOf(client.Call(&e2e::PointsStub::Award, request));
}

Reply SendOne(const Client& client, const v1::RedeemRequest& request) {
  return ReplyOf(client.Call(&e2e::PointsStub::Redeem, request));
}

Reply SendOne(const Client& client, const v1::TransferRequest& request) {
  return ReplyOf(client.Call(&e2e::PointsStub::Transfer, request));
}

Reply SendOne(const Client& client, const v1::CancelRequestRequest& request) {
  const auto answer = client.Call(&e2e::RequestsStub::CancelRequest, request);
  Reply out = ReplyOf(answer);
  out.outcome.state = answer.response.state();
  return out;
}

Reply SendOne(const Client& client, const v1::OpenAccountRequest& request) {
  const auto answer = client.Call(&e2e::AccountsStub::OpenAccount, request);
  Reply out;
  out.status = answer.status;
  out.outcome.index = answer.response.entry_index();
  out.outcome.account = answer.response.account().name();
  out.replayed = answer.response.replayed();
  return out;
}

}  // namespace

std::string ToText(const Outcome& outcome) {
  return "index " + std::to_string(outcome.index) + " points " + std::to_string(outcome.points) +
         " balance " + std::to_string(outcome.balance) + " state " +
         v1::RequestState_Name(outcome.state) + " " + outcome.account;
}

Reply Send(const Client& client, const AnyRequest& request) {
  return std::visit([&client](const auto& one) { return SendOne(client, one); }, request);
}

std::vector<Reply> SendBatch(const Client& client, const std::vector<v1::AwardRequest>& requests,
                             bool atomic) {
  v1::BatchAwardRequest batch;
  for (const v1::AwardRequest& request : requests) {
    *batch.add_requests() = request;
  }
  batch.set_atomic(atomic);
  const auto answer = client.Call(&e2e::PointsStub::BatchAward, batch);
  std::vector<Reply> out(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!answer.ok() || i >= static_cast<std::size_t>(answer.response.results_size())) {
      out[i].status = answer.ok() ? grpc::Status(grpc::StatusCode::INTERNAL, "a result is missing")
                                  : answer.status;
      continue;
    }
    const v1::AwardResult& result = answer.response.results(static_cast<int>(i));
    if (result.has_error()) {
      out[i].status = {static_cast<grpc::StatusCode>(result.error().code()),
                       result.error().message(), result.error().SerializeAsString()};
    } else {
      out[i] = ReplyOf(e2e::Answer<v1::AwardResponse>{grpc::Status::OK, result.award()});
    }
  }
  return out;
}

const std::string& IdOf(const AnyRequest& request) {
  return std::visit([](const auto& one) -> const std::string& { return one.request_id(); },
                    request);
}

bool Deed::cancellable() const {
  return outcome.has_value() && !cancelled_at.has_value() && !is_cancellation() &&
         !std::holds_alternative<v1::OpenAccountRequest>(request);
}

}  // namespace tanhui::crash
