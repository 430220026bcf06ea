// The record of an account, version 2; SCHEMA.md is the page for people.
#include <algorithm>
#include <limits>
#include <tuple>

#include "ledger/core/check.h"
#include "ledger/store/record.h"
#include "ledger/store/records/numbers.h"

namespace tanhui::store {
namespace {

constexpr char kAccountVersion = 2;
// Version, kind and status, fields.
constexpr std::size_t kFixedBytes = 4;
constexpr std::size_t kUsualBytes = 112;  // what a citizen's takes, with room for a lot or two
constexpr int kStatusShift = 4;

// The fields that follow the fixed part, in this order. One that is there is neither zero nor
// empty, so an account has exactly one record.
enum Field : std::uint16_t {
  kMinor = 1 << 0,
  kParticipant = 1 << 1,
  kId = 1 << 2,
  kOwner = 1 << 3,
  kFunded = 1 << 4,
  kHeld = 1 << 5,
  kDebt = 1 << 6,
  kGuardian = 1 << 7,
  kHousehold = 1 << 8,
  kMergedInto = 1 << 9,
  kGiven = 1 << 10,
  kContributors = 1 << 11,  // lots, held ones too, tell who put them in
  kLots = 1 << 12,
  kHolds = 1 << 13,
  kMembers = 1 << 14,
  // The last bit: of a budget its dry spell, of an account with lots what acts left there.
  kDryOrEarnings = 1 << 15,
};

bool HasDryOrEarnings(const Account& account) {
  if (account.kind == AccountKind::kBudget) {
    return account.dry != DrySpell{};
  }
  return HasLots(account.kind) &&
         (account.carry != 0 || account.gram_carry != 0 || !account.tallies.empty());
}

bool HasContributor(const Lots& lots) {
  return std::any_of(lots.begin(), lots.end(),
                     [](const Lot& lot) { return lot.key.contributor != AccountNo(0); });
}

std::uint16_t FieldsOf(const Account& account) {
  bool contributors = HasContributor(account.lots);
  for (const Hold& hold : account.holds) {
    contributors = contributors || HasContributor(hold.lots);
  }
  unsigned fields = 0;
  const auto add = [&fields](bool there, unsigned field) { fields |= there ? field : 0U; };
  add(account.minor, kMinor);
  add(account.participant != ParticipantNo(0), kParticipant);
  add(account.id != AccountId{}, kId);
  add(account.owner != OwnerId{}, kOwner);
  add(account.funded != Amount(0), kFunded);
  add(account.held != Amount(0), kHeld);
  add(account.debt != Amount(0), kDebt);
  add(account.guardian != AccountNo(0), kGuardian);
  add(account.household != AccountNo(0), kHousehold);
  add(account.merged_into != AccountNo(0), kMergedInto);
  add(account.given != DayTotal{}, kGiven);
  add(contributors, kContributors);
  add(!account.lots.empty(), kLots);
  add(!account.holds.empty(), kHolds);
  add(!account.members.empty(), kMembers);
  add(HasDryOrEarnings(account), kDryOrEarnings);
  return static_cast<std::uint16_t>(fields);
}

// Lots in order, each with points; adds them to `sum`.
bool AreLots(const Lots& lots, std::optional<Amount>& sum) {
  const Lot* before = nullptr;
  for (const Lot& lot : lots) {
    if (lot.points <= Amount(0) || lot.grams < 0 || (before != nullptr && before->key >= lot.key)) {
      return false;
    }
    before = &lot;
    sum = sum.has_value() ? Add(*sum, lot.points) : sum;
  }
  return lots.size() <= kMaxLots;
}

// Tallies in order of limit, category and first day, each of something.
bool AreTallies(const std::vector<Tally>& tallies) {
  const auto key = [](const Tally& tally) {
    return std::tuple(tally.limit, tally.category, tally.first);
  };
  const auto out_of_order = [&key](const Tally& a, const Tally& b) { return key(a) >= key(b); };
  return tallies.size() <= kMaxTallies &&
         std::all_of(tallies.begin(), tallies.end(),
                     [](const Tally& tally) { return tally.amount > 0; }) &&
         std::adjacent_find(tallies.begin(), tallies.end(), out_of_order) == tallies.end();
}

// Parts that only accounts of some kinds have.
bool BelongToKind(const Account& account) {
  const bool of_lots = account.held != Amount(0) || account.debt != Amount(0) ||
                       !account.lots.empty() || !account.holds.empty() || account.carry != 0 ||
                       account.gram_carry != 0 || !account.tallies.empty();
  return (HasLots(account.kind) || !of_lots) &&
         (account.kind == AccountKind::kHousehold || account.members.empty()) &&
         (account.kind == AccountKind::kBudget || account.dry == DrySpell{}) &&
         (HasLots(account.kind) || account.kind == AccountKind::kMerchant ||
          account.kind == AccountKind::kClaim || account.kind == AccountKind::kCampaign ||
          account.given == DayTotal{}) &&
         (account.kind < AccountKind::kSettling || account.participant == ParticipantNo(0));
}

// What every account of the ledger is, as far as its record shows.
bool IsSound(const Account& account) {
  const bool dry_is_told =
      account.dry.first != BusinessDate(0) || account.dry.last == BusinessDate(0);
  if (!BelongToKind(account) || !AreTallies(account.tallies) || !dry_is_told) {
    return false;
  }
  std::optional<Amount> sum = Amount(0);
  const Hold* before = nullptr;
  for (const Hold& hold : account.holds) {
    if (hold.lots.empty() || !AreLots(hold.lots, sum) ||
        (before != nullptr && before->number >= hold.number)) {
      return false;
    }
    before = &hold;
  }
  return account.holds.size() <= kMaxHolds && AreLots(account.lots, sum) && sum.has_value() &&
         !account.held.negative() && !account.debt.negative();
}

void PutLots(std::string& out, const Lots& lots, bool contributors) {
  PutNumber(out, lots.size());
  for (const Lot& lot : lots) {
    PutNumber(out, lot.key.expiry.value());
    PutNumber(out, lot.key.scheme.value());
    PutNumber(out, lot.key.funder.value());
    if (contributors) {
      PutNumber(out, lot.key.contributor.value());
    }
    PutPositive(out, lot.points.units());
    PutPositive(out, lot.grams);
  }
}

void PutDay(std::string& out, const DayTotal& total) {
  PutSigned(out, total.day.value());
  PutSigned(out, total.points.units());
}

void PutHolds(std::string& out, const std::vector<Hold>& holds, bool contributors) {
  PutNumber(out, holds.size());
  for (const Hold& hold : holds) {
    PutNumber(out, hold.number.value());
    PutSigned(out, hold.deadline.value());
    PutNumber(out, hold.merchant.value());
    PutLots(out, hold.lots, contributors);
  }
}

void PutMembers(std::string& out, const std::vector<Member>& members) {
  PutNumber(out, members.size());
  for (const Member& member : members) {
    PutNumber(out, member.account.value());
    PutNumber(out, member.joined ? 1 : 0);
    PutSigned(out, member.daily_limit.units());
    PutDay(out, member.spent);
  }
}

void PutDryOrEarnings(std::string& out, const Account& account) {
  if (account.kind == AccountKind::kBudget) {
    PutSigned(out, account.dry.first.value());
    PutSigned(out, account.dry.last.value());
    return;
  }
  PutSigned(out, account.carry);
  PutSigned(out, account.gram_carry);
  PutNumber(out, account.tallies.size());
  for (const Tally& tally : account.tallies) {
    PutNumber(out, tally.limit.value());
    PutNumber(out, tally.category);
    PutSigned(out, tally.first.value());
    PutPositive(out, tally.amount);
  }
}

Lots TakeLots(Reader& reader, bool contributors) {
  Lots lots;
  const std::size_t count = reader.Count(kMaxLots);
  lots.reserve(count);
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    Lot& lot = lots.emplace_back();
    lot.key.expiry = reader.As<Month>();
    lot.key.scheme = reader.As<SchemeNo>();
    lot.key.funder = reader.As<ParticipantNo>();
    lot.key.contributor = contributors ? reader.As<AccountNo>() : AccountNo(0);
    lot.points = Amount(reader.Positive());
    lot.grams = reader.Positive();
  }
  return lots;
}

BusinessDate TakeDate(Reader& reader) {
  using Limits = std::numeric_limits<BusinessDate::Value>;
  return BusinessDate(
      static_cast<BusinessDate::Value>(reader.Signed(Limits::min(), Limits::max())));
}

DayTotal TakeDay(Reader& reader) {
  DayTotal total;
  total.day = TakeDate(reader);
  total.points = Amount(reader.Signed());
  return total;
}

std::vector<Hold> TakeHolds(Reader& reader, bool contributors) {
  std::vector<Hold> holds;
  const std::size_t count = reader.Count(kMaxHolds);
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    Hold& hold = holds.emplace_back();
    hold.number = reader.As<EntryIndex>();
    hold.deadline = LedgerTime(reader.Signed());
    hold.merchant = reader.As<AccountNo>();
    hold.lots = TakeLots(reader, contributors);
  }
  return holds;
}

