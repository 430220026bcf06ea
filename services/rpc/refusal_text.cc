#include "services/rpc/refusal_text.h"

#include <array>
#include <utility>

#include "ledger/core/check.h"

namespace tanhui::rpc {
namespace {

using enum Reason;

struct Row {
  Reason reason;
  std::string_view chinese;
  std::string_view english;
};

constexpr std::string_view kTryLaterChinese = "系统繁忙，请稍后再试";
constexpr std::string_view kTryLaterEnglish = "The system is busy. Please try again shortly.";
constexpr std::string_view kAskChinese = "请求有误，请联系服务方";
constexpr std::string_view kAskEnglish = "The request is faulty. Please ask the provider.";

constexpr Row kRows[] = {
    {kUnauthenticated, "身份验证失败", "Sign-in failed."},
    {kUnknownCaller, "接入方尚未登记", "This app is not registered yet."},
    {kPermissionDenied, "没有权限", "This is not permitted."},
    {kMalformedRequest, kAskChinese, kAskEnglish},
    {kFieldRequired, "信息不完整", "Something is missing."},
    {kFieldInvalid, "信息格式有误", "Something is not in the right form."},
    {kFieldTooLong, "内容过长", "Something is too long."},
    {kReferenceIsPersonal, "编号不得含手机号或证件号",
     "This must not hold a phone or identity number."},
    {kAmountOutOfRange, "积分数量无效", "The number of points is not valid."},
    {kBatchEmpty, kAskChinese, kAskEnglish},
    {kBatchTooLarge, "批量过大，请分批提交", "The batch is too large. Please split it."},
    {kRequestTooLarge, "内容过大", "The request is too large."},
    {kShuttingDown, kTryLaterChinese, kTryLaterEnglish},
    {kDeadlineExceeded, kTryLaterChinese, kTryLaterEnglish},
    {kQueueFull, kTryLaterChinese, kTryLaterEnglish},
    {kTooManyWrongCodes, "尝试次数过多，请稍后再试", "Too many attempts. Please try again later."},
    {kWritesStoppedClock, "系统维护中，请稍后再试", "Under maintenance. Please try again later."},
    {kWritesStoppedDisk, "系统维护中，请稍后再试", "Under maintenance. Please try again later."},
    {kUnknownScheme, "积分计划不存在", "There is no such scheme."},
    {kUnknownParticipant, "机构不存在", "There is no such organisation."},
    {kUnknownAsset, "积分种类不存在", "There is no such kind of points."},
    {kUnknownBudget, "预算不存在", "There is no such budget."},
    {kUnknownAccount, "账户不存在", "There is no such account."},
    {kUnknownEntry, "记录不存在", "There is no such record."},
    {kUnknownFile, "文件不存在", "There is no such file."},
    {kUnknownDocument, "文件不存在", "There is no such document."},
    {kUnknownScenario, "行为类型不存在", "There is no such kind of act."},
    {kUnknownDistrict, "地区不存在", "There is no such district."},
    {kUnknownProduct, "产品不在清单内", "The product is not on the list."},
    {kUnknownMaterial, "品类不存在", "There is no such material."},
    {kUnknownStation, "站点不存在", "There is no such station."},
    {kUnknownSource, "凭证来源不存在", "There is no such source of evidence."},
    {kUnknownVenue, "场所不存在", "There is no such venue."},
    {kUnknownGoal, "目标不存在", "There is no such goal."},
    {kUnknownCase, "案件不存在", "There is no such case."},
    {kUnknownUnit, "门店或收银台不存在", "There is no such store or till."},
    {kUnknownRun, "结算批次不存在", "There is no such settlement run."},
    {kUnknownLoad, "期初导入不存在", "There is no such load."},
    {kUnknownCampaign, "消费券活动不存在", "There is no such campaign."},
    {kUnknownCoupon, "消费券不存在", "There is no such coupon."},
    {kUnknownPeer, "没有该互认城市", "That city is not a peer."},
    {kUnknownExchange, "没有该笔兑换", "There is no such exchange."},
    {kUnknownWindow, "没有该结算窗口", "There is no such window."},
    {kUnknownLinkCode, "绑定码不存在", "There is no such code."},
    {kCouponCodeInvalid, "券码无效", "This is not a valid coupon code."},
    {kRequestIdReused, "请求编号重复，内容不一致", "This request number was used before."},
    {kRequestCancelled, "该笔业务已撤销", "This transaction was cancelled."},
    {kRequestTooLate, "请求已过期", "The request came too late."},
    {kAlreadyCancelled, "该笔业务已撤销", "This transaction was cancelled before."},
    {kNotCancellable, "该笔业务不能撤销", "This transaction cannot be cancelled."},
    {kActInFuture, "行为时间晚于当前时间", "The time lies in the future."},
    {kActTooOld, "行为时间过早，积分已过有效期", "The act is too long ago."},
    {kPeriodClosed, "该会计期间已关账", "The accounting month is closed."},
    {kPeriodNotOver, "会计期间尚未结束", "The month or day is not over."},
    {kPeriodNotNext, "须按顺序关账", "Months are closed in order."},
    {kYearEndMissing, "预算年末结转未完成", "Budgets have not been carried over yet."},
    {kCodeExists, "编码已被使用", "The code is taken."},
    {kAccountExists, "账户已存在", "The account exists already."},
    {kUserAlreadyLinked, "该用户已绑定账户", "This user is linked already."},
    {kLinkCodeUsed, "绑定码已使用", "The code was used before."},
    {kLinkCodeExpired, "绑定码已过期", "The code has expired."},
    {kCouponCodeExpired, "券码已过期，请刷新", "The code has expired. Please refresh it."},
    {kDocumentInvalid, "文件内容有误", "The document is faulty."},
    {kVersionNotNext, "版本号不连续", "The version is not the next one."},
    {kDateNotAhead, "生效日期过早", "It would begin too early."},
    {kSignatureInvalid, "签名无效", "The signature is not valid."},
    {kWrongParticipantKind, "机构类型不符", "The organisation cannot do this."},
    {kWrongAccountKind, "账户类型不符", "The account cannot do this."},
    {kWrongEntryKind, "该记录不支持此操作", "This cannot be undone here."},
    {kAssetMismatch, "积分种类不一致", "The kinds of points differ."},
    {kSameAccount, "转出与转入账户相同", "Giver and receiver are the same."},
    {kAccountClosed, "账户已销户", "The account is closed."},
    {kAccountFrozen, "账户已冻结或挂失", "The account is frozen or reported lost."},
    {kUnitSuspended, "该商户、门店或收银台已停用", "This shop or till is suspended."},
    {kConsentRequired, "须先取得监护人同意", "A guardian must consent first."},
    {kGuardianRequired, "须由监护人操作", "The guardian must do this."},
    {kNotForMinors, "未成年人账户不能进行此操作", "A minor's account cannot do this."},
    {kNotAMinor, "该账户不是未成年人账户", "The account is not a minor's."},
    {kTransfersOff, "该积分不支持转赠", "These points cannot be given away."},
    {kHouseholdExists, "您已加入一个家庭", "You are in a household already."},
    {kNotInHousehold, "仅限家庭成员", "Only members of the household can do this."},
    {kNotHeadOfHousehold, "仅限户主", "Only the head of the household can do this."},
    {kHouseholdFull, "家庭成员已满", "The household is full."},
    {kBudgetOutOfPeriod, "该日期不在预算期间内", "The budget does not pay for this date."},
    {kNoRuleInForce, "该行为当时不计积分", "Nothing is earned for this there and then."},
    {kNoSettlementPrice, "结算价未公布", "No settlement price is in force."},
    {kScenarioOff, "该行为暂不计积分", "Nothing is earned for this yet."},
    {kScenarioSuspended, "该行为暂停计分", "This is suspended for now."},
    {kActTooLate, "上报过晚", "The act came too late."},
    {kWrongUnit, "计量单位不符", "The unit is not the right one."},
    {kQuantityOutOfRange, "数量超出范围", "The quantity is out of range."},
    {kConditionNotMet, "不满足积分条件", "A condition is not met."},
    {kNotTheSameAct, "更正与原行为不符", "This is not the same act."},
    {kProductNotListed, "产品不在有效清单内", "The product is not listed."},
    {kVenueNotCertified, "场所未认证", "The venue is not certified."},
    {kHoldDeadline, "预扣截止时间无效", "The deadline of the hold is not allowed."},
    {kHoldResolved, "该笔预扣已结束", "The hold has ended."},
    {kAlreadyReversed, "该笔已冲回", "It was taken back before."},
    {kWrongRevision, "该行为已有更新的更正", "It was corrected meanwhile."},
    {kSettlementState, "结算状态不允许此操作", "The settlement is at another step."},
    {kNothingToSettle, "无可结算金额", "There is nothing to settle."},
    {kCampaignState, "消费券活动当前不可用", "The campaign is not open for this."},
    {kCouponNotEligible, "不符合领取条件", "The conditions are not met."},
    {kLotteryNotWon, "未中签", "The application did not win."},
    {kCouponState, "消费券当前状态不可用", "The coupon cannot be used this way now."},
    {kCouponNotValid, "消费券不在有效期内", "The coupon is not valid now."},
    {kLockDeadline, "锁券截止时间无效", "The deadline of the lock is not allowed."},
    {kCouponNotAccepted, "该门店不适用此券", "The coupon is not accepted here."},
    {kCouponBelowThreshold, "未达使用门槛", "The order is too small for the coupon."},
    {kCouponOrderMismatch, "与锁定的订单不符", "The coupon is locked for another order."},
    {kCouponReturnPolicy, "该券不支持部分退款", "Only the whole order can be given back."},
    {kReviewState, "审核状态不允许此操作", "It was reviewed already."},
    {kExchangeOff, "该方向的互认尚未开通", "This exchange is not switched on."},
    {kPeerSuspended, "与该城市的互认已暂停", "Exchange with that city is suspended."},
    {kNoRatesInForce, "没有生效的兑换率", "No rates are in force."},
    {kNothingConverts, "积分太少，无法兑换", "Too few points to exchange."},
    {kTermsMismatch, "兑换条款不符", "The terms do not match."},
    {kExchangeExpired, "兑换请求已过期", "The request is too late."},
    {kExchangeState, "兑换当前状态不允许此操作", "The exchange is at another step."},
    {kWindowState, "结算窗口当前状态不允许此操作", "The window is at another step."},
    {kLoadState, "期初导入状态不允许此操作", "The load is at another step."},
    {kControlTotals, "与控制总数不符", "The totals do not agree."},
    {kBookingResolved, "预约已处理", "The booking was dealt with."},
    {kAlreadyClaimed, "该行为已计过积分", "This act was claimed before."},
    {kOrderUsed, "该订单已使用过消费券", "A coupon was used for this order."},
    {kTradeInUsed, "该旧机、新机、发票或品类已参加过以旧换新",
     "This was used for a trade-in before."},
    {kAmountOverAssetLimit, "超过单笔积分上限", "Too many points for one transaction."},
    {kNotEmpty, "账户仍有积分、预扣或欠款", "There are points, holds or a debt left."},
    {kNothingLeftToUndo, "已全部退回", "It was given back already."},
    {kTransferCap, "超过当日转赠上限", "That is more than can be given in a day."},
    {kSpendingLimit, "超过当日家庭消费限额", "That is more than you may spend in a day."},
    {kUnitLimit, "超过门店或收银台限额", "A limit of this shop or till is reached."},
    {kCapReached, "已达上限", "The limit is reached."},
    {kCouponLimit, "已达领取上限", "You have as many of these coupons as you may."},
    {kCouponsGone, "消费券已领完", "All coupons are taken."},
    {kExchangeLimit, "已达本月跨城兑换上限", "The monthly limit is reached."},
    {kPositionCap, "城市间额度已满，请稍后再试", "The cities' limit is reached."},
    {kGoalNotReached, "目标未达成", "The goal is not reached."},
    {kAlreadyRewarded, "奖励已领取", "The reward was claimed before."},
    {kHoldLimit, "未完成的预扣过多", "Too many points are on hold."},
    {kLotLimit, "账户积分批次过多", "The account holds too many kinds of points."},
    {kInsufficientBudget, "活动预算不足", "The campaign's budget is used up."},
    {kInsufficientBalance, "积分不足", "Not enough points."},
    {kBalanceLimit, "超过账户积分上限", "The account cannot hold that many points."},
    {kBatchRefused, "同批其他请求被拒绝，本批未执行", "Another request of the batch was refused."},
    {kNotYetUnderCheckpoint, "凭证生成中，请稍后再试", "The receipt is being made. Try again."},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].reason) != i) {
      return false;
    }
  }
  return true;
}
static_assert(InOrder(), "the table follows the enum");

}  // namespace

std::string_view TillText(Reason reason, Language language) {
  const auto at = static_cast<std::size_t>(reason);
  Check(at < std::size(kRows), "a reason without a text");
  return language == Language::kChinese ? kRows[at].chinese : kRows[at].english;
}

}  // namespace tanhui::rpc
