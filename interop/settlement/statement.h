// What both cities sign of a window: one text, byte for byte, that each made alone. The grammar
// with an example is in WINDOWS.md.
#ifndef TANHUI_INTEROP_SETTLEMENT_STATEMENT_H_
#define TANHUI_INTEROP_SETTLEMENT_STATEMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "interop/settlement/netting.h"
#include "interop/settlement/window.h"
#include "ledger/core/ids.h"

namespace tanhui::settlement {

// One city's part: its log, and the exchanges that it committed.
struct CityPart {
  City city;               // origin line of its log, without white space
  std::uint64_t size = 0;  // of the log that the statement was computed from
  Hash256 root;
  Listed settled;           // exchanges that both cities have
  std::int64_t points = 0;  // of its own scheme that left with them
  std::int64_t grams = 0;   // of CO2e that they stand for
  std::int64_t fen = 0;     // at the settlement price that both signed: what it owes for them
  Listed open;              // exchanges that the other city has not (未达账项)
  friend bool operator==(const CityPart&, const CityPart&) = default;
};

struct Statement {
  std::uint64_t window = 0;
  CityPart first;  // the smaller name
  CityPart second;
  friend bool operator==(const Statement&, const Statement&) = default;
};

// In the order of their names, whoever of the two asks. The names differ (Check).
Statement MakeStatement(std::uint64_t window, CityPart one, CityPart other);

// Who pays whom in net; nullopt when they are even.
std::optional<Payment> PaymentOf(const Statement& statement);

std::string TextOf(const Statement& statement);
// Takes exactly what TextOf writes; nullopt for anything else.
std::optional<Statement> ParseStatement(std::string_view text);

}  // namespace tanhui::settlement

#endif  // TANHUI_INTEROP_SETTLEMENT_STATEMENT_H_
