import { errorTypeOf, GatewayError, isErrorType } from '../base/errors.ts'
import { isObject, type Json, objectsIn, parseObject } from '../base/json.ts'
import { isLoggableModel } from '../base/loggable-name.ts'
import type { TokenFigures } from './request-record.ts'
import type { RunningRequest } from './running-requests.ts'
import type { WordsCollector } from './words-collector.ts'

/** Reads the facts of a request from Anthropic's answer, which may be anything. */

/** Of Anthropic's ids, and of those of servers that imitate its API. */
const answerId = /^[\w.:-]{1,128}$/
/** Newer reasons have the same form. */
const stopReason = /^[a-z_]{1,40}$/

const usageMembers = [
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'output_tokens',
] as const satisfies readonly (keyof TokenFigures)[]
const cacheMembers = ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'] as const
const noWrites = { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 }

const noTokens: TokenFigures = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
}

/** The valid figures among the members; undefined if there are none. */
const figuresIn = <Member extends string>(value: unknown, members: readonly Member[]) => {
  if (!isObject(value)) return undefined
  const figures = members.flatMap((member) => {
    const figure = value[member]
    return typeof figure === 'number' && figure >= 0 && Number.isFinite(figure) ? [[member, figure] as const] : []
  })
  return figures.length === 0 ? undefined : (Object.fromEntries(figures) as { [Name in Member]?: number })
}

/** Figures of a stream are cumulative: a later one replaces the earlier one of its kind (AU-N13). */
const withFigures = (known: TokenFigures | undefined, usage: unknown): TokenFigures | undefined => {
  const figures = figuresIn(usage, usageMembers)
  if (figures === undefined || !isObject(usage)) return known
  const writes = figuresIn(usage['cache_creation'], cacheMembers)
  return {
    ...noTokens,
    ...known,
    ...figures,
    ...(writes !== undefined && { cache_creation: { ...noWrites, ...writes } }),
  }
}

/** The upstream's own words may quote the request: the log gets only the type. */
const toError = (answer: Json, status: number | undefined): GatewayError => {
  const { type } = isObject(answer['error']) ? answer['error'] : {}
  const known = isErrorType(type) ? type : undefined
  const kind = known === undefined ? '' : ` (${known})`
  return status === undefined
    ? new GatewayError(known ?? 'api_error', `The upstream ended its stream with an error${kind}.`, {
        isLoggable: true,
      })
    : new GatewayError(known ?? errorTypeOf(status), `The upstream answered ${status}${kind}.`, {
        status,
        isLoggable: true,
      })
}

/** Adds the facts of one answer to the request's record. */
export class NativeAnswer {
  readonly #running: RunningRequest
  readonly #words: WordsCollector | undefined
  #usage: TokenFigures | undefined
  #isUsageKnown = true
  #toolCalls = 0

  constructor(running: RunningRequest, words: WordsCollector | undefined) {
    this.#running = running
    this.#words = words
  }

  /** An event of a stream. */
  event(name: string, data: string): void {
    const event = parseObject(data)
    if (event === undefined) return
    if (name === 'message_start' && isObject(event['message'])) this.#message(event['message'])
    else if (name === 'message_delta') this.#end(event['delta'], event['usage'])
    else if (name === 'content_block_start' && isObject(event['content_block'])) {
      this.#block(event['index'], event['content_block'])
    } else if (name === 'content_block_delta' && isObject(event['delta'])) {
      this.#words?.delta(event['index'], event['delta'])
    } else if (name === 'error') this.#running.failed(toError(event, undefined))
  }

  /** A whole answer. */
  message(text: string): void {
    const message = parseObject(text)
    if (message === undefined) return
    this.#message(message)
    for (const [index, block] of objectsIn(message['content']).entries()) this.#block(index, block)
  }

  /** The answer of `count_tokens`. */
  count(text: string): void {
    const tokens = parseObject(text)?.['input_tokens']
    if (typeof tokens === 'number') this.#running.update({ countedTokens: tokens })
  }

  /** An event with figures was not read: the others are not the whole truth. */
  usageIsUnknown(): void {
    this.#isUsageKnown = false
    this.#running.update({ usage: undefined })
  }

  failure(text: string, status: number): void {
    const answer = parseObject(text)
    if (answer !== undefined) this.#running.failed(toError(answer, status))
  }

  /** The name in the answer is certain to be a model's. */
  #message(message: Json): void {
    const { id, model } = message
    if (typeof id === 'string' && answerId.test(id)) this.#running.update({ responseId: id })
    if (typeof model === 'string' && isLoggableModel(model)) this.#running.update({ model, used: model })
    this.#running.update({ toolCalls: this.#toolCalls })
    this.#end(message, message['usage'])
  }

  #block(index: unknown, block: Json): void {
    this.#words?.block(index, block)
    if (block['type'] !== 'tool_use') return
    this.#toolCalls += 1
    this.#running.update({ toolCalls: this.#toolCalls })
  }

  #end(end: unknown, usage: unknown): void {
    const reason = isObject(end) ? end['stop_reason'] : undefined
    if (typeof reason === 'string' && stopReason.test(reason)) this.#running.update({ stopReason: reason })
    this.#usage = withFigures(this.#usage, usage)
    if (this.#usage !== undefined && this.#isUsageKnown) this.#running.update({ usage: this.#usage })
  }
}
