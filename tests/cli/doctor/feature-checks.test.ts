import { describe, expect, test } from 'bun:test'
import type { Reply, Scenario } from '../../../src/simulator/reply.ts'
import type { SimulatorOptions } from '../../../src/simulator/server.ts'
import { doctor, errorReply, keyVariable, simulatedEndpoint } from '../../support/doctor.ts'

describe('what Claude Code needs of a model', () => {
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
    ['a stream whose line breaks', 'streaming', 'fail', isStream, broken('reset')],
    ['a stream that is damaged', 'streaming', 'fail', isStream, broken('corrupt')],
    ['a stream that is collected on its way', 'streaming', 'warn', isStream, { pace: { firstMs: 1050 } }],
    ['words instead of a call', 'tools', 'warn', hasTools, { content: [{ text: '7' }] }],
    ['tools that are refused', 'tools', 'fail', hasTools, errorReply('Tools are not supported.')],
    ['pictures that are refused', 'images', 'warn', seesImage, errorReply('Could not process image')],
    [
      'thinking by effort that is refused',
      'thinking',
      'warn',
      thinksAdaptively,
      errorReply('adaptive thinking is not supported'),
    ],
    ['thinking that is refused unreadably', 'thinking', 'fail', thinks, errorReply('No.')],
    ['a cache that is refused', 'cache-points', 'warn', caches, errorReply('You did not allow prompt caching', 403)],
  ] as const)('%s is told, with a remedy', async (_, id, status, fits, reply) => {
    const { of, withStatus, code } = await doctor(simulatedEndpoint(onFeature(fits, reply)), keyVariable)
    expect(of(id)).toMatchObject({ status, remedy: isFault })
    expect(withStatus('fail')).toEqual(status === 'fail' ? [id] : [])
    expect(code).toBe(status === 'fail' ? 1 : 0)
  })

  test('what was left out so that an answer came is named', async () => {
    const { of } = await doctor(
      simulatedEndpoint(onFeature(caches, errorReply('You did not allow prompt caching', 403))),
      keyVariable,
    )
    expect(of('cache-points')).toMatchObject({
      detail: 'answered, but only without cache points: AI Nexus refuses that',
      data: { leftOut: 'cache points' },
    })
  })

  test('a model that has no thought to spare is no fault', async () => {
    const { of } = await doctor(simulatedEndpoint(onFeature(thinks, { content: [{ text: '391' }] })), keyVariable)
    expect(of('thinking')).toMatchObject({ status: 'ok', detail: 'accepted; the question needed no thought' })
  })

  test('counting: by AI Nexus, by ourselves, or as configured', async () => {
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
    ).toBe('estimated here, as it is configured')
  })
})
