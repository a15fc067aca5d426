import { roundedCost } from '../sums.ts'
import type { PriceOf, RequestRow } from '../usage-report.ts'

/** What the same requests would have cost with other lifetimes of the prompt cache (CA-U2). */

export const lifetimes = ['5m', '1h', 'mixed'] as const
export type Lifetime = (typeof lifetimes)[number]

/** Tokens of the prompt cache, by what became of them. */
interface CachedTokens {
  readonly read: number
  readonly written5m: number
  readonly written1h: number
}

export interface LifetimeFigures {
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  /** All of them, as the tokens without a cache that cost the same. */
  readonly asInputTokens: number
  /** Absent unless each request has a price. */
  readonly cost?: number
}

export interface LifetimeReport {
  /** Requests of main conversations: subagents end before a pause, and always have five minutes. */
  readonly requests: number
  /** Pauses of more than five minutes, and of more than an hour. */
  readonly pauses5m: number
  readonly pauses1h: number
  readonly asSent: LifetimeFigures
  readonly lifetimes: Readonly<Record<Lifetime, LifetimeFigures>>
}

/** Prices in input tokens. */
const [readPrice, write5mPrice, write1hPrice] = [0.1, 1.25, 2] as const

const asInputTokens = ({ read, written5m, written1h }: CachedTokens): number =>
  read * readPrice + written5m * write5mPrice + written1h * write1hPrice

const [fiveMinutesMs, hourMs] = [300_000, 3_600_000]
/** Tools and system prompt of Claude Code, which `mixed` keeps for an hour (measured). */
const toolsAndSystemTokens = 24_000

/** A request, and what other lifetimes could have read. */
interface Step {
  readonly row: RequestRow
  readonly sent: CachedTokens
  /** All tokens up to the last cache point. */
  readonly cached: number
  /** What it would have read with a cache that keeps everything for long enough. */
  readonly readable: number
  /** What it would read after its own part of the cache has ended: other sessions use the same tools. */
  readonly readableAfter: number
  /** Since the end of the last request before; infinite for the first. */
  readonly gapMs: number
}

const tokensOf = ({ cacheReadTokens = 0, cacheWriteTokens = 0, cacheWrite1hTokens = 0 }: RequestRow): CachedTokens => {
  return {
    read: cacheReadTokens,
    written5m: Math.max(cacheWriteTokens - cacheWrite1hTokens, 0),
    written1h: cacheWrite1hTokens,
  }
}

/** All input of a request, as the tokens without a cache that cost the same. */
export const inputOf = (row: RequestRow): number => (row.inputTokens ?? 0) + asInputTokens(tokensOf(row))

/** What its missed tokens cost more than a read of them, as tokens without a cache (CA-C8). */
export const lossOf = (row: RequestRow): number => {
  const { written5m, written1h } = tokensOf(row)
  const written = written5m + written1h
  const price = written === 0 ? write5mPrice : (written5m * write5mPrice + written1h * write1hPrice) / written
  return (row.cacheMissedTokens ?? 0) * (price - readPrice)
}

const isExpired = ({ cacheClass = '' }: RequestRow): boolean => cacheClass.startsWith('ttl_expired')

/** `rows`: of one conversation, by their start. */
const stepsOf = (rows: readonly RequestRow[]): Step[] => {
  let lastUse = Number.NEGATIVE_INFINITY
  let hasHour = false
  return rows.map((row) => {
    const sent = tokensOf(row)
    const cached = sent.read + sent.written5m + sent.written1h
    const readable = isExpired(row) ? Math.min(Math.max(row.cacheExpectedTokens ?? 0, sent.read), cached) : sent.read
    // A clock may be set back.
    const gapMs = Math.max(row.at - lastUse, 0)
    // With an hour, the figures do not show what a shorter lifetime would have left.
    const readableAfter = hasHour && gapMs <= hourMs ? 0 : sent.read
    lastUse = Math.max(lastUse, row.at + row.durationMs)
    hasHour ||= sent.written1h > 0
    return { row, sent, cached, readable, readableAfter, gapMs }
  })
}

