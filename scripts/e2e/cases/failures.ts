import assert from 'node:assert/strict'
import type { Reply, Scenario, SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { assertGrowing, isConversation, turns } from '../conversation.ts'
import type { Session } from '../session.ts'

/** Failures that the user does not notice: the server or the client repeats the request. */

type Body = SimulatedRequest['body']

const eventsIn = (session: Session, event: string): number => session.serverLog().split(`"event":"${event}"`).length - 1

const broken = 'This is the beginning of an answer that breaks off.'

const brokenOnce = (): Scenario => {
  let isFirst = true
  const script = turns([{ text: 'Now it works.' }], [{ text: 'Still here.' }])
  return (request) => {
    const reply = script(request)
    if (reply === undefined || !isFirst) return reply
    isFirst = false
    return { content: [{ text: broken }], fault: { kind: 'cut', afterFrames: 3 } }
  }
}

const cutAnswer: Case = {
  name: 'an answer that is cut after three frames, and the next turn',
  setup: () => ({ scenario: brokenOnce() }),
  async play(session) {
    const run = await session.headless(prompt('hello'))
    succeeded(run, 'Now it works')
    assert.equal(eventsIn(session, 'request.failed'), 1)
    succeeded(await session.headless(prompt('are you there?', '--continue')), 'Still here')
    const [first, repeated, next, ...others] = bodies(session).filter(isConversation)
    assert.ok(first && repeated && next)
    assert.equal(others.length, 0)
    assert.deepEqual(repeated.messages, first.messages)
    // The beginning of the broken answer is not in the conversation.
    assert.ok(!JSON.stringify(next).includes(broken))
    assertGrowing([repeated, next])
  },
}

/** Claude Code runs at most 20 agents at once, so two clients start half of them each. */
const agentCount = 24
const halves = ['north', 'south'] as const
type Half = (typeof halves)[number]

const waitSeconds = 1
const taskOf = (number: number): string => `Task number ${number} of the fleet.`
const answerOf = (number: number): string => `Ship ${number} is in the harbour.`

/** The number of the task that an agent has; undefined for the main conversation. */
const numberOf = ({ messages }: Body): number | undefined => {
  const found = /Task number (\d+) of the fleet/.exec(JSON.stringify(messages[0]))?.[1]
  return found === undefined ? undefined : Number(found)
}

const perHalf = agentCount / halves.length
const numbersOf = (half: Half): number[] =>
  Array.from({ length: perHalf }, (_, index) => halves.indexOf(half) * perHalf + index + 1)

const fleetOf = ({ messages }: Body): Half =>
  halves.find((half) => JSON.stringify(messages[0]).includes(`the ${half} fleet`)) ?? halves[0]

const inHarbour = (count: number): string => `${count} ships are in the harbour.`

/** Starts the agents of a fleet in one turn, and counts their answers. */
const command = (body: Body): Reply => {
  const numbers = numbersOf(fleetOf(body))
  const words = JSON.stringify(body.messages)
  const answers = numbers.filter((number) => words.includes(answerOf(number)))
  if (body.messages.length > 1) return { content: [{ text: inHarbour(answers.length) }] }
  const start = (number: number) => ({
    tool: 'Agent',
    input: { description: `Ship ${number}`, prompt: taskOf(number), subagent_type: 'general-purpose' },
  })
  return { content: numbers.map(start) }
}

/** The first request of each agent is refused. */
const throttledAgents = (): Scenario => {
  const throttled = new Set<number>()
  return ({ body }): Reply | undefined => {
    if (!isConversation(body)) return undefined
    const number = numberOf(body)
    if (number === undefined) return command(body)
    if (throttled.has(number)) return { content: [{ text: answerOf(number) }] }
    throttled.add(number)
    return {
      error: {
        status: 429,
        type: 'ThrottlingException',
        message: 'Too many requests, please wait before trying again.',
        headers: { 'retry-after': String(waitSeconds) },
      },
    }
  }
}

const throttledFleet: Case = {
  name: `${agentCount} agents at once, each throttled at first`,
  setup: () => ({ scenario: throttledAgents() }),
  async play(session) {
    const runs = await Promise.all(
      halves.map((half) => session.headless(prompt(`send out the ${half} fleet`, '--allowedTools', 'Agent'))),
    )
    for (const run of runs) succeeded(run, inHarbour(perHalf))
    const requests = session.journal.filter(({ body }) => numberOf(body as Body) !== undefined)
    for (const number of halves.flatMap(numbersOf)) {
      const statuses = requests.filter(({ body }) => numberOf(body as Body) === number).map(({ status }) => status)
      assert.deepEqual(statuses, [429, 200], `the requests of agent ${number}`)
    }
  },
}

interface Part {
  /** Bedrock's words for its refusal. */
  readonly words: string
  readonly isIn: (body: Body) => boolean
}

const fieldsOf = ({ additionalModelRequestFields }: Body): string => JSON.stringify(additionalModelRequestFields ?? {})

const flags: Part = { words: 'invalid beta flag', isIn: (body) => fieldsOf(body).includes('"anthropic_beta"') }

const parts: readonly Part[] = [
  {
    words: 'output_config.effort: Extra inputs are not permitted',
    isIn: (body) => fieldsOf(body).includes('"effort"') || body.outputConfig?.effort !== undefined,
  },
  {
    words: 'adaptive thinking is not supported on this model',
    isIn: (body) => fieldsOf(body).includes('"adaptive"'),
  },
  {
    words: 'messages.0.content.0.text.cache_control: Extra inputs are not permitted',
    isIn: (body) => JSON.stringify(body).includes('"cachePoint"'),
  },
  flags,
]

const refusingParts = (): Scenario => {
  const script = turns([{ text: 'Good day.' }], [{ text: 'Still here.' }])
  return (request): Reply | undefined => {
    const refused = parts.find(({ isIn }) => isIn(request.body))
    if (refused === undefined) return script(request)
    const message = `The model returned the following errors: ${refused.words}`
    return { error: { status: 400, type: 'ValidationException', message } }
  }
}

const refusedParts: Case = {
  name: 'effort, adaptive thinking, cache points and beta flags, all refused',
  setup: () => ({ scenario: refusingParts(), model: 'claude-opus-4-6[1m]' }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Good day')
    succeeded(await session.headless(prompt('are you there?', '--continue')), 'Still here')
    const requests = session.journal.filter(({ body }) => isConversation(body as Body))
    const accepted = requests.filter(({ status }) => status === 200)
    assert.equal(accepted.length, 2)
    assert.ok(!accepted.some(({ body }) => parts.some(({ isIn }) => isIn(body as Body))))
    // The second turn may try some of the flags again, because their refusal does not name one.
    const later = requests.slice(requests.findIndex(({ status }) => status === 200))
    assert.ok(!later.some(({ body }) => parts.some((part) => part !== flags && part.isIn(body as Body))))
    assert.ok(eventsIn(session, 'upstream.resent') >= parts.length, 'not each part was refused')
    assert.equal(eventsIn(session, 'request.failed') + eventsIn(session, 'request.refused'), 0)
  },
}

const silentMinutes = 6

/** In real time, because the client has a watchdog of its own. */
export const silence: Case = {
  name: `an answer after ${silentMinutes} minutes of silence`,
  setup: () => {
    const script = turns([{ text: 'I thought for a long time.' }])
    return {
      clientLimitMs: (silentMinutes + 1) * 60_000,
      scenario: (request) => {
        const reply = script(request)
        return reply && { ...reply, pace: { firstMs: silentMinutes * 60_000 } }
      },
    }
  },
  async play(session) {
    const started = performance.now()
    succeeded(await session.headless(prompt('think about it')), 'I thought for a long time')
    assert.ok(performance.now() - started > silentMinutes * 60_000, 'it was not silent')
    const requests = session.journal.filter(({ body }) => isConversation(body as Body))
    assert.deepEqual(
      requests.map(({ status, outcome }) => [status, outcome]),
      [[200, 'complete']],
    )
  },
}

export const failureCases: readonly Case[] = [cutAnswer, throttledFleet, refusedParts]
