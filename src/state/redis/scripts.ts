/**
 * What Redis runs. Each script is one operation on one key: no other replica sees half of it, and it works in a
 * cluster. The clock is Redis' own, because the clocks of replicas differ (OP-R2).
 */
export interface RedisScript {
  readonly text: string
}

export interface Operation {
  readonly script: RedisScript
  /** Without the prefix. */
  readonly key: string
  readonly values: readonly string[]
}

/**
 * The key holds the time when all used calls have expired, in whole microseconds: sums of integers are exact. A clock
 * that was set back, or a rate that is faster now, must not leave a bucket that stays empty for longer than it takes to
 * fill it: hence the `min`.
 */
export const takeScript: RedisScript = {
  text: `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local most, every = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1]) or 0) or 0
full = math.min(math.max(full, now), now + most * every)
if full - now > (most - 1) * every then return {0, full - now} end
full = full + every
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
return {1, full - now}
`,
}

export const readScript: RedisScript = {
  text: `return redis.call('HMGET', KEYS[1], 'tokens', 'requests', 'cost')`,
}

/**
 * A process sends a batch again if it does not know whether Redis got it. So the account holds the number of the last
 * batch of each process, and a batch that is already in it changes nothing. Old marks go when there are many: no
 * process repeats a batch after a day.
 */
export const addScript: RedisScript = {
  text: `
local key, mark, batch = KEYS[1], 'by:' .. ARGV[1], tonumber(ARGV[2])
local now = tonumber(redis.call('TIME')[1])
local last = redis.call('HGET', key, mark)
if not last and redis.call('HLEN', key) > 128 then
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local at = string.match(all[i + 1], ' (%d+)$')
    if at and now - tonumber(at) > 86400 then redis.call('HDEL', key, all[i]) end
  end
end
if not last or tonumber(string.match(last, '^%d+')) < batch then
  redis.call('HINCRBYFLOAT', key, 'tokens', ARGV[3])
  redis.call('HINCRBYFLOAT', key, 'requests', ARGV[4])
  redis.call('HINCRBYFLOAT', key, 'cost', ARGV[5])
  redis.call('HSET', key, mark, ARGV[2] .. ' ' .. now)
  redis.call('PEXPIREAT', key, ARGV[6])
end
return redis.call('HMGET', key, 'tokens', 'requests', 'cost')
`,
}

/**
 * Need every right that the server needs, and change nothing: the bucket is full again after a microsecond, and the
 * account ends in 1970.
 */
export const probes: readonly Operation[] = [
  { script: takeScript, key: 'probe:bucket', values: ['1000000', '1'] },
  { script: addScript, key: 'probe:account', values: ['probe', '1', '0', '0', '0', '1'] },
]
