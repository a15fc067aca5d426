import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { startTokenServer, type TokenServerOptions } from '../../src/simulator/anthropic/token-server.ts'
import type { JournalEntry } from '../../src/simulator/exchange.ts'
import { toGrant } from '../../src/upstreams/anthropic/credentials/oauth/grant.ts'
import {
  createOAuthTokens,
  type OAuthFile,
  type OAuthTokensOptions,
} from '../../src/upstreams/anthropic/credentials/oauth/oauth-tokens.ts'
import { createTokenEndpoint } from '../../src/upstreams/anthropic/credentials/oauth/token-endpoint.ts'
import type { Fetch } from '../../src/upstreams/http/post.ts'
import { afterTest } from './cleanup.ts'
import { temporaryFolder } from './cli.ts'
import { readJson, writeFile } from './files.ts'

/** A token server on loopback, and a folder with one file of its credentials. */

const clientId = '9d1c250a-e61b-44d9-88ed-5944d1962f5e'
const scope = 'user:profile user:inference'

interface Credentials {
  readonly type: 'oauth'
  readonly oauth: {
    readonly accessToken: string
    readonly refreshToken?: string
    readonly expiresAt: number
    readonly scopes?: readonly string[]
    readonly isMax?: boolean
  }
}

export const readCredentials = (path: string): Credentials => readJson(path) as Credentials

/** As the server reads it for a request. */
export const toOAuthFile = (path: string): OAuthFile => {
  const grant = toGrant(readCredentials(path).oauth)
  if (grant === undefined) throw new Error('The file has no tokens.')
  return { path, domain: 'team.example', grant }
}

export const hourMs = 3_600_000

export const settingsOf = (tokenUrl: string) => ({
  tokenUrl,
  authorizeUrl: new URL('/oauth/authorize', tokenUrl).href,
  clientId,
})

export const startOAuth = (options: TokenServerOptions = {}) => {
  const journal: JournalEntry[] = []
  const server = startTokenServer({ ...options, onRequest: (entry) => journal.push(entry) })
  afterTest(() => server.stop())
  const folder = join(temporaryFolder(), 'credentials')
  mkdirSync(folder)
  const path = join(folder, 'team.example.credentials.json')
  const writeGrant = (pair: { accessToken: string; refreshToken?: string }, members: object = {}): void => {
    const { accessToken, refreshToken } = pair
    const oauth = { accessToken, refreshToken, expiresAt: 0, scopes: scope.split(' '), isMax: false, ...members }
    writeFile(path, { type: 'oauth', oauth, slack: { channel: '#team' } })
  }
  writeGrant(server.tokens.issue(scope, 3600))
  return {
    server,
    journal,
    folder,
    path,
    writeGrant,
    /** Writes a new pair, as after a login. */
    signIn: (members: object = {}): void => writeGrant(server.tokens.issue(scope, 3600), members),
    grants: (): number => journal.filter(({ status, method }) => status === 200 && method === 'POST').length,
    calls: (): number => journal.length,
  }
}

/** The tokens of one process, with a clock that the test moves. */
export const createTokens = (tokenUrl: string, options: Partial<OAuthTokensOptions> = {}) => {
  const records: LogRecord[] = []
  const clock = { offsetMs: 0 }
  const tokens = createOAuthTokens({
    endpoint: createTokenEndpoint({ settings: settingsOf(tokenUrl), fetch: fetch as Fetch }),
    log: createLogger('debug', (record) => records.push(record)),
    date: () => Date.now() + clock.offsetMs,
    now: () => performance.now() + clock.offsetMs,
    ...options,
  })
  return {
    tokens,
    records,
    /** Time passes, for this process only. */
    pass(milliseconds: number): void {
      clock.offsetMs += milliseconds
    },
  }
}
