#include "generation/relay_cache.h"

#include <algorithm>
#include <utility>

#include "base/coding.h"
#include "model/digest.h"

namespace quarry::generation {
namespace {

constexpr uint64_t kRepliesVersion = 1;
constexpr int64_t kMicrosPerSecond = 1'000'000;

std::string ScopeOfAsker(const std::string& asker) { return "asker:" + asker; }

void AppendToolCalls(const std::vector<model::ToolCall>& calls, std::string& out) {
  AppendVarint(out, calls.size());
  for (const model::ToolCall& call : calls) {
    AppendBytes(out, call.id);
    AppendBytes(out, call.name);
    AppendBytes(out, call.arguments);
  }
}

std::string EncodeReplies(const std::vector<model::ChatReply>& replies, int64_t created_micros) {
  std::string out;
  AppendVarint(out, kRepliesVersion);
  AppendVarint(out, static_cast<uint64_t>(created_micros));
  AppendVarint(out, replies.size());
  for (const model::ChatReply& reply : replies) {
    AppendBytes(out, reply.content);
    AppendToolCalls(reply.tool_calls, out);
    AppendBytes(out, reply.finish_reason);
    AppendBytes(out, reply.model);
    AppendBytes(out, reply.system_fingerprint);
    AppendVarint(out, reply.logprobs.size());
    for (const model::TokenLogprob& token : reply.logprobs) {
      AppendBytes(out, token.token);
      AppendDouble(out, token.logprob);
    }
  }
  return out;
}

class RepliesReader {
 public:
  explicit RepliesReader(std::string_view bytes) : reader_(bytes) {}

  std::optional<std::vector<model::ChatReply>> Read(int64_t& created_micros) {
    if (reader_.Varint() != kRepliesVersion) return std::nullopt;
    created_micros = static_cast<int64_t>(reader_.Varint());
    std::vector<model::ChatReply> replies;
    for (uint64_t left = Count(); left > 0; --left) replies.push_back(ReadReply());
    if (!reader_.Finish("").ok()) return std::nullopt;
    return replies;
  }

 private:
  // Every one of them takes a byte at least.
  uint64_t Count() {
    const uint64_t count = reader_.Varint();
    return count <= reader_.remaining() ? count : 0;
  }
  model::ChatReply ReadReply() {
    model::ChatReply reply;
    reply.content = reader_.Bytes();
    for (uint64_t left = Count(); left > 0; --left) {
      model::ToolCall& call = reply.tool_calls.emplace_back();
      call.id = reader_.Bytes();
      call.name = reader_.Bytes();
      call.arguments = reader_.Bytes();
    }
    reply.finish_reason = reader_.Bytes();
    reply.model = reader_.Bytes();
    reply.system_fingerprint = reader_.Bytes();
    for (uint64_t left = Count(); left > 0; --left) {
      model::TokenLogprob& token = reply.logprobs.emplace_back();
      token.token = reader_.Bytes();
      token.logprob = reader_.Double();
    }
    return reply;
  }

  RecordReader reader_;
};

bool IsWhole(const model::ChatReply& reply) {
  return reply.refusal.empty() &&
         (reply.finish_reason == "stop" || reply.finish_reason == "tool_calls");
}

}  // namespace

RelayCache::RelayCache(index::ObjectTable& objects, RelayCacheOptions options, const Clock& clock)
    : replies_(objects,
               {.kind = index::ObjectKind::kRelayed,
                .name = "kept conversations",
                .remedy = "quarry cache clear --conversations",
                .max_bytes = options.max_bytes,
                .read_only = options.read_only},
               clock),
      options_(options),
      clock_(clock) {}

std::string RelayCache::KeyOf(const model::ChatRequest& chat, uint32_t choices,
                              const std::string& model) {
  std::string all;
  AppendBytes(all, model);
  AppendVarint(all, choices);
  AppendVarint(all, chat.messages.size());
  for (const model::ChatMessage& message : chat.messages) {
    AppendVarint(all, static_cast<uint64_t>(message.role));
    AppendBytes(all, message.content);
    AppendToolCalls(message.tool_calls, all);
    AppendBytes(all, message.tool_call_id);
  }
  AppendVarint(all, chat.tools.size());
  for (const model::ChatTool& tool : chat.tools) {
    AppendBytes(all, tool.name);
    AppendBytes(all, tool.description);
    AppendBytes(all, tool.parameters);
  }
  AppendBytes(all, chat.tool_choice);
  AppendVarint(all, static_cast<uint64_t>(chat.response_format.kind));
  AppendBytes(all, chat.response_format.name);
  AppendBytes(all, chat.response_format.schema);
  AppendDouble(all, chat.temperature);
  AppendVarint(all, chat.seed.has_value() ? 1 : 0);
  AppendVarint(all, chat.seed.value_or(0));
  AppendVarint(all, chat.max_tokens);
  AppendVarint(all, chat.top_logprobs);
  model::Digest digest(model::Digest::Kind::kSha256, all.size());
  digest.Update(all);
  return digest.Finish();
}

Result<std::optional<StoredReplies>> RelayCache::Find(const std::string& asker,
                                                      const std::string& key) {
  const std::string ids[] = {key};
  QUARRY_ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> found,
                          replies_.Find(ScopeOfAsker(asker), ids));
  if (!found[0]) return std::optional<StoredReplies>();
  int64_t created = 0;
  std::optional<std::vector<model::ChatReply>> replies = RepliesReader(*found[0]).Read(created);
  if (!replies) return replies_.Damaged("conversation " + key);
  const int64_t age = (clock_.NowMicros() - created) / kMicrosPerSecond;
  // A clock that was set back tells no age.
  if (age < 0 || age >= int64_t{options_.ttl_hours} * 3600) return std::optional<StoredReplies>();
  return std::optional(StoredReplies{*std::move(replies), age});
}

Status RelayCache::Keep(const std::string& asker, const std::string& key,
                        const std::vector<model::ChatReply>& replies) {
  if (!std::ranges::all_of(replies, IsWhole)) return OkStatus();
  std::string value = EncodeReplies(replies, clock_.NowMicros());
  if (value.size() > index::kMaxObjectBytes / 2) return OkStatus();
  return replies_.Keep(ScopeOfAsker(asker), {{key, std::move(value)}});
}

}  // namespace quarry::generation
