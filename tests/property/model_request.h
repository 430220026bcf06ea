// What a caller asks of the ledger, in the plain values of the model.
#ifndef TANHUI_TESTS_PROPERTY_MODEL_REQUEST_H_
#define TANHUI_TESTS_PROPERTY_MODEL_REQUEST_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace tanhui::model {

enum class Verb : std::uint8_t {
  kAward,
  kRedeem,
  kTransfer,
  kFund,
  kOpenBudget,
  kOpenCitizen,
  kOpenMerchant,
  kOpenCharity,
  kRecordFile,
  kCancel,
  kSetTerms,
  kDonate,
  kHold,
  kCapture,
  kRelease,
  kRefund,
  kReverse,
  kSetStatus,
  kClose,
  kMerge,
  kReturnBudget,
  kGuardian,
  kOpenHousehold,
  kChangeHousehold,
  kContribute,
};
inline constexpr int kVerbs = static_cast<int>(Verb::kContribute) + 1;

enum class Policy : std::uint8_t { kOff, kHousehold, kCapped };
enum class Status : std::uint8_t { kOpen, kFrozen, kLost, kClosed };
enum class Household : std::uint8_t { kInvite, kAccept, kLeave, kLimit };
enum class Guard : std::uint8_t { kConsent, kWithdraw, kHandOver };

struct Rules {
  int validity = 12;  // months
  int grace = 30;     // days
  Policy transfers = Policy::kOff;
  std::int64_t cap = 0;
  bool credits_while_frozen = true;
  bool write_off = false;
  int hold_days = 30;
  std::size_t members = 8;
  friend bool operator==(const Rules&, const Rules&) = default;
};

// What a caller asks for, in plain values. Fields that a verb does not use keep their defaults.
struct Request {
  Verb verb = Verb::kAward;
  std::uint32_t caller = 0;
  bool privileged = false;
  std::string id;
  // The account that gives or is meant; award: citizen; contribution: household; opening: asset.
  std::uint64_t first = 0;
  // The other account; award: budget; opening: sponsor, merchant, charity or head.
  std::uint64_t second = 0;
  std::uint64_t acting = 0;
  std::int64_t points = 0;  // a daily limit, too
  std::uint64_t entry = 0;  // that the request is about
  std::uint64_t quantity = 0;
  std::int64_t grams = 0;
  std::int64_t deadline = 0;
  bool yes = false;  // closing: forfeit; opening: a minor's, a budget that returns at year's end
  Status status = Status::kOpen;
  Household household = Household::kInvite;
  Guard guard = Guard::kConsent;
  Rules rules;
  int first_day = 0;  // of a budget
  int last_day = 0;
  int return_days = 0;
  std::string text;  // award: scenario; budget: code; cancel: target; file: supersedes
  char user = 0;     // opening: the platform's user, 0 for none
  char owner = 0;    // opening: the owner that is asked for, 0 for a new one
  std::int64_t act = 0;
  std::optional<std::int64_t> not_after;
  std::string reference;
};

// The fields that two requests of one id do not have in common, as the API names them.
std::set<std::string> Differences(const Request& a, const Request& b);

}  // namespace tanhui::model

#endif  // TANHUI_TESTS_PROPERTY_MODEL_REQUEST_H_
