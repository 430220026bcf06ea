// Names as numbers from 1, in the order in which they first came. Copies share what they have in
// common until one of them adds a name.
#ifndef TANHUI_LEDGER_RULES_NAME_NUMBERS_H_
#define TANHUI_LEDGER_RULES_NAME_NUMBERS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tanhui::rules {

class NameNumbers {
 public:
  // 0 when the name is not known.
  std::uint32_t Find(std::string_view name) const {
    const auto found = table_->numbers.find(name);
    return found == table_->numbers.end() ? 0 : found->second;
  }
  // Empty for a number without a name.
  std::string_view NameOf(std::uint32_t number) const {
    return number == 0 || number > table_->names.size() ? std::string_view()
                                                        : table_->names[number - 1];
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(table_->names.size()); }

  std::uint32_t Add(std::string_view name) {
    if (const std::uint32_t number = Find(name); number != 0) {
      return number;
    }
    if (table_.use_count() > 1) {
      table_ = std::make_shared<Table>(*table_);
    }
    table_->names.emplace_back(name);
    const std::uint32_t number = size();
    table_->numbers.emplace(name, number);
    return number;
  }

 private:
  struct Table {
    std::vector<std::string> names;
    std::map<std::string, std::uint32_t, std::less<>> numbers;
  };
  std::shared_ptr<Table> table_ = std::make_shared<Table>();
};

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_NAME_NUMBERS_H_
