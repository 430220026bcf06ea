// The part of the golden chain that tells of peers; see tests/ledger/core/golden_entry_test.cc.
#ifndef TANHUI_TESTS_INTEROP_BOOKS_GOLDEN_PEERS_H_
#define TANHUI_TESTS_INTEROP_BOOKS_GOLDEN_PEERS_H_

#include <array>

#include "tests/ledger/core/world.h"

namespace tanhui::world {

// Names of the files, in order of the log.
inline constexpr std::array<const char*, 9> kGoldenPeers = {
    "121_participant_creation_city",
    "122_scheme_creation_city",
    "123_peer_registration",
    "124_peer_change",
    "125_rate_agreement",
    "126_peer_prepayment",
    "127_peer_evidence",
    "128_peer_suspension",
    "129_peer_suspension_resumed",
};

// After everything else. The peer has terms and rates from the next day on.
void TellOfPeers(World& world);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_INTEROP_BOOKS_GOLDEN_PEERS_H_
