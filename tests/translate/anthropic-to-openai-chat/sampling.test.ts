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
  test('go as they are, 0 included, and are not rescaled (OU-Q3)', () => {
    expect(sampling({ temperature: 0, top_p: 0.9 }).fields).toEqual({ temperature: 0, top_p: 0.9 })
    expect(sampling({ temperature: 1 }).fields).toEqual({ temperature: 1 })
    expect(sampling({ temperature: null, top_p: null }).fields).toEqual({})
  })

  test('are dropped with notes where the model has its own (OU-Q3)', () => {
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

  test('what is the default anyway goes without a note (OU-Q3)', () => {
    expect(sampling({ temperature: 1, top_p: 1 }, { sampling: false })).toEqual({ fields: {}, notes: [] })
  })

  test('top_k goes only to providers that take it (OU-Q4)', () => {
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

  test('goes as it is; 0 asks for one token (OU-Q1)', () => {
    expect([maxTokens(4000), maxTokens(1), maxTokens(0)]).toEqual([[4000], [1], [1]])
  })

  test('is lowered to what the provider was found to allow (OU-H19)', () => {
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

  test('go as a list; an empty one is left out (OU-Q5)', () => {
    expect(stops(['a'])).toEqual({ stop: ['a'], watched: [], notes: [] })
    expect(stops([])).toEqual({ stop: undefined, watched: [], notes: [] })
    expect(stops(null)).toEqual({ stop: undefined, watched: [], notes: [] })
  })

  test('beyond four are watched for here, and all where the model takes none (OU-Q5)', () => {
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
