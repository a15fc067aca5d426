export type UpstreamName = 'nexus' | 'openai' | 'anthropic'

/** One setting: its flag, its variables, its key in the files, its default. */
export interface Setting {
  /** Key in the configuration files; `logging.format` is a member of `logging`. */
  readonly key: string
  /** Rarely used settings have no flag. */
  readonly flag?: string
  readonly alias?: string
  /** For the flag of a switch that is on by default: the flag switches it off, and this describes the flag. */
  readonly offDescription?: string
  /**
   * Strongest first. For a secret, a variable that ends in `_FILE` contains the path of a file, and one that ends in
   * `_COMMAND` a program that prints the secret.
   */
  readonly environment: readonly string[]
  /** Variables of systems that an upstream replaces. Read only under that upstream, after `environment`. */
  readonly upstreamEnvironment?: Readonly<Partial<Record<UpstreamName, readonly string[]>>>
  /** Variables that are switches, and the value that each stands for: any text but `false` and `0` switches it on. */
  readonly switches?: Readonly<Record<string, string>>
  /** Each variable with this prefix is an entry: `PREFIX_X_Y=v` is `X-Y: v`. */
  readonly environmentPrefix?: string
  /** Read only under this upstream; without it, under each. */
  readonly upstream?: UpstreamName
  /** Key of the setting that counts where this one is not set; its default does not count. */
  readonly fallback?: string
  readonly type: SettingType
  readonly default?: string | number | boolean
  /** One sentence without a full stop; begins with a verb. */
  readonly description: string
  /** More sentences for docs/configuration.md, with code in backticks. The generator adds a range or choices. */
  readonly details?: string
  /** The value in one word; completion knows `file` and `model`. By default, a choice shows its options. */
  readonly hint?: string
}

/** Empty for a switch: its flag takes no value. */
export const hintOf = ({ hint, type }: Setting): string =>
  hint ?? (type.kind === 'choice' ? type.options.join('|') : '')

/** Every variable that may hold it, under whatever upstream. */
export const variablesOf = ({ environment, upstreamEnvironment = {} }: Setting): readonly string[] => [
  ...new Set([...environment, ...Object.values(upstreamEnvironment).flat()]),
]

export type SettingType =
  | { readonly kind: 'text' }
  | { readonly kind: 'host' }
  /** With `isList`: several, separated by commas; in a file of secrets also by line breaks. */
  | { readonly kind: 'secret'; readonly isList?: true }
  | { readonly kind: 'url'; readonly mayHaveQuery?: true }
  /** The flag takes no value; a variable has yes or no, a file true or false. */
  | { readonly kind: 'switch' }
  | {
      readonly kind: 'choice'
      readonly options: readonly string[]
      /** Other programs' words for the options, in lower case. With them, only the first word of a value counts. */
      readonly synonyms?: Readonly<Record<string, string>>
    }
  /** A program and its arguments: a list of strings, or one string that is split at spaces. */
  | { readonly kind: 'command' }
  /** Separated by commas in a flag or a variable; a list of strings in a file. */
  | { readonly kind: 'list' }
  /** `a:b,c:d` in a flag or a variable; an object of strings in a file. */
  | { readonly kind: 'map' }
  /** The prices of models; only in a file. */
  | { readonly kind: 'prices' }
  /** Any JSON object; only in a file. */
  | { readonly kind: 'object' }
  /** The code of a currency: three letters. */
  | { readonly kind: 'currency' }
  /** Names of HTTP headers, and their values, which are secret. */
  | { readonly kind: 'headers' }
  | { readonly kind: 'number'; readonly minimum: number; readonly maximum: number; readonly integer: boolean }
