// One random sequence, run through the ledger and the model side by side.
#ifndef TANHUI_TESTS_PROPERTY_SIDE_BY_SIDE_H_
#define TANHUI_TESTS_PROPERTY_SIDE_BY_SIDE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/ledger/core/world.h"
#include "tests/property/ledger_model.h"

namespace tanhui::model {

// What a random step does.
enum class Act : std::uint8_t { kAsk, kRepeat, kChangedRepeat, kBegin, kKeep, kUndo, kTake };

// A step as it is drawn: numbers that the run turns into what makes sense just then.
struct Draw {
  Act act = Act::kAsk;
  Verb verb = Verb::kAward;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t points = 0;
  std::uint32_t extra = 0;  // times, references, wrong kinds
};

// What a store would hold: every change that the state handed out.
struct Mirror {
  std::map<std::uint64_t, Account> accounts;
  std::map<std::string, RequestRecord> requests;
  std::map<std::string, std::uint64_t> users;

  static std::string Name(const RequestKey& key) {
    return std::to_string(key.caller.value()) + "/" + std::string(key.id.stored());
  }
  void Take(const Changes& changes) {
    for (const auto& [number, account] : changes.accounts) {
      accounts[number.value()] = account;
    }
    for (const auto& [key, record] : changes.requests) {
      requests[Name(key)] = record;
    }
    for (const auto& [key, number] : changes.platform_users) {
      users[std::string(key.view())] = number.value();
    }
  }
};

class SideBySide {
 public:
  // `rich`: nearly all the points that there can be are there.
  explicit SideBySide(bool rich);

  // The first difference; empty when all agrees.
  std::string Do(const std::vector<Draw>& draws);

  // How many requests had each outcome.
  const std::map<std::string, int>& tally() const { return tally_; }

 private:
  static world::World Start(bool rich);
  void Expect(bool holds, const std::string& what);
  void One(const Draw& draw);
  // An account of the kind, most of the time.
  std::uint64_t Pick(std::uint32_t number, Kind kind, bool any, std::uint64_t asset) const;
  // Small amounts, and amounts around the limits that hold for this giver.
  std::int64_t Points(std::uint32_t draw, std::uint64_t giver) const;
  Request Make(const Draw& draw);
  void Change(Request& r, const Draw& draw) const;
  void Ask(const Request& request);
  // Decide looks at nothing but what Names and the request ids name.
  void CheckPart(const Command& command);
  void CheckBalances();
  // Each account's chain of `previous`, walked backwards, is the model's history.
  void CheckHistories();
  void CheckRequests();
  // The changes that were handed out add up to the state.
  void CheckMirror();
  // The stored bytes, read and applied again, give the same state.
  void CheckReplay();
  // What was accepted, asked again in a world of its own, makes the same bytes.
  void CheckSecondRun();

  bool rich_;
  world::World world_;
  Model model_;
  Mirror mirror_;
  bool in_trial_ = false;
  Model before_trial_;
  std::size_t before_script_ = 0;
  std::vector<Request> asked_;
  Request last_;
  std::vector<std::pair<LedgerTime, Command>> script_;  // what was accepted
  std::uint64_t made_ = 0;
  std::map<std::string, int> tally_;
  std::string difference_;
};

}  // namespace tanhui::model

#endif  // TANHUI_TESTS_PROPERTY_SIDE_BY_SIDE_H_
