import type { Elysia } from 'elysia'
import { NotFoundError } from 'elysia'
import { checksumOf, type SettingsOf } from '../../gateway/sign-in/managed-settings.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'
import type { ScopeOf } from '../http/request-scope.ts'
import { settingsPath } from './paths.ts'

export interface ManagedSettingsRouteOptions {
  readonly scopeOf: ScopeOf
  readonly installationId: string
  /** Absent if the server serves none (SI-M5). */
  readonly settingsOf?: SettingsOf | undefined
}

/** The tags in `If-None-Match`. `*` has no tag: Claude Desktop sends it to learn whether there are settings (SI-M4). */
const tagsIn = (headers: Headers): readonly string[] =>
  (headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))

/** `GET /managed/settings`, which Claude Code reads at each start and about once an hour. */
export const managedSettingsRoutes =
  ({ scopeOf, installationId, settingsOf = () => undefined }: ManagedSettingsRouteOptions) =>
  (app: Elysia) =>
    app
      .get(settingsPath, ({ request, set }) => {
        const settings = settingsOf(scopeOf(request).client, request.headers.get('user-agent') ?? '')
        if (settings === undefined) throw new NotFoundError()
        const checksum = checksumOf(settings)
        const tag = `"${checksum}"`
        set.headers['etag'] = tag
        set.headers['vary'] = 'user-agent'
        if (tagsIn(request.headers).includes(tag)) {
          set.status = 304
          return undefined
        }
        return { uuid: installationId, checksum, settings }
      })
      .all(settingsPath, methodNotAllowed('GET', 'HEAD'))
