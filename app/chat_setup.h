#pragma once

// The chat model of the configuration, with its prices, budget and prompts.
//
// Made once and then read: all that it gives is thread-safe and used by every thread that answers.
// They share one budget, so what several answers spend at a time is held to the same limits, and
// one file of what was spent, which is written under its lock (model/spending.h).

#include <memory>
#include <optional>

#include "app/config.h"
#include "base/clock.h"
#include "generation/answerer.h"
#include "model/remote_models.h"
#include "model/spending.h"
#include "retrieval/query_model.h"

namespace quarry::app {

class ChatSetup {
 public:
  // Nothing where chat.model is "". Asks nobody yet. kInvalidArgument, kNotFound and kDataLoss naming
  // the key. `remote` and `clock` must outlive it.
  static Result<std::unique_ptr<ChatSetup>> Make(const Config& config,
                                                 const model::RemoteModels& remote,
                                                 const std::string& openai_base_url,
                                                 const Clock& clock);

  // kInvalidArgument where a model is given without an address and there is no key for OpenAI's: it is
  // not asked, and every call of it fails so.
  const Status& CheckPlaces() const { return place_; }
  const model::ChatModel& chat() const { return *chat_; }
  // The cheaper one that is asked before it; null where chat.first_model is "".
  const model::ChatModel* first() const { return first_.get(); }
  const generation::Prompts& prompts() const { return prompts_; }
  // The same model, for what it does for a search.
  const retrieval::QueryModel& queries() const { return *queries_; }

 private:
  ChatSetup(model::PriceTable prices, const Config& config, generation::Prompts prompts)
      : prices_(std::move(prices)),
        spending_(config.store + "/spending"),
        budget_(config.chat_budget, &spending_),
        prompts_(std::move(prompts)) {}

  const model::PriceTable prices_;
  model::SpendingFile spending_;
  model::Budget budget_;
  const generation::Prompts prompts_;
  Status place_;
  std::shared_ptr<const model::ChatModel> chat_;
  std::optional<retrieval::QueryModel> queries_;
  std::shared_ptr<const model::ChatModel> first_;
};

}  // namespace quarry::app
