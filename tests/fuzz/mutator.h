// Seeded mutations of real inputs: what a broken disk, a cut transfer or a hostile client sends.
#ifndef TANHUI_TESTS_FUZZ_MUTATOR_H_
#define TANHUI_TESTS_FUZZ_MUTATOR_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace tanhui::fuzz {

// Deterministic for a seed. One thread.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::size_t Below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  // One of `corpus`, changed in one to four places.
  std::string Mutate(const std::vector<std::string>& corpus) {
    std::string text = corpus[Below(corpus.size())];
    for (std::size_t changes = 1 + Below(4); changes > 0; --changes) {
      ChangeOnce(corpus, text);
    }
    return text;
  }

 private:
  void ChangeOnce(const std::vector<std::string>& corpus, std::string& text) {
    const std::size_t at = Below(text.size() + 1);
    switch (Below(6)) {
      case 0:  // flip a bit
        if (at < text.size()) {
          text[at] = static_cast<char>(text[at] ^ (1 << Below(8)));
        }
        break;
      case 1:  // cut the rest off
        text.resize(at);
        break;
      case 2:  // put bytes in
        text.insert(at, std::string(1 + Below(8), static_cast<char>(Below(256))));
        break;
      case 3:  // take bytes out
        text.erase(at, 1 + Below(8));
        break;
      case 4: {  // the end of another input
        const std::string& other = corpus[Below(corpus.size())];
        text = text.substr(0, at) + other.substr(Below(other.size() + 1));
        break;
      }
      default:  // an extreme byte
        if (at < text.size()) {
          static constexpr char kExtremes[] = {'\x00', '\x01', '\x7f', '\xff', '\x80', '\n'};
          text[at] = kExtremes[Below(sizeof(kExtremes))];
        }
    }
  }

  std::mt19937_64 random_;
};

}  // namespace tanhui::fuzz

#endif  // TANHUI_TESTS_FUZZ_MUTATOR_H_
