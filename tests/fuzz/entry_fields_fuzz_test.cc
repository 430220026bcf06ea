// Golden entries with single fields rewritten: numbers at their ends, parts left out, doubled or
// exchanged, the body of another entry. Apply must find a fault or leave a state that adds up, and
// never abort: an audit reads what somebody rewrote.
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "ledger/books/all_books.h"
#include "ledger/core/ledger.h"
#include "tests/fuzz/golden_chain.h"
#include "tests/fuzz/mutator.h"

namespace tanhui::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::vector<Entry> GoldenChain() {
  std::vector<Entry> chain;
  for (const std::string& bytes : GoldenEntries()) {
    EXPECT_TRUE(chain.emplace_back().ParseFromString(bytes));
  }
  return chain;
}

// One field of one message somewhere inside an entry.
struct Spot {
  Message* message;
  const FieldDescriptor* field;
};

void Collect(Message& message, std::vector<Spot>& spots) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    spots.push_back({&message, field});
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    }
    if (!field->is_repeated()) {
      Collect(*message.GetReflection()->MutableMessage(&message, field), spots);
      continue;
    }
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      Collect(*message.GetReflection()->MutableRepeatedMessage(&message, field, i), spots);
    }
  }
  // Fields that are not set, too.
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const bool number = field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE &&
                        field->cpp_type() != FieldDescriptor::CPPTYPE_STRING;
    if (number && !field->is_repeated() && !message.GetReflection()->HasField(message, field)) {
      spots.push_back({&message, field});
    }
  }
}

class FieldMutator {
 public:
  explicit FieldMutator(std::uint64_t seed) : random_(seed) {}
  std::size_t Below(std::size_t bound) { return random_.Below(bound); }

  void Change(Entry& entry, const std::vector<Entry>& chain) {
    if (Below(8) == 0) {
      TakeBody(chain[Below(chain.size())], entry);
      return;
    }
    std::vector<Spot> spots;
    Collect(entry, spots);
    const Spot spot = spots[Below(spots.size())];
    if (spot.field->is_repeated()) {
      ChangeList(spot);
    } else {
      ChangeValue(spot);
    }
  }

 private:
  // A number at an end of its range, near what it was, or small.
  template <typename Int>
  Int Number(Int was) {
    using Limits = std::numeric_limits<Int>;
    const Int small = static_cast<Int>(Below(45));
    const Int options[] = {0,
                           1,
                           Limits::max(),
                           Limits::min(),
                           static_cast<Int>(Limits::max() / 2 + 1),
                           static_cast<Int>(was ^ 1),
                           static_cast<Int>(~was),
                           small,
                           static_cast<Int>(static_cast<Int>(0) - small)};
    return options[Below(std::size(options))];
  }

  void ChangeValue(const Spot& spot) {
    const auto* how = spot.message->GetReflection();
    Message* m = spot.message;
    switch (spot.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        how->SetInt32(m, spot.field, Number(how->GetInt32(*m, spot.field)));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        how->SetInt64(m, spot.field, Number(how->GetInt64(*m, spot.field)));
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        how->SetUInt32(m, spot.field, Number(how->GetUInt32(*m, spot.field)));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        how->SetUInt64(m, spot.field, Number(how->GetUInt64(*m, spot.field)));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        how->SetEnumValue(m, spot.field, static_cast<int>(Below(12)));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        how->SetBool(m, spot.field, !how->GetBool(*m, spot.field));
        break;
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string text = how->GetString(*m, spot.field);
        text.resize(Below(text.size() + 3), 'x');
        how->SetString(m, spot.field, text);
        break;
      }
      default:
        how->ClearField(m, spot.field);
    }
  }

  void ChangeList(const Spot& spot) {
    const auto* how = spot.message->GetReflection();
    const int size = how->FieldSize(*spot.message, spot.field);
    const int at = static_cast<int>(Below(static_cast<std::size_t>(size)));
    const bool messages = spot.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    switch (Below(3)) {
      case 0:
        how->RemoveLast(spot.message, spot.field);
        break;
      case 1:
        how->SwapElements(spot.message, spot.field, at, size - 1);
        break;
      default:
        if (messages) {
          Message* copy = how->AddMessage(spot.message, spot.field);
          copy->CopyFrom(how->GetRepeatedMessage(*spot.message, spot.field, at));
        } else if (spot.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
          how->AddString(spot.message, spot.field,
                         how->GetRepeatedString(*spot.message, spot.field, at));
        } else if (spot.field->cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
          how->AddUInt32(spot.message, spot.field,
                         how->GetRepeatedUInt32(*spot.message, spot.field, at));
        } else {
          how->AddUInt64(spot.message, spot.field,
                         how->GetRepeatedUInt64(*spot.message, spot.field, at));
        }
    }
  }

  static void TakeBody(const Entry& from, Entry& entry) {
    Entry other = from;
    for (const int field : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
      other.GetReflection()->ClearField(&other, Entry::descriptor()->FindFieldByNumber(field));
    }
    entry.MergeFrom(other);
  }

  Mutator random_;
};

