import type { ArgDef, ArgsDef } from 'citty'
import { portType } from '../../config/settings/server.ts'
import type { Setting } from '../../config/settings/setting.ts'
import { settings } from '../../config/settings/settings.ts'
import { expectationOf } from '../../config/values.ts'

/** Errors that the option parser cannot explain: a missing value, and a value that looks like an option. */

type Options = Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string | undefined }>>

const isNumberBelowZero = (word: string | undefined): word is string => /^-(?:\d|\.\d)/.test(word ?? '')

const takesValue = (word: string, options: Options): boolean =>
  Object.entries(options).some(
    ([name, { type, short }]) =>
      type === 'string' && (word === `--${name}` || (short !== undefined && word === `-${short}`)),
  )

/** Joins `--max-retries -1` to one word, so that the setting explains why the value is wrong. */
export const joinNumbers = (words: readonly string[], options: Options): string[] => {
  const joined: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const [word = '', next] = words.slice(index)
    const isJoined = isNumberBelowZero(next) && takesValue(word, options)
    joined.push(isJoined ? `${word}${word.startsWith('--') ? '=' : ''}${next}` : word)
    if (isJoined) index += 1
  }
  return joined
}

const typeOf = (flag: string) =>
  (settings as readonly Setting[]).find((setting) => setting.flag === flag)?.type ??
  (flag === 'port' ? portType : undefined)

/** `: a whole number from 0 to 65535`, `: --config <file>`. */
const wanted = (name: string, flag: ArgDef | undefined): string => {
  const type = typeOf(name)
  const expectation = type === undefined ? undefined : expectationOf(type)
  return expectation ?? `--${name} <${flag?.valueHint ?? 'value'}>`
}

/** Explains an option that the parser refused; reads the option's name from the parser's message. */
export const optionSentence = (parserWords: string, args: ArgsDef): string => {
  const name = /--([\w-]+)/.exec(parserWords)?.[1] ?? ''
  const flag = args[name]
  if (flag === undefined) return 'Cannot parse the flags.'
  return flag.type === 'boolean' ? `--${name} takes no value.` : `--${name} needs a value: ${wanted(name, flag)}.`
}
