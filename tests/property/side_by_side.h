// One random sequence, run through the ledger and the model side by side.
#ifndef TANHUI_TESTS_PROPERTY_SIDE_BY_SIDE_H_
#define TANHUI_TESTS_PROPERTY_SIDE_BY_SIDE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/ledger/core/world.h"
#include "tests/property/ledger_model.h"
#include "tests/property/request_maker.h"

namespace tanhui::model {

// What a store would hold: every change that the state handed out.
struct Mirror {
  std::map<std::uint64_t, Account> accounts;
  std::map<std::string, RequestRecord> requests;
  std::map<std::string, std::uint64_t> users;
  std::map<std::uint64_t, Undone> undone;

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
    for (const auto& [index, record] : changes.undone) {
      undone[index.value()] = record;
    }
  }
};

class SideBySide {
 public:
  // `rich`: nearly all the points that there can be are there, and months do not pass.
  explicit SideBySide(bool rich);

  // The first difference; empty when all agrees.
  std::string Do(const std::vector<Draw>& draws);

  // How many requests had each outcome, and how many entries were the engine's own.
  const std::map<std::string, int>& tally() const { return tally_; }

 private:
  // What was accepted, or a sweep of one account.
  struct Played {
    LedgerTime time;
    Command command;
    std::optional<AccountNo> swept;
  };

  static world::World Start(bool rich);
  void Expect(bool holds, const std::string& what);
  void One(const Draw& draw);
  void Trial(Act act);
  void Ask(const Request& request);
  void Sweep(AccountNo account);
  // Decide and apply look at nothing but what a working set loads: what Names and the request ids
  // name, the target with its accounts, and what these were merged into.
  void CheckPart(const Command& command);
  State PartFor(const Command& command) const;
  // What is decided does not depend on whether the sweeper has been there.
  void CheckSwept(const Command& command);
  void CheckAccounts();
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
  std::size_t before_played_ = 0;
  std::vector<Request> asked_;
  RequestMaker maker_;
  Request last_;
  std::vector<Played> played_;
  std::map<std::string, int> tally_;
  std::string difference_;
};

// Without the digests, which say nothing to a reader.
std::string InWords(Entry entry);

// How the account differs from the model's; empty when it does not. Also whether its parts add up.
std::string Difference(const Account& account, const Holding& holding, BusinessDate today);

}  // namespace tanhui::model

#endif  // TANHUI_TESTS_PROPERTY_SIDE_BY_SIDE_H_
