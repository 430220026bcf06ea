// CouponsService.
#include "services/rpc/services.h"
#include "services/rpc/services/coupons/campaigns.h"
#include "services/rpc/services/coupons/coupon_access.h"
#include "services/rpc/services/coupons/coupon_reading.h"
#include "services/rpc/services/coupons/coupon_statements.h"
#include "services/rpc/services/coupons/coupon_uses.h"
#include "services/rpc/services/coupons/issuing.h"
#include "services/rpc/services/coupons/refunds.h"
#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);
constexpr auto kApprover = static_cast<std::uint8_t>(Role::kApprover);
constexpr auto kRefunds = static_cast<std::uint8_t>(kPlatform | kAdmin);
// But another city's, which sees nothing of people here.
constexpr auto kAnyRole = static_cast<std::uint8_t>(~static_cast<std::uint8_t>(Role::kCity));

using Base = v1::CouponsService;
template <typename Under>
using RawCampaigns = Base::WithRawCallbackMethod_CreateCampaign<
    Base::WithRawCallbackMethod_GetCampaign<Base::WithRawCallbackMethod_ListCampaigns<
        Base::WithRawCallbackMethod_ChangeCampaign<Base::WithRawCallbackMethod_DrawLottery<
            Base::WithRawCallbackMethod_ApplyForCoupon<Under>>>>>>;
template <typename Under>
using RawCoupons = Base::WithRawCallbackMethod_IssueCoupon<
    Base::WithRawCallbackMethod_BatchIssueCoupons<Base::WithRawCallbackMethod_GetCoupon<
        Base::WithRawCallbackMethod_ListCoupons<Base::WithRawCallbackMethod_GetCouponCode<
            Base::WithRawCallbackMethod_RevokeCoupon<Under>>>>>>;
template <typename Under>
using RawUses = Base::WithRawCallbackMethod_LockCoupon<
    Base::WithRawCallbackMethod_UnlockCoupon<Base::WithRawCallbackMethod_RedeemCoupon<
        Base::WithRawCallbackMethod_BatchRedeemCoupons<Base::WithRawCallbackMethod_RefundCoupon<
            Base::WithRawCallbackMethod_RefundOrder<Base::WithRawCallbackMethod_ReviewRedemption<
                Base::WithRawCallbackMethod_BatchReview<Under>>>>>>>>;
template <typename Under>
using RawStatements = Base::WithRawCallbackMethod_GetCampaignStatement<
    Base::WithRawCallbackMethod_GetMerchantStatement<
        Base::WithRawCallbackMethod_ListCouponUses<Under>>>;
using RawMethods = RawCampaigns<RawCoupons<RawUses<RawStatements<Base::Service>>>>;

using Server = grpc::CallbackServerContext;
using Bytes = grpc::ByteBuffer;
using Reactor = grpc::ServerUnaryReactor;

class Service final : public RawMethods {
 public:
  explicit Service(const Context& context) : context_(context), access_(context) {}

  Reactor* CreateCampaign(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAdmin, server, in, out, StartCreateCampaign);
  }
  Reactor* GetCampaign(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGetCampaign);
  }
  Reactor* ListCampaigns(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartListCampaigns);
  }
  Reactor* ChangeCampaign(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAdmin, server, in, out, StartChangeCampaign);
  }
  Reactor* DrawLottery(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAdmin, server, in, out, StartDrawLottery);
  }
  Reactor* ApplyForCoupon(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kPlatform, server, in, out, StartApplyForCoupon);
  }

  Reactor* IssueCoupon(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kPlatform, server, in, out, StartIssueCoupon);
  }
  Reactor* BatchIssueCoupons(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kPlatform, server, in, out, StartBatchIssueCoupons);
  }
  Reactor* GetCoupon(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGetCoupon);
  }
  Reactor* ListCoupons(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartListCoupons);
  }
  Reactor* GetCouponCode(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kPlatform, server, in, out, StartGetCouponCode);
  }
  Reactor* RevokeCoupon(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAdmin, server, in, out, StartRevokeCoupon);
  }

  Reactor* LockCoupon(Server* server, const Bytes* in, Bytes* out) override {
    return ServeUse(kPlatform, server, in, out, StartLockCoupon);
  }
  Reactor* UnlockCoupon(Server* server, const Bytes* in, Bytes* out) override {
    return ServeUse(kPlatform, server, in, out, StartUnlockCoupon);
  }
  Reactor* RedeemCoupon(Server* server, const Bytes* in, Bytes* out) override {
    return ServeUse(kPlatform, server, in, out, StartRedeemCoupon);
  }
  Reactor* BatchRedeemCoupons(Server* server, const Bytes* in, Bytes* out) override {
    return ServeUse(kPlatform, server, in, out, StartBatchRedeemCoupons);
  }
  Reactor* RefundCoupon(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kRefunds, server, in, out, StartRefundCoupon);
  }
  Reactor* RefundOrder(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kRefunds, server, in, out, StartRefundOrder);
  }
  Reactor* ReviewRedemption(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kApprover, server, in, out, StartReviewRedemption);
  }
  Reactor* BatchReview(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kApprover, server, in, out, StartBatchReview);
  }

  Reactor* GetCampaignStatement(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGetCampaignStatement);
  }
  Reactor* GetMerchantStatement(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGetMerchantStatement);
  }
  Reactor* ListCouponUses(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartListCouponUses);
  }

 private:
  // The same for a method that takes codes.
  template <typename Request, typename Response>
  Reactor* ServeUse(std::uint8_t roles, Server* server, const Bytes* in, Bytes* out,
                    void (*method)(CouponAccess&, CallPointer<Request, Response>)) {
    return ServeUnary<Request, Response>(
        context_, roles, server, in, out,
        [this, method](CallPointer<Request, Response> call) { method(access_, std::move(call)); });
  }

  const Context& context_;
  CouponAccess access_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewCouponsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
