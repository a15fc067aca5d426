import { describe, expect, test } from 'bun:test'
import { startAudited, text, turnOf, user } from '../../support/audited-session.ts'
import { clientEntry, tokenOf } from '../../support/named-clients.ts'

const first = turnOf(['Begin.'])
const second = turnOf(['Begin.', 'Done.', 'Go on.'])

describe('two clients with the same id of a session', () => {
  const start = () => startAudited({ clients: [clientEntry('alice'), clientEntry('bob')] })
  const of = (name: string) => ({ 'x-api-key': tokenOf(name) })

  test('CA-S1 are two sessions: no request is compared with that of another client', async () => {
    const session = start()
    await session.ask(first, of('alice'))
    expect((await session.ask(second, of('bob'))).cacheClass).toBe('cold')
    expect((await session.ask(second, of('alice'))).cacheClass).toBe('hit')
  })

  test('CA-D2 previous_message_not_found: the answer was for another client', async () => {
    const { chain } = start()
    const ask = async (request: object, name: string) =>
      (await (await chain.post(request, { headers: of(name) })).json()) as { id: string; diagnostics: unknown }
    const { id } = await ask(first, 'alice')
    const diagnostics = { previous_message_id: id }
    const notFound = { cache_miss_reason: { type: 'previous_message_not_found' } }
    expect((await ask({ ...first, diagnostics }, 'bob')).diagnostics).toEqual(notFound)
    expect((await ask({ ...second, diagnostics }, 'alice')).diagnostics).toBeNull()
  })
})

test('CA-C5 model_changed: also if another model has answered a side request between', async () => {
  const session = startAudited()
  await session.ask(first)
  await session.ask({ model: 'claude-haiku-4-5', max_tokens: 10, messages: [user(text('A title.'))] })
  expect((await session.ask({ ...second, model: 'claude-opus-4-6' })).cacheClass).toBe('model_changed')
})
