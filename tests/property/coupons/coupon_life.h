// Random days of campaigns and coupons in a world beside the model; every answer is compared, and
// after every step everything is counted again.
#ifndef TANHUI_TESTS_PROPERTY_COUPONS_COUPON_LIFE_H_
#define TANHUI_TESTS_PROPERTY_COUPONS_COUPON_LIFE_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/ledger/coupons/town.h"
#include "tests/property/coupons/coupon_model.h"

namespace tanhui::property {

class CouponLife {
 public:
  explicit CouponLife(std::uint64_t seed);

  void Step();
  // The end of all campaigns: everything is returned and stands where it came from.
  void Finish();

  const CouponModel& model() const { return model_; }
  // How often each answer came, by kind of command.
  const std::map<std::string, int>& answers() const { return answers_; }

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  bool OneIn(std::uint64_t n) { return Below(n) == 0; }
  template <typename List>
  std::size_t AnyOf(const List& list) {
    return Below(list.size());
  }
  // Often one of the last few.
  std::size_t Recent(std::size_t size);
  // A coupon; often one that can be used.
  std::size_t Usable();
  std::string NextId() { return "k" + std::to_string(++ids_); }
  std::int64_t Now() const { return world_.now().value(); }
  std::int64_t Later(std::int64_t hours) const;

  // Asks, sometimes in a trial before, and expects the model's answer. What the engine wrote before
  // the entry is in the model then.
  bool Ask(const Command& command, const std::string& expected);
  void CheckTrial(const Command& completed);
  void CheckPart(const Command& completed);
  void TakeReturns();

  void Open();
  void DrawValue(Opening& terms);
  Opening RandomTerms();
  void Change();
  void Extend(std::size_t at);
  void Apply();
  void Draw();
  void Issue();
  void Lock();
  void Unlock();
  void Use();
  void GiveBack();
  void CancelUse(ModelUse& use);
  void CancelIssue(ModelCoupon& coupon);
  void Cancel();
  void Revoke();
  void Review();
  void Merge();
  void Suspend();
  void Freeze();
  void TopUp();
  void Settle();
  void Sweep();

  // Its holder.
  bool IsFrozen(const ModelCoupon& coupon);
  // Of the shop or of one above it.
  bool IsSuspended(AccountNo shop);
  ModelOrder RandomOrder(const ModelCampaign& campaign, entry::v1::CouponOrder& body);
  // Of a campaign of trade-ins; some of its pieces were often used before.
  ModelTradeIn RandomTradeIn(entry::v1::CouponRedemption& body);
  // Whether the attestations of the draft are all that the campaign asks for.
  bool Attest(const ModelCampaign& campaign, google::protobuf::RepeatedPtrField<std::string>& out);
  void NoteRefund(ModelUse& use, const std::map<std::uint32_t, std::int64_t>& parts,
                  const ModelRefund& refund, bool coupon_back);
  void NotePointsBack(const ModelCoupon& coupon);
  ParticipantNo AnyCaller();

  void OpenUnits();
  void PublishProducts();
  void CatchUp(std::size_t to);
  void CheckBooks();
  void CheckCampaign(std::size_t at);
  void CheckTallies();
  bool LimitsCitizens(std::uint32_t campaign) const;
  void CheckListings();

  std::mt19937_64 random_;
  world::World world_;
  CouponModel model_;
  std::vector<AccountNo> citizens_;
  std::map<AccountNo, bool> frozen_;
  std::vector<AccountNo> shops_;
  std::map<AccountNo, bool> suspended_;           // merchants' accounts
  std::map<AccountNo, AccountNo> above_;          // of a unit's account the one of what is above
  std::map<AccountNo, std::uint32_t> districts_;  // likewise, of those that lie in one
  std::map<std::uint64_t, entry::v1::CouponOrder> locks_;  // by coupon
  State replica_;
  std::size_t applied_ = 0;  // entries, to the replica
  std::size_t returns_seen_ = 0;
  std::size_t listed_from_ = 0;  // entry
  std::uint64_t ids_ = 0;
  std::uint32_t run_ = 0;
  int run_day_ = 0;
  std::map<std::string, int> answers_;
};

}  // namespace tanhui::property

#endif  // TANHUI_TESTS_PROPERTY_COUPONS_COUPON_LIFE_H_
