// Entries about loads that decide cannot have made: apply answers a fault, whatever they hold.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/loads/loads.h"

namespace tanhui {
namespace {

using namespace world;

struct Row {
  std::function<void(Entry&)> change;
  std::string fault;
};

void Expect(const World& world, const Command& command, const std::vector<Row>& rows) {
  EXPECT_EQ(Tampered(world, command, [](Entry&) {}), "OK");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(Tampered(world, command, rows[i].change), rows[i].fault) << "row " << i + 1;
  }
}

// A load of Alice's 5 and Bob's 30 points, stated by the next two entries.
Begun Stated() {
  Begun begun = Begin(2, 35);
  Done(begun.world, StateBalance("a", begun.load, kAlice, {world::Stated(655, 5)}));
  Done(begun.world, StateBalance("b", begun.load, kBob, {world::Stated(655, 30)}));
  return begun;
}

TEST(LoadFaultTest, Opening) {
  const World world = Begin(1, 1).world;
  const auto body = [](auto change) {
    return [change](Entry& entry) { change(*entry.mutable_load_opening()); };
  };
  using Body = entry::v1::LoadOpening;
  constexpr const char* kCannotBe = "a load that cannot be";
  Expect(world, OpenLoad("o", "new", 1, 1),
         {
             {body([](Body& o) { o.set_number(3); }), "a number that is not the next one"},
             {body([](Body& o) { o.set_number(1); }), "a number that is not the next one"},
             {body([](Body& o) { o.set_code("old"); }), "a code that is taken"},
             {body([](Body& o) { o.set_asset(9); }),
              "a load of an asset that has no opening balances"},
             {body([](Body& o) { o.set_asset(kStamps.value()); }),
              "an opening account that is not the asset's"},
             {body([](Body& o) { o.set_opening_account(kAlice.value()); }),
              "an opening account that is not the asset's"},
             {body([](Body& o) { o.set_points(-1); }), kCannotBe},
             {body([](Body& o) { o.set_points(loads::kMostOfALoad.units() + 1); }), kCannotBe},
             {body([](Body& o) { o.set_grams(-1); }), kCannotBe},
             {body([](Body& o) { o.set_file_sha256("short"); }), kCannotBe},
             {body([](Body& o) { o.set_as_of_date(-1); }), kCannotBe},
         });
}

TEST(LoadFaultTest, Balance) {
  const Begun begun = Stated();
  const auto body = [](auto change) {
    return [change](Entry& entry) { change(*entry.mutable_opening_balance()); };
  };
  using Body = entry::v1::OpeningBalance;
  constexpr const char* kNotOpen = "a balance of a load that is not open";
  constexpr const char* kNobody = "a balance of no citizen's account of the asset";
  constexpr const char* kLots = "a balance of lots that cannot be";
  Expect(begun.world, StateBalance("c", begun.load, kBob, {world::Stated(655, 1)}),
         {
             {body([](Body& b) { b.set_target(999); }), kNotOpen},
             {body([](Body& b) { b.set_target(2); }), kNotOpen},
             {body([](Body& b) { b.set_account(999); }), kNobody},
             {body([](Body& b) { b.set_account(kShop.value()); }), kNobody},
             {body([](Body& b) { b.set_account(kStampBob.value()); }), kNobody},
             {body([](Body& b) { b.clear_lots(); }), kLots},
             {body([](Body& b) { *b.add_lots() = b.lots(0); }), kLots},
             {body([](Body& b) { b.mutable_lots(0)->set_points(-1); }), kLots},
             {body([](Body& b) { b.mutable_lots(0)->set_points(INT64_MAX); }), kLots},
             {body([](Body& b) { b.mutable_lots(0)->set_grams(-1); }), kLots},
             {body([](Body& b) { b.mutable_lots(0)->set_contributor(5); }), kLots},
             {body([](Body& b) { b.mutable_lots(0)->set_expiry_month(1); }), kLots},
             {body([](Body& b) { b.mutable_lots(0)->set_expiry_month(70'000); }), kLots},
             {body([](Body& b) { b.mutable_lots(0)->set_scheme(9); }), kLots},
             {body([](Body& b) { b.mutable_lots(0)->set_funder(99); }), kLots},
             {[](Entry& entry) { entry.add_postings()->set_account(kBob.value()); },
              "postings on an entry that moves nothing"},
         });
}

TEST(LoadFaultTest, Closing) {
  const Begun begun = Stated();
  const auto body = [](auto change) {
    return [change](Entry& entry) { change(*entry.mutable_load_closing()); };
  };
  using Body = entry::v1::LoadClosing;
  constexpr const char* kOthers = "a closing with other totals than were stated";
  constexpr const char* kNotOpen = "a closing of a load that is not open";
  Expect(begun.world, Seal("s", begun.load),
         {
             {body([](Body& c) { c.set_target(3); }), kNotOpen},
             {body([](Body& c) { c.set_target(999); }), kNotOpen},
             {body([](Body& c) { c.set_accounts(1); }), kOthers},
             {body([](Body& c) { c.set_points(36); }), kOthers},
             {body([](Body& c) { c.set_grams(1); }), kOthers},
             {body([](Body& c) { c.clear_step(); }), "a closing of no known step"},
         });
  Begun wrong = Begin(1, 6);
  Done(wrong.world, StateBalance("a", wrong.load, kAlice, {world::Stated(655, 5)}));
  const auto seal = [](Entry& entry) {
    entry.mutable_load_closing()->set_step(entry::v1::LOAD_STEP_SEAL);
  };
  EXPECT_EQ(Tampered(wrong.world, Drop("d", wrong.load), seal),
            "a load is sealed without its control totals");
}

TEST(LoadFaultTest, Credit) {
  Begun begun = Stated();
  World& world = begun.world;
  const std::uint64_t load = begun.load;
  const auto body = [](auto change) {
    return [change](Entry& entry) { change(*entry.mutable_opening_credit()); };
  };
  using Body = entry::v1::OpeningCredit;
  constexpr const char* kNotSealed = "a credit of a load that is not sealed";
  Done(world, Seal("s", load));
  Expect(
      world, CreditBalance("c", load + 1),
      {
          {body([](Body& c) { c.set_target(999); }), kNotSealed},
          {body([load](Body& c) { c.set_target(load); }), kNotSealed},
          {body([](Body& c) { c.set_load(3); }), kNotSealed},
          {body([](Body& c) { c.set_load(999); }), kNotSealed},
          {body([](Body& c) { c.set_account(kBob.value()); }),
           "the postings are not on the accounts of the body"},
          {body([](Body& c) { c.set_points(6); }), "the postings are not the points of the body"},
          {[](Entry& entry) { entry.clear_postings(); },
           "an entry with more or fewer postings than its kind has"},
      });
  Done(world, CreditBalance("c", load + 1));
  const auto twice = [load](Entry& entry) { entry.mutable_opening_credit()->set_target(load + 1); };
  EXPECT_EQ(Tampered(world, CreditBalance("d", load + 2), twice), "a balance is credited twice");
}

}  // namespace
}  // namespace tanhui
