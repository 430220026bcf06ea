// Parts of the registry that only one book knows; the core hands them on. Each stands behind a
// pointer of its own, so that other changes do not copy it.
#ifndef TANHUI_LEDGER_CORE_BOOKS_REGISTRY_PARTS_H_
#define TANHUI_LEDGER_CORE_BOOKS_REGISTRY_PARTS_H_

namespace tanhui {

namespace rules {
class Rulebook;  // ledger/rules/rulebook.h
}
namespace claims {
class Terms;  // ledger/claims/terms.h: units, prices, runs
}
namespace periods {
class Calendar;  // ledger/core/books/calendar.h: closed months, ended years
}
namespace loads {
class Register;  // ledger/points/loads/register.h
}
namespace coupons {
class Campaigns;  // ledger/coupons/campaigns.h
}
namespace interop {
class Peers;  // interop/books/peers.h
}

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BOOKS_REGISTRY_PARTS_H_
