#pragma once

// The parties that a contract names where it begins, and then calls "the customer", 甲方. English and Chinese, by forms
// alone. Internal to model/. Pure.

#include <string>
#include <string_view>

namespace quarry::model {

// Their names, as `beginning` of a document writes them: of lines such as "甲方：海川物流有限公司", of a contract also
// "Customer: Haversham Ltd", and of "This agreement is made between Haversham Ltd and ...". "" where it names none.
std::string PartiesOf(std::string_view beginning);

}  // namespace quarry::model
