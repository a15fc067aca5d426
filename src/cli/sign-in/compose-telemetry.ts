import type { Logger } from '../../base/logger.ts'
import type { Config } from '../../config/load.ts'
import { forwardedTelemetryOf } from '../../config/otel.ts'
import type { Machine } from '../../config/paths.ts'
import { createTelemetryForwarder, type ForwardTelemetry } from '../../gateway/sign-in/telemetry-forwarder.ts'
import type { Fetch } from '../../upstreams/http/post.ts'

/** What sends the telemetry of those who sign in to a collector; undefined if it is thrown away. Throws UsageError. */
export const composeTelemetry = (
  config: Config,
  environment: Machine['environment'],
  { fetch, log }: { readonly fetch: Fetch; readonly log: Logger },
): ForwardTelemetry | undefined => {
  const targets = forwardedTelemetryOf(config, environment)
  return targets.size === 0
    ? undefined
    : createTelemetryForwarder({ targets, fetch, log, now: () => performance.now() })
}
