import { createRandom } from '../support/random.ts'
import { allTools, base, exchange, firstMessage, marked, resultCharacters, systemPrompt } from './request-parts.ts'

/**
 * Sessions of Claude Code: each request is the conversation so far with one exchange more. The bytes of all turns are
 * created once, and share one buffer.
 */

/** Exchanges of a session's middle turn; `4mb` is a session of about a million tokens. */
const middleExchanges = { large: 40, '1mb': 511, '4mb': 2168 } as const

export type SessionSize = keyof typeof middleExchanges
export type LongSize = Exclude<SessionSize, 'large'>

/** Turns of a session. The next one has a new id, and begins with the first turn again. */
export const turnsOfSession = 40

/** The bytes of a request's body, in parts. */
export type Parts = readonly Uint8Array[]

export interface Session {
  /** The body of a turn, from 0 to below `turnsOfSession`. */
  turn(index: number, isStream: boolean): Parts
}

const seed = 20261130

const ends = { whole: Buffer.from('}'), stream: Buffer.from(',"stream":true}') } as const

/** Members in the order of Claude Code: what follows the messages moves with each turn. */
const afterMessages = (random: ReturnType<typeof createRandom>): Buffer => {
  const { metadata, max_tokens } = base
  const members = { system: systemPrompt(random), tools: allTools(random), metadata, max_tokens }
  return Buffer.from(`],${JSON.stringify(members).slice(1, -1)}`)
}

const createSession = (size: SessionSize): Session => {
  const random = createRandom(seed)
  const fewest = middleExchanges[size] - turnsOfSession / 2
  const messages = [
    firstMessage(random),
    ...Array.from({ length: fewest + turnsOfSession - 1 }, (_, index) =>
      exchange(random, index, resultCharacters),
    ).flat(),
  ]
  const texts = messages.map((message) => Buffer.from(`${JSON.stringify(message)},`))
  const start = Buffer.from(`{"model":"${base.model}","messages":[`)
  const all = Buffer.concat([start, ...texts])
  const rest = afterMessages(random)

  // Only the last two messages of the user have a cache point.
  const tailOf = (last: number): Buffer =>
    Buffer.from(
      [marked(messages[last - 2] ?? {}), messages[last - 1], marked(messages[last] ?? {})]
        .map((message) => JSON.stringify(message))
        .join(),
    )
  const turns = Array.from({ length: turnsOfSession }, (_, index): Parts => {
    const last = 2 * (fewest + index)
    const unmarked = texts.slice(0, last - 2).reduce((sum, { byteLength }) => sum + byteLength, start.byteLength)
    return [all.subarray(0, unmarked), tailOf(last), rest]
  })
  return { turn: (index, isStream) => [...(turns[index] ?? []), isStream ? ends.stream : ends.whole] }
}

const createSessions = (): ((size: SessionSize) => Session) => {
  const created = new Map<SessionSize, Session>()
  return (size) => {
    const session = created.get(size) ?? createSession(size)
    created.set(size, session)
    return session
  }
}

/** The session of a size, created on first use. */
export const sessionOf = createSessions()

/** A turn in the middle of a session: the size that names it. */
export const middleTurn = (size: SessionSize, isStream: boolean): Parts =>
  sessionOf(size).turn(turnsOfSession / 2, isStream)
