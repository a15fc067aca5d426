/** One setting: its flag, its variables, its key in the files, its default. */
export interface Setting {
  /** Key in the configuration files; `logging.format` is a member of `logging`. */
  readonly key: string
  /** Seldom wanted settings have none. */
  readonly flag?: string
  readonly alias?: string
  /**
   * In the order in which they are asked. A secret's that ends in `_FILE` holds the path of a file, one that ends in
   * `_COMMAND` a program that prints the secret.
   */
  readonly environment: readonly string[]
  readonly type: SettingType
  readonly default?: string | number | boolean
  /** One sentence, without its full stop. */
  readonly description: string
  /** Sentences beyond it, with code in backticks, for docs/configuration.md. A range or choices need no mention. */
  readonly details?: string
  /** What its value is, in a word: `file` and `model` are known to completions. A choice has its options without it. */
  readonly hint?: string
}

/** Empty for a switch, which has no value. */
export const hintOf = ({ hint, type }: Setting): string =>
  hint ?? (type.kind === 'choice' ? type.options.join('|') : '')

export type SettingType =
  | { readonly kind: 'text' }
  | { readonly kind: 'host' }
  | { readonly kind: 'secret' }
  | { readonly kind: 'url' }
  /** A flag without a value; yes or no in a variable, true or false in a file. */
  | { readonly kind: 'switch' }
  /** Values in `later` are refused, because they are not available yet. */
  | { readonly kind: 'choice'; readonly options: readonly string[]; readonly later?: readonly string[] }
  /** A program and its arguments: a list of texts, or one text that is split at blanks. */
  | { readonly kind: 'command' }
  /** Commas between its members in a flag or a variable, a list of texts in a file. */
  | { readonly kind: 'list' }
  | { readonly kind: 'number'; readonly minimum: number; readonly maximum: number; readonly integer: boolean }
