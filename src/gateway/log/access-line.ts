import type { LogFields, LogRecord } from '../../base/logger.ts'
import { canonicalSpelling } from '../../messages/model-name.ts'
import { isMiss, isOurFault } from '../cache-miss.ts'
import { harmless, type Paint, type Piece, word } from './log-text.ts'

/** The log line of a request as text; JSON has all fields. docs/logging.md shows examples. */

const statusPaint: ReadonlyMap<string, Paint> = new Map([
  ['request.answered', 'green'],
  ['request.refused', 'yellow'],
  ['request.cancelled', 'gray'],
  ['request.failed', 'red'],
])

export const isAccessRecord = ({ event }: LogRecord): boolean => statusPaint.has(event)

const figure = (fields: LogFields, name: string): number => {
  const value = fields[name]
  return typeof value === 'number' ? value : 0
}

const thousand = 1000
const million = 1_000_000

/** At most three digits are easy to compare: `312`, `8.2k`, `23.4k`, `123k`, `1.2M`. */
const compactTokens = (tokens: number): string => {
  if (tokens < thousand) return String(tokens)
  if (tokens < 99.95 * thousand) return `${(tokens / thousand).toFixed(1)}k`
  if (tokens < 999.5 * thousand) return `${Math.round(tokens / thousand)}k`
  return `${(tokens / million).toFixed(1)}M`
}

/** Time to the first event, if there was one, and total time: `0.4/3.2s`, `12/85ms`, `48.0s`. */
const compactTimes = (firstMs: number | undefined, totalMs: number): string => {
  const inSeconds = (milliseconds: number): string => {
    const seconds = milliseconds / thousand
    return seconds < 99.95 ? seconds.toFixed(1) : String(Math.round(seconds))
  }
  const shown = totalMs < thousand ? String : inSeconds
  const first = firstMs === undefined ? '' : `${shown(firstMs)}/`
  return `${first}${shown(totalMs)}${totalMs < thousand ? 'ms' : 's'}`
}

const shortName = (model: string): string => model.replace(/^claude-(?=.)/, '')

/** The model that answered, and the requested model if it differs. */
const modelPiece = ({ model, used }: LogFields): Piece | undefined => {
  if (typeof used !== 'string') return typeof model === 'string' ? { text: word(shortName(model)) } : undefined
  // A name that does not look like a model is not logged.
  if (typeof model !== 'string') return { text: word(shortName(used)) }
  const isSame = canonicalSpelling(model) === canonicalSpelling(used)
  return { text: isSame ? word(shortName(used)) : `${word(shortName(model))} -> ${word(shortName(used))}` }
}

/** Why the prompt cache was not read, and how many tokens it should have had (CA-L1). A hit has nothing. */
const addMiss = (cacheClass: string, missed: number, pieces: Piece[]): void => {
  if (!isMiss(cacheClass)) return
  const isOurs = isOurFault(cacheClass)
  const tokens = missed === 0 ? '' : ` ${compactTokens(missed)}`
  pieces.push({ text: `miss ${isOurs ? 'ours' : word(cacheClass)}${tokens}`, paint: isOurs ? 'yellow' : undefined })
}

const addTokens = (fields: LogFields, pieces: Piece[]): void => {
  const { inputTokens, outputTokens, countedTokens, cacheClass } = fields
  const cached = figure(fields, 'cacheReadTokens')
  const add = (name: string, tokens: number): unknown => pieces.push({ text: `${name} ${compactTokens(tokens)}` })
  if (inputTokens !== undefined) add('in', figure(fields, 'inputTokens') + cached + figure(fields, 'cacheWriteTokens'))
  if (cached !== 0) add('cached', cached)
  if (typeof cacheClass === 'string') addMiss(cacheClass, figure(fields, 'cacheMissedTokens'), pieces)
  if (outputTokens !== undefined) add('out', figure(fields, 'outputTokens'))
  if (countedTokens !== undefined) add('counted', figure(fields, 'countedTokens'))
}

/** Costs of single requests are small: four digits tell them apart. */
const costDigits = 4

const addDelays = (fields: LogFields, pieces: Piece[]): void => {
  const { cost, attempts, queuedMs } = fields
  if (typeof cost === 'number') pieces.push({ text: `cost ${cost.toFixed(costDigits)}` })
  if (attempts !== undefined) pieces.push({ text: `${word(attempts)} attempts` })
  if (queuedMs !== undefined) pieces.push({ text: `queued ${compactTimes(undefined, figure(fields, 'queuedMs'))}` })
}

/** `search 2 (brave 412 ms)` (WS-20). */
const addSearches = (fields: LogFields, pieces: Piece[]): void => {
  const { searches, searchErrors, searchMs, searchProvider } = fields
  if (searches === undefined) return
  const failed = searchErrors === undefined ? '' : `, ${word(searchErrors)} failed`
  pieces.push({ text: `search ${word(searches)} (${word(searchProvider)} ${word(searchMs)} ms${failed})` })
}

/** The usual stop reasons, which are not shown. */
const usualStops = new Set(['end_turn', 'tool_use', 'stop_sequence'])

/** Splits a sentence, so that a terminal line can break between its words. */
const words = (sentence: string): Piece[] =>
  harmless(JSON.stringify(sentence))
    .slice(1, -1)
    .split(' ')
    .map((text) => ({ text }))

const firstFailureStatus = 400

const endPieces = ({ event, fields }: LogRecord): Piece[] => {
  const { stop, error, reason } = fields
  if (event === 'request.cancelled') return [{ text: 'client left', paint: 'gray' }]
  if (typeof stop === 'string' && !usualStops.has(stop)) return [{ text: word(stop), paint: 'yellow' }]
  if (typeof error !== 'string') return []
  const isInStream = figure(fields, 'status') < firstFailureStatus
  const kind = `${isInStream ? 'ended in ' : ''}${word(error)}`
  const paint = statusPaint.get(event)
  if (typeof reason !== 'string') return [{ text: kind, paint }]
  return [{ text: `${kind}:`, paint }, ...words(reason)]
}

/** Adds the upstream's request id to a failure: the upstream's administrator can search for it. */
const addIds = ({ event, fields }: LogRecord, pieces: Piece[]): void => {
  const { requestId, upstreamRequestId, client } = fields
  if (client !== undefined) pieces.push({ text: word(client) })
  if (event === 'request.failed' && upstreamRequestId !== undefined) {
    pieces.push({ text: `upstream ${word(upstreamRequestId)}`, paint: 'gray' })
  }
  pieces.push({ text: word(requestId), paint: 'gray' })
}

export const accessPieces = (record: LogRecord): Piece[] => {
  const { event, fields } = record
  const { firstEventMs } = fields
  const first = fields['stream'] === true && typeof firstEventMs === 'number' ? firstEventMs : undefined
  const pieces: Piece[] = [
    { text: word(fields['status']), paint: statusPaint.get(event) },
    { text: word(fields['method']) },
    { text: word(fields['path']) },
  ]
  const model = modelPiece(fields)
  if (model !== undefined) pieces.push(model)
  addTokens(fields, pieces)
  addSearches(fields, pieces)
  addDelays(fields, pieces)
  pieces.push(...endPieces(record))
  pieces.push({ text: compactTimes(first, figure(fields, 'durationMs')) })
  addIds(record, pieces)
  return pieces
}
