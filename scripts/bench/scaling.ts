import { parseArgs } from 'node:util'
import { binary } from '../support/binary.ts'
import { freePort } from '../support/free-port.ts'
import { descriptors, median } from '../support/samples.ts'
import { upstreamArguments } from '../support/upstream-arguments.ts'
import { cpuSeconds, residentMegabytes } from './accounting.ts'
import type { Job, LoadResult } from './job.ts'
import { endAll, type Running, startLoad, startTarget, startUpstream } from './processes.ts'

/**
 * Measures the figures of docs/scaling.md: what one process needs for requests, streams and idle connections. Linux only.
 *
 *   bun scripts/bench/scaling.ts [--program FILE] [--only requests,streams,idle] [-- FLAGS OF THE PROGRAM]
 *
 * Flags after `--` go to the program: `-- --workers 2`, or `-- --rate-limit 1000000 --state redis://127.0.0.1:6379`.
 */

const { values, positionals } = parseArgs({
  options: {
    program: { type: 'string', default: binary },
    only: { type: 'string', default: 'requests,streams,idle' },
  },
  allowPositionals: true,
})

const roundMs = 3000
const rounds = 3
/** The answer of docs/scaling.md: 15 seconds, 300 events. */
const streamMs = 15_000
const eventEveryMs = 50
const streamCounts = [50, 200, 400]
/** The engine releases memory a while after the work. */
const restMs = 1000
const watchMs = 100
const idleConnections = 1000
/** Bun's own limit is 256. */
const upstreamConnections = '1024'

process.on('exit', endAll)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(2))

const upstream = await startUpstream()
const load = await startLoad()

const start = (): Promise<Running> => {
  const port = freePort()
  const { flags, environment } = upstreamArguments('nexus', {
    url: `http://127.0.0.1:${upstream.port}`,
    apiKey: 'bench',
  })
  return startTarget(
    {
      command: [values.program, 'start', '--port', String(port), '--max-concurrency', upstreamConnections]
        .concat(flags)
        .concat(positionals),
      environment: { ...environment, BUN_CONFIG_MAX_HTTP_REQUESTS: upstreamConnections },
      healthPath: '/health',
      isFree: positionals.includes('--workers'),
    },
    port,
  )
}

const run = async (job: Omit<Job, 'wire'>): Promise<LoadResult> => {
  const result = await load.send({ ...job, wire: 'anthropic' })
  if (result.fault !== undefined) throw new Error(result.fault)
  return result
}

const print = (name: string, figures: Readonly<Record<string, number>>): void => {
  const shown = Object.entries(figures).map(([unit, value]) => `${Number(value.toPrecision(3))} ${unit}`)
  process.stdout.write(`${name.padEnd(36)} ${shown.join(', ')}\n`)
}

const burst = { kind: 'burst', deltas: 200 } as const

/** Requests, one after another on 16 connections: CPU, and how many one core answers. */
const measureRequests = async (): Promise<void> => {
  const program = await start()
  for (const [name, request, plan] of [
    ['0.7 KB', 'small', { kind: 'whole' }],
    ['149 KB', 'large', { kind: 'whole' }],
    ['149 KB, and 200 events at once', 'large', burst],
  ] as const) {
    await upstream.send({ plan, wire: 'converse', isMixed: false })
    const job = {
      port: program.port,
      request,
      deltas: plan.kind === 'whole' ? undefined : plan.deltas,
      concurrency: 16,
    }
    await run({ ...job, requests: 2000 })
    const cpuMs: number[] = []
    const rates: number[] = []
    const firstByteMs: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const before = cpuSeconds(program.pid)
      const startedAt = performance.now()
      const result = await run({ ...job, milliseconds: roundMs })
      rates.push((result.requests * 1000) / (performance.now() - startedAt))
      cpuMs.push(((cpuSeconds(program.pid) - before) * 1000) / result.requests)
      firstByteMs.push(median((await run({ ...job, concurrency: 1, milliseconds: roundMs / rounds })).firstByteMs))
    }
    print(name, {
      'ms of CPU': median(cpuMs),
      'requests a second': median(rates),
      'ms to the first byte, alone': median(firstByteMs),
    })
  }
  await program.stop()
}

/** The engine compiles code that runs often: a server that has just started takes three times the CPU. */
const warmUp = async (port: number): Promise<void> => {
  await upstream.send({ plan: burst, wire: 'converse', isMixed: false })
  await run({ port, request: 'large', deltas: burst.deltas, concurrency: 16, requests: 2000 })
}

/** Highest memory and number of open files until `stop`. */
const watch = (pid: number) => {
  let [megabytes, files] = [0, 0]
  const timer = setInterval(() => {
    megabytes = Math.max(megabytes, residentMegabytes(pid))
    files = Math.max(files, descriptors(pid) ?? 0)
  }, watchMs)
  return {
    stop() {
      clearInterval(timer)
      return { megabytes, files }
    },
  }
}

/** Streams that last as long as those of Claude Code, of 149 KB requests that all begin at the same moment. */
const measureStreams = async (): Promise<void> => {
  const deltas = streamMs / eventEveryMs
  for (const concurrency of streamCounts) {
    const { pid, port, stop } = await start()
    await warmUp(port)
    await upstream.send({ plan: { kind: 'paced', deltas, everyMs: eventEveryMs }, wire: 'converse', isMixed: false })
    await Bun.sleep(restMs)
    const atRest = residentMegabytes(pid)
    const watching = watch(pid)
    const before = cpuSeconds(pid)
    const result = await run({ port, request: 'large', deltas, concurrency, requests: 2 * concurrency })
    const cpu = cpuSeconds(pid) - before
    const most = watching.stop()
    print(`${concurrency} streams of 149 KB`, {
      'ms of CPU a stream': (cpu * 1000) / result.requests,
      'MB before': atRest,
      'MB at most': most.megabytes,
      'open files': most.files,
      'ms to the first byte': median(result.firstByteMs),
    })
    await stop()
  }
}

/** Connections of clients that send nothing at the moment. */
const measureIdle = async (): Promise<void> => {
  const { pid, port, stop } = await start()
  await Bun.sleep(restMs)
  const before = { megabytes: residentMegabytes(pid), files: descriptors(pid) ?? 0 }
  const request = `GET /health HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`
  const open = (): Promise<Bun.Socket> =>
    new Promise((resolve, reject) => {
      const socket = { open: (one: Bun.Socket) => void one.write(request), data: (one: Bun.Socket) => resolve(one) }
      Bun.connect({ hostname: '127.0.0.1', port, socket }).catch(reject)
    })
  const sockets = await Promise.all(Array.from({ length: idleConnections }, open))
  await Bun.sleep(restMs)
  const cpu = cpuSeconds(pid)
  await Bun.sleep(roundMs)
  print(`${idleConnections} idle connections`, {
    'MB more': residentMegabytes(pid) - before.megabytes,
    'open files more': (descriptors(pid) ?? 0) - before.files,
    '% of a core': ((cpuSeconds(pid) - cpu) * 100_000) / roundMs,
  })
  for (const socket of sockets) socket.terminate()
  await stop()
}

const measurements = { requests: measureRequests, streams: measureStreams, idle: measureIdle }
for (const [name, measure] of Object.entries(measurements)) if (values.only.split(',').includes(name)) await measure()
upstream.stop()
load.stop()
process.exit(0)
