#pragma once

// Lists of stored objects, page by page, as OpenAI's clients ask for them: ?limit= &order=asc|desc
// &after=ID &before=ID, newest first unless it says otherwise.

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <span>
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

// What is left out of lists because its record is damaged. Thread-safe.
class DamagedRecords {
 public:
  // Logs what is wrong with a record, naming it; once, however often it is met.
  void Tell(const Status& why);

 private:
  std::mutex mutex_;
  std::set<std::string> told_;  // guarded by mutex_
};

// As ObjectTable::List, of the objects that `keep` wants. One whose record is damaged, or of which `keep` says
// kDataLoss, hides no other: `damaged` is told, and who asks for that one is. Other errors of `keep` end the list.
Result<index::ObjectPage> ListWhere(
    const index::ObjectTable& objects, index::ObjectKind kind, const std::string& scope,
    const index::ObjectListing& listing, DamagedRecords& damaged,
    const std::function<Result<bool>(const index::Object& object)>& keep);

// The part of a list that a page shows.
struct ListPage {
  size_t begin = 0;
  size_t end = 0;
  std::string first;  // ids; "" of an empty part
  std::string last;
  bool has_more = false;
};

// Of a list whose items have these ids, in the order in which it is shown. `missing` is the error where none has that of
// `after` or `before`.
Result<ListPage> PageOf(std::span<const std::string> ids, const index::ObjectListing& listing,
                        const std::function<Status(const std::string& id)>& missing);

// The last fields of a list, into its object, which is open: first_id, last_id, has_more.
void WritePageEnd(const std::string& first, const std::string& last, bool has_more,
                  JsonWriter& json);
void WritePageEnd(const index::ObjectPage& page, JsonWriter& json);

}  // namespace quarry::server
