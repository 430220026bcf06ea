// LinksService.
#include "services/rpc/services.h"
#include "services/rpc/services/links/linking.h"
#include "tanhui/v1/links.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);
// Another city takes links up and gives them up, and does nothing on an account by them.
constexpr auto kLinkers =
    static_cast<std::uint8_t>(kPlatform | static_cast<std::uint8_t>(Role::kCity));
constexpr auto kMakers =
    static_cast<std::uint8_t>(kPlatform | static_cast<std::uint8_t>(Role::kAdmin));

template <typename Base>
using RawMethods = v1::LinksService::WithRawCallbackMethod_CreateLinkCode<
    v1::LinksService::WithRawCallbackMethod_Link<v1::LinksService::WithRawCallbackMethod_Unlink<
        v1::LinksService::WithRawCallbackMethod_Rebind<
            v1::LinksService::WithRawCallbackMethod_Resolve<Base>>>>>;

class Service final : public RawMethods<v1::LinksService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* CreateLinkCode(grpc::CallbackServerContext* server,
                                           const grpc::ByteBuffer* in,
                                           grpc::ByteBuffer* out) override {
    return Serve(context_, kMakers, server, in, out, StartCreateLinkCode);
  }

  grpc::ServerUnaryReactor* Link(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                 grpc::ByteBuffer* out) override {
    return Serve(context_, kLinkers, server, in, out, StartLink);
  }

  grpc::ServerUnaryReactor* Unlink(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kLinkers, server, in, out, StartUnlink);
  }

  grpc::ServerUnaryReactor* Rebind(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartRebind);
  }

  grpc::ServerUnaryReactor* Resolve(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                    grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartResolve);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewLinksService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
