#include "ledger/points/loads/register.h"

#include <utility>

#include "ledger/core/check.h"

namespace tanhui::loads {

const Load* Register::Find(LoadNo number) const {
  return number == LoadNo(0) || number.value() > loads_.size() ? nullptr
                                                               : &loads_[number.value() - 1];
}

const Load* Register::FindLoad(std::string_view code) const {
  const auto found = codes_.find(code);
  return found == codes_.end() ? nullptr : Find(found->second);
}

const Load* Register::FindLoad(EntryIndex entry) const {
  const auto found = entries_.find(entry);
  return found == entries_.end() ? nullptr : Find(found->second);
}

AccountNo Register::OpeningAccount(AssetNo asset) const {
  const auto found = accounts_.find(asset);
  return found == accounts_.end() ? AccountNo(0) : found->second;
}

void Register::Add(Load load, AccountNo opening) {
  Check(load.number == next_load(), "load numbers are dense");
  Check(codes_.emplace(load.code, load.number).second, "a code is registered twice");
  entries_.emplace(load.entry, load.number);
  const AccountNo before = accounts_.emplace(load.asset, opening).first->second;
  Check(before == opening, "an asset has two opening accounts");
  loads_.push_back(std::move(load));
}

const Register& LoadsOf(const Registry& registry) {
  static const Register& none = *new Register;
  return registry.loads() == nullptr ? none : *registry.loads();
}

}  // namespace tanhui::loads
