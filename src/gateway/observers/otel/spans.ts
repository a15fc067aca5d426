import type { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { RequestRecord } from '../../request-record.ts'
import { createTrace, type TraceOptions } from '../../request-trace.ts'
import { type Attributes, createSpanAttributes, type NamesVersion } from './names.ts'

/** Makes the span of a request from its record, after its end (OP-O1). */

export type Span = Parameters<(typeof JsonTraceSerializer)['serializeRequest']>[0][number]

export interface SpanOptions {
  readonly names: NamesVersion
  readonly upstream: Attributes
  readonly trace: TraceOptions
  readonly resource: Span['resource']
  readonly scope: Span['instrumentationScope']
  /** OpenTelemetry's own values. */
  readonly values: {
    readonly client: Span['kind']
    readonly error: Span['status']['code']
    readonly unset: Span['status']['code']
  }
}

const millisecondsPerSecond = 1000
const nanosecondsPerMillisecond = 1_000_000

/** Seconds and nanoseconds, from milliseconds. */
const toTime = (milliseconds: number): [number, number] => {
  const whole = Math.floor(milliseconds / millisecondsPerSecond)
  const rest = milliseconds - whole * millisecondsPerSecond
  return [whole, Math.floor(rest * nanosecondsPerMillisecond)]
}

const nothing = { links: [], events: [], droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 }

export const createToSpan = ({ names, upstream, trace, resource, scope, values }: SpanOptions) => {
  const toAttributes = createSpanAttributes(names, upstream)
  return (record: RequestRecord): Span => {
    const { traceId, spanId, parentId, isSampled } = record.trace ?? createTrace(undefined, trace)
    const traceFlags = isSampled ? 1 : 0
    const { at, durationMs, errorType, used } = record
    return {
      name: used === undefined ? 'chat' : `chat ${used}`,
      kind: values.client,
      spanContext: () => ({ traceId, spanId, traceFlags }),
      ...(parentId !== undefined && {
        parentSpanContext: { traceId, spanId: parentId, traceFlags, isRemote: true },
      }),
      startTime: toTime(at),
      endTime: toTime(at + durationMs),
      duration: toTime(durationMs),
      ended: true,
      status: { code: errorType === undefined ? values.unset : values.error },
      attributes: toAttributes(record),
      resource,
      instrumentationScope: scope,
      ...nothing,
    }
  }
}
