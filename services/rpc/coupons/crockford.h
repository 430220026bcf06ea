// Letters of codes that people read and type: Crockford's base 32. Pure; any thread.
#ifndef TANHUI_SERVICES_RPC_COUPONS_CROCKFORD_H_
#define TANHUI_SERVICES_RPC_COUPONS_CROCKFORD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tanhui::rpc {

// No I, L, O and U.
inline constexpr std::string_view kCrockfordLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
inline constexpr int kBitsOfLetter = 5;

// The lowest 5 * count bits, the most significant letter first.
std::string CrockfordOf(std::uint64_t bits, std::size_t count);
// The other way round; all letters must be of the alphabet (Check), at most twelve.
std::uint64_t BitsOfCrockford(std::string_view letters);

// Exactly `count` letters as somebody may type them: without regard to case and dashes, I and L for
// 1, O for 0. nullopt for anything else.
std::optional<std::string> CanonicalCrockford(std::string_view text, std::size_t count);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_COUPONS_CROCKFORD_H_
