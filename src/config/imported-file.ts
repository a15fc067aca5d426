import { isObject, type Json } from '../base/json.ts'

/** Reads `config.json` of claude-code-proxy-api. Our own file may have that name, too (OP-S2). */

/** Groups that only that file has, in camel case. */
const ownGroups: ReadonlySet<string> = new Set(['server', 'claude', 'rateLimiting'])

export const isImportedGroup = (key: string): boolean => ownGroups.has(key)

export const isImportedFile = (file: Json): boolean =>
  ['server', 'claude', 'rate_limiting'].some((group) => isObject(file[group]))

/** Its keys in camel case, and the keys that they are here. */
const settingOf: ReadonlyMap<string, string> = new Map([
  ['server.host', 'host'],
  ['server.port', 'port'],
  ['server.workers', 'workers'],
  ['claude.defaultModel', 'model'],
  // The value for requests without one. As a limit, the 4096 there would cut every large answer.
  ['claude.maxTokens', 'openaiEntrance.defaultMaxTokens'],
  ['claude.timeout', 'timeout'],
  ['rateLimiting.requestsPerMinute', 'rateLimit.requestsPerMinute'],
  ['rateLimiting.burstSize', 'rateLimit.burst'],
  ['rateLimiting.enabled', 'rateLimit.enabled'],
  ['rateLimiting.exemptIps', 'rateLimit.exemptIps'],
  ['cors.allowOrigins', 'cors.origins'],
])

/** The server's API says which methods and headers web pages may use. */
const withoutEffect: ReadonlySet<string> = new Set(['cors.allowMethods', 'cors.allowHeaders'])

export const isWithoutEffect = (key: string): boolean => withoutEffect.has(key)

/** The key and the value of the setting that one of its members stands for. */
export const importedSetting = (key: string, value: unknown): readonly [key: string, value: unknown] => {
  // Its JSON log has other names than ours (OP-G1).
  if (key === 'logging.format' && value === 'json') return [key, 'json-snake']
  return [settingOf.get(key) ?? key, value]
}

/** Here, no origins switch CORS off. */
export const withoutSwitch = (file: Json): Json => {
  const { cors } = file
  if (!isObject(cors) || typeof cors['enabled'] !== 'boolean') return file
  const { enabled, allow_origins: origins, ...others } = cors
  return { ...file, cors: enabled && origins !== undefined ? { ...others, allow_origins: origins } : others }
}
