import { describe, expect, test } from 'bun:test'
import type { ChatDialectChange } from '../../../src/translate/capabilities/chat-dialect.ts'
import { notesIn, translateChat } from '../../support/chat-request.ts'
import { assistant, cachedText, image, tool, toolResult, toolUse, user } from '../../support/translate.ts'

const ephemeral = { type: 'ephemeral' } as const
const marked = { cache_control: ephemeral }
const text = (words: string, more: object = {}): object => ({ type: 'text', text: words, ...more })

const body = (members: object, dialect: ChatDialectChange) => translateChat(members, { dialect }).body
const contents = (members: object, dialect: ChatDialectChange): unknown[] =>
  body(members, dialect).messages.map(({ content }) => content)

const conversation = {
  system: [{ type: 'text', text: 's', cache_control: { ...ephemeral, ttl: '1h' } }],
  messages: [user('a'), assistant(toolUse('t1')), user(toolResult('t1', 'r', marked), cachedText('b'))],
  tools: [tool('Bash', marked)],
}

describe('cache markers', () => {
  test('are dropped by default (OU-Q12, OU-Q110)', () => {
    expect(JSON.stringify(body(conversation, {}))).not.toContain('cache')
    expect(contents(conversation, {})).toEqual(['s', 'a', null, 'r', 'b'])
  })

  test('of Anthropic stay on tools, and on texts of the system, users and results (OU-Q111)', () => {
    expect(contents(conversation, { cache: 'anthropic' })).toEqual([
      [text('s', marked)],
      [text('a')],
      null,
      [text('r', marked)],
      [text('b', marked)],
    ])
    expect(body(conversation, { cache: 'anthropic' }).tools?.[0]?.cache_control).toEqual(ephemeral)
  })

  test('keep their lifetime if the provider accepts one (OU-Q111)', () => {
    const [system] = contents(conversation, { cache: 'anthropic', cacheTtl: true })
    expect(system).toEqual([text('s', { cache_control: { ...ephemeral, ttl: '1h' } })])
  })

  test('of dropped blocks, images and parts of results move to the text before them (OU-Q111)', () => {
    const messages = [
      user('a', cachedText(' ')),
      assistant(toolUse('t1')),
      user(toolResult('t1', [cachedText('r'), { type: 'text', text: 'end' }]), 'b', { ...image(), ...marked }),
    ]
    const [first, , result, last] = contents({ messages }, { cache: 'anthropic' })
    expect(first).toEqual([text('a', marked)])
    expect(result).toEqual([text('r'), text('end', marked)])
    expect(last).toMatchObject([text('b', marked), { type: 'image_url' }])
  })

  test('of assistant turns, and of turns without text, are dropped with a note (OU-Q111)', () => {
    const messages = [user({ ...image(), ...marked }), assistant(cachedText('b')), user('c')]
    const translation = translateChat({ messages }, { dialect: { cache: 'anthropic' } })
    expect(JSON.stringify(translation.body)).not.toContain('cache_control')
    expect(notesIn(translation)).toEqual([
      'debug messages.1.content.0: cache marker in a position that the provider does not support',
      'debug messages.0.content.0: cache marker in a position that the provider does not support',
    ])
  })

  test('at the top of the request mark the end of the conversation (OU-Q111)', () => {
    expect(contents({ messages: [user('a', 'b')], ...marked }, { cache: 'anthropic' })).toEqual([
      [text('a'), text('b', marked)],
    ])
  })

  test('are limited to the last four (OU-Q111)', () => {
    const messages = [user(cachedText('1'), cachedText('2'), cachedText('3'))]
    const members = { ...conversation, messages }
    const { messages: sent, tools } = body(members, { cache: 'anthropic' })
    expect(JSON.stringify({ sent, tools }).match(/cache_control/g)).toHaveLength(4)
    expect(tools?.[0]?.cache_control).toBeUndefined()
  })

  test('of OpenAI are set on the last part of a marked message (OU-Q112)', () => {
    const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit' } }
    const messages = [user(cachedText('a', '1h'), 'b', image()), assistant('c'), user('d')]
    const members = { ...conversation, messages }
    expect(contents(members, { cache: 'breakpoint' })).toEqual([
      [text('s', breakpoint)],
      [text('a'), text('b'), expect.objectContaining({ type: 'image_url', ...breakpoint })],
      'c',
      [text('d')],
    ])
    expect(contents({ messages: [user({ ...image(), ...marked })] }, { cache: 'breakpoint' })).toMatchObject([
      [breakpoint],
    ])
    expect(JSON.stringify(body(members, { cache: 'breakpoint' }))).not.toMatch(/cache_control|ttl|prompt_cache_options/)
  })
})
