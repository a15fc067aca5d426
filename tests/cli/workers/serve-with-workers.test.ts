import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../../../scripts/support/free-port.ts'
import type { Reply } from '../../../src/simulator/reply.ts'
import { selfSignedCertificate } from '../../support/certificate.ts'
import { simulate } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { cli, startCli, temporaryFolder } from '../../support/cli.ts'
import { describeWithRedis, startRedis } from '../../support/redis.ts'
import { readEvents, withoutPings } from '../../support/sse.ts'
import { waitUntil } from '../../support/wait-until.ts'
import {
  connectionsOf,
  fetchOnce,
  isAlive,
  sendMessage,
  startWorkers,
  workersOf,
  workersProgram,
} from '../../support/workers.ts'

/** The whole program with two workers, in separate processes. */

const json = ['--log-format', 'json']
const count = 24

const sendMany = async (url: string, headers: Record<string, string> = {}): Promise<void> => {
  const answers = await Promise.all(Array.from({ length: count }, () => sendMessage(url, headers)))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  await Promise.all(answers.map((answer) => answer.text()))
}

const openConnection = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
    afterTest(() => void socket.destroy())
  })

/** An answer that takes this time. */
const lasting = (seconds: number): Reply => ({
  content: [{ text: 'x'.repeat(seconds * 20) }],
  pace: { frameMs: 50, deltaCharacters: 1 },
})
const slow = lasting(3)

