#include "services/rpc/acts/booking.h"

#include <string>

namespace tanhui::rpc {
namespace {

constexpr const char* kIndexField = "act.booking_entry_index";
constexpr const char* kRequestField = "act.booking_request_id";

}  // namespace

void ReadBooking(const v1::Act& act, Draft& draft) {
  const bool by_index = act.booking_entry_index() != 0;
  const bool by_request = !act.booking_request_id().empty();
  if (act.weighing() != v1::WEIGHING_WEIGHED) {
    if (by_index || by_request) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, by_index ? kIndexField : kRequestField)
                       .With("problem", "it goes with WEIGHING_WEIGHED"));
    }
    return;
  }
  if (!by_index && !by_request) {
    draft.Refuse(Refusal(Reason::kFieldRequired, kIndexField));
  } else if (by_index && by_request) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, kRequestField)
                     .With("problem", "give either booking_entry_index or booking_request_id"));
  } else if (by_index) {
    draft.entry().mutable_earning()->set_booking(act.booking_entry_index());
  } else {
    draft.ReadTargetRequestId(act.booking_request_id(), kRequestField);
    if (const auto id = RequestId::FromText(act.booking_request_id())) {
      draft.set_booking(*id);
    }
  }
}

absl::Status ResolveBookings(const store::Store& store, std::vector<Draft>& drafts) {
  std::vector<RequestKey> keys;
  for (const Draft& draft : drafts) {
    if (draft.booking().has_value()) {
      keys.push_back({draft.caller().number, *draft.booking()});
    }
  }
  if (keys.empty()) {
    return absl::OkStatus();
  }
  const auto found = store.ReadRequests(keys);
  if (!found.ok()) {
    return found.status();
  }
  std::size_t next = 0;
  for (Draft& draft : drafts) {
    if (!draft.booking().has_value()) {
      continue;
    }
    const auto& record = (*found)[next++];
    if (!record.has_value()) {
      draft.Refuse(Refusal(Reason::kUnknownEntry, kRequestField));
      continue;
    }
    Entry& entry = draft.entry();
    entry::v1::Earning& act = entry.has_correction() ? *entry.mutable_correction()->mutable_act()
                                                     : *entry.mutable_earning();
    act.set_booking(record->entry.value());
  }
  return absl::OkStatus();
}

}  // namespace tanhui::rpc
