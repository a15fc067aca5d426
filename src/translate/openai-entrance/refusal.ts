import { GatewayError, type Known } from '../../base/errors.ts'
import { bracketed, type Path } from '../../base/path.ts'

/** OpenAI's codes for a request that it refuses (OE-E1). */
type RefusalCode = 'unsupported_parameter' | 'unsupported_value' | 'invalid_value' | 'previous_response_not_found'

/**
 * A 400 that names the member of the client's request. The log gets path and rule. The rule defaults to the sentence;
 * if the sentence quotes the client, pass a `rule` without the quote. `path` must not contain a member name that the
 * client invented.
 */
export function refusal<S extends string>(code: RefusalCode, path: Path, sentence: Known<S>): GatewayError
export function refusal<R extends string>(code: RefusalCode, path: Path, sentence: string, rule: Known<R>): GatewayError
export function refusal(code: RefusalCode, path: Path, sentence: string, rule = sentence): GatewayError {
  const name = bracketed(path)
  return new GatewayError('invalid_request_error', `${name}: ${sentence}`, { path, code, reason: `${name}: ${rule}` })
}
