import type { Reply, Scenario, StreamFault } from '../../src/simulator/reply.ts'
import { lastTextOf, type RequestView } from '../../src/simulator/request-view.ts'
import type { Random } from '../support/random.ts'
import type { UpstreamKind } from '../support/upstream-arguments.ts'
import { fillingWords, longThinking } from './fill.ts'
import { paragraph, type SoakKind, type SoakWire, soakKinds, soakRequestOf, soakWires } from './requests.ts'

/** The requests of the soak, the injected faults, and the valid ends of each request. */

/**
 * Every possible end of a request. `broken`: the connection broke. `unreadable`: an event that is not JSON. `unfinished`:
 * a stream without its end. A server that forwards bytes passes the last two on.
 */
export type End =
  | 'complete'
  | 'counted'
  | 'error event'
  | 'disconnected'
  | 'broken'
  | 'unreadable'
  | 'unfinished'
  | `status ${number}`

/** The valid ends of streams and whole responses. */
interface Ends {
  readonly stream: readonly End[]
  readonly whole: readonly End[]
}

interface Fault extends Ends {
  readonly name: string
  readonly weight: number
  readonly reply: Partial<Reply>
  /** If they are different with another upstream. */
  readonly with?: Partial<Record<UpstreamKind, Ends>>
  /** Whether only the first attempt fails. */
  readonly isTransient?: boolean
}

const aws = (status: number, type: string): Partial<Reply> => ({ error: { status, type, message: 'Injected.' } })
const broken = (kind: StreamFault['kind'], type?: string): Partial<Reply> => ({
  fault: { afterFrames: 4, kind, ...(type && { type }) },
})

const both = (...ends: readonly End[]): Ends => ({ stream: ends, whole: ends })
const complete: readonly End[] = ['complete']
const errorEvent: readonly End[] = ['error event']
/** Longer than the server's timeout, `timeoutSeconds`. */
const tooLateMs = 60_000
/** The server's timeout for a silent upstream. */
export const timeoutSeconds = 4

const faults: readonly Fault[] = [
  { name: 'none', weight: 60, reply: {}, stream: complete, whole: complete },
  {
    name: 'slow frames',
    weight: 6,
    reply: { pace: { frameMs: 15, chunkBytes: 700 } },
    stream: complete,
    whole: complete,
  },
  {
    name: 'throttled once',
    weight: 4,
    reply: aws(429, 'ThrottlingException'),
    stream: complete,
    whole: complete,
    // Clients wait themselves.
    with: { anthropic: both('status 429') },
    isTransient: true,
  },
  {
    name: 'throttled',
    weight: 3,
    reply: aws(429, 'ThrottlingException'),
    stream: ['status 429'],
    whole: ['status 429'],
  },
  {
    name: 'unavailable',
    weight: 3,
    reply: aws(503, 'ServiceUnavailableException'),
    stream: ['status 529'],
    whole: ['status 529'],
    with: { anthropic: both('status 503') },
  },
  {
    name: 'failed',
    weight: 3,
    reply: aws(500, 'InternalServerException'),
    stream: ['status 500'],
    whole: ['status 500'],
    // Its 500 can mean anything.
    with: { openai: both('status 502') },
  },
  { name: 'refused', weight: 3, reply: aws(400, 'ValidationException'), stream: ['status 400'], whole: ['status 400'] },
  // A reset sometimes arrives before bytes that were sent earlier.
  {
    name: 'reset',
    weight: 3,
    reply: broken('reset'),
    stream: ['error event', 'status 502'],
    whole: complete,
    with: { anthropic: { stream: ['error event', 'status 502', 'broken'], whole: complete } },
  },
  {
    name: 'cut',
    weight: 3,
    reply: broken('cut'),
    stream: errorEvent,
    whole: complete,
    with: { anthropic: { stream: ['error event', 'unfinished'], whole: complete } },
  },
  {
    name: 'cut frame',
    weight: 3,
    reply: broken('cut frame'),
    stream: errorEvent,
    whole: complete,
    with: { anthropic: { stream: ['broken', 'unfinished'], whole: complete } },
  },
  {
    name: 'corrupt',
    weight: 3,
    reply: broken('corrupt'),
    stream: errorEvent,
    whole: complete,
    with: { anthropic: { stream: ['unreadable'], whole: complete } },
  },
  {
    name: 'exception',
    weight: 3,
    reply: broken('exception', 'modelStreamErrorException'),
    stream: errorEvent,
    whole: complete,
  },
  {
    name: 'hang',
    weight: 2,
    reply: broken('hang'),
    stream: errorEvent,
    whole: complete,
    with: { anthropic: { stream: ['error event', 'broken'], whole: complete } },
  },
  {
    name: 'silence',
    weight: 1,
    reply: { pace: { firstMs: tooLateMs } },
    stream: ['status 504'],
    whole: ['status 504'],
  },
]

