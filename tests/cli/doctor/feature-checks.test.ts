import { describe, expect, test } from 'bun:test'
import type { Reply, Scenario } from '../../../src/simulator/reply.ts'
import type { SimulatorOptions } from '../../../src/simulator/server.ts'
import { doctor, errorReply, keyVariable, simulatedEndpoint } from '../../support/doctor.ts'

describe('the features that Claude Code needs from a model', () => {
  const onFeature = (fits: (request: Parameters<Scenario>[0]) => boolean, reply: Reply): SimulatorOptions => ({
    scenario: (request) => (fits(request) ? reply : undefined),
  })
  const isStream: Parameters<typeof onFeature>[0] = (request) => request.isStream
  const thinks: typeof isStream = ({ body }) => body.additionalModelRequestFields?.['thinking'] !== undefined
  const thinksAdaptively: typeof isStream = ({ body }) => JSON.stringify(body).includes('"adaptive"')
  const caches: typeof isStream = ({ body }) => (body.system ?? []).some((part) => 'cachePoint' in part)
  const seesImage: typeof isStream = ({ body }) => JSON.stringify(body).includes('"image"')
  const hasTools: typeof isStream = ({ body }) => body.toolConfig !== undefined

  const broken = (kind: 'cut' | 'reset' | 'corrupt'): Reply => ({
    content: [{ text: '1 2 3' }],
    fault: { afterFrames: 2, kind },
  })
  const isFault = expect.any(String) as unknown as string

  test.each([
    ['a stream that is cut', 'streaming', 'fail', isStream, broken('cut')],
    ['a stream whose connection breaks', 'streaming', 'fail', isStream, broken('reset')],
    ['a stream that is damaged', 'streaming', 'fail', isStream, broken('corrupt')],
    ['a stream that is buffered on its way', 'streaming', 'warn', isStream, { pace: { firstMs: 1050 } }],
    ['text instead of a tool call', 'tools', 'warn', hasTools, { content: [{ text: '7' }] }],
    ['tools that are refused', 'tools', 'fail', hasTools, errorReply('Tools are not supported.')],
    ['images that are refused', 'images', 'warn', seesImage, errorReply('Could not process image')],
    [
      'thinking by effort that is refused',
      'thinking',
      'warn',
      thinksAdaptively,
      errorReply('adaptive thinking is not supported'),
    ],
    ['thinking that is refused without a reason', 'thinking', 'fail', thinks, errorReply('No.')],
    ['a cache that is refused', 'cache-points', 'warn', caches, errorReply('You did not allow prompt caching', 403)],
  ] as const)('reports %s, with a remedy', async (_, id, status, fits, reply) => {
    const { of, withStatus, code } = await doctor(simulatedEndpoint(onFeature(fits, reply)), keyVariable)
    expect(of(id)).toMatchObject({ status, remedy: isFault })
    expect(withStatus('fail')).toEqual(status === 'fail' ? [id] : [])
    expect(code).toBe(status === 'fail' ? 1 : 0)
  })

  test('names what the request left out to get an answer', async () => {
    const { of } = await doctor(
      simulatedEndpoint(onFeature(caches, errorReply('You did not allow prompt caching', 403))),
      keyVariable,
    )
    expect(of('cache-points')).toMatchObject({
      detail: 'answered, but only without cache points: AI Nexus refuses it',
      data: { leftOut: 'cache points' },
    })
  })

  test('accepts a model that answers without thinking', async () => {
    const { of } = await doctor(simulatedEndpoint(onFeature(thinks, { content: [{ text: '391' }] })), keyVariable)
    expect(of('thinking')).toMatchObject({ status: 'ok', detail: 'accepted; the model answered without thinking' })
  })

  test('reports who counts tokens: AI Nexus, or this machine', async () => {
    expect((await doctor(simulatedEndpoint({ countTokens: true }), keyVariable)).of('count-tokens')).toMatchObject({
      status: 'ok',
      data: { isSupported: true },
    })
    expect((await doctor(simulatedEndpoint(), keyVariable)).of('count-tokens')).toMatchObject({
      status: 'info',
      data: { isSupported: false },
    })
    expect(
      (await doctor([...simulatedEndpoint({ countTokens: true }), '--count-tokens', 'estimate'], keyVariable)).of(
        'count-tokens',
      ).detail,
    ).toBe('estimated on this machine, as configured')
  })
})
