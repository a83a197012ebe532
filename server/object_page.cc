#include "server/object_page.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/log.h"

namespace quarry::server {
namespace {

constexpr uint32_t kStep = 256;  // objects that are read at a time, at most

}  // namespace

Status ReadListing(QueryParameters& parameters, uint32_t default_limit, uint32_t max_limit,
                   index::ObjectListing& listing) {
  std::string order = "desc";
  listing.limit = default_limit;
  parameters.Uint("limit", listing.limit, 1, max_limit);
  parameters.String("order", order);
  parameters.String("after", listing.after);
  parameters.String("before", listing.before);
  if (order != "asc" && order != "desc") {
    return InvalidArgumentError("query parameter \"order\": expected asc or desc, not \"" + order +
                                "\"");
  }
  listing.newest_first = order == "desc";
  return OkStatus();
}

Result<index::ObjectListing> ReadNewestFirst(const std::map<std::string, std::string>& query,
                                             uint32_t default_limit, uint32_t max_limit) {
  index::ObjectListing listing{.limit = default_limit, .newest_first = true};
  QueryParameters parameters(query);
  parameters.Uint("limit", listing.limit, 1, max_limit);
  parameters.String("after", listing.after);
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  return listing;
}

void DamagedRecords::Tell(const Status& why) {
  {
    const std::lock_guard lock(mutex_);
    if (!told_.insert(why.message()).second) return;
  }
  LogWarning("left out of lists: " + why.ToString());
}

Result<index::ObjectPage> ListWhere(
    const index::ObjectTable& objects, index::ObjectKind kind, const std::string& scope,
    const index::ObjectListing& listing, DamagedRecords& damaged,
    const std::function<Result<bool>(const index::Object& object)>& keep) {
  index::ObjectPage page;
  index::ObjectListing step = listing;
  // As a rule all are wanted, and one more tells whether there are more.
  step.limit = std::min(listing.limit, kStep - 1) + 1;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(index::ObjectPage read, objects.List(kind, scope, step));
    for (const Status& why : read.damaged) damaged.Tell(why);
    for (index::Object& object : read.objects) {
      step.after = object.id;
      const Result<bool> wanted = keep(object);
      if (wanted.status().code() == Code::kDataLoss) {
        damaged.Tell(wanted.status());
        continue;
      }
      QUARRY_RETURN_IF_ERROR(wanted.status());
      if (!*wanted) continue;
      if (page.objects.size() == listing.limit) {
        page.has_more = true;
        return page;
      }
      page.objects.push_back(std::move(object));
    }
    if (!read.has_more) return page;
    step.limit = kStep;
  }
}

Result<ListPage> PageOf(std::span<const std::string> ids, const index::ObjectListing& listing,
                        const std::function<Status(const std::string& id)>& missing) {
  const auto position = [&](const std::string& id, size_t none) -> Result<size_t> {
    if (id.empty()) return none;
    const auto found = std::ranges::find(ids, id);
    if (found == ids.end()) return missing(id);
    return static_cast<size_t>(found - ids.begin());
  };
  QUARRY_ASSIGN_OR_RETURN(const size_t after, position(listing.after, SIZE_MAX));
  QUARRY_ASSIGN_OR_RETURN(const size_t before, position(listing.before, ids.size()));
  ListPage page;
  page.begin = std::min(after + 1, before);
  page.end = std::min<size_t>(before, page.begin + listing.limit);
  page.has_more = page.end < before;
  if (page.begin < page.end) {
    page.first = ids[page.begin];
    page.last = ids[page.end - 1];
  }
  return page;
}

void WritePageEnd(const std::string& first, const std::string& last, bool has_more,
                  JsonWriter& json) {
  json.Key("first_id").String(first).Key("last_id").String(last);
  json.Key("has_more").Bool(has_more);
}

void WritePageEnd(const index::ObjectPage& page, JsonWriter& json) {
  const bool empty = page.objects.empty();
  WritePageEnd(empty ? "" : page.objects.front().id, empty ? "" : page.objects.back().id,
               page.has_more, json);
}

}  // namespace quarry::server
