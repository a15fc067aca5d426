/**
 * Files with which Claude Code starts without its first questions and without a sign-in (AU-C2). Clients fetch them from
 * this server, which sends their requests with a credential of its own.
 */

/** A placeholder. Clients send it as a Bearer token, but it is not a credential (AU-C3). */
export const setupAccessToken = 'claude-1'

const toText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

const settings = (at: Date) => ({
  numStartups: 1,
  tipsHistory: { 'new-user-warmup': 1 },
  firstStartTime: at.toISOString(),
  userID: setupAccessToken,
  projects: {},
  hasCompletedOnboarding: true,
  lastOnboardingVersion: '2.1.0',
  subscriptionNoticeCount: 0,
  hasAvailableSubscription: false,
  cachedChangelog: 'skipped',
  changelogLastFetched: at.getTime(),
  fallbackAvailableWarningThreshold: 0.5,
})

/** Claude Code renews a token that expires, and this one cannot be renewed. */
const validYears = 10

const credentials = (at: Date) => ({
  claudeAiOauth: {
    accessToken: setupAccessToken,
    refreshToken: `refresh-${setupAccessToken}`,
    expiresAt: new Date(at).setUTCFullYear(at.getUTCFullYear() + validYears),
    scopes: ['user:inference', 'user:profile'],
    isMax: true,
  },
})

/** The files by name. They are valid for ten years from `at`, in milliseconds since 1970. */
export const createSetupFiles = (at: number): ReadonlyMap<string, string> => {
  const date = new Date(at)
  return new Map([
    ['.claude.json', toText(settings(date))],
    ['.credentials.json', toText(credentials(date))],
  ])
}
