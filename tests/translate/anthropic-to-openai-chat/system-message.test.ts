import { expect, test } from 'bun:test'
import { notesIn, translateChat } from '../../support/chat-request.ts'
import { user } from '../../support/translate.ts'

const system = (value: unknown, options = {}): unknown =>
  translateChat({ system: value, messages: [user('a')] }, options).body.messages.slice(0, -1)

const texts = (...words: string[]): object[] => words.map((text) => ({ type: 'text', text }))
const header = 'x-anthropic-billing-header: cc_version=2.1.332'

test('is one message, its texts joined by a blank line (OU-Q2)', () => {
  expect(system('one')).toEqual([{ role: 'system', content: 'one' }])
  expect(system(texts('one', ' ', 'two'))).toEqual([{ role: 'system', content: 'one\n\ntwo' }])
})

test('is not sent if it is empty (OU-Q2)', () => {
  for (const value of [undefined, null, '', ' ', [], texts(' '), texts(header), header])
    expect(system(value)).toEqual([])
})

test('has no billing header, unless the configuration keeps it (OU-Q2)', () => {
  const translation = translateChat({ system: texts(header, 'two'), messages: [user('a')] })
  expect(translation.body.messages[0]?.content).toBe('two')
  expect(notesIn(translation)).toEqual(['debug system.0: x-anthropic-billing-header line'])
  expect(system(texts(header, 'two'), { policy: { billingHeader: 'keep' } })).toEqual([
    { role: 'system', content: `${header}\n\ntwo` },
  ])
})

test('ends with an instruction if the provider accepts no schema (OU-Q8)', () => {
  const schema = { type: 'object', properties: {} }
  const members = { system: 'one', messages: [user('a')], output_config: { format: { type: 'json_schema', schema } } }
  const { body } = translateChat(members, { dialect: { json: 'object' } })
  expect(body.messages[0]?.content).toBe(
    `one\n\nAnswer with nothing but one JSON value that matches this JSON schema:\n${JSON.stringify(schema)}`,
  )
})
