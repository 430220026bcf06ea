// A slow, obvious model of the ledger, written from the specification (POINTS.md, REFUSALS.md, the
// API's comments) and not from the code: plain maps, every rule looked at, then the first reason in
// the documented order.
#ifndef TANHUI_TESTS_PROPERTY_LEDGER_MODEL_H_
#define TANHUI_TESTS_PROPERTY_LEDGER_MODEL_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ledger/core/refusal.h"
#include "tests/property/model_lots.h"
#include "tests/property/model_request.h"

namespace tanhui::model {

enum class Kind : std::uint8_t {
  kCitizen,
  kMerchant,
  kBudget,
  kIssuance,
  kExpiry,
  kCharity,
  kHousehold,
};

struct Line {
  std::uint64_t entry;
  std::int64_t amount;
  std::int64_t after;
};

struct Held {
  std::int64_t deadline = 0;
  std::uint64_t merchant = 0;
  Lots lots;
};

struct Place {
  std::uint64_t account = 0;
  bool joined = false;
  std::int64_t limit = 0;
  int day = 0;  // on which `spent` was
  std::int64_t spent = 0;
};

struct Holding {
  Kind kind = Kind::kCitizen;
  std::uint64_t asset = 0;
  std::int64_t balance = 0;
  std::vector<Line> history;
  Status status = Status::kOpen;
  bool minor = false;
  std::uint64_t guardian = 0;
  std::uint64_t household = 0;
  std::uint64_t merged_into = 0;
  std::uint64_t participant = 0;
  Lots lots;
  std::map<std::uint64_t, Held> holds;  // by the entry that made them
  std::int64_t debt = 0;
  int given_day = 0;
  std::int64_t given = 0;
  std::vector<Place> places;  // of a household
  std::int64_t funded = 0;    // of a budget, as is what follows
  int first_day = 0;
  int last_day = 0;
  int return_days = 0;
  int told_year = 0;     // whose end the log told last
  bool returns = false;  // what is unused at the end of a year

  bool has_lots() const { return kind == Kind::kCitizen || kind == Kind::kHousehold; }
  std::int64_t held() const;
};

struct AssetRow {
  std::uint64_t issuance = 0;
  std::uint64_t expiry = 0;
  std::uint64_t scheme = 0;
  std::int64_t limit = 0;
  Rules rules;
};

// One account's part of an entry.
struct Leg {
  std::uint64_t account = 0;
  std::int64_t amount = 0;
  Lots in;
  Lots out;
  std::int64_t debt = 0;  // change of it
};

// What became of a request id.
struct Outcome {
  Request request;
  std::uint64_t entry = 0;
  std::optional<std::uint64_t> cancelled_by;
  bool blocked = false;
};

// What an entry did, for whoever undoes it.
struct Deed {
  Request request;
  std::vector<Leg> legs;
  Lots taken;  // of a redemption or a capture
  std::uint64_t merchant = 0;
  std::int64_t time = 0;
  std::int64_t undone = 0;  // points
  std::uint64_t items = 0;
  bool cancelled = false;
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

// Reasons that hold, each with the facts that a refusal tells of it.
using Reasons = std::map<Reason, std::string>;

class Model {
 public:
  // At `now`. What is accepted happens, after what is due of the accounts that it touches.
  Answer Ask(const Request& request, std::int64_t now);
  // Writes everything that is due of an account.
  void Sweep(std::uint64_t number, std::int64_t now);

  // The account that one was merged into; itself otherwise.
  std::uint64_t Standing(std::uint64_t number) const;

  std::map<std::uint64_t, Holding> accounts;
  std::map<std::uint64_t, AssetRow> assets;
  std::map<std::uint64_t, std::string> participants;  // "sponsor", "merchant" ...
  std::set<std::string> budget_codes;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> merchant_accounts;
  std::map<char, std::uint64_t> users;
  std::map<std::pair<std::uint32_t, std::string>, Outcome> outcomes;
  std::map<std::uint64_t, Deed> deeds;  // by entry, since the beginning of the run
  std::uint64_t entries = 0;
  std::uint64_t cast = 0;  // entries at the beginning; all but the first two are the operator's

