// LogService: checkpoints, receipts, proofs and entries.
#include <array>
#include <charconv>

#include "ledger/signing/receipt.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/links/account_names.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "tanhui/v1/log.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAuditor = static_cast<std::uint8_t>(Role::kAuditor);
constexpr auto kAnyRole = std::uint8_t{0};

template <typename Base>
using RawMethods = v1::LogService::WithRawCallbackMethod_GetCheckpoint<
    v1::LogService::WithRawCallbackMethod_GetReceipt<
        v1::LogService::WithRawCallbackMethod_GetConsistencyProof<
            v1::LogService::WithRawCallbackMethod_GetEntry<
                v1::LogService::WithRawCallbackMethod_ListLogEntries<Base>>>>>;

// An entry that the caller may see, with its bytes as they were hashed.
struct Seen {
  EntryIndex index;
  Entry entry;
  std::string leaf;
};

// Whether the caller may have the entry's bytes. Those of an opening hold the ids of account and
// owner, by which two platforms could find out that they have the same person.
bool MaySeeLeaf(const Caller& caller, const Entry& entry) {
  const bool has_ids = entry.has_household_opening() ||
                       (entry.has_account_opening() && !entry.account_opening().owner_id().empty());
  return !has_ids || NamesById(caller);
}

class Service final : public RawMethods<v1::LogService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* server,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::GetCheckpointRequest, v1::GetCheckpointResponse>;
    return ServeUnary<v1::GetCheckpointRequest, v1::GetCheckpointResponse>(
        context_, kAnyRole, server, in, out, [this](Call call) {
          const auto last = context_.engine.checkpoint();
          call->response().set_checkpoint(last->note);
          call->response().set_size(last->checkpoint.size);
          call->response().set_root_hash(std::string(last->checkpoint.root.view()));
          call->response().set_as_of_index(context_.engine.durable_size() - 1);
          call->response().set_verifier_key(context_.engine.verifier_key());
          call->Finish();
        });
  }

  grpc::ServerUnaryReactor* GetReceipt(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::GetReceiptRequest, v1::GetReceiptResponse>;
    return ServeUnary<v1::GetReceiptRequest, v1::GetReceiptResponse>(
        context_, kAnyRole, server, in, out, [this](Call call) { Receipt(std::move(call)); });
  }

  grpc::ServerUnaryReactor* GetConsistencyProof(grpc::CallbackServerContext* server,
                                                const grpc::ByteBuffer* in,
                                                grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::GetConsistencyProofRequest, v1::GetConsistencyProofResponse>;
    return ServeUnary<v1::GetConsistencyProofRequest, v1::GetConsistencyProofResponse>(
        context_, kAnyRole, server, in, out, [this](Call call) { Consistency(std::move(call)); });
  }

  grpc::ServerUnaryReactor* GetEntry(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::GetEntryRequest, v1::GetEntryResponse>;
    return ServeUnary<v1::GetEntryRequest, v1::GetEntryResponse>(
        context_, kAnyRole, server, in, out, [this](Call call) {
          auto seen = See(call);
          if (!seen.has_value()) {
            return;
          }
          v1::LogEntry& entry = *call->response().mutable_entry();
          const absl::Status status =
              FillLogEntry(context_, seen->entry, seen->index, call->caller(), entry);
          const absl::Status read = status.ok() ? FillNewest(seen->index, entry) : status;
          if (!read.ok()) {
            call->Fail(read);
            return;
          }
          if (MaySeeLeaf(call->caller(), seen->entry)) {
            entry.set_leaf(std::move(seen->leaf));
          }
          call->response().set_as_of_index(context_.engine.durable_size() - 1);
          call->Finish();
        });
  }

  grpc::ServerUnaryReactor* ListLogEntries(grpc::CallbackServerContext* server,
                                           const grpc::ByteBuffer* in,
                                           grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::ListLogEntriesRequest, v1::ListLogEntriesResponse>;
    return ServeUnary<v1::ListLogEntriesRequest, v1::ListLogEntriesResponse>(
        context_, kAuditor, server, in, out, [this](Call call) { List(std::move(call)); });
  }

 private:
  // How often an act was corrected, and by which entry last.
  absl::Status FillNewest(EntryIndex index, v1::LogEntry& out) const {
    const auto undone = context_.engine.store().ReadUndone(std::array{index});
    if (undone.ok() && undone->front().has_value() && undone->front()->revision != 0) {
      out.set_revision(undone->front()->revision);
      out.set_newest_entry_index(undone->front()->newest.value());
    }
    return undone.status();
  }

  // The entry that a request names by index or request id; ends the call and answers nullopt when
  // there is none or the caller may not see it. Both look the same from outside.
  template <typename Call>
  std::optional<Seen> See(Call& call) {
    using Request = std::decay_t<decltype(call->request())>;
    std::optional<EntryIndex> index;
    const char* field = "index";
    if (call->request().entry_case() == Request::kIndex) {
      index = EntryIndex(call->request().index());
    } else if (call->request().entry_case() == Request::kRequestId) {
      field = "request_id";
      const std::string& text = call->request().request_id();
      const auto id = RequestId::FromText(text);
      if (!id.has_value()) {
        call->Refuse(Refusal(text.empty() ? Reason::kFieldRequired : Reason::kFieldTooLong, field));
        return std::nullopt;
      }
      const auto found = context_.engine.store().ReadRequestAsOf({call->caller().number, *id});
      if (!found.ok()) {
        call->Fail(found.status());
        return std::nullopt;
      }
      if (found->record.has_value()) {
        index = found->record->entry;
      }
    } else {
      call->Refuse(
          Refusal(Reason::kFieldRequired, "index").With("problem", "give index or request_id"));
      return std::nullopt;
    }
    return Load(call, index, field);
  }

  template <typename Call>
  std::optional<Seen> Load(Call& call, std::optional<EntryIndex> index, const char* field) {
    if (!index.has_value() || index->value() >= context_.engine.durable_size()) {
      call->Refuse(Refusal(Reason::kUnknownEntry, field));
      return std::nullopt;
    }
    auto leaf = context_.engine.store().ReadEntry(*index);
    Seen seen{*index, {}, {}};
    if (!leaf.ok() || !seen.entry.ParseFromString(*leaf)) {
      call->Fail(leaf.ok() ? absl::DataLossError("an entry cannot be decoded") : leaf.status());
      return std::nullopt;
    }
    if (!MaySee(call->caller(), seen.entry)) {
      call->Refuse(Refusal(Reason::kUnknownEntry, field));
      return std::nullopt;
    }
    seen.leaf = *std::move(leaf);
    return seen;
  }

  void Receipt(CallPointer<v1::GetReceiptRequest, v1::GetReceiptResponse> call) {
    auto seen = See(call);
    if (!seen.has_value()) {
      return;
    }
    if (!MaySeeLeaf(call->caller(), seen->entry)) {
      call->Refuse(Refusal(Reason::kPermissionDenied).With("role", "auditor"));
      return;
    }
    const auto last = context_.engine.checkpoint();
    if (seen->index.value() >= last->checkpoint.size) {
      call->Refuse(Refusal(Reason::kNotYetUnderCheckpoint));
      return;
    }
    auto proof = context_.engine.ProveInclusion(seen->index, last->checkpoint.size);
    if (!proof.ok()) {
      call->Fail(proof.status());
      return;
    }
    call->response().set_receipt(signing::FormatReceipt(
        {std::move(seen->leaf), seen->index.value(), *std::move(proof), last->note}));
    call->response().set_index(seen->index.value());
    call->response().set_as_of_index(context_.engine.durable_size() - 1);
    call->Finish();
  }

  void Consistency(
      CallPointer<v1::GetConsistencyProofRequest, v1::GetConsistencyProofResponse> call) {
    const v1::GetConsistencyProofRequest& request = call->request();
    const std::uint64_t new_size = request.new_size() == 0
                                       ? context_.engine.checkpoint()->checkpoint.size
                                       : request.new_size();
    if (new_size > context_.engine.durable_size()) {
      call->Refuse(Refusal(Reason::kFieldInvalid, "new_size")
                       .With("largest", static_cast<std::int64_t>(context_.engine.durable_size())));
      return;
    }
    if (request.old_size() > new_size) {
      call->Refuse(Refusal(Reason::kFieldInvalid, "old_size")
                       .With("largest", static_cast<std::int64_t>(new_size)));
      return;
    }
    const auto answer = context_.engine.ProveConsistency(request.old_size(), new_size);
    if (!answer.ok()) {
      call->Fail(answer.status());
      return;
    }
    v1::GetConsistencyProofResponse& out = call->response();
    for (const Hash256& hash : answer->proof) {
      out.add_hashes(std::string(hash.view()));
    }
    out.set_new_size(new_size);
    out.set_old_root_hash(std::string(answer->old_root.view()));
    out.set_new_root_hash(std::string(answer->new_root.view()));
    out.set_as_of_index(context_.engine.durable_size() - 1);
    call->Finish();
  }

  void List(CallPointer<v1::ListLogEntriesRequest, v1::ListLogEntriesResponse> call) {
    const v1::ListLogEntriesRequest& request = call->request();
    const std::uint64_t size = context_.engine.durable_size();
    std::uint64_t next = size;  // 1 + the index to go on with
    const std::string& token = request.page_token();
    if (!token.empty()) {
      const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), next);
      if (error != std::errc() || end != token.data() + token.size() || next == 0 || next > size) {
        call->Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
        return;
      }
    }
    if (request.page_size() < 0) {
      call->Refuse(Refusal(Reason::kFieldInvalid, "page_size"));
      return;
    }
    for (std::int32_t left = PageSize(request.page_size()); left > 0 && next > 0; --left) {
      const EntryIndex index(--next);
      const auto entry = ReadEntry(context_, index);
      const absl::Status status = entry.ok() ? FillLogEntry(context_, *entry, index, call->caller(),
                                                            *call->response().add_entries())
                                             : entry.status();
      if (!status.ok()) {
        call->Fail(status);
        return;
      }
    }
    if (next > 0) {
      call->response().set_next_page_token(std::to_string(next));
    }
    call->response().set_as_of_index(size - 1);
    call->Finish();
  }

  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewLogService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
