#pragma once

// Lists of stored objects, page by page, as OpenAI's clients ask for them: ?limit= &order=asc|desc
// &after=ID &before=ID, newest first unless it says otherwise.

#include <functional>
#include <map>
#include <string>

#include "index/object_table.h"
#include "server/json_writer.h"
#include "server/query_parameters.h"

namespace quarry::server {

// Reads the four; the rest of `parameters` and Finish are the caller's. kInvalidArgument for an
// order that is none.
Status ReadListing(QueryParameters& parameters, uint32_t default_limit, uint32_t max_limit,
                   index::ObjectListing& listing);

// Where those two are all that a list takes: ?limit= &after=ID, newest first.
Result<index::ObjectListing> ReadNewestFirst(const std::map<std::string, std::string>& query,
                                             uint32_t default_limit, uint32_t max_limit);

// As ObjectTable::List, of the objects that `keep` wants; its errors end the list.
Result<index::ObjectPage> ListWhere(
    const index::ObjectTable& objects, index::ObjectKind kind, const std::string& scope,
    const index::ObjectListing& listing,
    const std::function<Result<bool>(const index::Object& object)>& keep);

// The last fields of a list, into its object, which is open: first_id, last_id, has_more.
void WritePageEnd(const std::string& first, const std::string& last, bool has_more,
                  JsonWriter& json);
void WritePageEnd(const index::ObjectPage& page, JsonWriter& json);

}  // namespace quarry::server
