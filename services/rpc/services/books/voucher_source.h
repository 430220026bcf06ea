// The export of a month's vouchers, as the messages of a stream: first how far the reading of the
// log is, then the file.
#ifndef TANHUI_SERVICES_RPC_SERVICES_BOOKS_VOUCHER_SOURCE_H_
#define TANHUI_SERVICES_RPC_SERVICES_BOOKS_VOUCHER_SOURCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "ledger/periods/voucher.h"
#include "services/rpc/context.h"
#include "services/rpc/streams/stream_call.h"
#include "tanhui/v1/periods.pb.h"

namespace tanhui::rpc {

class VoucherSource final : public StreamSource {
 public:
  // Of a month that `closing` closed: why nothing can be exported, otherwise the source.
  static std::variant<std::unique_ptr<VoucherSource>, Refusal> Open(
      const Context& context, std::shared_ptr<const Registry> registry, const Scheme& scheme,
      Month month, EntryIndex closing);

  Production Next(google::protobuf::Message& out) override;

 private:
  VoucherSource(const Context& context, std::shared_ptr<const Registry> registry,
                const Scheme& scheme, Month month, EntryIndex closing,
                const rules::AccountCodesVersion& codes);
  struct Slice;
  absl::Status FindFirst();
  absl::Status ReadSlice(Slice& slice);
  absl::Status LearnAccounts(const Slice& slice);
  // Adds the next entries.
  std::variant<std::monostate, Refusal, absl::Status> AddSlice();
  void Write();

  const Context& context_;
  const std::shared_ptr<const Registry> registry_;  // keeps the table of codes, too
  const Scheme& scheme_;
  const Month month_;
  const EntryIndex closing_;
  const rules::AccountCodesVersion& codes_;
  std::optional<EntryIndex> first_;  // entry that may be of the month; once it was looked for
  EntryIndex next_;
  // Of accounts that were met: neither ever changes.
  absl::flat_hash_map<AccountNo, periods::PostedOn> accounts_;
  periods::VoucherSums sums_;
  std::string file_;  // once all is added
  bool written_ = false;
  std::size_t sent_ = 0;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_BOOKS_VOUCHER_SOURCE_H_
