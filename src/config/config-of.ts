import type { Json } from '../base/json.ts'
import type { PriceTable } from '../base/price.ts'
import type { Secret } from '../base/secret.ts'
import type { Setting, SettingType } from './settings/setting.ts'

/** The type of a setting's value in the program, by kind. */
interface Values {
  readonly text: string
  readonly host: string
  readonly secret: Secret
  readonly url: string
  readonly switch: boolean
  readonly command: readonly string[]
  readonly list: readonly string[]
  readonly number: number
  readonly map: ReadonlyMap<string, string>
  readonly headers: ReadonlyMap<string, Secret>
  readonly prices: PriceTable
  readonly currency: string
  readonly object: Json
}

type ValueOf<Type extends SettingType> = Type extends { kind: 'choice'; options: readonly (infer Option)[] }
  ? Option
  : Values[Exclude<Type['kind'], 'choice'>]

/** A setting without a default may be absent; an absent list is empty. */
type Value<Row extends Setting> = Row extends
  | { default: unknown }
  | { type: { kind: 'list' | 'map' | 'headers' | 'prices' } }
  ? ValueOf<Row['type']>
  : ValueOf<Row['type']> | undefined

export type Grouped = `${string}.${string}`
export type GroupOf<Key extends string> = Key extends `${infer Group}.${string}` ? Group : never
/** The rows of a group, under the keys that they have in it. */
export type Within<Row extends Setting, Group extends string> = Row extends { key: `${Group}.${infer Member}` }
  ? Omit<Row, 'key'> & { readonly key: Member }
  : never

/** The configuration that rows of the settings table describe; `logging.format` is a member of `logging`. */
export type ConfigOf<Row extends Setting> = {
  readonly [One in Row as Exclude<One['key'], Grouped>]: Value<One>
} & {
  readonly [Group in GroupOf<Row['key']>]: ConfigOf<Within<Row, Group>>
}