// What must hold of a state, whatever made it.
std::string Unsound(const State& state) {
  std::map<std::uint32_t, __int128> sums;
  for (const auto& [number, account] : state.accounts()) {
    const std::string name = "account " + std::to_string(number.value());
    sums[account.asset.value()] += account.balance.units();
    if (!HasLots(account.kind)) {
      if (!WithinLimit(account.kind, account.balance)) {
        return name + " is past its limit";
      }
      continue;
    }
    __int128 parts = static_cast<__int128>(account.held.units()) - account.debt.units();
    for (const Lot& lot : account.lots) {
      parts += lot.points.units();
      if (lot.points <= Amount(0) || lot.grams < 0) {
        return name + " has a lot of nothing";
      }
    }
    __int128 held = 0;
    for (const Hold& hold : account.holds) {
      held += SumOf(hold.lots).units();
    }
    if (parts != account.balance.units() || held != account.held.units()) {
      return name + " does not add up";
    }
  }
  for (const auto& [asset, sum] : sums) {
    if (sum != 0) {
      return "asset " + std::to_string(asset) + " does not sum to zero";
    }
  }
  return {};
}

TEST(EntryFieldsFuzz, RewrittenFieldsAreFaultsOrAddUp) {
  const std::uint64_t rounds = FromEnvironment("TANHUI_FUZZ_ROUNDS", 20'000);
  const std::uint64_t seed = FromEnvironment("TANHUI_FUZZ_SEED", 20261123);
  ASSERT_NE(std::getenv("TANHUI_SOURCE_DIR"), nullptr);
  FieldMutator mutator(seed);
  const std::vector<Entry> chain = GoldenChain();
  ASSERT_GE(chain.size(), 37u);
  const Ledger ledger(AllBooks());
  std::vector<State> before(1);  // each entry
  for (const Entry& entry : chain) {
    before.push_back(before.back());
    ledger.Apply(before.back(), entry);
  }
  std::uint64_t sound = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const std::size_t at = mutator.Below(chain.size());
    State state = before[at];
    Entry entry = chain[at];
    for (std::size_t changes = 1 + mutator.Below(2); changes > 0; --changes) {
      mutator.Change(entry, chain);
    }
    if (ledger.TryApply(state, entry).has_value()) {
      continue;
    }
    ++sound;
    // One known exception: apply cannot know what a cancellation's target was; audit reads it.
    if (!entry.has_cancellation()) {
      ASSERT_EQ(Unsound(state), "")
          << "seed " << seed << " round " << round << " entry " << at << "\n"
          << entry.DebugString();
    }
    // What came after it is a fault or sound, too.
    for (std::size_t next = at + 1; next < chain.size(); ++next) {
      if (ledger.TryApply(state, chain[next]).has_value()) {
        break;
      }
    }
  }
  EXPECT_GT(sound, 0u);
  EXPECT_LT(sound, rounds);
}

}  // namespace
}  // namespace tanhui::fuzz
