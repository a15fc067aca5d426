import { describe, expect, test } from 'bun:test'
import { simulatedModels } from '../../src/simulator/models.ts'
import { sign } from '../../src/simulator/signature.ts'
import { validateRequest } from '../../src/simulator/validate-request.ts'
import { type ConverseTarget, toConverseRequest } from '../../src/translate/anthropic-to-converse/request.ts'
import { toMessage } from '../../src/translate/converse-to-anthropic/response.ts'
import type { ResponseContext } from '../../src/translate/converse-to-anthropic/response-context.ts'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import type { ConverseStreamEvent } from '../../src/wire/converse/events.ts'
import type { ConverseRequest } from '../../src/wire/converse/request.ts'
import { findIssue } from '../../src/wire/issue.ts'
import { awsPassOn } from '../support/aws.ts'
import { caseName, cases, fixture } from '../support/fixtures.ts'
import { countingIds, responseContext } from '../support/response-context.ts'
import { batchesOf } from '../support/response-stream.ts'

/** Fixtures cannot know the simulator's signatures. */
const withGenuineSignatures = (body: ConverseRequest): ConverseRequest =>
  JSON.parse(JSON.stringify(body), (key, value) =>
    key === 'reasoningText' ? { ...value, signature: sign(value.text) } : value,
  )

describe('requests', () => {
  for (const name of cases('requests')) {
    const request = fixture<MessagesRequest>('requests', name, 'request')
    const target = fixture<ConverseTarget>('requests', name, 'context')
    const expected = fixture<ConverseRequest>('requests', name, 'expected')

    test(caseName('requests', name), () => {
      expect(findIssue(MessagesRequest, request)).toBeUndefined()
      expect(toConverseRequest(request, target).body).toEqual(expected)
    })

    test(`T3 T4 ${name}: Bedrock's rules hold`, () => {
      const model = simulatedModels.find(({ id }) => id === target.modelId)
      if (model === undefined) throw new Error(`no simulated model ${target.modelId}`)
      expect(validateRequest(withGenuineSignatures(expected), model)).toBeUndefined()
    })

    test(`T3 ${name}: AWS's own client knows every member`, async () => {
      const { body } = toConverseRequest(request, target)
      expect(await awsPassOn()(body)).toEqual(JSON.parse(JSON.stringify(body)))
    })
  }
})

type FixedContext = Partial<Omit<ResponseContext, 'hourShare'>> & { readonly hourShare?: number }

const contextOf = (kind: string, name: string): ResponseContext => {
  const { hourShare = 0, ...members } = fixture<FixedContext>(kind, name, 'context')
  return responseContext({ ...members, hourShare: () => hourShare })
}

describe('responses', () => {
  for (const name of cases('responses')) {
    test(caseName('responses', name), () => {
      const reply = contextOf('responses', name)
      const response = fixture('responses', name, 'response')
      expect(toMessage(response, reply, countingIds())).toEqual(fixture('responses', name, 'expected'))
    })
  }
})

describe('streams', () => {
  for (const name of cases('streams')) {
    test(caseName('streams', name), async () => {
      const reply = contextOf('streams', name)
      const frames = fixture<[string, object][]>('streams', name, 'frames')
      const known = new Set([
        'messageStart',
        'contentBlockStart',
        'contentBlockDelta',
        'contentBlockStop',
        'messageStop',
        'metadata',
      ])
      const events = frames.map(([type, payload]) =>
        known.has(type) ? { ...payload, type } : { type: 'unknown', name: type },
      ) as ConverseStreamEvent[]
      const batches = events.map((event) => [event])
      const translated = []
      for await (const batch of batchesOf(batches, reply, countingIds())) translated.push(...batch)
      expect(translated as unknown[]).toEqual(fixture('streams', name, 'expected'))
    })
  }
})
