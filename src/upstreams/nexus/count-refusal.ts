import { exceptionName } from './error-kinds.ts'
import type { FailedResponse, NexusError } from './errors.ts'

/** Recognizes responses that say that Nexus cannot count. */

/** Counting is not available for this model, or for all models. */
export type CountRefusal = 'model' | 'all'

const operationMissing: ReadonlySet<number> = new Set([403, 404, 405, 501])
const aboutModel = /\bmodel\b/i
/** Quoted parts: tool names, values, text of the prompt. An apostrophe does not begin a quote. */
const quoted = /(?<![A-Za-z])'[^']*'|"[^"]*"|`[^`]*`/g

const counting = String.raw`(?:\bcount[-_ ]?tokens?\b|\bcounting(?: of)?(?: input)? tokens\b|\btoken[- ]count(?:ing|s)?\b|\boperation\b)`
const refused = String.raw`(?:\bnot|n.t)\b(?: \w+)? (?:support|available|enabled|allowed)|\bunsupported\b`
/** Both in one sentence, in either order. */
const refusesCounting = new RegExp(`${counting}[^.]{0,60}(?:${refused})|(?:${refused})[^.]{0,60}${counting}`, 'i')

/** Returns for which models counting is not available; undefined if only this count failed. */
export const countRefusal = ({ status, headers }: FailedResponse, error: NexusError): CountRefusal | undefined => {
  const name = exceptionName(headers.get('x-amzn-errortype') ?? '')
  if (name === 'UnknownOperation') return 'all'
  const words = error.upstreamWords.replaceAll(quoted, '')
  if (operationMissing.has(status)) {
    if (error.type === 'authentication_error') return undefined
    return name === 'ResourceNotFound' || aboutModel.test(words) ? 'model' : 'all'
  }
  if (status !== 400) return undefined
  // A plain 400 may be about anything, so it never applies to other models.
  return error.type === 'not_found_error' || refusesCounting.test(words) ? 'model' : undefined
}
