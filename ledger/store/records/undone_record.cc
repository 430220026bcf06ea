// The record of what became of an entry; SCHEMA.md is the page for people.
#include "ledger/core/check.h"
#include "ledger/store/record.h"
#include "ledger/store/records/numbers.h"

namespace tanhui::store {
namespace {

enum Form : std::uint8_t {
  kInParts = 0,    // taken back in parts
  kCancelled = 1,  // cancelled as a whole
  kCorrected = 2,
  kLine = 3,      // a line of a settlement run
  kLoad = 4,      // a load of opening balances
  kCoupon = 5,    // a coupon, or an application for one
  kRedeemed = 6,  // the use of a coupon
  kExchange = 7,  // an exchange with another city
};

Form FormOf(const Undone& undone) {
  if (undone.exchange.has_value()) {
    return kExchange;
  }
  if (undone.redeemed.has_value()) {
    return kRedeemed;
  }
  if (undone.coupon.has_value()) {
    return kCoupon;
  }
  if (undone.load.has_value()) {
    return kLoad;
  }
  if (undone.line != LineState::kNone) {
    return kLine;
  }
  if (undone.revision > 0) {
    return kCorrected;
  }
  return undone.cancelled ? kCancelled : kInParts;
}

// What the form of the record does not tell must not be there.
bool IsOfOneForm(const Undone& undone) {
  const bool parts = undone.points != Amount(0) || undone.quantity != 0;
  const bool corrected = undone.revision > 0 || undone.newest != EntryIndex(0);
  const bool line = undone.line != LineState::kNone;
  const bool of_coupons = undone.coupon.has_value() || undone.redeemed.has_value();
  const int forms = int{line} + int{undone.load.has_value()} + int{undone.coupon.has_value()} +
                    int{undone.redeemed.has_value()} + int{undone.exchange.has_value()};
  constexpr std::uint8_t kStates = 5;
  if (undone.exchange.has_value() &&
      (undone.exchange->state < 1 || undone.exchange->state > kStates)) {
    return false;
  }
  const bool alone = line || undone.load.has_value() || undone.exchange.has_value();
  return forms <= 1 && (!alone || !(parts || corrected || undone.cancelled)) &&
         !(of_coupons && (corrected || undone.quantity != 0)) && !(corrected && undone.cancelled) &&
         (undone.revision > 0) == (undone.newest != EntryIndex(0));
}

void PutLoad(std::string& out, const LoadTotals& load) {
  PutNumber(out, static_cast<std::uint64_t>(load.state));
  PutNumber(out, load.accounts);
  PutPositive(out, load.points.units());
  PutPositive(out, load.grams.units());
  PutNumber(out, load.credited);
}

LoadTotals TakeLoad(Reader& reader) {
  LoadTotals load;
  load.state =
      static_cast<LoadState>(reader.Number(static_cast<std::uint64_t>(LoadState::kDropped)));
  load.accounts = reader.Number();
  load.points = Amount(reader.Positive());
  load.grams = Amount(reader.Positive());
  load.credited = reader.Number();
  return load;
}

void PutCoupon(std::string& out, const CouponNow& coupon) {
  PutNumber(out, static_cast<std::uint64_t>(coupon.state));
  PutNumber(out, coupon.entry.value());
  PutSigned(out, coupon.lock_until.value());
}

CouponNow TakeCoupon(Reader& reader) {
  CouponNow coupon;
  coupon.state =
      static_cast<CouponState>(reader.Number(static_cast<std::uint64_t>(CouponState::kVoid)));
  coupon.entry = EntryIndex(reader.Number());
  coupon.lock_until = LedgerTime(reader.Signed());
  return coupon;
}

void PutFen(std::string& out, Amount fen) {
  Check(!fen.negative(), "less than nothing of the use of a coupon came back");
  PutPositive(out, fen.units());
}

void PutRedeemed(std::string& out, const RedeemedNow& redeemed) {
  PutNumber(out, redeemed.lines.size());
  for (const Amount line : redeemed.lines) {
    PutFen(out, line);
  }
  PutFen(out, redeemed.discount);
  PutFen(out, redeemed.funded_back);
  PutNumber(out, redeemed.coupon_back ? 1 : 0);
  PutNumber(out, redeemed.reviewed ? 1 : 0);
  PutFen(out, redeemed.approved);
  PutFen(out, redeemed.discount_at_review);
}

RedeemedNow TakeRedeemed(Reader& reader) {
  RedeemedNow redeemed;
  const std::size_t lines = reader.Count();
  redeemed.lines.reserve(lines);
  for (std::size_t i = 0; i < lines && reader.ok(); ++i) {
    redeemed.lines.emplace_back(reader.Positive());
  }
  redeemed.discount = Amount(reader.Positive());
  redeemed.funded_back = Amount(reader.Positive());
  redeemed.coupon_back = reader.Number(1) == 1;
  redeemed.reviewed = reader.Number(1) == 1;
  redeemed.approved = Amount(reader.Positive());
  redeemed.discount_at_review = Amount(reader.Positive());
  return redeemed;
}

void PutExchange(std::string& out, const ExchangeNow& exchange) {
  PutNumber(out, exchange.state);
  PutNumber(out, exchange.entry.value());
  PutNumber(out, exchange.returned ? 1 : 0);
}

ExchangeNow TakeExchange(Reader& reader) {
  constexpr std::uint64_t kMostOfState = 5;
  ExchangeNow exchange;
  exchange.state = static_cast<std::uint8_t>(reader.Number(kMostOfState));
  exchange.entry = EntryIndex(reader.Number());
  exchange.returned = reader.Number(1) == 1;
  return exchange;
}

// Of a coupon and of its use, before the rest.
void PutWhatWasTakenBack(std::string& out, const Undone& undone) {
  PutNumber(out, undone.cancelled ? 1 : 0);
  PutPositive(out, undone.points.units());
}

void TakeWhatWasTakenBack(Reader& reader, Undone& undone) {
  undone.cancelled = reader.Number(1) == 1;
  undone.points = Amount(reader.Positive());
}

}  // namespace

std::string EncodeUndone(const Undone& undone) {
  Check(!undone.points.negative(), "less than nothing was undone");
  Check(IsOfOneForm(undone), "a record of what was undone that no ledger makes");
  const Form form = FormOf(undone);
  std::string out(1, static_cast<char>(form));
  if (form == kLoad) {
    PutLoad(out, *undone.load);
    return out;
  }
  if (form == kExchange) {
    PutExchange(out, *undone.exchange);
    return out;
  }
  if (form == kLine) {
    PutNumber(out, static_cast<std::uint64_t>(undone.line));
    return out;
  }
  if (form == kCoupon || form == kRedeemed) {
    PutWhatWasTakenBack(out, undone);
    form == kCoupon ? PutCoupon(out, *undone.coupon) : PutRedeemed(out, *undone.redeemed);
    return out;
  }
  PutPositive(out, undone.points.units());
  PutNumber(out, undone.quantity);
  if (form == kCorrected) {
    PutNumber(out, undone.revision);
    PutNumber(out, undone.newest.value());
  }
  return out;
}

std::optional<Undone> DecodeUndone(std::string_view bytes) {
  Reader reader(bytes);
  Undone undone;
  const auto form = static_cast<Form>(reader.Number(kExchange));
  if (form == kLoad) {
    undone.load = TakeLoad(reader);
  } else if (form == kExchange) {
    undone.exchange = TakeExchange(reader);
  } else if (form == kLine) {
    undone.line =
        static_cast<LineState>(reader.Number(static_cast<std::uint64_t>(LineState::kReturned)));
  } else if (form == kCoupon) {
    TakeWhatWasTakenBack(reader, undone);
    undone.coupon = TakeCoupon(reader);
  } else if (form == kRedeemed) {
    TakeWhatWasTakenBack(reader, undone);
    undone.redeemed = TakeRedeemed(reader);
  } else {
    undone.cancelled = form == kCancelled;
    undone.points = Amount(reader.Positive());
    undone.quantity = reader.Number();
    undone.revision = form == kCorrected ? reader.Number() : 0;
    undone.newest = EntryIndex(form == kCorrected ? reader.Number() : 0);
  }
  const bool whole = reader.AtEnd() && IsOfOneForm(undone) && FormOf(undone) == form;
  return whole ? std::optional(undone) : std::nullopt;
}

}  // namespace tanhui::store
