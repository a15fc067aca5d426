import { isObject } from '../base/json.ts'
import { isSecretKey } from './settings/setting-names.ts'
import type { SettingKey } from './settings/settings.ts'

/**
 * A secret may be in the operating system's keychain. The file then contains a reference, `{ "keychain": "apiKey" }`,
 * so that the program opens the keychain only for users who store a secret there. Returns the entry's name, `apiKey` or
 * `apiKey of <a file>`; undefined for any other value, also for the entry of another secret: otherwise the program
 * would show the AI Nexus key as the client token.
 */
export const keychainEntry = (key: SettingKey, value: unknown): string | undefined => {
  if (!isSecretKey(key) || !isObject(value)) return undefined
  const { keychain } = value
  if (typeof keychain !== 'string') return undefined
  return keychain === key || keychain.startsWith(`${key} of `) ? keychain : undefined
}
