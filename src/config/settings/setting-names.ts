import { didYouMean } from '../../base/did-you-mean.ts'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import { productName } from '../../version.ts'
import type { Setting } from './setting.ts'
import { type SettingKey, settings } from './settings.ts'

/** Finds settings by the names that users write: `apiKey`, `api_key`, `logging.level`. */

export type KnownSetting = Setting & { readonly key: SettingKey }

export const settingKeys: readonly string[] = settings.map((setting) => setting.key)

/** Settings with the same prefix are members of one object in a file. */
export const settingGroups: ReadonlySet<string> = new Set(
  settingKeys.flatMap((key) => {
    const names = key.split('.')
    return names.slice(1).map((_, index) => names.slice(0, index + 1).join('.'))
  }),
)

export const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** Settings that are never shown in full or passed on. */
export const secretSettings: readonly KnownSetting[] = (settings as readonly KnownSetting[]).filter(
  ({ type }) => type.kind === 'secret',
)

export const isSecretKey = (key: SettingKey): boolean => secretSettings.some((setting) => setting.key === key)

/** The address of a Redis is a secret only with a login. */
export const isSecretText = (key: SettingKey, text: string): boolean =>
  isSecretKey(key) && text !== '' && (key !== 'state.url' || text.includes('@'))

/** Throws UsageError that suggests the nearest known setting. */
export const findSetting = (name: string): KnownSetting => {
  const key = camelCase(name)
  const found = settings.find((setting) => setting.key === key)
  if (found !== undefined) return found
  const hint = `See ${productName} config show.`
  throw new UsageError(`Unknown setting${printableName(name)}.${didYouMean(key, settingKeys)} ${hint}`)
}
