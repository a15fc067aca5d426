import type { Machine } from '../../config/paths.ts'
import { sha256Hex } from '../../runtime/hash.ts'
import type { ClientPlan, FileChange, KeyEdit } from './client-plan.ts'
import { type Journal, type JournalFile, readCopy } from './journal.ts'
import { applyKeys, type ChangedKeys, hashOf, keyName, noKeys, restoreKeys } from './key-changes.ts'
import { allValues } from './plain-secrets.ts'
import { isSecretMember } from './secret-names.ts'
import { readTargetFile, type TargetFile } from './target-file.ts'
import type { IsSecret, TextFormat } from './text-format.ts'
import { textFormat } from './text-formats.ts'
import { type Hidden, unifiedDiff } from './unified-diff.ts'

/** Finds out what a setup or an undo changes. Reads files, writes none. */

/** One file as it will be. */
export interface PreparedFile {
  readonly before: TargetFile
  /** Undefined: the file goes. */
  readonly text: string | undefined
  /** Undefined: as it is; a new file is for its owner only. */
  readonly mode?: number | undefined
  readonly diff: string
  /** For the journal; undefined if nothing of ours is in the file. Without what is known after the write. */
  readonly journal: JournalFile | undefined
  /** What happens to values of the user's, a line each (SU-6, SU-10). */
  readonly words: readonly string[]
  /** Whether a key of ours stays, because it was changed since. */
  readonly isLeft: boolean
}

export interface Prepared {
  readonly client: string
  readonly url: string
  readonly earlier: Journal | undefined
  readonly files: readonly PreparedFile[]
}

export interface PrepareContext {
  readonly machine: Machine
  readonly isYes: boolean
  readonly userId?: number | undefined
}

const ownerAlone = 0o600
const permissions = 0o777

export const hasChanged = ({ before, text, mode }: PreparedFile): boolean =>
  before.text !== text ||
  (mode !== undefined && before.mode !== undefined && (before.mode & permissions) !== (mode & permissions))

const read = (path: string, { machine, isYes, userId }: PrepareContext): TargetFile =>
  readTargetFile(path, { home: machine.home, isYes, userId })

/** Hashes of secrets of ours, before and after. */
const secretsOf = (edits: readonly KeyEdit[], earlier: ChangedKeys = noKeys): ReadonlySet<string> =>
  new Set([
    ...edits.flatMap((edit) => (edit.isSecret === true && 'value' in edit ? [hashOf(edit.value)] : [])),
    ...earlier.keys.flatMap(({ after }) => (after !== null && 'hash' in after ? [after.hash] : [])),
  ])

const diffOf = (
  before: TargetFile,
  text: string | undefined,
  format: TextFormat,
  ownSecrets: ReadonlySet<string>,
): string => {
  const isHidden: IsSecret = (names, value) =>
    isSecretMember(names, value) || (ownSecrets.size > 0 && ownSecrets.has(hashOf(value)))
  const hidden = (side: string | undefined): Hidden => (side === undefined ? [] : format.secrets(side, isHidden))
  return unifiedDiff(before.path, { text: before.text, hidden: hidden(before.text) }, { text, hidden: hidden(text) })
}

/** Of a whole file of ours, which contains no secret: only the text of the user's may have one. */
const ownDiffOf = (before: TargetFile, text: string | undefined, users: 'before' | 'after' | undefined): string =>
  unifiedDiff(
    before.path,
    { text: before.text, hidden: users === 'before' ? allValues(before.text ?? '') : [] },
    { text, hidden: users === 'after' ? allValues(text ?? '') : [] },
  )

type Keys = readonly Parameters<typeof keyName>[0][]

const wordsFor = (path: string, what: string, keys: Keys): string[] =>
  keys.map((key) => `${what}: ${keyName(key)} in ${path}`)

const stays = 'stays, because it was changed since'
const lostCopy = 'stays, because the copy of the file before is gone'

const formatOf = (name: FileChange['format']): Promise<TextFormat> | undefined =>
  name === 'own' ? undefined : textFormat(name)

/** What the journal keeps about the file as a whole. `isHidden`: from now on, only its owner can read it. */
const fileFacts = (before: TargetFile, text: string, given: JournalFile | undefined, isHidden = false) => {
  // A file that the user has removed since is a new one.
  const earlier = before.text === undefined ? undefined : given
  const isUntouched = earlier !== undefined && before.text !== undefined && earlier.hash === sha256Hex(before.text)
  const isExact = earlier === undefined || (earlier.isExact && isUntouched)
  const mode = earlier?.mode ?? (isHidden && before.mode !== undefined ? before.mode & permissions : undefined)
  return {
    path: before.path,
    hadFile: earlier === undefined ? before.text !== undefined : earlier.hadFile,
    ...(mode !== undefined && { mode }),
    hash: sha256Hex(text),
    isExact,
    ...(isExact && earlier?.copy !== undefined && { copy: earlier.copy }),
    ...(earlier?.folder !== undefined && { folder: earlier.folder }),
  }
}

