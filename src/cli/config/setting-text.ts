import { isObject } from '../../base/json.ts'
import type { Price } from '../../base/price.ts'
import { Secret } from '../../base/secret.ts'
import type { SettingValue } from '../../config/values.ts'

type MapValue = string | Secret | Price

const entryText = ([name, value]: readonly [string, MapValue]): string => {
  if (value instanceof Secret) return name
  return typeof value === 'string' ? `${name}:${value}` : `${name}:${value.input}/${value.output}`
}

/** `a:b,c:d`; of headers only their names, because their values are secret; of prices those of input and output. */
const mapText = (map: ReadonlyMap<string, MapValue>): string => [...map].map(entryText).join(',')

/** A value as a flag or a variable holds it; prices have neither. Shows no secret. */
export const settingText = (value: SettingValue | Secret | undefined): string =>
  value instanceof Map ? mapText(value) : isObject(value) ? JSON.stringify(value) : String(value)
