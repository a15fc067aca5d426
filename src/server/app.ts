import { Elysia } from 'elysia'
import type { NewId } from '../base/ids.ts'
import type { Logger } from '../base/logger.ts'
import { nexusModels } from '../gateway/models.ts'
import { countTokensRoutes } from './anthropic/count-tokens.ts'
import { type MessagesOptions, messagesRoutes } from './anthropic/messages.ts'
import { modelsRoutes } from './anthropic/models.ts'
import { errorHandler } from './errors.ts'
import { type GuardOptions, guard, requireToken } from './guard.ts'
import { requestContext } from './request-context.ts'
import { type StatusOptions, statusRoutes } from './status.ts'

export interface AppOptions
  extends GuardOptions,
    Omit<MessagesOptions, 'pingMs' | 'commitMs'>,
    Omit<StatusOptions, 'upstream' | 'degraded'> {
  readonly newId: NewId
  readonly log: Logger
  /** Milliseconds; see MessagesOptions. */
  readonly pingMs?: number
  readonly commitMs?: number
}

/** Claude Code gives up after 300 s without a byte, proxies in between after 60: well below both. */
const defaultPingMs = 10_000
/** Long enough for a throttled upstream to say so, short enough for a person. */
const defaultCommitMs = 10_000

/** Anthropic's API, behind the client token. */
const anthropicRoutes = (options: AppOptions) => {
  const { gateway, log, shutdown, pingMs = defaultPingMs, commitMs = defaultCommitMs } = options
  return new Elysia({ name: 'anthropic', normalize: false })
    .use(requireToken(options))
    .use(modelsRoutes(nexusModels, gateway.models))
    .use(countTokensRoutes(gateway))
    .use(messagesRoutes({ gateway, log, shutdown, pingMs, commitMs }))
}

/** Every door of the server. A request passes its rooms in this order. */
export const createApp = (options: AppOptions) => {
  const { upstream } = options.gateway
  const { name, address } = upstream
  const degraded = () => upstream.degraded?.() ?? []
  // The router takes the path from the URL's eleventh character on unless told that hosts may be short.
  return new Elysia({ normalize: false, handler: { standardHostname: false } })
    .use(requestContext(options.newId))
    .use(errorHandler(options.log))
    .onRequest(() => options.shutdown.admit())
    .use(guard(options))
    .use(statusRoutes({ ...options, upstream: { name, address }, degraded }))
    .use(anthropicRoutes(options))
}
