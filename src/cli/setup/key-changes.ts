import { isDeepStrictEqual } from 'node:util'
import { sha256Hex } from '../../runtime/hash.ts'
import type { KeyEdit, KeyPath, Wanted } from './client-plan.ts'
import type { TextFormat } from './text-format.ts'

/** Changes the keys of one text, and takes the changes back. Pure: reads and writes no file. */

/** A value, or null for a key that the text does not have. A secret of ours has only its hash. */
type Kept = { readonly value: unknown } | { readonly hash: string } | null

/** One change, as the journal keeps it (SU-9). */
interface ChangedKey {
  readonly path: KeyPath
  /** Before the first setup. */
  readonly before: { readonly value: unknown } | null
  readonly after: Kept
}

export interface ChangedKeys {
  readonly keys: readonly ChangedKey[]
  /** The objects and lists that the changes made, the outer ones first. */
  readonly made: readonly KeyPath[]
}

export const noKeys: ChangedKeys = { keys: [], made: [] }

type Current = { readonly value: unknown } | undefined

/** Of a secret. */
export const hashOf = (value: unknown): string => sha256Hex(JSON.stringify(value))

const matches = (kept: Kept, current: Current): boolean => {
  if (kept === null || current === undefined) return kept === null && current === undefined
  return 'hash' in kept ? kept.hash === hashOf(current.value) : isDeepStrictEqual(kept.value, current.value)
}

const isSamePath = (one: KeyPath, other: KeyPath): boolean => isDeepStrictEqual(one, other)

/** `env.NO_PROXY`; an entry of a list has its name, or its text. */
export const keyName = (path: KeyPath): string =>
  path
    .map((step) => {
      if (typeof step === 'string') return step
      return 'equals' in step ? step.equals : step.is
    })
    .join('.')

/** Merges hosts into a list with commas (SU-6). A star means every host. */
export const withHosts = (list: unknown, hosts: readonly string[]): string => {
  const present = typeof list === 'string' ? list.split(/[\s,]+/).filter((host) => host !== '') : []
  if (present.includes('*') || hosts.includes('*')) return '*'
  const missing = hosts.filter((host) => !present.includes(host))
  if (typeof list === 'string' && missing.length === 0) return list
  return [...present, ...missing].join(',')
}

/** The new value; undefined if the text must not have the key. `base`: without an earlier change of ours. */
const wantedValue = (wanted: Wanted, base: Current): Current => {
  if ('isAbsent' in wanted) return undefined
  return { value: 'hosts' in wanted ? withHosts(base?.value, wanted.hosts) : wanted.value }
}

/** Also an entry that has only its name. */
const isEmpty = (path: KeyPath, value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  const step = path.at(-1)
  const name = typeof step === 'object' && 'by' in step ? step.by : undefined
  return Object.keys(value).every((member) => member === name)
}

interface Text {
  readonly format: TextFormat
  /** For errors. */
  readonly path: string
  readonly text: string
}

/** Objects and lists of ours that are empty go, the inner ones first (SU-10). */
const withoutEmpty = (format: TextFormat, text: string, made: readonly KeyPath[]): string =>
  made.reduceRight((now, path) => (isEmpty(path, format.read(now, path)?.value) ? format.remove(now, path) : now), text)

export interface Restored {
  readonly text: string
  /** Keys that were changed since: they stay. */
  readonly kept: readonly KeyPath[]
}

/** Gives each key that still has our value its old one. Throws UsageError. */
export const restoreKeys = ({ format, path, text }: Text, { keys, made }: ChangedKeys): Restored => {
  const kept: KeyPath[] = []
  let now = text
  for (const { path: key, before, after } of keys.toReversed()) {
    const current = format.read(now, key)
    if (matches(before, current)) continue
    if (!matches(after, current)) kept.unshift(key)
    else now = before === null ? format.remove(now, key) : format.set(path, now, key, before.value)
  }
  return { text: withoutEmpty(format, now, made), kept }
}

/** The objects and lists on the way to a key that the text does not have, the outer ones first. */
const missingOnWay = (format: TextFormat, text: string, key: KeyPath): KeyPath[] =>
  key
    .slice(0, -1)
    .map((_, index) => key.slice(0, index + 1))
    .filter((path) => format.read(text, path) === undefined)

export interface Applied extends ChangedKeys {
  readonly text: string
  /** Keys of the user's with another value (SU-6). */
  readonly replaced: readonly KeyPath[]
  /** Keys of the user's that the text no longer has. */
  readonly removed: readonly KeyPath[]
  /** Keys of an earlier setup that the new one does not have, and that the user has changed: they stay. */
  readonly left: readonly KeyPath[]
}

interface Step {
  readonly text: string
  readonly key?: ChangedKey
  readonly made: readonly KeyPath[]
  readonly loss?: 'replaced' | 'removed'
}

const keptOf = (next: Current, isSecret: boolean): Kept => {
  if (next === undefined) return null
  return isSecret ? { hash: hashOf(next.value) } : next
}

const applyOne = ({ format, path, text }: Text, edit: KeyEdit, earlier: ChangedKey | undefined): Step => {
  const current = format.read(text, edit.path)
  const isOurs = earlier !== undefined && matches(earlier.after, current)
  const base = isOurs ? (earlier.before ?? undefined) : current
  const isStaying = 'value' in edit && edit.isDefault === true && base !== undefined
  const next = isStaying ? base : wantedValue(edit, base)
  const [before, after] = [base ?? null, keptOf(next, edit.isSecret === true)]
  // Without a key, the text has what it had before the first setup.
  const kept = matches(before, next) ? {} : { key: { path: edit.path, before, after } }
  if (matches(next ?? null, current)) return { text, ...kept, made: [] }
  const isUsers = current !== undefined && !isOurs
  if (next === undefined)
    return { text: format.remove(text, edit.path), ...kept, made: [], ...(isUsers && { loss: 'removed' }) }
  const made = missingOnWay(format, text, edit.path)
  const changed = format.set(path, text, edit.path, next.value)
  return { text: changed, ...kept, made, ...(isUsers && { loss: 'replaced' }) }
}

/**
 * Makes the changes in a text. `earlier`: those of the setup before. Keys that only it has are given back, and the value
 * before the first setup is kept (SU-11). Throws UsageError.
 */
export const applyKeys = (given: Text, edits: readonly KeyEdit[], earlier: ChangedKeys): Applied => {
  const { format, path } = given
  const isWanted = ({ path: key }: ChangedKey): boolean => edits.some((edit) => isSamePath(edit.path, key))
  const stale = earlier.keys.filter((key) => !isWanted(key))
  const { text: start, kept: left } = restoreKeys(given, { keys: stale, made: earlier.made })
  let text = start
  const keys: ChangedKey[] = []
  const made: KeyPath[] = earlier.made.filter((key) => format.read(start, key) !== undefined)
  const lost: { readonly path: KeyPath; readonly loss: Step['loss'] }[] = []
  for (const edit of edits) {
    const before = earlier.keys.find((key) => isSamePath(key.path, edit.path))
    const step = applyOne({ format, path, text }, edit, before)
    text = step.text
    if (step.key !== undefined) keys.push(step.key)
    made.push(...step.made)
    lost.push({ path: edit.path, loss: step.loss })
  }
  const lostBy = (how: Step['loss']) => lost.filter(({ loss }) => loss === how).map(({ path: key }) => key)
  return { text, keys, made, replaced: lostBy('replaced'), removed: lostBy('removed'), left }
}
