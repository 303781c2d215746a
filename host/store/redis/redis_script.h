// The script that runs inside of Redis: one, so that a request's accounts are taken from together or not at all. Its
// clock is the server's, its numbers are integers. Constants; any thread.
#pragma once

#include <cstdint>

namespace gatehouse::store {

enum Outcome : std::int64_t { kTooLate = -2, kOtherEpoch = -1, kRefused = 0, kDone = 1 };
enum AccountKind : int { kRefills = 0, kDay = 1, kMonth = 2 };

// KEYS[1]: the epoch, a number that is lost together with the server's data.
// KEYS[2]: of a charge, the number of the last one by this gateway. KEYS[i + 2]: an account.
// ARGV[1]: "take" or "charge". ARGV[2]: the epoch we know.
// ARGV[3]: of a take, the server's time in us after which nobody waits for it; of a charge, its number.
// ARGV[4i .. 4i + 3]: of an account its AccountKind, most, amount, period.
//
// Gives { an Outcome, the server's time, then of each account: fits, remaining, us until full, us until it
// fits, period }; with kOtherEpoch just that epoch, 0 for none.
//
// An account that refills is a hash of its level in ticks and the time of that level. A unit is 60e6 ticks,
// so that a limit of n a minute lets n ticks through each microsecond. A window's is what was spent, and the period.
constexpr char kSharedAccountsScript[] = R"lua(
local UNIT = 60000000
local MOST_DEBT = 9e15  -- a number that is exact still; 150 million units
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local epoch = redis.call('GET', KEYS[1])
if epoch ~= ARGV[2] then return { -1, tonumber(epoch) or 0 } end

local taking = ARGV[1] == 'take'
if taking and now > tonumber(ARGV[3]) then return { -2, now } end
if not taking then
  if tonumber(redis.call('GET', KEYS[2]) or 0) >= tonumber(ARGV[3]) then return { 1, now } end
  redis.call('SET', KEYS[2], ARGV[3], 'EX', 86400)
end

local day = math.floor(now / 86400000000)
local function month()
  local z = day + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local m = mp < 10 and mp + 3 or mp - 9
  return (yoe + era * 400 + (m <= 2 and 1 or 0)) * 12 + m - 1
end

local function text(number) return string.format('%.0f', number) end
local function put(key, level, at, ms)
  redis.call('HSET', key, 's', text(level), 'a', text(at))
  redis.call('PEXPIRE', key, text(ms))
end

local function look(i)
  local key = KEYS[i + 2]
  local one = { key = key, kind = ARGV[4 * i], most = tonumber(ARGV[4 * i + 1]), amount = tonumber(ARGV[4 * i + 2]) }
  local known = redis.call('HMGET', key, 's', 'a')
  local level, at = tonumber(known[1] or 0), tonumber(known[2] or 0)
  if one.kind == '0' then
    if at > now then  -- the clock was set back
      at = now
      redis.call('HSET', key, 'a', text(now))
    end
    one.level = math.max(level - math.max(now - at, 0) * one.most, 0)
    one.next = one.level + one.amount * UNIT
    one.room = one.most * UNIT
    one.period = 0
  else
    one.period = math.max(one.kind == '1' and day or month(), at)
    local wanted = tonumber(ARGV[4 * i + 3])
    if not taking and wanted < one.period then one.amount = 0 end
    if not taking and wanted > one.period then one.period = wanted end
    one.level = at == one.period and level or 0
    one.next = one.level + one.amount
    one.room = one.most
  end
  one.fits = one.next <= one.room or one.amount == 0
  return one
end

local function write(one)
  if one.amount == 0 then return end
  if one.kind == '0' then
    one.level = math.min(math.max(one.next, 0), math.max(2 * one.room, MOST_DEBT))
    put(one.key, one.level, now, math.ceil(one.level / one.most / 1000) + 1000)
  else
    one.level = math.max(one.next, 0)
    put(one.key, one.level, one.period, (one.kind == '1' and 2 or 62) * 86400000)
  end
end

local function tell(out, one)
  out[#out + 1] = one.fits and 1 or 0
  if one.kind == '0' then
    out[#out + 1] = math.floor((one.room - one.level) / UNIT)
    out[#out + 1] = math.ceil(one.level / one.most)
    out[#out + 1] = math.ceil(math.max(one.next - one.room, 0) / one.most)
  else
    out[#out + 1] = one.room - one.level
    out[#out + 1] = (day + 1) * 86400000000 - now
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
if not taking then return { 1, now } end
local out = { fit and 1 or 0, now }
for i = 1, #all do tell(out, all[i]) end
return out
)lua";

}  // namespace gatehouse::store
