import { describe, expect, test } from 'bun:test'
import type { Reply } from '../../src/simulator/reply.ts'
import { request, startChain } from '../support/chain.ts'
import { readEvents, type SseEvent } from '../support/sse.ts'
import { cachedText, tool, user } from '../support/translate.ts'

/** What the translation of a response must know about its request: whole and streamed, through the whole chain. */

interface Answer {
  readonly content: readonly Record<string, unknown>[]
  readonly stop_sequence: string | null
  readonly usage: { readonly cache_creation: object }
}

const accumulated = (events: readonly SseEvent[]): Answer => {
  const content: Record<string, unknown>[] = []
  for (const event of events) {
    if (event.type === 'content_block_start') content.push({ ...(event['content_block'] as object) })
    const delta = (event['delta'] ?? {}) as Record<string, unknown>
    const last = content.at(-1)
    if (last === undefined) continue
    if (delta['type'] === 'text_delta') last['text'] = `${last['text']}${delta['text']}`
    if (delta['type'] === 'citations_delta')
      last['citations'] = [...((last['citations'] ?? []) as unknown[]), delta['citation']]
  }
  const end = events.find(({ type }) => type === 'message_delta')
  return { content, ...(end?.['delta'] as object), usage: end?.['usage'] } as unknown as Answer
}

/** The response to one request, whole and streamed. */
const wholeAndStreamed = async (reply: Reply, members: object): Promise<Answer[]> => {
  const { post } = startChain({ scenario: () => reply })
  const whole = (await (await post(request(members))).json()) as Answer
  return [whole, accumulated(await readEvents(await post(request({ ...members, stream: true }))))]
}

const long = `mcp__${'server'.repeat(6)}__${'tool'.repeat(12)}`
const page = {
  title: 'x',
  sourceContent: [{ text: 'said' }],
  location: { documentPage: { documentIndex: 0, start: 1, end: 2 } },
}
const pdf = (more: object = {}): object => ({
  type: 'document',
  title: 'My report.pdf',
  source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' },
  ...more,
})

describe('the response matches its request', () => {
  test('N1 tool calls have the names that the client gave the tools', async () => {
    let offered = ''
    const { post } = startChain({
      scenario: ({ body }) => {
        const [first] = body.toolConfig?.tools ?? []
        offered = first !== undefined && 'toolSpec' in first ? first.toolSpec.name : ''
        return { content: [{ tool: offered, input: { a: 1 }, id: 'tooluse_1' }] }
      },
    })
    const whole = (await (await post(request({ tools: [tool(long)] }))).json()) as Answer
    const streamed = accumulated(await readEvents(await post(request({ tools: [tool(long)], stream: true }))))
    expect(offered).not.toBe(long)
    expect([whole.content[0]?.['name'], streamed.content[0]?.['name']]).toEqual([long, long])
  })

  test("2 citations, D7: requested citations arrive, with the client's title", async () => {
    const reply = { content: [{ text: 'It ' }, { citedText: 'is so', citations: [page] }] }
    for (const { content } of await wholeAndStreamed(reply, {
      messages: [user('a', pdf({ citations: { enabled: true } }))],
    })) {
      expect(content).toEqual([
        { type: 'text', text: 'It ', citations: null },
        {
          type: 'text',
          text: 'is so',
          citations: [
            {
              type: 'page_location',
              cited_text: 'said',
              document_index: 0,
              document_title: 'My report.pdf',
              file_id: null,
              start_page_number: 1,
              end_page_number: 2,
            },
          ],
        },
      ])
    }
  })

  test('D6 2 citations, 3.2 joined: citations that the client did not request are removed', async () => {
    const reply = { content: [{ text: 'It ' }, { citedText: 'is so', citations: [page] }, { text: '.' }] }
    for (const { content } of await wholeAndStreamed(reply, { messages: [user('a', pdf())] }))
      expect(content).toEqual([{ type: 'text', text: 'It is so.', citations: null }])
  })

  test('F1 2 citations: only documents with citations enabled are cited', async () => {
    const cites = (documentIndex: number) => ({
      ...page,
      location: { documentPage: { documentIndex, start: 1, end: 2 } },
    })
    const reply = { content: [{ citedText: 'It is so', citations: [cites(0), cites(1)] }] }
    const cited = { ...pdf({ citations: { enabled: true } }), title: 'Cited' }
    for (const { content } of await wholeAndStreamed(reply, { messages: [user('a', pdf(), cited)] })) {
      expect(content).toMatchObject([{ text: 'It is so', citations: [{ document_index: 1, document_title: 'Cited' }] }])
    }
  })

  test('texts of an ordinary response stay separate', async () => {
    for (const { content } of await wholeAndStreamed({ content: [{ text: 'a' }, { text: 'b' }] }, {}))
      expect(content.length).toBe(2)
  })

  test('2 stop sequence, 1.1 stop sequence paths: the upstream reports it, or the request has only one', async () => {
    for (const stop of ['END', undefined]) {
      const reply: Reply = {
        content: [{ text: 'a' }],
        stopReason: 'stop_sequence',
        ...(stop && { stopSequence: stop }),
      }
      for (const answer of await wholeAndStreamed(reply, { stop_sequences: ['END'] }))
        expect(answer.stop_sequence).toBe('END')
    }
    const reported: Reply = { content: [{ text: 'a' }], stopReason: 'stop_sequence', stopSequence: 'FIN' }
    for (const answer of await wholeAndStreamed(reported, { stop_sequences: ['END', 'FIN'] }))
      expect(answer.stop_sequence).toBe('FIN')
  })

  test('2 cache details: writes without details have the lifetime that the request names', async () => {
    const reply = {
      content: [{ text: 'a' }],
      usage: { inputTokens: 1, outputTokens: 1, totalTokens: 9, cacheWriteInputTokens: 7, cacheDetails: [] },
    }
    for (const [ttl, expected] of [
      ['1h', { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 7 }],
      ['5m', { ephemeral_5m_input_tokens: 7, ephemeral_1h_input_tokens: 0 }],
    ] as const) {
      for (const answer of await wholeAndStreamed(reply, { messages: [user(cachedText('a', ttl))] }))
        expect(answer.usage.cache_creation).toEqual(expected)
    }
  })
})