const prepareChange = async (
  change: FileChange,
  earlier: JournalFile | undefined,
  context: PrepareContext,
): Promise<PreparedFile> => {
  const before = read(change.path, context)
  const { path } = before
  if (change.format === 'own') {
    const { text } = change
    const isOurs = earlier !== undefined && before.text !== undefined && earlier.hash === sha256Hex(before.text)
    const isForeign = before.text !== undefined && !isOurs && before.text !== text
    // A file of the user's that is the same by chance stays the user's.
    const isNeeded = before.text !== text || earlier !== undefined
    return {
      before,
      text,
      diff: ownDiffOf(before, text, isForeign ? 'before' : undefined),
      journal: isNeeded ? { ...fileFacts(before, text, earlier), format: 'own', ...noKeys } : undefined,
      words: isForeign ? [`replaces: ${path}`] : [],
      isLeft: false,
    }
  }
  const format = await textFormat(change.format)
  const start = before.text ?? ''
  format.check(path, start)
  const { text, keys, made, ...touched } = applyKeys({ format, path, text: start }, change.edits, earlier ?? noKeys)
  const hasSecret = change.edits.some(({ isSecret }) => isSecret === true)
  const isUnchanged = before.text === undefined && text === ''
  return {
    before,
    text: isUnchanged ? undefined : text,
    ...(hasSecret && { mode: ownerAlone }),
    diff: diffOf(before, isUnchanged ? undefined : text, format, secretsOf(change.edits, earlier)),
    journal:
      keys.length === 0
        ? undefined
        : { ...fileFacts(before, text, earlier, hasSecret), format: change.format, keys, made },
    words: [
      ...wordsFor(path, 'replaces', touched.replaced),
      ...wordsFor(path, 'removes', touched.removed),
      ...wordsFor(path, stays, touched.left),
    ],
    isLeft: touched.left.length > 0,
  }
}

const isEmptyRoot = (format: TextFormat, text: string): boolean => {
  const root = format.read(text, [])?.value
  return typeof root === 'object' && root !== null && Object.keys(root).length === 0
}

const prepareUndoOf = async (journal: JournalFile, client: string, context: PrepareContext): Promise<PreparedFile> => {
  const before = read(journal.path, context)
  const { hadFile, isExact, mode, copy } = journal
  const format = await formatOf(journal.format)
  const done = (text: string | undefined, words: readonly string[] = []): PreparedFile => ({
    before,
    text,
    // The user may have changed the mode since.
    mode: before.mode !== undefined && (before.mode & permissions) === ownerAlone ? mode : undefined,
    diff:
      format === undefined ? ownDiffOf(before, text, 'after') : diffOf(before, text, format, secretsOf([], journal)),
    journal: undefined,
    words,
    isLeft: words.length > 0,
  })
  if (before.text === undefined) return done(undefined)
  const isOurs = journal.hash === sha256Hex(before.text)
  if (isExact && isOurs) {
    if (!hadFile) return done(undefined)
    const original = copy === undefined ? undefined : readCopy(context.machine, client, copy)
    if (original !== undefined) return done(original)
  }
  if (format === undefined) return done(before.text, [`${isOurs ? lostCopy : stays}: ${before.path}`])
  format.check(before.path, before.text)
  const { text, kept } = restoreKeys({ format, path: before.path, text: before.text }, journal)
  const isGone = !hadFile && kept.length === 0 && isEmptyRoot(format, text)
  return done(isGone ? undefined : text, wordsFor(before.path, stays, kept))
}

/** Files of an earlier setup that the plan does not have are given back. Rejects with UsageError. */
export const prepareSetup = async (
  { client, url, plan }: { readonly client: string; readonly url: string; readonly plan: ClientPlan },
  earlier: Journal | undefined,
  context: PrepareContext,
): Promise<Prepared> => {
  const files: PreparedFile[] = []
  for (const old of earlier?.files ?? []) {
    if (!plan.files.some(({ path }) => path === old.path)) files.push(await prepareUndoOf(old, client, context))
  }
  for (const change of plan.files) {
    const old = earlier?.files.find(({ path }) => path === change.path)
    files.push(await prepareChange(change, old, context))
  }
  return { client, url, earlier, files }
}

/** Rejects with UsageError. */
export const prepareUndo = async (earlier: Journal, context: PrepareContext): Promise<Prepared> => {
  const files: PreparedFile[] = []
  for (const file of earlier.files) files.push(await prepareUndoOf(file, earlier.client, context))
  return { client: earlier.client, url: earlier.url, earlier, files }
}
