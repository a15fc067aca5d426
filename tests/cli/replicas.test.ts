import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request } from '../support/chain.ts'
import { startCli, temporaryFolder } from '../support/cli.ts'
import { describeWithRedis, startRedis } from '../support/redis.ts'
import { waitUntil } from '../support/wait-until.ts'

/** Several programs on one Redis, as behind a load balancer. */

const tokens = { alice: 'a'.repeat(32), bob: 'b'.repeat(32) }

const startServer = async (redisUrl: string, config: object) => {
  const file = join(temporaryFolder(), 'config.json')
  writeFileSync(file, JSON.stringify(config))
  const program = startCli(['start', '--simulate', '--port', '0', '--config', file], {
    NEXUS_STATE: redisUrl,
    NEXUS_CLIENT_TOKENS: `alice:${tokens.alice},bob:${tokens.bob}`,
  })
  const [, url = ''] = await program.says(/Address +(http:\S+)/)
  const post = async (client: keyof typeof tokens, path = '/v1/messages') => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': tokens[client] },
      body: JSON.stringify(request()),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return { program, url, post }
}

const countOf = (statuses: readonly number[], status: number): number => statuses.filter((one) => one === status).length

describeWithRedis('programs on one Redis', () => {
  test('allow exactly what the bucket has of 200 parallel requests (OP-R1)', async () => {
    const redis = await startRedis()
    const config = { rateLimit: { requestsPerMinute: 1, burst: 69 } }
    const servers = await Promise.all([startServer(redis.url, config), startServer(redis.url, config)])
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) => servers[n % 2]?.post('alice').then(({ status }) => status) ?? 0),
    )
    expect([countOf(answers, 200), countOf(answers, 429)]).toEqual([70, 130])
    expect(await servers[0]?.post('bob')).toMatchObject({ status: 200 })
    expect(await redis.command('KEYS', '*')).toEqual(
      expect.arrayContaining(['nexus:1:rate:client:alice', 'nexus:1:rate:client:bob']),
    )
  }, 60_000)

  test('allow at most twice the bucket when two limit by themselves, also after Redis is back (OP-R5)', async () => {
    const redis = await startRedis()
    const config = { rateLimit: { requestsPerMinute: 1, burst: 19 } }
    const servers = await Promise.all([startServer(redis.url, config), startServer(redis.url, config)])
    const allowed = async (count: number): Promise<number> => {
      const answers = Array.from({ length: count }, (_, n) => servers[n % 2]?.post('alice'))
      return (await Promise.all(answers)).filter((answer) => answer?.status === 200).length
    }
    expect(await allowed(10)).toBe(10)
    await redis.kill()
    for (const { program } of servers) await program.says(/state\.down/)
    const alone = await allowed(100)
    expect(alone).toBeWithin(20, 31)
    await redis.restart()
    for (const { program } of servers) await program.says(/state\.up/)
    // Redis has lost its data; what each server knows still counts.
    expect(await allowed(100)).toBe(0)
  }, 60_000)

  test('spend one budget, which a program that starts again still knows (OP-L11, OP-R1)', async () => {
    const redis = await startRedis()
    const config = { quota: { requestsPerDay: 4 } }
    const [first, second] = await Promise.all([startServer(redis.url, config), startServer(redis.url, config)])
    for (const server of [first, second, first, second]) expect((await server.post('alice')).status).toBe(200)
    const account = `nexus:1:budget:alice:day:${new Date().toISOString().slice(0, 10)}`
    // Each server books after its answer.
    while ((await redis.command('HGET', account, 'requests')) !== '4') await Bun.sleep(1)
    expect((await first.post('alice')).text).toContain(
      "The daily budget of client 'alice' is used up: 4 of 4 requests.",
    )
    second.program.kill('SIGKILL')
    const third = await startServer(redis.url, config)
    expect((await third.post('alice')).status).toBe(429)
    expect((await third.post('bob')).status).toBe(200)
  }, 60_000)

  test('lose no request while Redis hangs, ends and starts again under load (OP-R5)', async () => {
    const redis = await startRedis()
    const config = { rateLimit: { requestsPerMinute: 100_000 }, quota: { requestsPerDay: 1_000_000 } }
    const servers = await Promise.all([startServer(redis.url, config), startServer(redis.url, config)])
    let isOver = false
    const times: number[] = []
    const statuses: number[] = []
    const load = async (n: number): Promise<void> => {
      while (!isOver) {
        const startedAt = performance.now()
        const answer = await servers[n % 2]?.post(n % 3 === 0 ? 'bob' : 'alice')
        times.push(performance.now() - startedAt)
        statuses.push(answer?.status ?? 0)
      }
    }
    const clients = Array.from({ length: 6 }, (_, n) => load(n))
    const untilAnswered = async (count: number): Promise<void> => {
      const before = statuses.length
      await waitUntil(() => statuses.length >= before + count)
    }
    await untilAnswered(100)
    redis.pause()
    await untilAnswered(200)
    redis.resume()
    await untilAnswered(100)
    await redis.kill()
    await untilAnswered(200)
    await redis.restart()
    await untilAnswered(200)
    for (const { program } of servers) await program.says(/state\.up/)
    isOver = true
    await Promise.all(clients)
    expect(countOf(statuses, 200)).toBe(statuses.length)
    // Other work on this machine may delay one. A request that waits for Redis would take seconds.
    expect(Math.max(...times)).toBeLessThan(1500)
  }, 60_000)
})
