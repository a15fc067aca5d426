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
}

type ValueOf<Type extends SettingType> = Type extends { kind: 'choice'; options: readonly (infer Option)[] }
  ? Option
  : Values[Exclude<Type['kind'], 'choice'>]

/** A setting without a default may be absent; an absent list is empty. */
type Value<Row extends Setting> = Row extends { default: unknown } | { type: { kind: 'list' } }
  ? ValueOf<Row['type']>
  : ValueOf<Row['type']> | undefined

type Grouped = `${string}.${string}`
type GroupOf<Key extends string> = Key extends `${infer Group}.${string}` ? Group : never
type MemberOf<Key extends string, Group extends string> = Key extends `${Group}.${infer Member}` ? Member : never

/** The configuration that rows of the settings table describe; `logging.format` is a member of `logging`. */
export type ConfigOf<Row extends Setting> = {
  readonly [One in Row as Exclude<One['key'], Grouped>]: Value<One>
} & {
  readonly [Group in GroupOf<Row['key']>]: { readonly [One in Row as MemberOf<One['key'], Group>]: Value<One> }
}
