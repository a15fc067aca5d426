import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { headersOf } from '../../../src/upstreams/anthropic/settings.ts'
import { defaultConfig } from '../../support/chain.ts'

const configWith = (name: string) => ({
  ...defaultConfig,
  anthropic: { ...defaultConfig.anthropic, headers: new Map([[name, new Secret('value')]]) },
})

describe('headers of the configuration', () => {
  test.each(['Authorization', 'X-Api-Key', 'accept-encoding'])('%s cannot be set (AU-H3)', (name) => {
    expect(() => headersOf(configWith(name))).toThrow(`anthropic.headers must not set ${name}. Remove it.`)
  })

  test('others can (AU-H3)', () => {
    expect([...headersOf(configWith('X-Team')).keys()]).toEqual(['X-Team'])
  })
})