describe('several processes on one port', () => {
  test('share the connections, and say so once (OP-K7)', async () => {
    const { port, workers, kill, ended } = await startWorkers(['--simulate'])
    expect(workers()).toHaveLength(2)
    const connections = 200
    await Promise.all(Array.from({ length: connections }, () => openConnection(port)))
    const accepted = (): number[] => workers().map((pid) => connectionsOf(pid, port))
    await waitUntil(() => accepted().reduce((sum, one) => sum + one, 0) === connections)
    // The kernel chooses by a hash of the addresses: 100 each, with a standard deviation of 7.
    for (const one of accepted()) expect(one).toBeGreaterThan(connections / 4)
    kill('SIGTERM')
    const { code, err } = await ended
    expect([code, err.match(/Address/g)?.length]).toEqual([0, 1])
  }, 30_000)

  test('show the requests of all of them, each at once after its answer (OP-K7)', async () => {
    const folder = temporaryFolder()
    const flags = ['--simulate', '--metrics', 'on', '--dashboard', '--history']
    const { url, pid, kill, ended } = await startWorkers(flags, { XDG_STATE_HOME: folder })
    for (const total of [count, 2 * count]) {
      await sendMany(url)
      const { stats } = (await (await fetchOnce(`${url}/token-stats`)).json()) as {
        stats: Record<string, { requestCount: number }>
      }
      expect(Object.values(stats).map(({ requestCount }) => requestCount)).toEqual([total])
      const metrics = await (await fetchOnce(`${url}/metrics`)).text()
      expect(metrics).toMatch(new RegExp(`requests_total\\{[^}]*endpoint="messages"[^}]*\\} ${total}\n`))
      expect(metrics).toContain('nexus_claude_api_active_requests 0\n')
    }
    const listed = async (): Promise<number> => {
      const answer = await fetchOnce(`${url}/dashboard/api/requests?limit=100`)
      return ((await answer.json()) as { requests: unknown[] }).requests.length
    }
    // The history lacks the last second, as in a server of one process.
    while ((await listed()) < 2 * count) await Bun.sleep(50)
    expect(await (await fetchOnce(`${url}/health`)).json()).toMatchObject({ pid, active: 0, history: 'on' })
    kill('SIGTERM')
    expect((await ended).code).toBe(0)
    const database = new Database(join(folder, 'nexus-claude-api', 'usage.sqlite'), { readonly: true })
    afterTest(() => database.close())
    expect(database.query('SELECT count(*) FROM request').values()).toEqual([[2 * count]])
  }, 30_000)

  test('count the requests in progress of all of them (OP-K7)', async () => {
    const { url } = await startWorkers([
      ...['--metrics', 'on', '--api-key', 'any', '--endpoint-url', simulate({ scenario: () => lasting(60) }).url],
    ])
    const running = Promise.all(Array.from({ length: 8 }, () => sendMessage(url, {}, true)))
    const answers = await running
    expect(await (await fetchOnce(`${url}/metrics`)).text()).toContain('nexus_claude_api_active_requests 8\n')
    expect(await (await fetchOnce(`${url}/health`)).json()).toMatchObject({ active: 8 })
    for (const { body } of answers) await body?.cancel()
  }, 30_000)

  test('have one login and one stream of requests for the dashboard (OP-K7, OP-D4)', async () => {
    const { url } = await startWorkers(['--simulate', '--dashboard', '--client-token', 'a-token-of-this-test'])
    const headers = { origin: url, 'content-type': 'application/x-www-form-urlencoded' }
    const body = 'token=a-token-of-this-test'
    const login = await fetchOnce(`${url}/dashboard/login`, { method: 'POST', headers, body, redirect: 'manual' })
    expect(login.status).toBe(303)
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    for (let index = 0; index < 10; index += 1)
      expect((await fetchOnce(`${url}/dashboard/api/requests`, { headers: { cookie } })).status).toBe(200)
    expect((await fetchOnce(`${url}/dashboard/api/requests`)).status).toBe(401)
    const live = await fetchOnce(`${url}/dashboard/api/live`, { headers: { cookie } })
    const reader = live.body?.getReader()
    const decoder = new TextDecoder()
    let text = ''
    await sendMany(url, { 'x-api-key': 'a-token-of-this-test' })
    while ((text.match(/"id":"req_/g)?.length ?? 0) < count) {
      const { value } = (await reader?.read()) ?? {}
      text += decoder.decode(value, { stream: true })
    }
    await reader?.cancel()
  }, 30_000)

  test('refuse an eleventh try to log in, whichever of them gets it (OP-K7, OP-D4)', async () => {
    const { url } = await startWorkers(['--simulate', '--dashboard', '--client-token', 'a-token-of-this-test'])
    const tries = Array.from({ length: 14 }, () =>
      fetchOnce(`${url}/dashboard/login`, { method: 'POST', headers: { origin: url }, body: 'token=wrong' }),
    )
    const statuses = (await Promise.all(tries)).map(({ status }) => status).sort()
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(4).fill(429)])
  }, 30_000)

  test('allow exactly the number of requests of a bucket, of 200 at the same time (OP-K7, OP-L1)', async () => {
    const { url } = await startWorkers(['--simulate', '--rate-limit', '1', '--rate-burst', '69'])
    const answers = await Promise.all(Array.from({ length: 200 }, () => sendMessage(url)))
    await Promise.all(answers.map((answer) => answer.text()))
    const statuses = answers.map(({ status }) => status)
    expect([200, 429].map((one) => statuses.filter((status) => status === one).length)).toEqual([70, 130])
  }, 30_000)

  test('limit by themselves while their parent hangs, and it counts that afterwards (OP-K7, OP-R4)', async () => {
    const flags = ['--rate-limit', '1', '--rate-burst', '19', '--api-key', 'any', '--endpoint-url', simulate().url]
    const { url, kill } = await startWorkers(flags)
    expect((await sendMessage(url)).status).toBe(200)
    kill('SIGSTOP')
    const statuses = async () =>
      (await Promise.all(Array.from({ length: 5 }, () => sendMessage(url)))).map(({ status }) => status)
    expect(await statuses()).toEqual([200, 200, 200, 200, 200])
    kill('SIGCONT')
    const later = [await statuses(), await statuses(), await statuses()].flat()
    expect(later.filter((status) => status === 200)).toHaveLength(14)
  }, 30_000)

  test('have one budget, also after a restart with a history (OP-K7, OP-L11)', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'config.json')
    writeFileSync(file, JSON.stringify({ quota: { requestsPerDay: count }, history: { enabled: true } }))
    const start = () => startWorkers(['--simulate', '--config', file], { XDG_STATE_HOME: folder })
    const first = await start()
    for (let sent = 0; sent < count; sent += 1) expect((await sendMessage(first.url)).status).toBe(200)
    // What a worker adds follows its answer. For these figures, the parent asks all workers for what they have.
    await fetchOnce(`${first.url}/token-stats`)
    expect((await sendMessage(first.url)).status).toBe(429)
    first.kill('SIGTERM')
    expect((await first.ended).code).toBe(0)
    const second = await start()
    for (const _ of [1, 2, 3]) expect((await sendMessage(second.url)).status).toBe(429)
  }, 30_000)

  test('print one report of tokens for all of them (OP-K7, AU-U8)', async () => {
    const { url, says, kill, ended } = await startWorkers(['--simulate', '--stats-interval', '1', ...json])
    await sendMany(url)
    const whole = new RegExp(`"event":"tokens.report".*requestCount\\\\":${count}[,}]`)
    await says(new RegExp(`(?:${whole.source}[^]*){2}`))
    kill('SIGTERM')
    const { err } = await ended
    const reports = err.split('\n').filter((line) => line.includes('"tokens.report"'))
    // A report of one worker would have less.
    const first = reports.findIndex((line) => whole.test(line))
    expect(reports.slice(first).filter((line) => !whole.test(line))).toEqual([])
  }, 30_000)

  test('serve HTTPS (OP-K7, OP-W4)', async () => {
    const { cert, key } = selfSignedCertificate()
    const { url } = await startWorkers(['--simulate', '--metrics', 'on', '--tls-cert', cert, '--tls-key', key])
    const tls = { ca: readFileSync(cert, 'utf8') }
    for (const path of ['/health', '/metrics', '/v1/models'])
      expect([path, (await fetchOnce(`${url}${path}`, { tls })).status]).toEqual([path, 200])
  }, 30_000)

  test('get the key from their parent: the program that prints it runs once (OP-K7)', async () => {
    const folder = temporaryFolder()
    const helper = join(folder, 'helper.sh')
    writeFileSync(helper, `#!/bin/sh\necho run >> ${folder}/runs\necho canary-of-the-key\n`, { mode: 0o700 })
    const upstream = simulate({ apiKey: 'canary-of-the-key' })
    const flags = ['--endpoint-url', upstream.url, '--log-file', join(folder, 'log')]
    const server = await startWorkers(flags, { NEXUS_API_KEY_COMMAND: helper })
    await sendMany(server.url)
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('run\n')
    for (const pid of server.workers())
      for (const file of ['cmdline', 'environ'])
        expect(readFileSync(`/proc/${pid}/${file}`, 'utf8')).not.toContain('canary-of-the-key')
    // The line of a request follows its answer.
    await waitUntil(() => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').length === count)
  }, 30_000)
})