const habits = [
  'reads',
  'reads',
  'reads',
  'reads',
  'disconnects at once',
  'disconnects in between',
  'reads slowly',
] as const

export interface SoakScenario {
  readonly kind: SoakKind
  readonly habit: (typeof habits)[number]
  readonly fault: string
  readonly wire: SoakWire
  readonly path: string
  readonly isStream: boolean
  readonly body: object
  readonly mayEnd: readonly End[]
}

/** Each fault, repeated by its weight. */
const drawn: readonly Fault[] = faults.flatMap((fault) => Array.from({ length: fault.weight }, () => fault))

/** OpenAI's clients know another status for an overload. */
const openAiEnds: Partial<Record<End, End>> = { 'status 529': 'status 503' }

const endsOf = (
  fault: Fault,
  { kind, wire, habit, isStream }: Pick<SoakScenario, 'kind' | 'wire' | 'habit' | 'isStream'>,
  upstream: UpstreamKind,
): readonly End[] => {
  if (kind === 'count') return ['counted']
  // A damaged stream is forwarded to clients of the same protocol only.
  const isTranslated = wire !== 'anthropic' && fault.reply.fault !== undefined
  const { stream, whole } = (isTranslated ? undefined : fault.with?.[upstream]) ?? fault
  const ends = isStream ? stream : whole
  const named = wire === 'anthropic' ? ends : ends.map((end) => openAiEnds[end] ?? end)
  return habit.startsWith('disconnects') ? [...named, 'disconnected'] : named
}

/** Anthropic's API searches by itself. */
const kindFor = (kind: SoakKind, upstream: UpstreamKind): SoakKind =>
  kind === 'search' && upstream === 'anthropic' ? 'tools' : kind

export const soakScenarioOf = (index: number, random: Random, upstream: UpstreamKind): SoakScenario => {
  const kind = kindFor(random.pick(soakKinds), upstream)
  const wire = kind === 'count' ? 'anthropic' : random.pick(soakWires)
  const habit = random.pick(habits)
  const fault = random.pick(drawn)
  const isStream = kind !== 'count' && kind !== 'whole' && random.chance(0.85)
  const words = `soak ${index} (${fault.name})${habit === 'reads slowly' ? ' long' : ''}`
  return {
    kind,
    wire,
    habit,
    fault: kind === 'count' ? 'none' : fault.name,
    isStream,
    ...soakRequestOf({ kind, wire, isStream, words }, random),
    mayEnd: endsOf(fault, { kind, wire, habit, isStream }, upstream),
  }
}

const replyFor = (hasTools: boolean, isLong: boolean): Reply => ({
  content: [
    ...(hasTools ? [{ thinking: paragraph }] : []),
    { text: paragraph.repeat(isLong ? 3000 : 6) },
    ...(hasTools ? [{ tool: 'Bash', input: { command: 'ls' } }] : []),
  ],
  pace: { deltaCharacters: isLong ? 500 : 24 },
})

const searchTool = 'web_search'

/** Searches twice at once, and then writes about the results. */
const replyWithSearch = ({ lastTurn }: RequestView): Reply => {
  const hasResults = lastTurn.some((part) => 'toolResult' in part)
  const searches = ['fox', 'dog'].map((query) => ({ tool: searchTool, input: { query } }))
  return { content: [{ text: paragraph }, ...(hasResults ? [] : searches)], pace: { deltaCharacters: 24 } }
}

const replyTo = (request: RequestView, isLong: boolean): Reply =>
  request.tools.some(({ name }) => name === searchTool)
    ? replyWithSearch(request)
    : replyFor(request.tools.length > 0, isLong)

/** Answers each request with the fault that its text names. */
export const createSoakScenario = (): Scenario<unknown> => {
  const tried = new Set<string>()
  return (request) => {
    if (lastTextOf(request) === fillingWords)
      return { content: [{ thinking: longThinking }, { tool: 'Bash', input: { command: 'ls' } }] }
    const [, index = '', name, long] = /^soak (\d+) \(([\w ]+)\)( long)?$/.exec(lastTextOf(request)) ?? []
    const fault = faults.find((candidate) => candidate.name === name)
    const reply = replyTo(request, long !== undefined)
    if (fault === undefined) return reply
    if (fault.isTransient === true) {
      if (tried.delete(index)) return reply
      tried.add(index)
    }
    const isSlow = fault.name === 'slow frames'
    const said = isSlow ? replyTo(request, false) : reply
    return { ...said, ...fault.reply, pace: { ...said.pace, ...fault.reply.pace } }
  }
}
