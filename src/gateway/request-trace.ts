/** A request's place in its client's trace, by W3C Trace Context (OP-O1). */

export interface RequestTrace {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** Of this request's own span: 16 hexadecimal digits. */
  readonly spanId: string
  /** The client's span; absent for the first span of a trace. */
  readonly parentId?: string
  readonly isSampled: boolean
  /** The header for the upstream; absent if traces are not propagated (OP-O7). */
  readonly traceparent?: string
}

/** The client's span. */
export interface TraceParent {
  readonly traceId: string
  readonly spanId: string
  readonly isSampled: boolean
}

/** Reads the trace of a request; undefined if its span can get a place later. */
export type ReadTrace = (headers: Headers) => RequestTrace | undefined

const traceparentHeader = 'traceparent'

const format =
  /^(?<version>[0-9a-f]{2})-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<rest>-.*)?$/
const onlyZeros = /^0+$/
const invalidVersion = 'ff'
/** The version whose whole format is known. Later ones may add members at the end. */
const knownVersion = '00'
const sampledFlag = 1

/** Undefined without a valid header: the request then begins a trace. */
export const parseTraceparent = (header: string | null): TraceParent | undefined => {
  const { version, trace, span, flags, rest } = format.exec(header ?? '')?.groups ?? {}
  if (version === undefined || trace === undefined || span === undefined || flags === undefined) return undefined
  if (version === invalidVersion || (version === knownVersion && rest !== undefined)) return undefined
  if (onlyZeros.test(trace) || onlyZeros.test(span)) return undefined
  return { traceId: trace, spanId: span, isSampled: (Number.parseInt(flags, 16) & sampledFlag) === sampledFlag }
}

export interface TraceOptions {
  /** Share of the traces whose spans are sent: 0 to 1. */
  readonly ratio: number
  /** Whether the client's own decision comes first. */
  readonly isParentBased: boolean
  /** Whether the upstream gets `traceparent`. */
  readonly propagates: boolean
}

/** The digits of an id that OpenTelemetry compares with a share: its last 56 bits. */
const randomDigits = 14
const randomValues = 2 ** 56

const isBelowRatio = (traceId: string, ratio: number): boolean =>
  ratio > 0 && Number.parseInt(traceId.slice(-randomDigits), 16) >= (1 - ratio) * randomValues

const traceBytes = 16
const spanBytes = 8
const randomHex = (bytes: number): string => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex')

const traceparentOf = (traceId: string, spanId: string, isSampled: boolean): string =>
  `${knownVersion}-${traceId}-${spanId}-${isSampled ? '01' : '00'}`

/** Gives a request its span. */
export const createTrace = (parent: TraceParent | undefined, options: TraceOptions): RequestTrace => {
  const { ratio, isParentBased, propagates } = options
  const traceId = parent?.traceId ?? randomHex(traceBytes)
  const spanId = randomHex(spanBytes)
  const isSampled = isParentBased && parent !== undefined ? parent.isSampled : isBelowRatio(traceId, ratio)
  return {
    traceId,
    spanId,
    ...(parent && { parentId: parent.spanId }),
    isSampled,
    ...(propagates && { traceparent: traceparentOf(traceId, spanId, isSampled) }),
  }
}

/** Makes ids before the request is answered only if the upstream needs them, or if the client has sent some. */
export const createReadTrace =
  (options: TraceOptions): ReadTrace =>
  (headers) => {
    const header = headers.get(traceparentHeader)
    return header === null && !options.propagates ? undefined : createTrace(parseTraceparent(header), options)
  }
