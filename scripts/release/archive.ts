import { gzipSync, zipSync } from 'fflate'
import { createTar, type TarFileInput } from 'nanotar'

/**
 * Reproducible archives: their bytes depend only on their entries and one date, so every build of a commit has the same
 * sums. fflate compresses in JavaScript, so that the machine's zlib does not matter.
 */

export interface Entry {
  /** Relative to the archive's root, with slashes. */
  readonly path: string
  readonly data: Uint8Array
  readonly isProgram?: boolean
}

/** All users can read, only the owner can write. */
const modes = { program: 0o755, file: 0o644, folder: 0o755 } as const
const modeOf = ({ isProgram }: Entry): number => (isProgram === true ? modes.program : modes.file)

/** Level for programs: half a percent larger than the best level, in half the time. */
const level = 6
const bestLevel = 9

const byPath = (one: { readonly path: string }, other: { readonly path: string }): number =>
  one.path < other.path ? -1 : 1

const text = new TextEncoder()
export const textEntry = (path: string, content: string): Entry => ({ path, data: text.encode(content) })

/** The folders of `a/b/c` are `a` and `a/b`. */
const foldersOf = (path: string): string[] => {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** Without a name and a time in the header. Debian requires the best level for small texts. */
export const toGzip = (data: Uint8Array, packing: typeof level | typeof bestLevel = bestLevel): Uint8Array =>
  gzipSync(data, { level: packing, mtime: 0 })

/** The tar format cuts longer names. */
const longestTarName = 100
/** Two blocks of zeros end an archive. The library omits them if its padding is empty. */
const tarEnd = new Uint8Array(1024)

/** `prefix` is `./` for package managers that require it. `seconds` is the time of every entry. */
export const toTar = (entries: readonly Entry[], seconds: number, prefix = ''): Uint8Array => {
  const folders = [...new Set(entries.flatMap(({ path }) => foldersOf(path)))].map((path) => ({
    path,
    data: undefined,
  }))
  const files: TarFileInput[] = [...folders, ...entries].sort(byPath).map((entry) => {
    const isFolder = entry.data === undefined
    const name = `${prefix}${entry.path}${isFolder ? '/' : ''}`
    if (text.encode(name).length > longestTarName) throw new Error(`the name is too long for a tar archive: ${name}`)
    return isFolder
      ? { name, attrs: { mode: modes.folder.toString(8) } }
      : { name, data: entry.data, attrs: { mode: modeOf(entry).toString(8) } }
  })
  if (prefix !== '') files.unshift({ name: prefix, attrs: { mode: modes.folder.toString(8) } })
  const tar = createTar(files, { attrs: { uid: 0, gid: 0, user: 'root', group: 'root', mtime: seconds * 1000 } })
  return Buffer.concat([tar, tarEnd])
}

export const toTarGz = (entries: readonly Entry[], seconds: number, prefix = ''): Uint8Array =>
  toGzip(toTar(entries, seconds, prefix), level)

/** Zip has local times without a time zone: noon is on the same day in every zone. */
const zipTime = (seconds: number): Date => {
  const date = new Date(seconds * 1000)
  return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), 12)
}

const unix = 3
const regularFile = 0o100000
/** Position of the Unix mode in the attributes of a zip entry. */
const modeShift = 16

export const toZip = (entries: readonly Entry[], seconds: number): Uint8Array => {
  const mtime = zipTime(seconds)
  const files = [...entries].sort(byPath).map((entry) => {
    const attrs = ((regularFile | modeOf(entry)) << modeShift) >>> 0
    return [entry.path, [entry.data, { level, mtime, os: unix, attrs }]] as const
  })
  return zipSync(Object.fromEntries(files.map(([path, [data, options]]) => [path, [data, options]])))
}

/** The ar format, which Debian packages use for their parts. */
export const toAr = (entries: readonly Entry[], seconds: number): Uint8Array => {
  const parts = entries.flatMap((entry) => {
    const fields: readonly (readonly [string, number])[] = [
      [entry.path, 16],
      [`${seconds}`, 12],
      ['0', 6],
      ['0', 6],
      [(regularFile | modeOf(entry)).toString(8), 8],
      [`${entry.data.length}`, 10],
    ]
    const head = `${fields.map(([value, width]) => value.padEnd(width)).join('')}\`\n`
    // Every part begins at an even offset.
    return [text.encode(head), entry.data, text.encode('\n'.repeat(entry.data.length % 2))]
  })
  return Buffer.concat([text.encode('!<arch>\n'), ...parts])
}
