// Requests that are sent until the server dies, and again afterwards.
#ifndef TANHUI_TESTS_CRASH_DEED_H_
#define TANHUI_TESTS_CRASH_DEED_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tests/e2e/client.h"

namespace tanhui::crash {

using AnyRequest = std::variant<v1::AwardRequest, v1::RedeemRequest, v1::TransferRequest,
                                v1::CancelRequestRequest, v1::OpenAccountRequest>;

// What the server acknowledged; a retry must say the same.
struct Outcome {
  std::uint64_t index = 0;
  std::int64_t points = 0;
  std::int64_t balance = 0;
  std::string account;                              // of an opening
  v1::RequestState state = v1::REQUEST_STATE_DONE;  // of a cancellation
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::string ToText(const Outcome& outcome);

struct Reply {
  grpc::Status status;
  Outcome outcome;
  bool replayed = false;
  // The server decided, and said so: accepted or refused with a reason.
  bool decided() const { return status.ok() || !e2e::ReasonOf(status).empty(); }
};

Reply Send(const e2e::Client& client, const AnyRequest& request);
// The awards in one batch, one reply for each.
std::vector<Reply> SendBatch(const e2e::Client& client,
                             const std::vector<v1::AwardRequest>& requests, bool atomic);

const std::string& IdOf(const AnyRequest& request);

struct Deed {
  AnyRequest request;
  std::optional<Outcome> outcome;             // set once it was acknowledged
  bool unanswered = false;                    // the server died before it said anything
  std::optional<std::uint64_t> cancelled_at;  // the acknowledged cancellation of it
  bool is_cancellation() const { return std::holds_alternative<v1::CancelRequestRequest>(request); }
  // What can be undone: an award, a redemption or a transfer that was done and not undone yet.
  bool cancellable() const;
};

}  // namespace tanhui::crash

#endif  // TANHUI_TESTS_CRASH_DEED_H_
