import { exceptionName } from './error-kinds.ts'
import type { FailedResponse, NexusError } from './errors.ts'

/** What Nexus says of counting itself. */

/** For whom there is no counting: for this model, or for nobody. */
export type CountRefusal = 'model' | 'all'

const operationMissing: ReadonlySet<number> = new Set([403, 404, 405, 501])
const aboutModel = /\bmodel\b/i
/** What somebody else has said: names of tools, values, words of the prompt. An apostrophe is no quote. */
const quoted = /(?<![A-Za-z])'[^']*'|"[^"]*"|`[^`]*`/g

const counting = String.raw`(?:\bcount[-_ ]?tokens?\b|\bcounting(?: of)?(?: input)? tokens\b|\btoken[- ]count(?:ing|s)?\b|\boperation\b)`
const refused = String.raw`(?:\bnot|n.t)\b(?: \w+)? (?:support|available|enabled|allowed)|\bunsupported\b`
/** Both in one sentence, in either order. */
const refusesCounting = new RegExp(`${counting}[^.]{0,60}(?:${refused})|(?:${refused})[^.]{0,60}${counting}`, 'i')

/** What a failed answer says of counting itself; undefined where only this one count failed. */
export const countRefusal = ({ status, headers }: FailedResponse, error: NexusError): CountRefusal | undefined => {
  const name = exceptionName(headers.get('x-amzn-errortype') ?? '')
  if (name === 'UnknownOperation') return 'all'
  const words = error.upstreamWords.replaceAll(quoted, '')
  if (operationMissing.has(status)) {
    if (error.type === 'authentication_error') return undefined
    return name === 'ResourceNotFound' || aboutModel.test(words) ? 'model' : 'all'
  }
  if (status !== 400) return undefined
  // A plain 400 may be about anything, so it never speaks for the other models.
  return error.type === 'not_found_error' || refusesCounting.test(words) ? 'model' : undefined
}
