import { Secret } from '../../base/secret.ts'
import type { SettingValue } from '../../config/values.ts'

/** `a:b,c:d`; of headers only their names, because their values are secret. */
const mapText = (map: ReadonlyMap<string, string | Secret>): string =>
  [...map].map(([name, value]) => (value instanceof Secret ? name : `${name}:${value}`)).join(',')

/** A value as a flag holds it. Shows no secret. */
export const settingText = (value: SettingValue | Secret | undefined): string =>
  value instanceof Map ? mapText(value) : String(value)
