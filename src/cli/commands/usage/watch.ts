import type { ArgsDef } from 'citty'
import type { UsageFigures } from '../../../usage/usage-report.ts'
import { productName } from '../../../version.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { amount, counted, decimalsOf, percent, wholeNumber } from './figures.ts'
import { countFlag, fileFlags, filterFlags, filterOf } from './flags.ts'
import { whileOpen, withUsageFile } from './usage-file.ts'

/** A stop-watch: what is used from its start on (OP-U4). */

const millisecondsPerSecond = 1000
const usualIntervalMs = 1000
/** A request counts for the time of its start: those that began before this are not seen. */
const longestRequestMs = 86_400_000

type Counts = Omit<UsageFigures, 'refused' | 'cancelled' | 'cacheHitRate' | 'unpriced' | 'firstEventMs' | 'durationMs'>

/** Hides the rounding errors of differences. */
const costDecimals = 1e9

const costSince = (now: number, start = 0): number => Math.round((now - start) * costDecimals) / costDecimals

const countsSince = (now: UsageFigures, start: UsageFigures): Counts => ({
  requests: now.requests - start.requests,
  failed: now.failed - start.failed,
  inputTokens: now.inputTokens - start.inputTokens,
  cacheReadTokens: now.cacheReadTokens - start.cacheReadTokens,
  cacheWriteTokens: now.cacheWriteTokens - start.cacheWriteTokens,
  outputTokens: now.outputTokens - start.outputTokens,
  ...(now.cost !== undefined && { cost: costSince(now.cost, start.cost) }),
})

/** A line of the output; with `--json`, an object. Scripts rely on the names. */
interface Sample extends Counts {
  /** Since the start of the command. */
  readonly seconds: number
  /** Output, since the line before. */
  readonly tokensPerSecond: number
  readonly cacheHitRate?: number
}

const rateDecimals = 1000

/** As in reports (OP-U2). */
const cacheHitRate = ({ inputTokens, cacheReadTokens, cacheWriteTokens }: Counts): number | undefined => {
  const input = inputTokens + cacheReadTokens + cacheWriteTokens
  return input === 0 ? undefined : Math.round((cacheReadTokens / input) * rateDecimals) / rateDecimals
}

const toSample = (counts: Counts, seconds: number, before: Sample | undefined): Sample => {
  const rate = cacheHitRate(counts)
  const elapsed = seconds - (before?.seconds ?? 0)
  const tokensPerSecond = (counts.outputTokens - (before?.outputTokens ?? 0)) / elapsed
  return { seconds, ...counts, tokensPerSecond, ...(rate !== undefined && { cacheHitRate: rate }) }
}

const shown = (sample: Sample, currency: string): string =>
  [
    `${sample.seconds.toFixed(0)} s`,
    counted(sample.requests, 'request'),
    ...(sample.failed === 0 ? [] : [`${wholeNumber(sample.failed)} failed`]),
    `input ${wholeNumber(sample.inputTokens + sample.cacheWriteTokens)}`,
    `cached ${wholeNumber(sample.cacheReadTokens)} (${percent(sample.cacheHitRate)})`,
    `output ${wholeNumber(sample.outputTokens)} (${sample.tokensPerSecond.toFixed(0)} tokens/s)`,
    ...(sample.cost === undefined ? [] : [`est. ${amount(sample.cost, decimalsOf(sample.cost))} ${currency}`]),
  ].join('  ')

interface WatchOptions {
  readonly total: () => Promise<UsageFigures | undefined>
  readonly intervalMs: number
  /** Lines; without an end by default. */
  readonly count: number
  /** Resolves to false if nothing reads the lines any more. */
  readonly print: (sample: Sample) => Promise<boolean>
}

/** Resolves to undefined without a history. */
const watch = async ({ total, intervalMs, count, print }: WatchOptions): Promise<number | undefined> => {
  const start = await total()
  if (start === undefined) return undefined
  const startedAt = performance.now()
  let before: Sample | undefined
  for (let line = 1; line <= count; line += 1) {
    // The time of each report must not add up.
    await Bun.sleep(startedAt + line * intervalMs - performance.now())
    const now = (await total()) ?? start
    before = toSample(countsSince(now, start), (performance.now() - startedAt) / millisecondsPerSecond, before)
    if (!(await print(before))) break
  }
  return 0
}

const runWatch = ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  const count = countFlag(flags, 'count') ?? Number.POSITIVE_INFINITY
  const since = Date.now() - longestRequestMs
  const filter = filterOf(flags)
  return withUsageFile(flags, io, (file) => {
    const { currency } = file.config
    const query = { ...filter, by: 'upstream', since, timezone: 'UTC' } as const
    return watch({
      total: () => whileOpen(file, async (history) => (await history.summarize({ ...query, until: Date.now() })).total),
      intervalMs: io.times?.watchMs ?? usualIntervalMs,
      count,
      async print(sample) {
        io.out(`${flags['json'] === true ? JSON.stringify(sample) : shown(sample, currency)}\n`)
        return (await io.drained?.()) ?? true
      },
    })
  })
}

export const usageWatchCommand: Command = {
  name: 'usage watch',
  description: 'Print what is used from now on, once a second',
  details: [
    'Counts the requests that end after the start of the command, until you press Ctrl-C. The history has a request about a second after its end.',
  ],
  get args(): ArgsDef {
    return {
      ...filterFlags,
      count: { type: 'string', valueHint: 'count', description: 'End after this many lines (default never)' },
      json: { type: 'boolean', description: 'Print a JSON object in each line' },
      ...fileFlags,
    }
  },
  examples: [
    { line: `${productName} usage watch`, what: 'Measure one task: start this, do the task, and read the last line' },
    { line: `${productName} usage watch --client alice --json`, what: 'Follow one client with a script' },
  ],
  run: runWatch,
}
