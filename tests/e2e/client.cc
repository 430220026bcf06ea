#include "tests/e2e/client.h"

#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <vector>

#include "google/rpc/error_details.pb.h"

namespace tanhui::e2e {
namespace {

google::rpc::Status RpcStatusOf(const grpc::Status& status) {
  google::rpc::Status out;
  out.ParseFromString(status.error_details());
  out.set_code(status.error_code());
  out.set_message(status.error_message());
  return out;
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string out;
  if (buffer.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  return out;
}

}  // namespace

Refused RefusedOf(const google::rpc::Status& status) {
  Refused out;
  out.code = static_cast<grpc::StatusCode>(status.code());
  out.message = status.message();
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::LocalizedMessage localized;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&info)) {
      out.reason = info.reason();
      out.domain = info.domain();
      out.metadata = {info.metadata().begin(), info.metadata().end()};
    } else if (detail.UnpackTo(&localized)) {
      out.locale = localized.locale();
      out.text = localized.message();
    } else if (detail.UnpackTo(&retry)) {
      out.has_retry = retry.retry_delay().seconds() > 0 || retry.retry_delay().nanos() > 0;
    }
  }
  return out;
}

Refused RefusedOf(const grpc::Status& status) { return RefusedOf(RpcStatusOf(status)); }

std::string ReasonOf(const grpc::Status& status) { return RefusedOf(status).reason; }

std::string ReasonOf(const google::rpc::Status& status) { return RefusedOf(status).reason; }

Client::Client(std::shared_ptr<grpc::Channel> channel, std::string token, std::string language)
    : channel_(std::move(channel)),
      token_(std::move(token)),
      language_(std::move(language)),
      stubs_(std::make_shared<const Stubs>(
          v1::PointsService::NewStub(channel_), v1::AccountsService::NewStub(channel_),
          v1::BudgetsService::NewStub(channel_), v1::LogService::NewStub(channel_),
          v1::RequestsService::NewStub(channel_), v1::FilesService::NewStub(channel_),
          v1::AdminService::NewStub(channel_), v1::HouseholdsService::NewStub(channel_),
          v1::ReportsService::NewStub(channel_), v1::CasesService::NewStub(channel_),
          v1::RulesService::NewStub(channel_), v1::CatalogueService::NewStub(channel_),
          v1::VenuesService::NewStub(channel_), v1::UnclaimedActsService::NewStub(channel_),
          v1::LinksService::NewStub(channel_), v1::EventsService::NewStub(channel_),
          v1::MerchantsService::NewStub(channel_), v1::SettlementService::NewStub(channel_),
          v1::LoadsService::NewStub(channel_), v1::CouponsService::NewStub(channel_),
          v1::PeersService::NewStub(channel_), v1::ExchangesService::NewStub(channel_))) {}

void Client::Prepare(grpc::ClientContext& context, Clock::duration timeout) const {
  context.set_deadline(Clock::now() + timeout);
  if (!token_.empty()) {
    context.AddMetadata("authorization", "Bearer " + token_);
  }
  if (!language_.empty()) {
    context.AddMetadata("accept-language", language_);
  }
}

grpc::Status Client::CallRaw(const std::string& method, std::string_view request,
                             std::string* answer) const {
  grpc::ClientContext context;
  Prepare(context, kTimeout);
  const grpc::Slice slice(request.data(), request.size());
  const grpc::ByteBuffer in(&slice, 1);
  grpc::ByteBuffer out;
  std::promise<grpc::Status> promise;
  grpc::GenericStub stub(channel_);
  stub.UnaryCall(&context, "/" + method, grpc::StubOptions(), &in, &out,
                 [&promise](grpc::Status status) { promise.set_value(std::move(status)); });
  const grpc::Status status = promise.get_future().get();
  if (answer != nullptr && status.ok()) {
    *answer = BytesOf(out);
  }
  return status;
}

}  // namespace tanhui::e2e
