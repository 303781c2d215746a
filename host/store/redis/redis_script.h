// The script that runs inside of Redis: one, so that a request's accounts are taken from together or not at all. Its
// clock is the server's, its numbers are integers. Constants; any thread.
#pragma once

#include <cstdint>

namespace gatehouse::store {

enum Outcome : std::int64_t { kTooLate = -2, kOtherEpoch = -1, kRefused = 0, kDone = 1 };
// Which kind of account, for the script: of a window its core::Span.
inline constexpr const char* kRefills = "refills";
inline constexpr const char* kSpanNames[] = {"hour", "day", "week", "month", "total"};
inline constexpr const char* kOperators = "operators";
inline constexpr std::int64_t kKeptDays[] = {2, 2, 14, 62, 0};  // of each Span, after it was last spent; 0: for ever

constexpr std::int64_t kTicksPerUnit = 60'000'000;
constexpr std::int64_t kMostTicks = 9'000'000'000'000'000;  // a number that is exact in Lua still

// KEYS[1]: the epoch, a number that is lost together with the server's data.
// KEYS[2]: of a charge, the number of the last one by this gateway. KEYS[i + 2]: an account.
// ARGV[1]: "take", "charge" or "tell". ARGV[2]: the epoch we know.
// ARGV[3]: of a take, the server's time in us after which nobody waits for it; of a charge, its number.
// ARGV[4]: the gateway, as the accounts know it.
// ARGV[5i .. 5i + 4]: of an account its kind, most, amount, period, and by how many seconds the place of its calendar
// is ahead of UTC. Who tells gives what it has spent by
// itself for the amount: ticks as of `period`, in us, where it refills, else what it has spent in that period.
//
// Gives { an Outcome, the server's time, then of each account: fits, remaining, us until full, us until it
// fits, period }; with kOtherEpoch just that epoch, 0 for none; to who tells, of how many accounts it missed something.
//
// An account that refills is a hash of its level in ticks and the time of that level. A unit is 60e6 ticks,
// so that a limit of n a minute lets n ticks through each microsecond. A window's is what was spent, and the period.
// Beside them stands the same of each gateway alone, as "LEVEL TIME": the part that it can tell again. What operators
// give back of the others' spending stands under a name of its own, kOperators.
constexpr char kSharedAccountsScript[] = R"lua(
local UNIT = 60000000
local MOST_DEBT = 9e15  -- kMostTicks; 150 million units
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local epoch = redis.call('GET', KEYS[1])
if epoch ~= ARGV[2] then return { -1, tonumber(epoch) or 0 } end

local taking, telling, me = ARGV[1] == 'take', ARGV[1] == 'tell', ARGV[4]
if taking and now > tonumber(ARGV[3]) then return { -2, now } end
if ARGV[1] == 'charge' then
  if tonumber(redis.call('GET', KEYS[2]) or 0) >= tonumber(ARGV[3]) then return { 1, now } end
  redis.call('SET', KEYS[2], ARGV[3], 'EX', 86400)
end

local SECOND, DAY = 1000000, 86400000000
local function month(day)
  local z = day + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local m = mp < 10 and mp + 3 or mp - 9
  return (yoe + era * 400 + (m <= 2 and 1 or 0)) * 12 + m - 1
end
-- Of each span: the number of a period, given a local time; for how many days it is kept.
local spans = {
  hour = { function(at) return math.floor(at / (3600 * SECOND)) end, 2 },
  day = { function(at) return math.floor(at / DAY) end, 2 },
  week = { function(at) return math.floor((math.floor(at / DAY) + 3) / 7) end, 14 },
  month = { function(at) return month(math.floor(at / DAY)) end, 62 },
  total = { function() return 1 end },
}

local function text(number) return string.format('%.0f', number) end
local function put(one, at, ms)
  redis.call('HSET', one.key, 's', text(one.level), 'a', text(at), me, text(one.mine) .. ' ' .. text(at))
  if ms then redis.call('PEXPIRE', one.key, text(ms)) end
end

local function look(i)
  local one = { key = KEYS[i + 2], span = spans[ARGV[5 * i]], most = tonumber(ARGV[5 * i + 1]),
                amount = tonumber(ARGV[5 * i + 2]) }
  local wanted = tonumber(ARGV[5 * i + 3])
  local known = redis.call('HMGET', one.key, 's', 'a', me)
  local level, at = tonumber(known[1] or 0), tonumber(known[2] or 0)
  local mine, mine_at = string.match(known[3] or '', '^(%-?%d+) (%d+)$')
  mine, mine_at = tonumber(mine or 0), tonumber(mine_at or 0)
  if not one.span then
    if at > now then  -- the clock was set back
      at = now
      redis.call('HSET', one.key, 'a', text(now))
    end
    local function left(of, since) return math.max(of - math.max(now - since, 0) * one.most, 0) end
    one.level, one.mine = left(level, at), left(mine, mine_at)
    if telling then
      local missing = left(one.amount, wanted) - one.mine
      one.amount = missing > one.most * 10000 and missing / UNIT or 0  -- clocks agree within 10 ms
    end
    one.unit = UNIT
    one.period = 0
  else
    one.period = math.max(one.span[1](now + tonumber(ARGV[5 * i + 4]) * SECOND), at)
    if not taking and wanted < one.period then one.amount = 0 end
    if not taking and wanted > one.period then one.period = wanted end
    one.begins = at ~= one.period
    one.level = one.begins and 0 or level
    one.mine = mine_at == one.period and mine or 0
    if telling then one.amount = one.amount == 0 and 0 or math.max(one.amount - one.mine, 0) end
    one.unit = 1
  end
  one.next = one.level + one.amount * one.unit
  one.room = one.most * one.unit
  one.fits = one.next <= one.room or one.amount == 0
  return one
end

local function write(one)
  if one.amount == 0 then return end
  one.level = math.max(one.next, 0)
  one.mine = one.mine + one.amount * one.unit
  if not one.span then
    one.mine = math.max(one.mine, 0)
    one.level = math.min(one.level, math.max(2 * one.room, MOST_DEBT))
    one.mine = math.min(one.mine, MOST_DEBT)
    put(one, now, math.ceil(one.level / one.most / 1000) + 1000)
  else
    if one.begins then redis.call('DEL', one.key) end
    put(one, one.period, one.span[2] and one.span[2] * 86400000)
  end
end

local function tell(out, one)
  out[#out + 1] = one.fits and 1 or 0
  if not one.span then
    out[#out + 1] = math.floor((one.room - one.level) / UNIT)
    out[#out + 1] = math.ceil(one.level / one.most)
    out[#out + 1] = math.ceil(math.max(one.next - one.room, 0) / one.most)
  else
    out[#out + 1] = one.room - one.level
    out[#out + 1] = 0  -- whoever asks knows the calendar
    out[#out + 1] = 0
  end
  out[#out + 1] = one.period
end

local all, fit = {}, true
for i = 1, #KEYS - 2 do
  all[i] = look(i)
  fit = fit and all[i].fits
end
if fit or not taking then
  for i = 1, #all do write(all[i]) end
end
if telling then
  local missed = 0
  for i = 1, #all do missed = missed + (all[i].amount > 0 and 1 or 0) end
  return { 1, now, missed }
end
if not taking then return { 1, now } end
local out = { fit and 1 or 0, now }
for i = 1, #all do tell(out, all[i]) end
return out
)lua";

}  // namespace gatehouse::store
