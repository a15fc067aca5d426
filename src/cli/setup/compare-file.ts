import { existsSync, readFileSync, statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { errorCode } from '../../base/error-code.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { FileChange, KeyEdit, SetupRequest } from './client-plan.ts'
import { keyName, withHosts } from './key-changes.ts'
import type { TextFormat } from './text-format.ts'
import { textFormat } from './text-formats.ts'

/** Compares a client's file with what setup would write. Reads the file only. */

/** A file that setup could not change. */
export class InvalidFile extends Error {
  override readonly name = 'InvalidFile'
  readonly file: string

  constructor(file: string, message: string) {
    super(message)
    this.file = file
  }
}

export interface Comparison {
  /** Scheme, host and port where setup writes ours; undefined if the file has none there. */
  readonly address: string | undefined
  /** Names of other keys that have other values than ours. */
  readonly differing: readonly string[]
}

const nothing: Comparison = { address: undefined, differing: [] }

/** The first URL in a text, without its path, and without a login. */
export const originIn = (text: string): string | undefined => {
  const found = /https?:\/\/[^\s"'\\]+/.exec(text)?.[0]
  return found === undefined ? undefined : URL.parse(found)?.origin
}

/** The first URL in a value of any shape. */
const urlIn = (value: unknown): string | undefined =>
  value === undefined ? undefined : originIn(JSON.stringify(value))

const textOf = (path: string): string => {
  // Reading a pipe would wait for data.
  if (!statSync(path).isFile()) throw new InvalidFile(path, `${path} is not a file. Move it away.`)
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = errorCode(error) ?? 'unknown'
    throw new InvalidFile(path, `${path} cannot be read (${code}). Check your permissions.`)
  }
}

const checkFormat = (format: TextFormat, path: string, text: string): void => {
  try {
    format.check(path, text)
  } catch (error) {
    throw error instanceof UsageError ? new InvalidFile(path, error.message) : error
  }
}

const isDiffering = (edit: KeyEdit, current: { readonly value: unknown } | undefined): boolean => {
  if ('isAbsent' in edit) return current !== undefined
  if ('hosts' in edit) return withHosts(current?.value, edit.hosts) !== current?.value
  return edit.isDefault ? current === undefined : !isDeepStrictEqual(current?.value, edit.value)
}

/** Rejects with InvalidFile for a file that does not parse. */
export const compareFile = async (change: FileChange, { url }: Pick<SetupRequest, 'url'>): Promise<Comparison> => {
  if (!existsSync(change.path)) return nothing
  const text = textOf(change.path)
  if (change.format === 'own')
    return { address: originIn(text), differing: text === change.text ? [] : ['the lines of the profile'] }
  const format = await textFormat(change.format)
  checkFormat(format, change.path, text)
  const { origin } = new URL(url)
  const edit = change.edits.find((one) => 'value' in one && urlIn(one.value) === origin)
  const differing = change.edits.filter((one) => one !== edit && isDiffering(one, format.read(text, one.path)))
  return {
    address: edit && urlIn(format.read(text, edit.path)?.value),
    differing: differing.map(({ path }) => keyName(path)),
  }
}