const lifetimeMs = (lifetime: '5m' | '1h'): number => (lifetime === '5m' ? fiveMinutesMs : hourMs)

const readWith = (step: Step, lifetime: '5m' | '1h'): number => {
  const { gapMs, readable, readableAfter } = step
  return gapMs <= lifetimeMs(lifetime) ? readable : Math.min(readable, readableAfter)
}

const simulate = (step: Step, lifetime: Lifetime): CachedTokens => {
  const { cached } = step
  if (lifetime !== 'mixed') {
    const read = readWith(step, lifetime)
    return { read, written5m: lifetime === '5m' ? cached - read : 0, written1h: lifetime === '1h' ? cached - read : 0 }
  }
  const long = Math.min(toolsAndSystemTokens, cached)
  const readOfLong = Math.min(readWith(step, '1h'), long)
  const read = Math.max(readWith(step, '5m'), readOfLong)
  const written1h = long - readOfLong
  return { read, written5m: cached - read - written1h, written1h }
}

const costOf = ({ upstream = '', model = '' }: RequestRow, tokens: CachedTokens, priceOf: PriceOf) =>
  priceOf(upstream, model, {
    inputTokens: 0,
    cacheReadTokens: tokens.read,
    cacheWriteTokens: tokens.written5m + tokens.written1h,
    cacheWrite1hTokens: tokens.written1h,
    outputTokens: 0,
  })

const sumOf = (steps: readonly Step[], tokensIn: (step: Step) => CachedTokens, priceOf: PriceOf): LifetimeFigures => {
  let [read, written5m, written1h] = [0, 0, 0]
  let cost: number | undefined = 0
  for (const step of steps) {
    const tokens = tokensIn(step)
    read += tokens.read
    written5m += tokens.written5m
    written1h += tokens.written1h
    const own = costOf(step.row, tokens, priceOf)
    cost = cost === undefined || own === undefined ? undefined : cost + own
  }
  return {
    cacheReadTokens: read,
    cacheWrite5mTokens: written5m,
    cacheWrite1hTokens: written1h,
    asInputTokens: Math.round(asInputTokens({ read, written5m, written1h })),
    ...(cost !== undefined && { cost: roundedCost(cost) }),
  }
}

/** Fewer requests, or a shorter time, say nothing about pauses. */
export const fewestRequests = 20
const shortestMs = hourMs

/** Two clients may have the same id of a session. */
const keyOf = ({ client = '', session = '', upstream = '', model = '' }: RequestRow): string =>
  JSON.stringify([client, session, upstream, model])

/** Undefined for too few requests, and for less than an hour. `rows` in any order. */
export const reportLifetimes = (rows: readonly RequestRow[], priceOf: PriceOf): LifetimeReport | undefined => {
  const main = rows
    .filter((row) => !row.isSubagent && row.session !== undefined && row.cacheClass !== undefined)
    .filter(({ cacheReadTokens = 0, cacheWriteTokens = 0 }) => cacheReadTokens + cacheWriteTokens > 0)
    .sort((one, other) => one.at - other.at)
  const [first, last] = [main[0], main.at(-1)]
  if (first === undefined || last === undefined) return undefined
  if (main.length < fewestRequests || last.at + last.durationMs - first.at < shortestMs) return undefined
  const steps = [...Map.groupBy(main, keyOf).values()].flatMap(stepsOf)
  const pausesOver = (ms: number): number => steps.filter(({ gapMs }) => gapMs > ms && Number.isFinite(gapMs)).length
  const sumFor = (lifetime: Lifetime) => sumOf(steps, (step) => simulate(step, lifetime), priceOf)
  return {
    requests: steps.length,
    pauses5m: pausesOver(fiveMinutesMs),
    pauses1h: pausesOver(hourMs),
    asSent: sumOf(steps, ({ sent }) => sent, priceOf),
    lifetimes: { '5m': sumFor('5m'), '1h': sumFor('1h'), mixed: sumFor('mixed') },
  }
}
