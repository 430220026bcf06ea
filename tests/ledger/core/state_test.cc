#include "ledger/core/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "tests/ledger/core/world.h"

namespace tanhui {
namespace {

using testing::ElementsAre;
using testing::Pair;

RequestKey Key(std::uint64_t n) {
  return {ParticipantNo(static_cast<std::uint32_t>(n % 3)),
          *RequestId::FromText("r" + std::to_string(n))};
}

PlatformUserKey User(std::uint64_t n) {
  return PlatformUserKey::FromView(std::string(32, static_cast<char>('a' + n)));
}

Account Citizen(std::int64_t balance, char id = 0) {
  Account account;
  account.asset = AssetNo(1);
  account.balance = Amount(balance);
  account.id = AccountId::FromView(std::string(16, id));
  return account;
}

void AddScheme(State& state, std::string_view code) {
  state.ChangeRegistry(EntryIndex(state.head().size), [&](Registry& registry) {
    registry.Add(Scheme{registry.next_scheme(), std::string(code), "", 0});
  });
}

TEST(StateTest, IsEmptyAtFirst) {
  const State state;
  EXPECT_EQ(state.head(), (Head{0, LedgerTime(0), AccountNo(1)}));
  EXPECT_EQ(state.FindAccount(AccountNo(1)), nullptr);
  EXPECT_EQ(state.FindRequest(Key(1)), std::nullopt);
  EXPECT_EQ(state.FindPlatformUser(User(1)), std::nullopt);
  EXPECT_EQ(state.FindUndone(EntryIndex(1)), Undone{}) << "nothing undone yet";
}

Account MergedInto(std::uint64_t number) {
  Account account;
  account.status = AccountStatus::kClosed;
  account.merged_into = AccountNo(number);
  return account;
}

TEST(StateTest, MergesAreFollowedToTheirEnd) {
  State state;
  state.LoadAccount(AccountNo(1), MergedInto(2));
  state.LoadAccount(AccountNo(2), MergedInto(5));
  state.LoadAccount(AccountNo(5), MergedInto(3));
  state.LoadAccount(AccountNo(3), Citizen(0));
  EXPECT_EQ(state.Standing(AccountNo(1)), AccountNo(3));
  EXPECT_EQ(state.Standing(AccountNo(5)), AccountNo(3));
  EXPECT_EQ(state.Standing(AccountNo(3)), AccountNo(3));
  EXPECT_EQ(state.Standing(AccountNo(9)), AccountNo(9)) << "an account that is not there";
}

TEST(StateTest, AdvanceCountsAndKeepsTheTime) {
  State state;
  state.Advance(LedgerTime(5));
  state.Advance(LedgerTime(5));
  state.Advance(LedgerTime(6));
  EXPECT_EQ(state.head().size, 3u);
  EXPECT_EQ(state.head().time, LedgerTime(6));
}

TEST(StateDeathTest, RefusesWhatCannotBe) {
  State state;
  state.Advance(LedgerTime(5));
  state.OpenAccount(AccountNo(1), Citizen(0));
  state.PutRequest(Key(1), {EntryIndex(0), std::nullopt});
  state.PutPlatformUser(User(1), AccountNo(1));
  state.PutUndone(EntryIndex(0), {});
  EXPECT_DEATH(state.Advance(LedgerTime(4)), "ledger time goes back");
  EXPECT_DEATH(state.OpenAccount(AccountNo(1), Citizen(0)), "account numbers are dense");
  EXPECT_DEATH(state.OpenAccount(AccountNo(3), Citizen(0)), "account numbers are dense");
  EXPECT_DEATH(state.LoadAccount(AccountNo(1), Citizen(0)), "an account is loaded twice");
  EXPECT_DEATH(state.LoadRequest(Key(1), {}), "a request is loaded twice");
  EXPECT_DEATH(state.LoadPlatformUser(User(1), AccountNo(1)), "a platform user is loaded twice");
  EXPECT_DEATH(state.LoadUndone(EntryIndex(0), {}), "undone is loaded twice");
  EXPECT_DEATH(state.ChangeAccount(AccountNo(2)), "an account is changed that is not there");
  EXPECT_DEATH(state.KeepTrial(), "no trial to keep");
  EXPECT_DEATH(state.UndoTrial(), "no trial to undo");
  state.BeginTrial();
  EXPECT_DEATH(state.BeginTrial(), "trials are not nested");
  EXPECT_DEATH(state.TakeChanges(), "changes are taken inside a trial");
}

TEST(StateTest, ChangesHoldEachKeyOnceWithItsLastValue) {
  State state;
  state.OpenAccount(AccountNo(1), Citizen(1, 'x'));
  state.OpenAccount(AccountNo(2), Citizen(2));  // all-zero id: named by code
  state.ChangeAccount(AccountNo(1)) = Citizen(3, 'x');
  state.PutRequest(Key(1), {EntryIndex(0), std::nullopt});
  state.PutRequest(Key(2), {EntryIndex(1), std::nullopt});
  state.PutRequest(Key(1), {EntryIndex(0), EntryIndex(2)});  // cancelled in the same run
  state.PutPlatformUser(User(1), AccountNo(2));
  state.PutPlatformUser(User(1), AccountNo(1));
  state.PutUndone(EntryIndex(0), {Amount(3), 1, false});
  state.PutUndone(EntryIndex(0), {Amount(5), 2, false});
  state.Advance(LedgerTime(1));
  AddScheme(state, "cq");

  const Changes changes = state.TakeChanges();
  EXPECT_THAT(changes.accounts,
              ElementsAre(Pair(AccountNo(1), Citizen(3, 'x')), Pair(AccountNo(2), Citizen(2))));
  EXPECT_THAT(changes.account_ids, ElementsAre(Pair(Citizen(0, 'x').id, AccountNo(1))));
  EXPECT_THAT(changes.requests, testing::UnorderedElementsAre(
                                    Pair(Key(1), RequestRecord{EntryIndex(0), EntryIndex(2)}),
                                    Pair(Key(2), RequestRecord{EntryIndex(1), std::nullopt})));
  EXPECT_THAT(changes.platform_users, ElementsAre(Pair(User(1), AccountNo(1))));
  EXPECT_THAT(changes.registry_entries, ElementsAre(EntryIndex(1)));
  EXPECT_THAT(changes.undone, ElementsAre(Pair(EntryIndex(0), Undone{Amount(5), 2, false})));
}

TEST(StateTest, ChangesAreTakenOnce) {
  State state;
  state.OpenAccount(AccountNo(1), Citizen(1, 'x'));
  state.PutRequest(Key(1), {EntryIndex(0), std::nullopt});
  state.PutPlatformUser(User(1), AccountNo(1));
  state.PutUndone(EntryIndex(0), {Amount(3), 1, false});
  AddScheme(state, "cq");
  state.TakeChanges();
  const Changes again = state.TakeChanges();
  EXPECT_TRUE(again.accounts.empty() && again.account_ids.empty() && again.requests.empty() &&
              again.platform_users.empty() && again.registry_entries.empty() &&
              again.undone.empty());
  state.ChangeAccount(AccountNo(1)) = Citizen(2, 'x');
  EXPECT_THAT(state.TakeChanges().accounts, ElementsAre(Pair(AccountNo(1), Citizen(2, 'x'))));
}

TEST(StateTest, WhatIsLoadedIsNoChange) {
  State state(Head{9, LedgerTime(7), AccountNo(4)}, std::make_shared<Registry>());
  state.LoadAccount(AccountNo(3), Citizen(5));
  state.LoadRequest(Key(1), {EntryIndex(2), std::nullopt});
  state.LoadPlatformUser(User(1), AccountNo(3));
  state.LoadUndone(EntryIndex(2), {Amount(1), 0, true});
  EXPECT_EQ(state.head().size, 9u);
  EXPECT_TRUE(state.FindUndone(EntryIndex(2)).cancelled);
  EXPECT_EQ(state.FindAccount(AccountNo(3))->balance, Amount(5));
  EXPECT_EQ(state.FindRequest(Key(1))->entry, EntryIndex(2));
  EXPECT_EQ(state.FindPlatformUser(User(1)), AccountNo(3));
  const Changes changes = state.TakeChanges();
  EXPECT_TRUE(changes.accounts.empty() && changes.requests.empty() && changes.undone.empty());

  state.ForgetAccount(AccountNo(3));
  state.ForgetRequests();
  state.ForgetRequests();
  state.ForgetPlatformUser(User(1));
  state.ForgetUndone(EntryIndex(2));
  EXPECT_EQ(state.FindUndone(EntryIndex(2)), Undone{});
  EXPECT_EQ(state.FindAccount(AccountNo(3)), nullptr);
  EXPECT_EQ(state.FindRequest(Key(1)), std::nullopt);
  EXPECT_EQ(state.FindPlatformUser(User(1)), std::nullopt);
}

TEST(StateTest, ARequestIsAddedOnce) {
  State state;
  EXPECT_TRUE(state.WantRequest(Key(1))) << "known to be absent from here on";
  for (const std::uint64_t n : {1, 2}) {
    EXPECT_TRUE(state.AddRequest(Key(n), {EntryIndex(n), std::nullopt}));
    EXPECT_FALSE(state.AddRequest(Key(n), {EntryIndex(7), std::nullopt}));
    EXPECT_EQ(state.FindRequest(Key(n))->entry, EntryIndex(n));
  }
  EXPECT_EQ(state.TakeChanges().requests.size(), 2u);
  state.ForgetRequests();
  EXPECT_FALSE(state.AddRequest(Key(1), {EntryIndex(7), std::nullopt})) << "known since before";
  EXPECT_TRUE(state.TakeChanges().requests.empty());
  state.ForgetAllRequests();
  EXPECT_TRUE(state.AddRequest(Key(1), {EntryIndex(7), std::nullopt}));
}

TEST(StateTest, ARequestAddedOnTrialIsForgotten) {
  State state;
  state.WantRequest(Key(1));
  state.BeginTrial();
  EXPECT_TRUE(state.AddRequest(Key(1), {EntryIndex(1), std::nullopt}));
  EXPECT_TRUE(state.AddRequest(Key(2), {EntryIndex(2), std::nullopt}));
  state.UndoTrial();
  EXPECT_FALSE(state.WantRequest(Key(1))) << "still known to be absent";
  EXPECT_TRUE(state.WantRequest(Key(2))) << "not known, as before";
  EXPECT_TRUE(state.AddRequest(Key(1), {EntryIndex(3), std::nullopt}));
  EXPECT_EQ(state.TakeChanges().requests.size(), 1u);
}

TEST(StateTest, AReaderKeepsTheRegistryItHas) {
  State state;
  AddScheme(state, "cq");
  const auto before = state.shared_registry();
  AddScheme(state, "cd");
  EXPECT_EQ(before->FindScheme("cd"), nullptr);
  EXPECT_NE(state.registry().FindScheme("cd"), nullptr);
}

// A merchant's account changes the registry, and BatchOpenAccounts may be atomic.
TEST(StateTest, UndoTakesTheRegistryBack) {
  State state;
  AddScheme(state, "cq");
  state.BeginTrial();
  AddScheme(state, "cd");
  EXPECT_NE(state.registry().FindScheme("cd"), nullptr);
  state.UndoTrial();
  EXPECT_NE(state.registry().FindScheme("cq"), nullptr);
  EXPECT_EQ(state.registry().FindScheme("cd"), nullptr);
  EXPECT_EQ(state.registry().next_scheme(), SchemeNo(2));
  EXPECT_THAT(state.TakeChanges().registry_entries, ElementsAre(EntryIndex(0)));
}

// Everything that a State shows, with the changes that it would hand out, in ordered containers.
struct Picture {
  Head head;
  std::uint32_t next_scheme = 0;
  std::map<std::uint64_t, std::int64_t> accounts;
  std::map<std::string, std::pair<std::uint64_t, std::int64_t>> requests;
  std::map<std::string, std::uint64_t> users;
  std::map<std::uint64_t, std::int64_t> undone;
  std::map<std::uint64_t, std::int64_t> changed_undone;
  std::vector<std::pair<std::uint64_t, std::int64_t>> changed_accounts;
  std::vector<std::string> changed_ids;
  std::multiset<std::string> changed_requests;
  std::multiset<std::string> changed_users;
  std::vector<EntryIndex> registry_entries;
  friend bool operator==(const Picture&, const Picture&) = default;
};

std::string Name(const RequestKey& key) {
  return std::to_string(key.caller.value()) + "/" + key.id.text();
}

Picture PictureOf(State state) {  // a copy: taking the changes clears them
  Picture picture;
  picture.head = state.head();
  picture.next_scheme = state.registry().next_scheme().value();
  for (const auto& [number, account] : state.accounts()) {
    picture.accounts[number.value()] = account.balance.units();
  }
  for (const auto& [key, record] : state.requests()) {
    picture.requests[Name(key)] = {
        record->entry.value(),
        record->cancelled_by ? static_cast<std::int64_t>(record->cancelled_by->value()) : -1};
  }
  for (std::uint64_t n = 0; n < 6; ++n) {
    if (const auto found = state.FindPlatformUser(User(n))) {
      picture.users[std::string(User(n).view())] = found->value();
    }
  }
  for (const auto& [index, undone] : state.undone()) {
    picture.undone[index.value()] = undone.points.units();
  }
  const Changes changes = state.TakeChanges();
  for (const auto& [index, undone] : changes.undone) {
    picture.changed_undone[index.value()] = undone.points.units();
  }
  for (const auto& [number, account] : changes.accounts) {
    picture.changed_accounts.emplace_back(number.value(), account.balance.units());
  }
  for (const auto& [id, number] : changes.account_ids) {
    picture.changed_ids.push_back(std::string(id.view()) + std::to_string(number.value()));
  }
  for (const auto& [key, record] : changes.requests) {
    picture.changed_requests.insert(Name(key));
  }
  for (const auto& [key, number] : changes.platform_users) {
    picture.changed_users.insert(std::string(key.view()));
  }
  picture.registry_entries = changes.registry_entries;
  return picture;
}

void ChangeAtRandom(State& state) {
  const auto n = *rc::gen::inRange<std::uint64_t>(0, 6);
  const auto units = *rc::gen::inRange<std::int64_t>(0, 100);
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      state.Advance(LedgerTime(state.head().time.value() + units));
      break;
    case 1:
      state.OpenAccount(state.head().next_account, Citizen(units, static_cast<char>(n)));
      break;
    case 2:
    case 3:
      if (const AccountNo number(n + 1); state.FindAccount(number) != nullptr) {
        state.ChangeAccount(number) = Citizen(units);
      }
      break;
    case 4:
      state.PutRequest(Key(n), {EntryIndex(state.head().size),
                                units % 2 == 0 ? std::nullopt : std::optional(EntryIndex(n))});
      break;
    case 5:
      state.PutPlatformUser(User(n), AccountNo(n + 1));
      break;
    case 6:
      state.PutUndone(EntryIndex(n), {Amount(units), n, false});
      break;
    default:
      AddScheme(state, "s" + std::to_string(state.registry().next_scheme().value()));
  }
}

TEST(StateTest, UndoRestoresEverything) {
  const auto restores = [] {
    State state;
    const auto run = [&state](int steps) {
      for (int i = 0; i < steps; ++i) {
        ChangeAtRandom(state);
      }
    };
    run(*rc::gen::inRange(0, 20));
    if (*rc::gen::arbitrary<bool>()) {
      state.TakeChanges();
      run(*rc::gen::inRange(0, 10));
    }
    const Picture before = PictureOf(state);
    state.BeginTrial();
    run(*rc::gen::inRange(0, 20));
    state.UndoTrial();
    RC_ASSERT(PictureOf(state) == before);
    // It goes on as if nothing had been: the same changes, then kept, equal those without a trial.
    State plain = state;
    plain.Advance(state.head().time);
    plain.PutRequest(Key(9), {EntryIndex(1), std::nullopt});
    state.BeginTrial();
    state.Advance(state.head().time);
    state.PutRequest(Key(9), {EntryIndex(1), std::nullopt});
    state.KeepTrial();
    RC_ASSERT(PictureOf(state) == PictureOf(plain));
  };
  EXPECT_TRUE(rc::check("undo restores everything", restores));
}

}  // namespace
}  // namespace tanhui
