// One event as the API shows it, with what the log says about it.
#ifndef TANHUI_SERVICES_RPC_EVENTS_EVENT_VIEW_H_
#define TANHUI_SERVICES_RPC_EVENTS_EVENT_VIEW_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "ledger/core/books/changes.h"
#include "services/rpc/caller.h"
#include "services/rpc/context.h"
#include "tanhui/v1/events.pb.h"

namespace tanhui::rpc {

// Of one page; keeps the entry that it read last, since several rows may follow from one entry.
class EventView {
 public:
  // Names are those that `reader` knows. Both outlive it.
  EventView(const Context& context, const Caller& reader);

  // Without its position. Errors are those of the store.
  absl::StatusOr<v1::Event> EventOf(const EventRow& row);
  // Of a notice that points expire soon: what it tells about one account; nullopt when the account
  // had no such points.
  absl::StatusOr<std::optional<v1::Event>> NoticeOf(const EventRow& row, AccountNo account);

 private:
  absl::Status Begin(const EventRow& row, v1::Event& event);
  void FillSubject(const EventRow& row, v1::Event& event) const;
  void FillBudget(const EventRow& row, v1::Event& event) const;
  void FillCoupon(const EventRow& row, v1::Event& event) const;
  void NameCoupon(std::uint32_t campaign, std::uint64_t coupon, v1::Event& event) const;
  absl::Status FillAccount(AccountNo number, v1::Event& event) const;
  std::int64_t AmountOn(AccountNo number) const;

  const Context& context_;
  const Caller& reader_;
  const std::shared_ptr<const Registry> registry_;
  std::optional<EntryIndex> at_;
  Entry entry_;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_EVENTS_EVENT_VIEW_H_