std::vector<Member> TakeMembers(Reader& reader) {
  std::vector<Member> members;
  const std::size_t count = reader.Count();
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    Member& member = members.emplace_back();
    member.account = reader.As<AccountNo>();
    member.joined = reader.Number(1) == 1;
    member.daily_limit = Amount(reader.Signed());
    member.spent = TakeDay(reader);
  }
  return members;
}

void TakeDryOrEarnings(Reader& reader, Account& account) {
  if (account.kind == AccountKind::kBudget) {
    account.dry.first = TakeDate(reader);
    account.dry.last = TakeDate(reader);
    return;
  }
  account.carry = reader.Signed();
  account.gram_carry = reader.Signed();
  const std::size_t count = reader.Count(kMaxTallies);
  account.tallies.reserve(count);
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    Tally& tally = account.tallies.emplace_back();
    tally.limit = reader.As<LimitNo>();
    tally.category =
        static_cast<std::uint32_t>(reader.Number(std::numeric_limits<std::uint32_t>::max()));
    tally.first = TakeDate(reader);
    tally.amount = reader.Positive();
  }
}

// Everything after the fixed part.
void TakeFields(Reader& reader, unsigned fields, Account& account) {
  const auto there = [fields](Field field) { return (fields & field) != 0; };
  account.asset = reader.As<AssetNo>();
  account.balance = Amount(reader.Signed());
  account.last_entry_plus_one = reader.Number();
  account.minor = there(kMinor);
  account.participant = there(kParticipant) ? reader.As<ParticipantNo>() : ParticipantNo(0);
  account.id = there(kId) ? reader.Octets<AccountId>() : AccountId{};
  account.owner = there(kOwner) ? reader.Octets<OwnerId>() : OwnerId{};
  account.funded = Amount(there(kFunded) ? reader.Signed() : 0);
  account.held = Amount(there(kHeld) ? reader.Positive() : 0);
  account.debt = Amount(there(kDebt) ? reader.Positive() : 0);
  account.guardian = there(kGuardian) ? reader.As<AccountNo>() : AccountNo(0);
  account.household = there(kHousehold) ? reader.As<AccountNo>() : AccountNo(0);
  account.merged_into = there(kMergedInto) ? reader.As<AccountNo>() : AccountNo(0);
  account.given = there(kGiven) ? TakeDay(reader) : DayTotal{};
  account.lots = there(kLots) ? TakeLots(reader, there(kContributors)) : Lots{};
  account.holds = there(kHolds) ? TakeHolds(reader, there(kContributors)) : std::vector<Hold>{};
  account.members = there(kMembers) ? TakeMembers(reader) : std::vector<Member>{};
  if (there(kDryOrEarnings)) {
    TakeDryOrEarnings(reader, account);
  }
}

