#pragma once

// Asking in requests: the fields of POST /api/v1/answer, and the way from the question to the answer
// that the client gets, whole or piece by piece.

#include <functional>
#include <string>

#include "server/handlers.h"
#include "server/question.h"
#include "server/stored_answer.h"

namespace quarry::server {

struct AskRequest {
  Question question;
  std::string body;  // as it came
  bool stream = false;
  bool with_context = false;
};
// `collection`: of a request that names none; "" = the server's.
Result<AskRequest> ParseAskRequest(const HandlerEnvironment& environment, const Call& call,
                                   const std::string& collection = "");

// An answer as it is kept.
struct KeptAnswer {
  std::string id;     // of the answer log; "" = not there
  std::string value;  // StoredAnswerJson
};
// Keeps an answer for who asked. `body`: the request as it came; `seconds`: that it took.
KeptAnswer KeepAnswer(const HandlerEnvironment& environment, const Caller& caller,
                      const Question& question, std::string_view body,
                      const index::Snapshot& snapshot, const Answer& answer, double seconds);
// One that the caller may see. kNotFound, kDataLoss.
Result<StoredAnswer> FindAnswer(const HandlerEnvironment& environment, const Caller& caller,
                                const std::string& id);

// Has the question answered and the client told. `before_telling` is called with the whole answer
// before the client has it; an error of it is told instead.
//
// Streamed: "delta" events with pieces of the text, then one "answer" with the whole object, then
// "end". What goes wrong after the first delta is an "error" event instead of the last two.
Result<Response> Ask(const HandlerEnvironment& environment, const Call& call,
                     const AskRequest& request,
                     const std::function<Status(const KeptAnswer&)>& before_telling = nullptr);

}  // namespace quarry::server
