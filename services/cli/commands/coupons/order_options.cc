#include "services/cli/commands/coupons/order_options.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/csv/whole_number.h"

namespace tanhui::cli {
namespace {

template <typename Line>
CLI::Option* AddLines(CLI::App* command, const std::string& name, const std::string& description,
                      absl::StatusOr<Line> (*parse)(std::string_view),
                      const std::function<void(const Line&)>& add) {
  return command
      ->add_option_function<std::vector<std::string>>(
          "--line",
          [parse, add](const std::vector<std::string>& lines) {
            for (const std::string& line : lines) {
              add(*parse(line));
            }
          },
          description)
      ->expected(1)
      ->take_all()
      ->check(CLI::Validator(
          [parse](std::string& text) { return std::string(parse(text).status().message()); },
          name));
}

}  // namespace

absl::StatusOr<v1::OrderLine> ParseOrderLine(std::string_view text) {
  v1::OrderLine line;
  const std::size_t equals = text.rfind('=');
  if (equals != std::string_view::npos) {
    line.set_category(std::string(text.substr(0, equals)));
  }
  const auto fen =
      WholeNumber<std::int64_t>(equals == std::string_view::npos ? text : text.substr(equals + 1));
  if (!fen.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", std::string(text),
                     "' is no line of an order: write FEN or CATEGORY=FEN, such as tea=4000"));
  }
  line.set_fen(*fen);
  return line;
}

absl::StatusOr<v1::LineBack> ParseLineBack(std::string_view text) {
  v1::LineBack back;
  const std::size_t equals = text.find('=');
  const auto line = WholeNumber<std::uint32_t>(text.substr(0, equals));
  const auto fen = equals == std::string_view::npos
                       ? std::nullopt
                       : WholeNumber<std::int64_t>(text.substr(equals + 1));
  if (!line.has_value() || !fen.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", std::string(text),
                     "' is no part of an order: write LINE=FEN, such as 1=3000 for 30 yuan of the "
                     "second line"));
  }
  back.set_line(*line);
  back.set_fen(*fen);
  return back;
}

void AddOrder(CLI::App* command, const std::shared_ptr<v1::CouponOrder>& order) {
  AddNameOption(
      command, "--merchant", "participants",
      [order](const std::string& name) { order->set_merchant(name); }, "Where")
      ->required();
  AddStoreAndTill(command, order);
  AddNameOption(
      command, "--asset", "assets", [order](const std::string& name) { order->set_asset(name); },
      "The points in which the merchant, store or till is registered")
      ->required();
  command
      ->add_option_function<std::string>(
          "--order", [order](const std::string& id) { order->set_order_id(id); },
          "The merchant's number of the order; kept as a keyed hash")
      ->required();
  AddLines<v1::OrderLine>(
      command, "LINE", "A line of the order, CATEGORY=FEN or FEN; may be given again",
      ParseOrderLine, [order](const v1::OrderLine& line) { *order->add_lines() = line; })
      ->required();
}

CLI::Option* AddLinesBack(CLI::App* command, const std::function<void(const v1::LineBack&)>& add) {
  return AddLines<v1::LineBack>(
      command, "LINE=FEN",
      "What comes back of a line of the order, LINE=FEN, lines from 0; may be given again",
      ParseLineBack, add);
}

}  // namespace tanhui::cli
