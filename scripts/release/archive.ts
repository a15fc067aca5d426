import { gzipSync, zipSync } from 'fflate'
import { createTar, type TarFileInput } from 'nanotar'

/**
 * Archives whose bytes depend on nothing but their entries and one date: whoever builds the same commit
 * gets the same sums. fflate compresses in JavaScript, so that no machine's zlib takes part.
 */

export interface Entry {
  /** With slashes, below the archive's root. */
  readonly path: string
  readonly data: Uint8Array
  readonly isProgram?: boolean
}

/** As programs and files lie in a system: everyone reads, only the owner writes. */
const modes = { program: 0o755, file: 0o644, folder: 0o755 } as const
const modeOf = ({ isProgram }: Entry): number => (isProgram === true ? modes.program : modes.file)

/** Of programs: half a percent larger than the best, in half the time. */
const level = 6
const bestLevel = 9

const byPath = (one: { readonly path: string }, other: { readonly path: string }): number =>
  one.path < other.path ? -1 : 1

const text = new TextEncoder()
export const textEntry = (path: string, content: string): Entry => ({ path, data: text.encode(content) })

/** `a/b/c` lies in `a` and `a/b`. */
const foldersOf = (path: string): string[] => {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** Without a name and a time in its head. Debian wants small texts packed as well as can be. */
export const toGzip = (data: Uint8Array, packing: typeof level | typeof bestLevel = bestLevel): Uint8Array =>
  gzipSync(data, { level: packing, mtime: 0 })

/** Longer names would be cut. */
const longestTarName = 100
/** Two blocks of zeros end an archive. The library leaves them out where its padding happens to be empty. */
const tarEnd = new Uint8Array(1024)

/** `prefix` is `./` where a package manager wants it. `seconds` is of every entry. */
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

/** Zip has local times without their zone: noon of the day is there in every zone. */
const zipTime = (seconds: number): Date => {
  const date = new Date(seconds * 1000)
  return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), 12)
}

const unix = 3
const regularFile = 0o100000
/** Where a zip's entry has the mode of Unix. */
const modeShift = 16

export const toZip = (entries: readonly Entry[], seconds: number): Uint8Array => {
  const mtime = zipTime(seconds)
  const files = [...entries].sort(byPath).map((entry) => {
    const attrs = ((regularFile | modeOf(entry)) << modeShift) >>> 0
    return [entry.path, [entry.data, { level, mtime, os: unix, attrs }]] as const
  })
  return zipSync(Object.fromEntries(files.map(([path, [data, options]]) => [path, [data, options]])))
}

/** The form that Debian's packages have around their parts. */
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
    // Every part begins at an even place.
    return [text.encode(head), entry.data, text.encode('\n'.repeat(entry.data.length % 2))]
  })
  return Buffer.concat([text.encode('!<arch>\n'), ...parts])
}
