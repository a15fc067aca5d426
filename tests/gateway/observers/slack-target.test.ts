import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { createSlackTargetOf } from '../../../src/gateway/observers/slack-target.ts'
import type { Domain } from '../../../src/upstreams/upstream.ts'

const general = {
  webhookUrl: new Secret('https://hooks.example/general'),
  channel: '#general',
  username: 'Claude Nexus Proxy',
  iconEmoji: ':robot_face:',
  enabled: true,
}
const own = new Secret('https://hooks.example/own')

const targetOf = (slack?: Domain['slack'], settings: Partial<typeof general> | { webhookUrl: undefined } = {}) =>
  createSlackTargetOf({ ...general, ...settings })('team.example', {
    name: 'team.example',
    ...(slack !== undefined && { slack }),
  })

const { enabled: _, ...generalTarget } = general

describe('the target of messages (AU-S1)', () => {
  test('is the general one without a domain, and without settings of the domain', () => {
    expect(createSlackTargetOf(general)('other.example', undefined)).toEqual(generalTarget)
    expect(targetOf()).toEqual(generalTarget)
  })

  test('has each setting of the domain before the general one', () => {
    expect(targetOf({ channel: '#own' })).toEqual({ ...generalTarget, channel: '#own' })
    const settings = { webhookUrl: own, username: 'Own', iconEmoji: ':own:' }
    expect(targetOf(settings)).toEqual({ ...settings, channel: '#general' })
    expect(targetOf({ webhookUrl: own }, { webhookUrl: undefined })?.webhookUrl).toBe(own)
  })

  test('does not exist for a domain that is silent, also if there is a general one', () => {
    expect(targetOf({ webhookUrl: own, enabled: false })).toBeUndefined()
    expect(targetOf({ enabled: false })).toBeUndefined()
  })

  test('does not exist if messages are off in general, unless the domain switches them on', () => {
    expect(targetOf({}, { enabled: false })).toBeUndefined()
    expect(targetOf({ enabled: true }, { enabled: false })).toEqual(generalTarget)
  })

  test('does not exist without a webhook', () => {
    expect(targetOf({ enabled: true }, { webhookUrl: undefined })).toBeUndefined()
  })

  test('does not exist for a personal domain (AU-S2)', () => {
    for (const host of ['personal.example', 'me-Personal:3000'])
      expect(
        createSlackTargetOf(general)(host, { name: host.toLowerCase(), slack: { webhookUrl: own } }),
      ).toBeUndefined()
  })
})
