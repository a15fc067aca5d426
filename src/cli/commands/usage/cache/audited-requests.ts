import { attempt } from '../../../../base/attempt.ts'
import { isObject } from '../../../../base/json.ts'
import type { Config } from '../../../../config/load.ts'
import type { RequestRow } from '../../../../usage/usage-report.ts'
import { clientTokenOf, localUrl, needsPlaceholder } from '../../../clients/connection.ts'
import { fetchFromServer } from '../../../system/fetch-health.ts'

/** The audited requests that a running server of this machine keeps in memory (CA-U1). */

export type ServerAnswer =
  | { readonly kind: 'requests'; readonly requests: readonly RequestRow[] }
  /** Its audit is off, or it is an older one. */
  | { readonly kind: 'off' }
  /** The token is missing or wrong. */
  | { readonly kind: 'unauthorized' }
  /** The server listens on an address of the network. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'silent' }

const path = '/cache-audit'
const [unauthorizedStatus, forbiddenStatus] = [401, 403]
const deadlineMs = 3000
/** About ten times the largest answer. */
const maximumBytes = 16 * 1024 * 1024

const texts = ['id', 'upstream', 'model', 'client', 'session', 'cacheClass'] as const
const numbers = [
  'at',
  'durationMs',
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'cacheExpectedTokens',
  'cacheMissedTokens',
  'cacheCost',
] as const

/** Any server may claim to be ours. */
const isRow = (value: unknown): value is RequestRow =>
  isObject(value) &&
  value['at'] !== undefined &&
  value['durationMs'] !== undefined &&
  texts.every((name) => value[name] === undefined || typeof value[name] === 'string') &&
  numbers.every((name) => value[name] === undefined || Number.isFinite(value[name]))

const toAnswer = (status: number, text: string): ServerAnswer => {
  if (status === unauthorizedStatus) return { kind: 'unauthorized' }
  if (status === forbiddenStatus) return { kind: 'forbidden' }
  const body: unknown = status === 200 ? attempt(() => JSON.parse(text)) : undefined
  if (!isObject(body) || !Array.isArray(body['requests'])) return { kind: 'off' }
  return { kind: 'requests', requests: body['requests'].filter(isRow) }
}

/** `config` has the secrets of the client tokens. Resolves to `silent` if no server answers in time. */
export const askServer = async (config: Config, timeoutMs = deadlineMs): Promise<ServerAnswer> => {
  const { port } = config
  if (port === 0) return { kind: 'silent' }
  const token = needsPlaceholder(config) ? undefined : clientTokenOf(config)
  const headers = token === undefined ? {} : { 'x-api-key': token }
  const answer = await fetchFromServer(localUrl(config, port) + path, { headers, deadlineMs: timeoutMs, maximumBytes })
  return answer === undefined ? { kind: 'silent' } : toAnswer(answer.status, answer.text)
}
