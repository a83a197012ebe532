#include "server/server.h"
namespace quarry::server {
struct Server::Impl {};
Server::Server(std::unique_ptr<Impl> i) : impl_(std::move(i)) {}
Server::~Server() = default;
Result<std::unique_ptr<Server>> Server::Start(const ServerOptions&, Services) { return InternalError("stub"); }
uint16_t Server::port() const { return 0; }
void Server::Stop() {}
void Server::Wait() {}
}
