import { loggableModel } from '../../base/loggable-name.ts'
import type { Logger } from '../../base/logger.ts'
import type { ChatDialect } from '../../translate/capabilities/chat-dialect.ts'
import { OpenAiError } from './errors.ts'
import type { OverrideMemory } from './override-memory.ts'
import { type DialectOverride, overrideFor } from './refusals.ts'

/** A request that is ready to send. */
interface Prepared {
  readonly body: string
}

interface FallbackCall<P extends Prepared, T> {
  readonly modelId: string
  /** For the log. */
  readonly requestId: string
  /** The dialect of the model's row, without overrides. */
  readonly dialect: ChatDialect
  readonly prepare: (dialect: ChatDialect) => P
  readonly send: (prepared: P) => Promise<T>
}

/** Limit for one request. Servers report one fault at a time, and each override costs a round trip. */
const maximumOverrides = 2

/** Whether the later refusal has another cause: then the earlier override helped. */
const isAnother = (later: unknown, earlier: unknown): boolean =>
  later instanceof OpenAiError &&
  earlier instanceof OpenAiError &&
  later.type === 'invalid_request_error' &&
  later.reported.message !== earlier.reported.message

/** One attempt to send a request, and the override that it tries. */
interface Try<P extends Prepared> {
  readonly dialect: ChatDialect
  readonly prepared: P
  readonly overridesLeft: number
  readonly trial?: { readonly override: DialectOverride; readonly refusal: OpenAiError }
}

/** Undefined if the refused part must not be left out. */
const nextTry = <P extends Prepared, T>(
  { prepare }: FallbackCall<P, T>,
  { dialect, prepared, overridesLeft }: Try<P>,
  refusal: unknown,
): Required<Try<P>> | undefined => {
  if (!(refusal instanceof OpenAiError) || overridesLeft === 0) return undefined
  const override = overrideFor(refusal, dialect)
  if (override === undefined) return undefined
  const changed = { ...dialect, ...override.change }
  const next = prepare(changed)
  if (next.body === prepared.body) return undefined
  return { dialect: changed, prepared: next, overridesLeft: overridesLeft - 1, trial: { override, refusal } }
}

/**
 * Creates a function that sends a request. If the model refuses a part that can be left out, it sends the request again
 * without that part, and remembers what helped. Call it only before the client has any bytes. Rejects as `send` does.
 */
export const createRefusalFallback = (memory: OverrideMemory, log: Logger) => {
  const run = async <P extends Prepared, T>(call: FallbackCall<P, T>, current: Try<P>): Promise<T> => {
    const { modelId, requestId, send } = call
    const { prepared, trial } = current
    try {
      const response = await send(prepared)
      if (trial !== undefined) memory.remember(modelId, trial.override)
      return response
    } catch (error) {
      // The same refusal again: the override did not help.
      if (trial !== undefined && !isAnother(error, trial.refusal)) throw error
      if (trial !== undefined) memory.remember(modelId, trial.override)
      const next = nextTry(call, current, error)
      if (next === undefined) throw error
      log.info('upstream.resent', { requestId, model: loggableModel(modelId), without: next.trial.override.without })
      return run(call, next)
    }
  }
  return <P extends Prepared, T>(call: FallbackCall<P, T>): Promise<T> => {
    const dialect = memory.apply(call.modelId, call.dialect)
    return run(call, { dialect, prepared: call.prepare(dialect), overridesLeft: maximumOverrides })
  }
}
