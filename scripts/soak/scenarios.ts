import type { Reply, Scenario, StreamFault } from '../../src/simulator/reply.ts'
import { lastTextOf } from '../../src/simulator/request-view.ts'
import { png } from '../../tests/support/translate.ts'
import type { Random } from '../support/random.ts'
import type { UpstreamKind } from '../support/upstream-arguments.ts'

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

const kinds = ['stream', 'stream', 'stream', 'whole', 'count', 'tools', 'image', 'history'] as const
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
  readonly kind: (typeof kinds)[number]
  readonly habit: (typeof habits)[number]
  readonly fault: string
  readonly path: string
  readonly isStream: boolean
  readonly body: object
  readonly mayEnd: readonly End[]
}

/** Each fault, repeated by its weight. */
const drawn: readonly Fault[] = faults.flatMap((fault) => Array.from({ length: fault.weight }, () => fault))

const tool = {
  name: 'Bash',
  description: 'Runs a command.',
  input_schema: { type: 'object', properties: { command: { type: 'string' } } },
}
const paragraph = 'The quick brown fox jumps over the lazy dog, and says so in a log file. '

const contentFor = (kind: SoakScenario['kind'], words: string): unknown =>
  kind === 'image'
    ? [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
        { type: 'text', text: words },
      ]
    : words

/** The history of a long session: about a hundred turns, a quarter of a megabyte. */
const history = (random: Random): object[] =>
  Array.from({ length: 60 }, (_, turn) => [
    { role: 'user', content: `${turn} ${paragraph.repeat(1 + random.below(40))}` },
    { role: 'assistant', content: [{ type: 'text', text: paragraph.repeat(1 + random.below(40)) }] },
  ]).flat()

const endsOf = (
  fault: Fault,
  { kind, habit, isStream }: Pick<SoakScenario, 'kind' | 'habit' | 'isStream'>,
  upstream: UpstreamKind,
): readonly End[] => {
  if (kind === 'count') return ['counted']
  const { stream, whole } = fault.with?.[upstream] ?? fault
  const ends = isStream ? stream : whole
  return habit.startsWith('disconnects') ? [...ends, 'disconnected'] : ends
}

export const soakScenarioOf = (index: number, random: Random, upstream: UpstreamKind): SoakScenario => {
  const kind = random.pick(kinds)
  const habit = random.pick(habits)
  const fault = random.pick(drawn)
  const isStream = kind !== 'count' && kind !== 'whole' && random.chance(0.85)
  const words = `soak ${index} (${fault.name})${habit === 'reads slowly' ? ' long' : ''}`
  return {
    kind,
    habit,
    fault: kind === 'count' ? 'none' : fault.name,
    path: kind === 'count' ? '/v1/messages/count_tokens' : '/v1/messages',
    isStream,
    body: {
      model: random.pick(['claude-sonnet-4-6', 'claude-opus-4-6', 'claude-haiku-4-5']),
      ...(kind !== 'count' && { max_tokens: 2000, stream: isStream }),
      ...(kind === 'tools' && { tools: [tool] }),
      messages: [...(kind === 'history' ? history(random) : []), { role: 'user', content: contentFor(kind, words) }],
    },
    mayEnd: endsOf(fault, { kind, habit, isStream }, upstream),
  }
}

const replyFor = (hasTools: boolean, isLong: boolean): Reply => ({
  content: [
    { text: paragraph.repeat(isLong ? 3000 : 6) },
    ...(hasTools ? [{ tool: 'Bash', input: { command: 'ls' } }] : []),
  ],
  pace: { deltaCharacters: isLong ? 500 : 24 },
})

/** Answers each request with the fault that its text names. */
export const createSoakScenario = (): Scenario<unknown> => {
  const tried = new Set<string>()
  return (request) => {
    const [, index = '', name, long] = /^soak (\d+) \(([\w ]+)\)( long)?$/.exec(lastTextOf(request)) ?? []
    const fault = faults.find((candidate) => candidate.name === name)
    const reply = replyFor(request.tools.length > 0, long !== undefined)
    if (fault === undefined) return reply
    if (fault.isTransient === true) {
      if (tried.delete(index)) return reply
      tried.add(index)
    }
    const isSlow = fault.name === 'slow frames'
    const said = isSlow ? replyFor(request.tools.length > 0, false) : reply
    return { ...said, ...fault.reply, pace: { ...said.pace, ...fault.reply.pace } }
  }
}
