import { expect, test } from 'bun:test'
import { isSecretFlag, isSecretMember } from '../../../src/cli/setup/secret-names.ts'

test.each<[string[], string]>([
  [['env', 'ANTHROPIC_AUTH_TOKEN'], 'x'],
  [['env', 'GITHUB_PAT'], 'x'],
  [['env', 'PGPASS'], 'x'],
  [['env', 'DB_PWD'], 'x'],
  [['env', 'SENTRY_DSN'], 'x'],
  [['mcpServers', 'mine', 'headers', 'X-Custom'], 'x'],
  [['env', 'TOKENS'], 'x'],
  [['args', '--token'], 'x'],
  [['plain'], 'sk-ant-api03-abcdef'],
  [['plain'], 'ghp_abcdefghijkl'],
  [['plain'], 'Bearer x'],
  [['HTTPS_PROXY'], 'http://me:x@proxy.example'],
  [['plain'], 'https://x@sentry.example/1'],
  [['plain'], 'https://example.com/?sv=1&sig=x'],
  [['args'], '--api-key=x'],
])('%p is hidden (SU-2)', (names, value) => {
  expect(isSecretMember(names, value)).toBe(true)
})

test.each<[string[], string]>([
  [['env', 'ANTHROPIC_AUTH_TOKEN'], 'dummy'],
  [['env', 'ANTHROPIC_BASE_URL'], 'http://127.0.0.1:4141'],
  [['env', 'CLAUDE_CODE_MAX_OUTPUT_TOKENS'], '4096'],
  [['env', 'NO_PROXY'], '127.0.0.1,localhost'],
  [['apiKeyHelper'], 'nexus-claude-api client-token'],
  [['inferenceCredentialKind'], 'static'],
  [['inferenceGatewayAuthScheme'], 'bearer'],
  [['env', 'CLAUDE_CODE_ATTRIBUTION_HEADER'], '0'],
  [['model'], 'claude-sonnet-4-6'],
  [['env', 'PATH'], '/usr/bin'],
])('%p is shown (SU-2)', (names, value) => {
  expect(isSecretMember(names, value)).toBe(false)
})

test('knows an argument that names the next one', () => {
  expect(['--token', '-api-key', '--verbose', 'token', 5].map(isSecretFlag)).toEqual([true, true, false, false, false])
})
