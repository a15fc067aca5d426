import { describe, expect, test } from 'bun:test'
import { toChatParameters } from '../../../src/translate/openai-chat-entrance/parameters.ts'
import { notedPaths, openAiContext, refusalOf } from '../../support/openai-context.ts'

const translated = (body: Record<string, unknown>) => {
  const context = openAiContext()
  const { max_tokens: _limit, ...request } = toChatParameters(body, context)
  return { request, noted: notedPaths(context) }
}

describe('stop', () => {
  test.each([
    ['END', ['END']],
    [
      ['a', 'b', 'c', 'd', 'e'],
      ['a', 'b', 'c', 'd', 'e'],
    ],
    [['a', ''], ['a']],
    ['', undefined],
    [[], undefined],
    [null, undefined],
  ])('%j becomes %j (OE-C6)', (stop, sequences) => {
    expect<unknown>(translated({ stop })).toEqual({
      request: sequences === undefined ? {} : { stop_sequences: sequences },
      noted: [],
    })
  })

  test('a sequence of white space is left out, with a note (OE-C6)', () => {
    expect<unknown>(translated({ stop: ['\n', 'END'] })).toEqual({
      request: { stop_sequences: ['END'] },
      noted: ['stop'],
    })
  })

  test('another type is refused (OE-C6)', () => {
    expect(refusalOf(() => translated({ stop: ['a', 1] })).param).toBe('stop[1]')
    expect(refusalOf(() => translated({ stop: 1 })).param).toBe('stop')
  })
})

describe('what the client would read in the answer', () => {
  test.each([
    ['n', 2, 'unsupported_value'],
    ['n', 0, 'unsupported_value'],
    ['logprobs', true, 'unsupported_parameter'],
    ['top_logprobs', 1, 'unsupported_parameter'],
    ['modalities', ['text', 'audio'], 'unsupported_value'],
    ['audio', { voice: 'alloy', format: 'wav' }, 'unsupported_parameter'],
  ])('%s %j is refused (OE-C7, OE-C13, OE-C14)', (name, value, code) => {
    expect(refusalOf(() => translated({ [name]: value }))).toEqual({ code, param: name })
  })

  test.each([
    ['n', 1],
    ['n', null],
    ['logprobs', false],
    ['top_logprobs', 0],
    ['modalities', ['text']],
    ['audio', null],
  ])('%s %j changes nothing (OE-C7, OE-C13, OE-C14)', (name, value) => {
    expect(translated({ [name]: value })).toEqual({ request: {}, noted: [] })
  })
})

describe('what only colours the sampling', () => {
  test.each([
    ['presence_penalty', 0.5],
    ['frequency_penalty', -0.5],
    ['logit_bias', { '50256': -100 }],
    ['seed', 7],
    ['prediction', { type: 'content', content: 'x' }],
    ['verbosity', 'low'],
    ['store', true],
    ['moderation', { model: 'omni-moderation-latest', policy: { input: { mode: 'score' } } }],
  ])('%s is left out with a note (OE-C16, OE-C18)', (name, value) => {
    expect(translated({ [name]: value })).toEqual({ request: {}, noted: [name] })
  })

  test.each([
    ['presence_penalty', 0],
    ['frequency_penalty', 0],
    ['logit_bias', {}],
    ['seed', null],
    ['prediction', null],
    ['verbosity', 'medium'],
    ['store', false],
    ['metadata', { a: 'b' }],
  ])('a neutral %s is left out in silence (OE-C16, OE-C18)', (name, value) => {
    expect(translated({ [name]: value })).toEqual({ request: {}, noted: [] })
  })
})
