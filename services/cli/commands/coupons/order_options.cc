#include "services/cli/commands/coupons/order_options.h"

#include <charconv>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "services/cli/commands/citizen_options.h"

namespace tanhui::cli {
namespace {

template <typename Number>
bool ReadNumber(std::string_view text, Number* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

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
  std::int64_t fen = 0;
  if (!ReadNumber(equals == std::string_view::npos ? text : text.substr(equals + 1), &fen)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", std::string(text),
                     "' is no line of an order: write FEN or CATEGORY=FEN, such as tea=4000"));
  }
  line.set_fen(fen);
  return line;
}

absl::StatusOr<v1::LineBack> ParseLineBack(std::string_view text) {
  v1::LineBack back;
  const std::size_t equals = text.find('=');
  std::uint32_t line = 0;
  std::int64_t fen = 0;
  if (equals == std::string_view::npos || !ReadNumber(text.substr(0, equals), &line) ||
      !ReadNumber(text.substr(equals + 1), &fen)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", std::string(text),
                     "' is no part of an order: write LINE=FEN, such as 1=3000 for 30 yuan of the "
                     "second line"));
  }
  back.set_line(line);
  back.set_fen(fen);
  return back;
}

void AddOrder(CLI::App* command, const std::function<v1::CouponOrder*()>& order) {
  AddNameOption(
      command, "--merchant", "participants",
      [order](const std::string& name) { order()->set_merchant(name); }, "Where")
      ->required();
  CLI::Option* store = command->add_option_function<std::string>(
      "--store", [order](const std::string& code) { order()->set_store(code); },
      "Code of the merchant's store");
  command
      ->add_option_function<std::string>(
          "--till", [order](const std::string& code) { order()->set_till(code); },
          "Code of the store's till")
      ->needs(store);
  AddNameOption(
      command, "--asset", "assets", [order](const std::string& name) { order()->set_asset(name); },
      "The points in which the merchant, store or till is registered")
      ->required();
  command
      ->add_option_function<std::string>(
          "--order", [order](const std::string& id) { order()->set_order_id(id); },
          "The merchant's number of the order; kept as a keyed hash")
      ->required();
  AddLines<v1::OrderLine>(
      command, "LINE", "A line of the order, CATEGORY=FEN or FEN; may be given again",
      ParseOrderLine, [order](const v1::OrderLine& line) { *order()->add_lines() = line; })
      ->required();
}

CLI::Option* AddLinesBack(CLI::App* command, const std::function<void(const v1::LineBack&)>& add) {
  return AddLines<v1::LineBack>(
      command, "LINE=FEN",
      "What comes back of a line of the order, LINE=FEN, lines from 0; may be given again",
      ParseLineBack, add);
}

}  // namespace tanhui::cli
