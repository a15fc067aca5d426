import { isObject } from '../../src/base/json.ts'
import { decodeSse } from '../../src/codec/sse/decode.ts'
import { isBrokenConnection } from '../../src/upstreams/http/connection-errors.ts'
import { grammarFault, type SseEvent } from '../../tests/support/sse.ts'
import { chatFormat } from '../support/client-formats/chat.ts'
import type { ClientFormat } from '../support/client-formats/format.ts'
import { responsesFormat } from '../support/client-formats/responses.ts'
import type { OpenAiWire } from '../support/openai-requests.ts'
import type { Random } from '../support/random.ts'
import type { End, SoakScenario } from './scenarios.ts'

/** One client: sends the request of a scenario, reads with its habit, and reports the end. */

export interface ClientOutcome {
  /** `unknown` describes an unexpected end. */
  readonly end: End | { readonly unknown: string }
  readonly firstByteMs: number | undefined
  readonly milliseconds: number
}

/** Much longer than the server's own timeouts. */
const longestMs = 30_000
/** A slow reader stops this often, for this long. */
const pauses = { every: 5, ms: 4, most: 60 }

const isStream = (response: Response): response is Response & { readonly body: ReadableStream<Uint8Array> } =>
  response.headers.get('content-type')?.startsWith('text/event-stream') === true && response.body !== null

class Disconnected extends Error {}

interface Reader {
  readonly soakScenario: SoakScenario
  readonly random: Random
  readonly disconnect: () => void
}

async function* paced(
  body: ReadableStream<Uint8Array>,
  { soakScenario, random, disconnect }: Reader,
): AsyncGenerator<Uint8Array> {
  const disconnectsAfter =
    soakScenario.habit === 'disconnects in between' ? 1 + random.below(3) : Number.POSITIVE_INFINITY
  let chunks = 0
  for await (const chunk of body) {
    yield chunk
    chunks += 1
    if (chunks >= disconnectsAfter) {
      disconnect()
      throw new Disconnected()
    }
    const isSlow =
      soakScenario.habit === 'reads slowly' && chunks % pauses.every === 0 && chunks < pauses.every * pauses.most
    if (isSlow) await Bun.sleep(pauses.ms)
  }
}

const openAiFormats: Readonly<Record<OpenAiWire, ClientFormat>> = { chat: chatFormat, responses: responsesFormat }

/** A client of OpenAI's protocols. */
const readOpenAiEnd = async (response: Response, reader: Reader, wire: OpenAiWire): Promise<ClientOutcome['end']> => {
  const format = openAiFormats[wire]
  if (isStream(response)) {
    const parts = await Array.fromAsync(paced(response.body, reader))
    const { fault, events } = format.readStream(Buffer.concat(parts).toString())
    if (fault !== undefined) return { unknown: `a stream with ${fault}` }
    return events.at(-1)?.type === 'error' ? 'error event' : 'complete'
  }
  const value: unknown = await response.json()
  const isError = response.status !== 200
  const fault = isError ? format.errorFault(value) : format.answerFault(value)
  if (fault !== undefined) return { unknown: `${response.status} with ${fault}` }
  return isError ? `status ${response.status}` : 'complete'
}

const readEnd = async (response: Response, reader: Reader): Promise<ClientOutcome['end']> => {
  const { wire } = reader.soakScenario
  if (wire !== 'anthropic') return readOpenAiEnd(response, reader, wire)
  if (isStream(response)) {
    const events: SseEvent[] = []
    for await (const data of decodeSse(paced(response.body, reader))) events.push(JSON.parse(data))
    const fault = grammarFault(events)
    if (fault?.startsWith('ends ')) return 'unfinished'
    if (fault !== undefined) return { unknown: `a stream that ${fault}` }
    return events.at(-1)?.type === 'error' ? 'error event' : 'complete'
  }
  const value: unknown = await response.json()
  if (!isObject(value)) return { unknown: `${response.status} without an object` }
  if (response.status !== 200) {
    return value['type'] === 'error'
      ? `status ${response.status}`
      : { unknown: `${response.status} with an unknown shape` }
  }
  if (typeof value['input_tokens'] === 'number') return 'counted'
  return value['type'] === 'message' ? 'complete' : { unknown: '200 with an unknown shape' }
}

export const runClient = async (
  url: string,
  soakScenario: SoakScenario,
  random: Random,
  headers: Readonly<Record<string, string>> = {},
): Promise<ClientOutcome> => {
  const startedAt = performance.now()
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new Error('too long')), longestMs)
  let hasDisconnected = false
  const disconnect = (): void => {
    hasDisconnected = true
    controller.abort()
  }
  const disconnecting =
    soakScenario.habit === 'disconnects at once' ? setTimeout(disconnect, random.below(25)) : undefined
  let firstByteMs: number | undefined
  const outcomeOf = (end: ClientOutcome['end']): ClientOutcome => ({
    end,
    firstByteMs,
    milliseconds: performance.now() - startedAt,
  })
  try {
    const init: object = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(soakScenario.body),
      signal: controller.signal,
      proxy: false,
    }
    const response = await fetch(url + soakScenario.path, init)
    firstByteMs = performance.now() - startedAt
    return outcomeOf(await readEnd(response, { soakScenario, random, disconnect }))
  } catch (error) {
    if (hasDisconnected || error instanceof Disconnected) return outcomeOf('disconnected')
    if (error instanceof SyntaxError) return outcomeOf('unreadable')
    if (isBrokenConnection(error)) return outcomeOf('broken')
    return outcomeOf({ unknown: controller.signal.aborted ? `no end within ${longestMs / 1000} s` : String(error) })
  } finally {
    clearTimeout(timer)
    clearTimeout(disconnecting)
  }
}
