import { expect, test } from 'bun:test'
import { marker, startAudited, text, turnOf, user } from '../../support/audited-session.ts'

const marked = { cache_control: marker }
const assistant = (...content: object[]): object => ({ role: 'assistant', content })

/** The classes of one session's requests. */
const classesOf = async (requests: readonly object[]): Promise<unknown[]> => {
  const session = startAudited()
  const classes: unknown[] = []
  for (const request of requests) classes.push((await session.ask(request)).cacheClass)
  expect(session.logged).toEqual([])
  return classes
}

const withMessages = (...messages: object[]): object => turnOf([], { messages })

test('CA-C5 CA-F2 messages_changed: the client has another file of the same length, with the same ends', async () => {
  const ends = 'JVBERi0xLjQK'.repeat(100)
  const read = (middle: string, ...more: object[]): object => {
    const source = { type: 'base64', media_type: 'application/pdf', data: `${ends}${middle}${ends}` }
    return withMessages(user({ type: 'document', source }, text('Read it.', marked)), ...more)
  }
  const next = [assistant(text('Done.')), user(text('Again.', marked))]
  expect(await classesOf([read('QUJD'), read('QUJE', ...next)])).toEqual(['cold', 'messages_changed'])
})

test('CA-C4 cold: a summary replaces the conversation, behind the same reminder', async () => {
  const reminder = text('<system-reminder>The rules of the project.</system-reminder>')
  const before = [user(reminder, text('Begin.')), assistant(text('Done.')), user(text('Go on.', marked))]
  const compacted = withMessages(user(reminder, text('A summary of all.', marked)))
  expect(await classesOf([withMessages(...before), compacted])).toEqual(['cold', 'cold'])
})

test('CA-C5 messages_changed: a rewind keeps the first message', async () => {
  const start = [user(text('Begin. '.repeat(3000))), assistant(text('Done.'))]
  const before = [...start, user(text('Go on. '.repeat(3000))), assistant(text('Done.')), user(text('End.', marked))]
  const rewound = [...start, user(text('Another way.', marked))]
  expect(await classesOf([withMessages(...before), withMessages(...rewound)])).toEqual(['cold', 'messages_changed'])
})

test('CA-C5 marker_moved: not for markers of messages that a compaction replaced', async () => {
  const history = [
    user(text('Begin.', marked)),
    assistant(text('Done.')),
    user(text('Go on.', marked)),
    assistant({ type: 'compaction', content: 'A summary.' }),
  ]
  const after = [...history, user(text('Next.')), assistant(text('Done.')), user(text('End.'))]
  const system = 'You are an agent. '.repeat(3000)
  const requests = [[...history, user(text('Next.', marked))], after].map((messages) =>
    turnOf([], { system, messages }),
  )
  expect(await classesOf(requests)).toEqual(['cold', 'marker_gone'])
})
