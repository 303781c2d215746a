-- wrk's side of the benchmark: the same chat request over and over, and the totals on one line.
--   wrk ... -s chat.lua URL -- BYTES    a body of that many bytes; 0: a short chat of some 400
wrk.method = "POST"
wrk.path = "/v1/chat/completions"
wrk.headers["content-type"] = "application/json"
wrk.headers["x-client-id"] = "bench"
wrk.headers["authorization"] = "Bearer bench"

local head = '{"model":"default-chat","messages":[{"role":"system","content":"You are a helpful assistant that answers '
  .. 'briefly, in plain words, and without repeating the question that was asked."},{"role":"user","content":"Which '
  .. 'animal jumps over the lazy dog in the sentence that shows every letter of the alphabet, and why is it always '
  .. 'brown?'
local tail = '"}],"temperature":0.2,"max_tokens":64}'

function init(args)
  local words = "The quick brown fox jumps over the lazy dog. "
  local missing = tonumber(args[1] or 0) - #head - #tail
  local filling = string.rep(words, math.max(0, math.ceil(missing / #words)))
  wrk.body = head .. string.sub(filling, 1, math.max(0, missing)) .. tail
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("TOTALS %d %d %d %d %d %d %d\n", summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout, latency:percentile(50), latency:percentile(99)))
end
