import { expect, test } from 'bun:test'
import type { SharedState } from '../../../src/state/shared-state.ts'
import { afterTest } from '../../support/cleanup.ts'
import { describeWithRedis, startRedis } from '../../support/redis.ts'
import { startRedisState } from '../../support/redis-state.ts'
import { waitUntil } from '../../support/wait-until.ts'

const hour = 3_600_000
const rate = { most: 1_000_000, everyMs: 1 }
const used = { tokens: 10, requests: 1, cost: 0.5 }
const call = (state: SharedState) => state.take('rate:client:alice', rate)

/** Whether the call resolves before the process reads from a socket, or runs a timer. */
const isImmediate = (work: Promise<unknown>): Promise<boolean> =>
  Promise.race([work.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))])

/** Answers like Redis up to the login, and then with this error. */
const startRefusing = (error: string): string => {
  const listener = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket, bytes) {
        socket.write(bytes.includes('HELLO') ? '%1\r\n+server\r\n+redis\r\n' : `-${error}\r\n`)
      },
    },
  })
  afterTest(() => listener.stop(true))
  return `redis://127.0.0.1:${listener.port}`
}

describeWithRedis('a Redis that fails', () => {
  test('killed: no call waits or rejects, and it is used again after its restart (OP-R3, OP-R4, OP-R5)', async () => {
    const redis = await startRedis()
    const { state, lines } = await startRedisState(redis.url)
    const running = Array.from({ length: 20 }, () => call(state))
    await redis.kill()
    await Promise.all(running)
    await waitUntil(() => !state.isUp())
    expect(await isImmediate(call(state))).toBe(true)
    expect(await call(state)).toBeUndefined()
    await redis.restart()
    await waitUntil(() => state.isUp())
    expect(await call(state)).toMatchObject({ isAllowed: true })
    expect(lines()).toEqual(['state.down closed', 'state.up'])
  })

  test('hung: three calls wait for their deadline, further ones not at all (OP-R4)', async () => {
    const redis = await startRedis()
    const { state, lines } = await startRedisState(redis.url, { deadlineMs: 50, connectMs: 50 })
    redis.pause()
    const startedAt = performance.now()
    for (const _ of [1, 2, 3]) {
      expect(state.isUp()).toBe(true)
      expect(await call(state)).toBeUndefined()
    }
    // Three times 50 ms, and the delays of a machine under load.
    expect(performance.now() - startedAt).toBeLessThan(2000)
    expect(state.isUp()).toBe(false)
    for (const _ of [1, 2, 3]) expect(await isImmediate(call(state))).toBe(true)
    redis.resume()
    await waitUntil(() => state.isUp())
    expect(lines()).toEqual(['state.down timeout', 'state.up'])
  })

  test('a burst of calls that wait at the same time is one timeout of the three in a row (OP-R4)', async () => {
    const redis = await startRedis()
    const { state, lines } = await startRedisState(redis.url, { deadlineMs: 400, connectMs: 400 })
    const burst = () => Promise.all(Array.from({ length: 20 }, () => call(state)))
    redis.pause()
    await burst()
    await burst()
    redis.resume()
    expect(await call(state)).toMatchObject({ isAllowed: true })
    redis.pause()
    await burst()
    await burst()
    expect([state.isUp(), ...lines()]).toEqual([true])
    await burst()
    expect([state.isUp(), ...lines()]).toEqual([false, 'state.down timeout'])
    redis.resume()
  })

  test('hung: an addition whose answer is late counts once (OP-R4, OP-R5)', async () => {
    const redis = await startRedis()
    const { state } = await startRedisState(redis.url, { deadlineMs: 50, connectMs: 50 })
    const until = Date.now() + hour
    redis.pause()
    const lost = await Promise.all(Array.from({ length: 5 }, () => state.add('budget:alice:day', used, until)))
    expect(lost).toEqual(Array.from({ length: 5 }, () => undefined))
    redis.resume()
    await waitUntil(() => state.isUp())
    const sums = { tokens: 50, requests: 5, cost: 2.5 }
    // Redis runs the late batch, too, before or after the second one.
    while ((await state.read('budget:alice:day')) === undefined) await Bun.sleep(1)
    expect(await state.read('budget:alice:day')).toEqual(sums)
    expect(await redis.command('HGET', 'nexus:1:budget:alice:day', 'tokens')).toBe('50')
  })

  test('a process that was busy reads the answer before it counts a timeout (OP-R4)', async () => {
    const redis = await startRedis()
    const { state } = await startRedisState(redis.url, { deadlineMs: 50 })
    const calls = Array.from({ length: 5 }, () => call(state))
    // One turn, so that the commands are on their way.
    await new Promise(setImmediate)
    // Long enough for Redis to get its turn on a machine under load.
    const until = performance.now() + 500
    while (performance.now() < until);
    expect(await Promise.all(calls)).not.toContain(undefined)
    expect(state.isUp()).toBe(true)
  })

  test('after SCRIPT FLUSH, scripts are sent again without an outage (OP-R3)', async () => {
    const redis = await startRedis()
    const { state, lines } = await startRedisState(redis.url)
    await state.add('budget:alice:day', used, Date.now() + hour)
    await redis.command('SCRIPT', 'FLUSH')
    expect(await call(state)).toMatchObject({ isAllowed: true })
    expect(await state.read('budget:alice:day')).toEqual(used)
    expect(lines()).toEqual([])
  })

  test('CLIENT KILL: a new connection replaces the old one (OP-R3)', async () => {
    const redis = await startRedis()
    const { state, lines } = await startRedisState(redis.url)
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await waitUntil(() => !state.isUp())
    await waitUntil(() => state.isUp())
    expect(await call(state)).toMatchObject({ isAllowed: true })
    expect(lines()).toEqual(['state.down closed', 'state.up'])
  })

  test('an idle connection is used now and then, so that no timeout of Redis or a firewall ends it (OP-R3)', async () => {
    const redis = await startRedis()
    const { state, lines } = await startRedisState(redis.url, { keepAliveMs: 10 })
    const scripts = async (): Promise<number> =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(await redis.command('INFO', 'commandstats')))?.[1] ?? 0)
    const before = await scripts()
    while ((await scripts()) < before + 6) await Bun.sleep(5)
    // It also finds an outage that no request has met.
    await redis.command('CONFIG', 'SET', 'maxmemory', '1')
    await waitUntil(() => !state.isUp())
    expect(lines()).toEqual(['state.down OOM'])
  })

  test('out of memory: the outage has the code of Redis, and ends with it (OP-R5)', async () => {
    const redis = await startRedis()
    const { state, lines } = await startRedisState(redis.url)
    await redis.command('CONFIG', 'SET', 'maxmemory', '1')
    expect(await call(state)).toBeUndefined()
    expect(state.isUp()).toBe(false)
    await redis.command('CONFIG', 'SET', 'maxmemory', '0')
    await waitUntil(() => state.isUp())
    expect(lines()).toEqual(['state.down OOM', 'state.up'])
  })

  test('a primary that becomes a replica is away until it can be written (OP-R5)', async () => {
    const [redis, other] = await Promise.all([startRedis(), startRedis()])
    const { state, lines } = await startRedisState(redis.url)
    await redis.command('REPLICAOF', '127.0.0.1', String(other.port))
    await call(state)
    expect(state.isUp()).toBe(false)
    await redis.command('REPLICAOF', 'NO', 'ONE')
    await waitUntil(() => state.isUp())
    expect(lines()[0]).toMatch(/^state\.down (?:READONLY|MASTERDOWN|LOADING|closed)$/)
    expect(lines().slice(1)).toEqual(['state.up'])
  })

  test('one key of another type is no outage, unless it is the only one (OP-R4)', async () => {
    const redis = await startRedis()
    const { state, lines } = await startRedisState(redis.url)
    await redis.command('SADD', 'nexus:1:rate:client:bob', 'x')
    const broken = () => state.take('rate:client:bob', rate)
    for (const _ of [1, 2, 3]) {
      expect(await broken()).toBeUndefined()
      expect(await broken()).toBeUndefined()
      expect(await call(state)).toMatchObject({ isAllowed: true })
    }
    expect(lines()).toEqual([])
    for (const _ of [1, 2, 3]) await broken()
    expect(lines()).toEqual(['state.down WRONGTYPE'])
  })

  test('a user with the rights in the documentation can do everything (OP-R2)', async () => {
    const documented = /~nexus:1:\* (\+[a-z +]+)/.exec(await Bun.file('docs/operate.md').text())?.[1] ?? ''
    const redis = await startRedis({
      options: ['--user', 'nexus', 'on', '>pass', '~nexus:1:*', ...documented.split(' ')],
    })
    const { state, lines, isStarted } = await startRedisState(redis.url.replace('//', '//nexus:pass@'))
    expect([isStarted, lines()]).toEqual([true, []])
    await state.add('budget:alice:day', used, Date.now() + hour)
    expect(await state.read('budget:alice:day')).toEqual(used)
  })

  test('a user without a right is an outage from the start (OP-R6)', async () => {
    const redis = await startRedis({
      options: ['--user', 'nexus', 'on', '>pass', '~nexus:1:*', '+@all', '-hincrbyfloat'],
    })
    const { lines, isStarted } = await startRedisState(redis.url.replace('//', '//nexus:pass@'))
    expect([isStarted, lines()]).toEqual([false, ['state.down NOPERM']])
  })

  test('a wrong password is an outage whose log has no password (OP-R6)', async () => {
    const redis = await startRedis({ options: ['--requirepass', 'right'], login: ':right' })
    const { lines, records, isStarted } = await startRedisState(redis.url.replace('right', 'sesame-open'))
    expect([isStarted, lines()]).toEqual([false, ['state.down closed']])
    expect(JSON.stringify(records)).not.toContain('sesame')
  })
})

