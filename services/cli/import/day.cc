#include "services/cli/import/day.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tanhui::cli {
namespace {

constexpr std::uint32_t kMinute = 60;
constexpr std::uint32_t kHour = 60 * kMinute;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  // 0 to sides - 1. The upper half of a draw, scaled; its bias is below 2^-20 for what is drawn
  // here, which no reader of a made-up day can notice.
  std::uint32_t Below(std::uint32_t sides) {
    return static_cast<std::uint32_t>(((engine_() >> 32U) * sides) >> 32U);
  }
  bool Percent(std::uint32_t chance) { return Below(100) < chance; }
  // Around `middle`, at most `reach` away; the sum of three draws makes a hill, not a table.
  std::uint32_t Around(std::uint32_t middle, std::uint32_t reach) {
    const std::uint32_t third = 2 * reach / 3;
    return middle - reach + Below(third) + Below(third) + Below(third);
  }

 private:
  std::mt19937_64 engine_;
};

struct Act {
  std::uint32_t second = 0;  // of the day
  std::uint32_t citizen = 0;
  std::string_view scenario;
  std::uint32_t points = 0;  // 0: by the rate
  std::string reference;
};

class DayMaker {
 public:
  explicit DayMaker(const DayOptions& options) : options_(options), dice_(options.seed) {}

  std::string Make() {
    for (std::uint32_t citizen = 1; citizen <= options_.citizens; ++citizen) {
      Live(citizen);
    }
    // Stable: who acts in the same second keeps the order in which the dice made them.
    std::stable_sort(acts_.begin(), acts_.end(),
                     [](const Act& a, const Act& b) { return a.second < b.second; });
    std::string csv = "user_id,scenario,act_time,evidence,points,reference\n";
    for (std::size_t i = 0; i < acts_.size(); ++i) {
      csv += Line(acts_[i], i + 1);
      if (dice_.Percent(1)) {
        // Sent twice: the same act again, some lines later or at once.
        const std::size_t again = i - std::min<std::size_t>(i, dice_.Below(50));
        csv += Line(acts_[again], again + 1);
      }
      if (dice_.Below(200) == 0) {
        csv += BadLine(acts_[i]);
      }
    }
    return csv;
  }

 private:
  void Live(std::uint32_t citizen) {
    if (dice_.Percent(85)) {  // to work or school, and back
      const std::uint32_t kind = dice_.Below(100);
      Trip(citizen, kind, dice_.Around(8 * kHour, 90 * kMinute));
      Trip(citizen, kind, dice_.Around(18 * kHour + 15 * kMinute, 105 * kMinute));
    }
    for (std::uint32_t trips = dice_.Below(4); trips > 0; --trips) {
      Trip(citizen, dice_.Below(100), dice_.Around(13 * kHour + 30 * kMinute, 4 * kHour));
    }
    if (dice_.Percent(30)) {
      Add(citizen, "recycling", dice_.Around(19 * kHour + 30 * kMinute, 90 * kMinute));
    }
    if (dice_.Percent(6)) {
      // One draw after the other: the order in which arguments are evaluated is not specified.
      const std::uint32_t second = dice_.Around(15 * kHour, 5 * kHour);
      const std::uint32_t points = 10 * (2 + dice_.Below(19));
      const std::uint32_t shop = 100 + dice_.Below(900);
      Add(citizen, "efficient_purchase", second, points,
          absl::StrCat("\"门店 ", shop, ", 收银台 ", 1 + dice_.Below(9), "\""));
    }
  }

  // One way through the city: by metro, mostly with a leg to it; by bus; or by bicycle.
  void Trip(std::uint32_t citizen, std::uint32_t kind, std::uint32_t second) {
    if (kind < 45) {
      const std::uint32_t leg = dice_.Below(100);
      if (leg < 65) {
        Add(citizen, leg < 30 ? "cycling" : "bus_ride", second);
        second += 10 * kMinute + dice_.Below(15 * kMinute);
      }
      Add(citizen, "metro_ride", second);
    } else if (kind < 80) {
      Add(citizen, "bus_ride", second);
      if (dice_.Percent(35)) {  // a change of buses
        Add(citizen, "bus_ride", second + 16 * kMinute + dice_.Below(20 * kMinute));
      }
    } else {
      Add(citizen, "cycling", second);
    }
  }

  void Add(std::uint32_t citizen, std::string_view scenario, std::uint32_t second,
           std::uint32_t points = 0, std::string reference = {}) {
    acts_.push_back({.second = second,
                     .citizen = citizen,
                     .scenario = scenario,
                     .points = points,
                     .reference = std::move(reference)});
  }

  static std::string Citizen(std::uint32_t number) {
    char text[32];
    std::snprintf(text, sizeof(text), "citizen-%05u", number);
    return text;
  }

  std::string Time(std::uint32_t second) const {
    char text[32];
    std::snprintf(text, sizeof(text), " %02u:%02u:%02u", second / kHour, second / kMinute % 60,
                  second % 60);
    return options_.date + text;
  }

  std::string Line(const Act& act, std::size_t number) const {
    char serial[32];
    std::snprintf(serial, sizeof(serial), "%06zu", number);
    return absl::StrCat(Citizen(act.citizen), ",", std::string(act.scenario), ",", Time(act.second),
                        ",", options_.date, "-", options_.seed, "-", serial, ",",
                        act.points == 0 ? std::string() : std::to_string(act.points), ",",
                        act.reference, "\n");
  }

  // What senders get wrong.
  std::string BadLine(const Act& act) {
    const std::string citizen = Citizen(act.citizen);
    const std::string evidence =
        absl::StrCat(options_.date, "-", options_.seed, "-bad-", ++bad_lines_);
    switch (dice_.Below(5)) {
      case 0:  // a hole where the user should be
        return absl::StrCat(",cycling,", Time(act.second), ",", evidence, ",,\n");
      case 1:  // a time that does not exist
        return absl::StrCat(citizen, ",cycling,", options_.date, " 25:61:00,", evidence, ",,\n");
      case 2:  // cut off
        return absl::StrCat(citizen, ",metro_ri\n");
      case 3:  // a scenario without a rate
        return absl::StrCat(citizen, ",dining,", Time(act.second), ",", evidence, ",,\n");
      default:  // nothing awarded is not an award
        return absl::StrCat(citizen, ",recycling,", Time(act.second), ",", evidence, ",0,\n");
    }
  }

  const DayOptions& options_;
  Dice dice_;
  std::vector<Act> acts_;
  std::uint32_t bad_lines_ = 0;
};

}  // namespace

std::string MakeDay(const DayOptions& options) { return DayMaker(options).Make(); }

}  // namespace tanhui::cli
