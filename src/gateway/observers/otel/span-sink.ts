import type { RecordSink } from '../batched-report.ts'
import type { ObserverLosses } from '../losses.ts'
import type { Attributes } from './names.ts'
import type { OtelPlatform, OtelSettings } from './options.ts'
import type { SendOtlp } from './otlp-sender.ts'
import { loadResource, scope } from './resource.ts'
import { createToSpan } from './spans.ts'

export interface SpanSinkOptions
  extends Pick<OtelSettings, 'names' | 'resource' | 'trace'>,
    Pick<OtelPlatform, 'instanceId'> {
  readonly upstream: Attributes
  readonly send: SendOtlp
  readonly lost: ObserverLosses
}

/** Its name is the reason, for the log. */
class LostSpans extends Error {
  constructor(reason: string) {
    super('The collector did not take the spans.')
    this.name = reason
  }
}

/** Loads OpenTelemetry's packages, and sends a span for each record. */
export const loadSpanSink = async (options: SpanSinkOptions): Promise<RecordSink> => {
  const { send, lost } = options
  const { JsonTraceSerializer } = await import('@opentelemetry/otlp-transformer')
  const { SpanKind, SpanStatusCode } = await import('@opentelemetry/api')
  const toSpan = createToSpan({
    ...options,
    resource: await loadResource(options, options),
    scope,
    values: { client: SpanKind.CLIENT, error: SpanStatusCode.ERROR, unset: SpanStatusCode.UNSET },
  })
  return {
    async write(records) {
      const body = JsonTraceSerializer.serializeRequest(records.map(toSpan))
      if (body === undefined) throw new LostSpans('not serializable')
      const { lost: reason, rejected } = await send(body)
      if (rejected > 0) lost.add('rejected', rejected)
      if (reason !== undefined) throw new LostSpans(reason)
    },
  }
}
