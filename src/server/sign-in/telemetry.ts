import type { Elysia } from 'elysia'
import { type ForwardTelemetry, telemetrySignals } from '../../gateway/sign-in/telemetry-forwarder.ts'
import { readWholeBody, tooLarge, toReadError } from '../http/body.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'

export interface TelemetryRouteOptions {
  /** Absent if telemetry is thrown away. */
  readonly forwardTelemetry?: ForwardTelemetry | undefined
}

const maximumBytes = 8 * 1024 * 1024

/** Stops at the limit. Rejects with GatewayError. */
const discard = async (request: Request): Promise<void> => {
  if (Number(request.headers.get('content-length') ?? 0) > maximumBytes) throw tooLarge(maximumBytes)
  let length = 0
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.byteLength
      if (length > maximumBytes) throw tooLarge(maximumBytes)
    }
  } catch (error) {
    throw toReadError(request, error)
  }
}

/**
 * `POST /v1/metrics`, `/v1/logs` and `/v1/traces`, where a signed-in Claude Code sends its telemetry (SI-O1). Always 200:
 * otherwise it would log an error each time. Nothing is read or logged.
 */
export const telemetryRoutes =
  ({ forwardTelemetry }: TelemetryRouteOptions) =>
  (app: Elysia) => {
    for (const signal of telemetrySignals) {
      const path = `/v1/${signal}`
      const receive = async (request: Request): Promise<Response> => {
        const { headers } = request
        if (forwardTelemetry === undefined) await discard(request)
        else
          forwardTelemetry(signal, {
            body: await readWholeBody(request, maximumBytes),
            contentType: headers.get('content-type'),
            contentEncoding: headers.get('content-encoding'),
          })
        return new Response(null)
      }
      app
        .post(path, ({ request }) => receive(request), { parse: 'none' })
        .all(path, methodNotAllowed('POST'), { parse: 'none' })
    }
    return app
  }
