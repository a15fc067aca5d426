import { isObject } from '../base/json.ts'
import { isSecretKey } from './setting-names.ts'
import type { SettingKey } from './settings.ts'

/**
 * A secret may lie in the operating system's keychain. The file says so, `{ "keychain": "apiKey" }`, so
 * that the keychain is asked only by those who have put something there. The entry's name; undefined for
 * any other value.
 */
export const keychainEntry = (key: SettingKey, value: unknown): string | undefined => {
  if (!isSecretKey(key) || !isObject(value)) return undefined
  const { keychain } = value
  return typeof keychain === 'string' && keychain !== '' ? keychain : undefined
}
