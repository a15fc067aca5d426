import { describe, expect, test } from 'bun:test'
import { type ContextMembers, chunk, contentOfStream, says, textSoFar } from '../../support/chat-response.ts'

/** Some servers repeat all text so far in each piece. */

describe('text that each piece repeats from the start', () => {
  const maybe: ContextMembers = { dialect: { deltas: 'maybeCumulative' } }
  const text = 'I am a model that repeats itself.'
  const prefixes = [1, 4, 9, 16, 20, 33].map((length) => text.slice(0, length))

  test('is sent once after two long pieces in a row with all of it (OU-S13)', () => {
    expect(contentOfStream(prefixes.map(says), maybe)).toEqual([text])
    expect(textSoFar(prefixes.map(says), maybe)).toBe(text)
    expect(contentOfStream([...prefixes, text].map(says), maybe)).toEqual([text])
    expect(
      contentOfStream(
        prefixes.map((reasoning) => chunk({ reasoning })),
        maybe,
      ),
    ).toEqual([{ thinking: text }])
  })

  test('is sent once for each kind (OU-S13)', () => {
    const apart = [...prefixes.map((reasoning) => chunk({ reasoning })), ...prefixes.map(says)]
    expect(contentOfStream(apart, maybe)).toEqual([{ thinking: text }, text])
  })

  test('stays complete if pieces are new and one repeats another by chance (OU-S13)', () => {
    for (const pieces of [
      ['ha', 'ha', 'ha', ' so'],
      ['\n', '\n\n', 'So.'],
      ['a', 'ab', 'abc'],
      ['a long piece of text', 'a long piece of text again', ' and more'],
    ]) {
      expect(contentOfStream(pieces.map(says), maybe)).toEqual([pieces.join('')])
    }
  })

  test('is sent before the text if it is held reasoning (OU-S13)', () => {
    const held = ['ha', 'haha'].map((reasoning) => chunk({ reasoning }))
    expect(contentOfStream([...held, says('So.')], maybe)).toEqual([{ thinking: 'hahaha' }, 'So.'])
  })

  test('stays unchanged for a provider that is not known to repeat (OU-S13)', () => {
    expect(contentOfStream(prefixes.map(says))).toEqual([prefixes.join('')])
  })

  test('continues with a piece that does not repeat it (OU-S13)', () => {
    const more = [...prefixes, ' Yes.', `${text} Yes. Indeed.`]
    expect(contentOfStream(more.map(says), maybe)).toEqual([`${text} Yes. Indeed.`])
  })
})
