// Merchants' units and settlement as tables for people.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_BOOKS_SETTLEMENT_TEXT_H_
#define TANHUI_SERVICES_CLI_COMMANDS_BOOKS_SETTLEMENT_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tanhui/v1/merchants.pb.h"
#include "tanhui/v1/settlement.pb.h"

namespace tanhui::cli {

// 1234 fen as 12.34.
std::string YuanText(std::int64_t fen);
// claimed, approved, paid, returned; and back, UNSPECIFIED for any other text.
std::string LineStateText(v1::LineState state);
v1::LineState LineStateNamed(std::string_view name);

// With what stands below it, indented.
std::string TreeText(const v1::GetUnitResponse& answer);
std::string UnitsText(const v1::ListUnitsResponse& page);
std::string PricesText(const v1::ListPricesResponse& page);
std::string ClaimsText(const google::protobuf::RepeatedPtrField<v1::Claim>& claims);
std::string RunsText(const v1::ListRunsResponse& page);
std::string RunText(const v1::GetRunResponse& answer);
std::string LinesText(const v1::ListLinesResponse& page);
std::string StatementText(const v1::GetStatementResponse& statement);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_BOOKS_SETTLEMENT_TEXT_H_
