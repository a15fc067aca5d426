import { isObject } from '../../src/base/json.ts'
import { decodeSse } from '../../src/codec/sse/decode.ts'
import { grammarFault, type SseEvent } from '../../tests/support/sse.ts'
import type { Random } from '../support/random.ts'
import type { End, SoakScenario } from './scenarios.ts'

/** One client: sends what was planned, reads as it is its habit, and says how it ended. */

export interface ClientOutcome {
  /** A sentence where it is none of the ends that there are. */
  readonly end: End | { readonly unknown: string }
  readonly firstByteMs: number | undefined
  readonly milliseconds: number
}

/** The server ends what is silent long before. */
const longestMs = 30_000
/** A slow reader stops this often, for this long. */
const pauses = { every: 5, ms: 4, most: 60 }

class Left extends Error {}

interface Reader {
  readonly soakScenario: SoakScenario
  readonly random: Random
  readonly leave: () => void
}

async function* paced(
  body: ReadableStream<Uint8Array>,
  { soakScenario, random, leave }: Reader,
): AsyncGenerator<Uint8Array> {
  const leavesAfter = soakScenario.habit === 'leaves in between' ? 1 + random.below(3) : Number.POSITIVE_INFINITY
  let chunks = 0
  for await (const chunk of body) {
    yield chunk
    chunks += 1
    if (chunks >= leavesAfter) {
      leave()
      throw new Left()
    }
    const isSlow =
      soakScenario.habit === 'reads slowly' && chunks % pauses.every === 0 && chunks < pauses.every * pauses.most
    if (isSlow) await Bun.sleep(pauses.ms)
  }
}

const readEnd = async (response: Response, reader: Reader): Promise<ClientOutcome['end']> => {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true && response.body !== null) {
    const events: SseEvent[] = []
    for await (const data of decodeSse(paced(response.body, reader))) events.push(JSON.parse(data))
    const fault = grammarFault(events)
    if (fault !== undefined) return { unknown: `a stream that ${fault}` }
    return events.at(-1)?.type === 'error' ? 'error event' : 'complete'
  }
  const value: unknown = await response.json()
  if (!isObject(value)) return { unknown: `${response.status} without an object` }
  if (response.status !== 200) {
    return value['type'] === 'error' ? `status ${response.status}` : { unknown: `${response.status} of no known shape` }
  }
  if (typeof value['input_tokens'] === 'number') return 'counted'
  return value['type'] === 'message' ? 'complete' : { unknown: '200 of no known shape' }
}

export const runClient = async (url: string, soakScenario: SoakScenario, random: Random): Promise<ClientOutcome> => {
  const startedAt = performance.now()
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new Error('too long')), longestMs)
  let hasLeft = false
  const leave = (): void => {
    hasLeft = true
    controller.abort()
  }
  const leaving = soakScenario.habit === 'leaves at once' ? setTimeout(leave, random.below(25)) : undefined
  let firstByteMs: number | undefined
  const logEvents = (end: ClientOutcome['end']): ClientOutcome => ({
    end,
    firstByteMs,
    milliseconds: performance.now() - startedAt,
  })
  try {
    const init: object = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(soakScenario.body),
      signal: controller.signal,
      proxy: false,
    }
    const response = await fetch(url + soakScenario.path, init)
    firstByteMs = performance.now() - startedAt
    return logEvents(await readEnd(response, { soakScenario, random, leave }))
  } catch (error) {
    if (hasLeft || error instanceof Left) return logEvents('left')
    return logEvents({ unknown: controller.signal.aborted ? `no end within ${longestMs / 1000} s` : String(error) })
  } finally {
    clearTimeout(timer)
    clearTimeout(leaving)
  }
}
