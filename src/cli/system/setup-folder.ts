import { readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { errorCode } from '../../base/error-code.ts'
import type { ReadSetupFile } from '../../server/ops/client-setup.ts'

const mostBytes = 1024 * 1024
/** A missing file, a link to one, or a circle of links. */
const absentCodes: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP'])

const tooLarge = (): Error => Object.assign(new Error('The file is larger than 1 MB.'), { code: 'EFBIG' })

/** Reads files of one folder, up to 1 MB, and never through a link that leads out of it (AU-C2). */
export const readSetupFolder =
  (folder: string): ReadSetupFile =>
  async (name) => {
    try {
      const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, name))])
      if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined
      const found = await stat(path)
      if (!found.isFile()) return undefined
      if (found.size > mostBytes) throw tooLarge()
      return new Uint8Array(await readFile(path))
    } catch (error) {
      if (absentCodes.has(errorCode(error))) return undefined
      throw error
    }
  }
