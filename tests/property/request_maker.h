// Random numbers made into requests that make sense just then, most of the time.
#ifndef TANHUI_TESTS_PROPERTY_REQUEST_MAKER_H_
#define TANHUI_TESTS_PROPERTY_REQUEST_MAKER_H_

#include <cstdint>
#include <vector>

#include "tests/property/ledger_model.h"

namespace tanhui::model {

// What a random step does.
enum class Act : std::uint8_t {
  kAsk,
  kRepeat,
  kChangedRepeat,
  kBegin,
  kKeep,
  kUndo,
  kTake,
  kSweep
};

// A step as it is drawn.
struct Draw {
  Act act = Act::kAsk;
  Verb verb = Verb::kAward;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
  std::uint32_t points = 0;
  std::uint32_t extra = 0;  // times, references, wrong kinds
};

class RequestMaker {
 public:
  // Both are the run's, and change while it goes on.
  RequestMaker(const Model& model, const std::vector<Request>& asked)
      : model_(model), asked_(asked) {}

  Request Make(const Draw& draw, std::int64_t now);
  // The same request with something else.
  void Change(Request& request, const Draw& draw) const;
  // Whether every account that the request names exists: names of a trial that was undone would
  // not be found.
  bool NamesExist(const Request& request) const;

 private:
  std::uint64_t Pick(std::uint32_t number, Kind kind, bool any, std::uint64_t asset) const;
  // An entry of one of these verbs, where there is one.
  std::uint64_t PickEntry(const Draw& draw, Verb verb, Verb other) const;
  // The verb, or what must come before it when nothing of it is there yet.
  Verb Possible(Verb verb, std::uint64_t asset) const;
  std::int64_t Points(std::uint32_t draw, std::uint64_t giver) const;
  std::uint64_t Acting(const Draw& draw, std::uint64_t account) const;
  void MakePoints(const Draw& draw, std::int64_t now, Request& r) const;
  void MakeFollowUp(const Draw& draw, Request& r) const;
  void MakeOpening(const Draw& draw, std::int64_t now, Request& r) const;
  void MakeChange(const Draw& draw, Request& r) const;

  const Model& model_;
  const std::vector<Request>& asked_;
  std::uint64_t made_ = 0;
};

// Terms of all sorts.
Rules RandomRules(const Draw& draw);

}  // namespace tanhui::model

#endif  // TANHUI_TESTS_PROPERTY_REQUEST_MAKER_H_
