// The gRPC services of tanhui.v1. Each keeps a reference to `context`, which must outlive it.
#ifndef TANHUI_SERVICES_RPC_SERVICES_H_
#define TANHUI_SERVICES_RPC_SERVICES_H_

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <vector>

#include "services/rpc/context.h"

namespace tanhui::rpc {

std::unique_ptr<grpc::Service> NewPointsService(const Context& context);
std::unique_ptr<grpc::Service> NewAccountsService(const Context& context);
std::unique_ptr<grpc::Service> NewHouseholdsService(const Context& context);
std::unique_ptr<grpc::Service> NewRulesService(const Context& context);
std::unique_ptr<grpc::Service> NewCatalogueService(const Context& context);
std::unique_ptr<grpc::Service> NewVenuesService(const Context& context);
std::unique_ptr<grpc::Service> NewBudgetsService(const Context& context);
std::unique_ptr<grpc::Service> NewReportsService(const Context& context);
std::unique_ptr<grpc::Service> NewPeriodsService(const Context& context);
std::unique_ptr<grpc::Service> NewLogService(const Context& context);
std::unique_ptr<grpc::Service> NewRequestsService(const Context& context);
std::unique_ptr<grpc::Service> NewFilesService(const Context& context);
std::unique_ptr<grpc::Service> NewAdminService(const Context& context);
std::unique_ptr<grpc::Service> NewCasesService(const Context& context);
std::unique_ptr<grpc::Service> NewUnclaimedActsService(const Context& context);
std::unique_ptr<grpc::Service> NewLinksService(const Context& context);
std::unique_ptr<grpc::Service> NewEventsService(const Context& context);
std::unique_ptr<grpc::Service> NewMerchantsService(const Context& context);
std::unique_ptr<grpc::Service> NewSettlementService(const Context& context);
std::unique_ptr<grpc::Service> NewReconciliationService(const Context& context);
std::unique_ptr<grpc::Service> NewLoadsService(const Context& context);
std::unique_ptr<grpc::Service> NewCouponsService(const Context& context);
std::unique_ptr<grpc::Service> NewPeersService(const Context& context);
std::unique_ptr<grpc::Service> NewExchangesService(const Context& context);
std::unique_ptr<grpc::Service> NewWindowsService(const Context& context);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_H_
