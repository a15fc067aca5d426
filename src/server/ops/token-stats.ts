import { Elysia } from 'elysia'
import type { TokenStatistics } from '../../gateway/observers/token-statistics.ts'
import { type DomainGuardOptions, requireToken, tokenStatsPath } from '../http/guard.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'

export interface TokenStatsOptions extends DomainGuardOptions {
  readonly tokenStatistics: TokenStatistics
}

/** `GET /token-stats`: what each domain has used since the start (AU-U1). */
export const tokenStatsRoutes = (options: TokenStatsOptions) =>
  new Elysia({ name: 'token-stats', normalize: false })
    .use(requireToken(options))
    .get(tokenStatsPath, () => ({
      status: 'ok',
      stats: Object.fromEntries(options.tokenStatistics.byDomain()),
      timestamp: new Date().toISOString(),
    }))
    .all(tokenStatsPath, methodNotAllowed('GET', 'HEAD'))
