import type { Reply, ReplyBlock, Scenario, SimulatedRequest } from '../../src/simulator/reply.ts'

/** Scripting what the model says. */

/** How many turns the model has had. */
const turnsOf = ({ body }: SimulatedRequest): number => body.messages.filter(({ role }) => role === 'assistant').length

type Turn = readonly ReplyBlock[] | ((request: SimulatedRequest) => readonly ReplyBlock[])

/** The model's turns, one after another, whatever else the client asks beside. */
export const turns =
  (...script: readonly Turn[]): Scenario =>
  (request): Reply | undefined => {
    const turn = script[Math.min(turnsOf(request), script.length - 1)]
    const content = typeof turn === 'function' ? turn(request) : turn
    return content && { content, pace: { deltaCharacters: 9, frameMs: 1 } }
  }
