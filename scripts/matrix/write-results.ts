import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../../src/base/files/replace-file.ts'
import { toBadge } from './badge.ts'
import { toPage } from './page.ts'
import { type MatrixResult, toJson } from './result.ts'

/** The files of a run. */

export const resultFile = 'matrix.json'
const pageFile = 'compatibility.md'

const readableByAll = 0o644

/** Replaces each file by rename. The page comes last: it has the hash of the results. */
export const writeResults = async (folder: string, result: MatrixResult): Promise<void> => {
  await mkdir(folder, { recursive: true })
  const files: readonly (readonly [string, string])[] = [
    [resultFile, toJson(result)],
    ['badge.json', toJson(toBadge(result))],
    [pageFile, toPage(result)],
  ]
  for (const [name, text] of files) await replaceFile(join(folder, name), text, { modeFor: () => readableByAll })
}
