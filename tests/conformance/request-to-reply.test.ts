import { describe, expect, test } from 'bun:test'
import type { Reply } from '../../src/simulator/reply.ts'
import { request, startChain } from '../support/chain.ts'
import { readEvents, type SseEvent } from '../support/sse.ts'
import { cachedText, tool, user } from '../support/translate.ts'

/** What the translation of an answer must know of its request: whole and streamed, through the whole chain. */

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

/** The answer to one request, whole and streamed. */
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

describe('the answer fits its request', () => {
  test('N1 tools go by the names that the client gave them', async () => {
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

  test('2 citations, D7: those that were asked for come, with the title of the client', async () => {
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

  test('D6 2 citations, 3.2 joined: those that were not asked for leave no trace', async () => {
    const reply = { content: [{ text: 'It ' }, { citedText: 'is so', citations: [page] }, { text: '.' }] }
    for (const { content } of await wholeAndStreamed(reply, { messages: [user('a', pdf())] }))
      expect(content).toEqual([{ type: 'text', text: 'It is so.', citations: null }])
  })

  test('F1 2 citations: of several documents only those that were to be cited are', async () => {
    const cites = (documentIndex: number) => ({
      ...page,
      location: { documentPage: { documentIndex, start: 1, end: 2 } },
    })
    const reply = { content: [{ citedText: 'It is so', citations: [cites(0), cites(1)] }] }
    const asked = { ...pdf({ citations: { enabled: true } }), title: 'Asked' }
    for (const { content } of await wholeAndStreamed(reply, { messages: [user('a', pdf(), asked)] })) {
      expect(content).toMatchObject([{ text: 'It is so', citations: [{ document_index: 1, document_title: 'Asked' }] }])
    }
  })

  test('texts of an ordinary answer stay apart', async () => {
    for (const { content } of await wholeAndStreamed({ content: [{ text: 'a' }, { text: 'b' }] }, {}))
      expect(content.length).toBe(2)
  })

  test('2 stop sequence, 1.1 stop sequence paths: reported, or known because there was only one', async () => {
    for (const stop of ['END', undefined]) {
      const reply: Reply = {
        content: [{ text: 'a' }],
        stopReason: 'stop_sequence',
        ...(stop && { stopSequence: stop }),
      }
      for (const answer of await wholeAndStreamed(reply, { stop_sequences: ['END'] }))
        expect(answer.stop_sequence).toBe('END')
    }
    const told: Reply = { content: [{ text: 'a' }], stopReason: 'stop_sequence', stopSequence: 'FIN' }
    for (const answer of await wholeAndStreamed(told, { stop_sequences: ['END', 'FIN'] }))
      expect(answer.stop_sequence).toBe('FIN')
  })

  test('2 cache details: writes without details are of the hour that was asked for', async () => {
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
