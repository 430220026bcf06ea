#include "interop/books/step_requests.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tanhui::interop {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kMostOfReason = 40;

}  // namespace

std::string DecideText(const ExchangeId& id) { return absl::StrCat("decide-", HexOf(id.view())); }
std::string ReturnText(const ExchangeId& id) { return absl::StrCat("return-", HexOf(id.view())); }
std::string ReceiveText(const ExchangeId& id) { return absl::StrCat("receive-", HexOf(id.view())); }
std::string ConcludeText(const ExchangeId& id) {
  return absl::StrCat("conclude-", HexOf(id.view()));
}

bool IsAskedAs(const Entry& entry, ParticipantNo peer, std::string_view text) {
  const auto id = RequestId::FromText(text);
  return ParticipantNo(entry.caller()) == peer && id.has_value() &&
         id->stored() == entry.request_id();
}

bool ProofIsComplete(const entry::v1::PeerProof& proof) {
  return proof.index() < proof.size() && proof.root().size() == kHashBytes &&
         proof.message_hash().size() == kHashBytes;
}

bool IsReasonCode(std::string_view reason) {
  return !reason.empty() && reason.size() <= kMostOfReason &&
         std::all_of(reason.begin(), reason.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

}  // namespace tanhui::interop