test('other answers than those of Redis are an outage, and reject nothing (OP-R3)', async () => {
  const web = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('no') })
  afterTest(() => web.stop(true))
  const closing = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: { open: (socket) => void socket.end(), data() {} },
  })
  afterTest(() => closing.stop(true))
  const cases = [
    [`redis://127.0.0.1:${web.port}`, 'closed'],
    [`redis://127.0.0.1:${closing.port}`, 'closed'],
    [startRefusing('LOADING Redis is loading the dataset in memory'), 'LOADING'],
    [startRefusing('MOVED 3999 127.0.0.1:6381'), 'MOVED'],
    [startRefusing('BUSY Redis is busy running a script'), 'BUSY'],
  ] as const
  for (const [url, reason] of cases) {
    const { state, isStarted, lines } = await startRedisState(url)
    expect([isStarted, lines()]).toEqual([false, [`state.down ${reason}`]])
    expect(await call(state)).toBeUndefined()
    await state.end()
  }
})

test('an addition behind another one waits for one deadline, not for two (OP-R4)', async () => {
  let additions = 0
  const sums = '*3\r\n$2\r\n10\r\n$1\r\n1\r\n$3\r\n0.5\r\n'
  const listener = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket, bytes) {
        if (bytes.includes('HELLO')) socket.write('%1\r\n+server\r\n+redis\r\n')
        else if (bytes.includes(':probe:')) socket.write(sums)
        else {
          additions += 1
          // The second one gets no answer.
          if (additions === 1) setTimeout(() => socket.write(sums), 150)
        }
      },
    },
  })
  afterTest(() => listener.stop(true))
  const { state } = await startRedisState(`redis://127.0.0.1:${listener.port}`, { deadlineMs: 200 })
  const until = Date.now() + hour
  const first = state.add('budget:alice:day', used, until)
  const second = state.add('budget:alice:day', used, until).then(() => 'one deadline')
  const twoDeadlines = new Promise<string>((resolve) => setTimeout(() => resolve('two deadlines'), 320))
  expect(await Promise.race([second, twoDeadlines])).toBe('one deadline')
  await first
})
