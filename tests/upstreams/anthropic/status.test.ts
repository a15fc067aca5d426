import { expect, test } from 'bun:test'
import { loadConfig } from '../../../src/config/load.ts'
import { toStatus } from '../../../src/upstreams/anthropic/status.ts'

const statusOf = (flags: Record<string, string>) =>
  toStatus(loadConfig({ flags: { upstream: 'anthropic', ...flags }, environment: {}, files: [] }).config)

test('GET / has the message, and the folder as the user gave it (AU-D1)', () => {
  expect(statusOf({ 'credentials-dir': '~/keys' }).root()).toEqual({
    message: 'nexus-claude-api is running',
    config: { CREDENTIALS_DIR: '~/keys' },
  })
  expect(statusOf({}).root()).toEqual({ message: 'nexus-claude-api is running' })
})
