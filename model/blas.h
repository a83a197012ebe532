#pragma once

namespace quarry::model {

// OpenBLAS as this program uses it: by one thread, since what is computed is divided over our own
// threads and its threads would fight with them. To be called before its functions; from any thread.
void UseOneBlasThread();

}  // namespace quarry::model
