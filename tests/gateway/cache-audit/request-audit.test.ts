import { describe, expect, test } from 'bun:test'
import { startAudited, text, turnOf, user } from '../../support/audited-session.ts'
import { distortionOf } from '../../support/broken-translation.ts'
import { defaultConfig } from '../../support/chain.ts'
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

describe.each(['5m', 'mixed'] as const)('a translation that breaks while cache.ttl is %s', (ttl) => {
  const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } }
  const lowered = { config: { cache: { ...defaultConfig.cache, ttl } } } as const
  const turn = (...words: readonly string[]): object =>
    turnOf([], {
      messages: words.map((said, index) => ({
        role: index % 2 === 0 ? 'user' : 'assistant',
        content: [text(said, index === words.length - 1 ? hour : {})],
      })),
    })
  const classAfter = async (
    distort: (translation: object) => void,
    opening = 'Begin.',
  ): Promise<string | undefined> => {
    let isBroken = false
    const session = startAudited({ ...lowered, distort: (translation) => isBroken && distort(translation) })
    await session.ask(turn(opening))
    isBroken = true
    return (await session.ask(turn(opening, 'Done.', 'Go on.'))).cacheClass
  }

  test('CA-A1 CA-T4 marker_moved: the note about a lifetime is no reason to drop a marker', async () => {
    expect(await classAfter(distortionOf('drop-point'))).toBe('marker_moved')
  })

  test('CA-A1 CA-T4 translation_changed: the note has moved with its marker, which explains no other text', async () => {
    expect(await classAfter(distortionOf('note-in-old-turn'))).toBe('translation_changed')
  })

  test('CA-A1 CA-T4 marker_moved, not marker_gone: the lost marker is that of most of the prompt', async () => {
    expect(await classAfter(distortionOf('drop-point'), 'Begin the work. '.repeat(5000))).toBe('marker_moved')
  })
})
