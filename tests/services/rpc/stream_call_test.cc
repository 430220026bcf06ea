// Streams whose readers stall, rest or read to the end.
#include "services/rpc/streams/stream_call.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "tanhui/v1/reports.grpc.pb.h"

namespace tanhui::rpc {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{400};
// Far longer than anything here takes.
constexpr std::chrono::seconds kLong{60};

// Chunks of 64 KiB, then the end; or rests first until it is woken.
class Chunks final : public StreamSource {
 public:
  Chunks(int count, bool rests, std::promise<void>* gone)
      : left_(count), rests_(rests), gone_(gone) {}
  ~Chunks() override { gone_->set_value(); }

  Production Next(google::protobuf::Message& out) override {
    if (rests_) {
      rests_ = false;
      return Produced::kNothing;
    }
    if (left_-- == 0) {
      return Produced::kEnd;
    }
    static_cast<v1::ExportDayResponse&>(out).set_chunk(std::string(std::size_t{64} << 10, 'x'));
    return Produced::kMessage;
  }

 private:
  int left_;
  bool rests_;
  std::promise<void>* gone_;
};

using Raw =
    v1::ReconciliationService::WithRawCallbackMethod_ExportDay<v1::ReconciliationService::Service>;

class ChunkService final : public Raw {
 public:
  // Whoever reads may go on for so many messages.
  ChunkService(int count, bool rests, int admitted)
      : count_(count), rests_(rests), admitted_(admitted) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* ExportDay(grpc::CallbackServerContext* server,
                                                        const grpc::ByteBuffer*) override {
    const auto call =
        StreamCall::Make(*server, std::make_unique<v1::ExportDayResponse>(), kPatience);
    call->SetAdmission([this] {
      return admitted_-- > 0 ? std::nullopt : std::optional(Refusal(Reason::kUnauthenticated));
    });
    call->Begin(std::make_unique<Chunks>(count_, rests_, &gone_));
    begun_.set_value(call);
    return call.get();
  }

  // Whether the source is let go of within the time.
  bool IsGone(milliseconds within) {
    return of_source_.wait_for(within) == std::future_status::ready;
  }
  // Once.
  void Wake() { begun_.get_future().get()->Wake(); }

 private:
  const int count_;
  const bool rests_;
  int admitted_;
  std::promise<void> gone_;
  std::future<void> of_source_ = gone_.get_future();
  std::promise<std::shared_ptr<StreamCall>> begun_;
};

// A server with one such stream, and a client that has asked for it.
class Stream {
 public:
  Stream(int count, bool rests, int admitted = 1'000'000) : service_(count, rests, admitted) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = v1::ReconciliationService::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
    reader_ = stub_->ExportDay(&context_, v1::ExportDayRequest());
  }
  ~Stream() {
    context_.TryCancel();
    server_->Shutdown(std::chrono::system_clock::now() + kLong);
  }

  ChunkService& service() { return service_; }
  // How many chunks come before the end, whose status is set.
  int ReadAll(grpc::Status& status) {
    v1::ExportDayResponse chunk;
    int count = 0;
    while (reader_->Read(&chunk)) {
      ++count;
    }
    status = reader_->Finish();
    return count;
  }

 private:
  ChunkService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::ReconciliationService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::ExportDayResponse>> reader_;
};

TEST(StreamCallTest, AReaderThatStallsIsCutOff) {
  constexpr int kMany = 100'000;  // 6 GiB: no window takes that
  Stream stream(kMany, false);
  EXPECT_TRUE(stream.service().IsGone(kLong)) << "what the stream held is free";
  grpc::Status status;
  EXPECT_LT(stream.ReadAll(status), kMany);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
}

TEST(StreamCallTest, WhoReadsIsServedToTheEnd) {
  constexpr int kSome = 2'000;
  Stream stream(kSome, false);
  grpc::Status status;
  EXPECT_EQ(stream.ReadAll(status), kSome);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(stream.service().IsGone(kLong));
}

TEST(StreamCallTest, AStreamThatRestsIsNotCutOff) {
  Stream stream(3, true);
  EXPECT_FALSE(stream.service().IsGone(5 * kPatience));
  stream.service().Wake();
  grpc::Status status;
  EXPECT_EQ(stream.ReadAll(status), 3);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST(StreamCallTest, WhoMayNotGoOnIsToldSo) {
  Stream stream(100, true, 2);
  stream.service().Wake();
  grpc::Status status;
  EXPECT_EQ(stream.ReadAll(status), 2);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(stream.service().IsGone(kLong));
}

TEST(StreamCallTest, AServerThatStopsEndsAStalledStream) {
  auto stream = std::make_unique<Stream>(100'000, false);
  stream.reset();
}

}  // namespace
}  // namespace tanhui::rpc