std::string Encode(const Account& account) {
  const unsigned fields = FieldsOf(account);
  const auto there = [fields](Field field) { return (fields & field) != 0; };
  std::string out;
  out.reserve(kUsualBytes);
  out.push_back(kAccountVersion);
  out.push_back(static_cast<char>(static_cast<unsigned>(account.kind) |
                                  static_cast<unsigned>(account.status) << kStatusShift));
  out.push_back(static_cast<char>(fields >> 8));
  out.push_back(static_cast<char>(fields));
  PutNumber(out, account.asset.value());
  PutSigned(out, account.balance.units());
  PutNumber(out, account.last_entry_plus_one);
  const auto put_if = [&](Field field, std::uint64_t value) {
    if (there(field)) {
      PutNumber(out, value);
    }
  };
  put_if(kParticipant, account.participant.value());
  out.append(there(kId) ? account.id.view() : "");
  out.append(there(kOwner) ? account.owner.view() : "");
  if (there(kFunded)) {
    PutSigned(out, account.funded.units());
  }
  put_if(kHeld, static_cast<std::uint64_t>(account.held.units()));
  put_if(kDebt, static_cast<std::uint64_t>(account.debt.units()));
  put_if(kGuardian, account.guardian.value());
  put_if(kHousehold, account.household.value());
  put_if(kMergedInto, account.merged_into.value());
  if (there(kGiven)) {
    PutDay(out, account.given);
  }
  if (there(kLots)) {
    PutLots(out, account.lots, there(kContributors));
  }
  if (there(kHolds)) {
    PutHolds(out, account.holds, there(kContributors));
  }
  if (there(kMembers)) {
    PutMembers(out, account.members);
  }
  if (there(kDryOrEarnings)) {
    PutDryOrEarnings(out, account);
  }
  return out;
}

}  // namespace

std::string EncodeAccount(const Account& account) {
  Check(IsSound(account), "an account that no record can hold");
  return Encode(account);
}

std::optional<Account> DecodeAccount(std::string_view bytes) {
  if (bytes.size() < kFixedBytes || bytes[0] != kAccountVersion) {
    return std::nullopt;
  }
  const auto octet = [bytes](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  const unsigned kind = octet(1) & 0xFU;
  const unsigned status = octet(1) >> kStatusShift;
  if (kind < 1 || kind > static_cast<unsigned>(AccountKind::kPeer) || status < 1 ||
      status > static_cast<unsigned>(AccountStatus::kClosed)) {
    return std::nullopt;
  }
  Account account;
  account.kind = static_cast<AccountKind>(kind);
  account.status = static_cast<AccountStatus>(status);
  const unsigned fields = static_cast<unsigned>(octet(2)) << 8 | octet(3);
  Reader reader(bytes.substr(kFixedBytes));
  TakeFields(reader, fields, account);
  return reader.AtEnd() && FieldsOf(account) == fields && IsSound(account)
             ? std::optional(std::move(account))
             : std::nullopt;
}

}  // namespace tanhui::store
