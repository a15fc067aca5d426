import { describe, expect, test } from 'bun:test'
import { toMaxTokens, toSampling, toStops } from '../../../src/translate/anthropic-to-openai-chat/sampling.ts'
import type { ChatDialectChange } from '../../../src/translate/capabilities/chat-dialect.ts'
import { chatContext, chatRequest, notesOf } from '../../support/chat-context.ts'
import { refusalMessage } from '../../support/translate.ts'

const sampling = (members: object, dialect: ChatDialectChange = {}) => {
  const context = chatContext(dialect)
  return { fields: toSampling(chatRequest(members), context), notes: notesOf(context) }
}

describe('temperature, top_p and top_k', () => {
  test('are sent unchanged, including 0 (OU-Q3)', () => {
    expect(sampling({ temperature: 0, top_p: 0.9 }).fields).toEqual({ temperature: 0, top_p: 0.9 })
    expect(sampling({ temperature: 1 }).fields).toEqual({ temperature: 1 })
    expect(sampling({ temperature: null, top_p: null }).fields).toEqual({})
  })

  test('are dropped with notes if the model accepts only its defaults (OU-Q3)', () => {
    const given = { temperature: 0.2, top_p: 0.9, top_k: 5 }
    expect(sampling(given, { sampling: false, topK: true })).toEqual({
      fields: {},
      notes: [
        'info temperature: not sent: the model accepts only its default sampling',
        'info top_p: not sent: the model accepts only its default sampling',
        'info top_k: not sent: the provider does not accept it',
      ],
    })
  })

  test('a default value is dropped without a note (OU-Q3)', () => {
    expect(sampling({ temperature: 1, top_p: 1 }, { sampling: false })).toEqual({ fields: {}, notes: [] })
  })

  test('top_k is sent only to providers that accept it (OU-Q4)', () => {
    expect(sampling({ top_k: 0 }, { topK: true }).fields).toEqual({ top_k: 0 })
    expect(sampling({ top_k: 40 })).toEqual({
      fields: {},
      notes: ['info top_k: not sent: the provider does not accept it'],
    })
  })
})

describe('max_tokens', () => {
  const maxTokens = (requested: number, dialect: ChatDialectChange = {}) => {
    const context = chatContext(dialect)
    return [toMaxTokens(chatRequest({ max_tokens: requested }), context), ...notesOf(context)]
  }

  test('is sent unchanged; 0 requests one token (OU-Q1)', () => {
    expect([maxTokens(4000), maxTokens(1), maxTokens(0)]).toEqual([[4000], [1], [1]])
  })

  test('is lowered to the limit that the provider has reported (OU-H19)', () => {
    const dialect = { maximumOutputTokens: 1000 }
    expect(maxTokens(4000, dialect)).toEqual([1000, 'info max_tokens: lowered to the maximum of the provider'])
    expect(maxTokens(1000, dialect)).toEqual([1000])
  })
})

describe('stop sequences', () => {
  const stops = (sequences: unknown, dialect: ChatDialectChange = {}) => {
    const context = chatContext(dialect)
    return { ...toStops(chatRequest({ stop_sequences: sequences }), context), notes: notesOf(context) }
  }

  test('are sent as a list; an empty list is omitted (OU-Q5)', () => {
    expect(stops(['a'])).toEqual({ stop: ['a'], watched: [], notes: [] })
    expect(stops([])).toEqual({ stop: undefined, watched: [], notes: [] })
    expect(stops(null)).toEqual({ stop: undefined, watched: [], notes: [] })
  })

  test('over the limit of four, or all if the model supports none, are found by this server (OU-Q5)', () => {
    const notes = ['debug stop_sequences: this server stops the response at some or all of them']
    expect(stops(['a', 'b', 'c', 'd', 'e', 'f'])).toEqual({ stop: ['a', 'b', 'c', 'd'], watched: ['e', 'f'], notes })
    expect(stops(['a', 'b'], { stop: false })).toEqual({ stop: undefined, watched: ['a', 'b'], notes })
  })

  test.each([[['a', ' \n']], [['']]])("%j is refused in Anthropic's words (OU-Q5)", (sequences) => {
    expect(refusalMessage(() => stops(sequences))).toBe(
      'stop_sequences: each stop sequence must contain non-whitespace',
    )
  })
})
