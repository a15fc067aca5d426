import { expect, test } from 'bun:test'
import { createSetupFiles, setupAccessToken } from '../../../src/upstreams/anthropic/client-setup.ts'

const at = Date.UTC(2028, 1, 29, 12)
const read = (name: string): unknown => JSON.parse(createSetupFiles(at).get(name) ?? 'null')

test('the built-in files have the form that Claude Code reads (AU-C2)', () => {
  expect([...createSetupFiles(at).keys()]).toEqual(['.claude.json', '.credentials.json'])
  expect(read('.claude.json')).toEqual({
    numStartups: 1,
    tipsHistory: { 'new-user-warmup': 1 },
    firstStartTime: '2028-02-29T12:00:00.000Z',
    userID: 'claude-1',
    projects: {},
    hasCompletedOnboarding: true,
    lastOnboardingVersion: '2.1.0',
    subscriptionNoticeCount: 0,
    hasAvailableSubscription: false,
    cachedChangelog: 'skipped',
    changelogLastFetched: at,
    fallbackAvailableWarningThreshold: 0.5,
  })
  expect(read('.credentials.json')).toEqual({
    claudeAiOauth: {
      accessToken: 'claude-1',
      refreshToken: 'refresh-claude-1',
      expiresAt: Date.UTC(2038, 2, 1, 12),
      scopes: ['user:inference', 'user:profile'],
      isMax: true,
    },
  })
})

test('the access token of the built-in files is a placeholder (AU-C3)', () => {
  expect(setupAccessToken).toBe('claude-1')
})
