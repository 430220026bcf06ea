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
  kLine = 3,  // a line of a settlement run
  kLoad = 4,  // a load of opening balances
};

Form FormOf(const Undone& undone) {
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
  return !(line && undone.load.has_value()) &&
         (!(line || undone.load.has_value()) || !(parts || corrected || undone.cancelled)) &&
         !(corrected && undone.cancelled) &&
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
  if (form == kLine) {
    PutNumber(out, static_cast<std::uint64_t>(undone.line));
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
  const auto form = static_cast<Form>(reader.Number(kLoad));
  if (form == kLoad) {
    undone.load = TakeLoad(reader);
  } else if (form == kLine) {
    undone.line =
        static_cast<LineState>(reader.Number(static_cast<std::uint64_t>(LineState::kReturned)));
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