 private:
  // What is done when nothing speaks against it.
  struct Effect {
    std::vector<Leg> legs;
    std::vector<std::uint64_t> names;  // that are swept when nothing moves
    Lots taken;
    std::uint64_t merchant = 0;
    std::function<void(Model&, std::uint64_t entry)> then;
  };
  // An account as it stands and as it is now, whether an entry says so already or not.
  struct View {
    std::uint64_t number = 0;
    Holding account;
    const AssetRow* asset = nullptr;
    std::int64_t available() const;
  };
  struct Due {
    std::vector<Leg> legs;
    std::vector<std::uint64_t> holds;
    std::optional<int> year = std::nullopt;  // of a budget, that is over
  };

  View Look(std::uint64_t number, std::int64_t now) const;
  std::optional<Due> DueOf(std::uint64_t number, std::int64_t now) const;
  // Of a budget: a year is over that was not told; its points must go back.
  bool YearIsOver(const Holding& budget, std::int64_t now) const;
  bool GoesBack(const Holding& budget, std::int64_t now) const;
  const Deed* FollowUp(const Request& request, Reasons& reasons) const;
  void AddActing(const View& view, std::uint64_t acting, std::int64_t now, Reasons& reasons) const;
  void AddLimits(const std::vector<Leg>& legs, std::int64_t now, Reasons& reasons) const;
  static Leg Debit(const View& view, std::int64_t points);
  static Leg Credit(const View& view, const Lots& lots);

  Reasons Why(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyAct(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyOpening(const Request& request, Effect& effect) const;
  Reasons WhyAward(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhySpend(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyTransfer(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyBudget(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyHold(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyCapture(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyRefund(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyReverse(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyCancel(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyStatus(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyMerge(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyGuardian(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyHousehold(const Request& request, std::int64_t now, Effect& effect) const;
  Reasons WhyContribute(const Request& request, std::int64_t now, Effect& effect) const;
  // Parts of WhyCancel and WhyHousehold.
  void UndoAward(const Deed& deed, std::int64_t now, Effect& effect, Reasons& reasons) const;
  void UndoTransfer(const Deed& deed, std::int64_t now, Effect& effect, Reasons& reasons) const;
  void GiveBack(std::uint64_t entry, std::int64_t points, std::int64_t now, Effect& effect,
                Reasons& reasons) const;
  void EndHold(std::uint64_t entry, const Lots& taken, std::int64_t now, Effect& effect,
               Reasons& reasons) const;
  void Leave(const Request& request, const View& household, const View& member, Effect& effect,
             Reasons& reasons) const;

  void Happen(const Request& request, Effect& effect, std::int64_t now);
  void Move(const std::vector<Leg>& legs, std::uint64_t entry);
  std::uint64_t Open(const Holding& account);
};

// --- for every rule ---
inline void Want(Reasons& reasons, bool holds, Reason reason, const std::string& facts = {}) {
  if (!holds) {
    reasons.try_emplace(reason, facts);
  }
}
std::string Needed(std::int64_t needed, std::int64_t available);
std::string Needed(std::int64_t needed, const Holding& account, std::int64_t available);
std::string Left(std::int64_t left);
// Closed or frozen accounts give nothing; closed ones take nothing, frozen ones what the rules say.
void WantDebits(const Holding& account, Reasons& reasons);
void WantCredits(const Holding& account, const Rules& rules, Reasons& reasons);
Place* PlaceOf(Holding& household, std::uint64_t account);
const Place* PlaceOf(const Holding& household, std::uint64_t account);
std::size_t Joined(const Holding& household);

}  // namespace tanhui::model

#endif  // TANHUI_TESTS_PROPERTY_LEDGER_MODEL_H_
