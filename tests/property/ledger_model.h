// A slow, obvious model of the ledger, written from the specification (the API's comments,
// REFUSALS.md, the design) and not from the code: plain maps, every rule looked at, then the first
// reason in the documented order.
#ifndef TANHUI_TESTS_PROPERTY_LEDGER_MODEL_H_
#define TANHUI_TESTS_PROPERTY_LEDGER_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ledger/core/refusal.h"

namespace tanhui::model {

enum class Verb : std::uint8_t {
  kAward,
  kRedeem,
  kTransfer,
  kFund,
  kOpenBudget,
  kOpenCitizen,
  kOpenMerchant,
  kRecordFile,
  kCancel,
};

// What a caller asks for, in plain values. Fields that a verb does not use keep their defaults.
struct Request {
  Verb verb = Verb::kAward;
  std::uint32_t caller = 0;
  std::string id;
  std::uint64_t first = 0;   // award: citizen; redeem: citizen; transfer: giver; fund: budget;
                             // opening: asset
  std::uint64_t second = 0;  // award: budget; redeem: merchant's account; transfer: receiver;
                             // opening: the sponsor or the merchant
  std::int64_t points = 0;
  std::string text;  // award: scenario; budget: code; cancel: target; file: supersedes
  char user = 0;     // opening: the platform's user, 0 for none
  char owner = 0;    // opening: the owner that is asked for, 0 for a new one
  std::int64_t act = 0;
  std::optional<std::int64_t> not_after;
  std::string reference;
};

enum class Kind : std::uint8_t { kCitizen, kMerchant, kBudget, kIssuance };

struct Line {
  std::uint64_t entry;
  std::int64_t amount;
  std::int64_t after;
};

struct Holding {
  Kind kind = Kind::kCitizen;
  std::uint64_t asset = 0;
  std::int64_t balance = 0;
  std::vector<Line> history;
};

struct AssetTerms {
  std::uint64_t issuance = 0;
  std::int64_t limit = 0;
  bool transfers = false;
};

// What became of a request id.
struct Outcome {
  Request request;
  std::uint64_t entry = 0;
  std::optional<std::uint64_t> cancelled_by;
  bool blocked = false;
  bool undoable = false;
  std::uint64_t from = 0;  // what moved, where something did
  std::uint64_t to = 0;
};

// What the ledger must answer.
struct Answer {
  enum class Sort : std::uint8_t { kOk, kRefused, kSeen, kOther, kBlocked };
  Sort sort = Sort::kOk;
  Reason reason = Reason::kMalformedRequest;
  std::string facts;  // that the refusal must tell
  std::uint64_t entry = 0;
  std::optional<std::uint64_t> cancelled_by;
  std::set<std::string> fields;  // kOther: those that differ, any of which may be named
};

class Model {
 public:
  // At `now`. What is accepted happens.
  Answer Ask(const Request& request, std::int64_t now);

  std::map<std::uint64_t, Holding> accounts;
  std::map<std::uint64_t, AssetTerms> assets;
  std::map<std::uint64_t, std::string> participants;  // "sponsor", "merchant" ...
  std::set<std::string> budget_codes;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> merchant_accounts;
  std::map<char, std::uint64_t> users;
  std::map<std::pair<std::uint32_t, std::string>, Outcome> outcomes;
  std::uint64_t entries = 0;

 private:
  struct Step {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::int64_t points = 0;
  };
  std::set<Reason> ReasonsOfMove(const Request& request, Step& step) const;
  std::set<Reason> ReasonsOfOpening(const Request& request) const;
  std::set<Reason> ReasonsOfCancel(const Request& request, Step& step) const;
  void AddLimits(const Step& step, std::set<Reason>& reasons) const;
  void Happen(const Request& request, const Step& step);
};

}  // namespace tanhui::model

#endif  // TANHUI_TESTS_PROPERTY_LEDGER_MODEL_H_
