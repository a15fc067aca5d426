import { isObject } from '../../../src/base/json.ts'
import { isInternal } from './format.ts'

const errorTypes = new Set([
  ...['invalid_request_error', 'authentication_error', 'permission_error', 'rate_limit_error', 'timeout_error'],
  ...['service_unavailable_error', 'internal_server_error', 'insufficient_quota'],
])

/** Clients read all four. */
const errorMembers = 'code,message,param,type'

export const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string'

/** Checks an error of OpenAI's protocols. */
export const openAiErrorFault = (value: unknown): string | undefined => {
  if (!isObject(value) || !isObject(value['error']) || Object.keys(value).length !== 1)
    return "an error that is not OpenAI's"
  const { error } = value
  if (Object.keys(error).sort().join() !== errorMembers) return `an error with ${Object.keys(error).join()}`
  const { message, type, param, code } = error
  if (typeof type !== 'string' || !errorTypes.has(type)) return `an error of type ${String(type)}`
  if (typeof message !== 'string' || message === '') return 'an error without a message'
  if (!isTextOrNull(param) || !isTextOrNull(code)) return 'an error with a param or a code that is not a text'
  return isInternal(message) ? 'an internal error' : undefined
}

/** Checks the figures of a usage, whose sum clients show. */
export const usageFault = (usage: unknown, read: string, written: string): string | undefined => {
  if (!isObject(usage)) return 'no usage'
  const figures = [usage[read], usage[written]].map(Number)
  const isSum = figures.every((figure) => Number.isInteger(figure) && figure >= 0)
  const total = figures.reduce((sum, figure) => sum + figure, 0)
  return isSum && usage['total_tokens'] === total ? undefined : `usage ${JSON.stringify(usage).slice(0, 100)}`
}
