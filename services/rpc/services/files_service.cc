// FilesService: import files and their receipts (回执).
#include <algorithm>
#include <map>

#include "services/rpc/mutation.h"
#include "services/rpc/services.h"
#include "tanhui/v1/requests.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);
constexpr int kMaxCounts = 64;
constexpr std::size_t kMaxFileId = RequestId::kMaxText - kFileIdPrefix.size();

template <typename Base>
using RawMethods = v1::FilesService::WithRawCallbackMethod_RecordFile<Base>;

// Counts in order of name, so that the same counts make the same entry.
std::map<std::string, std::uint64_t> ReadCounts(
    const google::protobuf::RepeatedPtrField<v1::NamedCount>& counts, const char* field,
    Draft& draft) {
  std::map<std::string, std::uint64_t> out;
  if (counts.size() > kMaxCounts) {
    draft.Refuse(Refusal(Reason::kFieldTooLong, field).With("limit", kMaxCounts));
  }
  for (const v1::NamedCount& count : counts) {
    if (!out.emplace(draft.ReadWord(count.name(), field), count.count()).second) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, field).With("problem", "a name stands twice"));
    }
  }
  return out;
}

class Service final : public RawMethods<v1::FilesService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* RecordFile(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::RecordFileRequest, v1::RecordFileResponse>;
    return ServeUnary<v1::RecordFileRequest, v1::RecordFileResponse>(
        context_, kPlatform, server, in, out, [this](Call call) { Record(std::move(call)); });
  }

 private:
  void Record(CallPointer<v1::RecordFileRequest, v1::RecordFileResponse> call) {
    const v1::RecordFileRequest& request = call->request();
    Draft draft(context_, call->caller(), context_.engine.registry());
    entry::v1::FileRecord& file = *draft.entry().mutable_file_record();
    file.set_file_id(draft.ReadText(request.file_id(), kMaxFileId, true, "file_id"));
    draft.ReadFileId(request.file_id());
    draft.ReadNotAfter(request.has_not_after(), request.not_after());
    if (request.sha256().size() != Hash256::kSize) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "sha256").With("expected", "32 bytes"));
    }
    file.set_sha256(request.sha256());
    file.set_period_start(draft.ReadDate(request.period_start(), true, "period_start"));
    file.set_period_end(draft.ReadDate(request.period_end(), true, "period_end"));
    if (file.period_end() < file.period_start()) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "period_end")
                       .With("problem", "it lies before period_start"));
    }
    file.set_lines(request.lines());
    for (const auto& [name, count] : ReadCounts(request.awarded(), "awarded", draft)) {
      entry::v1::AwardedLines& row = *file.add_awarded();
      row.set_scenario(name);
      row.set_awards(count);
    }
    for (const auto& [name, count] : ReadCounts(request.refused(), "refused", draft)) {
      entry::v1::RefusedLines& row = *file.add_refused();
      row.set_reason(name);
      row.set_lines(count);
    }
    if (request.points() < 0) {
      draft.Refuse(Refusal(Reason::kAmountOutOfRange, "points"));
    }
    file.set_points(request.points());
    file.set_supersedes_file_id(
        draft.ReadText(request.supersedes_file_id(), kMaxFileId, false, "supersedes_file_id"));
    MutateOne(
        context_, std::move(call), std::move(draft),
        [](const v1::RecordFileRequest& asked, const sequencer::Accepted& accepted,
           v1::RecordFileResponse& out) { FillOutcome(accepted, asked.validate_only(), out); });
  }

  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewFilesService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
