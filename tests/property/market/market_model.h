// A slow model of merchants that settle, written from CLAIMS.md and not from the code.
#ifndef TANHUI_TESTS_PROPERTY_MARKET_MARKET_MODEL_H_
#define TANHUI_TESTS_PROPERTY_MARKET_MARKET_MODEL_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tanhui::property {

struct ModelPrice {
  int asset = 0;
  int merchant = -1;  // all
  int first_day = 0;
  std::int64_t fen = 0;
  std::int64_t points = 1;
};

// A till, a store or a chain.
struct ModelUnit {
  int merchant = 0;
  int asset = 0;
  std::vector<int> levels;  // it and those above it
  bool suspended = false;
  std::int64_t most = 0;
  std::int64_t most_a_day = 0;
  int day = 0;
  std::int64_t taken = 0;  // on that day, while there is a limit
};

enum class ModelTaking : std::uint8_t { kRedemption, kHold, kCapture };

// A redemption or a capture.
struct ModelDeed {
  std::string id;
  std::uint64_t entry = 0;
  int unit = 0;
  std::int64_t points = 0;
  bool claims = false;
  ModelPrice price = {};
  std::int64_t back = 0;
  bool cancelled = false;
  std::int64_t FenOf(std::int64_t of) const { return claims ? of * price.fen / price.points : 0; }
};

struct ModelHold {
  std::uint64_t entry = 0;
  int unit = 0;
  std::int64_t points = 0;
  bool open = true;
};

enum class ModelState : std::uint8_t { kClaimed, kApproved, kPaid, kReturned };
struct ModelLine {
  std::uint64_t entry = 0;
  int merchant = 0;
  int asset = 0;
  std::int64_t fen = 0;
  ModelState state = ModelState::kClaimed;
};

class MarketModel {
 public:
  std::vector<ModelUnit> units;
  std::vector<ModelPrice> prices;
  std::vector<ModelDeed> deeds;
  std::vector<ModelHold> holds;
  std::vector<ModelLine> lines;
  std::map<std::pair<int, int>, bool> settles;        // merchant and asset
  std::map<int, int> last_run;                        // ledger day, by asset
  std::map<std::pair<int, int>, std::int64_t> claim;  // claimed less taken back and settled
  // Of that ledger day.
  struct Net {
    int day = 0;
    std::int64_t fen = 0;
  };
  std::map<std::pair<int, int>, Net> nets;

  const ModelPrice* InForce(int asset, int merchant, int day) const;
  // The reason that comes first, or OK. Holds need no price, captures ask for no limit.
  std::string WhyNotTaken(ModelTaking taking, int unit, std::int64_t points, int today,
                          int ledger_day) const;
  void Count(int unit, std::int64_t points, int today);
  void Take(ModelDeed deed, int day);
  void GiveBack(ModelDeed& deed, std::int64_t points, int day);
  std::int64_t NetOf(std::pair<int, int> of, int day) const;
  // Of all lines of the merchant and asset in one of these states.
  std::int64_t InState(std::pair<int, int> of, ModelState state) const;
};

}  // namespace tanhui::property

#endif  // TANHUI_TESTS_PROPERTY_MARKET_MARKET_MODEL_H_
