import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { toFinalUsage } from '../../../src/messages/usage.ts'
import type { Upstream } from '../../../src/upstreams/upstream.ts'
import type { EventBatch } from '../../../src/wire/anthropic/events.ts'
import type { Message } from '../../../src/wire/anthropic/response.ts'
import { batchesOf, randomMessages, streamOf } from '../../support/random-answers.ts'
import { grammarFault } from '../../support/sse.ts'
import { collected, contextOf, eventsOf, pagesAbout, searchingOver, searchRequest } from '../../support/web-search.ts'

/** An upstream whose calls give these messages, one after another. */
const playing = (messages: readonly Message[], size: number): Upstream => {
  let calls = 0
  const next = (): Message => messages[calls++ % messages.length] as Message
  return {
    name: 'playing',
    address: 'http://127.0.0.1',
    takesSearchResults: true,
    message: async () => next(),
    async stream() {
      const batches = batchesOf(streamOf(next(), size), size)
      return (async function* (): AsyncGenerator<EventBatch> {
        yield* batches
      })()
    },
  }
}

const find = async ({ query }: { query: string }) => {
  if (query.length % 3 === 0) throw new Error('The provider is down.')
  return pagesAbout(query)
}

const answer = fc.array(randomMessages(['web_search', 'web_search', 'Read']), { minLength: 1, maxLength: 5 })

test('a whole answer and a streamed one agree, whatever the model writes (WS-21, WS-24)', async () => {
  await fc.assert(
    fc.asyncProperty(answer, fc.integer({ min: 1, max: 9 }), async (messages, size) => {
      const sent = searchRequest({ max_tokens: 60_000 })
      const whole = await searchingOver(playing(messages, size), { find }).upstream.message(sent, contextOf())
      const events = await eventsOf(searchingOver(playing(messages, size), { find }).upstream, sent)
      expect(grammarFault(events as never)).toBeUndefined()
      expect(collected(events)).toEqual({ ...whole, usage: { ...whole.usage, ...toFinalUsage(whole.usage) } })
      const results = whole.content.flatMap((block) => ('tool_use_id' in block ? [block.tool_use_id] : []))
      const uses = whole.content.flatMap((block) =>
        block.type === 'server_tool_use' && block.id !== 'srvtoolu_1' ? [block.id] : [],
      )
      expect(results.toSorted()).toEqual(uses.toSorted())
    }),
    { numRuns: 200 },
  )
})