describeWithRedis('several processes with Redis', () => {
  test('ask it themselves (OP-K7, OP-R1)', async () => {
    const redis = await startRedis()
    const flags = ['--rate-limit', '60', '--metrics', 'on', '--state', redis.url]
    const { url } = await startWorkers(['--simulate', ...flags])
    await sendMany(url)
    expect(await (await fetchOnce(`${url}/health`)).json()).toMatchObject({ state: 'redis' })
    expect(await redis.command('KEYS', 'nexus:1:rate:*')).toHaveLength(1)
  }, 30_000)
})

describeWithRedis('an outage of Redis', () => {
  test('is in the log once for each connection, and a worker names itself (OP-K7, OP-R5)', async () => {
    const redis = await startRedis()
    const { url, workers, says, kill, ended } = await startWorkers(['--simulate', ...json, '--state', redis.url])
    const pids = workers()
    await redis.kill()
    for (const pid of pids) await says(new RegExp(`"event":"state.down","pid":${pid},"kind":"redis"`))
    await says(/"event":"state.down","kind"/)
    expect((await sendMessage(url)).status).toBe(200)
    kill('SIGTERM')
    expect((await ended).err.match(/state\.down/g)).toHaveLength(3)
  }, 30_000)
})

describeWithRedis('a fault of Redis that a start would refuse', () => {
  test('does not keep a worker from replacing another one (OP-K7, OP-R5)', async () => {
    const redis = await startRedis()
    const { url, workers, says } = await startWorkers(['--simulate', '--rate-limit', '99', '--state', redis.url])
    await redis.command('CONFIG', 'SET', 'requirepass', 'changed')
    const [killed = 0] = workers()
    process.kill(killed, 'SIGKILL')
    const [line] = await says(/worker\.(?:not_)?restarted worker=1/)
    expect(line).toBe('worker.restarted worker=1')
    await sendMany(url)
  }, 30_000)
})

