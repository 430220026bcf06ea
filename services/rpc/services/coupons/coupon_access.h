// Which coupon a request means, and whether its caller may use it: by a code that the citizen shows
// at the merchant's till, or as a platform that is linked to the holder.
#ifndef TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_ACCESS_H_
#define TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_ACCESS_H_

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/books/undone.h"
#include "ledger/signing/key.h"
#include "services/rpc/coupons/wrong_codes.h"
#include "services/rpc/draft.h"

namespace tanhui::rpc {

// Of Secrets::ForDevice: devices on which coupons and codes of them are asked for.
inline constexpr std::string_view kCouponDevice = "coupon";

// A coupon as the log has its issue, which never changes.
struct IssuedCoupon {
  EntryIndex index;
  entry::v1::CouponIssue issue;
  LedgerTime issued;
};

// nullopt when the entry is no issue of a coupon, or there is none; an error when the store cannot
// be read.
absl::StatusOr<std::optional<IssuedCoupon>> FindIssued(const Context& context, EntryIndex index);
IssuedCoupon IssuedBy(EntryIndex index, const Entry& issue);

// What became of each coupon or application, as the log says; a lock may be over.
absl::StatusOr<std::vector<CouponNow>> ReadNow(const Context& context,
                                               std::span<const EntryIndex> indexes);

// Whether the caller is linked to the account, or needs no link: operators and auditors.
absl::StatusOr<bool> IsLinkedTo(const Context& context, const Caller& caller, AccountNo account);

// Whether the caller made a coupon what it is now, or is the merchant at which it is locked or was
// used.
absl::StatusOr<bool> IsItsUser(const Context& context, const Caller& caller, const CouponNow& now);

// One for the service. Any thread.
class CouponAccess {
 public:
  // `context` must outlive it.
  explicit CouponAccess(const Context& context);

  const Context& context() const { return context_; }

  // How a request says which coupon it means, and for what.
  struct Wanted {
    std::string_view coupon;  // coupons/{index}; this or a code
    std::string_view code;
    std::string_view request_id;
    // Whose order it is; of an unlocking nobody's.
    std::optional<ParticipantNo> merchant;
  };
  // The coupon, when the caller may use it; nullopt when the draft was refused. An error when the
  // store cannot be read.
  absl::StatusOr<std::optional<IssuedCoupon>> Read(const Wanted& wanted, Draft& draft);

 private:
  struct Named {
    EntryIndex index;
    std::string_view field;
    bool by_code = false;
    bool stale = false;  // a QR code that is over
  };

  std::optional<Named> ReadName(const Wanted& wanted, Draft& draft);
  std::optional<Named> ReadCode(std::string_view code, Draft& draft);
  absl::StatusOr<bool> MayUse(const IssuedCoupon& coupon, const Named& named, const Wanted& wanted,
                              const Caller& caller) const;
  // Whether the caller's request of that id did something with the coupon already.
  absl::StatusOr<bool> IsRepeat(const Wanted& wanted, EntryIndex coupon,
                                const Caller& caller) const;

  const Context& context_;
  // Of the key that signs QR codes; none in a server without a key.
  std::optional<signing::NamedVerifier> verifier_;
  WrongCodes wrong_codes_;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_COUPONS_COUPON_ACCESS_H_
