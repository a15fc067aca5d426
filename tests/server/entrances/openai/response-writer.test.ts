import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import OpenAI from 'openai'
import { createResponseWriter } from '../../../../src/server/entrances/openai/response-writer.ts'
import { ResponseEvents } from '../../../../src/translate/openai-responses-entrance/events.ts'
import type { ResponsesAnswerPlan } from '../../../../src/translate/openai-responses-entrance/request.ts'
import { messageToResponse } from '../../../../src/translate/openai-responses-entrance/response.ts'
import type { Message } from '../../../../src/wire/anthropic/response.ts'
import { batchesOf, randomMessages, streamOf } from '../../../support/random-answers.ts'
import { finalResponseOf, responseStreamFault } from '../../../support/response-grammar.ts'
import { clock, identity, responsesPlan, toolNames } from '../../../support/responses-answer.ts'
import { readEvents, type SseEvent } from '../../../support/sse.ts'

const writerOf = (plan: ResponsesAnswerPlan) => createResponseWriter('req_1', new ResponseEvents(plan, identity, clock))

const eventsIn = (text: string): Promise<SseEvent[]> => readEvents(new Response(text))

const cases = fc.record({
  message: randomMessages(toolNames),
  size: fc.integer({ min: 1, max: 30 }),
  perBatch: fc.integer({ min: 1, max: 10 }),
  showsSummary: fc.boolean(),
  isJsonObject: fc.boolean(),
})

const textOf = (plan: ResponsesAnswerPlan, message: Message, size: number, perBatch: number): string => {
  const writer = writerOf(plan)
  return batchesOf(streamOf(message, size), perBatch)
    .map((batch) => writer.batch(batch))
    .join('')
}

/** OpenAI's own SDK, as it reads a stream of this text. */
const readBySdk = (text: string) =>
  new OpenAI({
    apiKey: 'dummy',
    maxRetries: 0,
    fetch: async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } }),
  }).responses
    .stream({ model: 'gpt-5', input: 'x' })
    .finalResponse()

describe('a stream of Responses', () => {
  test('is valid, and its last event has the whole answer, for any cuts (OE-R34, OE-R35, OE-R41, OE-P3, OE-P4)', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ message, size, perBatch, showsSummary, isJsonObject }) => {
        const plan = responsesPlan({ showsSummary, isJsonObject })
        const events = await eventsIn(textOf(plan, message, size, perBatch))
        expect(responseStreamFault(events)).toBeUndefined()
        expect(finalResponseOf(events)).toEqual(messageToResponse(message, plan, identity, clock))
      }),
    )
  })

  test("comes out of the SDK's helper as the whole answer (OE-P2)", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ message, size, perBatch }) => {
        const plan = responsesPlan()
        const whole = messageToResponse(message, plan, identity, clock)
        const read = await readBySdk(textOf(plan, message, size, perBatch))
        expect(
          JSON.parse(JSON.stringify(read.output, (key, value) => (key.startsWith('parsed') ? undefined : value))),
        ).toEqual(JSON.parse(JSON.stringify(whole.output)))
        expect(read.status).toBe(whole.status)
      }),
      { numRuns: 50 },
    )
  })
})