describe('the end of several processes', () => {
  const startSlow = (reply = slow) =>
    startWorkers([...json, '--api-key', 'any', '--endpoint-url', simulate({ scenario: () => reply }).url])

  test('lets running answers finish, also after Ctrl-C, which reaches all of them (OP-K7, OP-K3)', async () => {
    const { url, pid, workers, ended } = await startSlow()
    const answers = await Promise.all(Array.from({ length: 8 }, () => sendMessage(url, {}, true)))
    for (const process_ of [...workers(), pid]) process.kill(process_, 'SIGINT')
    for (const answer of answers) {
      const events = withoutPings(await readEvents(answer))
      expect(events.at(-1)?.type).toBe('message_stop')
    }
    const { code, err } = await ended
    expect([code, err.match(/waiting for running requests/g)?.length]).toEqual([0, 1])
    expect(err).not.toContain('worker.ended')
  }, 30_000)

  test('comes at once after a second signal (OP-K7)', async () => {
    const { url, kill, says, ended } = await startSlow()
    const answer = await sendMessage(url, {}, true)
    kill('SIGTERM')
    await says(/waiting for running requests/)
    kill('SIGTERM')
    const { code, err } = await ended
    expect([code, err.includes('request.cancelled')]).toEqual([0, true])
    await answer.text().catch(() => {})
  }, 30_000)

  test('frees the port within seconds if the parent is killed (OP-K7)', async () => {
    const { url, port, workers, kill, ended } = await startWorkers([
      ...['--drain-delay', '60', '--api-key', 'any', '--endpoint-url', simulate({ scenario: () => slow }).url],
    ])
    const pids = workers()
    const answer = await sendMessage(url, {}, true)
    kill('SIGKILL')
    expect(withoutPings(await readEvents(answer)).at(-1)?.type).toBe('message_stop')
    await ended
    await waitUntil(() => !pids.some(isAlive))
    const next = startCli(['start', '--simulate', '--port', String(port)])
    await next.says(/Address/)
  }, 30_000)

  test('of one worker breaks only its own connections, and another one replaces it (OP-K7)', async () => {
    const { url, port, workers, says } = await startSlow(lasting(8))
    const [killed = 0, other = 0] = workers()
    const read = async (): Promise<string> => (await sendMessage(url, {}, true)).text()
    const running = Array.from({ length: 16 }, () => read().catch(() => 'broken'))
    await waitUntil(() => [killed, other].every((pid) => connectionsOf(pid, port) > 0))
    await waitUntil(() => connectionsOf(killed, port) + connectionsOf(other, port) === 16)
    const whole = connectionsOf(other, port)
    process.kill(killed, 'SIGKILL')
    const texts = await Promise.all(running)
    expect(texts.filter((text) => text.includes('message_stop')).length).toBeGreaterThanOrEqual(whole)
    expect(texts.some((text) => !text.includes('message_stop'))).toBe(true)
    await says(new RegExp(`"event":"worker.ended","worker":1,"pid":${killed},"signal":"SIGKILL"`))
    await says(/"event":"worker.restarted","worker":1/)
    expect(workers()).toHaveLength(2)
    expect(isAlive(other)).toBe(true)
  }, 30_000)
})

test('a worker that cannot be replaced has a reason in the log (OP-K7)', async () => {
  const clients = join(temporaryFolder(), 'clients.json')
  writeFileSync(clients, JSON.stringify({ clients: [] }), { mode: 0o600 })
  const { workers, says } = await startWorkers(['--simulate', '--clients', clients])
  writeFileSync(clients, '{')
  const [killed = 0] = workers()
  process.kill(killed, 'SIGKILL')
  await says(/worker\.not_restarted worker=1 reason=.*clients\.json/)
}, 30_000)

describe('a start with workers', () => {
  test('fails like a start of one process if the port is taken (OP-K7)', async () => {
    const { port } = await startWorkers(['--simulate'])
    const second = await cli(['start', '--simulate', '--port', String(port), '--workers', '2'])
    expect(second.code).toBe(2)
    expect(second.err).toContain(`Port ${port} on 127.0.0.1 is in use by another nexus-claude-api`)
  }, 30_000)

  test('holds the port while its workers start: a second one does not share it (OP-K7)', async () => {
    const flags = ['start', '--simulate', '--workers', '2', '--port', String(freePort())]
    const first = startCli(flags, {}, workersProgram)
    await waitUntil(() => workersOf(first.pid).length > 0)
    const second = await startCli(flags, {}, workersProgram).ended
    expect([second.code, second.err]).toEqual([2, expect.stringContaining('is in use by another') as never])
    await first.says(/Address/)
  }, 30_000)

  test('stays one process for a client that runs in the terminal (OP-K7, OP-R1)', async () => {
    const folder = temporaryFolder()
    const client = join(folder, 'codex')
    writeFileSync(client, '#!/bin/sh\ncat /proc/$PPID/task/$PPID/children >&2\n', { mode: 0o700 })
    const environment = {
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      NEXUS_WORKERS: '2',
      NEXUS_STATE: 'redis://127.0.0.1:9/0',
    }
    const { code, err } = await startCli(['codex', '--simulate'], environment, workersProgram).ended
    // Its only child is the client.
    expect([code, err.trim()]).toEqual([0, expect.stringMatching(/^\d+$/) as never])
  }, 30_000)

  test('is the only way to start a worker (OP-K7)', async () => {
    const { code, err } = await startCli(['worker']).ended
    expect([code, err]).toEqual([2, 'error: This command is for start --workers, which starts it.\n'])
  })

  test('uses at most one process for each core, and says so once (OP-K7)', async () => {
    const { code, err } = await cli(['start', '--simulate', '--dry-run', '--workers', '9'])
    expect(code).toBe(0)
    expect(err.match(/9 processes need as many cores, and this program may use 2 cores/g)).toHaveLength(1)
  })
})
