import { isObject } from '../base/json.ts'
import { isSecretKey } from './settings/setting-names.ts'
import type { SettingKey } from './settings/settings.ts'

/**
 * A secret may lie in the operating system's keychain. The file says so, `{ "keychain": "apiKey" }`, so
 * that the keychain is asked only by those who have put something there. The entry's name, `apiKey` or
 * `apiKey of <a file>`; undefined for any other value. Another secret's entry is none: AI Nexus's key would
 * be shown where the client token is.
 */
export const keychainEntry = (key: SettingKey, value: unknown): string | undefined => {
  if (!isSecretKey(key) || !isObject(value)) return undefined
  const { keychain } = value
  if (typeof keychain !== 'string') return undefined
  return keychain === key || keychain.startsWith(`${key} of `) ? keychain : undefined
}
