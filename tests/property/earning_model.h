// What acts earn, modelled slowly and obviously: every question is answered by going through all
// acts that stand. Only scenarios of the town's set (tests/ledger/points/earning/acts.h) that need
// no product, venue or party; version 2 of it is made by NextTownSet.
#ifndef TANHUI_TESTS_PROPERTY_EARNING_MODEL_H_
#define TANHUI_TESTS_PROPERTY_EARNING_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/core/business_time.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::property {

// Version 2 from 2024-03-10: other rates and caps.
entry::v1::RuleSet NextTownSet();
inline constexpr std::string_view kNextFirstDate = "2024-03-10";

inline constexpr int kLateDays = 7;
inline constexpr int kResubmitDays = 10;
inline constexpr int kMaxAgeDays = 60;

struct ModelAct {
  int citizen = 0;
  std::string scenario;
  BusinessDate date;
  std::int64_t quantity = 0;
  std::string evidence;  // empty: none
  // What it was found to earn.
  std::int64_t taken = 0;  // of the quantity
  std::int64_t micrograms = 0;
  std::int64_t micropoints = 0;
  std::int64_t points = 0;
  std::int64_t adjusted = 0;   // points more, outside the rules
  std::uint64_t revision = 0;  // how often it was corrected
  bool stands = true;          // not undone
  std::int64_t undone = 0;     // of the quantity, by reversals
  bool claims = true;          // its evidence; not once all of it was undone
};

class EarningModel {
 public:
  // The name of the reason, or "OK" and the act with what it earns; nothing is remembered.
  std::string Judge(ModelAct& act, BusinessDate today) const;
  // The same of an act that takes the place of the one at `index`.
  std::string JudgeCorrection(ModelAct& act, std::size_t index, BusinessDate today);
  // Remembers an act that was taken; its index.
  std::size_t Take(const ModelAct& act);
  void Switch(const std::string& scenario, bool suspended, BusinessDate today);
  bool Suspended(const std::string& scenario) const;

  std::vector<ModelAct>& acts() { return acts_; }
  const std::vector<ModelAct>& acts() const { return acts_; }
  // Millionths of points that the citizen's acts which stand have made, less those paid.
  std::int64_t CarryOf(int citizen) const;
  // A period in which a citizen has more than a cap allows, in words; empty: none.
  std::string Exceeded() const;

 private:
  struct Spell {
    bool suspended = false;
    std::optional<BusinessDate> first;
    std::optional<BusinessDate> last;
  };
  std::int64_t Used(const ModelAct& like) const;
  std::string Measured(ModelAct& act) const;

  std::vector<ModelAct> acts_;
  std::map<std::string, Spell> spells_;
};

}  // namespace tanhui::property

#endif  // TANHUI_TESTS_PROPERTY_EARNING_MODEL_H_
